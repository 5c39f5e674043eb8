"""The lock between the threads of a process."""

from threading import Lock, get_ident


class FairLock:
    """
    A reentrant lock that a thread cannot take again before a thread that is waiting for it.

    With `RLock`, a thread that writes in a loop takes the lock again before a waiting one wakes up.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next = Lock()  # of the thread that is the next to have the lock
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        if self._owner != get_ident():
            with self._next:
                self._lock.acquire()
            self._owner = get_ident()
        self._depth += 1

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()
