"""What gives and takes a place in a course."""

from contextlib import suppress
from datetime import timedelta

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError, NotFound
from apps.common.events import publish
from apps.common.storage.documents import for_each, insert
from apps.courses import selectors as catalogue
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.enrollments import selectors
from apps.enrollments.documents import Enrollment
from apps.enrollments.events import StudentEnrolled, StudentLeft

A_MINUTE = timedelta(minutes=1)
MOST_ENROLLMENTS = 1000  # of a student at a time


class CourseNotOpen(DomainError):
    code = "course_not_open"
    detail = _("This course does not take enrolments.")


class AlreadyEnrolled(DomainError):
    code = "already_enrolled"
    detail = _("The student has a place in this course already.")


class TooManyEnrollments(Conflict):
    code = "too_many_enrollments"
    detail = _("A student can be enrolled in at most %(number)s courses.") % {
        "number": MOST_ENROLLMENTS
    }


class NotEnrolled(DomainError):
    status = 403
    code = "not_enrolled"
    detail = _("You have no place in this course.")


def enroll(*, student_id, course: Course, enrollment_id: ObjectId | None = None) -> Enrollment:
    """
    Give a student a place in an open course; who comes back finds the progress made.

    :raises CourseNotOpen: the course is a draft, or was removed meanwhile
    :raises AlreadyEnrolled: the student already has a place
    :raises TooManyEnrollments: the student has as many places as one may have
    """
    if not course.published:
        raise CourseNotOpen()
    place = Enrollment(
        id=enrollment_id,
        student=student_id,
        course=course.id,
        pending_since=now_in_milliseconds(),
    )
    try:
        enrollment = insert(place)
    except NotUniqueError:
        enrollment = place = _come_back(student_id, course)
    finally:
        selectors.invalidate_enrollments(student_id)
    _check_number(enrollment)
    if enrollment is not place:  # an earlier try has made it, and may have counted it
        _recount(course.id)
    elif not courses.increment_enrollment_count(course.id):  # the course was removed meanwhile
        enrollment.delete()
        raise CourseNotOpen()
    _tell_enrolled(enrollment, course.title)
    return enrollment


def leave(enrollment: Enrollment) -> None:
    """
    Take the place away; progress stays for the day that the student comes back.

    :raises NotFound: it was given up already
    """
    now = now_in_milliseconds()
    left = Enrollment.objects(id=enrollment.id, left_at=None).modify(
        new=True, set__left_at=now, set__pending_since=now
    )
    selectors.invalidate_enrollments(enrollment.student)
    if left is None:
        raise NotFound()
    courses.increment_enrollment_count(enrollment.course, by=-1)
    _tell_left(left)


def reach_milestone(*, student_id, course_id, percent: int) -> bool:
    """Note that a student has come so far, once; say whether this call was the one."""
    noted = {"add_to_set__milestones": percent, "add_to_set__untold": percent}
    if percent == 100:
        noted["min__completed_at"] = now_in_milliseconds()
    place = Enrollment.objects(student=student_id, course=course_id, milestones__ne=percent)
    reached = place.update_one(**noted)
    if reached:
        selectors.invalidate_enrollments(student_id)
    return bool(reached)


def mark_milestone_delivered(*, student_id, course_id, percent: int) -> None:
    """Note that every app above has heard of the milestone."""
    place = Enrollment.objects(student=student_id, course=course_id)
    place.update_one(pull__untold=percent)


def repair_enrollments() -> int:
    """Tell again what was cut off a minute ago or more; return how many places."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Enrollment.objects(pending_since__lt=before), _repair)


def delete_enrollments_of_course(course_id) -> None:
    """Remove all places in a course that goes."""
    students = Enrollment.objects(course=course_id).distinct("student")
    Enrollment.objects(course=course_id).delete()
    selectors.invalidate_enrollments(*students)


def erase(user_id: str) -> None:
    """Remove all places of an erased person: hidden first, gone when they are not counted."""
    taken = Enrollment.objects(student=user_id)
    taken.update(set__left_at=now_in_milliseconds(), unset__pending_since=True)
    selectors.invalidate_enrollments(user_id)
    for course_id in taken.distinct("course"):
        _recount(course_id)
    taken.delete()


def _check_number(enrollment: Enrollment) -> None:
    """
    Take a new place away again where the student has too many with it.

    Each request counts after its own insert, so the last of several that race sees them all, and
    no counter is needed: what is counted is the list that the cache gets anyway.

    :raises TooManyEnrollments: there are too many
    """
    if len(selectors.cached_enrollments(str(enrollment.student))) <= MOST_ENROLLMENTS:
        return
    same = Enrollment.objects(id=enrollment.id, pending_since=enrollment.pending_since)
    same.update_one(set__left_at=now_in_milliseconds(), unset__pending_since=True)
    selectors.invalidate_enrollments(enrollment.student)
    raise TooManyEnrollments()


def _come_back(student_id, course: Course) -> Enrollment:
    place = Enrollment.objects(student=student_id, course=course.id, left_at__ne=None).modify(
        new=True,
        unset__left_at=True,
        set__enrolled_at=now_in_milliseconds(),
        set__pending_since=now_in_milliseconds(),
    )
    if place is None:
        raise AlreadyEnrolled(_("You already follow “%(title)s”.") % {"title": course.title})
    return place


def _repair(place: Enrollment) -> None:
    _recount(place.course)
    _tell_again(place)


def _tell_again(place: Enrollment) -> None:
    if place.left_at:
        _tell_left(place)
        return
    with suppress(NotFound):  # the course is being removed, and its places with it
        _tell_enrolled(place, catalogue.get_course(place.course).title)


def _tell_enrolled(place: Enrollment, title: str) -> None:
    _tell(place, StudentEnrolled(str(place.student), str(place.course), course_title=title))


def _tell_left(place: Enrollment) -> None:
    _tell(place, StudentLeft(str(place.student), str(place.course)))


def _tell(place: Enrollment, event: StudentEnrolled | StudentLeft) -> None:
    if publish(event):
        same = Enrollment.objects(id=place.id, pending_since=place.pending_since)
        same.update_one(unset__pending_since=True)


def _recount(course_id) -> None:
    # A count cannot know whether it was raised before the cut.
    courses.recount_enrollments(course_id, selectors.count_students(course_id))
