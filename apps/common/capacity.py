"""
Limit how many expensive jobs a process runs at the same time.

A limit per request is not enough, because 128 threads may decode pictures or render lessons at
once.
"""

from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Lock

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError


class Busy(DomainError):
    """No slot became free while the request could wait."""

    status = 503
    code = "busy"
    detail = _("The server is busy. Try again in a few seconds.")
    retry_after = 5


class WaitingRequests:
    """
    The requests that wait for a slot of any `Capacity` in this process.

    Each holds a thread of the server. The number is bounded for all of them together, so that
    threads remain for requests that need no slot.
    """

    def __init__(self) -> None:
        self._number = 0
        self._lock = Lock()

    def add(self) -> None:
        """
        :raises Busy: the most requests that may wait do so already
        """
        with self._lock:
            if self._number >= settings.MOST_WAITING_REQUESTS:
                raise Busy()
            self._number += 1

    def remove(self) -> None:
        with self._lock:
            self._number -= 1


_waiting_requests = WaitingRequests()


class Capacity:
    """
    The slots for one kind of expensive job; `with capacity:` occupies a slot.

    Waiting requests get slots in the order of their arrival.

    :param slots: the number of jobs that may run at the same time in this process
    :param wait: seconds that a request waits for a slot before it is refused
    """

    def __init__(self, slots: int, *, wait: float = 1.0):
        self._free = slots
        self._wait = wait
        self._queue: deque[Event] = deque()
        self._lock = Lock()
        self._abandoned: SimpleQueue[None] = SimpleQueue()

    def __enter__(self) -> None:
        """
        :raises Busy: too many requests are waiting, or no slot became free in time
        """
        self._release_abandoned()
        with self._lock:
            if self._free:
                self._free -= 1
                return
            _waiting_requests.add()
            turn = Event()
            self._queue.append(turn)
        try:
            self._wait_for(turn)
        finally:
            _waiting_requests.remove()

    def _wait_for(self, turn: Event) -> None:
        if turn.wait(self._wait):
            return
        with self._lock:
            if turn.is_set():  # It was set after the timeout.
                return
            self._queue.remove(turn)
        raise Busy()

    def abandon(self) -> None:
        """Release a slot in a destructor, which may run while its thread holds any lock."""
        self._abandoned.put(None)

    def _release_abandoned(self) -> None:
        with suppress(Empty):
            while True:
                self._abandoned.get_nowait()
                self.__exit__()

    def __exit__(self, *_error) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()  # The next request takes over the slot.
            else:
                self._free += 1
