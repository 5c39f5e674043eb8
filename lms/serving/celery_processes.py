"""Celery beside the server: its worker, and the beat that asks for the sweeps.

Celery's worker ends where it loses Redis with tasks in hand, and anything may be killed: both are
started again whenever they end, until the server stops.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from threading import Event, Lock, Thread

from lms import settings

logger = logging.getLogger(__name__)

SECONDS_TO_END = 20
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds, before another start
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # none is loaded after a fork

_CELERY = (sys.executable, "-m", "celery", "--app", "lms.celery", "--quiet")
_WORKER = ("worker", "--concurrency", "2", "--without-mingle", "--without-gossip")
_BEAT = ("beat", "--schedule", str(settings.DATA_DIR / "timetable"), "--pidfile", "")

_kept: list["Kept"] = []


def start() -> None:
    for command in (_WORKER, _BEAT):
        _kept.append(Kept("Celery's " + command[0], *_CELERY, *command, "--loglevel", "WARNING"))


def stop() -> None:
    """End both, which takes as long as the tasks in hand, but no longer than it may."""
    for one in _kept:
        one.ask_to_end()
    end = time.monotonic() + SECONDS_TO_END
    for one in _kept:
        one.stop(end - time.monotonic())
    _kept.clear()


class Kept:
    """
    A child process that is started again whenever it ends, until it is stopped.

    Where this process is killed, Linux ends the child. It does so when the thread that has started
    the child is gone, so that one stays.
    """

    def __init__(self, name: str, *command: str):
        self._name, self._command = name, command
        self._process: subprocess.Popen | None = None
        self._stopping = Event()
        self._starting = Lock()
        self._attempted = Event()
        self._thread = Thread(target=self._keep, name=name, daemon=True)
        self._thread.start()
        # A worker that the server forked before this had a copy of a pipe of Popen's: Popen would
        # wait, and miss the end of the child, for as long as that worker lives.
        self._attempted.wait()

    def ask_to_end(self) -> None:
        self._stopping.set()
        with self._starting:
            if self._process is not None:
                self._process.terminate()

    def stop(self, wait: float = SECONDS_TO_END) -> None:
        """End the child, by force where it does not end in so many seconds."""
        self.ask_to_end()
        self._thread.join(max(wait, 0))
        if self._thread.is_alive() and self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._thread.join()

    def _keep(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            self._run()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = SHORTEST_PAUSE
            logger.error("%s has ended; it is started again in %d s.", self._name, pause)
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _run(self) -> None:
        """Start the child and wait for its end, unless the server stops."""
        with self._starting:
            if self._stopping.is_set():
                return
            try:
                self._process = subprocess.Popen(
                    self._command,
                    start_new_session=True,  # Ctrl-C is for the server, which then ends it
                    preexec_fn=_end_with_parent if _LIBC else None,
                )
            except OSError as error:
                logger.error("%s cannot be started: %s.", self._name, error)
                return
            finally:
                self._attempted.set()
        self._process.wait()


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
