"""Call down, signal up: how a lower app tells the apps above it, and asks them.

Facts and questions are frozen dataclasses in the `events.py` of the app below. Grep the class and
you see who tells, who hears and who answers.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger(__name__)

_facts = Signal()
_questions = Signal()


def publish(event: Any) -> bool:
    """Tell every subscriber, also when one fails (it is logged); say whether all succeeded."""
    outcomes = _facts.send_robust(sender=type(event), event=event)
    failures = [outcome for _, outcome in outcomes if isinstance(outcome, Exception)]
    for failure in failures:
        logger.error("A handler of %s failed.", type(event).__name__, exc_info=failure)
    return not failures


def subscribe(event_type: type) -> Callable:
    """Register an idempotent handler: what failed half-way is told again by the sweep."""
    return _register(_facts, event_type)


def ask(question: Any) -> list:
    """Return the answers of the apps above; one that cannot answer fails the request."""
    return [answer for _, answer in _questions.send(sender=type(question), event=question)]


def answer(question_type: type) -> Callable:
    return _register(_questions, question_type)


def _register(signal: Signal, kind: type) -> Callable:
    def register(handler: Callable) -> Callable:
        uid = f"{handler.__module__}.{handler.__qualname__}"
        signal.connect(lambda event, **_: handler(event), sender=kind, weak=False, dispatch_uid=uid)
        return handler

    return register
