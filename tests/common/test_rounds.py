"""Many documents are changed in several commands, each of a few documents."""

import pytest
from bson import ObjectId

from apps.common.storage.rounds import LARGE, delete_in_rounds, in_rounds
from apps.lessons.documents import Lesson
from apps.quizzes.documents import Attempt
from apps.quizzes.services import erase_student, erasure
from tests.command_counter import record_commands
from tests.factories import client_of, lessons_of, make_course, make_instructor
from tests.quizzes.submissions import store_quiz

MANY = 2 * LARGE + 1


class Interrupted(Exception):
    pass


@pytest.fixture
def student_id() -> str:
    """The id of a student with submissions to one quiz, and with an open attempt at it."""
    quiz, student_id = store_quiz(), ObjectId()
    for number in range(1, MANY + 2):
        Attempt(
            quiz=quiz.id,
            student=student_id,
            lesson=quiz.lesson,
            course=quiz.course,
            attempt=number,
            started_at=quiz.created_at,
            submitted_at=quiz.created_at if number <= MANY else None,
            pass_mark=60,
        ).save(force_insert=True)
    return str(student_id)


def sizes_of(commands: list[dict], name: str, collection: str) -> list[int]:
    """Return how many documents each of these commands names by their ids."""
    operations = {"update": "updates", "delete": "deletes"}[name]
    return [
        len(operation["q"]["_id"]["$in"])
        for command in commands
        if command.get(name) == collection
        for operation in command[operations]
        if "$in" in str(operation["q"].get("_id"))
    ]


def test_an_erasure_changes_a_few_submissions_at_once(student_id):
    with record_commands() as commands:
        erase_student(student_id)

    assert sizes_of(commands, "update", "quiz_submissions") == [LARGE, LARGE, 1]
    assert Attempt.objects(erased=True, pseudonym=None).count() == Attempt.objects.count() == MANY
    [pseudonym] = Attempt.objects.distinct("student")
    assert str(pseudonym) != student_id


def test_an_interrupted_erasure_continues_under_the_same_pseudonym(student_id, monkeypatch):
    def one_round(documents, **options):
        yield next(in_rounds(documents, **options))
        raise Interrupted

    monkeypatch.setattr(erasure, "in_rounds", one_round)
    with pytest.raises(Interrupted):
        erase_student(student_id)
    monkeypatch.undo()
    assert Attempt.objects(student=student_id).count() == MANY - LARGE

    erase_student(student_id)

    assert len(Attempt.objects.distinct("student")) == 1
    assert Attempt.objects(erased=True, pseudonym=None).count() == MANY


def test_rounds_leave_out_what_no_longer_matches(student_id):
    first, *others = in_rounds(Attempt.objects(student=student_id), at_once=LARGE)
    Attempt.objects.update(set__student=ObjectId())

    assert [first.count(), *(some.count() for some in others)] == [0, 0, 0]


def test_deleting_in_rounds_returns_the_number_of_all(student_id):
    with record_commands() as commands:
        assert delete_in_rounds(Attempt.objects(student=student_id), at_once=LARGE) == MANY + 1

    assert sizes_of(commands, "delete", "quiz_submissions") == [LARGE, LARGE, 2]


def order_lessons(client, course, ids: list[ObjectId]) -> list[int]:
    """Put lessons in order; return the number of moves in each command."""
    with record_commands() as commands:
        response = client.put(
            f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(each) for each in ids]}
        )
    assert response.status_code == 200
    ordered = Lesson.objects(course=course.id).order_by("position").scalar("position", "id")
    assert list(ordered) == list(enumerate(ids, start=1))
    return [len(each["updates"]) for each in commands if each.get("update") == "lessons"]


def test_lessons_are_reordered_a_few_at_once_and_only_those_that_move():
    instructor = make_instructor()
    course, client = make_course(lessons=MANY, instructor=instructor), client_of(instructor)
    ids = [lesson.id for lesson in lessons_of(course)]

    assert order_lessons(client, course, [ids[1], ids[0], *ids[2:]]) == [
        4
    ]  # two moves for each lesson
    assert order_lessons(client, course, [ids[1], ids[0], *ids[2:]]) == []
    moved = order_lessons(client, course, ids[::-1])
    assert sum(moved) == 2 * (MANY - 1)  # the lesson in the middle stays
    assert max(moved) == LARGE
