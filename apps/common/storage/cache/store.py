"""The shared store of copies and counters: Redis, or this process's memory.

A Redis that is away is a miss and never an error. After a failure it is left alone for a moment,
so that a frozen one costs a request one timeout, not one for each call. A connection that was
lost, and a server that is another one than before, count as failures, too: what others have written
meanwhile may be unknown to what Redis still holds.
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

LEFT_ALONE_SECONDS = 2.0
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
    """Remembers that the store failed, and says so once a minute."""

    def __init__(self):
        self.failures = 0
        self.forgiven = 0
        self._left_alone_until = 0.0
        self._logged_at: dict[str, float] = {}

    def is_open(self) -> bool:
        return time.monotonic() < self._left_alone_until

    def close(self) -> None:
        self._left_alone_until = 0.0

    def distrust(self) -> None:
        self.failures += 1

    def trip(self, error: Exception) -> None:
        self.distrust()
        self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        self.warn(f"The cache is away ({type(error).__name__}); reading the stores.")

    def warn(self, message: str) -> None:
        now = time.monotonic()
        if now - self._logged_at.get(message, float("-inf")) >= LOG_EVERY_SECONDS:
            self._logged_at[message] = now
            logger.warning(message)


breaker = _Breaker()
_counting = Lock()
_meeting = Lock()
_known_server = ""
_met: WeakSet = WeakSet()  # connections that have been open before


def stale_since() -> int:
    """Return the number of the last failure, 0 where none has come since `recover`.

    After a failure a write may be unknown to the store.
    """
    return breaker.failures if breaker.failures > breaker.forgiven else 0


def recover(failure: int) -> None:
    breaker.forgiven = failure


def get_many(
    keys: Iterable[str], *, counting: tuple[str, int] | None = None
) -> tuple[dict | None, int | None]:
    """Return the values found and the raised counter `(key, seconds)`, in one round trip.

    The values are None when the store is away; the counter then is the process's own.
    """
    keys = list(keys)
    if not settings.REDIS_URL:
        return caches["default"].get_many(keys), _count_here(counting)
    failures = breaker.failures
    answered = _guarded(lambda: _read_redis(keys, counting))
    if answered is None:
        return None, _count_here(counting)
    values, number = answered
    return (values if breaker.failures == failures else None), number


def set_many(values: Mapping[str, object], seconds: float, *, insist: bool = False) -> bool:
    """
    Keep the values; say whether the store has taken them.

    A value of more than `MAX_VALUE_BYTES` is not kept, and one for which the store has no room is
    removed: a missing stamp makes as old as a raised one.

    :param insist: ask it although it failed a moment ago
    """
    if not settings.REDIS_URL:
        caches["default"].set_many(values, timeout=seconds)
        return True
    return _guarded(lambda: _write_redis(values, seconds), insist=insist) is not None


def claim(key: str, seconds: float) -> bool:
    """Take a short lock; say whether it is ours (also when the store is away)."""
    if not settings.REDIS_URL:
        return caches["default"].add(key, 1, timeout=seconds)
    return _guarded(lambda: _claim_in_redis(key, seconds)) is not False


def release(key: str) -> None:
    if not settings.REDIS_URL:
        caches["default"].delete(key)
    else:
        _guarded(lambda: _redis().delete(_redis_key(key)))


def increment_counter(key: str, seconds: int) -> int:
    """Increment and return a counter that starts over after the given seconds."""
    return get_many([], counting=(key, seconds))[1] or 0


def undo_increment(key: str) -> None:
    """Take one increment back; a counter that has started over stays at zero or above."""
    if not settings.REDIS_URL or not _guarded(lambda: _undo_count_in_redis(key)):
        _undo_count_here(key)


def read_counter(key: str) -> int:
    """Return a counter without incrementing it: the higher of Redis's and this process's own."""
    here = caches["local"].get(key) or 0
    if not settings.REDIS_URL:
        return here
    return max(here, _guarded(lambda: int(_redis().get(_redis_key(key)) or 0)) or 0)


def seconds_left(key: str) -> float | None:
    """Return the seconds until a counter starts over, None where they are unknown."""
    if settings.REDIS_URL:
        milliseconds = _guarded(lambda: int(_redis().pttl(_redis_key(key))))
        if milliseconds is not None:
            return milliseconds / 1000 if milliseconds > 0 else None
    ends = caches["local"].get(_end_of(key))
    return ends - time.time() if ends else None


def ping() -> bool:
    """Say whether the store answers now, whatever happened a moment ago."""
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
            with suppress(ValueError):  # it has expired in between
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


def _guarded(call, *, insist: bool = False):
    """Return the call's result, or None where Redis is away."""
    if breaker.is_open() and not insist:
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
    found = answers[0] if keys else []
    values = {key: json.loads(raw) for key, raw in zip(keys, found, strict=True) if raw is not None}
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
    breaker.warn("The cache is full; what it does not take is read from the stores.")


def _redis():
    redis = get_redis_connection("default")
    redis.connection_pool.connection_kwargs.setdefault("redis_connect_func", _greet)
    return redis


def _greet(connection) -> None:
    """Get a connection ready; distrust one that was lost, and a server that we did not know."""
    global _known_server
    connection.on_connect()
    connection.send_command("INFO", "server")
    said = connection.read_response()
    lines = (said.decode() if isinstance(said, bytes) else str(said)).splitlines()
    server = next((line for line in lines if line.startswith("run_id:")), "")
    with _meeting:
        if connection in _met or server != _known_server:
            _known_server = server
            breaker.distrust()
        _met.add(connection)


def _redis_key(key: str) -> str:
    return str(caches["default"].make_key(key))
