"""Plain functions that make valid things; a test names only what it is about."""

from itertools import count

from bson import ObjectId
from rest_framework.test import APIClient

from apps.common.normalization import normalize_name, search_words
from apps.courses.documents import Category, Course
from apps.enrollments.services import enroll
from apps.lessons.documents import Lesson
from apps.lessons.services import create_lesson
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.services import create_question, create_quiz
from apps.users import services as users
from apps.users.documents import User
from apps.users.viewer import SignedInViewer

PASSWORD = "correct horse battery staple"

AN_ADMIN = SignedInViewer(
    id=str(ObjectId()), account_id=0, username="admin", is_instructor=False, is_admin=True
)

_numbers = count(1)


def make_student(**given) -> User:
    number = next(_numbers)
    defaults = {"username": f"student{number}", "email": f"student{number}@example.org"}
    return users.create_account(**defaults | given)


def make_instructor(**given) -> User:
    return make_student(**{"is_instructor": True} | given)


def make_admin(**given) -> User:
    return make_student(**{"is_admin": True} | given)


def client_of(user: User | None) -> APIClient:
    """Return a client signed in as the user, or as nobody."""
    client = APIClient()
    if user:
        tokens = users.open_session(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def make_category(**given) -> Category:
    name = given.setdefault("name", f"Category {next(_numbers)}")
    return Category(**{"name_key": normalize_name(name)} | given).save(force_insert=True)


def make_course(*, lessons: int = 0, **given) -> Course:
    """Return a published course, with so many lessons."""
    if "instructor" not in given:
        given["instructor"] = make_instructor()
    course = Course(**{"title": "Algebra", "published": True} | given)
    course.words = search_words(f"{course.title} {course.description}")
    course.save(force_insert=True)
    for number in range(1, lessons + 1):
        make_lesson(course=course, title=f"Lesson {number}")
    return course.reload()


def make_lesson(**given) -> Lesson:
    course = given.pop("course", None) or make_course()
    fields = {"title": "Vectors", "content": "# Vectors"} | given
    return create_lesson(lesson_id=ObjectId(), course=course, **fields)


def enroll_in(course: Course, student: User | None = None) -> User:
    student = student or make_student()
    enroll(student_id=student.id, course=course)
    return student


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects(course=course.id).order_by("position"))


def make_quiz(**given) -> Quiz:
    """Return a quiz without questions; by default, its course is published."""
    lesson = given.pop("lesson", None) or make_lesson()
    fields = {"title": "Vectors, asked"} | given
    quiz = create_quiz(quiz_id=ObjectId(), lesson=str(lesson.id), viewer=AN_ADMIN, **fields)
    return Quiz.objects.get(id=quiz["id"])


def make_question(quiz: Quiz, kind: str = "single", **given) -> Question:
    """Return a question that can be answered; the right choice is the first."""
    answers = {"true_false": "true", "short_text": "Paris\nCity of Light", "numeric": "1.5"}
    defaults = {"text": f"Question {next(_numbers)}?", "kind": kind}
    if kind in answers:
        defaults["answer"] = answers[kind]
    else:
        right = {"single": 1, "multiple": 2}[kind]
        defaults["choices"] = [
            {"text": f"Choice {number}", "is_correct": number <= right} for number in range(1, 5)
        ]
    question = create_question(
        question_id=ObjectId(), quiz=str(quiz.id), viewer=AN_ADMIN, **defaults | given
    )
    return Question.objects.get(id=question["id"])


def choices_of(question: Question) -> list[Choice]:
    return list(Choice.objects(question=question.id).order_by("position"))


def right_answers(quiz: Quiz) -> list[dict]:
    """Return what a student sends who knows everything."""
    return [_right_answer(question) for question in Question.objects(quiz=quiz.id)]


def wrong_answers(quiz: Quiz) -> list[dict]:
    """Return what a student sends who leaves every question out."""
    return [
        {"question": str(question.id)} | ({"text": ""} if question.answer else {"choices": []})
        for question in Question.objects(quiz=quiz.id)
    ]


def _right_answer(question: Question) -> dict:
    if question.answer:
        return {"question": str(question.id), "text": question.answer.splitlines()[0]}
    right = [str(one.id) for one in choices_of(question) if one.is_correct]
    return {"question": str(question.id), "choices": right}
