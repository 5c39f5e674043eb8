"""Taking quizzes: visibility, time limits, attempts, submissions, grades and their effects."""

from datetime import timedelta

import pytest
from bson import ObjectId

from apps.common.clock import now_in_milliseconds
from apps.courses.selectors import get_course
from apps.enrollments.documents import Enrollment
from apps.lessons.selectors import get_lesson
from apps.progress.documents import Progress
from apps.quizzes import services
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.selectors import attempts
from apps.users.selectors import get_user
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
def as_student(quiz):
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
    """Move all attempts into the past, by the number of seconds."""
    for attempt in Attempt.objects:
        elapsed = timedelta(seconds=seconds)
        attempt.started_at -= elapsed
        attempt.deadline = attempt.deadline and attempt.deadline - elapsed
        attempt.save()


# Visibility


def test_a_student_sees_questions_and_choices_without_the_answer_key(as_student, quiz):
    numeric = make_question(quiz, "numeric", tolerance=0.5, points=2)

    row = read(as_student, quiz)

    assert (row["question_count"], row["max_score"]) == (2, 3)
    assert (row["my_attempts"], row["my_grade"], row["my_passed"]) == (0, None, False)
    assert row["my_open"] is None
    assert row["now"].endswith("Z")
    assert "problems" not in row
    first, second = row["questions"]
    assert set(first) == set(second) == {
        "id", "quiz", "text", "kind", "tolerance", "points", "position", "choices"
    }  # fmt: skip
    assert [set(choice) for choice in first["choices"]] == [{"id", "text"}] * 4
    assert (second["id"], second["points"], second["tolerance"]) == (str(numeric.id), 2, 0.5)


def test_a_user_who_is_not_enrolled_sees_no_quiz(quiz, anonymous):
    question = Question.objects.first()
    choice = Choice.objects.first()
    addresses = [
        f"/api/quizzes/{quiz.id}/",
        f"/api/questions/{question.id}/",
        f"/api/choices/{choice.id}/",
    ]
    for user in (make_student(), make_instructor()):
        client = client_of(user)
        for address in addresses:
            assert client.get(address).status_code == 404
        for collection in ("quizzes", "questions", "choices", "quiz-submissions"):
            assert client.get(f"/api/{collection}/").data["count"] == 0
        assert start(client, quiz).status_code == 404
    for address in (*addresses, SUBMISSIONS, "/api/quizzes/"):
        assert anonymous.get(address).status_code == 401


def test_an_enrolled_student_can_continue_after_the_course_was_unpublished(as_student, quiz):
    course = get_course(quiz.course)
    course.update(set__published=False)
    assert read(as_student, quiz)["questions"]
    assert submit(as_student, quiz).status_code == 201


def test_a_student_who_left_the_course_cannot_read_or_submit(quiz):
    student = enroll_in(get_course(quiz.course))
    client = client_of(student)
    client.delete(f"/api/enrollments/{Enrollment.objects.get(student=student.id).id}/")

    assert client.get(f"/api/quizzes/{quiz.id}/").status_code == 404
    refused = submit(client, quiz)
    assert (refused.status_code, refused.data["code"]) == (403, "not_enrolled")
    assert Attempt.objects.count() == 0


def test_a_quiz_with_a_time_limit_shows_its_questions_while_an_attempt_is_open(as_student, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    question, choice = Question.objects.first(), Choice.objects.first()
    addresses = [f"/api/questions/{question.id}/", f"/api/choices/{choice.id}/"]

    assert read(as_student, quiz)["questions"] is None
    assert [as_student.get(address).status_code for address in addresses] == [404, 404]
    assert as_student.get(f"/api/questions/?quiz={quiz.id}").data["count"] == 0

    opened = start(as_student, quiz).json()
    assert read(as_student, quiz)["questions"] == opened["questions"]
    assert [as_student.get(address).status_code for address in addresses] == [200, 200]

    submit(as_student, quiz)
    assert read(as_student, quiz)["questions"] is None
    assert [as_student.get(address).status_code for address in addresses] == [404, 404]


def test_an_instructor_can_be_a_student_of_another_instructors_course(quiz):
    other = make_instructor()
    enroll_in(get_course(quiz.course), other)
    client = client_of(other)

    assert "is_correct" not in str(read(client, quiz))
    assert submit(client, quiz).status_code == 201


# Time limits


def test_the_current_time_is_not_in_the_etag_and_an_open_attempt_prevents_a_304(as_student, quiz):
    address = f"/api/quizzes/{quiz.id}/"
    first = as_student.get(address)
    assert as_student.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304

    start(as_student, quiz)
    second = as_student.get(address)
    third = as_student.get(address, HTTP_IF_NONE_MATCH=second["ETag"])
    assert (third.status_code, third["ETag"]) == (200, second["ETag"])
    assert third.json()["now"] >= second.json()["now"]


def test_starting_again_returns_the_open_attempt_with_its_deadline(as_student, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    first = start(as_student, quiz)
    let_time_pass(10)
    again = start(as_student, quiz)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data["attempt"] == first.data["attempt"] == 1
    assert again.data["questions"] == first.data["questions"]
    assert again.data["deadline"] < first.data["deadline"]  # because `let_time_pass` moved it
    assert read(as_student, quiz)["my_open"]["deadline"] == again.data["deadline"]


@pytest.mark.parametrize(("late", "status"), [(-5, 201), (0.5, 201), (1.5, 409)])
def test_a_submission_may_be_a_second_late(as_student, quiz, late, status):
    change(quiz, time_limit_seconds=A_MINUTE)
    start(as_student, quiz)
    let_time_pass(A_MINUTE + late - 0.3)  # for the duration of the request itself

    response = submit(as_student, quiz)

    assert response.status_code == status, response.data
    if status == 409:
        assert response.data["code"] == "time_is_up"


def test_an_expired_attempt_counts_but_has_no_grade(as_student, quiz):
    change(quiz, time_limit_seconds=A_MINUTE, max_attempts=2)
    start(as_student, quiz)
    let_time_pass(2 * A_MINUTE)

    row = read(as_student, quiz)
    assert (row["my_attempts"], row["my_grade"], row["my_open"]) == (1, None, None)
    assert as_student.get(SUBMISSIONS).data["count"] == 0
    assert submit(as_student, quiz).data["code"] == "time_is_up"

    assert start(as_student, quiz).data["attempt"] == 2
    assert submit(as_student, quiz).data["attempt"] == 2
    assert start(as_student, quiz).data["code"] == "no_attempts_left"


def test_with_a_time_limit_an_attempt_must_be_started_before_it_is_submitted(as_student, quiz):
    change(quiz, time_limit_seconds=A_MINUTE)
    response = submit(as_student, quiz)
    assert (response.status_code, response.data["code"]) == (409, "not_started")
    assert Attempt.objects.count() == 0


# Attempts


def test_attempts_are_numbered_and_limited(as_student, quiz):
    change(quiz, max_attempts=2)
    assert submit(as_student, quiz).data["attempt"] == 1
    assert submit(as_student, quiz, wrong_answers(quiz)).data["attempt"] == 2

    for response in (submit(as_student, quiz), start(as_student, quiz)):
        assert (response.status_code, response.data["code"]) == (409, "no_attempts_left")
    row = read(as_student, quiz)
    assert (row["my_attempts"], row["my_grade"], row["my_passed"]) == (2, 100, True)


@pytest.mark.parametrize(
    ("grading", "grade"), [("highest", 100), ("latest", 0), ("first", 0), ("average", 33.33)]
)
def test_the_grade_depends_on_the_grading_method_of_the_quiz(as_student, quiz, grading, grade):
    change(quiz, grading=grading)
    for answers in (wrong_answers(quiz), right_answers(quiz), wrong_answers(quiz)):
        submit(as_student, quiz, answers)
    assert read(as_student, quiz)["my_grade"] == grade


def test_an_open_attempt_keeps_its_questions(as_student, quiz):
    change(quiz, shuffle=True, partial_credit=True, pass_mark=70)
    for _ in range(4):
        make_question(quiz)
    opened = start(as_student, quiz).json()["questions"]
    answers = right_answers(quiz)
    Question.objects(quiz=quiz.id).update(set__text="Edited", set__points=9)
    Choice.objects.update(set__is_correct=False, set__text="Edited")
    Question.objects(quiz=quiz.id).first().delete()
    change(quiz, pass_mark=100)

    assert read(as_student, quiz)["questions"] == opened
    assert start(as_student, quiz).json()["questions"] == opened
    submission = submit(as_student, quiz, answers).json()

    assert submission["questions"] == opened
    assert (submission["score"], submission["max_score"], submission["passed"]) == (5, 5, True)


def test_each_attempt_at_a_shuffled_quiz_has_its_own_order(as_student, quiz):
    change(quiz, shuffle=True)
    for _ in range(7):
        make_question(quiz)
    questions = Question.objects(quiz=quiz.id).order_by("position")
    original = [str(question.id) for question in questions]

    orders = []
    for _ in range(3):
        opened = start(as_student, quiz).json()["questions"]
        orders.append([question["id"] for question in opened])
        assert [question["position"] for question in opened] == list(range(1, 9))
        submit(as_student, quiz)

    assert all(sorted(order) == sorted(original) for order in orders)
    assert (
        len({tuple(order) for order in [*orders, original]}) > 1
    )  # fails with a probability of 1 in 8!³


def test_a_quiz_that_is_not_ready_cannot_be_started_or_submitted(as_student):
    empty = make_quiz(lesson=make_lesson(course=get_course(Quiz.objects.first().course)))
    for prepare in (lambda: None, lambda: make_question(empty, choices=[{"text": "Wrong"}])):
        prepare()
        for response in (start(as_student, empty), submit(as_student, empty, [])):
            assert (response.status_code, response.data["code"]) == (409, "quiz_not_ready")
    assert Attempt.objects.count() == 0


# Submitting


def test_a_submission_contains_its_result_and_feedback(as_student, quiz):
    change(quiz, partial_credit=True, show_key="after_submit")
    first = Question.objects.get()
    multiple = make_question(quiz, "multiple", points=2, explanation="Because.")
    text = make_question(quiz, "short_text")
    selected = [choice.id for choice in choices_of(multiple)[:1]]
    answers = [
        {"question": str(multiple.id), "choices": [str(choice_id) for choice_id in selected]},
        {"question": str(text.id), "text": "  pARÍS "},
    ]

    response = submit(as_student, quiz, answers)

    assert response.status_code == 201
    body = response.json()
    assert (body["score"], body["max_score"], body["percentage"]) == (2, 4, 50)
    assert (body["passed"], body["attempt"]) == (False, 1)
    assert body["answers"] == answers
    assert body["started_at"] <= body["submitted_at"]
    feedback = {each["question"]: each for each in body["feedback"]}
    assert feedback[str(first.id)]["points"] == 0
    assert feedback[str(multiple.id)] == {
        "question": str(multiple.id),
        "points": 1,
        "max_points": 2,
        "correct": False,
        "answer": "",
        "explanation": "Because.",
        "choices": [
            {"id": str(choice.id), "is_correct": choice.is_correct}
            for choice in choices_of(multiple)
        ],
    }
    assert feedback[str(text.id)]["correct"] is True
    again = as_student.get(f"{SUBMISSIONS}{body['id']}/")
    assert again.json() == body
    assert again["ETag"] == response["ETag"]


def test_invalid_answers_use_no_attempt(as_student, quiz):
    single = Question.objects.get()
    multiple = make_question(quiz, "multiple")
    text, true_false = make_question(quiz, "short_text"), make_question(quiz, "true_false")
    foreign = make_question(make_quiz())
    first, second = (str(choice.id) for choice in choices_of(single)[:2])
    foreign_choice = str(choices_of(foreign)[0].id)
    invalid = [
        [{"question": str(foreign.id), "choices": []}],
        [{"question": str(ObjectId()), "text": "x"}],
        [{"question": str(single.id), "choices": [first]}] * 2,
        [{"question": str(single.id), "choices": [first, second]}],
        [{"question": str(single.id), "choices": [foreign_choice]}],
        [{"question": str(multiple.id), "choices": [foreign_choice]}],
        [{"question": str(single.id), "text": "Choice 1"}],
        [{"question": str(text.id), "choices": []}],
        [{"question": str(text.id), "text": "x" * 1025}],
        [{"question": str(text.id), "text": 5}],
        [{"question": str(text.id), "text": {"$ne": None}}],
        [{"question": str(true_false.id), "text": "perhaps"}],
        [{"question": str(single.id)}],
        [{"question": str(single.id), "choices": [first], "text": ""}],
        [{"question": str(single.id), "choices": [first, first]}],
        [{"question": "x", "choices": []}],
        [{"choices": []}],
        [{"question": str(single.id), "choices": [first], "points": 1}],
        [{"question": str(single.id), "choices": []}] * 301,
        "x",
        {"question": str(single.id)},
        [None],
    ]
    for opened in (False, True):
        if opened:
            start(as_student, quiz)
        for answers in invalid:
            response = submit(as_student, quiz, answers)
            assert (response.status_code, list(response.data)) == (400, ["answers"]), answers
            assert all(isinstance(message, str) for message in response.data["answers"])
    too_many = submit(as_student, quiz, [{"question": str(single.id), "choices": []}] * 10_000)
    assert too_many.status_code == 400
    assert Attempt.objects(submitted_at__ne=None).count() == 0
    assert submit(as_student, quiz).data["attempt"] == 1


@pytest.mark.parametrize(
    "field", ["score", "passed", "started_at", "submitted_at", "attempt", "student", "percentage"]
)
def test_students_cannot_grade_themselves(as_student, quiz, field):
    body = {"quiz": str(quiz.id), "answers": [], field: 100}
    response = as_student.post(SUBMISSIONS, body)
    assert (response.status_code, list(response.data)) == (400, [field])
    assert Attempt.objects.count() == 0


def test_nobody_can_change_or_delete_a_submission(as_student, quiz):
    address = f"{SUBMISSIONS}{submit(as_student, quiz).data['id']}/"
    for client in (as_student, client_of(make_admin())):
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(address, {"score": 1}).status_code == 405


def test_submitting_to_an_unknown_quiz_or_one_in_a_draft_is_a_400(as_student):
    draft = make_quiz(lesson=make_lesson(course=make_course(published=False)))
    make_question(draft)
    for quiz_id in (str(ObjectId()), "x", 5, None, {"$ne": None}, str(draft.id)):
        response = as_student.post(SUBMISSIONS, {"quiz": quiz_id, "answers": []})
        assert (response.status_code, list(response.data)) == (400, ["quiz"])


def test_a_submission_repeated_with_its_idempotency_key_is_one_attempt(as_student, quiz):
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    first, again = submit(as_student, quiz, **key), submit(as_student, quiz, **key)
    assert first.json() == again.json()
    assert Attempt.objects.count() == 1


# Submissions of others


def test_students_read_their_own_submissions_and_instructors_those_of_their_course(quiz):
    course = get_course(quiz.course)
    student, other = enroll_in(course), enroll_in(course)
    mine = submit(client_of(student), quiz).data["id"]
    submit(client_of(other), quiz, wrong_answers(quiz))
    as_instructor = client_of_id(course.instructor)

    assert client_of(student).get(SUBMISSIONS).data["count"] == 1
    assert client_of(other).get(f"{SUBMISSIONS}{mine}/").status_code == 404
    assert client_of(make_instructor()).get(f"{SUBMISSIONS}{mine}/").status_code == 404
    assert as_instructor.get(f"{SUBMISSIONS}{mine}/").data["student"] == str(student.id)
    rows = as_instructor.get(f"{SUBMISSIONS}?expand=student,quiz").data["results"]
    assert [row["student"]["username"] for row in rows] == [other.username, student.username]
    assert rows[0]["quiz"] == {"id": str(quiz.id), "title": quiz.title}
    assert not {"answers", "feedback", "questions"} & set(rows[0])


def test_submissions_can_be_filtered(quiz):
    course = get_course(quiz.course)
    student, other = enroll_in(course), enroll_in(course)
    submit(client_of(student), quiz)
    submit(client_of(other), quiz, wrong_answers(quiz))
    as_instructor = client_of_id(course.instructor)

    def count(query: str) -> int:
        return as_instructor.get(f"{SUBMISSIONS}?{query}").data["count"]

    assert count(f"quiz={quiz.id}") == count(f"course={course.id}") == 2
    assert count(f"student={student.id}") == count("passed=true") == count("passed=false") == 1
    assert count(f"quiz={ObjectId()}") == 0
    for query in ("answer__startswith=a", "is_correct=true", "ordering=score", "student=x"):
        assert as_instructor.get(f"{SUBMISSIONS}?{query}").status_code == 400


def test_submissions_can_be_paged_by_a_cursor(as_student, quiz):
    for _ in range(3):
        submit(as_student, quiz)
    first = as_student.get(f"{SUBMISSIONS}?page_size=2").data
    assert (first["count"], len(first["results"])) == (3, 2)
    assert "cursor=" in first["next"]
    rest = as_student.get(first["next"]).data
    assert [row["attempt"] for row in first["results"] + rest["results"]] == [3, 2, 1]


# The answer key


def keys_in(value) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys_in, value))
    return set()


@pytest.mark.parametrize("limit", [None, A_MINUTE])
def test_no_route_shows_students_the_answer_key(as_student, quiz, limit):
    """Call every route about a quiz before, during and after an attempt; check errors, too."""
    change(quiz, time_limit_seconds=limit, show_key="never")
    secret = "Nobody may read this"
    numeric = make_question(quiz, "numeric", answer="271828", explanation=secret)
    choice = Choice.objects.first()
    enrollment = Enrollment.objects.get(course=quiz.course)

    def call_routes() -> list:
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
            *(f"{SUBMISSIONS}{attempt.id}/" for attempt in Attempt.objects),
            f"/api/quizzes/{quiz.id}/statistics/",
            f"/api/quizzes/{quiz.id}/export/?format=gift",
            f"/api/quizzes/{quiz.id}/regrade/",
            f"/api/lessons/{quiz.lesson}/",
            f"/api/progress/summary/?course={quiz.course}",
            f"/api/enrollments/{enrollment.id}/?expand=progress,course",
        ]
        answers = [as_student.get(address) for address in addresses]
        answers += [as_student.options(f"/api/questions/{numeric.id}/")]
        answers += [as_student.patch(f"/api/questions/{numeric.id}/", {"text": "x"})]
        answers += [as_student.post("/api/questions/", {"quiz": str(quiz.id), "kind": "numeric"})]
        answers += [as_student.put(f"/api/quizzes/{quiz.id}/questions/order/", {"questions": []})]
        answers += [as_student.post(f"/api/quizzes/{quiz.id}/regrade/")]
        answers += [as_student.get(f"/api/questions/?{query}") for query in TRICKS]
        return answers

    answers = [*call_routes(), start(as_student, quiz), *call_routes()]
    answers.append(submit(as_student, quiz, [{"question": str(numeric.id), "text": "x", "y": 1}]))
    answers.append(submit(as_student, quiz, wrong_answers(quiz)))
    answers += call_routes()

    exported = export_of(as_student)
    assert not keys_in(exported) & {"is_correct", "explanation"}
    assert "271828" not in str(exported)
    for answer in answers:
        assert answer.status_code < 500
        assert answer["Content-Type"] == "application/json"
        if answer.status_code != 400:  # its field names may be those of the request
            assert not keys_in(answer.json()) & {"is_correct", "explanation"}, answer.request
        assert secret not in answer.content.decode()
        assert "271828" not in answer.content.decode()


TRICKS = [
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
def test_feedback_contains_the_answer_key_if_the_quiz_shows_it(
    as_student, quiz, show_key, after_failing, after_passing
):
    change(quiz, show_key=show_key)
    failed = submit(as_student, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{failed.data['id']}/"
    for answer in (failed, as_student.get(address)):
        assert ("is_correct" in keys_in(answer.json())) == after_failing

    passed = submit(as_student, quiz)
    for answer in (passed, as_student.get(address)):
        assert ("is_correct" in keys_in(answer.json())) == after_passing
    as_instructor = client_of_id(get_course(quiz.course).instructor)
    assert "is_correct" in keys_in(as_instructor.get(address).json())


@pytest.mark.parametrize("show_key", ["after_pass", "never"])
def test_after_pass_shows_the_answer_key_once_no_attempts_are_left(as_student, quiz, show_key):
    change(quiz, show_key=show_key, max_attempts=2)
    first = submit(as_student, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{first.data['id']}/"
    assert "is_correct" not in keys_in([first.json(), as_student.get(address).json()])

    start(as_student, quiz)  # the last attempt can still be submitted
    assert "is_correct" not in keys_in(as_student.get(address).json())

    last = submit(as_student, quiz, wrong_answers(quiz))
    for response in (last, as_student.get(address)):
        assert ("is_correct" in keys_in(response.json())) == (show_key == "after_pass")


def test_a_student_who_passed_sees_the_answer_key_while_the_last_attempt_is_open(as_student, quiz):
    change(quiz, max_attempts=3)
    failed = submit(as_student, quiz, wrong_answers(quiz))
    submit(as_student, quiz)
    start(as_student, quiz)

    assert "is_correct" in keys_in(as_student.get(f"{SUBMISSIONS}{failed.data['id']}/").json())


def test_the_answer_key_is_shown_once_the_last_attempt_has_expired(as_student, quiz):
    change(quiz, max_attempts=2, time_limit_seconds=A_MINUTE)
    start(as_student, quiz)
    first = submit(as_student, quiz, wrong_answers(quiz))
    address = f"{SUBMISSIONS}{first.data['id']}/"
    start(as_student, quiz)
    assert "is_correct" not in keys_in(as_student.get(address).json())

    let_time_pass(A_MINUTE + 2)

    assert "is_correct" in keys_in(as_student.get(address).json())


def test_a_new_quiz_shows_no_answer_key_to_students_who_failed(as_student, quiz):
    body = {"lesson": str(quiz.lesson), "title": "With the defaults"}
    as_instructor = client_of_id(get_course(quiz.course).instructor)
    created = as_instructor.post("/api/quizzes/", body)
    with_defaults = Quiz.objects.get(id=created.data["id"])
    make_question(with_defaults)

    for _ in range(2):
        failed = submit(as_student, with_defaults, [])
        assert not keys_in(failed.json()) & {"is_correct", "answer", "explanation"}


# Effects


def test_passing_completes_the_lesson_and_reaches_its_milestones(as_student, quiz):
    record = f"/api/progress/?lesson={quiz.lesson}"
    assert submit(as_student, quiz, wrong_answers(quiz)).data["passed"] is False
    assert as_student.get(record).data["results"][0]["completed"] is False

    assert submit(as_student, quiz).data["passed"] is True

    assert as_student.get(record).data["results"][0]["completed"] is True
    assert sorted(Enrollment.objects.get(course=quiz.course).milestones) == [25, 50]
    assert Attempt.objects(undelivered_since__ne=None).count() == 0


def test_failing_after_passing_takes_no_completion_back(as_student, quiz):
    submit(as_student, quiz)
    submit(as_student, quiz, wrong_answers(quiz))
    assert Progress.objects.get(lesson=quiz.lesson).completed is True


def test_a_lesson_with_a_quiz_cannot_be_completed_before_passing(as_student, quiz):
    body = {"lesson": str(quiz.lesson), "completed": True}
    refused = as_student.post("/api/progress/", body)
    assert (refused.status_code, refused.data["code"]) == (400, "quiz_not_passed")
    assert Progress.objects.get(lesson=quiz.lesson).completed is False

    submit(as_student, quiz)
    assert as_student.post("/api/progress/", body | {"completed": False}).status_code == 200
    assert as_student.post("/api/progress/", body).status_code == 200  # now that the quiz is passed


def test_a_lesson_with_two_quizzes_is_completed_by_passing_both(as_student, quiz):
    second = make_quiz(lesson=_lesson_of(quiz))
    make_question(second)
    submit(as_student, quiz)
    assert Progress.objects.get(lesson=quiz.lesson).completed is False
    submit(as_student, second)
    assert Progress.objects.get(lesson=quiz.lesson).completed is True


def test_a_quiz_that_is_added_later_takes_no_completion_back(as_student, quiz):
    submit(as_student, quiz)
    make_question(make_quiz(lesson=_lesson_of(quiz)))

    assert Progress.objects.get(lesson=quiz.lesson).completed is True
    body = {"lesson": str(quiz.lesson), "completed": True}
    assert as_student.post("/api/progress/", body).status_code == 200  # changes nothing


def test_a_quiz_that_is_not_ready_does_not_keep_a_lesson_from_being_completed(as_student, quiz):
    lesson = make_lesson(course=get_course(quiz.course))
    empty = make_quiz(lesson=lesson)
    body = {"lesson": str(lesson.id), "completed": True}
    assert as_student.post("/api/progress/", body).status_code == 200

    as_student.post("/api/progress/", body | {"completed": False})
    make_question(empty)
    assert as_student.post("/api/progress/", body).data["code"] == "quiz_not_passed"


def test_the_progress_summary_contains_each_quiz(as_student, quiz):
    course = get_course(quiz.course)
    second = make_quiz(lesson=lessons_of(course)[1], title="Second", grading="average")
    make_question(second)
    make_quiz(lesson=lessons_of(course)[1], title="Empty")
    address = f"/api/progress/summary/?course={course.id}"
    before = as_student.get(address).data
    assert before["grade"] is None
    assert [(row["title"], row["attempts"], row["grade"]) for row in before["quizzes"]] == [
        (quiz.title, 0, None),
        ("Second", 0, None),
    ]

    submit(as_student, quiz)
    submit(as_student, second, wrong_answers(second))
    submit(as_student, second)

    summary = as_student.get(address).data
    assert summary["grade"] == 75
    assert summary["quizzes"] == [
        {
            "quiz": str(each.id),
            "lesson": str(each.lesson),
            "title": each.title,
            "attempts": attempts,
            "grade": grade,
            "passed": True,
        }
        for each, attempts, grade in ((quiz, 1, 100), (second, 2, 50))
    ]
    [row] = as_student.get("/api/enrollments/?expand=progress").data["results"]
    assert row["progress"] == summary


def test_erasing_a_user_anonymizes_their_submissions(quiz):
    course = get_course(quiz.course)
    students = [enroll_in(course) for _ in range(2)]
    for student in students:
        submit(client_of(student), quiz)
    start(client_of(students[0]), quiz)

    for student in students:
        assert client_of(student).delete("/api/auth/user/").status_code == 204

    as_instructor = client_of_id(course.instructor)
    rows = as_instructor.get(SUBMISSIONS).data["results"]
    assert [row["student"] for row in rows] == [None, None]
    assert Attempt.objects.count() == 2  # without the open one
    for student in students:
        assert as_instructor.get(f"{SUBMISSIONS}?student={student.id}").data["count"] == 0
        assert str(student.id) not in str(as_instructor.get(SUBMISSIONS).content)


def test_the_personal_data_export_contains_submissions_as_text(as_student, quiz):
    question = Question.objects.get()
    submit(as_student, quiz)
    [row] = export_of(as_student)["quiz_submissions"]
    assert row["answers"] == [{"question": question.text, "answer": ["Choice 1"]}]
    assert (row["score"], row["passed"]) == (1, True)
    submission = as_student.get(SUBMISSIONS).json()["results"][0]
    same = ("quiz", "attempt", "started_at", "submitted_at", "score", "max_score", "percentage")
    assert {name: row[name] for name in same} == {name: submission[name] for name in same}
    assert row["course"] == str(quiz.course)


def test_the_personal_data_export_builds_no_documents(as_student, quiz, monkeypatch):
    submit(as_student, quiz)
    monkeypatch.setattr(Attempt, "_from_son", None)  # which builds documents
    assert export_of(as_student)["quiz_submissions"]


def test_the_personal_data_export_reads_one_submission_at_a_time(as_student, quiz, monkeypatch):
    for _ in range(3):
        submit(as_student, quiz)
    read_rows = []
    export_submission = attempts._export_submission

    def record_and_export(row):
        read_rows.append(row)
        return export_submission(row)

    monkeypatch.setattr(attempts, "_export_submission", record_and_export)

    parts = iter(as_student.get(EXPORT).streaming_content)

    sizes = []
    for part in parts:
        if b'"answers":' in part:
            sizes.append((len(read_rows), part.count(b'"answers":')))
    assert sizes == [(1, 1), (2, 1), (3, 1)]


def test_deleting_a_lesson_deletes_its_quizzes(quiz):
    course = get_course(quiz.course)
    other = make_quiz(lesson=lessons_of(course)[1])
    submit(client_of(enroll_in(course)), quiz)
    as_instructor = client_of_id(course.instructor)

    assert as_instructor.delete(f"/api/lessons/{quiz.lesson}/").status_code == 204

    rows = as_instructor.get("/api/quizzes/").data["results"]
    assert [row["id"] for row in rows] == [str(other.id)]
    assert (Attempt.objects.count(), Question.objects(quiz=quiz.id).count()) == (0, 0)


def test_deleting_a_course_deletes_its_quizzes(quiz):
    submit(client_of(enroll_in(get_course(quiz.course))), quiz)
    other = make_quiz()
    admin = client_of(make_admin())

    assert admin.delete(f"/api/courses/{quiz.course}/?cascade=true").status_code == 204

    assert admin.get("/api/quizzes/").data["count"] == 1
    assert Attempt.objects.count() == 0
    assert Quiz.objects(removed=None).get().id == other.id


def test_moving_a_lesson_to_another_course_moves_its_quizzes_and_submissions(quiz):
    course = get_course(quiz.course)
    target = make_course(instructor=course.instructor)
    submit(client_of(enroll_in(course)), quiz)
    as_instructor = client_of_id(course.instructor)

    as_instructor.patch(f"/api/lessons/{quiz.lesson}/", {"course": str(target.id)})

    assert Quiz.objects.get().course == target.id
    assert Attempt.objects.get().course == target.id


def client_of_id(user_id):
    return client_of(get_user(user_id))


def _lesson_of(quiz):
    return get_lesson(quiz.lesson)


def test_starting_attempts_is_rate_limited_but_submitting_open_ones_is_not(
    as_student, quiz, settings
):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"attempts": (2, 3600)}
    body = {"quiz": str(quiz.id), "answers": []}
    start_url = f"/api/quizzes/{quiz.id}/start/"
    assert as_student.post("/api/quiz-submissions/", body).status_code == 201
    assert as_student.post(start_url).status_code == 201
    assert as_student.post(start_url).status_code == 200  # the open one, which is not counted
    assert as_student.post("/api/quiz-submissions/", body).status_code == 201
    for answer in (as_student.post(start_url), as_student.post("/api/quiz-submissions/", body)):
        assert answer.status_code == 429
        assert answer["Retry-After"]
    assert Attempt.objects.count() == 2


def test_the_sweep_delivers_each_undelivered_submission_once(as_student, quiz):
    submit(as_student, quiz)
    submit(as_student, quiz)
    Progress.objects.update(set__completed=False)
    Attempt.objects.update(set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2))

    assert (services.repair_attempts(), services.repair_attempts()) == (2, 0)
    assert Progress.objects(completed=True).count() == 1
    assert all(attempt.questions and attempt.answers for attempt in Attempt.objects)
