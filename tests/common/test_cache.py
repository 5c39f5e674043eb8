"""The cache never returns replaced data, and an unreachable cache costs only speed."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event

import pytest
from django.core.cache import caches

from apps.common.capacity import Busy
from apps.common.storage import cache
from apps.common.storage.cache import (
    Lookup,
    Uncached,
    invalidate,
    read_all,
    read_many,
    read_through,
    reading,
    store,
)
from apps.common.storage.cache.memory import MAX_VALUE_BYTES
from apps.common.storage.cache.versions import EPOCH, version_key
from tests.caches import connect_cache
from tests.conftest import PATIENT_REDIS
from tests.faults.servers import RedisServer
from tests.waiting import assert_fast, wait_until


class Source:
    """A source of values that counts how often they are loaded."""

    def __init__(self, value="old"):
        self.value = value
        self.loads = 0

    def __call__(self):
        self.loads += 1
        return self.value

    def read(self, key="thing", **options):
        return read_through(key, self, 60, **options)


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch):
    monkeypatch.setattr(store, "breaker", store._Breaker())


@pytest.fixture
def redis(settings):
    """A Redis of the test's own, as the product's cache."""
    with _own_redis(settings) as server:
        yield server


@contextmanager
def _own_redis(settings, **options):
    if missing := RedisServer.missing():
        pytest.skip(missing)
    with RedisServer() as server:
        default = {"LOCATION": server.uri, "OPTIONS": settings.REDIS["OPTIONS"] | options}
        settings.REDIS_URL = server.uri
        settings.CACHES = settings.CACHES | {"default": settings.REDIS | default}
        connect_cache()
        yield server
        caches["default"].close()


@pytest.fixture(params=["default", "redis"])
def any_cache(request, settings):
    if request.param == "redis":
        with _own_redis(settings, **PATIENT_REDIS):
            yield
    else:
        connect_cache()
        yield


@pytest.mark.parametrize("value", [None, [], 0, "", {"a": ["🦉", None]}])
def test_a_value_is_loaded_once(any_cache, value):
    source = Source(value)

    assert [source.read() for _ in range(3)] == [value] * 3
    assert source.loads == 1


def test_an_invalidated_value_is_loaded_again(any_cache):
    source = Source()
    source.read()
    source.value = "new"

    invalidate("thing")

    assert source.read() == source.read() == "new"
    assert source.loads == 2


def test_a_slow_reader_never_replaces_a_new_value_with_an_old_one(any_cache):
    loading, written = Event(), Event()
    source = Source("new")

    def load_slowly():
        loading.set()
        written.wait(60)
        return "old"

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(read_through, "thing", load_slowly, 60)
        loading.wait(60)
        invalidate("thing")
        written.set()
        assert slow.result() == "old"  # It was requested before the write had finished.

    assert source.read() == "new"


def test_a_lost_version_does_not_revive_an_old_value(any_cache):
    source = Source()
    source.read()
    source.value = "new"
    invalidate("thing")
    caches["default"].delete(version_key("thing"))

    assert source.read() == "new"


def test_a_new_epoch_makes_every_value_stale(any_cache):
    source = Source()
    source.read()
    source.value = "new"

    store.set_many({EPOCH: "another"}, 60)

    assert source.read() == "new"


def test_a_value_is_stale_when_a_key_that_it_depends_on_is_invalidated(any_cache):
    source = Source()
    source.read(depends_on=["part", "other"])
    source.value = "new"

    invalidate("other")

    assert source.read(depends_on=["part", "other"]) == "new"


def test_twenty_simultaneous_readers_load_once(any_cache):
    together = Barrier(20)
    loads = []

    def load():
        loads.append(1)
        time.sleep(0.1)
        return "value"

    def read(_):
        together.wait(60)
        return read_through("thing", load, 60)

    with ThreadPoolExecutor(20) as threads:
        values = list(threads.map(read, range(20)))

    assert values == ["value"] * 20
    assert len(loads) == 1


def test_a_failed_load_keeps_no_other_reader_waiting(any_cache, monkeypatch):
    monkeypatch.setattr(reading, "LOADING_SECONDS", 3600.0)

    def fail():
        raise RuntimeError("planted")

    with pytest.raises(RuntimeError):
        read_through("thing", fail, 60)

    assert Source("value").read() == "value"


def test_readers_wait_no_longer_than_a_load_may_take(any_cache, monkeypatch):
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.1)
    loading, refused = Event(), Event()

    def load_slowly():
        loading.set()
        refused.wait(60)
        return "value"

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(read_through, "thing", load_slowly, 60)
        loading.wait(60)
        try:
            with pytest.raises(Busy):
                read_through("thing", load_slowly, 60)
        finally:
            refused.set()
        assert slow.result() == "value"

    assert Source("other").read() == "value"


def _keys() -> set[str]:
    """Return all keys in the cache."""
    if store.settings.REDIS_URL:
        return {key.decode() for key in store._redis().keys("*")}
    return set(caches["default"]._cache)


def _fail():
    raise KeyError("There is no such thing.")


def test_a_key_without_a_value_adds_no_entry(any_cache):
    read_through("thing", Source("value"), 60, depends_on=["things"])
    before = _keys()

    for number in range(20):
        with pytest.raises(KeyError):
            read_through(f"thing:{number}", _fail, 60, depends_on=["things"])
        load = Source(Uncached("nothing"))
        assert read_through(f"thing:{number}", load, 60, depends_on=["things"]) == "nothing"
        assert read_all(Lookup(f"thing:{number}", load, 60)) == (["nothing"], None)

    assert _keys() == before
    unread = Source("other")
    assert read_through("thing", unread, 60, depends_on=["things"]) == "value"


def test_a_value_that_appears_later_is_cached(any_cache):
    source = Source(Uncached(None))
    assert source.read() is None
    source.value = "value"

    assert [source.read(), source.read()] == ["value", "value"]
    assert source.loads == 2


def test_a_value_that_is_too_large_is_returned_but_not_cached(any_cache):
    source = Source("x" * (MAX_VALUE_BYTES + 1))

    assert source.read() == source.read() == source.value
    assert source.loads == 2


def test_several_values_and_a_counter_are_read_together(any_cache):
    one, two = Source(1), Source(2)
    lookups = [Lookup("one", one, 60), Lookup("two", two, 60)]

    assert read_all(*lookups, counting=("counter", 60)) == ([1, 2], 1)
    assert read_all(*lookups, counting=("counter", 60)) == ([1, 2], 2)
    assert (one.loads, two.loads) == (1, 1)


class Table:
    """Values by id that are loaded together; it records which ids are loaded."""

    def __init__(self, **values):
        self.values = values
        self.loads: list[list[str]] = []

    def __call__(self, ids):
        self.loads.append(sorted(ids))
        return {id: self.values[id] for id in ids}

    def read(self):
        return read_many({id: f"row:{id}" for id in self.values}, self, 60)


def test_all_missing_values_are_loaded_together(any_cache):
    table = Table(a=1, b=[], c=None)

    assert [table.read() for _ in range(2)] == [table.values] * 2
    assert table.loads == [["a", "b", "c"]]
    invalidate("row:a", "row:c")
    table.values |= {"a": 2, "c": 3}
    assert [table.read() for _ in range(2)] == [table.values] * 2
    invalidate("row:b")
    table.values["b"] = [4]
    assert [table.read() for _ in range(2)] == [table.values] * 2
    assert table.loads == [["a", "b", "c"], ["a", "c"], ["b"]]
    assert read_through("row:a", Source("unread"), 60) == 2
    assert read_many({}, table, 60) == {}


def test_values_that_are_replaced_while_they_are_loaded_together_are_not_cached(any_cache):
    table = Table(a="old", b="old")

    def load(ids):
        values = dict(table(ids))
        if len(table.loads) == 1:
            table.values["a"] = "new"
            invalidate("row:a")
        return values

    keys = {id: f"row:{id}" for id in "ab"}
    read_many(keys, load, 60)

    assert read_many(keys, load, 60) == {"a": "new", "b": "old"}
    assert table.loads == [["a", "b"], ["a"]]


def test_without_a_cache_all_values_are_loaded_together(monkeypatch):
    monkeypatch.setattr(store, "get_many", lambda *_, **__: (None, None))
    table = Table(a=1, b=2)

    assert table.read() == table.values
    assert table.loads == [["a", "b"]]


def test_a_hit_costs_one_round_trip(redis, monkeypatch):
    lookups = [Lookup("one", Source(1), 60), Lookup("two", Source(2), 60)]
    read_all(*lookups)
    trips = []
    read = store._read_redis
    monkeypatch.setattr(store, "_read_redis", lambda *args: trips.append(args) or read(*args))

    read_all(*lookups, counting=("counter", 60))

    assert len(trips) == 1


def test_counters_count_and_are_reset(any_cache):
    assert [cache.increment_counter("limit", 60) for _ in range(3)] == [1, 2, 3]
    assert cache.read_counter("limit") == 3
    cache.increment_counter("short limit", 1)

    wait_until(lambda: cache.read_counter("short limit") == 0)

    assert cache.increment_counter("short limit", 1) == 1


def test_an_increment_is_undone_within_its_period_only(any_cache):
    for _ in range(3):
        cache.increment_counter("limit", 1)
    cache.undo_increment("limit")
    assert cache.increment_counter("limit", 1) == 3

    time.sleep(1.1)
    cache.undo_increment("limit")

    assert cache.read_counter("limit") == 0
    assert [cache.increment_counter("limit", 1) for _ in range(2)] == [1, 2]
    time.sleep(1.1)
    assert cache.read_counter("limit") == 0  # it still expires


# Redis is unreachable


def test_an_unreachable_redis_is_a_miss_and_never_an_error(redis, caplog):
    source = Source()
    source.read()
    redis.stop()
    source.value = "new"

    invalidate("thing")

    assert source.read() == "new"
    assert cache.ping() is False
    assert caplog.text.count("The cache is unavailable") == 1


def test_a_redis_that_comes_back_revives_nothing_stale(redis, monkeypatch):
    monkeypatch.setattr(store, "BREAKER_SECONDS", 0.05)
    source = Source()
    source.read()
    redis.pause()
    source.value = "new"
    invalidate("thing")  # This never reaches Redis.
    redis.resume()
    time.sleep(0.1)

    assert source.read() == "new"
    source.read()
    loads = source.loads
    source.read()
    assert source.loads == loads  # The cache works again.


def test_a_frozen_redis_costs_at_most_half_a_second(redis):
    source = Source("value")

    def read_and_invalidate() -> None:
        store.breaker.close()
        for key in ("one", "two", "three"):
            assert source.read(key) == "value"
            invalidate(key)

    redis.pause()
    try:
        assert_fast(read_and_invalidate, seconds=0.5)
    finally:
        redis.resume()


def test_counters_continue_in_this_process_while_redis_is_unreachable(redis):
    redis.stop()

    assert [cache.increment_counter("limit", 60) for _ in range(3)] == [1, 2, 3]
    assert cache.read_counter("limit") == 3
    cache.undo_increment("limit")
    assert cache.read_counter("limit") == 2


def test_a_value_that_is_not_json_is_a_miss(redis):
    source = Source("value")
    source.read()
    store._redis().set(store._redis_key("thing"), b"\x80\x04pickle")

    assert source.read() == "value"


# Redis is full


@pytest.fixture
def full_redis(redis):
    """A Redis that responds and keeps its data, but accepts no new data."""
    source = Source("before")
    source.read("known")
    cache.increment_counter("counted", 60)
    store._redis().config_set("maxmemory", "1")
    store._redis().config_set("maxmemory-policy", "noeviction")
    yield redis
    store._redis().config_set("maxmemory", "0")


def test_a_full_redis_is_a_miss_and_never_an_error(full_redis, caplog):
    known, new = Source("later"), Source("value")

    assert known.read("known") == "before"  # Existing values are still read.
    assert [new.read("new"), new.read("new")] == ["value", "value"]
    assert new.loads == 2
    assert store.claim("lock", 2) is True
    store.release("lock")
    assert cache.ping() is True
    assert caplog.text.count("The cache is full") == 1
    assert "The cache is unavailable" not in caplog.text


def test_an_invalidated_value_is_loaded_again_although_redis_is_full(full_redis):
    source = Source("after")

    invalidate("known")

    assert source.read("known") == "after"
    store._redis().config_set("maxmemory", "0")
    assert [source.read("known"), source.read("known")] == ["after", "after"]
    assert source.loads == 2  # Once while Redis was full, and once afterwards.


def test_a_slow_reader_never_replaces_a_new_value_although_redis_is_full(redis):
    source = Source("new")
    loading, written = Event(), Event()

    def load_slowly():
        loading.set()
        written.wait(60)
        return "old"

    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(read_through, "thing", load_slowly, 60)
        loading.wait(60)
        store._redis().config_set("maxmemory", "1")
        invalidate("thing")
        store._redis().config_set("maxmemory", "0")
        written.set()
        assert slow.result() == "old"

    assert source.read() == "new"


def test_counters_continue_in_this_process_while_redis_is_full(full_redis):
    lookup = Lookup("known", Source("later"), 60)

    assert [cache.increment_counter("limit", 60) for _ in range(3)] == [1, 2, 3]
    assert read_all(lookup, counting=("limit", 60)) == (["before"], 4)
    assert cache.read_counter("limit") == 4
    cache.undo_increment("limit")
    assert cache.read_counter("limit") == 3
