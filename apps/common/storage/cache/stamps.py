"""Stamps say whether a value was loaded before or after the last write."""

import time
from collections.abc import Iterable, Mapping
from secrets import token_hex
from threading import Lock, Thread

from apps.common.storage.cache import store

EPOCH = "epoch"
A_DAY = 24 * 60 * 60  # longer than any value lives
CATCH_UP_SECONDS = 0.25

_catching_up = Lock()
_raising = Lock()


def version_key(key: str) -> str:
    return f"stamp:{key}"


def invalidate(*keys: str) -> None:
    """Raise the keys' stamps; what was loaded before is never shown again."""
    if not store.set_many({version_key(key): token_hex(8) for key in keys}, A_DAY):
        Thread(target=_catch_up, name="cache", daemon=True).start()


def is_trusted(*, insist: bool = False) -> bool:
    """Say whether the cache can be trusted.

    Once it has failed, a write may be unknown to it, so the stores are read until the epoch is
    raised and all that it holds is old.

    :param insist: ask it although it failed a moment ago
    """
    if store.stale_since():
        with _raising:  # once for all threads: each raise makes old what others load meanwhile
            failure = store.stale_since()
            if failure and store.set_many({EPOCH: token_hex(8)}, A_DAY, insist=insist):
                store.recover(failure)
    return not store.stale_since()


def _catch_up() -> None:
    """Raise the epoch as soon as the store is back: other processes trust it until then."""
    if _catching_up.acquire(blocking=False):
        try:
            while not is_trusted(insist=True):
                time.sleep(CATCH_UP_SECONDS)
        finally:
            _catching_up.release()


def read_versions(kept: Mapping, keys: Iterable[str]) -> tuple[dict, dict]:
    """Return the stamps of the keys and of the epoch, and those of them that had to be made."""
    names = [EPOCH, *(version_key(key) for key in keys)]
    made = {name: token_hex(8) for name in names if name not in kept}
    return {name: kept.get(name) or made[name] for name in names}, made
