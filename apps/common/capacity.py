"""
Limit how many expensive jobs a process runs at the same time.

A limit per request is not enough, because 128 threads may decode pictures or render lessons at
once.
"""

from collections import deque
from threading import Event, Lock

from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError


class Busy(DomainError):
    """No slot became free while the request could wait."""

    status = 503
    code = "busy"
    detail = _("The server is busy. Try again in a few seconds.")
    retry_after = 5


class Capacity:
    """
    The slots for one kind of expensive job; `with capacity:` occupies a slot.

    Waiting requests get slots in the order of their arrival.

    :param slots: the number of jobs that may run at the same time in this process
    :param wait: the longest time in seconds that a request waits for a slot
    :param waiting: the number of requests that may wait; each blocks a thread of the server
    """

    def __init__(self, slots: int, *, wait: float = 5.0, waiting: int = 40):
        self._free = slots
        self._wait = wait
        self._most_waiting = waiting
        self._queue: deque[Event] = deque()
        self._lock = Lock()

    def __enter__(self) -> None:
        """
        :raises Busy: too many requests are waiting, or no slot became free in time
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
            if turn.is_set():  # It was set after the timeout.
                return
            self._queue.remove(turn)
        raise Busy()

    def __exit__(self, *_error) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()  # The next request takes over the slot.
            else:
                self._free += 1
