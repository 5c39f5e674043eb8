"""Makers of notifications and of the quiz events behind them, with only what a test cares about."""

from bson import ObjectId

from apps.common.events import publish
from apps.notifications.documents import Notification
from apps.notifications.services import notify
from apps.quizzes.events import QuizGraded, QuizRegraded
from apps.users.documents import User


def make_notification(user: User, kind: str = "enrolled", **options) -> Notification:
    key = options.pop("key", f"a-key-{ObjectId()}")
    options = {"link": "/learn/1", "title": "Algebra"} | options
    notify(recipient_id=str(user.id), kind=kind, key=key, **options)
    return Notification.objects.get(key=key)


def publish_grade(
    student: User, *, passed: bool, submission_id: str | None = None, title: str = "Vectors"
) -> QuizGraded:
    event = QuizGraded(
        submission_id=submission_id or str(ObjectId()),
        quiz_id="a" * 24,
        lesson_id="b" * 24,
        course_id="c" * 24,
        student_id=str(student.id),
        quiz_title=title,
        passed=passed,
    )
    assert publish(event)
    return event


def publish_regrade(
    student: User, *, grade: float, regrade_id: str | None = None, quiz_id: str = "a" * 24
) -> QuizRegraded:
    event = QuizRegraded(
        regrade_id=regrade_id or str(ObjectId()),
        submission_id="d" * 24,
        quiz_id=quiz_id,
        lesson_id="b" * 24,
        course_id="c" * 24,
        student_id=str(student.id),
        quiz_title="Vectors",
        passed=True,
        grade=grade,
    )
    assert publish(event)
    return event


def kinds_and_links(user: User) -> list[tuple[str, str]]:
    """Return kind and link of the user's notifications, oldest first."""
    notifications = Notification.objects(recipient=user.id).order_by("id")
    return [(notification.kind, notification.link) for notification in notifications]
