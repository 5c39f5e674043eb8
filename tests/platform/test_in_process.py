"""Tasks and sweeps without Celery."""

from threading import Event

import pytest
from celery import shared_task
from kombu.exceptions import OperationalError

from apps.common import tasks
from lms import celery, in_process
from tests.waiting import LIMIT, wait_until

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
    may_end.wait(LIMIT)
    done.append("long")


@pytest.fixture
def thread(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    monkeypatch.setattr(in_process, "SWEEPS", {})
    monkeypatch.setattr(in_process, "SOON", 3600)
    monkeypatch.setitem(in_process.SWEEPS, note.name, 3600)
    for event in (began, may_end):
        event.clear()
    done.clear()
    in_process.start()
    yield
    may_end.set()
    in_process.stop()


def test_a_task_is_done_soon_and_not_at_once(thread):
    tasks.later(take_long)
    tasks.later(note, what="after it")

    assert began.wait(LIMIT)
    assert done == []
    may_end.set()
    _wait_for(2)
    assert done == ["long", "after it"]


def test_a_task_that_fails_keeps_no_other_from_being_done(thread, caplog):
    tasks.later(fail)
    tasks.later(note, what="the next")

    _wait_for(1)
    assert done == ["the next"]
    assert "test_in_process.fail failed" in caplog.text
    assert "planted" in caplog.text


def test_stopping_lets_the_running_task_end_and_does_no_other(thread):
    tasks.later(take_long)
    tasks.later(note, what="too late")
    began.wait(LIMIT)
    may_end.set()

    in_process.stop()

    assert done == ["long"]


def test_where_nothing_does_tasks_they_are_left_to_the_sweep(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    done.clear()

    tasks.later(note, what="never")

    assert done == []


def test_too_many_tasks_are_left_to_the_sweep(thread, monkeypatch, caplog):
    monkeypatch.setattr(in_process, "_waiting", in_process.Queue(maxsize=1))

    in_process.submit(note, {"what": "one"})
    in_process.submit(note, {"what": "two"})

    assert "the sweep will do" in caplog.text


@pytest.mark.parametrize("error", [OperationalError("away"), ConnectionRefusedError("away")])
def test_a_broker_that_is_away_hurts_no_request(settings, monkeypatch, caplog, error):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    tried = Event()

    def refuse(*_, **__):
        tried.set()
        raise error

    monkeypatch.setattr(note, "apply_async", refuse)

    tasks.later(note, what="x")

    assert tried.wait(LIMIT)
    wait_until(lambda: "The broker is away" in caplog.text)


def test_no_request_waits_for_a_broker_that_is_frozen(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    frozen = Event()
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: frozen.wait(LIMIT))

    for _ in range(tasks.LONGEST_QUEUE + 10):
        tasks.later(note, what="x")  # one that waited for the broker would hang

    monkeypatch.setattr(note, "apply_async", lambda *_, **__: None)
    frozen.set()
    wait_until(tasks._outgoing.empty)


def test_every_task_of_the_timetable_is_there_and_runs():
    celery.app.loader.import_default_modules()

    for name in celery.SWEEPS:
        celery.app.tasks[name]()


def test_celery_has_the_same_timetable():
    schedule = celery.app.conf.beat_schedule

    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == celery.SWEEPS


def _wait_for(number: int) -> None:
    wait_until(lambda: len(done) >= number)
