"""Acknowledged writes survive `kill -9` and a full disk, and are in a backup."""

import subprocess
import sys
from itertools import islice

import pytest
from pymongo.errors import AutoReconnect

from embedded_mongo import EmbeddedClient
from embedded_mongo.errors import StoreClosed, StoreUnavailable
from embedded_mongo.tests.child_processes import WRITERS, start_process


@pytest.mark.parametrize("writes_before_kill", [1, 500, 2_500])
def test_a_killed_process_loses_no_acknowledged_write(path, connect, writes_before_kill):
    with start_process("write", path) as process:
        lines = list(islice(process.stdout, writes_before_kill))
        process.kill()
        lines += process.stdout.readlines()
    acknowledged = [line.strip() for line in lines if line.endswith("\n")]

    db = connect().db
    written = {document["_id"] for document in db.written.find()}
    assert len(acknowledged) >= writes_before_kill
    assert set(acknowledged) <= written
    for writer, number in (line.split() for line in acknowledged):
        assert db.counts.find_one(int(writer))["count"] >= int(number)
    # Each writer may have stored writes that were not acknowledged yet.
    assert len(written) <= len(acknowledged) + 2 * WRITERS


def test_a_closed_store_is_one_complete_file(path, client):
    """Writes that are only in the log are lost with the log."""
    client.db.things.insert_one({"_id": 1})
    client.close()

    assert {file.name for file in path.parent.iterdir()} == {
        "store.db",
        "store.db.lock",
        "store.db-commits",
    }


def test_a_closed_client_raises_an_error(client):
    things = client.db.things
    client.close()
    client.close()

    for call in (
        lambda: things.find_one(),
        lambda: things.insert_one({}),
        lambda: things.estimated_document_count(),
        lambda: client.admin.command("ping"),
    ):
        with pytest.raises(StoreClosed):
            call()


def test_a_write_to_a_full_disk_fails_and_changes_nothing(client, reopen):
    things = client.db.things
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])
    sqlite = client._store.transactions.file._connection
    [max_pages] = sqlite.execute("PRAGMA max_page_count").fetchone()
    [pages] = sqlite.execute("PRAGMA page_count").fetchone()
    sqlite.execute(f"PRAGMA max_page_count = {pages}")

    big = "x" * 50_000
    for call in (
        lambda: things.insert_one({"_id": 3, "name": "c", "text": big}),
        lambda: things.update_many({}, {"$set": {"text": big}}),
        lambda: things.find_one_and_replace({"_id": 1}, {"name": "new", "text": big}),
        lambda: client.db.others.insert_one({"text": big}),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            call()
        assert isinstance(caught.value, AutoReconnect)
    assert list(things.find()) == [{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}]
    assert things.find_one({"name": "a"})["_id"] == 1
    assert client.db.list_collection_names() == ["things"]

    sqlite.execute(f"PRAGMA max_page_count = {max_pages}")
    things.insert_one({"_id": 3, "name": "c", "text": big})
    client.db.others.insert_one({"_id": 1})
    again = reopen(client).db
    assert [document["_id"] for document in again.things.find()] == [1, 2, 3]
    assert again.others.count_documents({}) == 1


def test_a_statement_that_fails_leaves_no_transaction_open(client):
    client.db.things.insert_one({"_id": 1})
    with pytest.raises(StoreUnavailable):
        client._store.transactions.file.commit([("INSERT INTO nowhere VALUES (1)", ())])

    client.db.things.insert_one({"_id": 2})


def test_a_failed_deletion_preserves_the_order_of_documents(client):
    things = client.db.things
    things.insert_many([{"_id": number} for number in range(5)])

    def fail(_statements):
        raise StoreUnavailable("simulated disk failure")

    client._store.transactions.file.commit = fail
    for call in (lambda: things.delete_one({"_id": 2}), lambda: things.drop()):
        with pytest.raises(StoreUnavailable):
            call()

    assert [document["_id"] for document in things.find()] == [0, 1, 2, 3, 4]
    assert things.find_one(2) == {"_id": 2}


def test_a_value_that_bson_cannot_encode_changes_nothing(things):
    with pytest.raises(OverflowError):
        things.insert_one({"_id": 1, "n": 2**70})

    assert things.find_one(1) is None


def test_a_backup_of_a_running_store_can_be_opened(path, client):
    """Opening and closing the file to copy it would release SQLite's lock."""
    client.db.things.create_index("name", unique=True)
    client.db.things.insert_one({"_id": 1, "name": "a"})
    copy_path = path.with_name("copy.db")
    copy_path.write_text("an older copy")
    client.backup(copy_path)
    client.db.things.insert_one({"_id": 2})

    copy = EmbeddedClient(path=copy_path)
    try:
        assert list(copy.db.things.find()) == [{"_id": 1, "name": "a"}]
        assert "name_1" in copy.db.things.index_information()
    finally:
        copy.close()
    script = (
        f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('PRAGMA user_version')"
    )
    other_program = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "database is locked" in other_program.stderr


def test_a_backup_that_cannot_be_written_raises_an_error(client, tmp_path):
    with pytest.raises(StoreUnavailable):
        client.backup(tmp_path / "nowhere" / "copy.db")
