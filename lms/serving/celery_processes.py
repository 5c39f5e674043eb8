"""
Celery's processes under the server: a worker, and the beat that schedules the sweeps.

A process may be killed, and the worker ends when it loses Redis during a task, so both are
restarted whenever they end, until the server stops.
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
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # Loading it after a fork is unsafe.

_CELERY = (sys.executable, "-m", "celery", "--app", "lms.celery", "--quiet")
_WORKER = ("worker", "--concurrency", "2", "--without-mingle", "--without-gossip")
_BEAT = ("beat", "--schedule", str(settings.DATA_DIR / "timetable"), "--pidfile", "")

_processes: list["SupervisedProcess"] = []


def start() -> None:
    for command in (_WORKER, _BEAT):
        full_command = (*_CELERY, *command, "--loglevel", "WARNING")
        _processes.append(SupervisedProcess(f"Celery {command[0]}", *full_command))


def stop() -> None:
    """Stop both, waiting for running tasks up to a limit."""
    for process in _processes:
        process.ask_to_end()
    end = time.monotonic() + SECONDS_TO_END
    for process in _processes:
        process.stop(end - time.monotonic())
    _processes.clear()


class SupervisedProcess:
    """
    A child process that is restarted whenever it ends, until it is stopped.

    If this process is killed, Linux ends the child. Linux does the same when the thread that has
    started the child ends, so that thread runs as long as the child.
    """

    def __init__(self, name: str, *command: str):
        self._name, self._command = name, command
        self._process: subprocess.Popen | None = None
        self._stopping = Event()
        self._starting = Lock()
        self._attempted = Event()
        self._thread = Thread(target=self._supervise, name=name, daemon=True)
        self._thread.start()
        # A worker that the server forks now would inherit a pipe of Popen, which would then wait as
        # long as that worker lives, and miss the end of the child.
        self._attempted.wait()

    def ask_to_end(self) -> None:
        self._stopping.set()
        with self._starting:
            if self._process is not None:
                self._process.terminate()

    def stop(self, wait: float = SECONDS_TO_END) -> None:
        """Stop the process, and kill it if it has not ended after `wait` seconds."""
        self.ask_to_end()
        self._thread.join(max(wait, 0))
        if self._thread.is_alive() and self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._thread.join()

    def _supervise(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            self._run()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = SHORTEST_PAUSE
            logger.error("%s has ended; it will be restarted in %d s.", self._name, pause)
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _run(self) -> None:
        """Start the process and wait for its end, unless the server is stopping."""
        with self._starting:
            if self._stopping.is_set():
                return
            try:
                self._process = subprocess.Popen(
                    self._command,
                    start_new_session=True,  # Ctrl-C reaches only the server, which then stops it.
                    preexec_fn=_end_with_parent,
                )
            except OSError as error:
                logger.error("%s cannot be started: %s.", self._name, error)
                return
            finally:
                self._attempted.set()
        self._process.wait()


def _end_with_parent() -> None:
    if _LIBC:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
