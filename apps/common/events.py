"""
Call down, signal up: how a lower app notifies the apps above it, and queries them.

Events and queries are frozen dataclasses in the `events.py` of the lower app. Grep the class to
find the publisher, the subscribers and the apps that answer.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger(__name__)

_events = Signal()
_queries = Signal()


def publish(event: Any) -> bool:
    """Call every subscriber, even if one fails (it is logged); return whether all succeeded."""
    outcomes = _events.send_robust(sender=type(event), event=event)
    failures = [outcome for _, outcome in outcomes if isinstance(outcome, Exception)]
    for failure in failures:
        logger.error("A handler of %s failed.", type(event).__name__, exc_info=failure)
    return not failures


def subscribe(event_type: type) -> Callable:
    """Register a handler, which must be idempotent: a sweep delivers failed events again."""
    return _register(_events, event_type)


def ask(query: Any) -> list:
    """Return the answers of the apps above; if an app fails to answer, its error is raised."""
    return [answer for _, answer in _queries.send(sender=type(query), event=query)]


def answer(query_type: type) -> Callable:
    return _register(_queries, query_type)


def _register(signal: Signal, sender: type) -> Callable:
    def register(handler: Callable) -> Callable:
        uid = f"{handler.__module__}.{handler.__qualname__}"
        signal.connect(
            lambda event, **_: handler(event), sender=sender, weak=False, dispatch_uid=uid
        )
        return handler

    return register
