"""Transactions: a call changes memory and the file, or neither."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import get_ident

from embedded_mongo.errors import StoreClosed
from embedded_mongo.fair_lock import FairLock
from embedded_mongo.store_file import Contents, Statement, StoreFile


class Transaction:
    """Changes made in memory that are not in the file yet, with functions that undo them."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._undo: list[tuple[int, Callable[[], None]]] = []
        self._thread = get_ident()

    @property
    def belongs_to_current_thread(self) -> bool:
        return self._thread == get_ident()

    def record(self, *statements: Statement, undo: Callable[[], None]) -> None:
        """Add a change that is about to be made in memory."""
        self._undo.append((len(self.statements), undo))
        self.statements.extend(statements)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only the changes made inside if an error is raised there."""
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


class TransactionManager:
    """The lock, the file and the running transaction of a store."""

    def __init__(self, file: StoreFile, contents: Contents):
        """
        Continue the numbering of the file's rows.

        :param contents: the rows of the file
        """
        self.file = file
        collections, documents = contents
        self.document_numbers = count(1 + max((row.number for row in documents), default=0))
        self.collection_numbers = count(1 + max((row.number for row in collections), default=0))
        self.lock = FairLock()
        self._current: Transaction | None = None

    @property
    def current(self) -> Transaction:
        """
        The running transaction, without which nothing can be changed.

        :raises RuntimeError: no transaction is running, so the change would not reach the file
        """
        if self._current is None or not self._current.belongs_to_current_thread:
            raise RuntimeError("Only methods of a collection can change the embedded store.")
        return self._current

    @contextmanager
    def read(self) -> Iterator[None]:
        """
        Wait for the running writer, so that no uncommitted change is read.

        :raises StoreClosed: the client was closed, or opened before a fork
        """
        with self.lock:
            if not self.file.is_usable:
                raise StoreClosed("The embedded store was closed, or opened before a fork.")
            yield

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """
        Run a transaction; inside another one, join it.

        :raises StoreUnavailable: the changes could not be committed, and were undone
        """
        with self.read():
            if self._current is not None:
                yield self._current
                return
            self._current = Transaction()
            try:
                yield self._current
                if self._current.statements:
                    self.file.commit(self._current.statements)
            except BaseException:
                self._current.undo()
                raise
            finally:
                self._current = None

    def close(self) -> None:
        with self.lock:
            self.file.close()
