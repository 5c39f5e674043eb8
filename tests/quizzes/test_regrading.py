"""Grading all submissions anew after the key was mended."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from apps.courses.selectors import get_course
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.events import QuizRegraded
from apps.quizzes.selectors import attempts
from apps.quizzes.services import regrading
from apps.users.selectors import get_user
from tests.command_counter import record_commands
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
def author(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


@pytest.fixture
def told(monkeypatch):
    """What is told of regrades, by whom it is about."""
    from apps.common import events

    heard = []

    def hear(event, **_):
        heard.append(event)

    events._events.connect(hear, sender=QuizRegraded)
    yield heard
    events._events.disconnect(hear, sender=QuizRegraded)


def submit(client, quiz, answers) -> dict:
    body = {"quiz": str(quiz.id), "answers": answers}
    response = client.post("/api/quiz-submissions/", body)
    assert response.status_code == 201, response.data
    return response.json()


def mend_key(quiz) -> None:
    """Let the second choice be the right one."""
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


def test_a_mended_key_changes_no_stored_grade_by_itself(quiz):
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    mend_key(quiz)
    assert client.get(f"/api/quiz-submissions/{made['id']}/").json() == made


def test_a_regrade_lists_what_it_has_changed_and_tells_each_student_once(quiz, author, told):
    course = get_course(quiz.course)
    right, wrong, empty = (enroll_in(course) for _ in range(3))
    first = submit(client_of(right), quiz, right_answers(quiz))
    second = submit(client_of(wrong), quiz, second_choice(quiz))
    submit(client_of(wrong), quiz, second_choice(quiz))
    submit(client_of(empty), quiz, wrong_answers(quiz))
    mend_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert author.get(address).status_code == 404

    asked = author.post(address)
    assert asked.status_code == 202

    result = author.get(address).json()
    assert result["finished_at"] >= result["requested_at"]
    no, yes = (
        {"score": score, "percentage": 100 * score, "passed": bool(score)} for score in (0, 1)
    )
    assert [(one["submission"], one["before"], one["after"]) for one in result["changes"][:2]] == [
        (first["id"], yes, no),
        (second["id"], no, yes),
    ]
    assert len(result["changes"]) == 3
    assert {event.student_id for event in told} == {str(right.id), str(wrong.id)}
    assert len(told) == 2
    by_student = {event.student_id: event for event in told}
    assert (by_student[str(wrong.id)].passed, by_student[str(wrong.id)].grade) == (True, 100)
    assert by_student[str(wrong.id)].submission_id == second["id"]


def test_who_passes_by_the_new_key_has_completed_and_who_had_has_still(quiz, author):
    course = get_course(quiz.course)
    right, wrong = enroll_in(course), enroll_in(course)
    submit(client_of(right), quiz, right_answers(quiz))
    submit(client_of(wrong), quiz, second_choice(quiz))
    mend_key(quiz)
    author.post(f"/api/quizzes/{quiz.id}/regrade/")

    for person in (right, wrong):
        assert Progress.objects.get(student=person.id, lesson=quiz.lesson).completed is True
    shown = client_of(right).get(f"/api/quizzes/{quiz.id}/").data
    assert (shown["my_grade"], shown["my_passed"]) == (0, False)


def test_regrading_again_changes_and_tells_nothing_more(quiz, author, told):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    mend_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    author.post(address)
    author.post(address)

    assert len(told) == 1
    assert author.get(address).json()["changes"] == []


def test_texts_and_points_stay_as_they_were_asked(quiz, author):
    Quiz.objects(id=quiz.id).update(set__show_key="after_submit")
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    Question.objects(quiz=quiz.id).update(set__text="Edited", set__points=5)
    make_question(quiz)
    mend_key(quiz)
    author.post(f"/api/quizzes/{quiz.id}/regrade/")

    after = client.get(f"/api/quiz-submissions/{made['id']}/").json()
    assert after["questions"] == made["questions"]
    assert (after["score"], after["max_score"]) == (0, 1)
    assert [one["is_correct"] for one in after["feedback"][0]["choices"][:2]] == [False, True]


def test_questions_and_choices_that_are_gone_keep_their_key(quiz, author):
    make_question(quiz)
    client = client_of(enroll_in(get_course(quiz.course)))
    made = submit(client, quiz, right_answers(quiz))
    first, second = Question.objects(quiz=quiz.id).order_by("position")
    author.delete(f"/api/questions/{first.id}/")
    author.delete(f"/api/choices/{choices_of(second)[0].id}/")
    author.post(f"/api/quizzes/{quiz.id}/regrade/")

    assert client.get(f"/api/quiz-submissions/{made['id']}/").json()["score"] == 2


def test_one_regrade_runs_at_a_time(quiz, author):
    from apps.common.clock import now_in_milliseconds

    Quiz.objects(id=quiz.id).update(set__regrading_since=now_in_milliseconds())
    response = author.post(f"/api/quizzes/{quiz.id}/regrade/")
    assert (response.status_code, response.data["code"]) == (409, "being_regraded")


def test_a_regrade_that_was_cut_off_is_gone_on_with(quiz, author, settings, told):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    mend_key(quiz)
    settings.CELERY_TASK_ALWAYS_EAGER = False  # and nothing does tasks here
    author.post(f"/api/quizzes/{quiz.id}/regrade/")
    running = Quiz.objects.get(id=quiz.id)
    assert running.regrading_since
    assert services.repair_regrades() == 0  # it may be running

    expire_claim(quiz)
    assert services.repair_regrades() == 1

    assert len(told) == 1
    assert author.get(f"/api/quizzes/{quiz.id}/regrade/").json()["finished_at"]
    assert Attempt.objects.get().score == 0


def test_a_student_who_was_not_told_is_told_by_the_sweep(quiz, author, monkeypatch, told):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz, right_answers(quiz))
    mend_key(quiz)
    with monkeypatch.context() as cut:
        cut.setattr(regrading, "publish", lambda event: False)
        author.post(f"/api/quizzes/{quiz.id}/regrade/")
    assert Quiz.objects.get(id=quiz.id).regrading_since
    assert told == []

    expire_claim(quiz)
    assert services.repair_regrades() == 1

    assert len(told) == 1
    assert Quiz.objects.get(id=quiz.id).regrading_since is None


def test_only_authors_regrade(quiz):
    learner = client_of(enroll_in(get_course(quiz.course)))
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert (learner.get(address).status_code, learner.post(address).status_code) == (403, 403)


# Load


def test_the_result_of_a_regrade_lists_a_limited_number_of_changes(quiz, author, monkeypatch):
    monkeypatch.setattr(attempts, "MOST_CHANGES", 2)
    submit_as_students(quiz, 3)
    mend_key(quiz)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    author.post(address)

    listed = [one["submission"] for one in author.get(address).json()["changes"]]

    assert listed == [str(one.id) for one in Attempt.objects.order_by("id")[:2]]


def test_the_result_of_a_regrade_is_found_by_an_index(quiz, author):
    with record_commands() as commands:
        assert author.post(f"/api/quizzes/{quiz.id}/regrade/").status_code == 202

    fields = ("quiz_id", "regraded_by")
    assert fields in [tuple(one["filter"]) for one in commands if "find" in one]
    indexes = Attempt._get_collection().index_information().values()
    assert fields in [tuple(field for field, _ in one["key"]) for one in indexes]


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


def test_an_instructor_may_request_twenty_regrades_an_hour(quiz, author, settings):
    settings.RATE_LIMITED = True
    address = f"/api/quizzes/{quiz.id}/regrade/"
    assert {author.post(address).status_code for _ in range(20)} == {202}

    refused = author.post(address)

    assert (refused.status_code, refused.data["code"]) == (429, "throttled")
    assert author.get(address).status_code == 200


def test_a_long_regrade_runs_in_rounds_that_continue_each_other(
    quiz, author, queue, graded, told, monkeypatch
):
    submit_as_students(quiz, 3)
    mend_key(quiz)
    author.post(f"/api/quizzes/{quiz.id}/regrade/")
    ticks = iter(range(0, 1000, regrading.ROUND_SECONDS))  # each look at the clock takes a round
    monkeypatch.setattr(regrading.time, "monotonic", lambda: next(ticks))

    while queue:
        services.regrade(**queue.pop(0))

    assert set(graded.values()) == {1}
    assert len(graded) == len(told) == 3
    assert author.get(f"/api/quizzes/{quiz.id}/regrade/").json()["finished_at"]


def test_two_workers_share_no_round(quiz, author, queue, graded):
    submit_as_students(quiz, 2)
    mend_key(quiz)
    author.post(f"/api/quizzes/{quiz.id}/regrade/")
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
    quiz, author, queue, monkeypatch
):
    submit_as_students(quiz, 2)
    mend_key(quiz)
    author.post(f"/api/quizzes/{quiz.id}/regrade/")
    with monkeypatch.context() as slow:
        ticks = iter(range(0, 1000, regrading.ROUND_SECONDS))
        slow.setattr(regrading.time, "monotonic", lambda: next(ticks))
        services.regrade(**queue.pop())
    assert sorted(one.score for one in Attempt.objects) == [0, 1]
    first, second, *_ = choices_of(Question.objects(quiz=quiz.id).first())
    Choice.objects(id=first.id).update(set__is_correct=True)
    Choice.objects(id=second.id).update(set__is_correct=False)

    services.regrade(**queue.pop())

    assert {one.score for one in Attempt.objects} == {1}


def test_submissions_are_not_read_as_documents_while_the_key_is_the_same(
    quiz, author, graded, told
):
    submit_as_students(quiz, 2)
    address = f"/api/quizzes/{quiz.id}/regrade/"
    author.post(address)
    assert graded == {}  # the key is that of the attempts

    mend_key(quiz)
    author.post(address)
    author.post(address)

    assert set(graded.values()) == {1}
    assert len(graded) == len(told) == 2
    assert author.get(address).json()["finished_at"]


def test_the_sweep_runs_one_round_and_queues_the_others(author, quiz, queue, graded, monkeypatch):
    others = [make_quiz(lesson=lessons_of(get_course(quiz.course))[0]) for _ in range(2)]
    for one in (quiz, *others):
        author.post(f"/api/quizzes/{one.id}/regrade/")
        expire_claim(one)
    queue.clear()
    ticks = iter([0, 0, *[regrading.ROUND_SECONDS] * 10])
    monkeypatch.setattr(regrading.time, "monotonic", lambda: next(ticks))

    assert services.repair_regrades() == 3

    assert Quiz.objects(regrading_since=None).count() == 1
    assert len(queue) == 2
