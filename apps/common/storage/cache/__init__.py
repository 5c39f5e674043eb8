"""
A cache that never returns data that a finished write has replaced.

A value is stored with the versions that were read before it was loaded: those of its own key and of
the keys it depends on, and one epoch for all keys. A writer bumps a version after writing. A value
whose versions differ or are missing is a miss, so a slow reader never replaces a new value with an
old one, and an expired version revives nothing.

A key never contains free input of a client, such as a search or a price, because each input would
add an entry. If a key contains an id, a load that finds nothing raises, or returns `Uncached`.
"""

from apps.common.storage.cache.reading import (
    Json,
    Lookup,
    Uncached,
    read_all,
    read_many,
    read_through,
)
from apps.common.storage.cache.store import (
    increment_counter,
    ping,
    read_counter,
    seconds_left,
    undo_increment,
)
from apps.common.storage.cache.versions import invalidate

__all__ = [
    "Json",
    "Lookup",
    "Uncached",
    "increment_counter",
    "invalidate",
    "ping",
    "read_all",
    "read_counter",
    "read_many",
    "read_through",
    "seconds_left",
    "undo_increment",
]
