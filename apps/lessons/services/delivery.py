"""Publish what happened to lessons, also after an interruption."""

from apps.common.events import publish
from apps.common.storage.undelivered import deliver_again
from apps.common.tasks import enqueue
from apps.courses import selectors as catalog
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.lessons.events import LessonAdded, LessonMoved, LessonRemoved
from apps.lessons.services.counts import recount_lessons


def enqueue_delivery(lesson: Lesson) -> None:
    enqueue("apps.lessons.tasks.deliver_lesson_event", lesson_id=str(lesson.id))


def deliver_lesson_event(lesson_id) -> None:
    """Publish what happened to a lesson, and delete a hidden lesson when that is delivered."""
    lesson = Lesson.objects(id=lesson_id, undelivered_since__ne=None).first()
    if lesson is not None and publish(_event_of(lesson)):
        _finish(lesson)


def repair_lessons() -> int:
    """Finish what was interrupted a minute ago or earlier; return the number of lessons."""
    return deliver_again(Lesson, _repair)


def show_again(lesson: Lesson) -> None:
    Lesson.objects(id=lesson.id).update_one(unset__removed=True, unset__undelivered_since=True)
    selectors.invalidate_outline(lesson.course)


def _repair(lesson: Lesson) -> None:
    if lesson.removed and _is_last_lesson(lesson.course):
        show_again(lesson)
        lesson = lesson.reload()
    courses = {lesson.course, lesson.moved_from} - {None}
    settled = all([recount_lessons(course_id) for course_id in courses])
    if lesson.undelivered_since and publish(_event_of(lesson)) and settled:
        _finish(lesson)


def _is_last_lesson(course_id) -> bool:
    """Return whether a deletion was interrupted before its course was found to need the lesson."""
    return catalog.is_published(course_id) and selectors.count_lessons(course_id) == 0


def _finish(lesson: Lesson) -> None:
    """Delete a hidden lesson, or clear what marks it as undelivered, unless it changed again."""
    if lesson.removed:
        lesson.delete()
        return
    same = Lesson.objects(id=lesson.id, undelivered_since=lesson.undelivered_since)
    same.update_one(unset__undelivered_since=True, unset__moved_from=True)


def _event_of(lesson: Lesson) -> LessonAdded | LessonMoved | LessonRemoved:
    if lesson.removed:
        return LessonRemoved(str(lesson.id), str(lesson.course))
    if lesson.moved_from:
        return LessonMoved(str(lesson.id), str(lesson.moved_from), str(lesson.course))
    return LessonAdded(str(lesson.id), str(lesson.course))
