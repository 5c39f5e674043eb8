"""Copies of what the stores hold, that never show what a finished write has replaced.

A value is kept with the stamps that were read before it was loaded: its own key's, those of what
else it was made from, and one epoch for all. A writer raises a stamp after writing. Values whose
stamps differ or are missing are misses, so a slow reader never covers a new value with an old one,
and an expired stamp revives nothing.

A key never holds what a caller may choose freely, such as a search or a price: each would be one
more entry. Where it holds an id, a load that finds nothing raises, or returns `Uncached`.
"""

from apps.common.storage.cache.reading import Json, Lookup, Uncached, read_all, read_through
from apps.common.storage.cache.stamps import invalidate
from apps.common.storage.cache.store import (
    increment_counter,
    ping,
    read_counter,
    seconds_left,
    undo_increment,
)

__all__ = [
    "Json",
    "Lookup",
    "Uncached",
    "increment_counter",
    "invalidate",
    "ping",
    "read_all",
    "read_counter",
    "read_through",
    "seconds_left",
    "undo_increment",
]
