"""The client: PyMongo's `MongoClient` to the application, one SQLite file underneath."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mongomock
from pymongo import monitoring
from pymongo.monitoring import CommandListener

from embedded_mongo.database import Database
from embedded_mongo.file import StoreFile
from embedded_mongo.store import ServerStore


class EmbeddedClient(mongomock.MongoClient):
    """
    A MongoDB for trying out and for development, in this process and in one file.

    `mongoengine.connect("lms", mongo_client_class=EmbeddedClient, path="var/lms.db")`
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
        **_options_of_a_server: Any,
    ):
        """
        :param path: the file; it is made if it is not there
        :param synchronous: NORMAL is faster, and loses the newest writes when the power fails
        :param wait: seconds to wait for a process that is about to let go of the file
        :raises StoreRefused: one of its kinds; the file is left as it is
        """
        self.path = Path(path)
        # As MongoClient: those of this client, and those registered for all.
        self._listeners = (*event_listeners, *monitoring._LISTENERS.command_listeners)
        store = ServerStore(StoreFile(self.path, synchronous=synchronous, wait=wait))
        super().__init__(tz_aware=tz_aware, read_preference=read_preference, _store=store)

    def __repr__(self) -> str:
        return f"EmbeddedClient(path={str(self.path)!r})"

    @property
    def address(self) -> tuple[str, None]:
        """What tells clients apart: two of them are never open on one file."""
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
        Write a copy of everything that was answered so far; other calls wait meanwhile.

        :raises StoreUnavailable: it could not be written
        """
        with self._store.reading():
            self._store.file.back_up(Path(destination))

    def close(self) -> None:
        """Bring everything home into the one file, and let another process have it."""
        self._store.close()
