"""Databases, which create the collections of the store."""

from collections.abc import Sequence
from typing import Any

import mongomock
from pymongo.monitoring import CommandListener

from embedded_mongo.collection import Collection
from embedded_mongo.command_events import CommandEvent, publish_events
from embedded_mongo.store import DatabaseStore


class Database(mongomock.Database):
    """A mongomock database that never creates mongomock's own collections."""

    def __init__(
        self,
        client: Any,
        name: str,
        _store: DatabaseStore,
        *,
        listeners: Sequence[CommandListener] = (),
        **options: Any,
    ):
        self.listeners = listeners
        super().__init__(client, name, _store, **options)

    def get_collection(self, name: str, *args: Any, **options: Any) -> Collection:
        if name not in self._collection_accesses:
            self._ensure_valid_collection_name(name)
            self._collection_accesses[name] = Collection(
                self,
                name,
                _db_store=self._store,
                read_preference=self.read_preference,
                codec_options=self.codec_options,
            )
        return super().get_collection(name, *args, **options)

    def with_options(
        self,
        codec_options: Any = None,
        read_preference: Any = None,
        write_concern: Any = None,
        read_concern: Any = None,
    ) -> "Database":
        return Database(
            self.client,
            self.name,
            self._store,
            listeners=self.listeners,
            codec_options=codec_options or self.codec_options,
            read_preference=read_preference or self.read_preference,
            read_concern=read_concern or self.read_concern,
        )

    def for_pipelines(self) -> "Database":
        """Return this database with naive times and without listeners, for reads of a stage."""
        return Database(self.client, self.name, self._store)

    def command(self, command: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """
        Run a command; a `ping` checks whether the store is open.

        :raises StoreClosed: the store was closed
        """
        with self._store.transactions.read():
            return super().command(command, **options)

    def drop_collection(self, name_or_collection: Any, **_options: Any) -> None:
        name = getattr(name_or_collection, "name", name_or_collection)
        with (
            publish_events(self.listeners, CommandEvent(self.name, {"drop": name})),
            self._store.transactions.write(),
        ):
            self._store[name].drop()

    def rename_collection(self, name: str, new_name: str, dropTarget: bool = False) -> None:
        raise NotImplementedError("The embedded store does not support renaming collections.")
