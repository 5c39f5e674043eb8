"""Cursors: the documents are chosen when the first is requested, and decoded one at a time."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import mongomock.collection
from mongomock.helpers import make_datetime_timezone_aware_in_document

Documents = Iterator[dict[str, Any]]


class Cursor(mongomock.collection.Cursor):
    """
    A cursor over the documents as they are stored when the first is requested.

    A reader that stops early, or that keeps no document, needs no memory for all of them.
    """

    def clone(self) -> "Cursor":
        return Cursor(
            self.collection, self._spec, self._sort, self._projection, self._skip, self._limit or 0
        )

    def rewind(self) -> "Cursor":
        self._remaining: Documents | None = None
        return self

    def __next__(self) -> dict[str, Any]:
        if self._remaining is None:
            self._remaining = self._start()
        return next(self._remaining)

    next = __next__

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, int) or index < 0:
            return super().__getitem__(index)
        for document in islice(self.clone(), index, None):
            return document
        raise IndexError("no such item for Cursor instance")

    @property
    def alive(self) -> bool:
        for document in self:
            self._remaining = chain([document], self._remaining or ())
            return True
        return False

    def to_list(self, length: int | None = None) -> list[dict[str, Any]]:
        return list(islice(self, length))

    def comment(self, comment: Any) -> "Cursor":
        return self

    def distinct(self, key: str, session: Any = None) -> list:
        command = {"distinct": self.collection.name, "key": key, "query": self._spec}
        full_cursor = Cursor(self.collection, self._spec, None, {key.partition(".")[0]: 1}, 0, 0)
        with self.collection.publish_events(command):
            return super(Cursor, full_cursor).distinct(key, session)

    def _compute_results(self, with_limit_and_skip: bool = True) -> Documents:
        """Return the documents; mongomock's `distinct` calls this."""
        return self._read()

    def _start(self) -> Documents:
        """Choose the documents and read the first, which is what the command does."""
        with self.collection.publish_events(self._command()):
            documents = self._read()
            first = list(islice(documents, 1))
        return chain(first, documents)

    def _read(self) -> Documents:
        stop = self._skip + abs(self._limit) if self._limit else None
        documents = islice(self._factory(), self._skip, stop)
        if self.collection.codec_options.tz_aware:
            return map(make_datetime_timezone_aware_in_document, documents)
        return documents

    def _command(self) -> dict[str, Any]:
        options = {
            "sort": dict(self._sort) if self._sort else None,
            "projection": self._projection,
            "skip": self._skip,
            "limit": self._limit,
        }
        used = {name: value for name, value in options.items() if value}
        return {"find": self.collection.name, "filter": self._spec, **used}
