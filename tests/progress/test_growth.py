"""The work of reading many students' progress grows with the records found, not with its square."""

import sys
from collections.abc import Callable

import pytest
from bson import ObjectId

from apps.progress import selectors
from apps.progress.documents import Progress

Place = tuple[str, str]


def complete_lessons(places: list[Place], *, lessons: int) -> None:
    Progress._get_collection().insert_many(
        {
            "student_id": ObjectId(student),
            "course_id": ObjectId(course),
            "lesson_id": ObjectId(),
            "completed": number > 0,
        }
        for student, course in places
        for number in range(lessons + 1)
    )


def separate_places(number: int) -> list[Place]:
    return [(str(ObjectId()), str(ObjectId())) for _ in range(number)]


def crossed_places(number: int) -> list[Place]:
    students, courses = ([str(ObjectId()) for _ in range(number // 8)] for _ in range(2))
    return [(student, course) for student in students for course in courses]


def calls_of(read: Callable[[], object]) -> int:
    """Return how many Python functions are called."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("read", [selectors._completed_by_place, selectors._completed_in])
@pytest.mark.parametrize("places_of", [separate_places, crossed_places])
def test_completed_lessons_of_many_places_cost_their_number(read, places_of):
    work = {}
    rows = {}
    for number in (32, 128):
        places = places_of(number)
        complete_lessons(places, lessons=10)
        work[number] = calls_of(lambda places=places: read(places))
        rows[number] = 10 * len(places)

    assert work[128] / work[32] < 2 * rows[128] / rows[32]


def test_places_are_read_in_several_conditions_if_there_are_many(monkeypatch):
    monkeypatch.setattr(selectors, "PLACES_AT_ONCE", 3)
    places = separate_places(10)
    complete_lessons(places, lessons=2)

    assert selectors._completed_in(places) == dict.fromkeys(places, 2)
    assert selectors._completed_by_place([]) == {}
