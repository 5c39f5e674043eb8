"""A lock between processes: only one of them may have the store open."""

import fcntl
import os
import sys
import time
from pathlib import Path

from embedded_mongo.errors import StoreInUse

RETRY_INTERVAL = 0.05  # seconds
MAX_COMMAND_LENGTH = 200


class ProcessLock:
    """
    The exclusive right to use a store, held until it is released or the process ends.

    The operating system releases the lock of a killed process. The lock file is never deleted:
    another process could have opened it just before, and would then lock a file without a name.
    """

    def __init__(self, path: Path, *, wait: float):
        """
        Acquire the lock.

        :param wait: seconds to wait for a process that is about to release it
        :raises StoreInUse: another process still holds it
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._acquire(path, deadline=time.monotonic() + wait)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, _describe_process().encode(), 0)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        os.close(self._file)

    def _acquire(self, path: Path, *, deadline: float) -> None:
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreInUse(self._error_message(path)) from None
            time.sleep(RETRY_INTERVAL)

    def _error_message(self, path: Path) -> str:
        holder = os.pread(self._file, 4 * MAX_COMMAND_LENGTH, 0).decode(errors="replace").strip()
        return (
            f"{path.with_suffix('')} is in use by process {holder or '(unknown)'}. "
            "Only one process at a time can open the embedded store: stop that process first."
        )


def _describe_process() -> str:
    return f"{os.getpid()} ({' '.join(sys.argv)[:MAX_COMMAND_LENGTH]})"
