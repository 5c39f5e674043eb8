"""A fair lock between the threads of a process."""

from threading import Lock, get_ident


class FairLock:
    """
    A reentrant lock that waiting threads get before a thread that has just released it.

    With `RLock`, a thread that writes in a loop acquires the lock again before a waiting thread
    wakes up.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next = Lock()  # Held by the thread that acquires the lock next.
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
