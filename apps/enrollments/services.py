"""Every change of enrollments."""

from contextlib import suppress

from bson import ObjectId
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import (
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    check_expected,
    reference_errors,
)
from apps.common.events import publish
from apps.common.normalization import normalize_name
from apps.common.storage.documents import insert
from apps.common.storage.recounts import recount
from apps.common.storage.rounds import in_rounds
from apps.common.storage.undelivered import deliver, deliver_again, mark_delivered
from apps.courses import selectors as catalog
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.enrollments import selectors
from apps.enrollments.documents import Enrollment
from apps.enrollments.events import StudentEnrolled, StudentLeft
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer

MOST_ENROLLMENTS = 1000  # of a student at a time
REVISION = 1  # Nobody edits an enrollment, so its revision never changes.


class CourseNotOpen(DomainError):
    code = "course_not_open"
    detail = _("This course is not open for enrollment.")


class AlreadyEnrolled(DomainError):
    code = "already_enrolled"
    detail = _("The student is already enrolled in this course.")


class TooManyEnrollments(Conflict):
    code = "too_many_enrollments"
    detail = _("A student can be enrolled in at most %(number)s courses.") % {
        "number": MOST_ENROLLMENTS
    }


class NotEnrolled(DomainError):
    status = 403
    code = "not_enrolled"
    detail = _("You are not enrolled in this course.")


class CountChanging(Exception):
    """A course's enrollments must be counted again later, because others enroll or leave."""


def enroll(
    *,
    viewer: SignedInViewer,
    course_id,
    student_id=None,
    username: str | None = None,
    enrollment_id: ObjectId | None = None,
) -> Enrollment:
    """
    Enroll the viewer, or the named student in a course of the viewer's own.

    :raises Invalid: the course or the student does not exist
    :raises Forbidden: the viewer names another student and is not the course's instructor
    :raises CourseNotOpen: the course is a draft, or was deleted in the meantime
    :raises AlreadyEnrolled: the student is already enrolled
    :raises TooManyEnrollments: the student is enrolled in the maximum number of courses
    """
    with reference_errors("course"):
        course = catalog.get_visible_course(course_id, viewer=viewer)
    is_own = (str(student_id or viewer.id), normalize_name(username or viewer.username)) == (
        viewer.id,
        normalize_name(viewer.username),
    )
    if not (is_own or courses.may_edit(course, viewer=viewer)):
        raise Forbidden(_("Only the course's instructor can enroll other students."))
    if not course.published:  # Otherwise drafts would tell which usernames exist.
        raise CourseNotOpen()
    student_id = viewer.id if is_own else _find_student(student_id, username)
    return enroll_student(student_id=student_id, course=course, enrollment_id=enrollment_id)


def enroll_student(
    *, student_id, course: Course, enrollment_id: ObjectId | None = None
) -> Enrollment:
    """
    Enroll a student in an open course; a student who returns finds the earlier progress.

    :raises CourseNotOpen: the course is a draft, or was deleted in the meantime
    :raises AlreadyEnrolled: the student is already enrolled
    :raises TooManyEnrollments: the student is enrolled in the maximum number of courses
    """
    if not course.published:
        raise CourseNotOpen()
    new = Enrollment(
        id=enrollment_id,
        student=student_id,
        course=course.id,
        undelivered_since=now_in_milliseconds(),
    )
    try:
        enrollment = insert(new)
    except NotUniqueError:
        enrollment = new = _reenroll(student_id, course)
    finally:
        selectors.invalidate_enrollments(student_id)
    _check_number(enrollment)
    event = _enrolled_event(enrollment, course.title)
    if enrollment is not new:
        _finish_earlier_try(enrollment, event)
        return enrollment
    if not courses.increment_enrollment_count(course.id):  # The course was just deleted.
        enrollment.delete()
        raise CourseNotOpen()
    deliver(event, source=enrollment)
    return enrollment


def leave(enrollment_id, *, viewer: SignedInViewer, expected: list[int] | None = None) -> None:
    """
    End the viewer's own enrollment, or one in a course of the viewer's own. Progress is kept.

    :raises NotFound: there is no such enrollment that the viewer may see
    :raises Forbidden: the viewer may see it, and not end it
    :raises StaleRevision: `expected` names another revision
    """
    enrollment = selectors.get_visible_enrollment(enrollment_id, viewer=viewer)
    if str(enrollment.student) != viewer.id:
        course = catalog.get_course(enrollment.course)
        if not courses.may_edit(course, viewer=viewer):
            raise Forbidden()
    check_expected(REVISION, expected)
    now = now_in_milliseconds()
    left = Enrollment.objects(id=enrollment.id, left_at=None).modify(
        new=True, set__left_at=now, set__undelivered_since=now
    )
    selectors.invalidate_enrollments(enrollment.student)
    if left is None:
        raise NotFound()
    courses.increment_enrollment_count(enrollment.course, by=-1)
    deliver(_left_event(left), source=left)


def reach_milestone(*, student_id, course_id, percent: int) -> bool:
    """Record that a student has reached a milestone; return whether it is new."""
    changes = {"add_to_set__milestones": percent, "add_to_set__undelivered_milestones": percent}
    if percent == 100:
        changes["min__completed_at"] = now_in_milliseconds()
    without = Enrollment.objects(student=student_id, course=course_id, milestones__ne=percent)
    reached = without.update_one(**changes)
    if reached:
        selectors.invalidate_enrollments(student_id)
    return bool(reached)


def mark_milestone_delivered(*, student_id, course_id, percent: int) -> None:
    enrollment = Enrollment.objects(student=student_id, course=course_id)
    enrollment.update_one(pull__undelivered_milestones=percent)


def repair_enrollments() -> int:
    """Deliver undelivered events again; return the number of enrollments."""
    return deliver_again(Enrollment, _repair)


def delete_enrollments_of_course(course_id) -> None:
    for some in in_rounds(Enrollment.objects(course=course_id)):
        students = some.distinct("student")
        some.delete()
        selectors.invalidate_enrollments(*students)


def erase(user_id: str) -> None:
    """
    Delete the enrollments of an erased user: hidden first, deleted when no longer counted.

    :raises CountChanging: some are not deleted yet; the erasure is tried again
    """
    enrollments = Enrollment.objects(student=user_id)
    enrollments.update(set__left_at=now_in_milliseconds(), unset__undelivered_since=True)
    selectors.invalidate_enrollments(user_id)
    changing = [id for id in enrollments.distinct("course") if not _recount(id)]
    enrollments.filter(course__nin=changing).delete()
    if changing:
        raise CountChanging()


def _finish_earlier_try(enrollment: Enrollment, event: StudentEnrolled) -> None:
    """
    Count and deliver an enrollment that an earlier try has inserted, and maybe counted.

    The sweep counts again, because a number that is counted during requests may not be final.
    """
    if enrollment.undelivered_since:
        _recount(enrollment.course)
        publish(event)


def _find_student(student_id, username: str | None) -> str:
    if username is not None:
        with reference_errors("username"):
            return str(users.find_user(username=username).id)
    with reference_errors("student"):
        return str(users.get_user(student_id).id)


def _check_number(enrollment: Enrollment) -> None:
    """
    Undo a new enrollment if the student has too many with it.

    Each request counts after its own insert, so the last of several racing requests sees all of
    them. The count comes from the list that the cache holds anyway, so no counter is needed.

    :raises TooManyEnrollments: the student has too many
    """
    if len(selectors.cached_enrollments(str(enrollment.student))) <= MOST_ENROLLMENTS:
        return
    same = Enrollment.objects(id=enrollment.id, undelivered_since=enrollment.undelivered_since)
    same.update_one(set__left_at=now_in_milliseconds(), unset__undelivered_since=True)
    selectors.invalidate_enrollments(enrollment.student)
    raise TooManyEnrollments()


def _reenroll(student_id, course: Course) -> Enrollment:
    left = Enrollment.objects(student=student_id, course=course.id, left_at__ne=None)
    enrollment = left.modify(
        new=True,
        unset__left_at=True,
        set__enrolled_at=now_in_milliseconds(),
        set__undelivered_since=now_in_milliseconds(),
    )
    if enrollment is None:
        raise AlreadyEnrolled(
            gettext("You are already enrolled in “%(title)s”.") % {"title": course.title}
        )
    return enrollment


def _repair(enrollment: Enrollment) -> None:
    settled, delivered = _recount(enrollment.course), True
    if enrollment.left_at:
        delivered = publish(_left_event(enrollment))
    else:
        with suppress(NotFound):  # The course is being deleted, and its enrollments with it.
            title = catalog.get_course(enrollment.course).title
            delivered = publish(_enrolled_event(enrollment, title))
    if settled and delivered:
        mark_delivered(enrollment)


def _enrolled_event(enrollment: Enrollment, title: str) -> StudentEnrolled:
    return StudentEnrolled(str(enrollment.student), str(enrollment.course), course_title=title)


def _left_event(enrollment: Enrollment) -> StudentLeft:
    return StudentLeft(str(enrollment.student), str(enrollment.course))


def _recount(course_id) -> bool:
    """Count the enrollments of a course again; return whether the number is final."""
    return recount(
        read=lambda: catalog.enrollment_count_of(course_id),
        count=lambda: selectors.count_students(course_id),
        replace=lambda number, before: courses.recount_enrollments(
            course_id, number, before=before
        ),
        is_changing=lambda: selectors.has_changing_enrollments(course_id),
    )
