"""
Limit how many children a parent may have, even if requests race.

If requests only counted before they insert, racing requests would exceed the limit. So a request
first reserves room by one conditional update of a counter, and then inserts.

A counter is temporary: a sweep deletes it after a quiet minute, and the next reservation counts the
children themselves. So a request that dies between reservation and insert blocks room for only a
minute, no counter needs repair, and a store of an earlier release needs no migration.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from bson import ObjectId
from mongoengine import (
    DateTimeField,
    Document,
    IntField,
    NotUniqueError,
    ObjectIdField,
    StringField,
    ValidationError,
)

from apps.common.clock import now_in_milliseconds
from apps.common.errors import DomainError
from apps.common.storage import documents

Doc = TypeVar("Doc", bound=Document)

QUIET = timedelta(minutes=1)  # No request takes as long from its reservation to its insert.
NOT_INSERTED = (NotUniqueError, ValidationError, DomainError)  # With others, it may be inserted.


class Counter(Document):
    """The number of a parent's children, including reserved ones that are not yet inserted."""

    name = StringField(primary_key=True, max_length=100)
    count = IntField(required=True)
    generation = ObjectIdField(default=ObjectId)
    changed_at = DateTimeField(default=now_in_milliseconds)

    meta = {"collection": "counters", "auto_create_index": False, "indexes": ["changed_at"]}


class CountLimit:
    """
    The maximum number of children of one kind that a parent may have.

    :param name: the kind, in the names of its counters
    :param most: the maximum number; tests may change this attribute
    :param count: returns the current number of children of a parent's id
    :param refusal: returns the error to raise if there is no room
    """

    def __init__(
        self,
        name: str,
        most: int,
        *,
        count: Callable[[ObjectId], int],
        refusal: Callable[[], DomainError],
    ):
        self.name = name
        self.most = most
        self._count = count
        self._refusal = refusal

    def reserve(self, parent_id, number: int = 1) -> None:
        """
        Reserve room for children that are inserted next.

        :raises DomainError: the limit's own error, if there is no room
        """
        for _ in range(2):
            if self._increment(parent_id, number):
                return
            count = self._count(parent_id) + number
            if count <= self.most and self._start(parent_id, count):
                return  # Otherwise another request has started the counter.
        raise self._refusal()

    def release(self, parent_id, number: int = 1) -> None:
        """Release room that this request has reserved and not used."""
        self._counter(parent_id).update_one(dec__count=number)

    def insert(
        self,
        parent_id,
        document: Doc,
        *,
        number: int = 1,
        by: Callable[[Doc], Doc] = documents.insert,
    ) -> Doc:
        """
        Reserve room and insert, or return the document that an earlier attempt has inserted.

        :raises DomainError: the limit's own error, if there is no room
        """
        try:
            self.reserve(parent_id, number)
        except DomainError:
            existing = type(document).objects(id=document.id).first() if document.id else None
            if existing is None:
                raise
            return existing
        try:
            inserted = by(document)
        except NOT_INSERTED:
            self.release(parent_id, number)
            raise
        if inserted is not document:  # The earlier attempt has its own reservation.
            self.release(parent_id, number)
        return inserted

    @contextmanager
    def released(
        self, parent_id, number: int = 1, *, confirm: Callable[[], bool] = lambda: True
    ) -> Iterator[None]:
        """
        Release the room of children that the block deletes.

        A counter that is started during the deletion may or may not have counted them. It is not
        changed, because counting too many is safe.

        :param confirm: is called after the block; returns whether the block has freed the room
        """
        before = self._counter(parent_id).first()
        yield
        if confirm() and before is not None:
            same = self._counter(parent_id).filter(generation=before.generation)
            same.update_one(dec__count=number)

    @contextmanager
    def moved(
        self, source_id, target_id, number: int = 1, *, confirm: Callable[[], bool] = lambda: True
    ) -> Iterator[None]:
        """
        Reserve room at the target of a move, and release the room at its source.

        :param confirm: is called after the block; returns whether the block has freed the room
        :raises DomainError: the limit's own error, if there is no room
        """
        if source_id == target_id:
            yield
            confirm()
            return
        self.reserve(target_id, number)
        try:
            with self.released(source_id, number, confirm=confirm):
                yield
        except NOT_INSERTED:
            self.release(target_id, number)
            raise

    def recount(self, parent_id) -> None:
        """Let the next reservation count the children themselves."""
        self._counter(parent_id).delete()

    def _increment(self, parent_id, number: int) -> bool:
        with_room = self._counter(parent_id).filter(count__lte=self.most - number)
        changes = {"inc__count": number, "set__changed_at": now_in_milliseconds()}
        return bool(with_room.update_one(**changes))

    def _start(self, parent_id, count: int) -> bool:
        try:
            Counter(name=self._name_of(parent_id), count=count).save(force_insert=True)
        except NotUniqueError:
            return False
        return True

    def _counter(self, parent_id):
        return Counter.objects(name=self._name_of(parent_id))

    def _name_of(self, parent_id) -> str:
        return f"{self.name}:{parent_id}"


def delete_unused_counters() -> int:
    """Delete the counters that were not incremented for a minute, and return their number."""
    return Counter.objects(changed_at__lt=now_in_milliseconds() - QUIET).delete()
