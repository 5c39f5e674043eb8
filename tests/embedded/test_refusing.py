"""A file that is not whole, ours and free is refused in one sentence, and stays as it was."""

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
from tests.embedded.processes import started


def files(folder: Path) -> dict[str, bytes]:
    """Return all that is there, but for the lock, whose file names whoever had it last."""
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if each.is_file() and each.suffix != ".lock"
    }


def refusal(path: Path, kind: type[StoreRefused]) -> str:
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
    """A store of some pages that was closed properly."""
    client.lms.things.create_index("name", unique=True)
    client.lms.things.insert_many([{"_id": n, "name": f"{n}", "t": "x" * 90} for n in range(200)])
    client.close()
    return path


@pytest.fixture
def killed(closed) -> Path:
    """A store whose process was killed, so that its newest writes are in the log."""
    process = started("write", closed)
    for _ in range(100):
        process.stdout.readline()
    process.kill()
    process.communicate()
    return closed


def test_an_empty_file_was_cut_short(path):
    """Trap 5: to SQLite it is a valid new database."""
    path.touch()
    assert "cut short" in refusal(path, StoreDamaged)


@pytest.mark.parametrize("kept", [1, 15, 16, 99, 100, 4_096, 4_097, -1, -4_096])
def test_a_file_that_was_cut_short(closed, kept):
    os.truncate(closed, kept if kept > 0 else closed.stat().st_size + kept)
    assert "cut short" in refusal(closed, StoreDamaged)


def test_a_file_that_was_cut_short_beside_its_log(killed):
    content = killed.read_bytes()
    killed.write_bytes(content[: len(content) // 2])
    refusal(killed, StoreRefused)


def test_a_text_file(path):
    path.write_text("Dear diary, this is not a database.")
    refusal(path, NotAStore)


def test_the_database_of_another_program(path):
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE birds (name)")
    stranger.close()
    refusal(path, NotAStore)


def test_a_file_of_a_newer_version(closed):
    with sqlite3.connect(closed) as newer:
        newer.execute("PRAGMA user_version = 2")
    newer.close()
    assert "newer version" in refusal(closed, StoreFromNewerVersion)


def test_a_file_without_its_tables(closed):
    with sqlite3.connect(closed) as damaged:
        damaged.execute("DROP TABLE documents")
    damaged.close()
    refusal(closed, StoreDamaged)


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
    refusal(closed, StoreDamaged)


def test_a_flipped_byte_is_noticed_or_has_changed_nothing(closed, tmp_path):
    content, opened = closed.read_bytes(), 0
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
        assert list(client.lms.things.find()) == expected, position
        client.close()
        opened += 1
    assert opened < len(content) / 211 / 2


def test_a_log_that_was_removed(killed):
    """Trap 4: SQLite opens the file without a word."""
    killed.with_name("lms.db-wal").unlink()
    assert "lacks its newest" in refusal(killed, WritesLost)

    killed.with_name("lms.db-commits").unlink()
    EmbeddedClient(path=killed).close()


def test_a_log_that_was_cut(killed):
    log = killed.with_name("lms.db-wal")
    os.truncate(log, log.stat().st_size // 2)
    refusal(killed, WritesLost)


def test_a_log_with_a_flipped_byte(killed):
    log = killed.with_name("lms.db-wal")
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    log.write_bytes(content)
    refusal(killed, WritesLost)


def test_a_log_without_its_file(killed):
    killed.unlink()
    refusal(killed, StoreDamaged)


def test_a_store_that_was_removed_begins_anew(closed):
    closed.unlink()
    client = EmbeddedClient(path=closed)
    assert client.list_database_names() == []
    client.close()


def test_a_folder_in_the_place_of_the_file(path):
    path.mkdir()
    refusal(path, StoreUnreadable)


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "var").touch()
    with pytest.raises(StoreUnreadable):
        EmbeddedClient(path=tmp_path / "var" / "lms.db")


def test_a_half_made_store_is_made_again(path):
    path.with_name("lms.db.new").write_text("half")
    EmbeddedClient(path=path).close()
    assert not path.with_name("lms.db.new").exists()


def test_two_clients_of_one_process(client, path):
    assert str(os.getpid()) in refusal(path, StoreInUse)
    client.lms.things.insert_one({"_id": 1})


def test_a_second_process_is_told_which_one_has_it(path):
    process = started("hold", path)
    assert process.stdout.readline() == "open\n"
    message = refusal(path, StoreInUse)
    process.kill()
    process.communicate()

    assert str(process.pid) in message
    assert "processes.py" in message
    EmbeddedClient(path=path).close()


def test_another_program_that_writes_to_the_file(closed):
    stranger = sqlite3.connect(closed, isolation_level=None)
    stranger.execute("PRAGMA journal_mode = DELETE")
    stranger.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreInUse, match="another SQLite program"):
        EmbeddedClient(path=closed)
    stranger.close()


def test_who_waits_gets_it_when_the_other_lets_go(client, path):
    """Trap 6: on HUP the new worker of gunicorn comes while the old one still has the store."""
    client.lms.things.insert_one({"_id": 1})
    threading.Timer(0.4, client.close).start()
    began = time.monotonic()

    successor = EmbeddedClient(path=path, wait=20)
    assert successor.lms.things.find_one() == {"_id": 1}
    assert time.monotonic() - began >= 0.3
    successor.close()


def test_who_waits_in_vain_is_refused(client, path):
    with pytest.raises(StoreInUse):
        EmbeddedClient(path=path, wait=0.2)


def test_a_forked_process_is_told_to_connect_itself(client):
    """Trap 6: with `--preload` the store would be opened before the fork."""
    client.lms.things.insert_one({"_id": 1})
    child = os.fork()
    if not child:
        try:
            client.lms.things.insert_one({"_id": 2})
        except StoreClosed:
            client.close()
            os._exit(0)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    client.lms.things.insert_one({"_id": 3})
    assert client.lms.things.count_documents({}) == 2


def test_mongoengine_passes_the_sentence_on(path):
    path.write_text("Dear diary")
    with pytest.raises(mongoengine.ConnectionFailure, match="is not a file of the embedded store"):
        mongoengine.connect(
            "lms",
            alias="refused",
            mongo_client_class=EmbeddedClient,
            path=path,
            uuidRepresentation="standard",
        )
    mongoengine.disconnect("refused")


def test_a_document_over_16_mb_is_refused_and_nothing_changes(client):
    """MongoDB stores no larger one, so none that was stored here fails to move there."""
    things = client.lms.things
    things.insert_one({"_id": 1, "text": "x" * 8_000_000})

    with pytest.raises(DocumentTooLarge):
        things.insert_one({"_id": 2, "text": "x" * MAX_BSON_SIZE})
    with pytest.raises(DocumentTooLarge):
        things.update_one({"_id": 1}, {"$set": {"more": "x" * 9_000_000}})

    assert [sorted(thing) for thing in things.find()] == [["_id", "text"]]
