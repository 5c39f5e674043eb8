"""The stores of earlier releases open, and those of later ones are refused."""

import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from bson import ObjectId
from mongoengine import get_db
from pymongo.database import Database

from apps.common.clock import now_in_milliseconds
from apps.common.storage import indexes, migrations
from embedded_mongo import EmbeddedClient
from lms import env
from lms.stores.documents import DATABASE
from tests.factories import PASSWORD
from tests.faults.product import Product as Server
from tests.platform.make_store import FIXTURES
from tests.waiting import LIMIT

STORES = sorted(path.name for path in FIXTURES.glob("store-*.tar.gz"))
UNKNOWN = "common.9999_later"
PATHS = {
    "student": [
        "/api/courses/",
        "/api/categories/",
        "/api/enrollments/?expand=course,progress",
        "/api/lessons/",
        "/api/progress/?expand=lesson",
        "/api/notifications/",
        "/api/quiz-submissions/",
        "/api/auth/sessions/",
    ],
    "instructor": ["/api/quizzes/", "/api/questions/", "/api/choices/", "/api/enrollments/"],
    "admin": ["/api/users/", "/api/courses/?ordering=title", "/api/quiz-submissions/"],
}


@pytest.fixture(params=STORES)
def folder(request, tmp_path) -> Path:
    """A copy of an earlier release's data folder."""
    folder = tmp_path / "var"
    with tarfile.open(FIXTURES / request.param) as archive:
        archive.extractall(folder, filter="data")
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    client = EmbeddedClient(path=folder / "documents.sqlite3", tz_aware=True)
    try:
        yield client[DATABASE]
    finally:
        client.close()


def contents(folder: Path) -> dict:
    """Return all documents and all rows."""
    with opened(folder) as database:
        stored = {name: list(database[name].find()) for name in database.list_collection_names()}
    with closing(sqlite3.connect(folder / "accounts.sqlite3")) as accounts:
        return stored | {"accounts": list(accounts.iterdump())}


@pytest.fixture
def documents(folder) -> Iterator[dict[str, list[dict]]]:
    """The documents of an earlier release, which are also in the suite's store."""
    stored = {name: rows for name, rows in contents(folder).items() if name != "accounts" and rows}
    get_db()[migrations.COLLECTION].delete_many({})
    for name, rows in stored.items():
        get_db()[name].insert_many(rows)
    yield stored
    migrations.migrate()


def test_every_document_is_valid_for_the_classes_of_today(documents):
    migrations.migrate()

    kinds = {kind._get_collection_name(): kind for kind in indexes.documents()}
    for name in documents.keys() & kinds.keys():
        for stored in get_db()[name].find():
            document = kinds[name]._from_son(stored)
            document.validate()
            assert is_part_of(stored, document.to_mongo()), (name, stored)
    assert indexes.missing_indexes() == []
    assert documents.keys() - kinds.keys() <= {migrations.COLLECTION}


def is_part_of(stored, loaded) -> bool:
    """Return whether a document is stored under the names of today; it may lack new fields."""
    if isinstance(stored, dict):
        return all(name in loaded and is_part_of(stored[name], loaded[name]) for name in stored)
    if isinstance(stored, list):
        return all(map(is_part_of, stored, loaded)) and len(stored) == len(loaded)
    return stored == loaded


def test_make_run_opens_the_store_and_everything_can_be_read(started, folder, request, settings):
    where = {}
    if settings.MONGODB_URI:
        request.getfixturevalue("documents")
        where = {"MONGODB_URI": settings.MONGODB_URI}
    product = started(folder, **where)
    product.wait_until_ready()

    with httpx.Client(base_url=product.address, timeout=LIMIT) as client:
        for username, paths in PATHS.items():
            credentials = {"username": username, "password": PASSWORD}
            signed = client.post("/api/auth/login/", json=credentials)
            assert signed.status_code == 200, signed.text
            client.headers["Authorization"] = f"Bearer {signed.json()['access']}"
            for path in paths:
                check_list(client, path)
            if username == "student":
                check_student(client, signed.json()["user"]["id"])


def check_list(client: httpx.Client, path: str) -> None:
    """Check that the list has rows, and that the first of them can be read on its own."""
    response = client.get(path)
    assert response.status_code == 200, (path, response.text)
    rows = response.json()
    rows = rows["results"] if isinstance(rows, dict) else rows
    assert rows, path
    if ObjectId.is_valid(rows[0]["id"]):
        single = client.get(f"{path.partition('?')[0]}{rows[0]['id']}/")
        assert single.status_code == 200, (path, single.text)


def check_student(client: httpx.Client, user_id: str) -> None:
    """Check the documents that are in no list, and that the student can continue."""
    preferences = client.get("/api/notifications/preferences/").json()
    assert preferences["enrolled"] == {"app": True, "mail": False}
    assert client.get("/api/auth/user/export/").json()["profile"]["id"] == user_id
    [enrollment] = client.get("/api/enrollments/").json()["results"]
    *_, last = client.get(f"/api/courses/{enrollment['course']}/lessons/").json()
    for completed in (False, True):
        body = {"lesson": last["id"], "completed": completed}
        assert client.post("/api/progress/", json=body).json()["completed"] is completed


# Stores of later releases


@pytest.fixture
def newer(folder) -> Path:
    with opened(folder) as database:
        record = {"_id": UNKNOWN, "applied_at": now_in_milliseconds()}
        database[migrations.COLLECTION].insert_one(record)
    return folder


def test_make_run_refuses_a_newer_store_and_writes_nothing(started, newer):
    before = contents(newer)

    product = started(newer)
    output = product.process.communicate(timeout=LIMIT)[0]

    assert product.process.returncode == 1
    assert output.splitlines()[-1].startswith("Not started: a newer release has changed")
    assert UNKNOWN in output
    assert "Traceback" not in output
    assert contents(newer) == before


def test_a_server_that_is_started_alone_refuses_a_newer_store(newer):
    before = contents(newer)

    with Server(newer) as server, pytest.raises(AssertionError, match=UNKNOWN):
        server.start()

    assert contents(newer) == before


def test_a_celery_worker_that_is_started_alone_refuses_a_newer_store(settings, tmp_path):
    if not settings.SHARED_STORES:
        pytest.skip("Celery needs shared stores.")
    records = get_db()[migrations.COLLECTION]
    records.insert_one({"_id": UNKNOWN, "applied_at": now_in_milliseconds()})
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "lms.celery", "worker", "--concurrency", "1"],
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        cwd=env.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output = worker.communicate(timeout=LIMIT)[0]
    finally:
        records.delete_one({"_id": UNKNOWN})
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)

    assert worker.returncode == 1
    assert f"lms: a newer release has changed the documents (step {UNKNOWN})" in output
