"""Concurrent submissions and edits of quizzes through the API."""

from datetime import timedelta

import pytest

from apps.common.events import subscribe
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.events import QuizGraded
from apps.quizzes.services import quizzes
from apps.users.selectors import get_user
from tests.factories import (
    client_of,
    enroll_in,
    make_lesson,
    make_question,
    make_quiz,
    right_answers,
)
from tests.races.test_courses import count_statuses
from tests.users.racing import race

SUBMISSIONS = "/api/quiz-submissions/"

graded: list[str] = []


@subscribe(QuizGraded)
def record_submission(event: QuizGraded) -> None:
    graded.append(event.submission_id)


@pytest.fixture
def quiz():
    graded.clear()
    quiz = make_quiz(lesson=make_lesson(), max_attempts=3)
    for _ in range(3):
        make_question(quiz)
    return quiz


@pytest.fixture
def client(quiz):
    return client_of(enroll_in(get_course(quiz.course)))


@pytest.fixture
def instructor_client(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def submission(quiz) -> dict:
    return {"quiz": str(quiz.id), "answers": right_answers(quiz)}


def test_twenty_concurrent_submissions_use_only_three_allowed_attempts(quiz, client):
    body = submission(quiz)

    responses = race(20, lambda n: client.post(SUBMISSIONS, body))

    assert count_statuses(responses) == {201: 3, 409: 17}
    refusals = {response.data["code"] for response in responses if response.status_code == 409}
    assert refusals == {"no_attempts_left"}
    assert sorted(attempt.attempt for attempt in Attempt.objects) == [1, 2, 3]
    assert sorted(graded) == sorted(str(attempt.id) for attempt in Attempt.objects)


def test_fifty_concurrent_starts_open_one_attempt(quiz, client):
    Quiz.objects(id=quiz.id).update(set__max_attempts=1, set__time_limit_seconds=600)

    responses = race(50, lambda n: client.post(f"/api/quizzes/{quiz.id}/start/"))

    assert count_statuses(responses) == {201: 1, 200: 49}
    assert len({str(response.data["questions"]) for response in responses}) == 1
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("max_attempts", [1, None])
def test_an_open_attempt_submitted_fifty_times_is_graded_once(quiz, client, max_attempts):
    Quiz.objects(id=quiz.id).update(set__max_attempts=max_attempts, set__time_limit_seconds=600)
    client.post(f"/api/quizzes/{quiz.id}/start/")
    body = submission(quiz)

    responses = race(50, lambda n: client.post(SUBMISSIONS, body))

    assert count_statuses(responses) == {201: 1, 409: 49}
    refusals = {"no_attempts_left", "already_submitted", "not_started"}
    assert {
        response.data["code"] for response in responses if response.status_code == 409
    } <= refusals
    assert len(graded) == 1
    assert Attempt.objects.count() == 1
    assert Progress.objects(completed=True).count() == 1
    assert sorted(Enrollment.objects.get().milestones) == [25, 50, 75, 100]


def test_a_submission_is_graded_by_its_snapshot_while_choices_are_replaced(
    quiz, client, instructor_client
):
    Quiz.objects(id=quiz.id).update(set__max_attempts=None)
    question = Question.objects.first()
    client.post(f"/api/quizzes/{quiz.id}/start/")
    body = submission(quiz)

    def act(n: int):
        if n == 0:
            return client.post(SUBMISSIONS, body)
        choices = [{"text": f"{n}-{i}", "is_correct": i == n % 3} for i in range(3)]
        return instructor_client.patch(f"/api/questions/{question.id}/", {"choices": choices})

    responses = race(10, act)

    assert responses[0].status_code == 201
    assert responses[0].data["score"] == 3
    assert set(count_statuses(responses[1:])) <= {200, 409, 412}
    texts = [choice.text for choice in Choice.objects(question=question.id).order_by("position")]
    choices = instructor_client.get(f"/api/questions/{question.id}/").data["choices"]
    assert [choice["text"] for choice in choices] == texts
    assert (
        len({text.split("-")[0] for text in texts}) == 1
    )  # All remaining choices come from one request.


def test_questions_added_concurrently_keep_the_summary_correct(quiz, instructor_client):
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1", "points": 2}

    responses = race(15, lambda n: instructor_client.post("/api/questions/", body))

    assert count_statuses(responses) == {201: 15}
    stored = Quiz.objects.get(id=quiz.id)
    assert (stored.question_count, stored.max_score, list(stored.problems)) == (18, 33, [])


def test_a_quiz_deleted_during_submissions_leaves_no_data(quiz, instructor_client, monkeypatch):
    clients = [client_of(enroll_in(get_course(quiz.course))) for _ in range(10)]
    body = submission(quiz)

    def act(n: int):
        if n == 0:
            return instructor_client.delete(f"/api/quizzes/{quiz.id}/")
        return clients[n - 1].post(SUBMISSIONS, body)

    responses = race(11, act)
    assert count_statuses(responses[:1]) == {204: 1}
    assert set(count_statuses(responses[1:])) <= {201, 400, 409}

    monkeypatch.setattr(quizzes, "A_MINUTE", timedelta(seconds=-1))
    quizzes.finish_removals()
    for document_class in (Quiz, Question, Choice, Attempt):
        assert document_class.objects.count() == 0
