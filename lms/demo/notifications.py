"""Notifications of the demo accounts; all of them count as emailed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bson import ObjectId

from apps.common.clock import format_timestamp
from apps.courses.documents import Course
from apps.notifications.documents import (
    ENROLLED,
    INSTRUCTOR_GRANTED,
    MILESTONE,
    QUIZ_FAILED,
    QUIZ_PASSED,
    Notification,
)
from apps.quizzes.documents import Attempt, Quiz
from lms.demo.ids import id_at

UNREAD = 3  # the number of latest notifications that are unread


def for_enrollment(
    student_id: ObjectId, course: Course, *, enrolled_at: datetime, milestones: dict[int, datetime]
) -> list[Notification]:
    """Return the notifications of a student about an enrollment and its milestones."""
    enrolled = _build(
        student_id,
        ENROLLED,
        at=enrolled_at,
        key=f"enrolled:{student_id}:{course.id}",
        link=f"/learn/{course.id}",
        title=course.title,
    )
    return [enrolled] + [
        _build(
            student_id,
            MILESTONE,
            at=moment,
            key=f"milestone:{student_id}:{course.id}:{percent}",
            link=f"/courses/{course.id}",
            title=course.title,
            percent=percent,
        )
        for percent, moment in milestones.items()
    ]


def for_submissions(attempts: Sequence[Attempt], titles: dict[ObjectId, str]) -> list[Notification]:
    return [
        _build(
            attempt.student,
            QUIZ_PASSED if attempt.passed else QUIZ_FAILED,
            at=attempt.submitted_at,
            key=f"quiz:{attempt.id}",
            link=f"/quiz/{attempt.quiz}?submission={attempt.id}",
            title=titles[attempt.quiz],
        )
        for attempt in attempts
    ]


def for_grant(user_id: ObjectId, *, at: datetime) -> Notification:
    return _build(
        user_id,
        INSTRUCTOR_GRANTED,
        at=at,
        key=f"instructor_granted:{user_id}:{format_timestamp(at)}",
        link="/studio",
    )


def store_notifications(notifications: Iterable[Notification]) -> None:
    """Replace all notifications of their recipients: an interrupted run may have stored some."""
    in_order = sorted(notifications, key=lambda notification: notification.created_at)
    for notification in in_order[-UNREAD:]:
        notification.is_read = False
    recipients = {notification.recipient for notification in in_order}
    Notification.objects(recipient__in=list(recipients)).delete()
    if in_order:
        Notification.objects.insert(in_order, load_bulk=False)


def quiz_titles() -> dict[ObjectId, str]:
    return {quiz.id: quiz.title for quiz in Quiz.objects.only("title")}


def _build(recipient, kind: str, *, at: datetime, key: str, link: str, **params) -> Notification:
    return Notification(
        id=id_at(at),
        recipient=recipient,
        kind=kind,
        key=key,
        link=link,
        params=params,
        created_at=at,
        emailed_at=at,
        is_read=True,
    )
