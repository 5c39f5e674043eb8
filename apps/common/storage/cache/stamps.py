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


def stamp_of(key: str) -> str:
    return f"stamp:{key}"


def forget(*keys: str) -> None:
    """Raise the keys' stamps; what was loaded before is never shown again."""
    if not store.set_many({stamp_of(key): token_hex(8) for key in keys}, A_DAY):
        Thread(target=_catch_up, name="cache", daemon=True).start()


def may_read(*, insist: bool = False) -> bool:
    """Say whether the cache can be trusted.

    Once it has failed, a write may be unknown to it, so the stores are read until the epoch is
    raised and all that it holds is old.

    :param insist: ask it although it failed a moment ago
    """
    if store.unforgiven():
        with _raising:  # once for all threads: each raise makes old what others load meanwhile
            failure = store.unforgiven()
            if failure and store.set_many({EPOCH: token_hex(8)}, A_DAY, insist=insist):
                store.forgive(failure)
    return not store.unforgiven()


def _catch_up() -> None:
    """Raise the epoch as soon as the store is back: other processes trust it until then."""
    if _catching_up.acquire(blocking=False):
        try:
            while not may_read(insist=True):
                time.sleep(CATCH_UP_SECONDS)
        finally:
            _catching_up.release()


def read_stamps(kept: Mapping, keys: Iterable[str]) -> tuple[dict, dict]:
    """Return the stamps of the keys and of the epoch, and those of them that had to be made."""
    names = [EPOCH, *(stamp_of(key) for key in keys)]
    made = {name: token_hex(8) for name in names if name not in kept}
    return {name: kept.get(name) or made[name] for name in names}, made
