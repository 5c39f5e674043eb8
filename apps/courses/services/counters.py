"""What the apps above count and order in a course."""

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import Q

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.courses import selectors
from apps.courses.documents import Course


class LastLesson(Conflict):
    code = "last_lesson"
    detail = _("A published course needs at least one lesson. Unpublish the course first.")


class BeingReordered(Conflict):
    code = "being_reordered"
    detail = _("The lessons of this course are being reordered. Try again shortly.")


def increment_enrollment_count(course_id, *, by: int = 1) -> bool:
    """Add to the enrollment count, and return whether the course still exists."""
    updated = Course.objects(id=course_id, removed=None).update_one(inc__enrollment_count=by)
    selectors.invalidate_course(course_id)
    return bool(updated)


def recount_enrollments(course_id, number: int, *, before: int | None = None) -> bool:
    """Set the enrollment count, if it is still the one `before`; return whether it was set."""
    condition = {} if before is None else {"enrollment_count": before}
    updated = Course.objects(id=course_id, **condition).update_one(set__enrollment_count=number)
    selectors.invalidate_course(course_id)
    return bool(updated)


def increment_lesson_count(course_id) -> bool:
    """Add one to the lesson count, and return whether the course still exists."""
    updated = Course.objects(id=course_id, removed=None).update_one(inc__lesson_count=1)
    selectors.invalidate_course(course_id)
    return bool(updated)


def decrement_lesson_count(course_id) -> None:
    """
    Subtract one from the lesson count.

    :raises LastLesson: the course is published and has no other lesson
    """
    may_lose_one = Q(published=False) | Q(lesson_count__gt=1)
    updated = Course.objects(may_lose_one, id=course_id).update_one(dec__lesson_count=1)
    selectors.invalidate_course(course_id)
    if not updated and Course.objects(id=course_id).count():
        raise LastLesson()


def recount_lessons(course_id, number: int, *, before: int | None = None) -> bool:
    """Set the lesson count, if it is still the one `before`; return whether it was set."""
    condition = {} if before is None else {"lesson_count": before}
    updated = Course.objects(id=course_id, **condition).update_one(set__lesson_count=number)
    selectors.invalidate_course(course_id)
    return bool(updated)


def begin_lesson_order(course_id, lesson_ids: list[ObjectId]) -> None:
    """
    Store the new order of the lessons, which readers use while the lessons are being moved.

    :raises BeingReordered: an earlier reordering is not finished
    """
    not_ordered = Course.objects(id=course_id, lesson_order=None)
    if not not_ordered.update_one(
        set__lesson_order=lesson_ids, set__lesson_order_since=now_in_milliseconds()
    ):
        raise BeingReordered()


def end_lesson_order(course_id) -> None:
    Course.objects(id=course_id).update_one(
        unset__lesson_order=True, unset__lesson_order_since=True
    )
