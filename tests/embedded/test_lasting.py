"""What was answered is there: after `kill -9`, with a full disk, out of a copy."""

import subprocess
import sys
from itertools import islice

import pytest
from pymongo.errors import AutoReconnect

from embedded_mongo import EmbeddedClient
from embedded_mongo.errors import StoreClosed, StoreUnavailable
from tests.embedded.processes import started


@pytest.mark.parametrize("writes_before_the_end", [1, 500, 2_500])
def test_a_killed_process_has_lost_no_answered_write(path, connect, writes_before_the_end):
    with started("write", path) as process:
        lines = list(islice(process.stdout, writes_before_the_end))
        process.kill()
        lines += process.stdout.readlines()
    answered = [line.strip() for line in lines if line.endswith("\n")]

    lms = connect().lms
    written = {each["_id"] for each in lms.written.find()}
    assert len(answered) >= writes_before_the_end
    assert set(answered) <= written
    for writer, number in (answer.split() for answer in answered):
        assert lms.counts.find_one(int(writer))["count"] >= int(number)
    # What was under way may be there or not, but nothing else.
    assert len(written) <= len(answered) + 2 * 8


def test_closing_brings_everything_home_into_one_file(path, client):
    """Trap 4: what is in the log only is gone with the log."""
    client.lms.things.insert_one({"_id": 1})
    client.close()

    assert {each.name for each in path.parent.iterdir()} == {
        "lms.db",
        "lms.db.lock",
        "lms.db-commits",
    }


def test_a_closed_client_says_so(client):
    things = client.lms.things
    client.close()
    client.close()

    for refused in (
        lambda: things.find_one(),
        lambda: things.insert_one({}),
        lambda: things.estimated_document_count(),
        lambda: client.admin.command("ping"),
    ):
        with pytest.raises(StoreClosed):
            refused()


def test_a_full_disk_refuses_the_write_and_nothing_else(client, reopened):
    things = client.lms.things
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])
    sqlite = client._store.file._connection
    [most] = sqlite.execute("PRAGMA max_page_count").fetchone()
    [pages] = sqlite.execute("PRAGMA page_count").fetchone()
    sqlite.execute(f"PRAGMA max_page_count = {pages}")

    big = "x" * 50_000
    for refused in (
        lambda: things.insert_one({"_id": 3, "name": "c", "text": big}),
        lambda: things.update_many({}, {"$set": {"text": big}}),
        lambda: things.find_one_and_replace({"_id": 1}, {"name": "new", "text": big}),
        lambda: client.lms.others.insert_one({"text": big}),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            refused()
        assert isinstance(caught.value, AutoReconnect)
    assert list(things.find()) == [{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}]
    assert things.find_one({"name": "a"})["_id"] == 1
    assert client.lms.list_collection_names() == ["things"]

    sqlite.execute(f"PRAGMA max_page_count = {most}")
    things.insert_one({"_id": 3, "name": "c", "text": big})
    client.lms.others.insert_one({"_id": 1})
    again = reopened(client).lms
    assert [each["_id"] for each in again.things.find()] == [1, 2, 3]
    assert again.others.count_documents({}) == 1


def test_a_statement_that_fails_leaves_no_transaction_open(client):
    client.lms.things.insert_one({"_id": 1})
    with pytest.raises(StoreUnavailable):
        client._store.file.commit([("INSERT INTO nowhere VALUES (1)", ())])

    client.lms.things.insert_one({"_id": 2})


def test_a_deletion_that_was_not_kept_leaves_everything_in_its_order(client):
    things = client.lms.things
    things.insert_many([{"_id": number} for number in range(5)])

    def fail(_statements):
        raise StoreUnavailable("as if the disk had failed")

    client._store.file.commit = fail
    for refused in (lambda: things.delete_one({"_id": 2}), lambda: things.drop()):
        with pytest.raises(StoreUnavailable):
            refused()

    assert [each["_id"] for each in things.find()] == [0, 1, 2, 3, 4]
    assert things.find_one(2) == {"_id": 2}


def test_a_value_that_the_file_cannot_hold_changes_nothing(things):
    with pytest.raises(OverflowError):
        things.insert_one({"_id": 1, "n": 2**70})

    assert things.find_one(1) is None


def test_a_copy_made_while_running_opens_as_a_store(path, client):
    """Trap 5: copying by opening the file would drop SQLite's lock on it."""
    client.lms.things.create_index("name", unique=True)
    client.lms.things.insert_one({"_id": 1, "name": "a"})
    copy_path = path.with_name("copy.db")
    copy_path.write_text("an older copy")
    client.backup(copy_path)
    client.lms.things.insert_one({"_id": 2})

    copy = EmbeddedClient(path=copy_path)
    try:
        assert list(copy.lms.things.find()) == [{"_id": 1, "name": "a"}]
        assert "name_1" in copy.lms.things.index_information()
    finally:
        copy.close()
    ask = (
        f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('PRAGMA user_version')"
    )
    stranger = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    assert "database is locked" in stranger.stderr


def test_a_copy_that_cannot_be_written_is_said(client, tmp_path):
    with pytest.raises(StoreUnavailable):
        client.backup(tmp_path / "nowhere" / "copy.db")
