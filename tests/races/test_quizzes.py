"""Quizzes while many act at once: never more attempts than allowed, all effects once."""

import pytest

from apps.common.events import subscribe
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.events import QuizGraded
from apps.users.selectors import get_user
from tests.factories import (
    client_of,
    enroll_in,
    make_lesson,
    make_question,
    make_quiz,
    right_answers,
)
from tests.races.test_courses import statuses
from tests.users.racing import race

SUBMISSIONS = "/api/quiz-submissions/"

graded: list[str] = []


@subscribe(QuizGraded)
def hear(event: QuizGraded) -> None:
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
def author(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def submission(quiz) -> dict:
    return {"quiz": str(quiz.id), "answers": right_answers(quiz)}


def test_twenty_submissions_with_three_attempts_store_three(quiz, client):
    body = submission(quiz)

    answers = race(20, lambda n: client.post(SUBMISSIONS, body))

    assert statuses(answers) == {201: 3, 409: 17}
    refusals = {answer.data["code"] for answer in answers if answer.status_code == 409}
    assert refusals == {"no_attempts_left"}
    assert sorted(one.attempt for one in Attempt.objects) == [1, 2, 3]
    assert sorted(graded) == sorted(str(one.id) for one in Attempt.objects)


def test_fifty_who_start_open_one(quiz, client):
    Quiz.objects(id=quiz.id).update(set__max_attempts=1, set__time_limit_seconds=600)

    answers = race(50, lambda n: client.post(f"/api/quizzes/{quiz.id}/start/"))

    assert statuses(answers) == {201: 1, 200: 49}
    assert len({str(answer.data["questions"]) for answer in answers}) == 1
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("most", [1, None])
def test_one_open_attempt_submitted_fifty_times_is_graded_once(quiz, client, most):
    Quiz.objects(id=quiz.id).update(set__max_attempts=most, set__time_limit_seconds=600)
    client.post(f"/api/quizzes/{quiz.id}/start/")
    body = submission(quiz)

    answers = race(50, lambda n: client.post(SUBMISSIONS, body))

    assert statuses(answers) == {201: 1, 409: 49}
    known = {"no_attempts_left", "already_submitted", "not_started"}
    assert {one.data["code"] for one in answers if one.status_code == 409} <= known
    assert len(graded) == 1
    assert Attempt.objects.count() == 1
    assert Progress.objects(completed=True).count() == 1
    assert sorted(Enrollment.objects.get().milestones) == [25, 50, 75, 100]


def test_submitting_while_the_author_replaces_choices_grades_what_was_asked(quiz, client, author):
    Quiz.objects(id=quiz.id).update(set__max_attempts=None)
    question = Question.objects.first()
    client.post(f"/api/quizzes/{quiz.id}/start/")
    body = submission(quiz)

    def act(n: int):
        if n == 0:
            return client.post(SUBMISSIONS, body)
        choices = [{"text": f"{n}-{one}", "is_correct": one == n % 3} for one in range(3)]
        return author.patch(f"/api/questions/{question.id}/", {"choices": choices})

    answers = race(10, act)

    assert answers[0].status_code == 201
    assert answers[0].data["score"] == 3
    assert set(statuses(answers[1:])) <= {200, 409, 412}
    texts = [one.text for one in Choice.objects(question=question.id).order_by("position")]
    shown = author.get(f"/api/questions/{question.id}/").data["choices"]
    assert [one["text"] for one in shown] == texts
    assert len({text.split("-")[0] for text in texts}) == 1  # one author's, whole


def test_racing_authors_leave_right_figures(quiz, author):
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1", "points": 2}

    answers = race(15, lambda n: author.post("/api/questions/", body))

    assert statuses(answers) == {201: 15}
    stored = Quiz.objects.get(id=quiz.id)
    assert (stored.question_count, stored.max_score, list(stored.problems)) == (18, 33, [])


def test_a_quiz_that_goes_meanwhile_leaves_nothing_behind(quiz, author, monkeypatch):
    from datetime import timedelta

    from apps.quizzes.services import quizzes

    clients = [client_of(enroll_in(get_course(quiz.course))) for _ in range(10)]
    body = submission(quiz)

    def act(n: int):
        if n == 0:
            return author.delete(f"/api/quizzes/{quiz.id}/")
        return clients[n - 1].post(SUBMISSIONS, body)

    answers = race(11, act)
    assert statuses(answers[:1]) == {204: 1}
    assert set(statuses(answers[1:])) <= {201, 400, 409}

    monkeypatch.setattr(quizzes, "A_MINUTE", timedelta(seconds=-1))
    quizzes.finish_removals()
    for kind in (Quiz, Question, Choice, Attempt):
        assert kind.objects.count() == 0
