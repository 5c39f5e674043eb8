"""The in-process cache limits its bytes, and evicts expired and least recently used entries."""

import time
from secrets import token_hex

import pytest
from django.conf import settings
from django.core.cache import caches

from apps.common.storage import cache
from apps.common.storage.cache import memory
from apps.common.storage.cache.memory import ENTRY_BYTES, MAX_VALUE_BYTES, CounterCache, MemoryCache

KILOBYTE = 1024


@pytest.fixture
def clock(monkeypatch):
    """The caches' clock, which a test can advance."""

    class Clock:
        now = time.time()

        def time(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr("django.core.cache.backends.locmem.time", clock)
    monkeypatch.setattr("django.core.cache.backends.base.time", clock)
    monkeypatch.setattr(memory, "time", clock)
    return clock


def make(kind, *, entries=1_000, size=KILOBYTE * KILOBYTE):
    return kind(token_hex(8), {"OPTIONS": {"MAX_ENTRIES": entries, "MAX_BYTES": size}})


@pytest.mark.parametrize("kind", [MemoryCache, CounterCache])
def test_bytes_and_entries_are_limited(kind):
    pages, small = make(kind), make(kind, entries=10)

    for number in range(500):
        pages.set(f"page{number}", "x" * 10 * KILOBYTE, 60)
        small.set(f"page{number}", number, 60)

    assert 90 < len(pages._cache) < 103
    assert sum(map(len, pages._cache.values())) < KILOBYTE * KILOBYTE
    assert len(small._cache) == 10


def test_the_least_recently_used_entry_is_evicted_first():
    pages = make(MemoryCache, entries=3)
    pages.set_many({"a": 1, "b": 2, "c": 3}, 60)
    pages.get("a")

    pages.set("d", 4, 60)

    assert pages.get_many("abcd") == {"a": 1, "c": 3, "d": 4}


@pytest.mark.parametrize("kind", [MemoryCache, CounterCache])
def test_expired_entries_are_evicted_before_all_others(kind, clock):
    pages = make(kind, entries=3)
    pages.set("soon", 1, 10)
    pages.set("kept", 2, 60)
    pages.set("forever", 3, None)
    pages.get("soon")
    clock.now += 11

    pages.set("new", 4, 60)

    assert set(pages.get_many(["soon", "kept", "forever", "new"])) == {"kept", "forever", "new"}
    assert len(pages._cache) == 3


def test_expired_entries_are_deleted_long_before_the_limit(clock):
    pages = make(MemoryCache)
    for _ in range(20):
        pages.set_many({token_hex(8): 1 for _ in range(10)}, 60)
        clock.now += 30

    assert len(pages._cache) <= 30


def test_an_entry_lives_as_long_as_it_was_last_set_to(clock):
    pages = make(MemoryCache)
    pages.set("longer", 1, 10)
    pages.set("longer", 1, 60)
    pages.set("shorter", 1, 60)
    pages.set("shorter", 1, 10)
    pages.set("touched", 1, 10)
    pages.touch("touched", 60)
    clock.now += 30
    pages.set("other", 1, 60)

    assert set(pages.get_many(["longer", "shorter", "touched"])) == {"longer", "touched"}

    clock.now += 31
    pages.set("another", 1, 60)
    assert set(pages._cache) == {pages.make_key("other"), pages.make_key("another")}


def test_a_value_that_is_too_large_is_not_cached_and_removes_the_old_one():
    pages = make(MemoryCache, size=10 * MAX_VALUE_BYTES)
    pages.set("page", "small", 60)

    pages.set("page", "x" * (MAX_VALUE_BYTES + 1), 60)

    assert pages.get("page") is None
    assert pages._usage.total == 0


def test_work_and_memory_do_not_grow_with_earlier_entries():
    pages = make(MemoryCache, entries=50)
    for number in range(20_000):
        pages.set(f"key{number % 60}", number, 3_600)

    assert len(pages._usage.by_expiry) < 300
    assert pages._usage.sizes.keys() == pages._cache.keys()


def test_deleting_entries_reduces_the_byte_count():
    pages = make(MemoryCache)
    pages.set("number", 1, 60)
    for _ in range(300):
        pages.incr("number")  # The value gets longer.
    pages.add("a", "x", 60)
    pages.add("a", "y", 60)
    assert pages._usage.total > 2 * ENTRY_BYTES

    pages.delete("number")
    pages.delete("a")
    pages.delete("a")
    assert pages._usage.total == 0
    pages.set("b", 1, 60)
    pages.clear()
    assert pages._usage.total == 0


@pytest.mark.parametrize("seconds", [60, 900, 3_600])
def test_a_limit_with_many_counters_evicts_only_its_own(seconds):
    counters = make(CounterCache, entries=100)
    counters.set("limit:failures:ada", 5, 900)
    counters.set("limit:anonymous:ada", 7, 60)

    for number in range(1_000):
        counters.add(f"limit:verification:{number}", 1, seconds)

    assert counters.get_many(["limit:failures:ada", "limit:anonymous:ada"]) == {
        "limit:failures:ada": 5,
        "limit:anonymous:ada": 7,
    }
    assert counters.get("limit:verification:999") == 1
    assert counters.get("limit:verification:0") is None
    assert len(counters._cache) == 100


def test_evicted_and_deleted_counters_use_no_memory():
    counters = make(CounterCache, entries=10)
    for number in range(1_000):
        counters.set(f"limit:{number % 3}:{number % 20}", 1, 60)
    counters.delete("limit:0:18")

    listed = [key for keys in counters._usage.by_limit.values() for key in keys]
    assert sorted(listed) == sorted(counters._cache)
    counters.clear()
    assert not any(counters._usage.by_limit.values())


def test_pages_and_counters_have_separate_stores(settings):
    if settings.REDIS_URL:
        pytest.skip("Pages are in Redis.")
    for _ in range(3):
        cache.increment_counter("limit:failures:somebody", 900)

    for number in range(2_000):
        caches["default"].set(f"page{number}", "x" * 64 * KILOBYTE, 60)

    assert cache.read_counter("limit:failures:somebody") == 3
    assert caches["default"]._usage.total <= 64 * KILOBYTE * KILOBYTE
    assert settings.CACHES["default"]["LOCATION"] != settings.CACHES["local"]["LOCATION"]


def test_counters_of_many_networks_fit_into_the_limit():
    options = settings.CACHES["local"]["OPTIONS"]

    assert options["MAX_ENTRIES"] * (ENTRY_BYTES + 64) < options["MAX_BYTES"]
