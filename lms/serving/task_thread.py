"""Tasks without Celery: one thread of the serving process does them, and those of the timetable.

What is lost when the process ends is found again by the sweeps, so nothing is kept on disk.
"""

import logging
import time
from queue import Empty, Full, Queue
from threading import Thread

from django.db import close_old_connections

from apps.common.tasks import run_in_process
from lms.celery import SWEEPS, app

logger = logging.getLogger(__name__)

SOON = 5  # seconds from the start to the first sweeps
LONGEST_QUEUE = 10_000

_waiting: Queue = Queue(maxsize=LONGEST_QUEUE)
_thread: Thread | None = None
_END = object()


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
        _waiting.put(_END)
        _thread.join(wait)
        _thread = None


def submit(name: str, arguments: dict) -> None:
    """Run the task soon; if the queue is full, a sweep does its work."""
    try:
        _waiting.put_nowait((name, arguments))
    except Full:
        logger.warning("Too many tasks are waiting; a sweep will do the work of %s.", name)


def _work() -> None:
    due = dict.fromkeys(SWEEPS, time.monotonic() + SOON)
    while True:
        name = min(due, key=due.__getitem__)
        try:
            item = _waiting.get(timeout=max(0, due[name] - time.monotonic()))
        except Empty:
            due[name] = time.monotonic() + SWEEPS[name]
            item = (name, {})
        if item is _END:
            return
        _run(*item)


def _run(name: str, arguments: dict) -> None:
    """Run a task; an error is logged, and the thread continues."""
    close_old_connections()
    try:
        app.tasks[name](**arguments)
    except Exception:
        logger.exception("The task %s failed.", name)
    finally:
        close_old_connections()
