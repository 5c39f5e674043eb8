"""What changes lessons and their order."""

from datetime import timedelta
from itertools import count
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, Invalid
from apps.common.events import publish
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import check_revision, for_each, insert, update
from apps.common.storage.positions import position_after
from apps.common.tasks import enqueue
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.lessons.events import LessonAdded, LessonMoved, LessonRemoved
from apps.lessons.markdown import render

A_MINUTE = timedelta(minutes=1)
TRIES = 20  # to append while others append
MOST_LESSONS = 1000  # of a course; an order names them all


class TooManyLessons(Conflict):
    code = "too_many_lessons"
    detail = _("A course has at most %(number)s lessons.") % {"number": MOST_LESSONS}


LESSONS = CountLimit("lessons", MOST_LESSONS, count=selectors.count_lessons, refusal=TooManyLessons)


class Crowded(Conflict):
    code = "crowded"
    detail = _("Too many lessons are being added to this course at once; try again shortly.")


def create_lesson(*, lesson_id: ObjectId, course: Course, **fields: Any) -> Lesson:
    """
    Add a lesson to a course, at its end unless a position is given.

    :raises TooManyLessons: the course is full
    :raises Invalid: the position is taken, the course was removed, or rendering is too much work
    """
    _render(fields)
    new = Lesson(id=lesson_id, course=course.id, **fields)
    lesson = LESSONS.insert(course.id, new, by=_insert)
    if lesson is not new:  # an earlier try has made it, and may have counted it
        _recount(course.id)
    elif not courses.increment_lesson_count(course.id):
        lesson.delete()
        raise Invalid(course=_("There is no such course."))
    selectors.invalidate_outline(course.id)
    _tell_later(lesson)
    return lesson


def update_lesson(
    lesson: Lesson, *, target: Course, expected: list[int] | None = None, **fields: Any
) -> Lesson:
    """
    Change a lesson; one that goes to another course is appended there unless told.

    :raises TooManyLessons: the course that it goes to is full
    :raises Invalid: the position is taken, or rendering is too much work
    :raises LastLesson: it would leave a published course without a lesson
    :raises StaleVersion: somebody has edited it since
    """
    _render(fields)
    if target.id != lesson.course:
        with LESSONS.moved(lesson.course, target.id):
            return _move(lesson, target, expected, fields)
    try:
        return update(lesson, expected=expected, **fields)
    except NotUniqueError as error:
        raise _position_taken() from error
    finally:
        selectors.invalidate_outline(lesson.course)


def delete_lesson(lesson: Lesson, *, expected: list[int] | None = None) -> None:
    """
    Remove a lesson and everything below it: hidden first, gone last.

    :raises LastLesson: it is a published course's only one
    :raises StaleVersion: somebody has edited it since
    """
    with LESSONS.released(lesson.course):
        _hide(lesson, expected)
    _tell_later(lesson)


def reorder_lessons(course: Course, wanted: list[ObjectId]) -> list:
    """
    Put a course's lessons into the wanted order; return the outline.

    :raises Invalid: not each lesson of the course is named once
    :raises BeingReordered: another order is being carried out
    """
    if sorted(wanted) != sorted(selectors.lesson_ids(course.id)):
        raise Invalid(lessons=_("Name each lesson of the course once."))
    courses.begin_lesson_order(course.id, wanted)
    selectors.invalidate_outline(course.id)
    _carry_out_order(course.id, wanted)
    return selectors.cached_outline(course.id)


def deliver_lesson_event(lesson_id) -> None:
    """Tell the apps above what happened to a lesson, and note that they have heard."""
    lesson = Lesson.objects(id=lesson_id, pending_since__ne=None).first()
    if lesson is None:
        return
    if lesson.removed:
        if publish(LessonRemoved(str(lesson.id), str(lesson.course))):
            lesson.delete()
    elif publish(_what_happened(lesson)):
        same = Lesson.objects(id=lesson.id, pending_since=lesson.pending_since)
        same.update_one(unset__pending_since=True, unset__moved_from=True)


def repair_lessons() -> int:
    """Finish what was cut off a minute ago or more; return how many lessons it was."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Lesson.objects(pending_since__lt=before), _repair)


def _repair(lesson: Lesson) -> None:
    if lesson.removed and _is_needed(lesson.course):
        _bring_back(lesson)
    for course_id in {lesson.course, lesson.moved_from} - {None}:
        _recount(course_id)
    deliver_lesson_event(lesson.id)


def repair_orders() -> int:
    """Carry out the orders that were cut off; return how many."""
    cut_off = Course.objects(lesson_order__exists=True, lesson_order__ne=None)
    return for_each(cut_off, lambda course: _carry_out_order(course.id, course.lesson_order))


def delete_lessons_of_course(course_id) -> None:
    """Remove all lessons of a course that goes."""
    Lesson.objects(course=course_id).delete()
    selectors.invalidate_outline(course_id)


def _hide(lesson: Lesson, expected: list[int] | None) -> None:
    """Hide a lesson that goes, and count it no more."""
    condition = {} if expected is None else {"revision__in": expected}
    visible = Lesson.objects(id=lesson.id, removed=None, **condition)
    hidden = visible.modify(set__removed=True, set__pending_since=now_in_milliseconds())
    if hidden is None:
        check_revision(Lesson, lesson.id)
    try:
        courses.decrement_lesson_count(lesson.course)
    except courses.LastLesson:
        _bring_back(lesson)
        raise
    finally:
        selectors.invalidate_outline(lesson.course)


def _insert(lesson: Lesson) -> Lesson:
    lesson.pending_since = now_in_milliseconds()
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
            continue  # another was appended meanwhile
    raise Crowded()


def _move(lesson: Lesson, target: Course, expected: list[int] | None, fields: dict) -> Lesson:
    source = lesson.course
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_position(target.id))
    if lesson.pending_since:  # a try that was cut off may have given it up already
        _recount(source)
    Lesson.objects(id=lesson.id).update_one(set__pending_since=now_in_milliseconds())
    courses.decrement_lesson_count(source)
    fields |= {"moved_from": source, "pending_since": now_in_milliseconds()}
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
    _tell_later(moved)
    return moved


def _is_needed(course_id) -> bool:
    """Say whether a removal was cut off before it was known that a lesson must stay."""
    published = Course.objects(id=course_id, published=True, removed=None).count()
    return bool(published) and selectors.count_lessons(course_id) == 0


def _bring_back(lesson: Lesson) -> None:
    Lesson.objects(id=lesson.id).update_one(unset__removed=True, unset__pending_since=True)
    selectors.invalidate_outline(lesson.course)


def _carry_out_order(course_id, wanted: list[ObjectId]) -> None:
    """
    Move the lessons past the last position, one by one, and back to the first ones.

    :raises Crowded: others were put in the way again and again; the sweep tries again
    """
    for _attempt in range(TRIES):
        try:
            if wanted:  # PyMongo refuses an empty list of writes.
                Lesson._get_collection().bulk_write(_moves(course_id, wanted))
        except BulkWriteError:
            continue  # another lesson was put in the way meanwhile
        courses.end_lesson_order(course_id)
        selectors.invalidate_outline(course_id)
        return
    raise Crowded()


def _moves(course_id, wanted: list[ObjectId]) -> list[UpdateOne]:
    past = selectors.last_position(course_id)
    aside = range(past + 1, past + 1 + len(wanted))
    taken = selectors.positions_of_others(course_id, wanted)
    first = (place for place in count(1) if place not in taken)
    return [
        UpdateOne({"_id": lesson_id, "course_id": course_id}, {"$set": {"position": position}})
        for positions in (aside, first)
        for position, lesson_id in zip(positions, wanted, strict=False)
    ]


def _tell_later(lesson: Lesson) -> None:
    from apps.lessons.tasks import deliver_lesson_event  # the task calls this module

    enqueue(deliver_lesson_event, lesson_id=str(lesson.id))


def _what_happened(lesson: Lesson) -> LessonAdded | LessonMoved:
    if lesson.moved_from:
        return LessonMoved(str(lesson.id), str(lesson.moved_from), str(lesson.course))
    return LessonAdded(str(lesson.id), str(lesson.course))


def _recount(course_id) -> None:
    # A count cannot know whether it was changed before the cut.
    courses.recount_lessons(course_id, selectors.count_lessons(course_id))


def _render(fields: dict) -> None:
    if "content" in fields:
        fields["content_html"] = render(fields["content"])


def _position_taken() -> Invalid:
    return Invalid(position=_("Another lesson of the course has this position."))
