"""What lower apps publish, with the least that a test must say."""

from bson import ObjectId

from apps.common.events import publish
from apps.notifications.documents import Notification
from apps.notifications.services import notify
from apps.quizzes.events import QuizGraded, QuizRegraded
from apps.users.documents import User


def tell(user: User, kind: str = "enrolled", **given) -> Notification:
    """Tell somebody something, and return the notification of it."""
    key = given.pop("key", f"a-key-{ObjectId()}")
    given = {"link": "/learn/1", "title": "Algebra"} | given
    notify(recipient_id=str(user.id), kind=kind, key=key, **given)
    return Notification.objects.get(key=key)


def grade(student: User, *, passed: bool, title: str = "Vectors", **given) -> QuizGraded:
    event = QuizGraded(
        submission_id=given.get("submission_id", str(ObjectId())),
        quiz_id="a" * 24,
        lesson_id="b" * 24,
        course_id="c" * 24,
        student_id=str(student.id),
        quiz_title=title,
        passed=passed,
    )
    assert publish(event)
    return event


def regrade(student: User, *, grade: float, **given) -> QuizRegraded:
    event = QuizRegraded(
        regrade_id=given.get("regrade_id", str(ObjectId())),
        submission_id="d" * 24,
        quiz_id=given.get("quiz_id", "a" * 24),
        lesson_id="b" * 24,
        course_id="c" * 24,
        student_id=str(student.id),
        quiz_title="Vectors",
        passed=True,
        grade=grade,
    )
    assert publish(event)
    return event


def told(user: User) -> list[tuple[str, str]]:
    """Return kind and link of all that somebody was told, oldest first."""
    return [(one.kind, one.link) for one in Notification.objects(recipient=user.id).order_by("id")]
