"""What the demo accounts were told of what they have done; it was mailed then, too."""

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

UNREAD = 3  # the last ones


def of_place(
    student_id: ObjectId, course: Course, *, enrolled: datetime, milestones: dict[int, datetime]
) -> list[Notification]:
    """Return what a student was told of a place: that they have it, and how far they came."""
    told = _told(
        student_id,
        ENROLLED,
        at=enrolled,
        key=f"enrolled:{student_id}:{course.id}",
        link=f"/learn/{course.id}",
        title=course.title,
    )
    return [told] + [
        _told(
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


def of_submissions(attempts: Sequence[Attempt], titles: dict[ObjectId, str]) -> list[Notification]:
    return [
        _told(
            one.student,
            QUIZ_PASSED if one.passed else QUIZ_FAILED,
            at=one.submitted_at,
            key=f"quiz:{one.id}",
            link=f"/quiz/{one.quiz}?submission={one.id}",
            title=titles[one.quiz],
        )
        for one in attempts
    ]


def of_grant(user_id: ObjectId, *, at: datetime) -> Notification:
    return _told(
        user_id,
        INSTRUCTOR_GRANTED,
        at=at,
        key=f"instructor_granted:{user_id}:{format_timestamp(at)}",
        link="/studio",
    )


def store_notifications(notifications: Iterable[Notification]) -> None:
    """Store what somebody was told, in the place of what a filling that was cut off has left."""
    in_order = sorted(notifications, key=lambda one: one.created_at)
    for one in in_order[-UNREAD:]:
        one.is_read = False
    Notification.objects(recipient__in=list({one.recipient for one in in_order})).delete()
    if in_order:
        Notification.objects.insert(in_order, load_bulk=False)


def titles_of_quizzes() -> dict[ObjectId, str]:
    return {quiz.id: quiz.title for quiz in Quiz.objects.only("title")}


def _told(recipient, kind: str, *, at: datetime, key: str, link: str, **params) -> Notification:
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
