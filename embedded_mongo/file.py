"""The one file that holds the documents: what a commit has put there, no crash takes away."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import bson

from embedded_mongo.errors import StoreDamaged, StoreUnavailable, WritesLost
from embedded_mongo.examination import (
    APPLICATION_ID,
    FORMAT,
    beside,
    examine_header,
    has_log,
    read_only,
    sqlite_errors,
)
from embedded_mongo.lock import ProcessLock

SCHEMA = """
CREATE TABLE collections (
    number INTEGER PRIMARY KEY, database TEXT NOT NULL, name TEXT NOT NULL,
    indexes BLOB NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, document BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE state (commits INTEGER NOT NULL);
INSERT INTO state VALUES (0);
"""

Statement = tuple[str, tuple[Any, ...]]


class StoredCollection(NamedTuple):
    number: int
    database: str
    name: str
    indexes: list[dict[str, Any]]


class StoredDocument(NamedTuple):
    number: int
    collection: int
    document: bytes


def keep_document(number: int, collection: int, document: bytes) -> Statement:
    checksum = _checksum(document, number, collection)
    sql = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)"
    return sql, (number, collection, document, checksum)


def remove_document(number: int) -> Statement:
    return "DELETE FROM documents WHERE number = ?", (number,)


def keep_collection(collection: StoredCollection) -> Statement:
    number, database, name, declared = collection
    indexes = bson.encode({"indexes": declared})
    checksum = _checksum(indexes, number, database, name)
    sql = "INSERT OR REPLACE INTO collections VALUES (?, ?, ?, ?, ?)"
    return sql, (number, database, name, indexes, checksum)


def remove_collection(number: int) -> list[Statement]:
    return [
        ("DELETE FROM documents WHERE collection = ?", (number,)),
        ("DELETE FROM collections WHERE number = ?", (number,)),
    ]


class StoreFile:
    """
    A store's SQLite file, opened by one process; its callers let in one thread at a time.

    Beside the file lie its write-ahead log, the lock, and the number of the newest commit: SQLite
    opens a file whose log was cut or removed without a word, and without its newest writes.
    """

    def __init__(self, path: Path, *, synchronous: str, wait: float):
        """
        :raises StoreRefused: one of its kinds; the file is left as it is
        """
        self.path = path
        self._pid = os.getpid()
        with sqlite_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = ProcessLock(beside(path, ".lock"), wait=wait)
            try:
                self._open(synchronous)
            except BaseException:
                self._lock.release()
                raise

    @property
    def is_usable(self) -> bool:
        """Not after it was closed, nor in a process forked from the one that opened it."""
        return self._connection is not None and self._pid == os.getpid()

    def commit(self, statements: Iterable[Statement]) -> None:
        """
        Put changes into the file, all or none of them; they are there when this returns.

        :raises StoreUnavailable: none of them is there
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                self._connection.execute(sql, values)
            self._connection.execute("UPDATE state SET commits = commits + 1")
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OverflowError, MemoryError) as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise StoreUnavailable(
                f"The write could not be kept in {self.path}: {error}."
            ) from error
        self._commits += 1
        self._note_commit()

    def back_up(self, destination: Path) -> None:
        """
        Write a whole and compact copy of the store, which opens as one.

        :raises StoreUnavailable: it could not be written
        """
        unfinished = beside(destination, ".unfinished")
        unfinished.unlink(missing_ok=True)
        try:
            self._connection.execute("VACUUM INTO ?", (str(unfinished),))
            os.replace(unfinished, destination)
        except (sqlite3.Error, OSError) as error:
            unfinished.unlink(missing_ok=True)
            raise StoreUnavailable(
                f"The copy could not be kept in {destination}: {error}."
            ) from error

    def close(self) -> None:
        """Bring the write-ahead log home and let go of the file and its lock."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        if self._pid != os.getpid():
            return  # what a forked process let go of would be gone for the one that has it
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.close(self._counter)
        self._lock.release()

    def take_contents(self) -> tuple[list[StoredCollection], list[StoredDocument]]:
        """Hand over what was read on opening, which is then kept here no longer."""
        contents, self._contents = self._contents, ([], [])
        return contents

    def _open(self, synchronous: str) -> None:
        if not self.path.exists():
            self._create()
        examine_header(self.path)
        with read_only(self.path) as connection:
            self._contents = _contents(connection, self.path)
            [self._commits] = connection.execute("SELECT sum(commits) FROM state").fetchone()
            if self._commits is None:
                raise StoreDamaged(f"{self.path} is damaged: it does not say what it holds.")
        self._counter = os.open(beside(self.path, "-commits"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._compare_with_counter()
            self._connection = self._connect(synchronous)
        except BaseException:
            os.close(self._counter)
            raise
        self._note_commit()

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=0
        )
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self) -> None:
        """Make a new file aside and rename it, so that there is never half of one."""
        if has_log(self.path):
            raise StoreDamaged(
                f"{self.path} is missing, but its write-ahead log is there: "
                "put it back, or remove that too."
            )
        beside(self.path, "-commits").unlink(missing_ok=True)
        new = beside(self.path, ".new")
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(new, isolation_level=None)
        connection.executescript(
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {SCHEMA}"
        )
        connection.close()
        os.rename(new, self.path)
        _make_durable(self.path.parent)

    def _compare_with_counter(self) -> None:
        noted = os.pread(self._counter, 32, 0).strip()
        if noted.isdigit() and int(noted) > self._commits:
            raise WritesLost(
                f"{self.path} lacks its newest {int(noted) - self._commits} writes, because its "
                "write-ahead log was cut or removed or an older copy was put in its place: restore "
                f"them, or remove {beside(self.path, '-commits')} to go on without them."
            )

    def _note_commit(self) -> None:
        # Not synchronised, for speed: one that is too low says nothing, and it is never too high.
        # The commit is in the file: whatever befalls the note, the write is answered.
        with suppress(OSError):
            os.pwrite(self._counter, b"%020d\n" % self._commits, 0)


def _contents(
    connection: sqlite3.Connection, path: Path
) -> tuple[list[StoredCollection], list[StoredDocument]]:
    """
    :raises StoreDamaged: a row is not as it was written
    """
    collections = {}
    for row in connection.execute("SELECT * FROM collections"):
        number, database, name, indexes, checksum = row
        if checksum != _checksum(indexes, number, database, name):
            raise StoreDamaged(f"{path} is damaged: the collection {name} was changed.")
        declared = bson.decode(indexes)["indexes"]
        collections[number] = StoredCollection(number, database, name, declared)
    documents = []
    for row in connection.execute("SELECT * FROM documents ORDER BY number"):
        number, collection, document, checksum = row
        if checksum != _checksum(document, number, collection) or collection not in collections:
            raise StoreDamaged(f"{path} is damaged: document {number} was changed.")
        documents.append(StoredDocument(number, collection, document))
    return list(collections.values()), documents


def _checksum(content: Any, *labels: Any) -> int:
    """Take what a row holds and where it belongs; in a damaged file it may be of any type."""
    labelled = crc32(repr(labels).encode())
    return crc32(content if isinstance(content, bytes) else repr(content).encode(), labelled)


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
