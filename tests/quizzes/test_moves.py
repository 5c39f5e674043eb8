"""Moving a quiz or its lesson: the submissions follow, in rounds, outside the request."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from apps.common.clock import now_in_milliseconds
from apps.courses.selectors import get_course
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.services import moves, quizzes
from tests.command_counter import record_commands
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_quiz,
    right_answers,
)


@pytest.fixture
def target(quiz):
    course = make_course(lessons=1, instructor=get_course(quiz.course).instructor)
    return lessons_of(course)[0]


@pytest.fixture
def queue(monkeypatch):
    """The arguments of the rounds that were queued and not run."""
    rounds = []
    monkeypatch.setattr(moves, "enqueue", lambda task, **arguments: rounds.append(arguments))
    return rounds


def submit(client, quiz) -> None:
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    assert client.post("/api/quiz-submissions/", body).status_code == 201


def submit_as_students(quiz, number: int) -> None:
    for _ in range(number):
        submit(client_of(enroll_in(get_course(quiz.course))), quiz)


def move(as_instructor, quiz, target) -> None:
    response = as_instructor.patch(f"/api/quizzes/{quiz.id}/", {"lesson": str(target.id)})
    assert response.status_code == 200


def count_moved(target) -> int:
    return Attempt.objects(lesson=target.id, course=target.course).count()


def test_a_request_that_moves_a_quiz_writes_no_submission(as_instructor, quiz, target, queue):
    submit_as_students(quiz, 2)

    with record_commands() as commands:
        move(as_instructor, quiz, target)

    assert "quiz_submissions" not in [next(iter(command.values())) for command in commands]
    assert queue == [{"quiz_id": str(quiz.id)}]
    services.move_submissions(quiz.id)
    assert count_moved(target) == 2


def test_a_lesson_that_moves_queues_the_submissions_of_its_quizzes(
    as_instructor, quiz, target, queue
):
    submit_as_students(quiz, 1)
    make_quiz(lesson=lessons_of(get_course(quiz.course))[0])

    moved = as_instructor.patch(f"/api/lessons/{quiz.lesson}/", {"course": str(target.course)})

    assert moved.status_code == 200
    assert {round_["quiz_id"] for round_ in queue} == {str(each.id) for each in Quiz.objects}
    assert Attempt.objects.get().course == quiz.course
    services.move_submissions(quiz.id)
    assert Attempt.objects.get().course == target.course


def test_a_long_move_runs_in_rounds(as_instructor, quiz, target, queue, monkeypatch):
    submit_as_students(quiz, 3)
    move(as_instructor, quiz, target)
    monkeypatch.setattr(moves, "LARGE", 1)
    ticks = iter(range(0, 1000, moves.ROUND_SECONDS))  # each reading of the clock takes a round
    monkeypatch.setattr(moves, "time", SimpleNamespace(monotonic=lambda: next(ticks)))

    moved = []
    while queue:
        services.move_submissions(**queue.pop(0))
        moved.append(count_moved(target))

    assert moved == [1, 2, 3]


def test_the_sweep_continues_a_move_and_queues_what_it_has_no_time_for(
    as_instructor, quiz, target, queue, monkeypatch
):
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    submit_as_students(quiz, 1)
    for each in (quiz, other):
        move(as_instructor, each, target)
    assert services.repair_moves() == 0  # the task may be running
    Quiz.objects.update(set__moved_at=now_in_milliseconds() - timedelta(minutes=2))
    queue.clear()
    ticks = iter([0, 0, *[moves.ROUND_SECONDS] * 10])
    monkeypatch.setattr(moves, "time", SimpleNamespace(monotonic=lambda: next(ticks)))

    assert services.repair_moves() == 2

    assert len(queue) == 1
    assert Quiz.objects(moved_at=None).count() == 1


def test_the_sweep_moves_what_a_request_inserted_during_a_move(as_instructor, quiz, target, queue):
    submit_as_students(quiz, 1)
    move(as_instructor, quiz, target)
    services.move_submissions(quiz.id)
    Attempt.objects.update(set__lesson=quiz.lesson, set__course=quiz.course)  # read before the move
    assert Quiz.objects.get().moved_at

    Quiz.objects.update(set__moved_at=now_in_milliseconds() - timedelta(minutes=2))
    services.repair_moves()

    assert count_moved(target) == 1
    assert Quiz.objects.get().moved_at is None


@pytest.mark.parametrize("verb", ["post", "patch"])
def test_a_quiz_follows_a_lesson_that_moves_during_the_request(
    as_instructor, quiz, target, monkeypatch, verb
):
    """The event of the move cannot find the quiz, which is not stored in the lesson yet."""
    lesson = lessons_of(get_course(quiz.course))[1]
    get_lesson_to_edit = quizzes._get_editable_lesson

    def read_before_the_move(*arguments):
        read = get_lesson_to_edit(*arguments)
        as_instructor.patch(f"/api/lessons/{lesson.id}/", {"course": str(target.course)})
        return read

    monkeypatch.setattr(quizzes, "_get_editable_lesson", read_before_the_move)
    body = {"lesson": str(lesson.id), "title": "Moved"}
    address = "/api/quizzes/" if verb == "post" else f"/api/quizzes/{quiz.id}/"
    response = getattr(as_instructor, verb)(address, body)

    assert response.status_code in (200, 201)
    assert Quiz.objects.get(title="Moved").course == target.course


def test_grades_follow_a_quiz_before_its_submissions_do(as_instructor, quiz, target, queue):
    student = enroll_in(get_course(quiz.course))
    enroll_in(get_course(target.course), student)
    client = client_of(student)
    submit(client, quiz)

    def grade_in(course) -> float | None:
        return client.get(f"/api/progress/summary/?course={course}").data["grade"]

    assert (grade_in(quiz.course), grade_in(target.course)) == (100, None)
    move(as_instructor, quiz, target)
    assert (grade_in(quiz.course), grade_in(target.course)) == (None, 100)
    services.move_submissions(quiz.id)
    assert (grade_in(quiz.course), grade_in(target.course)) == (None, 100)


def test_an_attempt_that_was_open_during_the_move_completes_the_new_lesson(
    as_instructor, quiz, target, queue
):
    student = enroll_in(get_course(quiz.course))
    enroll_in(get_course(target.course), student)
    client = client_of(student)
    client.post(f"/api/quizzes/{quiz.id}/start/")
    move(as_instructor, quiz, target)

    submit(client, quiz)

    completed = Progress.objects(student=student.id, completed=True)
    assert [record.lesson for record in completed] == [target.id]
