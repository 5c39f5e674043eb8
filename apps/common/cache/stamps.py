"""Stamps say whether a value was loaded before or after the last write."""

from collections.abc import Iterable, Mapping
from secrets import token_hex

from apps.common.cache import store

EPOCH = "epoch"
A_DAY = 24 * 60 * 60  # longer than any value lives


def stamp_of(key: str) -> str:
    return f"stamp:{key}"


def forget(*keys: str) -> None:
    """Raise the keys' stamps; what was loaded before is never shown again."""
    store.set_many({stamp_of(key): token_hex(8) for key in keys}, A_DAY)


def may_read() -> bool:
    """Say whether the cache can be trusted.

    Once it has failed, a write may be unknown to it, so the stores are read until the epoch is
    raised and all that it holds is old.
    """
    failure = store.unforgiven()
    if failure and store.set_many({EPOCH: token_hex(8)}, A_DAY):
        store.forgive(failure)
    return not store.unforgiven()


def read_stamps(kept: Mapping, keys: Iterable[str]) -> tuple[dict, dict]:
    """Return the stamps of the keys and of the epoch, and those of them that had to be made."""
    names = [EPOCH, *(stamp_of(key) for key in keys)]
    made = {name: token_hex(8) for name in names if name not in kept}
    return {name: kept.get(name) or made[name] for name in names}, made
