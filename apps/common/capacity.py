"""Bound how many expensive jobs one process does at the same time.

A bound per request is not enough: 128 threads may each decode a picture or render a lesson at once.
"""

from threading import BoundedSemaphore

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Refusal


class Busy(Refusal):
    """All slots stayed taken for as long as a request may wait."""

    status = 503
    code = "busy"
    detail = _("The server is busy. Try again in a few seconds.")
    retry_after = 5


class Capacity:
    """
    The slots for one kind of expensive job; `with capacity:` holds one of them.

    :param slots: how many jobs run at the same time in this process
    :param wait: seconds that a request waits for a slot before it is refused
    :param waiting: how many requests may wait; each keeps a thread of the server
    """

    def __init__(self, slots: int, *, wait: float = 5.0, waiting: int = 40):
        self._slots = BoundedSemaphore(slots)
        self._places = BoundedSemaphore(slots + waiting)
        self._wait = wait

    def __enter__(self) -> None:
        """
        :raises Busy: too many wait already, or no slot became free in time
        """
        if not self._places.acquire(blocking=False):
            raise Busy()
        if not self._slots.acquire(timeout=self._wait):
            self._places.release()
            raise Busy()

    def __exit__(self, *_error) -> None:
        self._slots.release()
        self._places.release()
