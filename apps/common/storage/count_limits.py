"""Bound how many things a parent may have, also when requests race.

A count followed by an insert lets racing requests past a bound. Here a request reserves room first,
by one conditional update of a counter, and inserts afterwards.

A counter is temporary: a sweep deletes it after a quiet minute, and the next reservation counts the
things themselves. So a request that dies between its reservation and its insert holds room for a
minute, no counter has to be repaired, and a store of an earlier release needs no migration.
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

QUIET = timedelta(minutes=1)  # no request takes as long from its reservation to its insert
NOT_INSERTED = (NotUniqueError, ValidationError, DomainError)  # other errors leave it unknown


class Counter(Document):
    """How many things a parent has, including those that are reserved and not inserted yet."""

    name = StringField(primary_key=True, max_length=100)
    count = IntField(required=True)
    generation = ObjectIdField(default=ObjectId)
    changed_at = DateTimeField(default=now_in_milliseconds)

    meta = {"collection": "counters", "auto_create_index": False, "indexes": ["changed_at"]}


class CountLimit:
    """
    The most things of one kind that a parent may have.

    :param name: the kind, in the names of its counters
    :param most: how many a parent may have; a module's constant that tests may change
    :param count: returns how many the parent with an id has now
    :param refusal: what is raised when there is no room
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
        Reserve room for things that are inserted next.

        :raises DomainError: the bound's own, when there is no room
        """
        for _ in range(2):
            if self._increment(parent_id, number):
                return
            count = self._count(parent_id) + number
            if count <= self.most and self._start(parent_id, count):
                return  # else another request has started the counter
        raise self._refusal()

    def give_back(self, parent_id, number: int = 1) -> None:
        """Give back what this request has reserved and not used."""
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
        Reserve room and insert, or return the document that an earlier try has made of the same id.

        :raises DomainError: the bound's own, when there is no room
        """
        try:
            self.reserve(parent_id, number)
        except DomainError:
            made = type(document).objects(id=document.id).first() if document.id else None
            if made is None:
                raise
            return made
        try:
            made = by(document)
        except NOT_INSERTED:
            self.give_back(parent_id, number)
            raise
        if made is not document:  # the earlier try has its own reservation
            self.give_back(parent_id, number)
        return made

    @contextmanager
    def released(self, parent_id, number: int = 1) -> Iterator[None]:
        """
        Give back the room of things that the block removes.

        A counter that is started during the removal may or may not have counted them. It is left
        alone: to count too many is safe.
        """
        before = self._counter(parent_id).first()
        yield
        if before is not None:
            same = self._counter(parent_id).filter(generation=before.generation)
            same.update_one(dec__count=number)

    @contextmanager
    def moved(self, source_id, target_id, number: int = 1) -> Iterator[None]:
        """
        Reserve room at the target of a move, and give back that at its source.

        :raises DomainError: the bound's own, when there is no room
        """
        if source_id == target_id:
            yield
            return
        self.reserve(target_id, number)
        try:
            with self.released(source_id, number):
                yield
        except NOT_INSERTED:
            self.give_back(target_id, number)
            raise

    def recount(self, parent_id) -> None:
        """Have the next reservation count the things themselves."""
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
    """Delete the counters that nobody has raised for a minute; return how many."""
    return Counter.objects(changed_at__lt=now_in_milliseconds() - QUIET).delete()
