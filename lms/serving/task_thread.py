"""Tasks without Celery: one thread of the serving process does them, and those of the timetable.

What is lost when the process ends is found again by the sweeps, so nothing is kept on disk.
"""

import logging
import time
from itertools import count
from queue import Empty, Full, PriorityQueue
from threading import Thread

from django.db import close_old_connections

from apps.common.tasks import run_in_process
from lms.celery import LOW_PRIORITY, SWEEPS, app

logger = logging.getLogger(__name__)

SOON = 5  # seconds from the start to the first sweeps
LONGEST_QUEUE = 10_000

_waiting: PriorityQueue = PriorityQueue(maxsize=LONGEST_QUEUE)  # those of low priority last
_numbers = count()  # keep the order of tasks of the same priority
_thread: Thread | None = None
_END = -1  # goes before every task


def start() -> None:
    """Start the thread; a process has one."""
    global _thread
    if _thread is None:
        app.loader.import_default_modules()  # every app's tasks, by their names
        _thread = Thread(target=_work, name="tasks", daemon=True)
        _thread.start()
        run_in_process(submit)


def stop(*, wait: float = 5) -> None:
    """Let the task that is being done end, for at most so many seconds, and do no other."""
    global _thread
    if _thread is not None:
        run_in_process(None)
        while not _waiting.empty():
            _waiting.get_nowait()
        _waiting.put((_END, next(_numbers), None, {}))
        _thread.join(wait)
        _thread = None


def submit(name: str, arguments: dict) -> None:
    """Run the task soon; if the queue is full, a sweep does its work."""
    try:
        _waiting.put_nowait((name in LOW_PRIORITY, next(_numbers), name, arguments))
    except Full:
        logger.warning("Too many tasks are waiting; a sweep will do the work of %s.", name)


def _work() -> None:
    due = dict.fromkeys(SWEEPS, time.monotonic() + SOON)
    while True:
        _run_due_sweep(due)
        try:
            priority, _, name, arguments = _waiting.get(timeout=_seconds_until(min(due.values())))
        except Empty:
            continue
        if priority == _END:
            return
        _run(name, arguments)


def _run_due_sweep(due: dict[str, float]) -> None:
    """Run at most one sweep before the next task, so that neither waits for all of the other."""
    name = min(due, key=due.__getitem__)
    if not _seconds_until(due[name]):
        due[name] = time.monotonic() + SWEEPS[name]
        _run(name, {})


def _seconds_until(moment: float) -> float:
    return max(0, moment - time.monotonic())


def _run(name: str, arguments: dict) -> None:
    """Run a task; an error is logged, and the thread continues."""
    close_old_connections()
    try:
        app.tasks[name](**arguments)
    except Exception:
        logger.exception("The task %s failed.", name)
    finally:
        close_old_connections()
