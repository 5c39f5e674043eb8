"""Few full quizzes are read at the same time, and statistics are computed once a minute."""

import pytest

from apps.courses.selectors import get_course
from apps.quizzes.selectors.contents import FULL_QUIZZES
from apps.quizzes.selectors.submission_pages import STATISTICS
from tests.command_counter import record_commands
from tests.factories import client_of, enroll_in, make_admin, make_question, right_answers
from tests.slots import all_occupied


@pytest.fixture
def as_student(quiz):
    return client_of(enroll_in(get_course(quiz.course)))


def submit(client, quiz) -> str:
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    response = client.post("/api/quiz-submissions/", body)
    assert response.status_code == 201, response.data
    return response.data["id"]


def statistics(client, quiz, query: str = "") -> dict:
    response = client.get(f"/api/quizzes/{quiz.id}/statistics/{query}")
    assert response.status_code == 200, response.data
    return response.data


def test_few_full_quizzes_and_submissions_are_read_at_the_same_time(
    as_student, as_instructor, quiz, monkeypatch
):
    submission = submit(as_student, quiz)
    addresses = [
        f"/api/quizzes/{quiz.id}/",
        "/api/questions/",
        f"/api/questions/?quiz={quiz.id}",
        f"/api/quiz-submissions/{submission}/",
    ]

    for client in (as_student, as_instructor):
        with all_occupied(FULL_QUIZZES, monkeypatch):
            refused = [client.get(address) for address in addresses]
            assert client.get("/api/quizzes/").status_code == 200
        assert {(answer.status_code, answer.data["code"]) for answer in refused} == {(503, "busy")}
        assert all(answer["Retry-After"] for answer in refused)
        assert {client.get(address).status_code for address in addresses} == {200}


def test_a_submission_needs_no_slot_of_those_who_read(as_student, quiz, monkeypatch):
    with all_occupied(FULL_QUIZZES, monkeypatch):
        submit(as_student, quiz)


def test_repeated_starts_and_refused_submissions_are_limited(as_student, quiz, settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"taking": (3, 60)}
    wrong = {"quiz": str(quiz.id), "answers": [{"question": str(quiz.id), "text": "x"}]}

    starts = [as_student.post(f"/api/quizzes/{quiz.id}/start/").status_code for _ in range(2)]
    submissions = [as_student.post("/api/quiz-submissions/", wrong).status_code for _ in range(2)]

    assert (starts, submissions) == ([201, 200], [400, 429])


def test_statistics_are_computed_once_for_all_instructors_and_admins(as_instructor, quiz):
    computed = statistics(as_instructor, quiz)

    with record_commands() as commands:
        assert statistics(as_instructor, quiz) == computed
        assert statistics(client_of(make_admin()), quiz) == computed

    assert not [command for command in commands if "aggregate" in command]


def test_the_statistics_of_all_attempts_are_cached_separately(as_instructor, as_student, quiz):
    submit(as_student, quiz)
    submit(as_student, quiz)

    for _ in range(2):
        assert statistics(as_instructor, quiz)["attempts"] == 1
        assert statistics(as_instructor, quiz, "?attempts=all")["attempts"] == 2


def test_cached_statistics_need_no_slot(as_instructor, quiz, monkeypatch):
    address = f"/api/quizzes/{quiz.id}/statistics/"

    with all_occupied(STATISTICS, monkeypatch):
        assert as_instructor.get(address).status_code == 503
    statistics(as_instructor, quiz)
    with all_occupied(STATISTICS, monkeypatch):
        assert as_instructor.get(address).status_code == 200


def test_a_change_of_the_questions_is_in_the_statistics_at_once(as_instructor, quiz):
    assert len(statistics(as_instructor, quiz)["questions"]) == 1

    body = {"quiz": str(quiz.id), "text": "New?", "kind": "numeric", "answer": "1"}
    assert as_instructor.post("/api/questions/", body).status_code == 201

    assert len(statistics(as_instructor, quiz)["questions"]) == 2


def test_a_regrade_is_in_the_statistics_when_it_has_finished(as_instructor, as_student, quiz):
    question = make_question(quiz, kind="numeric", answer="1")
    submit(as_student, quiz)
    before = statistics(as_instructor, quiz)["mean"]
    as_instructor.patch(f"/api/questions/{question.id}/", {"answer": "2"})
    assert statistics(as_instructor, quiz)["mean"] == before == 100

    assert as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/").status_code == 202

    assert statistics(as_instructor, quiz)["mean"] < 100
