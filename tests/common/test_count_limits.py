"""Count limits hold even while requests race, die and delete."""

from datetime import timedelta

import pytest
from bson import ObjectId
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.common.storage import count_limits
from apps.common.storage.count_limits import Counter, CountLimit
from apps.courses.documents import Category
from tests.users.racing import race


class Full(Conflict):
    code = "full"


@pytest.fixture
def parent_id() -> ObjectId:
    return ObjectId()


def make_limit(most: int) -> CountLimit:
    return CountLimit("things", most, count=lambda _shelf: Category.objects.count(), refusal=Full)


def make_document(name: str = "a", **fields) -> Category:
    return Category(name=name, name_key=name, **fields)


def test_racing_inserts_stop_at_the_limit(parent_id):
    limit_of_five = make_limit(5)

    def insert(n: int) -> bool:
        try:
            limit_of_five.insert(parent_id, make_document(str(n)))
        except Full:
            return False
        return True

    assert sum(race(20, insert)) == 5
    assert Category.objects.count() == 5


def test_documents_of_an_earlier_release_are_counted(parent_id):
    make_document("old").save()
    with pytest.raises(Full):
        make_limit(2).reserve(parent_id, 2)
    make_limit(2).reserve(parent_id, 1)


def test_a_failed_insert_releases_its_room(parent_id):
    make_document("a").save()
    limit_of_two = make_limit(2)
    for _ in range(3):
        with pytest.raises(NotUniqueError):
            limit_of_two.insert(parent_id, make_document("a"))
    limit_of_two.insert(parent_id, make_document("b"))


def test_a_retried_insert_takes_no_additional_room(parent_id):
    limit_of_two, first = make_limit(2), ObjectId()
    limit_of_two.insert(parent_id, make_document("a", id=first))
    assert limit_of_two.insert(parent_id, make_document("a", id=first)).id == first
    limit_of_two.insert(parent_id, make_document("b"))
    assert (
        limit_of_two.insert(parent_id, make_document("a", id=first)).id == first
    )  # Also if there is no room.


def test_a_removal_releases_room(parent_id):
    limit_of_one = make_limit(1)
    for number in range(3):
        inserted = limit_of_one.insert(parent_id, make_document(str(number)))
        with limit_of_one.released(parent_id):
            inserted.delete()


def test_a_removal_is_not_subtracted_from_a_counter_that_never_counted_it(parent_id):
    limit_of_two = make_limit(2)
    inserted = make_document("a").save()
    with limit_of_two.released(parent_id):
        inserted.delete()
        limit_of_two.reserve(parent_id, 2)
    with pytest.raises(Full):
        limit_of_two.reserve(parent_id)


def test_room_of_a_dead_request_is_free_after_a_quiet_minute(parent_id, monkeypatch):
    limit_of_one = make_limit(1)
    limit_of_one.reserve(parent_id)
    assert count_limits.delete_unused_counters() == 0
    with pytest.raises(Full):
        limit_of_one.reserve(parent_id)
    Counter.objects.update(set__changed_at=now_in_milliseconds() - timedelta(seconds=61))
    assert count_limits.delete_unused_counters() == 1
    limit_of_one.reserve(parent_id)


def test_a_move_needs_room_at_its_target_only(parent_id):
    other, limit_of_two = ObjectId(), make_limit(2)
    limit_of_two.reserve(parent_id, 2)
    limit_of_two.reserve(other, 1)
    with limit_of_two.moved(parent_id, other):
        pass
    limit_of_two.reserve(parent_id)
    with pytest.raises(Full), limit_of_two.moved(parent_id, other):
        raise AssertionError("The target is full.")
    with limit_of_two.moved(
        parent_id, parent_id
    ):  # The parent stays the same, so no room is needed.
        pass
