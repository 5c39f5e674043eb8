"""
Change or delete many documents in several commands.

In the embedded store, a command is a transaction, and all other threads wait until it ends.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from mongoengine import QuerySet

SMALL, LARGE = 200, 10  # documents of up to some kilobytes, and of up to a megabyte

Item = TypeVar("Item")


def in_rounds(documents: QuerySet, *, at_once: int = SMALL) -> Iterator[QuerySet]:
    """
    Yield the documents in groups by their ids, without those that no longer match the query.

    An interrupted caller continues when it runs again, if what it has changed no longer matches.
    """
    ids = list(documents.order_by("id").scalar("id").no_cache())
    for some in batches(ids, at_once=at_once):
        yield documents.filter(id__in=some)


def delete_in_rounds(documents: QuerySet, *, at_once: int = SMALL) -> int:
    """Delete the documents and return their number."""
    return sum(some.delete() for some in in_rounds(documents, at_once=at_once))


def batches(items: Sequence[Item], *, at_once: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + at_once] for start in range(0, len(items), at_once))
