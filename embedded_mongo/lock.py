"""One process at a time, told apart by a lock on a file beside the store."""

import fcntl
import os
import sys
import time
from pathlib import Path

from embedded_mongo.errors import StoreInUse

BETWEEN_TRIES = 0.05
LONGEST_NAME = 200


class ProcessLock:
    """
    The right to use a store, for as long as this process lives or until it is let go.

    The operating system frees the lock of a process that was killed. The file stays: whoever
    removed it could take it from under somebody who has just opened it.
    """

    def __init__(self, path: Path, *, wait: float):
        """
        :param wait: seconds to wait for a process that is just about to end
        :raises StoreInUse: somebody else still has it
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(path, deadline=time.monotonic() + wait)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, _own_name().encode(), 0)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        os.close(self._file)

    def _take(self, path: Path, *, deadline: float) -> None:
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreInUse(self._refusal(path)) from None
            time.sleep(BETWEEN_TRIES)

    def _refusal(self, path: Path) -> str:
        holder = os.pread(self._file, 4 * LONGEST_NAME, 0).decode(errors="replace").strip()
        return (
            f"{path.with_suffix('')} is in use by process {holder or '(unknown)'}; "
            "the embedded store serves one process at a time, so stop that one first."
        )


def _own_name() -> str:
    return f"{os.getpid()} ({' '.join(sys.argv)[:LONGEST_NAME]})"
