"""Quiz requests that lose MongoDB after any write are completed by a retry and the sweeps."""

from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common.storage.count_limits import Counter
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Choice, Question, QuestionImport, Quiz
from apps.users.documents import User
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
)
from tests.faults.interruptions import (
    IDEMPOTENCY_HEADERS,
    Scenario,
    assert_retries_repair,
    interrupt_request,
)
from tests.faults.sweeps import run_sweeps

pytestmark = pytest.mark.usefixtures("only_sweeps_repair")


def make_quiz_with_questions() -> Quiz:
    quiz = make_quiz(lesson=lessons_of(make_course(lessons=2))[0])
    make_question(quiz)
    make_question(quiz, "numeric")
    return quiz


def instructor_of(quiz: Quiz) -> User:
    return get_user(get_course(quiz.course).instructor)


def submitting(is_started: bool = False) -> Scenario:
    quiz = make_quiz_with_questions()
    student = enroll_in(get_course(quiz.course))
    client = client_of(student)
    if is_started:
        client.post(f"/api/quizzes/{quiz.id}/start/")
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}

    def assert_consistent() -> None:
        for attempt in Attempt.objects(submitted_at__ne=None):
            assert attempt.passed
            assert len(attempt.results) == 2
            assert attempt.undelivered_since is None
        assert Progress.objects.get(student=student.id, lesson=quiz.lesson).completed
        enrollment = Enrollment.objects.get(student=student.id)
        assert sorted(enrollment.milestones) == [25, 50]
        assert not enrollment.undelivered_milestones

    return Scenario(
        client,
        lambda client, **headers: client.post("/api/quiz-submissions/", body, **headers),
        assert_consistent,
    )


def submitting_an_open_attempt() -> Scenario:
    return submitting(is_started=True)


def replacing_choices() -> Scenario:
    quiz = make_quiz_with_questions()
    question = Question.objects.get(kind="single")
    choice = choices_of(question)[2]
    choices = [{"text": "New", "is_correct": True}, {"id": str(choice.id), "text": "Kept"}]

    def assert_consistent() -> None:
        assert [choice.text for choice in choices_of(question)] in (
            ["New", "Kept"],
            [f"Choice {number}" for number in range(1, 5)],
        )
        assert Question.objects.get(id=question.id).new_choices is None
        assert Choice.objects.count() == len(choices_of(question))

    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: client.patch(
            f"/api/questions/{question.id}/", {"choices": choices}, **headers
        ),
        assert_consistent,
    )


def reordering_questions() -> Scenario:
    quiz = make_quiz_with_questions()
    new_order = [str(question.id) for question in Question.objects.order_by("-position")]

    def assert_consistent() -> None:
        questions = Question.objects(quiz=quiz.id).order_by("position")
        assert [str(question.id) for question in questions] == new_order
        assert Quiz.objects.get(id=quiz.id).question_order is None

    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: client.put(
            f"/api/quizzes/{quiz.id}/questions/order/", {"questions": new_order}, **headers
        ),
        assert_consistent,
    )


def moving_a_quiz() -> Scenario:
    quiz = make_quiz_with_questions()
    student = enroll_in(get_course(quiz.course))
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(student).post("/api/quiz-submissions/", body)
    instructor = instructor_of(quiz)
    target = lessons_of(make_course(lessons=1, instructor=instructor))[0]

    def assert_consistent() -> None:
        moved = Quiz.objects.get(id=quiz.id)
        attempt = Attempt.objects.get()
        assert (moved.lesson, moved.course) == (target.id, target.course)
        assert (attempt.lesson, attempt.course) == (target.id, target.course)

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.patch(
            f"/api/quizzes/{quiz.id}/", {"lesson": str(target.id)}, **headers
        ),
        assert_consistent,
    )


def removing_a_quiz() -> Scenario:
    quiz = make_quiz_with_questions()
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(enroll_in(get_course(quiz.course))).post("/api/quiz-submissions/", body)

    def assert_consistent() -> None:
        for document_class in (Quiz, Question, Choice, Attempt):
            assert document_class.objects.count() == 0

    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: client.delete(f"/api/quizzes/{quiz.id}/", **headers),
        assert_consistent,
    )


def assert_summary_is_correct(quiz: Quiz) -> None:
    """Check the stored summary of the questions, and that no request still reserves a slot."""
    stored = Quiz.objects.get(id=quiz.id)
    questions = list(Question.objects(quiz=quiz.id))
    assert stored.question_count == len(questions)
    assert stored.max_score == sum(question.points for question in questions)
    incomplete = {problem.question for problem in stored.problems}
    answered = set(Choice.objects(is_correct=True).distinct("question"))
    assert incomplete == {
        question.id for question in questions if not question.answer and question.id not in answered
    }
    assert (stored.summary_stale_since, stored.import_ids or []) == (None, [])
    assert Counter.objects.count() == 0


def adding_a_question() -> Scenario:
    quiz = make_quiz_with_questions()
    body = {"quiz": str(quiz.id), "text": "?", "kind": "single", "points": 2}
    body["choices"] = [{"text": "a", "is_correct": True}, {"text": "b"}]
    return editing(quiz, "post", "/api/questions/", body)


def changing_a_question() -> Scenario:
    quiz = make_quiz_with_questions()
    question = Question.objects.get(kind="numeric")
    return editing(quiz, "patch", f"/api/questions/{question.id}/", {"points": 2, "answer": ""})


def moving_a_question() -> Scenario:
    quiz = make_quiz_with_questions()
    question = Question.objects.get(kind="single")
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])

    def assert_consistent() -> None:
        assert_summary_is_correct(quiz)
        assert_summary_is_correct(other)
        assert Question.objects.get(id=question.id).quiz == other.id
        assert {choice.quiz for choice in choices_of(question)} == {other.id}

    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: client.patch(
            f"/api/questions/{question.id}/", {"quiz": str(other.id)}, **headers
        ),
        assert_consistent,
    )


def removing_a_question() -> Scenario:
    quiz = make_quiz_with_questions()
    return editing(quiz, "delete", f"/api/questions/{Question.objects.first().id}/", None)


def adding_a_choice() -> Scenario:
    quiz = make_quiz_with_questions()
    question = make_question(quiz, choices=[])
    body = {"question": str(question.id), "text": "Right", "is_correct": True}
    return editing(quiz, "post", "/api/choices/", body)


def changing_a_choice() -> Scenario:
    quiz = make_quiz_with_questions()
    choice = Choice.objects.get(is_correct=True)
    return editing(quiz, "patch", f"/api/choices/{choice.id}/", {"is_correct": False})


def removing_a_choice() -> Scenario:
    quiz = make_quiz_with_questions()
    choice = Choice.objects.get(is_correct=True)
    return editing(quiz, "delete", f"/api/choices/{choice.id}/", None)


def editing(quiz: Quiz, method: str, path: str, body: dict | None) -> Scenario:
    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: getattr(client, method)(path, body, **headers),
        lambda: assert_summary_is_correct(quiz),
    )


def importing() -> Scenario:
    quiz = make_quiz_with_questions()

    def send_file(client, **headers):
        bank = SimpleUploadedFile("bank.gift", b"One? {T}\n\nTwo? {=a ~b}\n\nThree? {#3}")
        form = {"file": bank, "format": "gift"}
        return client.post(f"/api/quizzes/{quiz.id}/import/", form, format="multipart", **headers)

    def assert_consistent() -> None:
        assert Question.objects(quiz=quiz.id).count() in (2 + 3, 2 + 3 + 3)
        assert QuestionImport.objects(unfinished_since__ne=None).count() == 0
        for question in Question.objects(kind="single"):
            assert len(choices_of(question)) > 1
        assert_summary_is_correct(quiz)

    return Scenario(client_of(instructor_of(quiz)), send_file, assert_consistent)


def regrading() -> Scenario:
    quiz = make_quiz_with_questions()
    student = enroll_in(get_course(quiz.course))
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(student).post("/api/quiz-submissions/", body)
    Question.objects(kind="numeric").update(set__answer="7")

    def assert_consistent() -> None:
        assert Attempt.objects.get().score == 1
        assert Quiz.objects.get().regrading_since is None

    return Scenario(
        client_of(instructor_of(quiz)),
        lambda client, **headers: client.post(f"/api/quizzes/{quiz.id}/regrade/", **headers),
        assert_consistent,
    )


SCENARIOS = [
    submitting,
    submitting_an_open_attempt,
    replacing_choices,
    reordering_questions,
    moving_a_quiz,
    removing_a_quiz,
    adding_a_question,
    changing_a_question,
    moving_a_question,
    removing_a_question,
    adding_a_choice,
    changing_a_choice,
    removing_a_choice,
    importing,
    regrading,
]


@pytest.mark.parametrize("make_scenario", SCENARIOS)
def test_retry_and_sweeps_repair_a_request_interrupted_after_any_write(proxy, make_scenario):
    assert_retries_repair(proxy, make_scenario)


@pytest.mark.parametrize("make_scenario", [submitting, submitting_an_open_attempt, importing])
def test_retries_with_the_same_idempotency_key_are_applied_once(proxy, make_scenario):
    for n in count(1):
        scenario = interrupt_request(proxy, make_scenario, n, **IDEMPOTENCY_HEADERS)
        if scenario is None:
            return
        first, second = (scenario.send(**IDEMPOTENCY_HEADERS) for _ in range(2))
        assert first.status_code == 201, (n, first.content)
        assert first.json() == second.json()
        run_sweeps()
        scenario.assert_consistent()
        assert Attempt.objects.count() <= 1
        assert Question.objects.count() <= 5
