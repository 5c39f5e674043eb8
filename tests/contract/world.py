"""Stores with objects of every kind, so that generated requests find some."""

from collections.abc import Iterable
from random import Random

from django.core.cache import caches
from django.db import transaction

from apps.common.storage.indexes import documents
from apps.courses.documents import Category, Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.users import services as users
from apps.users.documents import User
from apps.users.models import Account, Session
from tests.factories import (
    PASSWORD,
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_instructor,
    make_question,
    make_quiz,
    make_student,
    right_answers,
    wrong_answers,
)

ROLES = ("anonymous", "student", "instructor", "admin")
KINDS = ("single", "multiple", "true_false", "short_text", "numeric")

# The documents by the path of their collection, and by the names of references to them.
DOCUMENTS = {
    "categories": Category,
    "choices": Choice,
    "courses": Course,
    "enrollments": Enrollment,
    "lessons": Lesson,
    "notifications": Notification,
    "progress": Progress,
    "questions": Question,
    "quiz-submissions": Attempt,
    "quizzes": Quiz,
    "users": User,
}
REFERENCES = {
    "category": "categories",
    "course": "courses",
    "instructor": "users",
    "lesson": "lessons",
    "question": "questions",
    "quiz": "quizzes",
    "student": "users",
}


class World:
    """The existing objects, and the user who sends the requests."""

    def __init__(self, role: str):
        """Fill the empty stores, and sign in a user of the role."""
        student, instructor, admin = (
            make(username=name, email=f"{name}@example.org", password=PASSWORD)
            for make, name in (
                (make_student, "student"),
                (make_instructor, "instructor"),
                (make_admin, "admin"),
            )
        )
        self.viewer = {"student": student, "instructor": instructor, "admin": admin}.get(role)
        self.student = student
        self.tokens = None
        students = [student, make_student(), *([admin] if role == "admin" else [])]
        _make_courses(instructor, students=students)
        for _ in range(3 if self.viewer else 0):
            self.tokens = users.open_session(user=self.viewer)
        self.ids = {name: _ids(kind.objects) for name, kind in DOCUMENTS.items()}
        self.ids["sessions"] = _ids(Session.objects.all())
        self._rows = [*Account.objects.all(), *Session.objects.all()]
        self._documents = {kind: list(kind._get_collection().find()) for kind in documents()}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access}"} if self.tokens else {}

    def pick(self, collection: str, random: Random) -> str:
        return random.choice(self.ids[collection])

    def restore(self) -> None:
        """Undo all changes since the world was created."""
        with transaction.atomic():
            Account.objects.all().delete()
            for row in self._rows:
                row.save(force_insert=True)
        for kind, stored in self._documents.items():
            collection = kind._get_collection()
            if list(collection.find()) != stored:
                collection.delete_many({})
                if stored:
                    collection.insert_many(stored)
        for cache in caches.all():
            cache.clear()


def _make_courses(instructor: User, *, students: list[User]) -> None:
    """Create courses: with students, open, of another instructor, and drafts."""
    category = make_category()
    make_category()
    attended = make_course(lessons=3, instructor=instructor, category=category, title="Algebra")
    make_course(lessons=1, instructor=instructor)
    make_course(lessons=1)
    make_course(lessons=1, instructor=instructor, published=False)
    make_course(instructor=instructor, published=False)
    first, second, third = lessons_of(attended)
    quizzes = [
        _make_quiz(first, KINDS),
        _make_quiz(second, ("single", "numeric"), time_limit_seconds=600, max_attempts=9),
        make_quiz(lesson=third),
    ]
    _make_quiz(lessons_of(Course.objects(published=True, instructor__ne=instructor.id).first())[0])
    for student in students:
        enroll_in(attended, student)
        _learn(student, lesson=third, quiz=quizzes[0], limited=quizzes[1])
    client_of(instructor).post(f"/api/quizzes/{quizzes[0].id}/regrade/")


def _make_quiz(lesson: Lesson, kinds: Iterable[str] = ("single",), **fields) -> Quiz:
    quiz = make_quiz(lesson=lesson, **fields)
    for kind in kinds:
        make_question(quiz, kind, explanation="As taught.")
    return quiz


def _learn(student: User, *, lesson: Lesson, quiz: Quiz, limited: Quiz) -> None:
    client = client_of(student)
    client.post("/api/progress/", {"lesson": str(lesson.id)})
    for answers in (wrong_answers(quiz), right_answers(quiz)):
        client.post("/api/quiz-submissions/", {"quiz": str(quiz.id), "answers": answers})
    client.post(f"/api/quizzes/{limited.id}/start/")


def _ids(rows) -> list[str]:
    return sorted(str(row.pk) for row in rows)
