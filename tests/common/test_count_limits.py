"""Bounds that hold while requests race, die and remove."""

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
def shelf() -> ObjectId:
    return ObjectId()


def bound(most: int) -> CountLimit:
    return CountLimit("things", most, count=lambda _shelf: Category.objects.count(), refusal=Full)


def thing(name: str = "a", **given) -> Category:
    return Category(name=name, name_key=name, **given)


def test_racing_inserts_stop_at_the_limit(shelf):
    five = bound(5)

    def insert(n: int) -> bool:
        try:
            five.insert(shelf, thing(str(n)))
        except Full:
            return False
        return True

    assert sum(race(20, insert)) == 5
    assert Category.objects.count() == 5


def test_documents_of_an_earlier_release_are_counted(shelf):
    thing("old").save()
    with pytest.raises(Full):
        bound(2).reserve(shelf, 2)
    bound(2).reserve(shelf, 1)


def test_a_failed_insert_releases_its_room(shelf):
    thing("a").save()
    two = bound(2)
    for _ in range(3):
        with pytest.raises(NotUniqueError):
            two.insert(shelf, thing("a"))
    two.insert(shelf, thing("b"))


def test_a_retried_insert_takes_no_additional_room(shelf):
    two, first = bound(2), ObjectId()
    two.insert(shelf, thing("a", id=first))
    assert two.insert(shelf, thing("a", id=first)).id == first
    two.insert(shelf, thing("b"))
    assert two.insert(shelf, thing("a", id=first)).id == first  # also when it is full


def test_a_removal_releases_room(shelf):
    one = bound(1)
    for number in range(3):
        made = one.insert(shelf, thing(str(number)))
        with one.released(shelf):
            made.delete()


def test_a_removal_is_not_subtracted_from_a_counter_that_never_counted_it(shelf):
    two = bound(2)
    made = thing("a").save()
    with two.released(shelf):
        made.delete()
        two.reserve(shelf, 2)
    with pytest.raises(Full):
        two.reserve(shelf)


def test_room_of_a_dead_request_is_free_after_a_quiet_minute(shelf, monkeypatch):
    one = bound(1)
    one.reserve(shelf)
    assert count_limits.delete_unused_counters() == 0
    with pytest.raises(Full):
        one.reserve(shelf)
    Counter.objects.update(set__changed_at=now_in_milliseconds() - timedelta(seconds=61))
    assert count_limits.delete_unused_counters() == 1
    one.reserve(shelf)


def test_a_move_needs_room_at_its_target_only(shelf):
    other, two = ObjectId(), bound(2)
    two.reserve(shelf, 2)
    two.reserve(other, 1)
    with two.moved(shelf, other):
        pass
    two.reserve(shelf)
    with pytest.raises(Full), two.moved(shelf, other):
        raise AssertionError("the target is full")
    with two.moved(shelf, shelf):  # nowhere: needs no room
        pass
