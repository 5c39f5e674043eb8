"""Document migrations, with an app that has two steps; `shelf_books` is its collection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from mongoengine import get_db

from apps.common.clock import now_in_milliseconds
from apps.common.storage import migrations
from apps.common.tasks import migrate_documents
from lms.serving import preparation
from tests.command_counter import record_commands
from tests.common.shelf import FIRST, NEW, OLD, SECOND
from tests.waiting import LIMIT

WRITES = {"insert", "update", "delete", "findAndModify"}


@pytest.fixture(autouse=True)
def _shelf(settings):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.common.shelf"]
    get_db().shelf_books.insert_many(OLD)
    yield
    records().delete_many({"_id": {"$not": {"$regex": "^common"}}})
    get_db().drop_collection("shelf_books")


def records():
    return get_db()[migrations.COLLECTION]


def books() -> list[dict]:
    return list(get_db().shelf_books.find().sort("_id"))


def claim(step: str, *, age: timedelta) -> None:
    records().insert_one({"_id": step, "claimed_at": now_in_milliseconds() - age})


def test_steps_are_applied_in_order_and_recorded():
    assert migrations.pending_steps() == [FIRST, SECOND]

    assert migrations.migrate() == [FIRST, SECOND]

    assert books() == NEW
    assert migrations.pending_steps() == []
    assert all(record["applied_at"] for record in records().find())


def test_lower_apps_come_first_and_numbers_decide_within_an_app():
    assert list(migrations.known_steps()) == ["common.0001_baseline", FIRST, SECOND]


def test_applied_steps_are_not_run_again():
    migrations.migrate()
    get_db().shelf_books.insert_one({"_id": 5, "name": "Written: later"})

    with record_commands() as commands:
        assert migrations.migrate() == []

    assert [command for command in commands if WRITES & command.keys()] == []
    assert books()[5] == {"_id": 5, "name": "Written: later"}


def test_a_step_that_is_run_again_changes_nothing():
    migrations.migrate()
    records().delete_many({"_id": {"$in": [FIRST, SECOND]}})

    assert migrations.migrate() == [FIRST, SECOND]

    assert books() == NEW


def test_an_empty_store_records_all_steps_and_gets_no_collection():
    get_db().drop_collection("shelf_books")

    migrations.migrate()

    assert migrations.pending_steps() == []
    assert "shelf_books" not in get_db().list_collection_names()


def test_a_step_writes_in_rounds(monkeypatch):
    monkeypatch.setattr(migrations, "ROUND", 2)

    with record_commands() as commands:
        migrations.migrate()

    rounds = [c for c in commands if c.get("update") == "shelf_books" and "$rename" in str(c)]
    assert len(rounds) == 3
    assert books() == NEW


def test_a_failing_step_can_be_run_again_at_once(monkeypatch):
    fail_after(monkeypatch, FIRST, rounds=2)
    with pytest.raises(ZeroDivisionError):
        migrations.migrate()
    assert migrations.pending_steps() == [FIRST, SECOND]
    monkeypatch.undo()

    assert migrations.migrate() == [FIRST, SECOND]

    assert books() == NEW


def fail_after(monkeypatch, name: str, *, rounds: int) -> None:
    steps = migrations.known_steps()

    def failing(database):
        for number, _ in enumerate(steps[name](database), start=1):
            yield
            number / (rounds - number)

    monkeypatch.setattr(migrations, "known_steps", lambda: steps | {name: failing})


# Several processes


def test_two_processes_do_not_run_the_same_step_at_once(monkeypatch):
    begun, runs = Event(), []
    monkeypatch.setattr(preparation, "POLL_SECONDS", 0.01)
    steps = migrations.known_steps()

    def counted(database):
        runs.append(begun.set())
        yield
        with pytest.raises(migrations.StepInProgress):
            migrations.migrate()
        yield from steps[FIRST](database)

    monkeypatch.setattr(migrations, "known_steps", lambda: steps | {FIRST: counted})
    with ThreadPoolExecutor() as pool:
        first = pool.submit(preparation.migrate_documents)
        assert begun.wait(LIMIT)
        others = [pool.submit(preparation.migrate_documents) for _ in range(2)]
        for each in (first, *others):
            each.result(LIMIT)

    assert len(runs) == 1
    assert books() == NEW


def test_the_step_of_a_process_that_died_is_taken_over_after_the_lease():
    claim(FIRST, age=migrations.LEASE)

    migrations.migrate()

    assert books() == NEW


def test_the_sweep_leaves_a_step_to_the_process_that_runs_it():
    claim(FIRST, age=timedelta(0))

    migrate_documents()

    assert books() == OLD


def test_a_process_that_has_lost_its_claim_stops(monkeypatch):
    steps = migrations.known_steps()

    def slow(database):
        yield
        records().update_one({"_id": FIRST}, {"$set": {"claimed_at": now_in_milliseconds()}})
        records().update_one({"_id": FIRST}, {"$unset": {"claimed_at": True}})
        yield
        raise AssertionError("It continued.")

    monkeypatch.setattr(migrations, "known_steps", lambda: steps | {FIRST: slow})
    with pytest.raises(migrations.StepInProgress):
        migrations.migrate()

    assert books() == OLD


# Newer stores


@pytest.mark.parametrize("record", [{"applied_at"}, {"claimed_at"}])
def test_a_newer_store_is_refused_and_nothing_is_written(record):
    records().insert_one({"_id": "shelf.0003_later"} | dict.fromkeys(record, now_in_milliseconds()))

    with record_commands() as commands:
        for act in (migrations.migrate, migrations.refuse_newer_store, migrations.pending_steps):
            with pytest.raises(migrations.StoreIsNewer, match=r"shelf\.0003_later.*backup"):
                act()
        for command in ("prepare", "migrate_documents"):
            with pytest.raises(CommandError, match=r"shelf\.0003_later"):
                call_command(command)

    assert [command for command in commands if WRITES & command.keys()] == []


@pytest.mark.django_db(transaction=True)
def test_readiness_reports_missing_steps_and_a_newer_store(client, caplog):
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["migrations"]) == (503, "missing")
    assert FIRST in caplog.text

    migrate_documents()
    assert client.get("/health/ready").json()["migrations"] == "ok"

    records().insert_one({"_id": "shelf.0003_later", "applied_at": now_in_milliseconds()})
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["migrations"]) == (503, "down")


# The command


def test_the_command_applies_the_missing_steps(capsys):
    call_command("migrate_documents")
    call_command("migrate_documents")

    applied, nothing = capsys.readouterr().out.splitlines()
    assert applied == f"Applied: {FIRST}, {SECOND}."
    assert nothing == "Applied: no step was missing."
    assert books() == NEW


def test_the_command_can_only_list_or_check(capsys):
    call_command("migrate_documents", "--list")
    with pytest.raises(CommandError, match=f"Not applied: {FIRST}, {SECOND}"):
        call_command("migrate_documents", "--check")

    assert capsys.readouterr().out.splitlines() == [
        "[X] common.0001_baseline",
        f"[ ] {FIRST}",
        f"[ ] {SECOND}",
    ]
    assert books() == OLD
    migrations.migrate()
    call_command("migrate_documents", "--check")
