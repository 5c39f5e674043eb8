"""The connection that keeps the accounts' SQLite database readable when the disk is full."""

from django.db import connection

_connection = None


def hold_open() -> None:
    """
    Keep one connection to an SQLite database open for as long as the process lives.

    SQLite's first connection creates a shared-memory file, for which a full disk has no room.
    While that file exists, further connections can read even then.
    """
    global _connection
    if connection.vendor == "sqlite":
        _connection = connection.copy()
        with _connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master")


def release() -> None:
    global _connection
    if _connection is not None:
        _connection.close()
        _connection = None
