"""What changes progress, and what follows from it: milestones, told once each."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pymongo.errors
from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError, QuerySet
from mongoengine.errors import BulkWriteError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import DomainError, NotFound
from apps.common.events import publish
from apps.common.storage.documents import for_each
from apps.common.storage.rounds import SMALL, batches, in_rounds
from apps.enrollments import selectors as enrollments
from apps.enrollments import services as places
from apps.lessons import selectors as lessons
from apps.lessons.documents import Lesson
from apps.progress import selectors
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from apps.quizzes import selectors as quizzes

MILESTONES = (25, 50, 75, 100)
A_MINUTE = timedelta(minutes=1)
DUPLICATE_KEY = 11000


class QuizNotPassed(DomainError):
    code = "quiz_not_passed"
    detail = _("A lesson with a quiz is completed by passing it.")


def set_lesson_completion(*, student_id: str, lesson: Lesson, completed: bool) -> Progress:
    """
    Mark a lesson as completed, or clear it; doing it twice changes nothing.

    :raises NotEnrolled: the student has no place in the lesson's course
    :raises QuizNotPassed: it has a quiz that the student has still to pass
    """
    place = enrollments.get_enrollment(student_id=student_id, course_id=lesson.course)
    if place is None:
        raise places.NotEnrolled()
    if completed and _is_held_back(student_id, lesson.id):
        raise QuizNotPassed()
    pending = (
        {"set__pending_since": now_in_milliseconds()}
        if completed
        else {"unset__pending_since": True}
    )
    record = _mark(student_id, lesson.id, lesson.course, completed, **pending)
    if completed:
        told = place.milestones if record.course == lesson.course else ()
        deliver_milestones(student_id=student_id, course_id=record.course, told=told)
        Progress.objects(id=record.id).update_one(unset__pending_since=True)
    return record


def complete_by_quiz(*, student_id: str, quiz_id: str, lesson_id: str, course_id: str) -> None:
    """
    Complete a lesson of which a quiz was passed, unless another is still to be.

    Nothing is left pending here: who tells of the quiz does, until all of this is done.
    """
    passed = ObjectId(quiz_id)
    if quizzes.unpassed_quizzes(student_id=student_id, lesson_id=lesson_id, excluding=passed):
        return
    record = _mark(student_id, ObjectId(lesson_id), ObjectId(course_id), True)
    deliver_milestones(student_id=student_id, course_id=record.course)


def create_progress_records(*, student_id: str, course_id: str) -> None:
    """Make a student's missing records of a course's lessons."""
    lesson_ids = lessons.cached_lesson_ids(course_id)
    _insert_missing(
        [Progress(student=student_id, lesson=one, course=course_id) for one in lesson_ids]
    )
    selectors.invalidate_progress(*((student_id, one) for one in lesson_ids))


def create_progress_records_of_lesson(*, lesson_id: str, course_id: str) -> None:
    """Make the missing records of a lesson that a course was given."""
    students = enrollments.students_of_course(course_id)
    _insert_missing([Progress(student=one, lesson=lesson_id, course=course_id) for one in students])
    selectors.invalidate_progress(*((one, lesson_id) for one in students))


def delete_progress_of_lesson(*, lesson_id: str, course_id: str) -> None:
    """Remove the records of a lesson that is gone; who has the rest may reach a milestone."""
    records = Progress.objects(lesson=lesson_id)
    _delete(records)
    deliver_milestones_of_course(course_id)


def move_lesson(*, lesson_id: str, from_course_id: str, to_course_id: str) -> None:
    """Take the records of a lesson along to another course."""
    records = Progress.objects(lesson=lesson_id)
    for some in in_rounds(records):
        some.update(set__course=ObjectId(to_course_id))
    selectors.invalidate_progress(*((one, lesson_id) for one in records.distinct("student")))
    create_progress_records_of_lesson(lesson_id=lesson_id, course_id=to_course_id)
    deliver_milestones_of_course(from_course_id)
    deliver_milestones_of_course(to_course_id)


def deliver_milestones(*, student_id, course_id, told: Sequence[int] = ()) -> None:
    """Tell of each milestone that the student has reached, but for those known to be told."""
    lesson_ids = lessons.cached_lesson_ids(course_id)
    done = selectors.count_completed(student_id=student_id, lesson_ids=lesson_ids)
    _tell_reached(str(student_id), str(course_id), done, len(lesson_ids), told)


def deliver_milestones_of_course(course_id: str) -> None:
    """Tell of what students have reached because a course's lessons have changed."""
    lesson_ids = lessons.lesson_ids(course_id)
    for student_id, done in selectors.completions_by_student(lesson_ids).items():
        _tell_reached(student_id, course_id, done, len(lesson_ids))


def repair_progress() -> int:
    """Look for the milestones of what was cut off a minute ago or more; return how many."""
    before = now_in_milliseconds() - A_MINUTE
    repaired = for_each(Progress.objects(pending_since__lt=before), _repair)
    for student_id, course_id, percent in enrollments.undelivered_milestones():
        _tell(student_id, course_id, percent)
    return repaired


def _repair(record: Progress) -> None:
    deliver_milestones(student_id=record.student, course_id=record.course)
    Progress.objects(id=record.id).update_one(unset__pending_since=True)


def delete_progress_of_course(course_id: str) -> None:
    """Remove all records of a course that goes."""
    _delete(Progress.objects(course=course_id))


def erase(user_id: str) -> None:
    """Remove all records of an erased person."""
    _delete(Progress.objects(student=user_id))


def _delete(records: QuerySet) -> None:
    for some in in_rounds(records):
        pairs = list(some.scalar("student", "lesson"))
        some.delete()
        selectors.invalidate_progress(*pairs)


def _is_held_back(student_id: str, lesson_id: ObjectId) -> bool:
    """Say whether a quiz is still to be passed; one that came later un-completes nobody."""
    if not quizzes.unpassed_quizzes(student_id=student_id, lesson_id=lesson_id):
        return False
    return not selectors.has_completed(student_id=student_id, lesson_id=lesson_id)


def _mark(
    student_id: str, lesson_id: ObjectId, course_id: ObjectId, completed: bool, **changes
) -> Progress:
    changes |= {"set__course": course_id, "set__completed": completed}
    if completed:
        changes["min__completed_at"] = now_in_milliseconds()
    else:
        changes["unset__completed_at"] = True
    query = Progress.objects(student=student_id, lesson=lesson_id)
    try:
        # The id is ours: not every engine makes one in the order of time.
        record = query.modify(upsert=True, new=True, set_on_insert__id=ObjectId(), **changes)
    except NotUniqueError:  # two made the record at once: now it is there
        record = query.modify(new=True, **changes)
    finally:
        selectors.invalidate_progress((student_id, lesson_id))
    return _follow_lesson(record)


def _follow_lesson(record: Progress) -> Progress:
    """
    Return the record in the current course of its lesson, which may have moved since it was read.

    A move that ends after this check finds the record, because the record is stored already.
    """
    with suppress(NotFound):  # The lesson is being deleted, and its records with it.
        course_id = lessons.course_of_lesson(record.lesson)
        if course_id != record.course:
            record.modify(set__course=course_id)
            selectors.invalidate_progress((record.student, record.lesson))
    return record


def _insert_missing(records: Sequence[Progress]) -> None:
    """Insert the records that do not exist, and move the others to their lesson's course."""
    for some in batches(records, at_once=SMALL):
        try:
            Progress.objects.insert(some, load_bulk=False)
        except (NotUniqueError, BulkWriteError):
            _insert_others(some)


def _insert_others(records: Sequence[Progress]) -> None:
    """
    Insert what an attempt to insert all records has left out, in three commands.

    :param records: of one student or of one lesson
    """
    students, lesson_ids = {one.student for one in records}, {one.lesson for one in records}
    stored = Progress.objects(student__in=list(students), lesson__in=list(lesson_ids))
    known = set(stored.scalar("student", "lesson"))
    stored.filter(course__ne=records[0].course).update(set__course=records[0].course)
    others = [one.to_mongo() for one in records if (one.student, one.lesson) not in known]
    if others:
        try:
            Progress._get_collection().insert_many(others, ordered=False)
        except pymongo.errors.BulkWriteError as error:  # Another request inserts the same ones.
            if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
                raise


def _tell_reached(
    student_id: str, course_id: str, done: int, total: int, told: Sequence[int] = ()
) -> None:
    for percent in MILESTONES:
        reached = total and 100 * done >= percent * total
        if (
            reached
            and percent not in told
            and places.reach_milestone(student_id=student_id, course_id=course_id, percent=percent)
        ):
            _tell(student_id, course_id, percent)


def _tell(student_id: str, course_id: str, percent: int) -> None:
    if publish(MilestoneReached(student_id, course_id, percent)):
        places.mark_milestone_delivered(student_id=student_id, course_id=course_id, percent=percent)
