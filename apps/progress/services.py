"""Every change of progress records, and the milestones that students reach by them."""

from collections.abc import Sequence
from contextlib import suppress

import pymongo.errors
from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError, QuerySet
from mongoengine.errors import BulkWriteError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    check_expected,
    reference_errors,
)
from apps.common.events import publish
from apps.common.storage.rounds import SMALL, batches, in_rounds
from apps.common.storage.undelivered import deliver_again, mark_delivered
from apps.enrollments import selectors as enrollments
from apps.enrollments.services import NotEnrolled, mark_milestone_delivered, reach_milestone
from apps.lessons import selectors as lessons
from apps.progress import selectors
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from apps.quizzes import selectors as quizzes
from apps.users.viewer import SignedInViewer

MILESTONES = (25, 50, 75, 100)
REVISION = 1  # A record has no other fields that an edit could overwrite.
DUPLICATE_KEY = 11000


class QuizNotPassed(DomainError):
    code = "quiz_not_passed"
    detail = _("A lesson with a quiz is completed by passing it.")


def set_lesson_completion(*, viewer: SignedInViewer, lesson_id, completed: bool) -> Progress:
    """
    Mark a lesson as completed or not completed by the viewer; repeating it changes nothing.

    :raises Invalid: there is no such lesson that the viewer may see
    :raises NotEnrolled: the viewer is not enrolled in the lesson's course
    :raises QuizNotPassed: the viewer still has to pass a quiz of the lesson
    """
    with reference_errors("lesson"):
        lesson, _course = lessons.get_visible_lesson(lesson_id, viewer=viewer)
    enrollment = enrollments.get_enrollment(student_id=viewer.id, course_id=lesson.course)
    if enrollment is None:
        raise NotEnrolled()
    if not completed:
        return _mark(viewer.id, lesson.id, lesson.course, False, unset__undelivered_since=True)
    if _needs_quiz(viewer.id, lesson.id):
        raise QuizNotPassed()
    now = now_in_milliseconds()
    record = _mark(viewer.id, lesson.id, lesson.course, True, set__undelivered_since=now)
    known = enrollment.milestones if record.course == lesson.course else ()
    deliver_milestones(student_id=viewer.id, course_id=record.course, known=known)
    mark_delivered(record)
    return record


def update_record(
    record_id,
    *,
    viewer: SignedInViewer,
    expected: list[int] | None = None,
    lesson_id=None,
    completed: bool | None = None,
) -> Progress:
    """
    Mark the lesson of the viewer's own record.

    :param lesson_id: may only repeat the record's lesson
    :raises NotFound: there is no such record that the viewer may see
    :raises Forbidden: it is the record of another student
    :raises StaleRevision: `expected` names another revision
    :raises Invalid: `lesson_id` is another lesson, or the viewer may no longer see the lesson
    :raises NotEnrolled: the viewer is not enrolled in the lesson's course
    :raises QuizNotPassed: the viewer still has to pass a quiz of the lesson
    """
    record = selectors.get_visible_record(record_id, viewer=viewer)
    if str(record.student) != viewer.id:
        raise Forbidden(_("You can only change your own progress."))
    check_expected(REVISION, expected)
    if lesson_id is not None and str(lesson_id) != str(record.lesson):
        raise Invalid(lesson=_("The lesson of a progress record cannot be changed."))
    completed = record.completed if completed is None else completed
    return set_lesson_completion(viewer=viewer, lesson_id=record.lesson, completed=completed)


def complete_by_quiz(*, student_id: str, quiz_id: str, lesson_id: str, course_id: str) -> None:
    """
    Complete the lesson of a passed quiz, unless the student still has to pass another one.

    The record is not marked as undelivered, because the quiz event stays undelivered until this
    handler has succeeded.
    """
    passed = ObjectId(quiz_id)
    if quizzes.unpassed_quizzes(student_id=student_id, lesson_id=lesson_id, excluding=passed):
        return
    record = _mark(student_id, ObjectId(lesson_id), ObjectId(course_id), True)
    deliver_milestones(student_id=student_id, course_id=record.course)


def create_progress_records(*, student_id: str, course_id: str) -> None:
    """Create a student's missing records of a course's lessons."""
    lesson_ids = lessons.cached_lesson_ids(course_id)
    _insert_missing(
        [Progress(student=student_id, lesson=lesson, course=course_id) for lesson in lesson_ids]
    )
    selectors.invalidate_progress(*((student_id, lesson) for lesson in lesson_ids))


def create_progress_records_of_lesson(*, lesson_id: str, course_id: str) -> None:
    """Create the missing records of a lesson that was added to a course."""
    students = enrollments.students_of_course(course_id)
    _insert_missing(
        [Progress(student=student, lesson=lesson_id, course=course_id) for student in students]
    )
    selectors.invalidate_progress(*((student, lesson_id) for student in students))


def delete_progress_of_lesson(*, lesson_id: str, course_id: str) -> None:
    """Delete the records of a deleted lesson; students may reach a milestone without it."""
    _delete(Progress.objects(lesson=lesson_id))
    deliver_milestones_of_course(course_id)


def move_lesson(*, lesson_id: str, from_course_id: str, to_course_id: str) -> None:
    """Move the records of a lesson to another course."""
    records = Progress.objects(lesson=lesson_id)
    for some in in_rounds(records):
        some.update(set__course=ObjectId(to_course_id))
    students = records.distinct("student")
    selectors.invalidate_progress(*((student, lesson_id) for student in students))
    create_progress_records_of_lesson(lesson_id=lesson_id, course_id=to_course_id)
    deliver_milestones_of_course(from_course_id)
    deliver_milestones_of_course(to_course_id)


def deliver_milestones(*, student_id, course_id, known: Sequence[int] = ()) -> None:
    """
    Deliver each new milestone that the student has reached.

    :param known: milestones that need not be checked, because the student had reached them before
    """
    lesson_ids = lessons.cached_lesson_ids(course_id)
    completed = selectors.count_completed(student_id=student_id, lesson_ids=lesson_ids)
    _deliver_reached(str(student_id), str(course_id), completed, len(lesson_ids), known)


def deliver_milestones_of_course(course_id: str) -> None:
    """Deliver the milestones that students reach because a course's lessons have changed."""
    lesson_ids = lessons.lesson_ids(course_id)
    for student_id, completed in selectors.completions_by_student(lesson_ids).items():
        _deliver_reached(student_id, course_id, completed, len(lesson_ids))


def repair_progress() -> int:
    """Deliver undelivered milestones again; return the number of progress records."""
    repaired = deliver_again(Progress, _repair)
    for student_id, course_id, percent in enrollments.undelivered_milestones():
        _deliver(student_id, course_id, percent)
    return repaired


def delete_progress_of_course(course_id: str) -> None:
    _delete(Progress.objects(course=course_id))


def erase(user_id: str) -> None:
    """Delete all records of an erased user."""
    _delete(Progress.objects(student=user_id))


def _repair(record: Progress) -> None:
    deliver_milestones(student_id=record.student, course_id=record.course)
    mark_delivered(record)


def _delete(records: QuerySet) -> None:
    for some in in_rounds(records):
        pairs = list(some.scalar("student", "lesson"))
        some.delete()
        selectors.invalidate_progress(*pairs)


def _needs_quiz(student_id: str, lesson_id: ObjectId) -> bool:
    """
    Return whether the student still has to pass a quiz to complete the lesson.

    A quiz that is added later does not matter to students who have completed the lesson.
    """
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
        # Not every engine generates ids that grow with time.
        record = query.modify(upsert=True, new=True, set_on_insert__id=ObjectId(), **changes)
    except NotUniqueError:  # Another request has just inserted the record.
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
    Insert the records that an attempt to insert all of them has left out, in three commands.

    :param records: of one student or of one lesson
    """
    students = {record.student for record in records}
    lesson_ids = {record.lesson for record in records}
    stored = Progress.objects(student__in=list(students), lesson__in=list(lesson_ids))
    known = set(stored.scalar("student", "lesson"))
    stored.filter(course__ne=records[0].course).update(set__course=records[0].course)
    others = [
        record.to_mongo() for record in records if (record.student, record.lesson) not in known
    ]
    if others:
        try:
            Progress._get_collection().insert_many(others, ordered=False)
        except pymongo.errors.BulkWriteError as error:  # Another request inserts the same ones.
            if any(reason["code"] != DUPLICATE_KEY for reason in error.details["writeErrors"]):
                raise


def _deliver_reached(
    student_id: str, course_id: str, completed: int, total: int, known: Sequence[int] = ()
) -> None:
    for percent in MILESTONES:
        is_reached = total and 100 * completed >= percent * total
        if (
            is_reached
            and percent not in known
            and reach_milestone(student_id=student_id, course_id=course_id, percent=percent)
        ):
            _deliver(student_id, course_id, percent)


def _deliver(student_id: str, course_id: str, percent: int) -> None:
    if publish(MilestoneReached(student_id, course_id, percent)):
        mark_milestone_delivered(student_id=student_id, course_id=course_id, percent=percent)
