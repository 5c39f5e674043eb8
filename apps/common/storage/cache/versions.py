"""Versions tell whether a value was loaded before or after the last write."""

import time
from collections.abc import Iterable, Mapping
from secrets import token_hex
from threading import Lock, Thread

from apps.common.storage.cache import store

EPOCH = "epoch"
A_DAY = 24 * 60 * 60  # Longer than the lifetime of any value.
RECOVERY_PAUSE = 0.25  # seconds

_recovering = Lock()
_bumping_epoch = Lock()


def version_key(key: str) -> str:
    return f"version:{key}"


def invalidate(*keys: str) -> None:
    """Bump the keys' versions; values loaded earlier are never returned again."""
    if not store.set_many({version_key(key): token_hex(8) for key in keys}, A_DAY):
        Thread(target=_recover, name="cache", daemon=True).start()


def is_trusted(*, ignore_breaker: bool = False) -> bool:
    """
    Return whether the cache can be trusted.

    After a failure the cache may have missed an invalidation, so the stores are read until the
    epoch is bumped, which makes everything in the cache stale.

    :param ignore_breaker: try to reach the cache even if it has just failed
    """
    if store.stale_since():
        with _bumping_epoch:  # One thread only: every bump invalidates what others are loading.
            failure = store.stale_since()
            epoch = {EPOCH: token_hex(8)}
            if failure and store.set_many(epoch, A_DAY, ignore_breaker=ignore_breaker):
                store.recover(failure)
    return not store.stale_since()


def _recover() -> None:
    """Bump the epoch as soon as the store is reachable, because other processes still trust it."""
    if _recovering.acquire(blocking=False):
        try:
            while not is_trusted(ignore_breaker=True):
                time.sleep(RECOVERY_PAUSE)
        finally:
            _recovering.release()


def read_versions(cached: Mapping, keys: Iterable[str]) -> tuple[dict, dict]:
    """Return the versions of the keys and of the epoch, and those of them that are new."""
    names = [EPOCH, *(version_key(key) for key in keys)]
    new = {name: token_hex(8) for name in names if name not in cached}
    return {name: cached.get(name) or new[name] for name in names}, new
