"""Every change of lessons and their order."""

from itertools import count
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import (
    Conflict,
    Invalid,
    ReferenceNotFound,
    check_expected,
    reference_errors,
)
from apps.common.events import publish
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import for_each, insert, raise_not_written, update
from apps.common.storage.positions import position_after
from apps.common.storage.rounds import LARGE, batches, delete_in_rounds
from apps.common.storage.undelivered import deliver_again
from apps.common.tasks import enqueue
from apps.courses import selectors as catalog
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.lessons.events import LessonAdded, LessonMoved, LessonRemoved
from apps.lessons.markdown import render
from apps.users.viewer import SignedInViewer

TRIES = 20  # to find a free position while others add lessons
MOST_LESSONS = 1000  # of a course; a new order names all of them


class TooManyLessons(Conflict):
    code = "too_many_lessons"
    detail = _("A course can have at most %(number)s lessons.") % {"number": MOST_LESSONS}


class Crowded(Conflict):
    code = "crowded"
    detail = _("Too many lessons are being added to this course. Try again shortly.")


LESSONS = CountLimit("lessons", MOST_LESSONS, count=selectors.count_lessons, refusal=TooManyLessons)


def create_lesson(
    *, lesson_id: ObjectId, course_id, viewer: SignedInViewer, **fields: Any
) -> Lesson:
    """
    Create a lesson in a course that the viewer may edit, at its end unless `position` is given.

    :raises Invalid: the course does not exist, the position is taken, or the text is too costly
    :raises Forbidden: the viewer may not edit the course
    :raises TooManyLessons: the course is full
    """
    with reference_errors("course"):
        course = courses.get_editable_course(course_id, viewer=viewer)
    return add_lesson(lesson_id=lesson_id, course=course, **fields)


def add_lesson(*, lesson_id: ObjectId, course: Course, **fields: Any) -> Lesson:
    """
    Add a lesson to a course, at its end unless `position` is given.

    :raises TooManyLessons: the course is full
    :raises Invalid: the position is taken, the course was deleted, or the text costs too much
    """
    _render(fields)
    new = Lesson(id=lesson_id, course=course.id, **fields)
    lesson = LESSONS.insert(course.id, new, by=_insert)
    if lesson is not new:  # An earlier try inserted it, and may have counted it.
        _recount(course.id)
    elif not courses.increment_lesson_count(course.id):
        lesson.delete()
        raise ReferenceNotFound("course")
    selectors.invalidate_outline(course.id)
    _enqueue_delivery(lesson)
    return lesson


def update_lesson(
    lesson_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None, **fields: Any
) -> Lesson:
    """
    Change a lesson; one that moves to another course goes to its end unless `position` is given.

    :raises NotFound: there is no such lesson that the viewer may see
    :raises Forbidden: the viewer may not edit its course, or the new one
    :raises TooManyLessons: the new course is full
    :raises Invalid: the new course does not exist, or the position or the text is invalid
    :raises LastLesson: a published course would be left without lessons
    :raises StaleRevision: the lesson was edited in the meantime
    """
    lesson = _editable_lesson(lesson_id, viewer)
    target_id = fields.get("course", lesson.course)
    if target_id == lesson.course:
        return _update(lesson, expected, fields)
    with reference_errors("course"):
        target = courses.get_editable_course(target_id, viewer=viewer)
    _render(fields)
    with LESSONS.moved(lesson.course, target.id):
        return _move(lesson, target, expected, fields)


def delete_lesson(
    lesson_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None
) -> None:
    """
    Delete a lesson and everything below it: hidden first, deleted last.

    :raises NotFound: there is no such lesson that the viewer may see
    :raises Forbidden: the viewer may not edit its course
    :raises LastLesson: it is the only lesson of a published course
    :raises StaleRevision: the lesson was edited in the meantime
    """
    lesson = _editable_lesson(lesson_id, viewer)
    with LESSONS.released(lesson.course):
        _hide(lesson, expected)
    _enqueue_delivery(lesson)


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


def deliver_lesson_event(lesson_id) -> None:
    """Publish what happened to a lesson, and delete a hidden lesson when that is delivered."""
    lesson = Lesson.objects(id=lesson_id, undelivered_since__ne=None).first()
    if lesson is None:
        return
    if lesson.removed:
        if publish(LessonRemoved(str(lesson.id), str(lesson.course))):
            lesson.delete()
    elif publish(_event_of(lesson)):
        same = Lesson.objects(id=lesson.id, undelivered_since=lesson.undelivered_since)
        same.update_one(unset__undelivered_since=True, unset__moved_from=True)


def repair_lessons() -> int:
    """Finish what was interrupted a minute ago or earlier; return the number of lessons."""
    return deliver_again(Lesson, _repair)


def repair_orders() -> int:
    """Apply interrupted reorderings; return their number."""
    return for_each(
        catalog.courses_being_reordered(),
        lambda course: _apply_order(course.id, course.lesson_order),
    )


def delete_lessons_of_course(course_id) -> None:
    delete_in_rounds(Lesson.objects(course=course_id), at_once=LARGE)
    selectors.invalidate_outline(course_id)


def _editable_lesson(lesson_id: str, viewer: SignedInViewer) -> Lesson:
    lesson, course = selectors.get_visible_lesson(lesson_id, viewer=viewer)
    courses.check_may_edit(course, viewer=viewer)
    return lesson


def _update(lesson: Lesson, expected: list[int] | None, fields: dict) -> Lesson:
    _render(fields)
    try:
        return update(lesson, expected=expected, **fields)
    except NotUniqueError as error:
        raise _position_taken() from error
    finally:
        selectors.invalidate_outline(lesson.course)


def _repair(lesson: Lesson) -> None:
    if lesson.removed and _is_last_lesson(lesson.course):
        _show_again(lesson)
    for course_id in {lesson.course, lesson.moved_from} - {None}:
        _recount(course_id)
    deliver_lesson_event(lesson.id)


def _hide(lesson: Lesson, expected: list[int] | None) -> None:
    """Hide a lesson that is being deleted, and subtract it from its course's count."""
    condition = {} if expected is None else {"revision__in": expected}
    visible = Lesson.objects(id=lesson.id, removed=None, **condition)
    hidden = visible.modify(set__removed=True, set__undelivered_since=now_in_milliseconds())
    if hidden is None:
        raise_not_written(Lesson, lesson.id)
    try:
        courses.decrement_lesson_count(lesson.course)
    except courses.LastLesson:
        _show_again(lesson)
        raise
    finally:
        selectors.invalidate_outline(lesson.course)


def _insert(lesson: Lesson) -> Lesson:
    lesson.undelivered_since = now_in_milliseconds()
    if lesson.position is not None:
        try:
            return insert(lesson)
        except NotUniqueError as error:
            raise _position_taken() from error
    for _attempt in range(TRIES):
        lesson.position = position_after(selectors.last_position(lesson.course))
        try:
            return insert(lesson)
        except NotUniqueError:
            continue  # Another lesson took the position in the meantime.
    raise Crowded()


def _move(lesson: Lesson, target: Course, expected: list[int] | None, fields: dict) -> Lesson:
    source = lesson.course
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_position(target.id))
    if lesson.undelivered_since:  # An interrupted try may have subtracted it already.
        _recount(source)
    Lesson.objects(id=lesson.id).update_one(set__undelivered_since=now_in_milliseconds())
    courses.decrement_lesson_count(source)
    fields |= {"moved_from": source, "undelivered_since": now_in_milliseconds()}
    try:
        moved = update(lesson, expected=expected, condition={"course": source}, **fields)
    except NotUniqueError as error:
        courses.increment_lesson_count(source)
        raise _position_taken() from error
    except Exception:
        courses.increment_lesson_count(source)
        raise
    finally:
        selectors.invalidate_outline(source)
        selectors.invalidate_outline(target.id)
    courses.increment_lesson_count(target.id)
    _enqueue_delivery(moved)
    return moved


def _is_last_lesson(course_id) -> bool:
    """Return whether a deletion was interrupted before its course was found to need the lesson."""
    return catalog.is_published(course_id) and selectors.count_lessons(course_id) == 0


def _show_again(lesson: Lesson) -> None:
    Lesson.objects(id=lesson.id).update_one(unset__removed=True, unset__undelivered_since=True)
    selectors.invalidate_outline(lesson.course)


def _apply_order(course_id, lesson_ids: list[ObjectId]) -> None:
    """
    Move lessons past the last position, and then to their new positions, a few at once.

    :raises Crowded: other lessons got in the way repeatedly; a sweep tries again
    """
    for _attempt in range(TRIES):
        try:
            for some in batches(_moves(course_id, lesson_ids), at_once=LARGE):
                Lesson._get_collection().bulk_write(some)
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


def _enqueue_delivery(lesson: Lesson) -> None:
    enqueue("apps.lessons.tasks.deliver_lesson_event", lesson_id=str(lesson.id))


def _event_of(lesson: Lesson) -> LessonAdded | LessonMoved:
    if lesson.moved_from:
        return LessonMoved(str(lesson.id), str(lesson.moved_from), str(lesson.course))
    return LessonAdded(str(lesson.id), str(lesson.course))


def _recount(course_id) -> None:
    # We cannot tell whether the counter was changed before an interruption, so count again.
    courses.recount_lessons(course_id, selectors.count_lessons(course_id))


def _render(fields: dict) -> None:
    if "content" in fields:
        fields["content_html"] = render(fields["content"])


def _position_taken() -> Invalid:
    return Invalid(position=_("Another lesson of this course has this position."))
