"""What one call changes: in memory at once, in the file at its end, or nowhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident

from embedded_mongo.file import Statement


class Transaction:
    """Changes made in memory that are not in the file yet, and how to take them back."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._undo: list[tuple[int, Callable[[], None]]] = []
        self._thread = get_ident()

    @property
    def is_mine(self) -> bool:
        return self._thread == get_ident()

    def changing(self, *statements: Statement, undo: Callable[[], None]) -> None:
        """Note a change that is about to be made in memory."""
        self._undo.append((len(self.statements), undo))
        self.statements.extend(statements)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Take back what was changed inside, and only that, when it fails."""
        before = len(self._undo)
        try:
            yield
        except BaseException:
            self.undo(down_to=before)
            raise

    def undo(self, *, down_to: int = 0) -> None:
        while len(self._undo) > down_to:
            length, undo = self._undo.pop()
            undo()
            del self.statements[length:]
