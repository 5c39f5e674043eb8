"""Cursors: all results are read together when the first is requested."""

from itertools import islice
from typing import Any

import mongomock.collection
from mongomock.helpers import make_datetime_timezone_aware_in_document


class Cursor(mongomock.collection.Cursor):
    """A cursor in linear time; mongomock's own copies all results for each document."""

    def clone(self) -> "Cursor":
        return Cursor(
            self.collection, self._spec, self._sort, self._projection, self._skip, self._limit or 0
        )

    def rewind(self) -> "Cursor":
        self._emitted = 0
        self._results = None
        return self

    def __next__(self) -> dict[str, Any]:
        results = self._compute_results()
        if self._emitted >= len(results):
            raise StopIteration
        self._emitted += 1
        return results[self._emitted - 1]

    next = __next__

    def to_list(self, length: int | None = None) -> list[dict[str, Any]]:
        return list(islice(self, length))

    def comment(self, comment: Any) -> "Cursor":
        return self

    def distinct(self, key: str, session: Any = None) -> list:
        command = {"distinct": self.collection.name, "key": key, "query": self._spec}
        full_cursor = Cursor(self.collection, self._spec, None, {key.partition(".")[0]: 1}, 0, 0)
        with self.collection.publish_events(command):
            full_cursor._results = full_cursor._read()
            return super(Cursor, full_cursor).distinct(key, session)

    def _compute_results(self, with_limit_and_skip: bool = True) -> list[dict[str, Any]]:
        if self._results is None:
            with self.collection.publish_events(self._command()):
                self._results = self._read()
        return self._results

    def _read(self) -> list[dict[str, Any]]:
        stop = self._skip + abs(self._limit) if self._limit else None
        results = islice(self._factory(), self._skip, stop)
        if self.collection.codec_options.tz_aware:
            return [make_datetime_timezone_aware_in_document(document) for document in results]
        return list(results)

    def _command(self) -> dict[str, Any]:
        options = {
            "sort": dict(self._sort) if self._sort else None,
            "projection": self._projection,
            "skip": self._skip,
            "limit": self._limit,
        }
        used = {name: value for name, value in options.items() if value}
        return {"find": self.collection.name, "filter": self._spec, **used}
