"""Liveness, and readiness with the state of each part; both respond within 3 seconds."""

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

from apps.common.storage import cache, indexes, migrations

logger = logging.getLogger(__name__)

OK, DOWN, MISSING = "ok", "down", "missing"
TIMEOUT_SECONDS = 2.8  # for all checks together, so that the response takes at most 3
STORE_SECONDS = 2.2  # PyMongo checks its deadline every 500 ms.
INDEXES_LIFETIME = 60.0  # seconds before existing indexes are checked again
MOST_WAITING = 8  # Further callers get the previous result.
RESULT_LIFETIME = 10.0  # the age in seconds up to which they get it

_running: dict[str, Thread] = {}
_verified_at = float("-inf")
_checking = Lock()
_waiting = BoundedSemaphore(MOST_WAITING)
_result: tuple[float, dict[str, str]] = (float("-inf"), {})


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Return the state of each part; without the cache, the product is only slower."""
    parts = current_state()
    is_ready = all(state == OK for name, state in parts.items() if name != "cache")
    status = {"status": "ready" if is_ready else "unavailable"}
    return JsonResponse(status | parts, status=200 if is_ready else 503)


def current_state() -> dict[str, str]:
    """
    Return the state of each part, checked once for all simultaneous callers.

    Since anyone may call, a part that hangs blocks only few threads; other callers get the previous
    result.
    """
    now = time.monotonic()
    if not _waiting.acquire(blocking=False):
        return _result_since(now - RESULT_LIFETIME) or _next_result(now)
    try:
        return _next_result(now)
    finally:
        _waiting.release()


def _next_result(earliest: float) -> dict[str, str]:
    """Check all parts, or wait for the result of a caller that is already checking."""
    global _result
    with _checking:
        if parts := _result_since(earliest):
            return parts
        parts = run_checks(CHECKS)
        _result = (time.monotonic(), parts)
        return parts


def _result_since(earliest: float) -> dict[str, str] | None:
    """Return the latest result, unless it is older."""
    checked_at, parts = _result
    return parts if checked_at >= earliest else None


def run_checks(checks: dict[str, Callable[[], str]]) -> dict[str, str]:
    """Run the checks in parallel and return the state of each; a part that hangs is down."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    outcomes = {name: _start(name, check) for name, check in checks.items()}
    return {name: _state(name, outcome, deadline) for name, outcome in outcomes.items()}


def documents() -> str:
    with pymongo.timeout(STORE_SECONDS):
        get_db().list_collection_names()
    return OK


def document_migrations() -> str:
    with pymongo.timeout(STORE_SECONDS):
        pending = migrations.pending_steps()
    if pending:
        logger.warning("Readiness: steps are not applied: %s.", ", ".join(pending))
    return MISSING if pending else OK


def declared_indexes() -> str:
    global _verified_at
    if time.monotonic() - _verified_at < INDEXES_LIFETIME:
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
        connection.close()  # It belongs to this thread.
    return OK


def cache_server() -> str:
    return OK if cache.ping() else DOWN


CHECKS = {
    "documents": documents,
    "migrations": document_migrations,
    "indexes": declared_indexes,
    "sql": sql,
    "cache": cache_server,
}


def _start(name: str, check: Callable[[], str]) -> SimpleQueue:
    """Run a check in a thread, unless its previous thread is still running."""
    outcome: SimpleQueue = SimpleQueue()
    if name not in _running or not _running[name].is_alive():
        _running[name] = Thread(target=lambda: outcome.put(_outcome(name, check)), daemon=True)
        _running[name].start()
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
        logger.warning("Readiness: %s does not respond.", name)
        return DOWN
