"""Reading through the cache: one round trip on a hit, one load on a miss, even under load."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from apps.common.capacity import Busy
from apps.common.storage.cache import store
from apps.common.storage.cache.versions import A_DAY, EPOCH, is_trusted, read_versions, version_key

Json = Any  # what `json.dumps` accepts

LOADING_SECONDS = 2.0  # The longest time that other processes wait for the one that loads.
WAIT_SECONDS = 10.0  # The longest time that other threads wait for the one that loads.
_POLL_SECONDS = 0.02
_MISS = object()
_locks: WeakValueDictionary[str, Any] = WeakValueDictionary()
_creating_lock = Lock()


@dataclass(frozen=True)
class Uncached:
    """The result of a load that must not be cached, such as an empty page of an unknown id."""

    value: Json


@dataclass(frozen=True)
class Lookup:
    """A cached value: its key, how to load it, its lifetime, and the keys it depends on."""

    key: str
    load: Callable[[], Json]
    seconds: float
    depends_on: Sequence[str] = ()

    @property
    def versioned_by(self) -> tuple[str, ...]:
        return (self.key, *self.depends_on)

    def load_uncached(self) -> Json:
        loaded = self.load()
        return loaded.value if isinstance(loaded, Uncached) else loaded

    @property
    def names(self) -> list[str]:
        return [self.key, *(version_key(key) for key in self.versioned_by)]


def read_through(
    key: str, load: Callable[[], Json], seconds: float, *, depends_on: Sequence[str] = ()
) -> Json:
    """
    Return the cached value of the key, loading it if a write has made it stale.

    :param depends_on: further keys whose invalidation makes this value stale
    """
    values, _ = read_all(Lookup(key, load, seconds, depends_on))
    return values[0]


def read_all(
    *lookups: Lookup, counting: tuple[str, int] | None = None
) -> tuple[list[Json], int | None]:
    """
    Return several values and an incremented counter, in one round trip if all values are cached.

    :param counting: the counter's key and lifetime in seconds
    """
    names = {name: None for lookup in lookups for name in lookup.names}
    trusted = is_trusted()
    cached, number = store.get_many([EPOCH, *names] if trusted else [], counting=counting)
    if not trusted or cached is None:
        return [lookup.load_uncached() for lookup in lookups], number
    return [_value(lookup, cached) for lookup in lookups], number


def read_many(
    keys: Mapping[str, str], load: Callable[[list[str]], Mapping[str, Json]], seconds: float
) -> dict[str, Json]:
    """
    Return the value of each id, loading all values that are not cached together.

    :param keys: the cache key of each id
    :param load: returns the values of some ids, and is called at most once
    """
    lookups = {
        id: Lookup(key, partial(_load_single, load, id), seconds) for id, key in keys.items()
    }
    names = [name for lookup in lookups.values() for name in lookup.names]
    cached = store.get_many([EPOCH, *names])[0] if lookups and is_trusted() else None
    if cached is None:
        return dict(load(list(keys))) if keys else {}
    values = {id: _current_value(lookup, cached) for id, lookup in lookups.items()}
    missing = {id: lookups[id] for id, value in values.items() if value is _MISS}
    if len(missing) == 1:
        return values | {id: _load_once(lookup) for id, lookup in missing.items()}
    return values | _load_together(missing, cached, load)


def _load_single(load: Callable[[list[str]], Mapping[str, Json]], id: str) -> Json:
    return load([id])[id]


def _load_together(lookups: Mapping[str, Lookup], cached: dict, load: Callable) -> dict[str, Json]:
    if not lookups:
        return {}
    keys = {id: lookup.key for id, lookup in lookups.items()}
    # As in `_load`, versions are read, or created, before loading.
    versions, new = read_versions(cached, keys.values())
    if new:
        store.set_many(new, A_DAY)
    values = load(list(keys))
    [seconds] = {lookup.seconds for lookup in lookups.values()}
    entries = {
        key: {
            "versions": {name: versions[name] for name in (EPOCH, version_key(key))},
            "value": values[id],
        }
        for id, key in keys.items()
    }
    store.set_many(entries, seconds)
    return dict(values)


def _value(lookup: Lookup, cached: dict) -> Json:
    value = _current_value(lookup, cached)
    return _load_once(lookup) if value is _MISS else value


def _current_value(lookup: Lookup, cached: dict) -> Json:
    entry = cached.get(lookup.key)
    versions, new = read_versions(cached, lookup.versioned_by)
    if entry is None or new or entry.get("versions") != versions:
        return _MISS
    return entry["value"]


def _load_once(lookup: Lookup) -> Json:
    """
    Load the value in one thread of one process, while the others wait for the result.

    :raises Busy: another thread of this process is still loading it
    """
    deadline = time.monotonic() + LOADING_SECONDS
    loading = f"loading:{lookup.key}"
    lock = _lock_of(lookup.key)
    # Loads that fail run one after the other, so a wait without an end would add them all up.
    if not lock.acquire(timeout=WAIT_SECONDS):
        raise Busy()
    try:
        while True:
            cached, _ = store.get_many([EPOCH, *lookup.names])
            if cached is None:
                return lookup.load_uncached()
            value = _current_value(lookup, cached)
            if value is not _MISS:
                return value
            if store.claim(loading, LOADING_SECONDS) or time.monotonic() > deadline:
                try:
                    return _load(lookup, cached)
                finally:
                    store.release(loading)
            time.sleep(_POLL_SECONDS)
    finally:
        lock.release()


def _load(lookup: Lookup, cached: dict) -> Json:
    # Versions are read, or created, before loading, so that a write in the meantime changes them.
    versions, new = read_versions(cached, lookup.versioned_by)
    if new:
        store.set_many(new, A_DAY)
    loaded: Json = Uncached(None)
    try:
        loaded = lookup.load()
    finally:
        own = version_key(lookup.key)
        if isinstance(loaded, Uncached) and own in new:
            store.release(own)  # Clients can invent ids, so an id without a value leaves nothing.
    if isinstance(loaded, Uncached):
        return loaded.value
    store.set_many({lookup.key: {"versions": versions, "value": loaded}}, lookup.seconds)
    return loaded


def _lock_of(key: str):
    with _creating_lock:
        lock = _locks.get(key)
        if lock is None:
            lock = _locks[key] = Lock()
        return lock
