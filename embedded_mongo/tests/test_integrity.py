"""A file that is damaged, foreign or in use is refused with one sentence and not changed."""

import os
import sqlite3
import threading
import time
from pathlib import Path

import mongoengine
import pytest
from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import DocumentTooLarge

from embedded_mongo import EmbeddedClient
from embedded_mongo.errors import (
    NotAStore,
    StoreClosed,
    StoreDamaged,
    StoreFromNewerVersion,
    StoreInUse,
    StoreRefused,
    StoreUnreadable,
    WritesLost,
)
from embedded_mongo.tests.child_processes import start_process


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files except the lock file, which names its last holder."""
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.is_file() and file.suffix != ".lock"
    }


def error_message(path: Path, kind: type[StoreRefused]) -> str:
    before = files(path.parent)
    with pytest.raises(kind) as caught:
        EmbeddedClient(path=path)
    assert files(path.parent) == before
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


@pytest.fixture
def closed(path, client) -> Path:
    """A store of several pages that was closed properly."""
    client.db.things.create_index("name", unique=True)
    client.db.things.insert_many([{"_id": n, "name": f"{n}", "t": "x" * 90} for n in range(200)])
    client.close()
    return path


@pytest.fixture
def killed(closed) -> Path:
    """A store whose process was killed, so that its newest writes are only in the log."""
    process = start_process("write", closed)
    for _ in range(100):
        process.stdout.readline()
    process.kill()
    process.communicate()
    return closed


def test_an_empty_file_is_truncated(path):
    """For SQLite, an empty file is a valid new database."""
    path.touch()
    assert "truncated" in error_message(path, StoreDamaged)


@pytest.mark.parametrize("size", [1, 15, 16, 99, 100, 4_096, 4_097, -1, -4_096])
def test_a_truncated_file(closed, size):
    os.truncate(closed, size if size > 0 else closed.stat().st_size + size)
    assert "truncated" in error_message(closed, StoreDamaged)


def test_a_truncated_file_with_a_log(killed):
    content = killed.read_bytes()
    killed.write_bytes(content[: len(content) // 2])
    error_message(killed, StoreRefused)


def test_a_text_file(path):
    path.write_text("This is not a database.")
    error_message(path, NotAStore)


def test_a_database_of_another_program(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE products (name)")
    other.close()
    error_message(path, NotAStore)


def test_a_file_of_a_newer_version(closed):
    with sqlite3.connect(closed) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()
    assert "newer version" in error_message(closed, StoreFromNewerVersion)


def test_a_file_without_its_tables(closed):
    with sqlite3.connect(closed) as damaged:
        damaged.execute("DROP TABLE documents")
    damaged.close()
    error_message(closed, StoreDamaged)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET document = zeroblob(length(document)) WHERE number = 7",
        "UPDATE documents SET collection = 2 WHERE number = 7",
        "UPDATE documents SET number = 1000 WHERE number = 7",
        "UPDATE collections SET name = 'others'",
        "UPDATE collections SET indexes = x'0500000000'",
        "DELETE FROM collections",
        "DELETE FROM state",
    ],
)
def test_rows_that_the_store_did_not_write(closed, change):
    with sqlite3.connect(closed) as damaged:
        damaged.execute(change)
    damaged.close()
    error_message(closed, StoreDamaged)


def test_a_flipped_byte_is_detected_or_changes_no_document(closed, tmp_path):
    content, undetected = closed.read_bytes(), 0
    expected = [{"_id": n, "name": f"{n}", "t": "x" * 90} for n in range(200)]
    for position in [*range(0, 100, 3), *range(100, len(content), 211)]:
        flipped = bytearray(content)
        flipped[position] ^= 0xFF
        path = tmp_path / f"flipped-{position}.db"
        path.write_bytes(flipped)
        try:
            client = EmbeddedClient(path=path)
        except StoreRefused:
            assert path.read_bytes() == flipped
            continue
        assert list(client.db.things.find()) == expected, position
        client.close()
        undetected += 1
    assert undetected < len(content) / 211 / 2


def test_a_deleted_log(killed):
    """SQLite opens the file without an error."""
    killed.with_name("store.db-wal").unlink()
    assert "lacks its newest" in error_message(killed, WritesLost)

    killed.with_name("store.db-commits").unlink()
    EmbeddedClient(path=killed).close()


def test_a_truncated_log(killed):
    log = killed.with_name("store.db-wal")
    os.truncate(log, log.stat().st_size // 2)
    error_message(killed, WritesLost)


def test_a_log_with_a_flipped_byte(killed):
    log = killed.with_name("store.db-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    log.write_bytes(content)
    error_message(killed, WritesLost)


def test_a_log_without_its_file(killed):
    killed.unlink()
    error_message(killed, StoreDamaged)


def test_a_deleted_store_is_created_again(closed):
    closed.unlink()
    client = EmbeddedClient(path=closed)
    assert client.list_database_names() == []
    client.close()


def test_a_folder_instead_of_the_file(path):
    path.mkdir()
    error_message(path, StoreUnreadable)


def test_a_file_instead_of_the_folder(tmp_path):
    (tmp_path / "var").touch()
    with pytest.raises(StoreUnreadable):
        EmbeddedClient(path=tmp_path / "var" / "store.db")


def test_an_unfinished_new_store_is_created_again(path):
    path.with_name("store.db.new").write_text("half")
    EmbeddedClient(path=path).close()
    assert not path.with_name("store.db.new").exists()


def test_a_second_client_in_the_same_process(client, path):
    assert str(os.getpid()) in error_message(path, StoreInUse)
    client.db.things.insert_one({"_id": 1})


def test_a_second_process_learns_which_process_has_the_store(path):
    process = start_process("hold", path)
    assert process.stdout.readline() == "open\n"
    message = error_message(path, StoreInUse)
    process.kill()
    process.communicate()

    assert str(process.pid) in message
    assert "child_processes.py" in message
    EmbeddedClient(path=path).close()


def test_a_file_locked_by_another_program(closed):
    other = sqlite3.connect(closed, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreInUse, match="another SQLite program"):
        EmbeddedClient(path=closed)
    other.close()


def test_a_waiting_client_opens_the_store_when_it_is_closed(client, path):
    """On SIGHUP, gunicorn starts the new worker while the old one still has the store open."""
    client.db.things.insert_one({"_id": 1})
    threading.Timer(0.4, client.close).start()
    started_at = time.monotonic()

    successor = EmbeddedClient(path=path, wait=20)
    assert successor.db.things.find_one() == {"_id": 1}
    assert time.monotonic() - started_at >= 0.3
    successor.close()


def test_a_client_that_waits_too_long_is_refused(client, path):
    with pytest.raises(StoreInUse):
        EmbeddedClient(path=path, wait=0.2)


def test_a_forked_process_cannot_use_the_store_of_its_parent(client):
    """With gunicorn's `--preload`, the store would be opened before the fork."""
    client.db.things.insert_one({"_id": 1})
    child = os.fork()
    if not child:
        try:
            client.db.things.insert_one({"_id": 2})
        except StoreClosed:
            client.close()
            os._exit(0)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    client.db.things.insert_one({"_id": 3})
    assert client.db.things.count_documents({}) == 2


def test_mongoengine_passes_on_the_error_message(path):
    path.write_text("This is not a database.")
    with pytest.raises(mongoengine.ConnectionFailure, match="not written by the embedded store"):
        mongoengine.connect(
            "db",
            alias="refused",
            mongo_client_class=EmbeddedClient,
            path=path,
            uuidRepresentation="standard",
        )
    mongoengine.disconnect("refused")


def test_a_document_over_16_mb_is_rejected_and_changes_nothing(client):
    """MongoDB has the same limit, so all documents can be moved there."""
    things = client.db.things
    things.insert_one({"_id": 1, "text": "x" * 8_000_000})

    with pytest.raises(DocumentTooLarge):
        things.insert_one({"_id": 2, "text": "x" * MAX_BSON_SIZE})
    with pytest.raises(DocumentTooLarge):
        things.update_one({"_id": 1}, {"$set": {"more": "x" * 9_000_000}})

    assert [sorted(thing) for thing in things.find()] == [["_id", "text"]]
