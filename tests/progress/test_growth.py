"""The work of reading many students' progress grows with the records found, not with its square."""

import sys
from collections.abc import Callable

import pytest
from bson import ObjectId

from apps.progress import selectors
from apps.progress.documents import Progress

Pair = tuple[str, str]


def complete_lessons(pairs: list[Pair], *, lessons: int) -> None:
    Progress._get_collection().insert_many(
        {
            "student_id": ObjectId(student),
            "course_id": ObjectId(course),
            "lesson_id": ObjectId(),
            "completed": number > 0,
        }
        for student, course in pairs
        for number in range(lessons + 1)
    )


def separate_pairs(number: int) -> list[Pair]:
    return [(str(ObjectId()), str(ObjectId())) for _ in range(number)]


def crossed_pairs(number: int) -> list[Pair]:
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


@pytest.mark.parametrize("read", [selectors._completed_lessons, selectors._count_completed_by_pair])
@pytest.mark.parametrize("pairs_of", [separate_pairs, crossed_pairs])
def test_completed_lessons_of_many_pairs_cost_their_number(read, pairs_of):
    work = {}
    rows = {}
    for number in (32, 128):
        pairs = pairs_of(number)
        complete_lessons(pairs, lessons=10)
        work[number] = calls_of(lambda pairs=pairs: read(pairs))
        rows[number] = 10 * len(pairs)

    assert work[128] / work[32] < 2 * rows[128] / rows[32]


def test_places_are_read_in_several_conditions_if_there_are_many(monkeypatch):
    monkeypatch.setattr(selectors, "PAIRS_AT_ONCE", 3)
    pairs = separate_pairs(10)
    complete_lessons(pairs, lessons=2)

    assert selectors._count_completed_by_pair(pairs) == dict.fromkeys(pairs, 2)
    assert selectors._completed_lessons([]) == {}
