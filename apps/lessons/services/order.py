"""The order of the lessons of a course."""

from itertools import count

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from apps.common.errors import Conflict, Invalid, check_expected
from apps.common.storage.documents import for_each
from apps.common.storage.rounds import LARGE, batches
from apps.courses import selectors as catalog
from apps.courses import services as courses
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.users.viewer import SignedInViewer

TRIES = 20  # to find free positions while others add lessons


class Crowded(Conflict):
    code = "crowded"
    detail = _("Too many lessons are being added to this course. Try again shortly.")


def reorder_lessons(
    course_id: str,
    lesson_ids: list[ObjectId],
    *,
    viewer: SignedInViewer,
    expected: list[int] | None = None,
) -> list:
    """
    Put a course's lessons into a new order, and return the outline.

    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not edit it
    :raises StaleRevision: the course was edited in the meantime
    :raises Invalid: `lesson_ids` does not name each lesson of the course once
    :raises BeingReordered: an earlier reordering is not finished
    """
    course = courses.get_editable_course(course_id, viewer=viewer)
    check_expected(course.revision, expected)
    if sorted(lesson_ids) != sorted(selectors.lesson_ids(course.id)):
        raise Invalid(lessons=_("Name each lesson of the course exactly once."))
    courses.begin_lesson_order(course.id, lesson_ids)
    selectors.invalidate_outline(course.id)
    _apply_order(course.id, lesson_ids)
    return selectors.cached_outline(course.id)


def repair_orders() -> int:
    """Apply reorderings interrupted over a minute ago; return their number."""
    return for_each(
        catalog.courses_with_interrupted_order(),
        lambda course: _apply_order(course.id, course.lesson_order),
    )


def _apply_order(course_id, lesson_ids: list[ObjectId]) -> None:
    """
    Move lessons past the last position, and then to their new positions, a few at once.

    :raises Crowded: other lessons got in the way repeatedly; a sweep tries again
    """
    for _attempt in range(TRIES):
        try:
            for writes in batches(_moves(course_id, lesson_ids), at_once=LARGE):
                Lesson._get_collection().bulk_write(writes)
        except BulkWriteError:
            continue  # Another lesson took one of the positions in the meantime.
        courses.end_lesson_order(course_id)
        selectors.invalidate_outline(course_id)
        return
    raise Crowded()


def _moves(course_id, lesson_ids: list[ObjectId]) -> list[UpdateOne]:
    current = selectors.positions(course_id)
    taken = {current[lesson_id] for lesson_id in current.keys() - set(lesson_ids)}
    free = (position for position in count(1) if position not in taken)
    final = {
        lesson_id: position
        for lesson_id, position in zip(lesson_ids, free, strict=False)
        if current.get(lesson_id) != position
    }
    temporary = zip(final, count(1 + max(current.values(), default=0)), strict=False)
    return [
        UpdateOne({"_id": lesson_id, "course_id": course_id}, {"$set": {"position": position}})
        for lesson_id, position in (*temporary, *final.items())
    ]
