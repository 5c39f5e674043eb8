"""
Tasks without Celery: a thread of the server process runs them and the sweeps.

The queue is only in memory, because the sweeps find unfinished work again after a restart.
"""

import logging
import time
from queue import Empty, Full
from threading import Thread

from django.db import close_old_connections

from apps.common.task_queue import TaskQueue
from apps.common.tasks import run_in_process
from lms.celery import SWEEPS, app

logger = logging.getLogger(__name__)

FIRST_SWEEP_DELAY = 5  # seconds after the start
LONGEST_QUEUE = 10_000  # of each priority

_queue = TaskQueue(LONGEST_QUEUE)
_thread: Thread | None = None


def start() -> None:
    """Start the thread, unless it is running."""
    global _thread
    if _thread is None:
        app.loader.import_default_modules()  # It registers all tasks.
        _thread = Thread(target=_run_tasks, name="tasks", daemon=True)
        _thread.start()
        run_in_process(submit)


def stop(*, wait: float = 5) -> None:
    """
    Stop the thread after the running task.

    :param wait: the longest time in seconds to wait for the running task
    """
    global _thread
    if _thread is not None:
        run_in_process(None)
        _queue.clear()
        _queue.end()
        _thread.join(wait)
        _thread = None


def submit(name: str, arguments: dict) -> None:
    """Run the task soon; if the queue is full, a sweep does its work."""
    try:
        _queue.put(name, arguments)
    except Full:
        logger.warning("Too many tasks are waiting; a sweep will do the work of %s.", name)


def _run_tasks() -> None:
    due = dict.fromkeys(SWEEPS, time.monotonic() + FIRST_SWEEP_DELAY)
    while True:
        _run_due_sweep(due)
        try:
            task = _queue.get(timeout=_seconds_until(min(due.values())))
        except Empty:
            continue
        if task is None:
            return
        _run(task.name, task.arguments)


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
