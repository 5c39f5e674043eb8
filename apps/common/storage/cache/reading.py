"""Reading through the cache: one round trip on a hit, one load on a miss under load."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from apps.common.storage.cache import store
from apps.common.storage.cache.stamps import A_DAY, EPOCH, is_trusted, read_versions, version_key

Json = Any  # what `json.dumps` takes

LOADING_SECONDS = 2.0  # how long others wait for the one who loads, at most
_POLL_SECONDS = 0.02
_NOTHING = object()
_locks: WeakValueDictionary[str, Any] = WeakValueDictionary()
_making_locks = Lock()


@dataclass(frozen=True)
class Uncached:
    """What a load returns for its value not to be cached, such as nothing under an invented key."""

    value: Json


@dataclass(frozen=True)
class Lookup:
    """A value under its key: how to load it, how long it lives, what else it is made from."""

    key: str
    load: Callable[[], Json]
    seconds: float
    made_from: Sequence[str] = ()

    @property
    def stamped_by(self) -> tuple[str, ...]:
        return (self.key, *self.made_from)

    def load_uncached(self) -> Json:
        loaded = self.load()
        return loaded.value if isinstance(loaded, Uncached) else loaded

    @property
    def names(self) -> list[str]:
        return [self.key, *(version_key(key) for key in self.stamped_by)]


def read_through(
    key: str, load: Callable[[], Json], seconds: float, *, made_from: Sequence[str] = ()
) -> Json:
    """Return what is kept under the key, loading it when a write has come since.

    `made_from` names further keys whose forgetting makes this value old.
    """
    values, _ = read_all(Lookup(key, load, seconds, made_from))
    return values[0]


def read_all(
    *lookups: Lookup, counting: tuple[str, int] | None = None
) -> tuple[list[Json], int | None]:
    """Return several values, and a raised counter, in one round trip when all are kept."""
    names = {name: None for lookup in lookups for name in lookup.names}
    trusted = is_trusted()
    kept, number = store.get_many([EPOCH, *names] if trusted else [], counting=counting)
    if not trusted or kept is None:
        return [lookup.load_uncached() for lookup in lookups], number
    return [_value(lookup, kept) for lookup in lookups], number


def _value(lookup: Lookup, kept: dict) -> Json:
    value = _kept_value(lookup, kept)
    return _load_once(lookup) if value is _NOTHING else value


def _kept_value(lookup: Lookup, kept: dict) -> Json:
    entry = kept.get(lookup.key)
    stamps, made = read_versions(kept, lookup.stamped_by)
    return _NOTHING if entry is None or made or entry["stamps"] != stamps else entry["value"]


def _load_once(lookup: Lookup) -> Json:
    """Load in one thread of one process; the others wait for what it brings."""
    deadline = time.monotonic() + LOADING_SECONDS
    loading = f"loading:{lookup.key}"
    with _lock_of(lookup.key):
        while True:
            kept, _ = store.get_many([EPOCH, *lookup.names])
            if kept is None:
                return lookup.load_uncached()
            value = _kept_value(lookup, kept)
            if value is not _NOTHING:
                return value
            if store.claim(loading, LOADING_SECONDS) or time.monotonic() > deadline:
                try:
                    return _load(lookup, kept)
                finally:
                    store.release(loading)
            time.sleep(_POLL_SECONDS)


def _load(lookup: Lookup, kept: dict) -> Json:
    # The stamps were read, and missing ones are made, before loading: a write meanwhile makes
    # them differ from what is kept then.
    stamps, made = read_versions(kept, lookup.stamped_by)
    if made:
        store.set_many(made, A_DAY)
    loaded: Json = Uncached(None)
    try:
        loaded = lookup.load()
    finally:
        own = version_key(lookup.key)
        if isinstance(loaded, Uncached) and own in made:
            store.release(own)  # callers may invent keys: those without a value leave nothing
    if isinstance(loaded, Uncached):
        return loaded.value
    store.set_many({lookup.key: {"stamps": stamps, "value": loaded}}, lookup.seconds)
    return loaded


def _lock_of(key: str):
    with _making_locks:
        lock = _locks.get(key)
        if lock is None:
            lock = _locks[key] = Lock()
        return lock
