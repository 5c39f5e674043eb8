"""Keep the product's files from the other users of the machine."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Other files in the data folder may belong to the operator.
_PRODUCT_FILES = (
    *("accounts.sqlite3*", "documents.sqlite3*", "secret-key", "timetable*"),
    *("mail", "media", "static"),
)


def restrict_umask() -> None:
    """Make new files of this process and its children readable only by their owner."""
    os.umask(_OTHERS)


def restrict_data_dir(folder: Path) -> None:
    """
    Remove other users' permissions on the data folder and, if they could enter it, on its files.

    A folder that everyone may write to, such as `/tmp`, keeps its permissions, and so do files of
    other users.
    """
    mode = folder.stat().st_mode
    if not mode & _OTHERS:
        return
    for path in _product_files(folder):
        _restrict(path)
    if not mode & stat.S_ISVTX:
        _restrict(folder)


def _product_files(folder: Path) -> Iterator[Path]:
    for pattern in _PRODUCT_FILES:
        for path in folder.glob(pattern):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from path.rglob("*")


def _restrict(path: Path) -> None:
    if not path.is_symlink():
        with suppress(PermissionError, FileNotFoundError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
