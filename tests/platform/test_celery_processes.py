"""Supervised processes, with a process that records its starts."""

import os
import signal
import sys
import time
from threading import Event

import pytest

from lms.serving import celery_processes
from tests.waiting import LIMIT, wait_until

SCRIPT = """
import os, signal, sys, time
{prelude}
with open(sys.argv[1], "a") as starts:
    starts.write(f"{{os.getpid()}}\\n")
{then}
"""
STAYS, ENDS_AT_ONCE = "time.sleep(3600)", ""
ENDS_ON_SIGNAL, IGNORES_SIGNAL = "", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


class TestProcess(celery_processes.SupervisedProcess):
    def __init__(self, folder, *, prelude: str = ENDS_ON_SIGNAL, then: str = STAYS):
        self._starts = folder / "starts"
        self._starts.touch()
        script = SCRIPT.format(prelude=prelude, then=then)
        super().__init__("The process", sys.executable, "-c", script, str(self._starts))

    def pids(self) -> list[int]:
        return [int(pid) for pid in self._starts.read_text().split()]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that starts a process, which is stopped after the test."""
    monkeypatch.setattr(celery_processes, "SHORTEST_PAUSE", 0.1)
    started = []

    def start(**options) -> TestProcess:
        started.append(TestProcess(tmp_path, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop(0)


def test_a_killed_process_is_restarted(start):
    process = start()
    for times in (1, 2, 3):
        wait_until(lambda times=times: len(process.pids()) == times)
        os.kill(process.pids()[-1], signal.SIGKILL)

    wait_until(lambda: len(process.pids()) == 4)


def test_a_process_is_restarted_although_a_forked_worker_has_its_pipes(start, monkeypatch):
    """A forked worker inherits the open pipes, and outlives the process."""
    make_pipe, is_open = os.pipe, Event()

    def make_pipe_slowly() -> tuple[int, int]:
        ends = make_pipe()
        is_open.set()
        time.sleep(1)
        return ends

    monkeypatch.setattr(os, "pipe", make_pipe_slowly)
    process = start()
    assert is_open.wait(LIMIT)
    forked = os.fork()
    if forked == 0:
        time.sleep(3600)
    try:
        wait_until(process.pids)
        os.kill(process.pids()[0], signal.SIGKILL)

        wait_until(lambda: len(process.pids()) == 2)
    finally:
        os.kill(forked, signal.SIGKILL)
        os.waitpid(forked, 0)


def test_a_process_that_keeps_ending_is_restarted_more_and_more_slowly(start, monkeypatch, caplog):
    pauses = []
    process = start(then=ENDS_AT_ONCE)
    monkeypatch.setattr(process._stopping, "wait", pauses.append)

    wait_until(lambda: len(pauses) > 10)

    assert pauses == sorted(pauses)
    assert pauses[-1] == celery_processes.LONGEST_PAUSE
    assert "The process has ended; it will be restarted" in caplog.text


def test_nothing_is_started_after_stop(start):
    process = start(then=ENDS_AT_ONCE)
    wait_until(lambda: len(process.pids()) >= 2)

    process.stop()

    started = process.pids()
    time.sleep(0.5)
    assert process.pids() == started
    assert not any(_is_alive(pid) for pid in started)


def test_a_process_is_asked_to_end(start):
    process = start()
    wait_until(process.pids)

    process.stop(LIMIT)

    assert process._process.returncode == -signal.SIGTERM
    assert not _is_alive(process.pids()[0])


def test_a_process_that_does_not_end_is_killed(start):
    process = start(prelude=IGNORES_SIGNAL)
    wait_until(process.pids)

    process.stop(0.5)

    assert not _is_alive(process.pids()[0])


def test_a_command_that_cannot_run_is_retried(monkeypatch, caplog):
    monkeypatch.setattr(celery_processes, "SHORTEST_PAUSE", 0.1)
    process = celery_processes.SupervisedProcess("The process", "/no/such/program")
    wait_until(lambda: caplog.text.count("cannot be started") >= 2)

    process.stop()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
