"""The fields as they were when stores began to record their steps; nothing to change."""

from collections.abc import Iterator

from pymongo.database import Database


def migrate(database: Database) -> Iterator[None]:
    yield from ()
