"""What one caller may create without end has a bound, however requests race."""

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
from tests.races.test_courses import statuses
from tests.users.racing import race

RACERS = 12


@pytest.fixture
def quiz():
    return make_quiz(lesson=make_lesson())


@pytest.fixture
def author(quiz):
    return client_of(get_user(get_course(quiz.course).instructor))


def upload(client, quiz, number: int):
    bank = "\n\n".join(f"Question {one}? {{=a ~b}}" for one in range(number)).encode()
    form = {"file": SimpleUploadedFile("a.gift", bank), "format": "gift"}
    return client.post(f"/api/quizzes/{quiz.id}/import/", form, format="multipart")


def test_racing_imports_never_pass_the_bound_of_a_quiz(author, quiz):
    answers = race(5, lambda n: upload(author, quiz, 110))

    assert statuses(answers) == {201: 2, 400: 3}
    assert {one.data["code"] for one in answers if one.status_code == 400} == {"import_refused"}
    assert Question.objects(quiz=quiz.id).count() == 220
    assert Quiz.objects.get(id=quiz.id).question_count == 220


def test_racing_requests_never_use_more_idempotency_keys_than_allowed(author, quiz, monkeypatch):
    monkeypatch.setattr(idempotency_keys.KEYS, "most", 4)
    body = {"quiz": str(quiz.id), "text": "New?", "kind": "numeric", "answer": "1"}

    answers = race(
        RACERS,
        lambda n: author.post("/api/questions/", body, headers={"Idempotency-Key": str(n)}),
    )

    assert statuses(answers) == {201: 4, 429: RACERS - 4}
    assert IdempotencyKey.objects.count() == 4


def test_racing_questions_never_pass_the_bound_of_a_quiz(author, quiz, monkeypatch):
    monkeypatch.setattr(questions.QUESTIONS, "most", 4)
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1"}

    answers = race(RACERS, lambda n: author.post("/api/questions/", body))

    assert statuses(answers) == {201: 4, 400: RACERS - 4}
    assert Question.objects.count() == 4
    assert Quiz.objects.get(id=quiz.id).question_count == 4
    first = Question.objects.first()
    assert author.delete(f"/api/questions/{first.id}/").status_code == 204
    assert author.post("/api/questions/", body).status_code == 201


def test_racing_moves_never_pass_the_bound_of_a_quiz(author, quiz, monkeypatch):
    monkeypatch.setattr(questions.QUESTIONS, "most", 8)
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    moving = [make_question(quiz, "numeric") for _ in range(8)]
    for _ in range(5):
        make_question(other, "numeric")

    answers = race(
        8, lambda n: author.patch(f"/api/questions/{moving[n].id}/", {"quiz": str(other.id)})
    )

    assert statuses(answers) == {200: 3, 400: 5}
    assert Question.objects(quiz=other.id).count() == 8
    counts = {one.id: one.question_count for one in Quiz.objects}
    assert counts == {quiz.id: 5, other.id: 8}


def test_a_question_that_moves_while_it_is_deleted_releases_its_room_once(
    author, quiz, monkeypatch
):
    monkeypatch.setattr(questions.QUESTIONS, "most", 2)
    other = make_quiz(lesson=lessons_of(get_course(quiz.course))[0])
    question = make_question(quiz, "numeric")
    make_question(quiz, "numeric")
    address = f"/api/questions/{question.id}/"
    get_editable_question = questions.selectors.get_editable_question

    def read_before_the_move(*arguments, **options):
        read = get_editable_question(*arguments, **options)
        monkeypatch.setattr(questions.selectors, "get_editable_question", get_editable_question)
        assert author.patch(address, {"quiz": str(other.id)}).status_code == 200
        return read

    monkeypatch.setattr(questions.selectors, "get_editable_question", read_before_the_move)

    assert author.delete(address).status_code == 412
    body = {"quiz": str(quiz.id), "text": "?", "kind": "numeric", "answer": "1"}
    created = [author.post("/api/questions/", body).status_code for _ in range(2)]
    assert created == [201, 400]


def test_racing_choices_never_pass_the_bound_of_a_question(author, quiz):
    made = [{"text": str(one), "is_correct": not one} for one in range(18)]
    question = make_question(quiz, choices=made)

    answers = race(
        RACERS,
        lambda n: author.post("/api/choices/", {"question": str(question.id), "text": f"n{n}"}),
    )

    assert statuses(answers) == {201: 2, 400: RACERS - 2}
    assert Choice.objects(question=question.id).count() == 20
    shown = author.get(f"/api/questions/{question.id}/").data["choices"]
    put_back = {"text": "Changed", "choices": shown}
    assert author.patch(f"/api/questions/{question.id}/", put_back).status_code == 200


def test_choices_that_race_with_their_replacement_never_pass_the_bound(author, quiz):
    made = [{"text": str(one), "is_correct": not one} for one in range(10)]
    question = make_question(quiz, choices=made)
    wanted = [{"text": f"w{one}", "is_correct": not one} for one in range(20)]

    def act(n: int):
        if n == 0:
            return author.patch(f"/api/questions/{question.id}/", {"choices": wanted})
        return author.post("/api/choices/", {"question": str(question.id), "text": f"n{n}"})

    answers = race(RACERS, act)

    assert answers[0].status_code == 200
    assert set(statuses(answers[1:])) <= {201, 400, 409}
    texts = {one.text for one in Choice.objects(question=question.id)}
    assert texts == {one["text"] for one in wanted}


@pytest.mark.parametrize("counted", ["OF_COURSE", "OF_LESSON"])
def test_racing_quizzes_never_pass_the_bound_of_a_course_or_lesson(
    author, quiz, monkeypatch, counted
):
    monkeypatch.setattr(getattr(quizzes, counted), "most", 4)
    body = {"lesson": str(quiz.lesson), "title": "Another"}

    answers = race(RACERS, lambda n: author.post("/api/quizzes/", body))

    assert statuses(answers) == {201: 3, 409: RACERS - 3}
    assert {one.data["code"] for one in answers if one.status_code == 409} == {"too_many_quizzes"}
    assert Quiz.objects.count() == 4
    assert author.delete(f"/api/quizzes/{quiz.id}/").status_code == 204
    assert author.post("/api/quizzes/", body).status_code == 201


def test_racing_moves_of_lessons_never_pass_the_bound_of_quizzes_in_a_course(
    author, quiz, monkeypatch
):
    target = make_course(instructor=get_course(quiz.course).instructor, lessons=1)
    moving = [make_lesson(course=get_course(quiz.course)) for _ in range(8)]
    for lesson in moving:
        make_quiz(lesson=lesson)
        make_quiz(lesson=lesson)
    monkeypatch.setattr(quizzes.OF_COURSE, "most", 7)

    answers = race(
        8, lambda n: author.patch(f"/api/lessons/{moving[n].id}/", {"course": str(target.id)})
    )

    moved = statuses(answers)[200]
    assert 1 <= moved <= 3
    assert {one.data["code"] for one in answers if one.status_code == 409} <= {
        "too_many_quizzes",
        "crowded",
    }
    assert Lesson.objects(course=target.id).count() == 1 + moved
    assert Quiz.objects(course=target.id).count() == 2 * moved
    assert get_course(target.id).lesson_count == 1 + moved


def test_racing_lessons_never_pass_the_bound_of_a_course(author, quiz, monkeypatch):
    monkeypatch.setattr(lessons.LESSONS, "most", 4)
    body = {"course": str(quiz.course), "title": "Another"}

    answers = race(RACERS, lambda n: author.post("/api/lessons/", body))

    made = statuses(answers)[201]
    assert made <= 3
    assert set(statuses(answers)) == {201, 409}
    assert Lesson.objects.count() == 1 + made
    assert get_course(quiz.course).lesson_count == 1 + made


def test_racing_courses_never_pass_the_bound_of_an_instructor(instructor, monkeypatch):
    monkeypatch.setattr(COURSES, "most", 4)
    client = client_of(instructor)

    answers = race(RACERS, lambda n: client.post("/api/courses/", {"title": str(n)}))

    assert statuses(answers) == {201: 4, 409: RACERS - 4}
    assert {one.data["code"] for one in answers if one.status_code == 409} == {"too_many_courses"}
    assert Course.objects.count() == 4
    assert client.delete(f"/api/courses/{Course.objects.first().id}/").status_code == 204
    assert client.post("/api/courses/", {"title": "Again"}).status_code == 201


def test_a_course_goes_to_no_instructor_who_has_too_many(admin, instructor, monkeypatch):
    monkeypatch.setattr(COURSES, "most", 1)
    make_course(instructor=instructor)
    other = make_course()

    answer = client_of(admin).patch(f"/api/courses/{other.id}/", {"instructor": str(instructor.id)})

    assert (answer.status_code, answer.data["code"]) == (409, "too_many_courses")


def test_a_course_that_changes_hands_while_it_is_deleted_releases_its_room_once(
    admin, instructor, monkeypatch
):
    monkeypatch.setattr(COURSES, "most", 2)
    client = client_of(admin)
    body = {"title": "Algebra", "instructor": str(instructor.id)}
    course, _other = (client.post("/api/courses/", body).data["id"] for _ in range(2))
    address = f"/api/courses/{course}/"
    get_editable_course = deletion.get_editable_course

    def read_before_the_change(*arguments, **options):
        read = get_editable_course(*arguments, **options)
        changed = client.patch(address, {"instructor": str(make_instructor().id)})
        assert changed.status_code == 200
        return read

    monkeypatch.setattr(deletion, "get_editable_course", read_before_the_change)

    assert client.delete(address).status_code == 412
    created = [client.post("/api/courses/", body).status_code for _ in range(2)]
    assert created == [201, 409]


def test_racing_categories_never_pass_their_bound(admin, monkeypatch):
    monkeypatch.setattr(CATEGORIES, "most", 4)
    client = client_of(admin)

    answers = race(RACERS, lambda n: client.post("/api/categories/", {"name": str(n)}))

    assert statuses(answers) == {201: 4, 409: RACERS - 4}
    assert Category.objects.count() == 4


def test_racing_enrollments_never_pass_the_bound_of_a_student(monkeypatch):
    monkeypatch.setattr(enrollments, "MOST_ENROLLMENTS", 4)
    offered = [make_course(lessons=1) for _ in range(RACERS)]
    student = make_student()
    for course in offered[:3]:
        enroll_in(course, student)
    client = client_of(student)

    answers = race(
        RACERS - 3, lambda n: client.post("/api/enrollments/", {"course": str(offered[n + 3].id)})
    )

    assert set(statuses(answers)) <= {201, 409}
    assert {one.data["code"] for one in answers if one.status_code == 409} == {
        "too_many_enrollments"
    }
    taken = Enrollment.objects(student=student.id, left_at=None)
    assert taken.count() == 3 + statuses(answers).get(201, 0) <= 4
    counts = [get_course(one.id).enrollment_count for one in offered]
    assert sum(counts) == taken.count()


def test_who_leaves_a_course_may_enroll_in_another(monkeypatch):
    monkeypatch.setattr(enrollments, "MOST_ENROLLMENTS", 1)
    first, second = make_course(lessons=1), make_course(lessons=1)
    client = client_of(enroll_in(first))
    body = {"course": str(second.id)}

    refused = client.post("/api/enrollments/", body)
    assert (refused.status_code, refused.data["code"]) == (409, "too_many_enrollments")
    assert client.get("/api/enrollments/").data["count"] == 1
    place = Enrollment.objects.get(course=first.id)
    assert client.delete(f"/api/enrollments/{place.id}/").status_code == 204
    assert client.post("/api/enrollments/", body).status_code == 201
    again = client.post("/api/enrollments/", {"course": str(first.id)})
    assert (again.status_code, again.data["code"]) == (409, "too_many_enrollments")
    assert client.get("/api/enrollments/").data["count"] == 1


def test_a_student_has_a_bound_of_attempts_where_the_quiz_sets_none(quiz, monkeypatch):
    monkeypatch.setattr(attempts, "MAX_ATTEMPTS", 3)
    make_question(quiz)
    client = client_of(enroll_in(get_course(quiz.course)))
    body = {"quiz": str(quiz.id), "answers": []}

    answers = race(RACERS, lambda n: client.post("/api/quiz-submissions/", body))

    assert statuses(answers) == {201: 3, 409: RACERS - 3}
    assert {one.data["code"] for one in answers if one.status_code == 409} == {"no_attempts_left"}
