"""Every change of lessons."""

from contextlib import ExitStack
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Invalid, ReferenceNotFound, reference_errors
from apps.common.events import ask
from apps.common.storage.documents import insert, raise_not_written, update
from apps.common.storage.positions import position_after
from apps.common.storage.rounds import LARGE, delete_in_rounds
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.lessons.events import LessonMoveGuards
from apps.lessons.markdown import render
from apps.lessons.services.counts import LESSONS, recount_lessons
from apps.lessons.services.delivery import enqueue_delivery, show_again
from apps.lessons.services.order import TRIES, Crowded
from apps.users.viewer import SignedInViewer


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
    selectors.invalidate_outline(course.id)
    if lesson is not new:
        _count_earlier_insert(lesson)
    elif courses.increment_lesson_count(course.id):
        enqueue_delivery(lesson)
    else:
        lesson.delete()
        raise ReferenceNotFound("course")
    return lesson


def update_lesson(
    lesson_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None, **fields: Any
) -> Lesson:
    """
    Change a lesson; one that moves to another course goes to its end unless `position` is given.

    :raises NotFound: there is no such lesson that the viewer may see
    :raises Forbidden: the viewer may not edit its course, or the new one
    :raises TooManyLessons: the new course is full
    :raises DomainError: an app above refuses the move
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
    query = LessonMoveGuards(str(lesson.id), str(lesson.course), str(target.id))
    with LESSONS.moved(lesson.course, target.id), ExitStack() as guards:
        for guard in ask(query):
            guards.enter_context(guard)
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
    if not lesson.undelivered_since:  # Otherwise the sweep counts again, and delivers the event.
        enqueue_delivery(lesson)


def delete_lessons_of_course(course_id) -> None:
    delete_in_rounds(Lesson.objects(course=course_id), at_once=LARGE)
    selectors.invalidate_outline(course_id)


def record_contents_change(lesson_id, *, course_id) -> bool:
    """
    Record that an app above has added something to a lesson, or removed something from it.

    A move that may have counted the lesson's contents before then fails. Return whether the lesson
    is in this course.
    """
    lesson = Lesson.objects(id=lesson_id, course=course_id, removed=None)
    return bool(lesson.update_one(set__contents_version=ObjectId()))


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


def _hide(lesson: Lesson, expected: list[int] | None) -> None:
    """Hide a lesson that is being deleted, and subtract it from its course's count."""
    condition = {} if expected is None else {"revision__in": expected}
    visible = Lesson.objects(id=lesson.id, course=lesson.course, removed=None, **condition)
    hidden = visible.modify(set__removed=True, set__undelivered_since=now_in_milliseconds())
    if hidden is None:
        raise_not_written(Lesson, lesson.id)
    try:
        courses.decrement_lesson_count(lesson.course)
    except courses.LastLesson:
        show_again(lesson)
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


def _count_earlier_insert(lesson: Lesson) -> None:
    """
    Count a lesson that an earlier try has inserted, and maybe counted.

    The sweep counts again and delivers the event, because the number may not be final.
    """
    if lesson.undelivered_since:
        recount_lessons(lesson.course)


def _move(lesson: Lesson, target: Course, expected: list[int] | None, fields: dict) -> Lesson:
    source = lesson.course
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_position(target.id))
    if lesson.undelivered_since:  # An interrupted try may have subtracted it already.
        recount_lessons(source)
    Lesson.objects(id=lesson.id).update_one(set__undelivered_since=now_in_milliseconds())
    courses.decrement_lesson_count(source)
    fields |= {"moved_from": source, "undelivered_since": now_in_milliseconds()}
    condition = {"course": source, "contents_version": lesson.contents_version}
    try:
        moved = update(lesson, expected=expected, condition=condition, **fields)
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
    if not lesson.undelivered_since:  # Otherwise the sweep counts again, and delivers the event.
        enqueue_delivery(moved)
    return moved


def _render(fields: dict) -> None:
    if "content" in fields:
        fields["content_html"] = render(fields["content"])


def _position_taken() -> Invalid:
    return Invalid(position=_("Another lesson of this course has this position."))
