"""Every read of enrollments."""

from datetime import datetime

from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage import undelivered
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.count_by_day import count_by_day
from apps.common.storage.documents import matches_any_pair
from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.enrollments.documents import Enrollment
from apps.enrollments.representations import EnrollmentRepresentation, represent_enrollment
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer, Viewer

A_QUARTER_OF_AN_HOUR = 15 * 60

NO_ENROLLMENTS = {"enrollments": 0, "completions": 0}
_COUNTS = {
    "enrollments": {"$sum": 1},
    "completions": {"$sum": {"$cond": [{"$ifNull": ["$completed_at", False]}, 1, 0]}},
}


def get_enrollment(*, student_id, course_id) -> Enrollment | None:
    """Return the student's enrollment as the store has it now, or None."""
    return Enrollment.objects(student=student_id, course=course_id, left_at=None).first()


def get_visible_enrollment(enrollment_id, *, viewer: Viewer) -> Enrollment:
    """
    :raises NotFound: there is no such enrollment that the viewer may see
    """
    enrollment = Enrollment.objects(id=enrollment_id, left_at=None).first()
    if enrollment is None or not _is_visible(enrollment, viewer):
        raise NotFound()
    return enrollment


def cached_enrollments(student_id: str) -> list[EnrollmentRepresentation]:
    """Return a student's enrollments, newest first."""

    def load() -> list[EnrollmentRepresentation]:
        enrollments = _current().filter(student=student_id).order_by("-enrolled_at")
        return [represent_enrollment(enrollment) for enrollment in enrollments]

    return read_through(enrollments_key(student_id), load, A_QUARTER_OF_AN_HOUR)


def cached_visible_enrollment(
    enrollment_id: str, *, viewer: SignedInViewer
) -> EnrollmentRepresentation:
    """
    :raises NotFound: there is no such enrollment that the viewer may see
    """
    for row in cached_enrollments(viewer.id):
        if row["id"] == enrollment_id:
            return row
    return represent_enrollment(get_visible_enrollment(enrollment_id, viewer=viewer))


def list_enrollments(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    ordering = filters.pop("ordering", "-enrolled_at")
    enrollments = _filtered(_visible_to(viewer), **filters)
    return page_of(enrollments.order_by(ordering, "-id"), paging, represent_enrollment)


def courses_of_student(student_id: str) -> list[str]:
    return [row["course"] for row in cached_enrollments(student_id)]


def students_of_course(course_id) -> list:
    """Return the ids of the students who are enrolled in the course now."""
    return _current().filter(course=course_id).distinct("student")


def students_of_instructor(instructor_id: str) -> set[str]:
    course_ids = courses.ids_taught_by(instructor_id)
    student_ids = _current().filter(course__in=course_ids).distinct("student")
    return {str(student_id) for student_id in student_ids}


def count_students(course_id) -> int:
    return _current().filter(course=course_id).count()


def has_changing_enrollments(course_id) -> bool:
    """Return whether a student may be enrolling in the course or leaving it right now."""
    since = now_in_milliseconds() - undelivered.GRACE_PERIOD
    return Enrollment.objects(course=course_id, undelivered_since__gte=since).count() > 0


def count_enrollments() -> Json:
    """Return the number of enrollments, and of those whose course is completed."""
    groups = list(_current().aggregate([{"$group": {"_id": None} | _COUNTS}]))
    return _counts(groups[0]) if groups else NO_ENROLLMENTS


def count_enrollments_of_courses(course_ids: list) -> dict[str, Json]:
    """Return `{enrollments, completions}` of each course that has enrollments."""
    enrollments = _current().filter(course__in=course_ids)
    groups = enrollments.aggregate([{"$group": {"_id": "$course_id"} | _COUNTS}])
    return {str(group["_id"]): _counts(group) for group in groups}


def enrolled_by_day(course_ids: list, *, since: datetime) -> dict[str, int]:
    """Return the number of current enrollments in the courses by the day they began."""
    enrollments = _current().filter(course__in=course_ids, enrolled_at__gte=since)
    return count_by_day(enrollments, "enrolled_at")


def left_enrollments(course_ids: list) -> list[tuple[str, str]]:
    """Return `(student id, course id)` of the students who left one of the courses."""
    left = Enrollment.objects(course__in=course_ids, left_at__ne=None).only("student", "course")
    return [_pair(enrollment) for enrollment in left]


def milestones_of(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Return the milestones reached by each pair `(student id, course id)`."""
    enrollments = Enrollment.objects(__raw__=matches_any_pair(pairs))
    return {_pair(enrollment): sorted(enrollment.milestones) for enrollment in enrollments}


def undelivered_milestones() -> list[tuple[str, str, int]]:
    """Return `(student id, course id, percent)` of each milestone that is not delivered."""
    return [
        (*_pair(enrollment), percent)
        for enrollment in Enrollment.objects(undelivered_milestones__exists=True).no_cache()
        for percent in enrollment.undelivered_milestones
    ]


def personal_data_of(user_id: str) -> list[Json]:
    enrollments = Enrollment.objects(student=user_id).order_by("-enrolled_at").no_cache()
    return [
        {**represent_enrollment(enrollment), "left_at": format_timestamp(enrollment.left_at)}
        for enrollment in enrollments
    ]


def invalidate_enrollments(*student_ids) -> None:
    if student_ids:
        invalidate(*(enrollments_key(student_id) for student_id in student_ids))


def enrollments_key(student_id) -> str:
    """Return the cache key whose version every change of the student's enrollments bumps."""
    return f"enrollments:user:{student_id}"


def _current() -> QuerySet:
    return Enrollment.objects(left_at=None)


def _pair(enrollment: Enrollment) -> tuple[str, str]:
    return str(enrollment.student), str(enrollment.course)


def _counts(group: Json) -> Json:
    return {name: group[name] for name in NO_ENROLLMENTS}


def _visible_to(viewer: Viewer) -> QuerySet:
    """Return the viewer's own, those in the viewer's own courses, and for admins all."""
    if viewer.is_admin:
        return _current()
    visible = Q(student=viewer.id)
    if viewer.is_instructor:
        visible |= Q(course__in=courses.ids_taught_by(viewer.id))
    return _current().filter(visible)


def _filtered(enrollments: QuerySet, *, course=None, student=None, search: str = "") -> QuerySet:
    filters = {"course": course, "student": student}
    enrollments = enrollments.filter(**{name: value for name, value in filters.items() if value})
    if search:
        return enrollments.filter(student__in=users.users_matching(search))
    return enrollments


def _is_visible(enrollment: Enrollment, viewer: Viewer) -> bool:
    if viewer.is_admin or str(enrollment.student) == viewer.id:
        return True
    return viewer.is_instructor and enrollment.course in courses.ids_taught_by(viewer.id)
