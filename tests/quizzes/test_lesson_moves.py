"""Moving a lesson with quizzes to another course: their limit, and who may see them."""

from datetime import timedelta

import pytest

from apps.common.clock import now_in_milliseconds
from apps.common.storage.count_limits import Counter
from apps.courses.documents import Course
from apps.courses.selectors import get_course
from apps.lessons import services as lessons
from apps.lessons.documents import Lesson
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.services import moves, quizzes
from apps.quizzes.services.quiz_limits import OF_COURSE, OF_LESSON
from apps.users.selectors import get_user
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_instructor,
    make_question,
    make_quiz,
)
from tests.quizzes.submissions import store_graded


@pytest.fixture
def target(quiz):
    return make_course(lessons=1, instructor=get_course(quiz.course).instructor)


@pytest.fixture
def no_tasks(monkeypatch):
    """Let no event of a lesson be delivered."""
    monkeypatch.setattr(lessons.delivery, "enqueue", lambda *task, **arguments: None)


def lesson_in(course) -> Lesson:
    return lessons_of(course)[0]


def move_lesson(client, lesson_id, course):
    return client.patch(f"/api/lessons/{lesson_id}/", {"course": str(course.id), "title": "Moved"})


def add_quiz(client, lesson):
    return client.post("/api/quizzes/", {"lesson": str(lesson.id), "title": "Another"})


def test_a_lesson_stays_if_the_new_course_has_no_room_for_its_quizzes(
    as_instructor, quiz, target, monkeypatch
):
    monkeypatch.setattr(OF_COURSE, "most", 2)
    make_quiz(lesson=Lesson.objects.get(id=quiz.lesson))
    make_quiz(lesson=lesson_in(target))

    refused = move_lesson(as_instructor, quiz.lesson, target)

    assert (refused.status_code, refused.data["code"]) == (409, "too_many_quizzes")
    lesson = Lesson.objects.get(id=quiz.lesson)
    assert (lesson.course, lesson.title, lesson.moved_from) == (quiz.course, "Lesson 1", None)
    assert {str(each.id): each.lesson_count for each in Course.objects} == {
        str(quiz.course): 2,
        str(target.id): 1,
    }
    assert add_quiz(as_instructor, lesson_in(target)).status_code == 201


def test_a_lesson_without_quizzes_moves_into_a_course_full_of_them(
    as_instructor, quiz, target, monkeypatch
):
    make_quiz(lesson=lesson_in(target))
    monkeypatch.setattr(OF_COURSE, "most", 0)

    without = lessons_of(get_course(quiz.course))[1]

    assert move_lesson(as_instructor, without.id, target).status_code == 200


@pytest.mark.usefixtures("no_tasks")
@pytest.mark.parametrize("counters", ["kept", "deleted by the sweep"])
def test_a_moved_lesson_takes_room_in_its_new_course_and_none_in_the_old(
    as_instructor, quiz, target, monkeypatch, counters
):
    monkeypatch.setattr(OF_COURSE, "most", 1)
    assert move_lesson(as_instructor, quiz.lesson, target).status_code == 200
    if counters != "kept":
        Counter.objects.delete()

    assert add_quiz(as_instructor, lesson_in(target)).status_code == 409
    old_course = get_course(quiz.course)
    assert add_quiz(as_instructor, lesson_in(old_course)).status_code == 201
    assert add_quiz(as_instructor, lesson_in(old_course)).status_code == 409


def test_a_move_that_fails_releases_the_reserved_room(as_instructor, quiz, target, monkeypatch):
    monkeypatch.setattr(OF_COURSE, "most", 1)
    body = {"course": str(target.id), "position": 1}

    taken = as_instructor.patch(f"/api/lessons/{quiz.lesson}/", body)

    assert (taken.status_code, list(taken.data)) == (400, ["position"])
    assert add_quiz(as_instructor, lesson_in(target)).status_code == 201
    assert add_quiz(as_instructor, lesson_in(get_course(quiz.course))).status_code == 409


@pytest.mark.usefixtures("no_tasks")
def test_a_move_that_was_interrupted_after_its_write_is_counted_and_finished_by_the_sweep(
    as_instructor, quiz, target, monkeypatch
):
    monkeypatch.setattr(OF_COURSE, "most", 1)
    with monkeypatch.context() as interruption:
        interruption.setattr(moves, "move_quizzes", lambda **arguments: None)
        move_lesson(as_instructor, quiz.lesson, target)
    assert Quiz.objects.get().course == quiz.course
    Counter.objects.delete()
    assert add_quiz(as_instructor, lesson_in(target)).status_code == 409
    Lesson.objects.update(set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2))

    lessons.repair_lessons()

    assert Quiz.objects.get().course == target.id


# Requests that change quizzes during the move


@pytest.mark.parametrize("change", ["add", "move here", "move away", "delete"])
def test_a_move_fails_if_the_quizzes_that_it_counts_change(
    as_instructor, quiz, target, monkeypatch, change
):
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[1])
    address, other_address = f"/api/quizzes/{quiz.id}/", f"/api/quizzes/{other.id}/"
    acts = {
        "add": lambda: add_quiz(as_instructor, Lesson.objects.get(id=quiz.lesson)),
        "move here": lambda: as_instructor.patch(other_address, {"lesson": str(quiz.lesson)}),
        "move away": lambda: as_instructor.patch(address, {"lesson": str(other.lesson)}),
        "delete": lambda: as_instructor.delete(address),
    }
    count = moves.count_in_lesson

    def count_before_the_change(lesson_id) -> int:
        number = count(lesson_id)
        assert acts[change]().status_code < 300
        return number

    monkeypatch.setattr(moves, "count_in_lesson", count_before_the_change)

    assert move_lesson(as_instructor, quiz.lesson, target).status_code == 412
    assert Lesson.objects.get(id=quiz.lesson).course == quiz.course


@pytest.fixture
def moves_before_the_write(monkeypatch, as_instructor, target):
    """Let the lesson move to the target between a request's check and its write."""

    def prepare(lesson) -> None:
        get_lesson_to_edit = quizzes._get_editable_lesson

        def read_before_the_move(*arguments):
            read = get_lesson_to_edit(*arguments)
            assert move_lesson(as_instructor, lesson.id, target).status_code == 200
            return read

        monkeypatch.setattr(quizzes, "_get_editable_lesson", read_before_the_move)

    return prepare


def test_a_quiz_is_not_added_to_a_lesson_that_moves_into_a_full_course(
    as_instructor, quiz, target, monkeypatch, moves_before_the_write
):
    make_quiz(lesson=lesson_in(target))
    lesson = lessons_of(get_course(quiz.course))[1]
    monkeypatch.setattr(OF_COURSE, "most", 2)
    make_quiz(lesson=lesson)
    Counter.objects.delete()
    moves_before_the_write(lesson)

    refused = add_quiz(as_instructor, lesson)

    assert (refused.status_code, refused.data["code"]) == (409, "too_many_quizzes")
    assert Quiz.objects.count() == 3


def test_a_quiz_stays_if_its_new_lesson_moves_into_a_full_course(
    as_instructor, quiz, target, monkeypatch, moves_before_the_write
):
    make_quiz(lesson=lesson_in(target))
    monkeypatch.setattr(OF_COURSE, "most", 1)
    lesson = lessons_of(get_course(quiz.course))[1]
    moves_before_the_write(lesson)

    body = {"lesson": str(lesson.id), "title": "Changed"}
    refused = as_instructor.patch(f"/api/quizzes/{quiz.id}/", body)

    assert (refused.status_code, refused.data["code"]) == (409, "too_many_quizzes")
    stored = Quiz.objects.get(id=quiz.id)
    assert (stored.lesson, stored.course, stored.title) == (quiz.lesson, quiz.course, quiz.title)
    assert OF_LESSON._counter(lesson.id).get().count == 0


def test_a_quiz_that_is_deleted_while_its_lesson_moves_releases_its_room_once(
    as_instructor, quiz, target, monkeypatch
):
    monkeypatch.setattr(OF_COURSE, "most", 2)
    make_quiz(lesson=lessons_of(get_course(quiz.course))[1])
    get_quiz_to_edit = quizzes.selectors.get_editable_quiz

    def read_before_the_move(*arguments, **options):
        read = get_quiz_to_edit(*arguments, **options)
        assert move_lesson(as_instructor, quiz.lesson, target).status_code == 200
        return read

    monkeypatch.setattr(quizzes.selectors, "get_editable_quiz", read_before_the_move)

    assert as_instructor.delete(f"/api/quizzes/{quiz.id}/").status_code == 204
    remaining = lesson_in(get_course(quiz.course))
    assert add_quiz(as_instructor, remaining).status_code == 201
    assert add_quiz(as_instructor, remaining).status_code == 409


# Rights before the event of the move is delivered


@pytest.fixture
def moved_quiz(quiz, monkeypatch):
    """A quiz whose lesson was given to another instructor's course; its copy is the old one."""
    make_question(quiz)
    new_course = make_course(instructor=make_instructor())
    Lesson.objects(id=quiz.lesson).update(set__course=new_course.id)
    return quiz


def test_the_old_course_gives_no_rights_on_the_quizzes_of_a_moved_lesson(as_instructor, moved_quiz):
    submission = store_graded(moved_quiz, 100)
    student = client_of(enroll_in(get_course(moved_quiz.course)))
    address = f"/api/quizzes/{moved_quiz.id}/"

    assert student.get(address).status_code == 404
    assert student.post(f"{address}start/").status_code in (403, 404)
    assert as_instructor.get(f"{address}statistics/").status_code == 404
    assert as_instructor.patch(address, {"title": "Mine"}).status_code in (403, 404)
    assert as_instructor.get(f"/api/quiz-submissions/{submission.id}/").status_code == 404


def test_the_new_course_gives_rights_on_the_quizzes_of_a_moved_lesson(moved_quiz):
    new_course = get_course(Lesson.objects.get(id=moved_quiz.lesson).course)
    student = client_of(enroll_in(new_course))
    new_instructor = client_of(get_user(new_course.instructor))
    address = f"/api/quizzes/{moved_quiz.id}/"

    assert student.post(f"{address}start/").status_code == 201
    assert Attempt.objects.get().course == new_course.id
    assert new_instructor.patch(address, {"title": "Mine"}).data["title"] == "Mine"


@pytest.mark.usefixtures("no_tasks")
def test_lists_show_a_moved_quiz_in_its_new_course_at_once(as_instructor, quiz, target):
    move_lesson(as_instructor, quiz.lesson, target)

    listed = as_instructor.get(f"/api/quizzes/?course={target.id}").data["results"]

    assert [row["id"] for row in listed] == [str(quiz.id)]
