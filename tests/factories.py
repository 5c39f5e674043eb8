"""Plain functions that create valid objects, so that a test names only what it is about."""

from itertools import count

from bson import ObjectId
from rest_framework.test import APIClient

from apps.common.normalization import normalize_name, search_words
from apps.courses.documents import Category, Course
from apps.courses.selectors import invalidate_course
from apps.enrollments.services import enroll_student
from apps.lessons.documents import Lesson
from apps.lessons.services import add_lesson
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.services import create_question, create_quiz
from apps.users import services as users
from apps.users.documents import User
from apps.users.models import Account
from apps.users.viewer import SignedInViewer

PASSWORD = "correct horse battery staple"

AN_ADMIN = SignedInViewer(
    id=str(ObjectId()), account_id=0, username="admin", is_instructor=False, is_admin=True
)

_numbers = count(1)


def make_student(**fields) -> User:
    number = next(_numbers)
    defaults = {"username": f"student{number}", "email": f"student{number}@example.org"}
    return users.create_account(**defaults | fields)


def make_instructor(**fields) -> User:
    return make_student(**{"is_instructor": True} | fields)


def make_admin(**fields) -> User:
    return make_student(**{"is_admin": True} | fields)


def viewer_of(user: User) -> SignedInViewer:
    """Return the user as the maker of a request, for services that check permissions."""
    return SignedInViewer(
        id=str(user.id),
        account_id=Account.objects.get(profile_id=str(user.id)).pk,
        username=user.username,
        is_instructor=user.is_instructor,
        is_admin=user.is_admin,
    )


def client_of(user: User | None) -> APIClient:
    """Return a client that is signed in as the user, or anonymous."""
    client = APIClient()
    if user:
        tokens = users.open_session(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    return client


def make_category(**fields) -> Category:
    name = fields.setdefault("name", f"Category {next(_numbers)}")
    return Category(**{"name_key": normalize_name(name)} | fields).save(force_insert=True)


def make_course(*, lessons: int = 0, **fields) -> Course:
    """Return a published course with this number of lessons."""
    if "instructor" not in fields:
        fields["instructor"] = make_instructor()
    course = Course(**{"title": "Algebra", "published": True} | fields)
    course.words = search_words(f"{course.title} {course.description}")
    course.save(force_insert=True)
    invalidate_course(course.id)
    for number in range(1, lessons + 1):
        make_lesson(course=course, title=f"Lesson {number}")
    return course.reload()


def make_lesson(**fields) -> Lesson:
    course = fields.pop("course", None) or make_course()
    defaults = {"title": "Vectors", "content": "# Vectors"}
    return add_lesson(lesson_id=ObjectId(), course=course, **defaults | fields)


def enroll_in(course: Course, student: User | None = None) -> User:
    student = student or make_student()
    enroll_student(student_id=student.id, course=course)
    return student


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects(course=course.id).order_by("position"))


def make_quiz(**fields) -> Quiz:
    """Return a quiz without questions, by default in a lesson of a published course."""
    lesson = fields.pop("lesson", None) or make_lesson()
    fields = {"title": "Vectors quiz"} | fields
    quiz = create_quiz(quiz_id=ObjectId(), lesson=str(lesson.id), viewer=AN_ADMIN, **fields)
    return Quiz.objects.get(id=quiz["id"])


def make_question(quiz: Quiz, kind: str = "single", **fields) -> Question:
    """Return an answerable question; its first choice is correct."""
    answers = {"true_false": "true", "short_text": "Paris\nCity of Light", "numeric": "1.5"}
    defaults = {"text": f"Question {next(_numbers)}?", "kind": kind}
    if kind in answers:
        defaults["answer"] = answers[kind]
    else:
        correct = {"single": 1, "multiple": 2}[kind]
        defaults["choices"] = [
            {"text": f"Choice {number}", "is_correct": number <= correct} for number in range(1, 5)
        ]
    question = create_question(
        question_id=ObjectId(), quiz=str(quiz.id), viewer=AN_ADMIN, **defaults | fields
    )
    return Question.objects.get(id=question["id"])


def choices_of(question: Question) -> list[Choice]:
    return list(Choice.objects(question=question.id).order_by("position"))


def right_answers(quiz: Quiz) -> list[dict]:
    """Return correct answers to all questions."""
    return [_right_answer(question) for question in Question.objects(quiz=quiz.id)]


def wrong_answers(quiz: Quiz) -> list[dict]:
    """Return empty answers to all questions."""
    return [
        {"question": str(question.id)} | ({"text": ""} if question.answer else {"choices": []})
        for question in Question.objects(quiz=quiz.id)
    ]


def _right_answer(question: Question) -> dict:
    if question.answer:
        return {"question": str(question.id), "text": question.answer.splitlines()[0]}
    correct = [str(choice.id) for choice in choices_of(question) if choice.is_correct]
    return {"question": str(question.id), "choices": correct}
