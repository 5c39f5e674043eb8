"""Regrading all submissions after the answer key was corrected."""

import pytest

from apps.common import events as events_module
from apps.common.clock import now_in_milliseconds
from apps.courses.selectors import get_course
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.events import QuizRegraded
from apps.quizzes.services import regrading
from apps.users.selectors import get_user
from tests.factories import (
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_question,
    make_quiz,
    right_answers,
    wrong_answers,
)


@pytest.fixture
def quiz():
    quiz = make_quiz(lesson=lessons_of(make_course(lessons=2))[0])
    make_question(quiz)
    return quiz


@pytest.fixture
def as_instructor(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


@pytest.fixture
def events(monkeypatch):
    """The published `QuizRegraded` events."""
    published = []

    def record(event, **_):
        published.append(event)

    events_module._events.connect(record, sender=QuizRegraded)
    yield published
    events_module._events.disconnect(record, sender=QuizRegraded)


def submit(client, quiz, answers) -> dict:
    body = {"quiz": str(quiz.id), "answers": answers}
    response = client.post("/api/quiz-submissions/", body)
    assert response.status_code == 201, response.data
    return response.json()


def correct_key(quiz) -> None:
    """Make the second choice the correct one, instead of the first."""
    first, second, *_ = choices_of(Question.objects(quiz=quiz.id).first())
    Choice.objects(id=first.id).update(set__is_correct=False)
    Choice.objects(id=second.id).update(set__is_correct=True)


def second_choice(quiz) -> list[dict]:
    question = Question.objects(quiz=quiz.id).first()
    return [{"question": str(question.id), "choices": [str(choices_of(question)[1].id)]}]


def test_correcting_the_answer_key_changes_no_stored_grade_by_itself(quiz):
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    correct_key(quiz)
    assert client.get(f"/api/quiz-submissions/{made['id']}/").json() == made


def test_a_regrade_lists_its_changes_and_publishes_one_event_per_student(
    quiz, as_instructor, events
):
    course = get_course(quiz.course)
    right, wrong, empty = (enroll_in(course) for _ in range(3))
    first = submit(client_of(right), quiz, right_answers(quiz))
    second = submit(client_of(wrong), quiz, second_choice(quiz))
    submit(client_of(wrong), quiz, second_choice(quiz))
    submit(client_of(empty), quiz, wrong_answers(quiz))
    correct_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert as_instructor.get(address).status_code == 404

    requested = as_instructor.post(address)
    assert requested.status_code == 202

    result = as_instructor.get(address).json()
    assert result["finished_at"] >= result["requested_at"]
    failed, passed = (
        {"score": score, "percentage": 100 * score, "passed": bool(score)} for score in (0, 1)
    )
    assert [
        (change["submission"], change["before"], change["after"])
        for change in result["changes"][:2]
    ] == [
        (first["id"], passed, failed),
        (second["id"], failed, passed),
    ]
    assert len(result["changes"]) == 3
    assert {event.student_id for event in events} == {str(right.id), str(wrong.id)}
    assert len(events) == 2
    by_student = {event.student_id: event for event in events}
    assert (by_student[str(wrong.id)].passed, by_student[str(wrong.id)].grade) == (True, 100)
    assert by_student[str(wrong.id)].submission_id == second["id"]


def test_a_regrade_completes_lessons_and_takes_no_completion_back(quiz, as_instructor):
    course = get_course(quiz.course)
    right, wrong = enroll_in(course), enroll_in(course)
    submit(client_of(right), quiz, right_answers(quiz))
    submit(client_of(wrong), quiz, second_choice(quiz))
    correct_key(quiz)
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")

    for student in (right, wrong):
        assert Progress.objects.get(student=student.id, lesson=quiz.lesson).completed is True
    row = client_of(right).get(f"/api/quizzes/{quiz.id}/").data
    assert (row["my_grade"], row["my_passed"]) == (0, False)


def test_regrading_again_changes_and_publishes_nothing(quiz, as_instructor, events):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    correct_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    as_instructor.post(address)
    as_instructor.post(address)

    assert len(events) == 1
    assert as_instructor.get(address).json()["changes"] == []


def test_a_regrade_changes_no_texts_and_points(quiz, as_instructor):
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    Question.objects(quiz=quiz.id).update(set__text="Edited", set__points=5)
    make_question(quiz)
    correct_key(quiz)
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")

    after = client.get(f"/api/quiz-submissions/{made['id']}/").json()
    assert after["questions"] == made["questions"]
    assert (after["score"], after["max_score"]) == (0, 1)
    assert [choice["is_correct"] for choice in after["feedback"][0]["choices"][:2]] == [False, True]


def test_deleted_questions_and_choices_keep_their_key(quiz, as_instructor):
    make_question(quiz)
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    first, second = Question.objects(quiz=quiz.id).order_by("position")
    as_instructor.delete(f"/api/questions/{first.id}/")
    as_instructor.delete(f"/api/choices/{choices_of(second)[0].id}/")
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")

    assert client.get(f"/api/quiz-submissions/{made['id']}/").json()["score"] == 2


def test_a_quiz_can_have_only_one_regrade_at_a_time(quiz, as_instructor):
    Quiz.objects(id=quiz.id).update(set__regrading_since=now_in_milliseconds())
    response = as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    assert (response.status_code, response.data["code"]) == (409, "being_regraded")


def test_an_interrupted_regrade_is_continued_by_the_sweep(quiz, as_instructor, settings, events):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    correct_key(quiz)
    settings.CELERY_TASK_ALWAYS_EAGER = False  # and no worker
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    running = Quiz.objects.get(id=quiz.id)
    assert running.regrading_since
    assert services.repair_regrades() == 0  # it may be running

    Quiz.objects(id=quiz.id).update(set__regrading_since=running.created_at.replace(year=2020))
    assert services.repair_regrades() == 1

    assert len(events) == 1
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/regrade/").json()["finished_at"]
    assert Attempt.objects.get().score == 0


def test_an_undelivered_event_is_published_by_the_next_run(
    quiz, as_instructor, monkeypatch, events
):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    correct_key(quiz)
    with monkeypatch.context() as patched:
        patched.setattr(regrading, "publish", lambda event: False)
        as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    assert Quiz.objects.get(id=quiz.id).regrading_since
    assert events == []

    services.regrade(quiz.id)

    assert len(events) == 1
    assert Quiz.objects.get(id=quiz.id).regrading_since is None


def test_students_cannot_regrade(quiz):
    student = client_of(enroll_in(get_course(quiz.course)))
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert (student.get(address).status_code, student.post(address).status_code) == (403, 403)
