"""Looking at a file before it is opened for writing: a file that is refused stays as it was."""

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


def beside(path: Path, what: str) -> Path:
    """Return a file that belongs to the store, such as `lms.db-wal`."""
    return path.with_name(path.name + what)


def examine_header(path: Path) -> None:
    """
    Refuse what is no whole store of this version, by its first bytes and its length.

    :raises NotAStore, StoreDamaged, StoreFromNewerVersion: as they say
    """
    with path.open("rb") as file:
        header = file.read(HEADER_LENGTH)
    if not header.startswith(MAGIC):
        if MAGIC.startswith(header):
            raise StoreDamaged(f"{path} was cut short: only {len(header)} bytes are left of it.")
        raise NotAStore(f"{path} is not a file of the embedded store.")
    if len(header) < HEADER_LENGTH:
        raise StoreDamaged(f"{path} was cut short: only {len(header)} bytes are left of it.")
    if int.from_bytes(header[68:72]) != APPLICATION_ID:
        raise NotAStore(f"{path} is an SQLite database, but not one of the embedded store.")
    written_as = int.from_bytes(header[60:64])
    if written_as > FORMAT:
        raise StoreFromNewerVersion(
            f"{path} was written by a newer version of this program "
            f"(format {written_as}; this one knows {FORMAT})."
        )
    _examine_length(path, header)


def _examine_length(path: Path, header: bytes) -> None:
    # With a write-ahead log at hand, the end of the file may still be in there.
    if has_log(path):
        return
    page = int.from_bytes(header[16:18])
    whole = int.from_bytes(header[28:32]) * (65_536 if page == 1 else page)
    length = path.stat().st_size
    if length < whole:
        raise StoreDamaged(f"{path} was cut short: {length} of {whole} bytes are left of it.")


def has_log(path: Path) -> bool:
    log = beside(path, "-wal")
    return log.exists() and log.stat().st_size > 0


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open the file so that nothing of it can change, not even by recovering the write-ahead log.

    :raises StoreDamaged: SQLite finds the file unsound, on opening or while it is read
    """
    there_before = {name: beside(path, name).exists() for name in ("-wal", "-shm")}
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0)
    connection.text_factory = lambda text: text.decode(errors="replace")
    try:
        with sqlite_errors(path):
            if (found := connection.execute("PRAGMA quick_check").fetchone()) != ("ok",):
                raise StoreDamaged(f"{path} is damaged: {found[0]}.")
            yield connection
    finally:
        connection.close()
        for name, was_there in there_before.items():
            if not was_there:
                beside(path, name).unlink(missing_ok=True)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Say SQLite's refusals in the store's words."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:  # the last of its own messages
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to the kind
        if code == sqlite3.SQLITE_BUSY:
            raise StoreInUse(f"{path} is in use by another SQLite program.") from error
        if isinstance(error, OSError) or code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise StoreUnreadable(f"{path} cannot be read and written: {error}.") from error
        raise StoreDamaged(f"{path} is damaged: {error}.") from error
