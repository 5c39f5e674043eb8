"""A queue of tasks with two priorities, each with its own limit."""

from itertools import count
from queue import Empty, Full, PriorityQueue
from threading import BoundedSemaphore
from typing import NamedTuple

# Long work, done in short rounds: no email waits for it.
LOW_PRIORITY = {"apps.quizzes.tasks.regrade_quiz", "apps.quizzes.tasks.move_submissions"}


class Task(NamedTuple):
    name: str
    arguments: dict


class TaskQueue:
    """
    The tasks that wait to be run, those of low priority last.

    Each priority has its own limit, so that waiting tasks of low priority cannot displace others.

    :param most: the number of tasks of each priority that may wait
    """

    def __init__(self, most: int):
        self._tasks: PriorityQueue = PriorityQueue()
        self._room = {is_low: BoundedSemaphore(most) for is_low in (False, True)}
        self._numbers = count()  # They keep the order of tasks of the same priority.

    def put(self, name: str, arguments: dict) -> None:
        """
        Add a task without waiting.

        :raises Full: too many tasks of its priority are waiting
        """
        is_low = name in LOW_PRIORITY
        if not self._room[is_low].acquire(blocking=False):
            raise Full
        self._tasks.put((is_low, next(self._numbers), Task(name, arguments)))

    def get(self, *, timeout: float | None = None) -> Task | None:
        """
        Remove and return the next task, or None if the queue was ended.

        :param timeout: the longest time in seconds to wait; None for no limit
        :raises Empty: no task was added in time
        """
        is_low, _, task = self._tasks.get(timeout=timeout)
        if task is not None:
            self._room[is_low].release()
        return task

    def clear(self) -> None:
        """Remove all tasks that are waiting."""
        try:
            while True:
                self.get(timeout=0)
        except Empty:
            pass

    def end(self) -> None:
        """Let the next `get` return None, before any task that is waiting."""
        self._tasks.put((-1, next(self._numbers), None))
