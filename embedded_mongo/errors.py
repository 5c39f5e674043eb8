"""The errors of the store. Each message is one sentence that an operator can act on."""

from pymongo.errors import AutoReconnect, ConnectionFailure, InvalidOperation


class StoreRefused(ConnectionFailure):
    """The store was not opened, and none of its files was changed."""


class StoreInUse(StoreRefused):
    """Another process, or another client in this process, has the store open."""


class NotAStore(StoreRefused):
    """The file exists but was not written by the embedded store."""


class StoreFromNewerVersion(StoreRefused):
    """The file was written by a newer version, in a format that this version does not support."""


class StoreDamaged(StoreRefused):
    """The file is truncated or corrupted."""


class WritesLost(StoreDamaged):
    """The file is intact but lacks the newest acknowledged writes."""


class StoreUnreadable(StoreRefused):
    """The operating system does not let this process read or write the file."""


class StoreUnavailable(AutoReconnect):
    """
    The write could not be committed, for example because the disk is full, and changed nothing.

    Reads continue to work, and so do writes once the disk accepts them again.
    """


class StoreClosed(InvalidOperation):
    """The client was closed, or was opened before this process was forked."""
