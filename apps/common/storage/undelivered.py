"""
Events that some subscriber has not handled yet.

The document that an event is about is stored with `undelivered_since` in the same write as the
change itself. `deliver` publishes the event and clears the field when every handler has succeeded.
A periodic task delivers again what has been undelivered for a minute, so a crash at any point
loses nothing. Handlers must therefore be idempotent.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from mongoengine import DateTimeField, Document

from apps.common.clock import now_in_milliseconds
from apps.common.events import publish
from apps.common.storage.documents import for_each

GRACE_PERIOD = timedelta(minutes=1)  # A running request delivers its own event.


class EventSource(Document):
    """A document that events are published about."""

    undelivered_since = DateTimeField()

    meta = {
        "abstract": True,
        "indexes": [{"fields": ("undelivered_since",), "sparse": True}],
    }


Source = TypeVar("Source", bound=EventSource)


def deliver(event: object, *, source: EventSource) -> bool:
    """
    Publish an event about a document, and return whether every handler has succeeded.

    If one fails, the periodic task publishes the event again.
    """
    delivered = publish(event)
    if delivered:
        mark_delivered(source)
    return delivered


def mark_delivered(source: EventSource) -> None:
    """Clear the field, unless a later change has set it again."""
    same = type(source).objects(id=source.id, undelivered_since=source.undelivered_since)
    same.update_one(unset__undelivered_since=True)


def deliver_again(
    kind: type[Source],
    deliver_source: Callable[[Source], object],
    *,
    without: Sequence[str] = (),
) -> int:
    """
    Call `deliver_source` for each document undelivered for a minute; return their number.

    :param without: fields that need not be loaded
    """
    before = now_in_milliseconds() - GRACE_PERIOD
    undelivered = kind.objects(undelivered_since__lt=before).exclude(*without)
    return for_each(undelivered, deliver_source)
