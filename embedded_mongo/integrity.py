"""Checks of a file before it is opened for writing. A file that is refused is not changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from embedded_mongo.errors import (
    NotAStore,
    StoreDamaged,
    StoreFromNewerVersion,
    StoreInUse,
    StoreUnreadable,
)

MAGIC = b"SQLite format 3\x00"
HEADER_LENGTH = 100
APPLICATION_ID = int.from_bytes(b"LMSe")
FORMAT = 1


def companion(path: Path, suffix: str) -> Path:
    """Return the path of a file that belongs to the store, such as `store.db-wal`."""
    return path.with_name(path.name + suffix)


def check_header(path: Path) -> None:
    """
    Check the header and the length of a file.

    :raises NotAStore: the embedded store did not write it
    :raises StoreDamaged: it is truncated
    :raises StoreFromNewerVersion: its format is not supported
    """
    with path.open("rb") as file:
        header = file.read(HEADER_LENGTH)
    if not header.startswith(MAGIC) and not MAGIC.startswith(header):
        raise NotAStore(f"{path} was not written by the embedded store.")
    if len(header) < HEADER_LENGTH:
        raise StoreDamaged(f"{path} is truncated: only {len(header)} bytes are left.")
    if int.from_bytes(header[68:72]) != APPLICATION_ID:
        raise NotAStore(f"{path} is an SQLite database of another program.")
    file_format = int.from_bytes(header[60:64])
    if file_format > FORMAT:
        raise StoreFromNewerVersion(
            f"{path} was written by a newer version of this program "
            f"(format {file_format}; this version supports up to {FORMAT})."
        )
    _check_length(path, header)


def _check_length(path: Path, header: bytes) -> None:
    # The end of the file may still be in the write-ahead log.
    if has_log(path):
        return
    page_size = int.from_bytes(header[16:18])
    expected = int.from_bytes(header[28:32]) * (65_536 if page_size == 1 else page_size)
    length = path.stat().st_size
    if length < expected:
        raise StoreDamaged(f"{path} is truncated: {length} of {expected} bytes are left.")


def has_log(path: Path) -> bool:
    log = companion(path, "-wal")
    return log.exists() and log.stat().st_size > 0


@contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the file so that nothing changes it, not even a recovery of the write-ahead log.

    :raises StoreDamaged: SQLite finds an error when it opens or reads the file
    """
    existed = {suffix: companion(path, suffix).exists() for suffix in ("-wal", "-shm")}
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0)
    connection.text_factory = lambda text: text.decode(errors="replace")
    try:
        with translate_sqlite_errors(path):
            if (result := connection.execute("PRAGMA quick_check").fetchone()) != ("ok",):
                raise StoreDamaged(f"{path} is damaged: {result[0]}.")
            yield connection
    finally:
        connection.close()
        for suffix, did_exist in existed.items():
            if not did_exist:
                companion(path, suffix).unlink(missing_ok=True)


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Raise errors of SQLite and of the operating system as errors of the store."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        # SQLite's own messages cause a UnicodeDecodeError if they quote damaged text.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # The primary result code.
        if code == sqlite3.SQLITE_BUSY:
            raise StoreInUse(f"{path} is in use by another SQLite program.") from error
        if isinstance(error, OSError) or code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise StoreUnreadable(f"{path} cannot be read or written: {error}.") from error
        raise StoreDamaged(f"{path} is damaged: {error}.") from error
