"""The document store: named when Django starts, opened where it is used, closed at the end."""

from threading import Lock

import mongoengine
from django.apps import AppConfig
from django.conf import settings
from django.db import connection
from django.utils.module_loading import autodiscover_modules

DATABASE = "lms"

_opening = Lock()
_embedded = None
_accounts = None


class LmsConfig(AppConfig):
    name = "lms"

    def ready(self):
        from lms import (
            celery,  # noqa: F401 - shared tasks belong to this Celery app
            proxies,  # noqa: F401 - registers a system check
        )

        autodiscover_modules("documents")  # so that every declared index is known
        name_store()


def name_store() -> None:
    """Say where the documents are; nothing is reached or opened before the first use."""
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
    Open the document store now, so that what keeps it closed is said at the start.

    :param wait: seconds to wait for a process that is about to let go of the embedded store
    :raises StoreRefused: the embedded store cannot be opened
    """
    if not settings.MONGODB_URI:
        _open_embedded(wait=wait, tz_aware=True)
    mongoengine.get_connection()


def close_store() -> None:
    """Close what is open: the embedded store is then one whole file that others may open."""
    global _embedded
    from apps.common.indexes import documents

    mongoengine.disconnect_all()
    for kind in documents():  # MongoEngine forgets some, where two classes share a name
        kind._collection = None
    if _embedded is not None:
        _embedded.close()
        _embedded = None
    name_store()


def hold_accounts_open() -> None:
    """
    Keep one connection to an SQLite of accounts for as long as the process lives.

    The first connection creates a file of shared memory, which a full disk has no room for; with
    it there, further connections read even then.
    """
    global _accounts
    if connection.vendor == "sqlite":
        _accounts = connection.copy()
        with _accounts.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master")


def release_accounts() -> None:
    global _accounts
    if _accounts is not None:
        _accounts.close()
        _accounts = None


def _open_embedded(**options):
    """Return the one client of the embedded store, whichever thread asks first."""
    global _embedded
    from lms.embedded import EmbeddedClient

    with _opening:
        if _embedded is None:
            _embedded = EmbeddedClient(path=settings.EMBEDDED_STORE, **options)
        return _embedded
