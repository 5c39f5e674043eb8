"""What is kept running beside the server, with a child that writes down when it starts."""

import os
import signal
import sys
import time
from threading import Event

import pytest

from lms.serving import celery_processes
from tests.waiting import LIMIT, wait_until

CHILD = """
import os, signal, sys, time
{prelude}
with open(sys.argv[1], "a") as starts:
    starts.write(f"{{os.getpid()}}\\n")
{then}
"""
STAYS, ENDS_AT_ONCE = "time.sleep(3600)", ""
OBEYS, DEAF = "", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


class Child(celery_processes.Kept):
    def __init__(self, folder, *, prelude: str = OBEYS, then: str = STAYS):
        self._starts = folder / "starts"
        self._starts.touch()
        script = CHILD.format(prelude=prelude, then=then)
        super().__init__("The child", sys.executable, "-c", script, str(self._starts))

    def pids(self) -> list[int]:
        return [int(pid) for pid in self._starts.read_text().split()]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that starts one, which is stopped after the test."""
    monkeypatch.setattr(celery_processes, "SHORTEST_PAUSE", 0.1)
    started = []

    def start(**how) -> Child:
        started.append(Child(tmp_path, **how))
        return started[-1]

    yield start
    for one in started:
        one.stop(0)


def test_a_killed_process_is_restarted(start):
    child = start()
    for times in (1, 2, 3):
        wait_until(lambda times=times: len(child.pids()) == times)
        os.kill(child.pids()[-1], signal.SIGKILL)

    wait_until(lambda: len(child.pids()) == 4)


def test_a_server_that_forks_next_does_not_keep_a_child_from_being_started_again(
    start, monkeypatch
):
    """A forked worker keeps copies of the pipes that were open, and outlives the child."""
    make_pipe, is_open = os.pipe, Event()

    def make_pipe_slowly() -> tuple[int, int]:
        ends = make_pipe()
        is_open.set()
        time.sleep(1)
        return ends

    monkeypatch.setattr(os, "pipe", make_pipe_slowly)
    child = start()
    assert is_open.wait(LIMIT)
    forked = os.fork()
    if forked == 0:
        time.sleep(3600)
    try:
        wait_until(child.pids)
        os.kill(child.pids()[0], signal.SIGKILL)

        wait_until(lambda: len(child.pids()) == 2)
    finally:
        os.kill(forked, signal.SIGKILL)
        os.waitpid(forked, 0)


def test_a_process_that_keeps_ending_is_restarted_more_and_more_slowly(start, monkeypatch, caplog):
    pauses = []
    child = start(then=ENDS_AT_ONCE)
    monkeypatch.setattr(child._stopping, "wait", pauses.append)

    wait_until(lambda: len(pauses) > 10)

    assert pauses == sorted(pauses)
    assert pauses[-1] == celery_processes.LONGEST_PAUSE
    assert "The child has ended; it is started again" in caplog.text


def test_nothing_is_started_after_stop(start):
    child = start(then=ENDS_AT_ONCE)
    wait_until(lambda: len(child.pids()) >= 2)

    child.stop()

    started = child.pids()
    time.sleep(0.5)
    assert child.pids() == started
    assert not any(_lives(pid) for pid in started)


def test_a_process_is_asked_to_end(start):
    child = start()
    wait_until(child.pids)

    child.stop(LIMIT)

    assert child._process.returncode == -signal.SIGTERM
    assert not _lives(child.pids()[0])


def test_a_process_that_does_not_end_is_killed(start):
    child = start(prelude=DEAF)
    wait_until(child.pids)

    child.stop(0.5)

    assert not _lives(child.pids()[0])


def test_a_command_that_cannot_run_is_retried(monkeypatch, caplog):
    monkeypatch.setattr(celery_processes, "SHORTEST_PAUSE", 0.1)
    child = celery_processes.Kept("The child", "/no/such/program")
    wait_until(lambda: caplog.text.count("cannot be started") >= 2)

    child.stop()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
