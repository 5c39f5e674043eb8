"""Tasks and sweeps without Celery."""

import re
from queue import Full
from threading import Event

import pytest
from celery import shared_task
from kombu.exceptions import OperationalError

from apps.common import task_queue, tasks
from apps.common.task_queue import TaskQueue
from lms import celery
from lms.env import ROOT
from lms.serving import task_thread
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


@shared_task
def send_mail() -> None:
    done.append("mail")


@shared_task
def sweep() -> None:
    done.append("sweep")


def enqueued_names() -> set[str]:
    """Return the task names in all calls of `enqueue`."""
    sources = (path.read_text() for path in (ROOT / "apps").rglob("*.py"))
    return {name for source in sources for name in re.findall(r'enqueue\(\s*"([^"]+)"', source)}


@pytest.fixture
def thread(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    monkeypatch.setattr(task_thread, "SWEEPS", {})
    monkeypatch.setattr(task_thread, "FIRST_SWEEP_DELAY", 3600)
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

    assert began.wait(LIMIT)
    assert done == []
    may_end.set()
    _wait_for(2)
    assert done == ["long", "after it"]


def test_no_task_waits_for_one_of_low_priority(thread, monkeypatch):
    monkeypatch.setattr(task_queue, "LOW_PRIORITY", {note.name})
    tasks.enqueue(take_long.name)
    assert began.wait(LIMIT)
    tasks.enqueue(note.name, what="regrade")
    tasks.enqueue(note.name, what="another regrade")
    tasks.enqueue(send_mail.name)
    may_end.set()

    _wait_for(4)
    assert done == ["long", "mail", "regrade", "another regrade"]


def test_a_due_sweep_waits_for_one_task_and_not_for_the_whole_queue(thread, monkeypatch):
    task_thread.stop()
    monkeypatch.setattr(task_thread, "SWEEPS", {sweep.name: 0})  # always due
    monkeypatch.setattr(task_thread, "FIRST_SWEEP_DELAY", 0)
    for number in range(3):
        task_thread.submit(note.name, {"what": f"task {number}"})
    task_thread.start()

    _wait_for(6)
    assert done[:6] == ["sweep", "task 0", "sweep", "task 1", "sweep", "task 2"]


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
    began.wait(LIMIT)
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
    monkeypatch.setattr(task_thread, "_queue", TaskQueue(1))

    task_thread.submit(note.name, {"what": "one"})
    task_thread.submit(note.name, {"what": "two"})

    assert "a sweep will do" in caplog.text


def test_waiting_tasks_of_low_priority_take_no_room_from_the_others(monkeypatch):
    monkeypatch.setattr(task_queue, "LOW_PRIORITY", {"regrade"})
    queue = TaskQueue(2)

    for _ in range(2):
        queue.put("regrade", {})
    with pytest.raises(Full):
        queue.put("regrade", {})
    for _ in range(2):
        queue.put("mail", {})
    with pytest.raises(Full):
        queue.put("mail", {})

    assert [queue.get().name for _ in range(4)] == ["mail", "mail", "regrade", "regrade"]
    queue.put("regrade", {})  # There is room again.
    queue.clear()
    for name in ("regrade", "regrade", "mail", "mail"):
        queue.put(name, {})


def test_tasks_that_were_sent_to_a_frozen_broker_leave_room_for_emails(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(task_queue, "LOW_PRIORITY", {note.name})
    frozen, sent = Event(), []
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: frozen.wait(LIMIT))
    monkeypatch.setattr(send_mail, "apply_async", lambda *_, **__: sent.append("mail"))

    for _ in range(tasks.LONGEST_QUEUE + 10):
        tasks.enqueue(note.name, what="x")
    tasks.enqueue(send_mail.name)
    frozen.set()

    wait_until(lambda: sent == ["mail"])
    wait_until(tasks._outgoing._tasks.empty)


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

    assert tried.wait(LIMIT)
    wait_until(lambda: "The broker is unreachable" in caplog.text)


def test_no_request_waits_for_a_frozen_broker(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    frozen = Event()
    monkeypatch.setattr(note, "apply_async", lambda *_, **__: frozen.wait(LIMIT))

    for _ in range(tasks.LONGEST_QUEUE + 10):
        tasks.enqueue(note.name, what="x")  # one that waited for the broker would hang

    monkeypatch.setattr(note, "apply_async", lambda *_, **__: None)
    frozen.set()
    wait_until(tasks._outgoing._tasks.empty)


def test_every_scheduled_task_exists_and_runs():
    celery.app.loader.import_default_modules()

    for name in celery.SWEEPS:
        celery.app.tasks[name]()


@pytest.mark.parametrize("name", sorted(enqueued_names()))
def test_every_enqueued_task_is_registered(name):
    assert name in celery.app.tasks


def test_celery_puts_long_work_behind_all_other_tasks():
    celery.app.loader.import_default_modules()

    for name in celery.LOW_PRIORITY:
        assert name in celery.app.tasks
        assert celery.app.amqp.router.route({}, name)["priority"] == 9


def test_celery_has_the_same_schedule():
    schedule = celery.app.conf.beat_schedule

    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == celery.SWEEPS


def _wait_for(number: int) -> None:
    wait_until(lambda: len(done) >= number)
