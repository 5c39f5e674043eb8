"""The cache in this process's memory; unlike Django's, its size in bytes is limited, too."""

import time
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

MAX_VALUE_BYTES = 1024 * 1024
ENTRY_BYTES = 400  # Python's memory for an entry, in addition to its key and value.


@dataclass
class _Usage:
    """The contents of a store, shared by all threads."""

    sizes: dict[str, int] = field(default_factory=dict)
    total: int = 0
    # A heap of (expiry, key), which may contain deleted entries.
    by_expiry: list[tuple[float, str]] = field(default_factory=list)
    by_limit: dict[str, dict[str, None]] = field(default_factory=dict)  # in a CounterCache


_usages: dict[str, _Usage] = {}


class MemoryCache(LocMemCache):
    """
    Django's in-process cache, which evicts expired entries first, then the least recently used.

    It has at most `MAX_BYTES` and `MAX_ENTRIES`, and no value of more than `MAX_VALUE_BYTES`.
    """

    def __init__(self, name: str, params: dict[str, Any]):
        super().__init__(name, params)
        self._max_bytes = params["OPTIONS"]["MAX_BYTES"]
        self._usage = _usages.setdefault(name, _Usage())

    def clear(self) -> None:
        with self._lock:
            for key in list(self._cache):
                self._delete(key)
            self._usage.by_expiry.clear()

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        self._delete(key)
        self._delete_expired()
        if len(value) > MAX_VALUE_BYTES:
            return
        self._store(key, value, timeout)
        while len(self._cache) > self._max_entries or self._usage.total > self._max_bytes:
            self._delete(self._next_to_evict())

    def _store(self, key: str, value: bytes, timeout: Any) -> None:
        self._cache[key] = value
        self._cache.move_to_end(key, last=False)
        self._expire_info[key] = self.get_backend_timeout(timeout)
        self._usage.sizes[key] = len(key) + len(value) + ENTRY_BYTES
        self._usage.total += self._usage.sizes[key]
        heappush(self._usage.by_expiry, self._expiry_of(key))

    def _delete(self, key: str) -> bool:
        self._usage.total -= self._usage.sizes.pop(key, 0)
        return super()._delete(key)

    def _next_to_evict(self) -> str:
        return next(reversed(self._cache))

    def _delete_expired(self) -> None:
        """Delete the expired entries, in amortized constant time per entry."""
        by_expiry, now = self._usage.by_expiry, time.time()
        if len(by_expiry) > 2 * len(self._cache) + 100:
            by_expiry[:] = map(self._expiry_of, self._cache)
            heapify(by_expiry)
        while by_expiry and by_expiry[0][0] <= now:
            _, key = heappop(by_expiry)
            if self._has_expired(key):
                self._delete(key)
            else:
                heappush(by_expiry, self._expiry_of(key))  # Its expiry was changed.

    def _expiry_of(self, key: str) -> tuple[float, str]:
        expiry = self._expire_info[key]
        return inf if expiry is None else expiry, key


class CounterCache(MemoryCache):
    """
    Counters of rate limits; only the limit with the most counters loses some, the oldest first.

    Clients can create many counters of one limit, with invented email addresses for instance. They
    replace counters of this limit, but none of another limit that has fewer.
    """

    def _store(self, key: str, value: bytes, timeout: Any) -> None:
        # All counters of a limit live equally long, so the first in order expires first.
        self._usage.by_limit.setdefault(_limit_of(key), {})[key] = None
        super()._store(key, value, timeout)

    def _delete(self, key: str) -> bool:
        self._usage.by_limit.get(_limit_of(key), {}).pop(key, None)
        return super()._delete(key)

    def _next_to_evict(self) -> str:
        largest: dict[str, None] = max(self._usage.by_limit.values(), key=len)
        return next(iter(largest))


def _limit_of(key: str) -> str:
    """Return the limit that a counter belongs to: `failures` of `limit:failures:<digest>`."""
    return key.partition("limit:")[2].partition(":")[0]
