"""Tasks and sweeps without Celery."""

import re
import time
from threading import Event

import pytest
from celery import shared_task
from kombu.exceptions import OperationalError

from apps.common import tasks
from lms import celery
from lms.env import ROOT
from lms.serving import task_thread

done: list[str] = []
began, may_end = Event(), Event()


@shared_task
def note(what: str) -> None:
    done.append(what)


@shared_task
def fail() -> None:
    raise RuntimeError("planted")


@shared_task
def take_long() -> None:
    began.set()
    may_end.wait(5)
    done.append("long")


def enqueued_names() -> set[str]:
    """Return the task names in all calls of `enqueue`."""
    sources = (path.read_text() for path in (ROOT / "apps").rglob("*.py"))
    return {name for source in sources for name in re.findall(r'enqueue\(\s*"([^"]+)"', source)}


@pytest.fixture
def thread(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    monkeypatch.setattr(task_thread, "SWEEPS", {})
    monkeypatch.setattr(task_thread, "SOON", 3600)
    monkeypatch.setitem(task_thread.SWEEPS, note.name, 3600)
    for event in (began, may_end):
        event.clear()
    done.clear()
    task_thread.start()
    yield
    may_end.set()
    task_thread.stop()


def test_a_task_runs_soon_but_not_at_once(thread):
    tasks.enqueue(take_long.name)
    tasks.enqueue(note.name, what="after it")

    assert began.wait(5)
    assert done == []
    may_end.set()
    _wait_for(2)
    assert done == ["long", "after it"]


def test_a_failed_task_does_not_stop_the_next(thread, caplog):
    tasks.enqueue(fail.name)
    tasks.enqueue(note.name, what="the next")

    _wait_for(1)
    assert done == ["the next"]
    assert "test_task_thread.fail failed" in caplog.text
    assert "planted" in caplog.text


def test_stop_lets_the_running_task_end_and_runs_no_other(thread):
    tasks.enqueue(take_long.name)
    tasks.enqueue(note.name, what="too late")
    began.wait(5)
    may_end.set()

    task_thread.stop()

    assert done == ["long"]


def test_without_a_task_runner_tasks_are_left_to_the_sweep(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    done.clear()

    tasks.enqueue(note.name, what="never")

    assert done == []


def test_too_many_tasks_are_left_to_the_sweep(thread, monkeypatch, caplog):
    monkeypatch.setattr(task_thread, "_waiting", task_thread.Queue(maxsize=1))

    task_thread.submit(note.name, {"what": "one"})
    task_thread.submit(note.name, {"what": "two"})

    assert "a sweep will do" in caplog.text


@pytest.mark.parametrize("error", [OperationalError("away"), ConnectionRefusedError("away")])
def test_an_unreachable_broker_fails_no_request(settings, monkeypatch, caplog, error):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    tried = Event()

    def refuse(*_, **__):
        tried.set()
        raise error

    monkeypatch.setattr(note, "apply_async", refuse)

    tasks.enqueue(note.name, what="x")

    assert tried.wait(5)
    _wait_until(lambda: "The broker is unreachable" in caplog.text)


def test_no_request_waits_for_a_frozen_broker(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    frozen = Event()
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: frozen.wait(5))
    began_at = time.monotonic()

    for _ in range(tasks.LONGEST_QUEUE + 10):
        tasks.enqueue(note.name, what="x")

    assert time.monotonic() - began_at < 1
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: None)
    frozen.set()
    _wait_until(tasks._outgoing.empty)


def test_every_scheduled_task_exists_and_runs():
    celery.app.loader.import_default_modules()

    for name in celery.SWEEPS:
        celery.app.tasks[name]()


@pytest.mark.parametrize("name", sorted(enqueued_names()))
def test_every_enqueued_task_is_registered(name):
    assert name in celery.app.tasks


def test_celery_has_the_same_schedule():
    schedule = celery.app.conf.beat_schedule

    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == celery.SWEEPS


def _wait_for(number: int) -> None:
    _wait_until(lambda: len(done) >= number)


def _wait_until(happened) -> None:
    deadline = time.monotonic() + 5
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened()
