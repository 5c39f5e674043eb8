"""The SQLite file of a store. No crash loses what a commit has written to it."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import bson

from embedded_mongo.errors import StoreDamaged, StoreUnavailable, WritesLost
from embedded_mongo.integrity import (
    APPLICATION_ID,
    FORMAT,
    check_header,
    companion,
    has_log,
    open_read_only,
    translate_sqlite_errors,
)
from embedded_mongo.process_lock import ProcessLock

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


Contents = tuple[list[StoredCollection], list[StoredDocument]]


def save_document(number: int, collection: int, document: bytes) -> Statement:
    checksum = _checksum(document, number, collection)
    sql = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)"
    return sql, (number, collection, document, checksum)


def delete_document(number: int) -> Statement:
    return "DELETE FROM documents WHERE number = ?", (number,)


def save_collection(collection: StoredCollection) -> Statement:
    number, database, name, definitions = collection
    indexes = bson.encode({"indexes": definitions})
    checksum = _checksum(indexes, number, database, name)
    sql = "INSERT OR REPLACE INTO collections VALUES (?, ?, ?, ?, ?)"
    return sql, (number, database, name, indexes, checksum)


def delete_collection(number: int) -> list[Statement]:
    return [
        ("DELETE FROM documents WHERE collection = ?", (number,)),
        ("DELETE FROM collections WHERE number = ?", (number,)),
    ]


class StoreFile:
    """
    A store's SQLite file, opened by one process; callers must allow only one thread at a time.

    Next to the file are its write-ahead log, its lock file, and a file with the number of the
    newest commit, because SQLite does not notice that a write-ahead log was truncated or deleted.
    """

    def __init__(self, path: Path, *, synchronous: str, wait: float):
        """
        Open the file, or create it.

        :raises StoreRefused: a subclass says why; no file was changed
        """
        self.path = path
        self._pid = os.getpid()
        with translate_sqlite_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = ProcessLock(companion(path, ".lock"), wait=wait)
            try:
                self._open(synchronous)
            except BaseException:
                self._lock.release()
                raise

    @property
    def is_usable(self) -> bool:
        """Whether the file is open, and was opened by this process rather than its parent."""
        return self._connection is not None and self._pid == os.getpid()

    def commit(self, statements: Iterable[Statement]) -> None:
        """
        Write all changes to the file, or none of them; they are durable when this returns.

        :raises StoreUnavailable: nothing was written
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
            raise StoreUnavailable(f"Cannot write to {self.path}: {error}.") from error
        self._commits += 1
        self._record_commit()

    def back_up(self, destination: Path) -> None:
        """
        Write a complete and compact copy of the store that can be opened as a store.

        :raises StoreUnavailable: the copy could not be written
        """
        unfinished = companion(destination, ".unfinished")
        unfinished.unlink(missing_ok=True)
        try:
            self._connection.execute("VACUUM INTO ?", (str(unfinished),))
            os.replace(unfinished, destination)
        except (sqlite3.Error, OSError) as error:
            unfinished.unlink(missing_ok=True)
            raise StoreUnavailable(f"Cannot write the copy {destination}: {error}.") from error

    def close(self) -> None:
        """Move the write-ahead log into the file, then close it and release the lock."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        if self._pid != os.getpid():
            return  # Closing in a forked process would release the locks of its parent.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.close(self._counter)
        self._lock.release()

    def take_contents(self) -> Contents:
        """Return what was read when the file was opened, and release its memory here."""
        contents, self._contents = self._contents, ([], [])
        return contents

    def _open(self, synchronous: str) -> None:
        if not self.path.exists():
            self._create()
        check_header(self.path)
        with open_read_only(self.path) as connection:
            self._contents = _read_contents(connection, self.path)
            [self._commits] = connection.execute("SELECT sum(commits) FROM state").fetchone()
            if self._commits is None:
                raise StoreDamaged(f"{self.path} is damaged: the number of commits is missing.")
        self._counter = os.open(companion(self.path, "-commits"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._check_counter()
            self._connection = self._connect(synchronous)
        except BaseException:
            os.close(self._counter)
            raise
        self._record_commit()

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
        """Create the file under another name and rename it, so that it is always complete."""
        if has_log(self.path):
            raise StoreDamaged(
                f"{self.path} is missing, but its write-ahead log exists: "
                "restore the file, or delete the log as well."
            )
        companion(self.path, "-commits").unlink(missing_ok=True)
        new = companion(self.path, ".new")
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(new, isolation_level=None)
        connection.executescript(
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {SCHEMA}"
        )
        connection.close()
        os.rename(new, self.path)
        _sync_folder(self.path.parent)

    def _check_counter(self) -> None:
        recorded = os.pread(self._counter, 32, 0).strip()
        if recorded.isdigit() and int(recorded) > self._commits:
            raise WritesLost(
                f"{self.path} lacks its newest {int(recorded) - self._commits} writes: its "
                "write-ahead log was truncated or deleted, or the file was replaced by an older "
                f"copy. Restore it, or delete {companion(self.path, '-commits')} to accept the "
                "loss."
            )

    def _record_commit(self) -> None:
        # For speed, this file is not synced: after a power failure its number may be too low, which
        # hides a loss, but is never too high. An error here is ignored, because the commit is
        # already durable and must be acknowledged.
        with suppress(OSError):
            os.pwrite(self._counter, b"%020d\n" % self._commits, 0)


def _read_contents(connection: sqlite3.Connection, path: Path) -> Contents:
    """
    Read and check all rows.

    :raises StoreDamaged: a row does not match its checksum
    """
    collections = {}
    for row in connection.execute("SELECT * FROM collections"):
        number, database, name, indexes, checksum = row
        if checksum != _checksum(indexes, number, database, name):
            raise StoreDamaged(f"{path} is damaged: collection {name} does not match its checksum.")
        definitions = bson.decode(indexes)["indexes"]
        collections[number] = StoredCollection(number, database, name, definitions)
    documents = []
    for row in connection.execute("SELECT * FROM documents ORDER BY number"):
        number, collection, document, checksum = row
        if checksum != _checksum(document, number, collection) or collection not in collections:
            raise StoreDamaged(f"{path} is damaged: document {number} does not match its checksum.")
        documents.append(StoredDocument(number, collection, document))
    return list(collections.values()), documents


def _checksum(content: Any, *labels: Any) -> int:
    """Return the checksum of a row; in a damaged file, its values may be of any type."""
    checksum = crc32(repr(labels).encode())
    return crc32(content if isinstance(content, bytes) else repr(content).encode(), checksum)


def _sync_folder(folder: Path) -> None:
    """Make the renaming of a file durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
