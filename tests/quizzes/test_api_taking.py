"""Taking quizzes: what learners see, attempts, the clock, grades, and what follows from them."""

from datetime import timedelta

import pytest
from bson import ObjectId

from apps.common.clock import now_in_milliseconds
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.selectors import attempts
from tests.exports import EXPORT, export_of
from tests.factories import (
    choices_of,
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
    right_answers,
    wrong_answers,
)

SUBMISSIONS = "/api/quiz-submissions/"
A_MINUTE = 60


@pytest.fixture
def quiz():
    quiz = make_quiz(lesson=lessons_of(make_course(lessons=2))[0])
    make_question(quiz)
    return quiz


@pytest.fixture
def learner(quiz):
    return client_of(enroll_in(get_course(quiz.course)))


def submit(client, quiz, answers=None, **headers):
    answers = right_answers(quiz) if answers is None else answers
    return client.post(SUBMISSIONS, {"quiz": str(quiz.id), "answers": answers}, **headers)


def start(client, quiz):
    return client.post(f"/api/quizzes/{quiz.id}/start/")


def read(client, quiz) -> dict:
    return client.get(f"/api/quizzes/{quiz.id}/").json()


def change(quiz, **fields) -> None:
    Quiz.objects(id=quiz.id).update(**{f"set__{name}": value for name, value in fields.items()})


def let_time_pass(seconds: float) -> None:
    """Move all attempts into the past."""
    for attempt in Attempt.objects:
        gone = timedelta(seconds=seconds)
        attempt.started_at -= gone
        attempt.deadline = attempt.deadline and attempt.deadline - gone
        attempt.save()


# Seeing


def test_a_learner_sees_questions_and_choices_without_the_key(learner, quiz):
    numeric = make_question(quiz, "numeric", tolerance=0.5, points=2)

    shown = read(learner, quiz)

    assert (shown["question_count"], shown["max_score"]) == (2, 3)
    assert (shown["my_attempts"], shown["my_grade"], shown["my_passed"]) == (0, None, False)
    assert shown["my_open"] is None
    assert shown["now"].endswith("Z")
    assert "problems" not in shown
    first, second = shown["questions"]
    assert set(first) == set(second) == {
        "id", "quiz", "text", "kind", "tolerance", "points", "position", "choices"
    }  # fmt: skip
    assert [set(choice) for choice in first["choices"]] == [{"id", "text"}] * 4
    assert (second["id"], second["points"], second["tolerance"]) == (str(numeric.id), 2, 0.5)


def test_who_is_not_enrolled_finds_no_quiz(quiz, anonymous):
    question = Question.objects.first()
    choice = Choice.objects.first()
    addresses = [
        f"/api/quizzes/{quiz.id}/",
        f"/api/questions/{question.id}/",
        f"/api/choices/{choice.id}/",
    ]
    for stranger in (make_student(), make_instructor()):
        client = client_of(stranger)
        for address in addresses:
            assert client.get(address).status_code == 404
        for collection in ("quizzes", "questions", "choices", "quiz-submissions"):
            assert client.get(f"/api/{collection}/").data["count"] == 0
        assert start(client, quiz).status_code == 404
    for address in (*addresses, SUBMISSIONS, "/api/quizzes/"):
        assert anonymous.get(address).status_code == 401


def test_who_is_enrolled_goes_on_after_the_course_was_unpublished(learner, quiz):
    course = get_course(quiz.course)
    course.update(set__published=False)
    assert read(learner, quiz)["questions"]
    assert submit(learner, quiz).status_code == 201


def test_who_has_left_sees_and_submits_nothing(quiz):
    student = enroll_in(get_course(quiz.course))
    client = client_of(student)
    client.delete(f"/api/enrollments/{Enrollment.objects.get(student=student.id).id}/")

    assert client.get(f"/api/quizzes/{quiz.id}/").status_code == 404
    refused = submit(client, quiz)
    assert (refused.status_code, refused.data["code"]) == (403, "not_enrolled")
    assert Attempt.objects.count() == 0


def test_a_quiz_with_a_time_limit_shows_its_questions_while_an_attempt_is_open(learner, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    question, choice = Question.objects.first(), Choice.objects.first()
    addresses = [f"/api/questions/{question.id}/", f"/api/choices/{choice.id}/"]

    assert read(learner, quiz)["questions"] is None
    assert [learner.get(one).status_code for one in addresses] == [404, 404]
    assert learner.get(f"/api/questions/?quiz={quiz.id}").data["count"] == 0

    opened = start(learner, quiz).json()
    assert read(learner, quiz)["questions"] == opened["questions"]
    assert [learner.get(one).status_code for one in addresses] == [200, 200]

    submit(learner, quiz)
    assert read(learner, quiz)["questions"] is None
    assert [learner.get(one).status_code for one in addresses] == [404, 404]


def test_a_draft_instructor_may_learn_in_somebody_elses_course(quiz):
    other = make_instructor()
    enroll_in(get_course(quiz.course), other)
    client = client_of(other)

    assert "is_correct" not in str(read(client, quiz))
    assert submit(client, quiz).status_code == 201


# The clock of the server


def test_the_servers_clock_is_in_no_etag_and_no_304_while_an_attempt_is_open(learner, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    first = learner.get(address)
    assert learner.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304

    start(learner, quiz)
    second = learner.get(address)
    third = learner.get(address, HTTP_IF_NONE_MATCH=second["ETag"])
    assert (third.status_code, third["ETag"]) == (200, second["ETag"])
    assert third.json()["now"] >= second.json()["now"]


def test_starting_again_finds_the_same_attempt_and_the_same_clock(learner, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    first = start(learner, quiz)
    let_time_pass(10)
    again = start(learner, quiz)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data["attempt"] == first.data["attempt"] == 1
    assert again.data["questions"] == first.data["questions"]
    assert again.data["deadline"] < first.data["deadline"]  # which time has moved, not starting
    assert read(learner, quiz)["my_open"]["deadline"] == again.data["deadline"]


@pytest.mark.parametrize(("late", "status"), [(-5, 201), (0.5, 201), (1.5, 409)])
def test_a_submission_may_be_a_second_late(learner, quiz, late, status):
    change(quiz, time_limit_seconds=A_MINUTE)
    start(learner, quiz)
    let_time_pass(A_MINUTE + late - 0.3)  # what the request itself may take

    response = submit(learner, quiz)

    assert response.status_code == status, response.data
    if status == 409:
        assert response.data["code"] == "time_is_up"


def test_an_attempt_that_has_run_out_is_used_up_without_a_grade(learner, quiz):
    change(quiz, time_limit_seconds=A_MINUTE, max_attempts=2)
    start(learner, quiz)
    let_time_pass(2 * A_MINUTE)

    shown = read(learner, quiz)
    assert (shown["my_attempts"], shown["my_grade"], shown["my_open"]) == (1, None, None)
    assert learner.get(SUBMISSIONS).data["count"] == 0
    assert submit(learner, quiz).data["code"] == "time_is_up"

    assert start(learner, quiz).data["attempt"] == 2
    assert submit(learner, quiz).data["attempt"] == 2
    assert start(learner, quiz).data["code"] == "no_attempts_left"


def test_with_a_time_limit_nothing_is_submitted_that_was_not_started(learner, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    response = submit(learner, quiz)
    assert (response.status_code, response.data["code"]) == (409, "not_started")
    assert Attempt.objects.count() == 0


# Attempts


def test_attempts_are_numbered_and_end_where_they_are_used_up(learner, quiz):
    change(quiz, max_attempts=2)
    assert submit(learner, quiz).data["attempt"] == 1
    assert submit(learner, quiz, wrong_answers(quiz)).data["attempt"] == 2

    for response in (submit(learner, quiz), start(learner, quiz)):
        assert (response.status_code, response.data["code"]) == (409, "no_attempts_left")
    shown = read(learner, quiz)
    assert (shown["my_attempts"], shown["my_grade"], shown["my_passed"]) == (2, 100, True)


@pytest.mark.parametrize(
    ("grading", "grade"), [("highest", 100), ("latest", 0), ("first", 0), ("average", 33.33)]
)
def test_the_grade_is_made_as_the_quiz_says(learner, quiz, grading, grade):
    change(quiz, grading=grading)
    for answers in (wrong_answers(quiz), right_answers(quiz), wrong_answers(quiz)):
        submit(learner, quiz, answers)
    assert read(learner, quiz)["my_grade"] == grade


def test_an_open_attempt_keeps_what_it_asked(learner, quiz):
    change(quiz, shuffle=True, partial_credit=True, pass_mark=70)
    for _ in range(4):
        make_question(quiz)
    opened = start(learner, quiz).json()["questions"]
    answers = right_answers(quiz)
    Question.objects(quiz=quiz.id).update(set__text="Edited", set__points=9)
    Choice.objects.update(set__is_correct=False, set__text="Edited")
    Question.objects(quiz=quiz.id).first().delete()
    change(quiz, pass_mark=100)

    assert read(learner, quiz)["questions"] == opened
    assert start(learner, quiz).json()["questions"] == opened
    submission = submit(learner, quiz, answers).json()

    assert submission["questions"] == opened
    assert (submission["score"], submission["max_score"], submission["passed"]) == (5, 5, True)


def test_shuffling_remembers_an_order_for_each_attempt(learner, quiz):
    change(quiz, shuffle=True)
    for _ in range(7):
        make_question(quiz)
    authored = [str(one.id) for one in Question.objects(quiz=quiz.id).order_by("position")]

    orders = []
    for _ in range(3):
        opened = start(learner, quiz).json()["questions"]
        orders.append([one["id"] for one in opened])
        assert [one["position"] for one in opened] == list(range(1, 9))
        submit(learner, quiz)

    assert all(sorted(order) == sorted(authored) for order in orders)
    assert len({tuple(order) for order in [*orders, authored]}) > 1  # 1 : 8!³ otherwise


def test_a_quiz_that_nobody_could_answer_is_neither_started_nor_submitted(learner):
    empty = make_quiz(lesson=make_lesson(course=get_course(Quiz.objects.first().course)))
    for prepare in (lambda: None, lambda: make_question(empty, choices=[{"text": "Wrong"}])):
        prepare()
        for response in (start(learner, empty), submit(learner, empty, [])):
            assert (response.status_code, response.data["code"]) == (409, "quiz_not_ready")
    assert Attempt.objects.count() == 0


# Submitting


def test_a_submission_says_what_it_was_worth_and_why(learner, quiz):
    change(quiz, partial_credit=True, show_key="after_submit")
    first = Question.objects.get()
    several = make_question(quiz, "multiple", points=2, explanation="Because.")
    text = make_question(quiz, "short_text")
    chosen = [choice.id for choice in choices_of(several)[:1]]
    answers = [
        {"question": str(several.id), "choices": [str(one) for one in chosen]},
        {"question": str(text.id), "text": "  pARÍS "},
    ]

    made = submit(learner, quiz, answers)

    assert made.status_code == 201
    body = made.json()
    assert (body["score"], body["max_score"], body["percentage"]) == (2, 4, 50)
    assert (body["passed"], body["attempt"]) == (False, 1)
    assert body["answers"] == answers
    assert body["started_at"] <= body["submitted_at"]
    feedback = {one["question"]: one for one in body["feedback"]}
    assert feedback[str(first.id)]["points"] == 0
    assert feedback[str(several.id)] == {
        "question": str(several.id),
        "points": 1,
        "max_points": 2,
        "correct": False,
        "answer": "",
        "explanation": "Because.",
        "choices": [
            {"id": str(one.id), "is_correct": one.is_correct} for one in choices_of(several)
        ],
    }
    assert feedback[str(text.id)]["correct"] is True
    again = learner.get(f"{SUBMISSIONS}{body['id']}/")
    assert again.json() == body
    assert again["ETag"] == made["ETag"]


def test_what_is_answered_wrongly_in_form_uses_no_attempt(learner, quiz):
    single = Question.objects.get()
    several = make_question(quiz, "multiple")
    text, logical = make_question(quiz, "short_text"), make_question(quiz, "true_false")
    foreign = make_question(make_quiz())
    yes, no = (str(one.id) for one in choices_of(single)[:2])
    theirs = str(choices_of(foreign)[0].id)
    wrong = [
        [{"question": str(foreign.id), "choices": []}],
        [{"question": str(ObjectId()), "text": "x"}],
        [{"question": str(single.id), "choices": [yes]}] * 2,
        [{"question": str(single.id), "choices": [yes, no]}],
        [{"question": str(single.id), "choices": [theirs]}],
        [{"question": str(several.id), "choices": [theirs]}],
        [{"question": str(single.id), "text": "Choice 1"}],
        [{"question": str(text.id), "choices": []}],
        [{"question": str(text.id), "text": "x" * 1025}],
        [{"question": str(text.id), "text": 5}],
        [{"question": str(text.id), "text": {"$ne": None}}],
        [{"question": str(logical.id), "text": "perhaps"}],
        [{"question": str(single.id)}],
        [{"question": str(single.id), "choices": [yes], "text": ""}],
        [{"question": str(single.id), "choices": [yes, yes]}],
        [{"question": "x", "choices": []}],
        [{"choices": []}],
        [{"question": str(single.id), "choices": [yes], "points": 1}],
        [{"question": str(single.id), "choices": []}] * 301,
        "x",
        {"question": str(single.id)},
        [None],
    ]
    for opened in (False, True):
        if opened:
            start(learner, quiz)
        for answers in wrong:
            response = submit(learner, quiz, answers)
            assert (response.status_code, list(response.data)) == (400, ["answers"]), answers
            assert all(isinstance(said, str) for said in response.data["answers"])
    flood = submit(learner, quiz, [{"question": str(single.id), "choices": []}] * 10_000)
    assert flood.status_code == 400
    assert Attempt.objects(submitted_at__ne=None).count() == 0
    assert submit(learner, quiz).data["attempt"] == 1


@pytest.mark.parametrize(
    "field", ["score", "passed", "started_at", "submitted_at", "attempt", "student", "percentage"]
)
def test_nobody_grades_themselves(learner, quiz, field):
    body = {"quiz": str(quiz.id), "answers": [], field: 100}
    response = learner.post(SUBMISSIONS, body)
    assert (response.status_code, list(response.data)) == (400, [field])
    assert Attempt.objects.count() == 0


def test_a_submission_is_nobodys_to_change_or_remove(learner, quiz):
    address = f"{SUBMISSIONS}{submit(learner, quiz).data['id']}/"
    for client in (learner, client_of(make_admin())):
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(address, {"score": 1}).status_code == 405


def test_an_unknown_quiz_is_a_400_and_one_in_a_draft_is_unknown(learner):
    draft = make_quiz(lesson=make_lesson(course=make_course(published=False)))
    make_question(draft)
    for quiz_id in (str(ObjectId()), "x", 5, None, {"$ne": None}, str(draft.id)):
        response = learner.post(SUBMISSIONS, {"quiz": quiz_id, "answers": []})
        assert (response.status_code, list(response.data)) == (400, ["quiz"])


def test_a_repeated_submission_under_its_key_is_one_attempt(learner, quiz):
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first, again = submit(learner, quiz, **key), submit(learner, quiz, **key)
    assert first.json() == again.json()
    assert Attempt.objects.count() == 1


# What others see of it


def test_a_student_reads_their_own_an_author_those_of_the_course(quiz):
    course = get_course(quiz.course)
    one, other = enroll_in(course), enroll_in(course)
    mine = submit(client_of(one), quiz).data["id"]
    submit(client_of(other), quiz, wrong_answers(quiz))
    author = client_of_id(course.instructor)

    assert client_of(one).get(SUBMISSIONS).data["count"] == 1
    assert client_of(other).get(f"{SUBMISSIONS}{mine}/").status_code == 404
    assert client_of(make_instructor()).get(f"{SUBMISSIONS}{mine}/").status_code == 404
    assert author.get(f"{SUBMISSIONS}{mine}/").data["student"] == str(one.id)
    rows = author.get(f"{SUBMISSIONS}?expand=student,quiz").data["results"]
    assert [row["student"]["username"] for row in rows] == [other.username, one.username]
    assert rows[0]["quiz"] == {"id": str(quiz.id), "title": quiz.title}
    assert not {"answers", "feedback", "questions"} & set(rows[0])


def test_submissions_are_narrowed(quiz):
    course = get_course(quiz.course)
    one, other = enroll_in(course), enroll_in(course)
    submit(client_of(one), quiz)
    submit(client_of(other), quiz, wrong_answers(quiz))
    author = client_of_id(course.instructor)

    def count(query: str) -> int:
        return author.get(f"{SUBMISSIONS}?{query}").data["count"]

    assert count(f"quiz={quiz.id}") == count(f"course={course.id}") == 2
    assert count(f"student={one.id}") == count("passed=true") == count("passed=false") == 1
    assert count(f"quiz={ObjectId()}") == 0
    for query in ("answer__startswith=a", "is_correct=true", "ordering=score", "student=x"):
        assert author.get(f"{SUBMISSIONS}?{query}").status_code == 400


def test_submissions_are_read_by_a_cursor(learner, quiz):
    for _ in range(3):
        submit(learner, quiz)
    first = learner.get(f"{SUBMISSIONS}?page_size=2").data
    assert (first["count"], len(first["results"])) == (3, 2)
    assert "cursor=" in first["next"]
    rest = learner.get(first["next"]).data
    assert [row["attempt"] for row in first["results"] + rest["results"]] == [3, 2, 1]


# The key


def keys_in(value) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys_in, value))
    return set()


@pytest.mark.parametrize("limit", [None, A_MINUTE])
def test_no_route_gives_a_student_the_key(learner, quiz, limit):
    """Every route that names a quiz, before, within and after an attempt; also in error texts."""
    change(quiz, time_limit_seconds=limit, show_key="never")
    secret = "Nobody shall read this"
    numeric = make_question(quiz, "numeric", answer="271828", explanation=secret)
    choice = Choice.objects.first()
    place = Enrollment.objects.get(course=quiz.course)

    def walk() -> list:
        addresses = [
            f"/api/quizzes/{quiz.id}/",
            f"/api/quizzes/{quiz.id}/?expand=lesson,course",
            "/api/quizzes/",
            f"/api/questions/?quiz={quiz.id}",
            f"/api/questions/{numeric.id}/",
            f"/api/questions/{choice.question}/?expand=quiz",
            f"/api/choices/?question={choice.question}",
            f"/api/choices/{choice.id}/",
            f"{SUBMISSIONS}?expand=quiz",
            *(f"{SUBMISSIONS}{one.id}/" for one in Attempt.objects),
            f"/api/quizzes/{quiz.id}/statistics/",
            f"/api/quizzes/{quiz.id}/export/?format=gift",
            f"/api/quizzes/{quiz.id}/regrade/",
            f"/api/lessons/{quiz.lesson}/",
            f"/api/progress/summary/?course={quiz.course}",
            f"/api/enrollments/{place.id}/?expand=progress,course",
        ]
        answers = [learner.get(one) for one in addresses]
        answers += [learner.options(f"/api/questions/{numeric.id}/")]
        answers += [learner.patch(f"/api/questions/{numeric.id}/", {"text": "x"})]
        answers += [learner.post("/api/questions/", {"quiz": str(quiz.id), "kind": "numeric"})]
        answers += [learner.put(f"/api/quizzes/{quiz.id}/questions/order/", {"questions": []})]
        answers += [learner.post(f"/api/quizzes/{quiz.id}/regrade/")]
        answers += [learner.get(f"/api/questions/?{query}") for query in CLEVER]
        return answers

    answers = [*walk(), start(learner, quiz), *walk()]
    answers.append(submit(learner, quiz, [{"question": str(numeric.id), "text": "x", "y": 1}]))
    answers.append(submit(learner, quiz, wrong_answers(quiz)))
    answers += walk()

    exported = export_of(learner)
    assert not keys_in(exported) & {"is_correct", "explanation"}
    assert secret not in str(exported)
    for answer in answers:
        assert answer.status_code < 500
        assert answer["Content-Type"] == "application/json"
        if answer.status_code != 400:  # which names what was asked for
            assert not keys_in(answer.json()) & {"is_correct", "explanation"}, answer.request
        assert secret not in answer.content.decode()
        assert "271828" not in answer.content.decode()


CLEVER = [
    "ordering=choices.is_correct",
    "is_correct=true",
    "answer__startswith=2",
    "answer=271828",
    "expand=choices",
    "search=271828",
]


@pytest.mark.parametrize(
    ("show_key", "after_failing", "after_passing"),
    [("after_submit", True, True), ("after_pass", False, True), ("never", False, False)],
)
def test_the_key_is_in_the_feedback_as_the_quiz_allows(
    learner, quiz, show_key, after_failing, after_passing
):
    change(quiz, show_key=show_key)
    failed = submit(learner, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{failed.data['id']}/"
    for answer in (failed, learner.get(address)):
        assert ("is_correct" in keys_in(answer.json())) == after_failing

    passed = submit(learner, quiz)
    for answer in (passed, learner.get(address)):
        assert ("is_correct" in keys_in(answer.json())) == after_passing
    author = client_of_id(get_course(quiz.course).instructor)
    assert "is_correct" in keys_in(author.get(address).json())


@pytest.mark.parametrize("show_key", ["after_pass", "never"])
def test_a_used_up_quiz_shows_its_key_after_pass(learner, quiz, show_key):
    change(quiz, show_key=show_key, max_attempts=2)
    first = submit(learner, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{first.data['id']}/"
    assert "is_correct" not in keys_in([first.json(), learner.get(address).json()])

    start(learner, quiz)  # the last attempt can still be submitted
    assert "is_correct" not in keys_in(learner.get(address).json())

    last = submit(learner, quiz, wrong_answers(quiz))
    for response in (last, learner.get(address)):
        assert ("is_correct" in keys_in(response.json())) == (show_key == "after_pass")


def test_a_student_who_passed_sees_the_key_while_the_last_attempt_is_open(learner, quiz):
    change(quiz, max_attempts=3)
    failed = submit(learner, quiz, wrong_answers(quiz))
    submit(learner, quiz)
    start(learner, quiz)

    assert "is_correct" in keys_in(learner.get(f"{SUBMISSIONS}{failed.data['id']}/").json())


def test_a_last_attempt_that_ran_out_uses_up_a_quiz(learner, quiz):
    change(quiz, max_attempts=2, time_limit_seconds=A_MINUTE)
    start(learner, quiz)
    first = submit(learner, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{first.data['id']}/"
    start(learner, quiz)
    assert "is_correct" not in keys_in(learner.get(address).json())

    let_time_pass(A_MINUTE + 2)

    assert "is_correct" in keys_in(learner.get(address).json())


def test_a_new_quiz_does_not_show_its_key_to_a_student_who_failed(learner, quiz):
    body = {"lesson": str(quiz.lesson), "title": "With the defaults"}
    author = client_of_id(get_course(quiz.course).instructor)
    with_defaults = Quiz.objects.get(id=author.post("/api/quizzes/", body).data["id"])
    make_question(with_defaults)

    for _ in range(2):
        failed = submit(learner, with_defaults, [])
        assert not keys_in(failed.json()) & {"is_correct", "answer", "explanation"}


# What follows


def test_passing_completes_the_lesson_and_reaches_its_milestones(learner, quiz):
    record = f"/api/progress/?lesson={quiz.lesson}"
    assert submit(learner, quiz, wrong_answers(quiz)).data["passed"] is False
    assert learner.get(record).data["results"][0]["completed"] is False

    assert submit(learner, quiz).data["passed"] is True

    assert learner.get(record).data["results"][0]["completed"] is True
    assert sorted(Enrollment.objects.get(course=quiz.course).milestones) == [25, 50]
    assert Attempt.objects(pending_since__ne=None).count() == 0


def test_failing_afterwards_takes_nothing_back(learner, quiz):
    submit(learner, quiz)
    submit(learner, quiz, wrong_answers(quiz))
    assert Progress.objects.get(lesson=quiz.lesson).completed is True


def test_a_lesson_with_a_quiz_is_not_marked_by_hand(learner, quiz):
    body = {"lesson": str(quiz.lesson), "completed": True}
    refused = learner.post("/api/progress/", body)
    assert (refused.status_code, refused.data["code"]) == (400, "quiz_not_passed")
    assert Progress.objects.get(lesson=quiz.lesson).completed is False

    submit(learner, quiz)
    assert learner.post("/api/progress/", body | {"completed": False}).status_code == 200
    assert learner.post("/api/progress/", body).status_code == 200  # it is passed


def test_a_lesson_with_two_quizzes_is_completed_by_passing_both(learner, quiz):
    second = make_quiz(lesson=_lesson_of(quiz))
    make_question(second)
    submit(learner, quiz)
    assert Progress.objects.get(lesson=quiz.lesson).completed is False
    submit(learner, second)
    assert Progress.objects.get(lesson=quiz.lesson).completed is True


def test_a_quiz_that_comes_later_uncompletes_nobody(learner, quiz):
    submit(learner, quiz)
    make_question(make_quiz(lesson=_lesson_of(quiz)))

    assert Progress.objects.get(lesson=quiz.lesson).completed is True
    body = {"lesson": str(quiz.lesson), "completed": True}
    assert learner.post("/api/progress/", body).status_code == 200  # changes nothing


def test_a_quiz_that_cannot_be_taken_holds_no_lesson_back(learner, quiz):
    lesson = make_lesson(course=get_course(quiz.course))
    empty = make_quiz(lesson=lesson)
    body = {"lesson": str(lesson.id), "completed": True}
    assert learner.post("/api/progress/", body).status_code == 200

    learner.post("/api/progress/", body | {"completed": False})
    make_question(empty)
    assert learner.post("/api/progress/", body).data["code"] == "quiz_not_passed"


def test_the_summary_says_how_each_quiz_went(learner, quiz):
    course = get_course(quiz.course)
    second = make_quiz(lesson=lessons_of(course)[1], title="Second", grading="average")
    make_question(second)
    make_quiz(lesson=lessons_of(course)[1], title="Empty")
    address = f"/api/progress/summary/?course={course.id}"
    fresh = learner.get(address).data
    assert fresh["grade"] is None
    assert [(one["title"], one["attempts"], one["grade"]) for one in fresh["quizzes"]] == [
        (quiz.title, 0, None),
        ("Second", 0, None),
    ]

    submit(learner, quiz)
    submit(learner, second, wrong_answers(second))
    submit(learner, second)

    summary = learner.get(address).data
    assert summary["grade"] == 75
    assert summary["quizzes"] == [
        {
            "quiz": str(one.id),
            "lesson": str(one.lesson),
            "title": one.title,
            "attempts": attempts,
            "grade": grade,
            "passed": True,
        }
        for one, attempts, grade in ((quiz, 1, 100), (second, 2, 50))
    ]
    [row] = learner.get("/api/enrollments/?expand=progress").data["results"]
    assert row["progress"] == summary


def test_erasing_a_person_leaves_what_they_submitted_without_a_name(quiz):
    course = get_course(quiz.course)
    people = [enroll_in(course) for _ in range(2)]
    for person in people:
        submit(client_of(person), quiz)
    start(client_of(people[0]), quiz)

    for person in people:
        assert client_of(person).delete("/api/auth/user/").status_code == 204

    author = client_of_id(course.instructor)
    rows = author.get(SUBMISSIONS).data["results"]
    assert [row["student"] for row in rows] == [None, None]
    assert Attempt.objects.count() == 2  # the open one is gone
    for person in people:
        assert author.get(f"{SUBMISSIONS}?student={person.id}").data["count"] == 0
        assert str(person.id) not in str(author.get(SUBMISSIONS).content)


def test_the_export_of_oneself_holds_what_one_submitted_in_words(learner, quiz):
    question = Question.objects.get()
    submit(learner, quiz)
    [row] = export_of(learner)["quiz_submissions"]
    assert row["answers"] == [{"question": question.text, "answer": ["Choice 1"]}]
    assert (row["score"], row["passed"]) == (1, True)
    submission = learner.get(SUBMISSIONS).json()["results"][0]
    same = ("quiz", "attempt", "started_at", "submitted_at", "score", "max_score", "percentage")
    assert {name: row[name] for name in same} == {name: submission[name] for name in same}
    assert row["course"] == str(quiz.course)


def test_the_export_of_oneself_makes_no_document_of_what_one_submitted(learner, quiz, monkeypatch):
    submit(learner, quiz)
    monkeypatch.setattr(Attempt, "_from_son", None)  # what makes one
    assert export_of(learner)["quiz_submissions"]


def test_the_export_reads_one_submission_at_a_time(learner, quiz, monkeypatch):
    for _ in range(3):
        submit(learner, quiz)
    read = []
    exported = attempts._exported
    monkeypatch.setattr(attempts, "_exported", lambda one: read.append(1) or exported(one))

    parts = iter(learner.get(EXPORT).streaming_content)

    sizes = []
    for part in parts:
        if b'"answers":' in part:
            sizes.append((len(read), part.count(b'"answers":')))
    assert sizes == [(1, 1), (2, 1), (3, 1)]


def test_removing_a_lesson_takes_its_quizzes_along(quiz):
    course = get_course(quiz.course)
    other = make_quiz(lesson=lessons_of(course)[1])
    submit(client_of(enroll_in(course)), quiz)
    author = client_of_id(course.instructor)

    assert author.delete(f"/api/lessons/{quiz.lesson}/").status_code == 204

    rows = author.get("/api/quizzes/").data["results"]
    assert [row["id"] for row in rows] == [str(other.id)]
    assert (Attempt.objects.count(), Question.objects(quiz=quiz.id).count()) == (0, 0)


def test_removing_a_course_takes_its_quizzes_along(quiz):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz)
    other = make_quiz()
    admin = client_of(make_admin())

    assert admin.delete(f"/api/courses/{quiz.course}/?cascade=true").status_code == 204

    assert admin.get("/api/quizzes/").data["count"] == 1
    assert [one.quiz for one in Attempt.objects] == []
    assert Quiz.objects(removed=None).get().id == other.id


def test_a_lesson_that_goes_to_another_course_takes_quizzes_and_marks_along(quiz):
    course = get_course(quiz.course)
    target = make_course(instructor=course.instructor)
    submit(client_of(enroll_in(course)), quiz)
    author = client_of_id(course.instructor)

    author.patch(f"/api/lessons/{quiz.lesson}/", {"course": str(target.id)})

    assert Quiz.objects.get().course == target.id
    assert Attempt.objects.get().course == target.id


def client_of_id(user_id):
    from apps.users.selectors import get_user

    return client_of(get_user(user_id))


def _lesson_of(quiz):
    from apps.lessons.selectors import get_lesson

    return get_lesson(quiz.lesson)


def test_so_many_attempts_an_hour_are_opened_and_what_is_open_can_be_submitted(
    learner, quiz, settings
):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"attempts": (2, 3600)}
    body = {"quiz": str(quiz.id), "answers": []}
    start = f"/api/quizzes/{quiz.id}/start/"
    assert learner.post("/api/quiz-submissions/", body).status_code == 201
    assert learner.post(start).status_code == 201
    assert learner.post(start).status_code == 200  # the open one: not counted
    assert learner.post("/api/quiz-submissions/", body).status_code == 201
    for answer in (learner.post(start), learner.post("/api/quiz-submissions/", body)):
        assert answer.status_code == 429
        assert answer["Retry-After"]
    assert Attempt.objects.count() == 2


def test_submissions_that_were_not_told_are_told_by_the_sweep_each_once(learner, quiz):
    submit(learner, quiz)
    submit(learner, quiz)
    Progress.objects.update(set__completed=False)
    Attempt.objects.update(set__pending_since=now_in_milliseconds() - timedelta(minutes=2))

    assert (services.repair_attempts(), services.repair_attempts()) == (2, 0)
    assert Progress.objects(completed=True).count() == 1
    assert all(one.questions and one.answers for one in Attempt.objects)
