"""Regrading all submissions after the answer key was corrected."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from apps.common import events as events_module
from apps.common.clock import now_in_milliseconds
from apps.courses.selectors import get_course
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.events import QuizRegraded
from apps.quizzes.selectors import attempts
from apps.quizzes.services import regrading
from tests.command_counter import record_commands
from tests.factories import (
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_question,
    make_quiz,
    right_answers,
    wrong_answers,
)


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


def expire_claim(quiz) -> None:
    """Let the regrade look as if its worker had died."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Quiz.objects(id=quiz.id).update(set__regrade__claimed_until=long_ago)


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
    Quiz.objects(id=quiz.id).update(set__show_key="after_submit")
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

    expire_claim(quiz)
    assert services.repair_regrades() == 1

    assert len(events) == 1
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/regrade/").json()["finished_at"]
    assert Attempt.objects.get().score == 0


def test_an_undelivered_event_is_published_by_the_sweep(quiz, as_instructor, monkeypatch, events):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    correct_key(quiz)
    with monkeypatch.context() as patched:
        patched.setattr(regrading, "publish", lambda event: False)
        as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    assert Quiz.objects.get(id=quiz.id).regrading_since
    assert events == []

    expire_claim(quiz)
    assert services.repair_regrades() == 1

    assert len(events) == 1
    assert Quiz.objects.get(id=quiz.id).regrading_since is None


def test_students_cannot_regrade(quiz):
    student = client_of(enroll_in(get_course(quiz.course)))
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert (student.get(address).status_code, student.post(address).status_code) == (403, 403)


# Load


def test_the_result_of_a_regrade_lists_a_limited_number_of_changes_and_counts_all(
    quiz, as_instructor, monkeypatch
):
    monkeypatch.setattr(attempts, "MAX_CHANGES", 2)
    submit_as_students(quiz, 3)
    correct_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    as_instructor.post(address)

    result = as_instructor.get(address).json()

    assert result["total_changes"] == 3
    listed = [change["submission"] for change in result["changes"]]
    assert listed == [str(attempt.id) for attempt in Attempt.objects.order_by("id")[:2]]


def test_the_result_of_a_regrade_is_found_by_an_index(quiz, as_instructor):
    with record_commands() as commands:
        assert as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/").status_code == 202

    fields = ("quiz_id", "regraded_by")
    assert fields in [tuple(command["filter"]) for command in commands if "find" in command]
    indexes = Attempt._get_collection().index_information().values()
    assert fields in [tuple(field for field, _ in index["key"]) for index in indexes]


@pytest.fixture
def queue(monkeypatch):
    """The arguments of the rounds that were queued and not run."""
    rounds = []
    monkeypatch.setattr(regrading, "enqueue", lambda task, **arguments: rounds.append(arguments))
    return rounds


@pytest.fixture
def graded(monkeypatch):
    """How many times each submission was regraded."""
    times = Counter()
    regrade_submission = regrading._regrade_submission

    def count_and_regrade(row, *args):
        times[row.id] += 1
        regrade_submission(row, *args)

    monkeypatch.setattr(regrading, "_regrade_submission", count_and_regrade)
    return times


def submit_as_students(quiz, number: int) -> None:
    for _ in range(number):
        submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))


def test_an_instructor_may_request_twenty_regrades_an_hour(quiz, as_instructor, settings):
    settings.RATE_LIMITED = True
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert {as_instructor.post(address).status_code for _ in range(20)} == {202}

    refused = as_instructor.post(address)

    assert (refused.status_code, refused.data["code"]) == (429, "throttled")
    assert as_instructor.get(address).status_code == 200


def test_a_long_regrade_runs_in_rounds_that_continue_each_other(
    quiz, as_instructor, queue, graded, events, monkeypatch
):
    submit_as_students(quiz, 3)
    correct_key(quiz)
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    ticks = iter(range(0, 1000, regrading.ROUND_SECONDS))  # each reading of the clock takes a round
    monkeypatch.setattr(regrading, "time", SimpleNamespace(monotonic=lambda: next(ticks)))

    while queue:
        services.regrade(**queue.pop(0))

    assert set(graded.values()) == {1}
    assert len(graded) == len(events) == 3
    assert as_instructor.get(f"/api/quizzes/{quiz.id}/regrade/").json()["finished_at"]


def test_two_workers_never_run_the_same_round(quiz, as_instructor, queue, graded):
    submit_as_students(quiz, 2)
    correct_key(quiz)
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    [round_] = queue
    claimed = regrading._claim(round_["quiz_id"], round_["claim"])

    services.regrade(**round_)
    assert services.repair_regrades() == 0  # the claim holds for a minute
    assert graded == {}

    expire_claim(quiz)
    assert services.repair_regrades() == 1
    assert set(graded.values()) == {1}
    late = Quiz.objects(id=quiz.id, regrade__claim=claimed.regrade.claim)
    assert late.first() is None


def test_a_regrade_whose_key_changes_between_two_rounds_starts_again(
    quiz, as_instructor, queue, monkeypatch
):
    submit_as_students(quiz, 2)
    correct_key(quiz)
    as_instructor.post(f"/api/quizzes/{quiz.id}/regrade/")
    with monkeypatch.context() as patched:
        ticks = iter(range(0, 1000, regrading.ROUND_SECONDS))
        patched.setattr(regrading, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        services.regrade(**queue.pop())
    assert sorted(attempt.score for attempt in Attempt.objects) == [0, 1]
    first, second, *_ = choices_of(Question.objects(quiz=quiz.id).first())
    Choice.objects(id=first.id).update(set__is_correct=True)
    Choice.objects(id=second.id).update(set__is_correct=False)

    services.regrade(**queue.pop())

    assert {attempt.score for attempt in Attempt.objects} == {1}


def test_submissions_are_not_read_as_documents_while_the_key_is_the_same(
    quiz, as_instructor, graded, events
):
    submit_as_students(quiz, 2)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    as_instructor.post(address)
    assert graded == {}  # The attempts have the current key.

    correct_key(quiz)
    as_instructor.post(address)
    as_instructor.post(address)

    assert set(graded.values()) == {1}
    assert len(graded) == len(events) == 2
    assert as_instructor.get(address).json()["finished_at"]


def test_the_sweep_runs_one_round_and_queues_the_others(
    as_instructor, quiz, queue, graded, monkeypatch
):
    others = [make_quiz(lesson=lessons_of(get_course(quiz.course))[0]) for _ in range(2)]
    for each in (quiz, *others):
        as_instructor.post(f"/api/quizzes/{each.id}/regrade/")
        expire_claim(each)
    queue.clear()
    ticks = iter([0, 0, *[regrading.ROUND_SECONDS] * 10])
    monkeypatch.setattr(regrading, "time", SimpleNamespace(monotonic=lambda: next(ticks)))

    assert services.repair_regrades() == 3

    assert Quiz.objects(regrading_since=None).count() == 1
    assert len(queue) == 2
