"""Bound how many expensive jobs one process does at the same time.

A bound per request is not enough: 128 threads may each decode a picture or render a lesson at once.
"""

from collections import deque
from threading import Event, Lock

from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError


class Busy(DomainError):
    """All slots stayed taken for as long as a request may wait."""

    status = 503
    code = "busy"
    detail = _("The server is busy. Try again in a few seconds.")
    retry_after = 5


class Capacity:
    """
    The slots for one kind of expensive job; `with capacity:` holds one of them.

    Requests get a free slot in the order in which they came.

    :param slots: how many jobs run at the same time in this process
    :param wait: seconds that a request waits for a slot before it is refused
    :param waiting: how many requests may wait; each keeps a thread of the server
    """

    def __init__(self, slots: int, *, wait: float = 5.0, waiting: int = 40):
        self._free = slots
        self._wait = wait
        self._most_waiting = waiting
        self._queue: deque[Event] = deque()
        self._lock = Lock()

    def __enter__(self) -> None:
        """
        :raises Busy: too many wait already, or no slot became free in time
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._queue) >= self._most_waiting:
                raise Busy()
            turn = Event()
            self._queue.append(turn)
        if turn.wait(self._wait):
            return
        with self._lock:
            if turn.is_set():  # in the last moment
                return
            self._queue.remove(turn)
        raise Busy()

    def __exit__(self, *_error) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()  # the slot passes to the next
            else:
                self._free += 1
