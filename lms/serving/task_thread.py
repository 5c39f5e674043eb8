"""Tasks without Celery: one thread of the serving process does them, and those of the timetable.

What is lost when the process ends is found again by the sweeps, so nothing is kept on disk.
"""

import logging
import time
from itertools import count
from queue import Empty, Full, PriorityQueue
from threading import Thread

from celery import Task
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


def submit(task: Task, arguments: dict) -> None:
    """Do the task soon; where too many wait, the sweep does it."""
    try:
        _waiting.put_nowait((task.name in LOW_PRIORITY, next(_numbers), task, arguments))
    except Full:
        logger.warning("Too many tasks wait; the sweep will do %s.", task.name)


def _work() -> None:
    due = dict.fromkeys(SWEEPS, time.monotonic() + SOON)
    while True:
        _run_due_sweep(due)
        try:
            priority, _, task, arguments = _waiting.get(timeout=_seconds_until(min(due.values())))
        except Empty:
            continue
        if priority == _END:
            return
        _do(task, arguments)


def _run_due_sweep(due: dict[str, float]) -> None:
    """Run at most one sweep before the next task, so that neither waits for all of the other."""
    name = min(due, key=due.__getitem__)
    if not _seconds_until(due[name]):
        due[name] = time.monotonic() + SWEEPS[name]
        _do(name, {})


def _seconds_until(moment: float) -> float:
    return max(0, moment - time.monotonic())


def _do(task: Task | str, arguments: dict) -> None:
    """Do a task; whatever it raises is logged, and the thread goes on."""
    close_old_connections()
    try:
        (app.tasks[task] if isinstance(task, str) else task)(**arguments)
    except Exception:
        logger.exception("The task %s failed.", getattr(task, "name", task))
    finally:
        close_old_connections()
