"""F4 and F6 for quizzes: cut off after any write, the retry and the sweep make it whole."""

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
from tests.faults.sweeps import sweep
from tests.faults.test_cuts import (
    ENOUGH,
    Scene,
    _quick,  # noqa: F401 - a fixture
    cut_off,
)

KEY = {"HTTP_IDEMPOTENCY_KEY": "the-same"}


def scenery() -> Quiz:
    quiz = make_quiz(lesson=lessons_of(make_course(lessons=2))[0])
    make_question(quiz)
    make_question(quiz, "numeric")
    return quiz


def author_of(quiz: Quiz) -> User:
    return get_user(get_course(quiz.course).instructor)


def submitting(opened: bool = False) -> Scene:
    quiz = scenery()
    student = enroll_in(get_course(quiz.course))
    client = client_of(student)
    if opened:
        client.post(f"/api/quizzes/{quiz.id}/start/")
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}

    def whole() -> None:
        for attempt in Attempt.objects(submitted_at__ne=None):
            assert attempt.passed
            assert len(attempt.results) == 2
            assert attempt.undelivered_since is None
        assert Progress.objects.get(student=student.id, lesson=quiz.lesson).completed
        place = Enrollment.objects.get(student=student.id)
        assert sorted(place.milestones) == [25, 50]
        assert not place.undelivered_milestones

    return Scene(
        client, lambda client, **key: client.post("/api/quiz-submissions/", body, **key), whole
    )


def submitting_what_was_started() -> Scene:
    return submitting(opened=True)


def replacing_choices() -> Scene:
    quiz = scenery()
    question = Question.objects.get(kind="single")
    kept = choices_of(question)[2]
    wanted = [{"text": "New", "is_correct": True}, {"id": str(kept.id), "text": "Kept"}]

    def whole() -> None:
        assert [one.text for one in choices_of(question)] in (
            ["New", "Kept"],
            [f"Choice {number}" for number in range(1, 5)],
        )
        assert Question.objects.get(id=question.id).new_choices is None
        assert Choice.objects.count() == len(choices_of(question))

    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: client.patch(
            f"/api/questions/{question.id}/", {"choices": wanted}, **key
        ),
        whole,
    )


def ordering_questions() -> Scene:
    quiz = scenery()
    wanted = [str(one.id) for one in Question.objects.order_by("-position")]

    def whole() -> None:
        found = Question.objects(quiz=quiz.id).order_by("position")
        assert [str(one.id) for one in found] == wanted
        assert Quiz.objects.get(id=quiz.id).question_order is None

    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: client.put(
            f"/api/quizzes/{quiz.id}/questions/order/", {"questions": wanted}, **key
        ),
        whole,
    )


def moving_a_quiz() -> Scene:
    quiz = scenery()
    student = enroll_in(get_course(quiz.course))
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(student).post("/api/quiz-submissions/", body)
    author = author_of(quiz)
    target = lessons_of(make_course(lessons=1, instructor=author))[0]

    def whole() -> None:
        moved = Quiz.objects.get(id=quiz.id)
        attempt = Attempt.objects.get()
        assert (moved.lesson, moved.course) == (target.id, target.course)
        assert (attempt.lesson, attempt.course) == (target.id, target.course)

    return Scene(
        client_of(author),
        lambda client, **key: client.patch(
            f"/api/quizzes/{quiz.id}/", {"lesson": str(target.id)}, **key
        ),
        whole,
    )


def removing_a_quiz() -> Scene:
    quiz = scenery()
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(enroll_in(get_course(quiz.course))).post("/api/quiz-submissions/", body)

    def whole() -> None:
        for kind in (Quiz, Question, Choice, Attempt):
            assert kind.objects.count() == 0

    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: client.delete(f"/api/quizzes/{quiz.id}/", **key),
        whole,
    )


def figures_are_right(quiz: Quiz) -> None:
    """Check what the quiz says of its questions, and that no dead request holds any room."""
    now = Quiz.objects.get(id=quiz.id)
    questions = list(Question.objects(quiz=quiz.id))
    assert now.question_count == len(questions)
    assert now.max_score == sum(one.points for one in questions)
    unready = {one.question for one in now.problems}
    right = set(Choice.objects(is_correct=True).distinct("question"))
    assert unready == {one.id for one in questions if not one.answer and one.id not in right}
    assert (now.summary_stale_since, now.import_ids or []) == (None, [])
    assert Counter.objects.count() == 0


def adding_a_question() -> Scene:
    quiz = scenery()
    body = {"quiz": str(quiz.id), "text": "?", "kind": "single", "points": 2}
    body["choices"] = [{"text": "a", "is_correct": True}, {"text": "b"}]
    return authoring(quiz, "post", "/api/questions/", body)


def changing_a_question() -> Scene:
    quiz = scenery()
    question = Question.objects.get(kind="numeric")
    return authoring(quiz, "patch", f"/api/questions/{question.id}/", {"points": 2, "answer": ""})


def moving_a_question() -> Scene:
    quiz = scenery()
    question = Question.objects.get(kind="single")
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])

    def whole() -> None:
        figures_are_right(quiz)
        figures_are_right(other)
        assert Question.objects.get(id=question.id).quiz == other.id
        assert {one.quiz for one in choices_of(question)} == {other.id}

    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: client.patch(
            f"/api/questions/{question.id}/", {"quiz": str(other.id)}, **key
        ),
        whole,
    )


def removing_a_question() -> Scene:
    quiz = scenery()
    return authoring(quiz, "delete", f"/api/questions/{Question.objects.first().id}/", None)


def adding_a_choice() -> Scene:
    quiz = scenery()
    question = make_question(quiz, choices=[])
    body = {"question": str(question.id), "text": "Right", "is_correct": True}
    return authoring(quiz, "post", "/api/choices/", body)


def changing_a_choice() -> Scene:
    quiz = scenery()
    right = Choice.objects.get(is_correct=True)
    return authoring(quiz, "patch", f"/api/choices/{right.id}/", {"is_correct": False})


def removing_a_choice() -> Scene:
    quiz = scenery()
    right = Choice.objects.get(is_correct=True)
    return authoring(quiz, "delete", f"/api/choices/{right.id}/", None)


def authoring(quiz: Quiz, method: str, address: str, body: dict | None) -> Scene:
    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: getattr(client, method)(address, body, **key),
        lambda: figures_are_right(quiz),
    )


def importing() -> Scene:
    quiz = scenery()

    def ask(client, **key):
        bank = SimpleUploadedFile("bank.gift", b"One? {T}\n\nTwo? {=a ~b}\n\nThree? {#3}")
        form = {"file": bank, "format": "gift"}
        return client.post(f"/api/quizzes/{quiz.id}/import/", form, format="multipart", **key)

    def whole() -> None:
        assert Question.objects(quiz=quiz.id).count() in (2 + 3, 2 + 3 + 3)
        assert QuestionImport.objects(unfinished_since__ne=None).count() == 0
        for question in Question.objects(kind="single"):
            assert len(choices_of(question)) > 1
        figures_are_right(quiz)

    return Scene(client_of(author_of(quiz)), ask, whole)


def regrading() -> Scene:
    quiz = scenery()
    student = enroll_in(get_course(quiz.course))
    body = {"quiz": str(quiz.id), "answers": right_answers(quiz)}
    client_of(student).post("/api/quiz-submissions/", body)
    Question.objects(kind="numeric").update(set__answer="7")

    def whole() -> None:
        assert Attempt.objects.get().score == 1
        assert Quiz.objects.get().regrading_since is None

    return Scene(
        client_of(author_of(quiz)),
        lambda client, **key: client.post(f"/api/quizzes/{quiz.id}/regrade/", **key),
        whole,
    )


SCENES = [
    submitting,
    submitting_what_was_started,
    replacing_choices,
    ordering_questions,
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


@pytest.mark.parametrize("scene_of", SCENES)
def test_cut_after_any_write_the_retry_and_the_sweep_mend_it(proxy, scene_of):
    for n in count(1):
        scene = cut_off(proxy, scene_of, n)
        if scene is None:
            assert n > 1
            return
        assert n < ENOUGH
        retried = scene.ask(scene.client)
        assert retried.status_code < 500, (n, retried.content)
        sweep()
        scene.whole()


@pytest.mark.parametrize("scene_of", [submitting, submitting_what_was_started, importing])
def test_a_retry_with_the_same_key_is_the_same_submission(proxy, scene_of):
    for n in count(1):
        scene = cut_off(proxy, scene_of, n, **KEY)
        if scene is None:
            return
        retried, again = (scene.ask(scene.client, **KEY) for _ in range(2))
        assert retried.status_code == 201, (n, retried.content)
        assert retried.json() == again.json()
        sweep()
        scene.whole()
        assert Attempt.objects.count() <= 1
        assert Question.objects.count() <= 5
