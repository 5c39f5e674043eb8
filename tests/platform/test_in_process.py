"""Tasks and sweeps without Celery."""

import time
from threading import Event

import pytest
from celery import shared_task
from kombu.exceptions import OperationalError

from apps.common import tasks
from lms import celery
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


@shared_task
def send_mail() -> None:
    done.append("mail")


@shared_task
def sweep() -> None:
    done.append("sweep")


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


def test_a_task_is_done_soon_and_not_at_once(thread):
    tasks.enqueue(take_long)
    tasks.enqueue(note, what="after it")

    assert began.wait(5)
    assert done == []
    may_end.set()
    _wait_for(2)
    assert done == ["long", "after it"]


def test_no_task_waits_for_one_of_low_priority(thread, monkeypatch):
    monkeypatch.setattr(task_thread, "LOW_PRIORITY", {note.name})
    tasks.enqueue(take_long)
    assert began.wait(5)
    tasks.enqueue(note, what="regrade")
    tasks.enqueue(note, what="another regrade")
    tasks.enqueue(send_mail)
    may_end.set()

    _wait_for(4)
    assert done == ["long", "mail", "regrade", "another regrade"]


def test_a_due_sweep_waits_for_one_task_and_not_for_the_whole_queue(thread, monkeypatch):
    task_thread.stop()
    monkeypatch.setattr(task_thread, "SWEEPS", {sweep.name: 0})  # always due
    monkeypatch.setattr(task_thread, "SOON", 0)
    for number in range(3):
        task_thread.submit(note, {"what": f"task {number}"})
    task_thread.start()

    _wait_for(6)
    assert done[:6] == ["sweep", "task 0", "sweep", "task 1", "sweep", "task 2"]


def test_a_task_that_fails_keeps_no_other_from_being_done(thread, caplog):
    tasks.enqueue(fail)
    tasks.enqueue(note, what="the next")

    _wait_for(1)
    assert done == ["the next"]
    assert "test_in_process.fail failed" in caplog.text
    assert "planted" in caplog.text


def test_stopping_lets_the_running_task_end_and_does_no_other(thread):
    tasks.enqueue(take_long)
    tasks.enqueue(note, what="too late")
    began.wait(5)
    may_end.set()

    task_thread.stop()

    assert done == ["long"]


def test_where_nothing_does_tasks_they_are_left_to_the_sweep(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    done.clear()

    tasks.enqueue(note, what="never")

    assert done == []


def test_too_many_tasks_are_left_to_the_sweep(thread, monkeypatch, caplog):
    monkeypatch.setattr(task_thread, "_waiting", task_thread.PriorityQueue(maxsize=1))

    task_thread.submit(note, {"what": "one"})
    task_thread.submit(note, {"what": "two"})

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

    tasks.enqueue(note, what="x")

    assert tried.wait(5)
    _wait_until(lambda: "The broker is away" in caplog.text)


def test_no_request_waits_for_a_broker_that_is_frozen(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    frozen = Event()
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: frozen.wait(5))
    began_at = time.monotonic()

    for _ in range(tasks.LONGEST_QUEUE + 10):
        tasks.enqueue(note, what="x")

    assert time.monotonic() - began_at < 1
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: None)
    frozen.set()
    _wait_until(tasks._outgoing.empty)


def test_every_task_of_the_timetable_is_there_and_runs():
    celery.app.loader.import_default_modules()

    for name in celery.SWEEPS:
        celery.app.tasks[name]()


def test_celery_puts_long_work_behind_all_other_tasks():
    celery.app.loader.import_default_modules()

    for name in celery.LOW_PRIORITY:
        assert name in celery.app.tasks
        assert celery.app.amqp.router.route({}, name)["priority"] == 9


def test_celery_has_the_same_timetable():
    schedule = celery.app.conf.beat_schedule

    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == celery.SWEEPS


def _wait_for(number: int) -> None:
    _wait_until(lambda: len(done) >= number)


def _wait_until(happened) -> None:
    deadline = time.monotonic() + 5
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened()
