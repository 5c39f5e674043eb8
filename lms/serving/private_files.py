"""Keep the product's files from the other users of the machine."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Nothing else is touched: the data folder may hold files of the operator.
_OURS = (
    *("accounts.sqlite3*", "documents.sqlite3*", "secret-key", "timetable*"),
    *("mail", "media", "static"),
)


def restrict_umask() -> None:
    """Make the files that this process and its children create readable by their owner alone."""
    os.umask(_OTHERS)


def restrict_data_dir(folder: Path) -> None:
    """
    Take the other users' permissions from the data folder and, where they could enter it, from
    the product's files in it.

    A folder that everybody may write to, such as `/tmp`, keeps its permissions, and so does what
    belongs to another user.
    """
    mode = folder.stat().st_mode
    if not mode & _OTHERS:
        return
    for path in _below(folder):
        _restrict(path)
    if not mode & stat.S_ISVTX:
        _restrict(folder)


def _below(folder: Path) -> Iterator[Path]:
    for pattern in _OURS:
        for path in folder.glob(pattern):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from path.rglob("*")


def _restrict(path: Path) -> None:
    if not path.is_symlink():
        with suppress(PermissionError, FileNotFoundError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
