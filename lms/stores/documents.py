"""The connection to the document store: MongoDB, or the embedded store without a MONGODB_URI."""

from threading import Lock

import mongoengine
from django.conf import settings

from apps.common.storage.indexes import documents
from embedded_mongo import EmbeddedClient

DATABASE = "lms"

_opening = Lock()
_embedded: EmbeddedClient | None = None


def register_connection() -> None:
    """Register the document store with MongoEngine, which opens it when it is first used."""
    if settings.MONGODB_URI:
        mongoengine.register_connection(
            mongoengine.DEFAULT_CONNECTION_NAME,
            DATABASE,
            host=settings.MONGODB_URI,
            connect=False,
            tz_aware=True,
            uuidRepresentation="standard",
            serverSelectionTimeoutMS=2000,
            connectTimeoutMS=2000,
            w="majority",
        )
    else:
        mongoengine.register_connection(
            mongoengine.DEFAULT_CONNECTION_NAME,
            DATABASE,
            mongo_client_class=_open_embedded,
            tz_aware=True,
            uuidRepresentation="standard",
        )


def open_store(*, wait: float = 0) -> None:
    """
    Open the document store now, so that a store that cannot be opened stops the start.

    :param wait: seconds to wait for another process that is about to close the embedded store
    :raises StoreRefused: the embedded store cannot be opened
    """
    if not settings.MONGODB_URI:
        _open_embedded(wait=wait, tz_aware=True)
    mongoengine.get_connection()


def close_store() -> None:
    """Close the store; the embedded store is then one complete file that others may open."""
    global _embedded
    mongoengine.disconnect_all()
    for document in documents():  # MongoEngine misses some where two classes share a name.
        document._collection = None
    if _embedded is not None:
        _embedded.close()
        _embedded = None
    register_connection()


def _open_embedded(**options) -> EmbeddedClient:
    """Return the process's only client of the embedded store."""
    global _embedded
    with _opening:
        if _embedded is None:
            _embedded = EmbeddedClient(path=settings.EMBEDDED_STORE, **options)
        return _embedded
