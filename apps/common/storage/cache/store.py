"""
The store of cached values and counters: Redis, or this process's memory.

An unreachable Redis is a miss, never an error. After a failure a circuit breaker skips Redis for a
moment, so that a frozen Redis costs a request one timeout, not one per call. A lost connection and
an unknown server count as failures, too, because Redis may have missed invalidations.
"""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from threading import Lock
from weakref import WeakSet

from django.conf import settings
from django.core.cache import caches
from django_redis import get_redis_connection
from redis.exceptions import OutOfMemoryError, RedisError

from apps.common.storage.cache.memory import MAX_VALUE_BYTES

logger = logging.getLogger(__name__)

BREAKER_SECONDS = 2.0
LOG_EVERY_SECONDS = 60.0

_COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n
"""

_UNDO_COUNT = """
if tonumber(redis.call('GET', KEYS[1]) or 0) < 1 then return 0 end
redis.call('DECR', KEYS[1])
return 1
"""


class _Breaker:
    """Count the failures of the store, and log them at most once a minute."""

    def __init__(self):
        self.failures = 0
        self.recovered = 0  # the number of failures from which the cache has recovered
        self._open_until = 0.0
        self._logged_at: dict[str, float] = {}

    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def close(self) -> None:
        self._open_until = 0.0

    def mark_stale(self) -> None:
        self.failures += 1

    def trip(self, error: Exception) -> None:
        self.mark_stale()
        self._open_until = time.monotonic() + BREAKER_SECONDS
        self.warn(f"The cache is unavailable ({type(error).__name__}); reading the stores.")

    def warn(self, message: str) -> None:
        now = time.monotonic()
        if now - self._logged_at.get(message, float("-inf")) >= LOG_EVERY_SECONDS:
            self._logged_at[message] = now
            logger.warning(message)


breaker = _Breaker()
_counting = Lock()
_connecting = Lock()
_known_server = ""
_connected_before: WeakSet = WeakSet()


def stale_since() -> int:
    """
    Return the number of the last failure, or 0 if there was none since `recover`.

    After a failure, the cache may have missed an invalidation.
    """
    return breaker.failures if breaker.failures > breaker.recovered else 0


def recover(failure: int) -> None:
    breaker.recovered = failure


def get_many(
    keys: Iterable[str], *, counting: tuple[str, int] | None = None
) -> tuple[dict | None, int | None]:
    """
    Return the cached values and the incremented counter, in one round trip.

    If the store is unavailable, the values are None and the counter is this process's own.

    :param counting: the counter's key and lifetime in seconds
    """
    keys = list(keys)
    if not settings.REDIS_URL:
        return caches["default"].get_many(keys), _count_here(counting)
    failures = breaker.failures
    result = _guarded(lambda: _read_redis(keys, counting))
    if result is None:
        return None, _count_here(counting)
    values, number = result
    return (values if breaker.failures == failures else None), number


def set_many(values: Mapping[str, object], seconds: float, *, ignore_breaker: bool = False) -> bool:
    """
    Store the values, and return whether the store is available.

    Values of more than `MAX_VALUE_BYTES` are not stored. Keys for which the store has no room are
    removed, because a missing version makes values as stale as a bumped one.

    :param ignore_breaker: try to reach the store even if it has just failed
    """
    if not settings.REDIS_URL:
        caches["default"].set_many(values, timeout=seconds)
        return True
    result = _guarded(lambda: _write_redis(values, seconds), ignore_breaker=ignore_breaker)
    return result is not None


def claim(key: str, seconds: float) -> bool:
    """Take a short lock; return whether it was free (True if the store is unavailable)."""
    if not settings.REDIS_URL:
        return caches["default"].add(key, 1, timeout=seconds)
    return _guarded(lambda: _claim_in_redis(key, seconds)) is not False


def release(key: str) -> None:
    if not settings.REDIS_URL:
        caches["default"].delete(key)
    else:
        _guarded(lambda: _redis().delete(_redis_key(key)))


def increment_counter(key: str, seconds: int) -> int:
    """Increment and return a counter that is reset after its lifetime in seconds."""
    return get_many([], counting=(key, seconds))[1] or 0


def undo_increment(key: str) -> None:
    """Take one increment back; a counter that has started over stays at zero or above."""
    if not settings.REDIS_URL or not _guarded(lambda: _undo_count_in_redis(key)):
        _undo_count_here(key)


def read_counter(key: str) -> int:
    """Return a counter without incrementing it: the larger of Redis's and this process's own."""
    here = caches["local"].get(key) or 0
    if not settings.REDIS_URL:
        return here
    return max(here, _guarded(lambda: int(_redis().get(_redis_key(key)) or 0)) or 0)


def seconds_left(key: str) -> float | None:
    """Return the seconds until a counter is reset, or None if they are unknown."""
    if settings.REDIS_URL:
        milliseconds = _guarded(lambda: int(_redis().pttl(_redis_key(key))))
        if milliseconds is not None:
            return milliseconds / 1000 if milliseconds > 0 else None
    ends = caches["local"].get(_end_of(key))
    return ends - time.time() if ends else None


def ping() -> bool:
    """Return whether the store answers, ignoring the circuit breaker."""
    if not settings.REDIS_URL:
        return True
    try:
        return bool(_redis().ping())
    except (RedisError, OSError) as error:
        breaker.trip(error)
        return False


def _count_here(counting: tuple[str, int] | None) -> int | None:
    if counting is None:
        return None
    key, seconds = counting
    local = caches["local"]
    with _counting:
        if not local.add(key, 1, timeout=seconds):
            with suppress(ValueError):  # It has just expired.
                return local.incr(key)
            local.set(key, 1, timeout=seconds)
        local.set(_end_of(key), time.time() + seconds, timeout=seconds)
        return 1


def _undo_count_in_redis(key: str) -> bool:
    try:
        return bool(_redis().eval(_UNDO_COUNT, 1, _redis_key(key)))
    except OutOfMemoryError:  # the counter is in this process
        return False


def _undo_count_here(key: str) -> None:
    local = caches["local"]
    with _counting, suppress(ValueError):  # it has expired
        if local.get(key):
            local.decr(key)


def _end_of(key: str) -> str:
    return f"{key}:end"


def _guarded(call, *, ignore_breaker: bool = False):
    """Return the call's result, or None if Redis is unavailable."""
    if breaker.is_open() and not ignore_breaker:
        return None
    try:
        result = call()
    except (RedisError, OSError, ValueError) as error:
        breaker.trip(error)
        return None
    breaker.close()
    return result


def _read_redis(keys: list[str], counting: tuple[str, int] | None) -> tuple[dict, int | None]:
    pipeline = _redis().pipeline(transaction=False)
    if counting:
        pipeline.eval(_COUNT, 1, _redis_key(counting[0]), counting[1])
    if keys:
        pipeline.mget([_redis_key(key) for key in keys])
    answers = pipeline.execute(raise_on_error=False)
    number = answers.pop(0) if counting else None
    if isinstance(number, OutOfMemoryError):
        _warn_full()
        number = _count_here(counting)
    for answer in (number, *answers):
        if isinstance(answer, Exception):
            raise answer
    raws = answers[0] if keys else []
    values = {key: json.loads(raw) for key, raw in zip(keys, raws, strict=True) if raw is not None}
    return values, number


def _write_redis(values: Mapping[str, object], seconds: float) -> bool:
    pipeline = _redis().pipeline(transaction=False)
    for key, value in values.items():
        text = json.dumps(value)
        if len(text) <= MAX_VALUE_BYTES:
            pipeline.set(_redis_key(key), text, px=int(seconds * 1000))
    try:
        pipeline.execute()
    except OutOfMemoryError:
        _warn_full()
        _redis().delete(*map(_redis_key, values))
    return True


def _claim_in_redis(key: str, seconds: float) -> bool:
    try:
        return bool(_redis().set(_redis_key(key), 1, nx=True, px=int(seconds * 1000)))
    except OutOfMemoryError:
        return True


def _warn_full() -> None:
    breaker.warn("The cache is full; values that do not fit are read from the stores.")


def _redis():
    redis = get_redis_connection("default")
    redis.connection_pool.connection_kwargs.setdefault("redis_connect_func", _connect)
    return redis


def _connect(connection) -> None:
    """Prepare a connection; mark the cache as stale if it was lost or the server is a new one."""
    global _known_server
    connection.on_connect()
    connection.send_command("INFO", "server")
    info = connection.read_response()
    lines = (info.decode() if isinstance(info, bytes) else str(info)).splitlines()
    server = next((line for line in lines if line.startswith("run_id:")), "")
    with _connecting:
        if connection in _connected_before or server != _known_server:
            _known_server = server
            breaker.mark_stale()
        _connected_before.add(connection)


def _redis_key(key: str) -> str:
    return str(caches["default"].make_key(key))
