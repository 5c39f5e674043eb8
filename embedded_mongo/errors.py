"""What the embedded store says when it cannot do what it was asked, in one sentence each."""

from pymongo.errors import AutoReconnect, ConnectionFailure, InvalidOperation


class StoreRefused(ConnectionFailure):
    """The store was not opened, and every file of it is as it was."""


class StoreInUse(StoreRefused):
    """Another process, or another client in this one, has the store."""


class NotAStore(StoreRefused):
    """There is a file, but the embedded store did not write it."""


class StoreFromNewerVersion(StoreRefused):
    """A newer release wrote the file, in a form that this one does not know."""


class StoreDamaged(StoreRefused):
    """The file was cut short or its bytes were changed."""


class WritesLost(StoreDamaged):
    """The file is sound, but older than the newest writes that were answered."""


class StoreUnreadable(StoreRefused):
    """The operating system does not let this process read or write the file."""


class StoreUnavailable(AutoReconnect):
    """
    The write could not be kept, for want of room or a failing disk, and has changed nothing.

    Reading goes on, and writing works again when the file can take it.
    """


class StoreClosed(InvalidOperation):
    """The client was closed, or was opened before this process was forked."""
