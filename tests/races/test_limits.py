"""Limits on what a user can create also hold for concurrent requests."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.common.storage import idempotency_keys
from apps.common.storage.idempotency_keys import IdempotencyKey
from apps.courses.documents import Category, Course
from apps.courses.selectors import get_course
from apps.courses.services import deletion
from apps.courses.services.categories import CATEGORIES
from apps.courses.services.courses import COURSES
from apps.enrollments import services as enrollments
from apps.enrollments.documents import Enrollment
from apps.lessons import services as lessons
from apps.lessons.documents import Lesson
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.services import attempts, questions, quizzes
from apps.users.selectors import get_user
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_course,
    make_instructor,
    make_lesson,
    make_question,
    make_quiz,
    make_student,
)
from tests.races.test_courses import count_statuses
from tests.users.racing import race

REQUESTS = 12


@pytest.fixture
def quiz():
    return make_quiz(lesson=make_lesson())


@pytest.fixture
def instructor_client(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def upload(client, quiz, number: int):
    bank = "\n\n".join(f"Question {n}? {{=a ~b}}" for n in range(number)).encode()
    form = {"file": SimpleUploadedFile("a.gift", bank), "format": "gift"}
    return client.post(f"/api/quizzes/{quiz.id}/import/", form, format="multipart")


def test_racing_imports_never_exceed_the_limit_of_a_quiz(instructor_client, quiz):
    responses = race(5, lambda n: upload(instructor_client, quiz, 110))

    assert count_statuses(responses) == {201: 2, 400: 3}
    assert {response.data["code"] for response in responses if response.status_code == 400} == {
        "import_refused"
    }
    assert Question.objects(quiz=quiz.id).count() == 220
    assert Quiz.objects.get(id=quiz.id).question_count == 220


def test_racing_requests_never_use_more_idempotency_keys_than_allowed(
    instructor_client, quiz, monkeypatch
):
    monkeypatch.setattr(idempotency_keys.KEYS, "most", 4)
    body = {"quiz": str(quiz.id), "text": "New?", "kind": "numeric", "answer": "1"}

    responses = race(
        REQUESTS,
        lambda n: instructor_client.post(
            "/api/questions/", body, headers={"Idempotency-Key": str(n)}
        ),
    )

    assert count_statuses(responses) == {201: 4, 429: REQUESTS - 4}
    assert IdempotencyKey.objects.count() == 4


def test_racing_questions_never_exceed_the_limit_of_a_quiz(instructor_client, quiz, monkeypatch):
    monkeypatch.setattr(questions.QUESTIONS, "most", 4)
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1"}

    responses = race(REQUESTS, lambda n: instructor_client.post("/api/questions/", body))

    assert count_statuses(responses) == {201: 4, 400: REQUESTS - 4}
    assert Question.objects.count() == 4
    assert Quiz.objects.get(id=quiz.id).question_count == 4
    first = Question.objects.first()
    assert instructor_client.delete(f"/api/questions/{first.id}/").status_code == 204
    assert instructor_client.post("/api/questions/", body).status_code == 201


def test_racing_moves_never_exceed_the_limit_of_a_quiz(instructor_client, quiz, monkeypatch):
    monkeypatch.setattr(questions.QUESTIONS, "most", 8)
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    moving = [make_question(quiz, "numeric") for _ in range(8)]
    for _ in range(5):
        make_question(other, "numeric")

    responses = race(
        8,
        lambda n: instructor_client.patch(
            f"/api/questions/{moving[n].id}/", {"quiz": str(other.id)}
        ),
    )

    assert count_statuses(responses) == {200: 3, 400: 5}
    assert Question.objects(quiz=other.id).count() == 8
    counts = {quiz.id: quiz.question_count for quiz in Quiz.objects}
    assert counts == {quiz.id: 5, other.id: 8}


def test_a_question_moved_while_it_is_deleted_frees_one_slot(instructor_client, quiz, monkeypatch):
    monkeypatch.setattr(questions.QUESTIONS, "most", 2)
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    question = make_question(quiz, "numeric")
    make_question(quiz, "numeric")
    path = f"/api/questions/{question.id}/"
    get_editable_question = questions.selectors.get_editable_question

    def read_before_the_move(*arguments, **options):
        question = get_editable_question(*arguments, **options)
        monkeypatch.setattr(questions.selectors, "get_editable_question", get_editable_question)
        assert instructor_client.patch(path, {"quiz": str(other.id)}).status_code == 200
        return question

    monkeypatch.setattr(questions.selectors, "get_editable_question", read_before_the_move)

    assert instructor_client.delete(path).status_code == 412
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1"}
    created = [instructor_client.post("/api/questions/", body).status_code for _ in range(2)]
    assert created == [201, 400]


def test_racing_choices_never_exceed_the_limit_of_a_question(instructor_client, quiz):
    choices = [{"text": str(n), "is_correct": not n} for n in range(18)]
    question = make_question(quiz, choices=choices)

    responses = race(
        REQUESTS,
        lambda n: instructor_client.post(
            "/api/choices/", {"question": str(question.id), "text": f"n{n}"}
        ),
    )

    assert count_statuses(responses) == {201: 2, 400: REQUESTS - 2}
    assert Choice.objects(question=question.id).count() == 20
    choices = instructor_client.get(f"/api/questions/{question.id}/").data["choices"]
    body = {"text": "Changed", "choices": choices}
    assert instructor_client.patch(f"/api/questions/{question.id}/", body).status_code == 200


def test_choices_added_while_they_are_replaced_never_exceed_the_limit(instructor_client, quiz):
    choices = [{"text": str(n), "is_correct": not n} for n in range(10)]
    question = make_question(quiz, choices=choices)
    new_choices = [{"text": f"w{n}", "is_correct": not n} for n in range(20)]

    def act(n: int):
        if n == 0:
            return instructor_client.patch(
                f"/api/questions/{question.id}/", {"choices": new_choices}
            )
        return instructor_client.post(
            "/api/choices/", {"question": str(question.id), "text": f"n{n}"}
        )

    responses = race(REQUESTS, act)

    assert responses[0].status_code == 200
    assert set(count_statuses(responses[1:])) <= {201, 400, 409}
    texts = {choice.text for choice in Choice.objects(question=question.id)}
    assert texts == {choice["text"] for choice in new_choices}


@pytest.mark.parametrize("limit", ["OF_COURSE", "OF_LESSON"])
def test_racing_quizzes_never_exceed_the_limit_of_a_course_or_lesson(
    instructor_client, quiz, monkeypatch, limit
):
    monkeypatch.setattr(getattr(quizzes, limit), "most", 4)
    body = {"lesson": str(quiz.lesson), "title": "Another"}

    responses = race(REQUESTS, lambda n: instructor_client.post("/api/quizzes/", body))

    assert count_statuses(responses) == {201: 3, 409: REQUESTS - 3}
    assert {response.data["code"] for response in responses if response.status_code == 409} == {
        "too_many_quizzes"
    }
    assert Quiz.objects.count() == 4
    assert instructor_client.delete(f"/api/quizzes/{quiz.id}/").status_code == 204
    assert instructor_client.post("/api/quizzes/", body).status_code == 201


def test_racing_moves_of_lessons_never_exceed_the_quiz_limit_of_a_course(
    instructor_client, quiz, monkeypatch
):
    target = make_course(instructor=get_course(quiz.course).instructor, lessons=1)
    moving = [make_lesson(course=get_course(quiz.course)) for _ in range(8)]
    for lesson in moving:
        make_quiz(lesson=lesson)
        make_quiz(lesson=lesson)
    monkeypatch.setattr(quizzes.OF_COURSE, "most", 7)

    responses = race(
        8,
        lambda n: instructor_client.patch(
            f"/api/lessons/{moving[n].id}/", {"course": str(target.id)}
        ),
    )

    moved_count = count_statuses(responses)[200]
    assert 1 <= moved_count <= 3
    assert {response.data["code"] for response in responses if response.status_code == 409} <= {
        "too_many_quizzes",
        "crowded",
    }
    assert Lesson.objects(course=target.id).count() == 1 + moved_count
    assert Quiz.objects(course=target.id).count() == 2 * moved_count
    assert get_course(target.id).lesson_count == 1 + moved_count


def test_racing_lessons_never_exceed_the_limit_of_a_course(instructor_client, quiz, monkeypatch):
    monkeypatch.setattr(lessons.LESSONS, "most", 4)
    body = {"course": str(quiz.course), "title": "Another"}

    responses = race(REQUESTS, lambda n: instructor_client.post("/api/lessons/", body))

    created_count = count_statuses(responses)[201]
    assert created_count <= 3
    assert set(count_statuses(responses)) == {201, 409}
    assert Lesson.objects.count() == 1 + created_count
    assert get_course(quiz.course).lesson_count == 1 + created_count


def test_racing_courses_never_exceed_the_limit_of_an_instructor(instructor, monkeypatch):
    monkeypatch.setattr(COURSES, "most", 4)
    client = client_of(instructor)

    responses = race(REQUESTS, lambda n: client.post("/api/courses/", {"title": str(n)}))

    assert count_statuses(responses) == {201: 4, 409: REQUESTS - 4}
    assert {response.data["code"] for response in responses if response.status_code == 409} == {
        "too_many_courses"
    }
    assert Course.objects.count() == 4
    assert client.delete(f"/api/courses/{Course.objects.first().id}/").status_code == 204
    assert client.post("/api/courses/", {"title": "Again"}).status_code == 201


def test_a_course_cannot_be_assigned_to_an_instructor_at_the_limit(admin, instructor, monkeypatch):
    monkeypatch.setattr(COURSES, "most", 1)
    make_course(instructor=instructor)
    other = make_course()

    response = client_of(admin).patch(
        f"/api/courses/{other.id}/", {"instructor": str(instructor.id)}
    )

    assert (response.status_code, response.data["code"]) == (409, "too_many_courses")


def test_a_course_reassigned_while_it_is_deleted_frees_one_slot(admin, instructor, monkeypatch):
    monkeypatch.setattr(COURSES, "most", 2)
    client = client_of(admin)
    body = {"title": "Algebra", "instructor": str(instructor.id)}
    course, _other = (client.post("/api/courses/", body).data["id"] for _ in range(2))
    path = f"/api/courses/{course}/"
    get_editable_course = deletion.get_editable_course

    def read_before_the_change(*arguments, **options):
        course = get_editable_course(*arguments, **options)
        changed = client.patch(path, {"instructor": str(make_instructor().id)})
        assert changed.status_code == 200
        return course

    monkeypatch.setattr(deletion, "get_editable_course", read_before_the_change)

    assert client.delete(path).status_code == 412
    created = [client.post("/api/courses/", body).status_code for _ in range(2)]
    assert created == [201, 409]


def test_racing_categories_never_exceed_their_limit(admin, monkeypatch):
    monkeypatch.setattr(CATEGORIES, "most", 4)
    client = client_of(admin)

    responses = race(REQUESTS, lambda n: client.post("/api/categories/", {"name": str(n)}))

    assert count_statuses(responses) == {201: 4, 409: REQUESTS - 4}
    assert Category.objects.count() == 4


def test_racing_enrollments_never_exceed_the_limit_of_a_student(monkeypatch):
    monkeypatch.setattr(enrollments, "MOST_ENROLLMENTS", 4)
    courses = [make_course(lessons=1) for _ in range(REQUESTS)]
    student = make_student()
    for course in courses[:3]:
        enroll_in(course, student)
    client = client_of(student)

    responses = race(
        REQUESTS - 3, lambda n: client.post("/api/enrollments/", {"course": str(courses[n + 3].id)})
    )

    assert set(count_statuses(responses)) <= {201, 409}
    assert {response.data["code"] for response in responses if response.status_code == 409} == {
        "too_many_enrollments"
    }
    active = Enrollment.objects(student=student.id, left_at=None)
    assert active.count() == 3 + count_statuses(responses).get(201, 0) <= 4
    counts = [get_course(course.id).enrollment_count for course in courses]
    assert sum(counts) == active.count()


def test_a_student_who_leaves_a_course_can_enroll_in_another(monkeypatch):
    monkeypatch.setattr(enrollments, "MOST_ENROLLMENTS", 1)
    first, second = make_course(lessons=1), make_course(lessons=1)
    client = client_of(enroll_in(first))
    body = {"course": str(second.id)}

    refused = client.post("/api/enrollments/", body)
    assert (refused.status_code, refused.data["code"]) == (409, "too_many_enrollments")
    assert client.get("/api/enrollments/").data["count"] == 1
    enrollment = Enrollment.objects.get(course=first.id)
    assert client.delete(f"/api/enrollments/{enrollment.id}/").status_code == 204
    assert client.post("/api/enrollments/", body).status_code == 201
    again = client.post("/api/enrollments/", {"course": str(first.id)})
    assert (again.status_code, again.data["code"]) == (409, "too_many_enrollments")
    assert client.get("/api/enrollments/").data["count"] == 1


def test_attempts_are_limited_even_if_the_quiz_sets_no_limit(quiz, monkeypatch):
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 3)
    make_question(quiz)
    client = client_of(enroll_in(get_course(quiz.course)))
    body = {"quiz": str(quiz.id), "answers": []}

    responses = race(REQUESTS, lambda n: client.post("/api/quiz-submissions/", body))

    assert count_statuses(responses) == {201: 3, 409: REQUESTS - 3}
    assert {response.data["code"] for response in responses if response.status_code == 409} == {
        "no_attempts_left"
    }
