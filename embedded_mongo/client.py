"""The client: PyMongo's `MongoClient` for a store in one SQLite file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mongomock
from pymongo import monitoring
from pymongo.monitoring import CommandListener

from embedded_mongo.database import Database
from embedded_mongo.store import ServerStore
from embedded_mongo.store_file import StoreFile


class EmbeddedClient(mongomock.MongoClient):
    """
    A document store for trials and development, in this process and in one file.

    `mongoengine.connect("school", mongo_client_class=EmbeddedClient, path="school.db")`
    """

    def __init__(
        self,
        host: Any = None,
        port: Any = None,
        *,
        path: Path | str,
        synchronous: str = "FULL",
        wait: float = 0,
        tz_aware: bool = False,
        read_preference: Any = None,
        event_listeners: Sequence[CommandListener] = (),
        **_server_options: Any,
    ):
        """
        Open the store, or create it.

        :param path: the file, which is created if it does not exist
        :param synchronous: NORMAL is faster but loses the newest writes in a power failure
        :param wait: seconds to wait for another process that is about to close the store
        :raises StoreRefused: a subclass says why; no file was changed
        """
        self.path = Path(path)
        # Like PyMongo's client: its own listeners, and those registered globally.
        self._listeners = (*event_listeners, *monitoring._LISTENERS.command_listeners)
        store = ServerStore(StoreFile(self.path, synchronous=synchronous, wait=wait))
        super().__init__(tz_aware=tz_aware, read_preference=read_preference, _store=store)

    def __repr__(self) -> str:
        return f"EmbeddedClient(path={str(self.path)!r})"

    @property
    def address(self) -> tuple[str, None]:
        """The identity of this client: no two clients have the same file open."""
        return str(self.path.absolute()), None

    def get_database(
        self,
        name: str | None = None,
        codec_options: Any = None,
        read_preference: Any = None,
        write_concern: Any = None,
        read_concern: Any = None,
    ) -> Database:
        if name is None:
            return self.get_default_database()
        database = self._database_accesses.get(name)
        if database is None:
            database = self._database_accesses[name] = Database(
                self,
                name,
                self._store[name],
                listeners=self._listeners,
                codec_options=self.codec_options,
                read_preference=self.read_preference,
            )
        if codec_options or read_preference or read_concern:
            return database.with_options(codec_options, read_preference, None, read_concern)
        return database

    def backup(self, destination: Path | str) -> None:
        """
        Write a copy of all acknowledged writes; other calls wait until it is complete.

        :raises StoreUnavailable: the copy could not be written
        """
        with self._store.transactions.read():
            self._store.transactions.file.back_up(Path(destination))

    def close(self) -> None:
        """Write everything into the one file, and let other processes open it."""
        self._store.transactions.close()
