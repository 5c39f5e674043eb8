"""Whether the process lives, and whether what it needs is there; each answers within 3 seconds."""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread

import pymongo
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from mongoengine import get_db

from apps.common.storage import cache, indexes

logger = logging.getLogger(__name__)

OK, DOWN, MISSING = "ok", "down", "missing"
LONGEST = 2.8  # seconds that the checks may take in all: an answer comes within 3
STORE_SECONDS = 2.2  # PyMongo looks at its watch twice a second
VERIFIED_FOR = 60.0  # seconds for which indexes that were there are believed to be there
MOST_WAITING = 8  # callers; the next ones get the result before
SHARED_FOR = 10.0  # seconds for which they do

_asking: dict[str, Thread] = {}
_verified_at = float("-inf")
_examining = Lock()
_waiting = BoundedSemaphore(MOST_WAITING)
_result: tuple[float, dict[str, str]] = (float("-inf"), {})


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Name the state of each part; without the cache the product works, only slower."""
    parts = current_state()
    serves = all(state == OK for name, state in parts.items() if name != "cache")
    status = {"status": "ready" if serves else "unavailable"}
    return JsonResponse(status | parts, status=200 if serves else 503)


def current_state() -> dict[str, str]:
    """
    Return the state of each part, examined once for all who ask at the same time.

    A part that hangs holds the threads of few callers, since anybody may call; the others get the
    result before.
    """
    asked_at = time.monotonic()
    if not _waiting.acquire(blocking=False):
        return _result_since(asked_at - SHARED_FOR) or _next_result(asked_at)
    try:
        return _next_result(asked_at)
    finally:
        _waiting.release()


def _next_result(asked_at: float) -> dict[str, str]:
    """Examine all parts, or wait for the caller that does so already."""
    global _result
    with _examining:
        if parts := _result_since(asked_at):
            return parts
        parts = examine(CHECKS)
        _result = (time.monotonic(), parts)
        return parts


def _result_since(earliest: float) -> dict[str, str] | None:
    """Return the latest result, unless it is older than this."""
    examined_at, parts = _result
    return parts if examined_at >= earliest else None


def examine(checks: dict[str, Callable[[], str]]) -> dict[str, str]:
    """Run the checks beside each other and return the state of each; one that hangs is down."""
    deadline = time.monotonic() + LONGEST
    outcomes = {name: _begin(name, check) for name, check in checks.items()}
    return {name: _state(name, outcome, deadline) for name, outcome in outcomes.items()}


def documents() -> str:
    with pymongo.timeout(STORE_SECONDS):
        get_db().list_collection_names()
    return OK


def declared_indexes() -> str:
    global _verified_at
    if time.monotonic() - _verified_at < VERIFIED_FOR:
        return OK
    with pymongo.timeout(STORE_SECONDS):
        missing = indexes.missing_indexes()
    if missing:
        logger.warning("Readiness: indexes are missing: %s.", "; ".join(missing))
        return MISSING
    _verified_at = time.monotonic()
    return OK


def sql() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()  # this thread's own
    return OK


def copies() -> str:
    return OK if cache.ping() else DOWN


CHECKS = {"documents": documents, "indexes": declared_indexes, "sql": sql, "cache": copies}


def _begin(name: str, check: Callable[[], str]) -> SimpleQueue:
    """Ask in a thread of its own, and not again while the last one still waits for an answer."""
    outcome: SimpleQueue = SimpleQueue()
    if name not in _asking or not _asking[name].is_alive():
        _asking[name] = Thread(target=lambda: outcome.put(_outcome(name, check)), daemon=True)
        _asking[name].start()
    return outcome


def _outcome(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        logger.warning("Readiness: %s is down (%s).", name, type(error).__name__)
        return DOWN


def _state(name: str, outcome: SimpleQueue, deadline: float) -> str:
    try:
        return outcome.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        logger.warning("Readiness: %s does not answer.", name)
        return DOWN
