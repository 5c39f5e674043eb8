"""Every read of enrolments."""

from collections.abc import Callable
from datetime import datetime

from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp
from apps.common.errors import NotFound
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.count_by_day import count_by_day
from apps.common.storage.documents import matches_any_pair
from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.enrollments.documents import Enrollment
from apps.users import selectors as users
from apps.users.viewer import Viewer

A_QUARTER_OF_AN_HOUR = 15 * 60

NO_PLACES = {"enrollments": 0, "completions": 0}
_COUNTS = {
    "enrollments": {"$sum": 1},
    "completions": {"$sum": {"$cond": [{"$ifNull": ["$completed_at", False]}, 1, 0]}},
}


def get_enrollment(*, student_id, course_id) -> Enrollment | None:
    """Return the student's place as the store has it now, or None."""
    return Enrollment.objects(student=student_id, course=course_id, left_at=None).first()


def get_visible_enrollment(enrollment_id, *, viewer: Viewer) -> Enrollment:
    """
    :raises NotFound: there is none that the viewer may know of
    """
    enrollment = Enrollment.objects(id=enrollment_id, left_at=None).first()
    if enrollment is None or not _is_visible(enrollment, viewer):
        raise NotFound()
    return enrollment


def cached_enrollments(student_id: str) -> list[Json]:
    """Return a student's places, as `{id, course, …}`, newest first."""

    def load() -> Json:
        places = Enrollment.objects(student=student_id, left_at=None).order_by("-enrolled_at")
        return [represent_enrollment(one) for one in places]

    return read_through(enrollments_key(student_id), load, A_QUARTER_OF_AN_HOUR)


def represent_enrollment(enrollment: Enrollment) -> Json:
    """Return an enrolment ready for JSON, as everyone may see it who may see it at all."""
    return {
        "id": str(enrollment.id),
        "student": str(enrollment.student),
        "course": str(enrollment.course),
        "enrolled_at": format_timestamp(enrollment.enrolled_at),
        "milestones": sorted(enrollment.milestones),
        "completed_at": format_timestamp(enrollment.completed_at),
    }


def cached_visible_enrollment(enrollment_id: str, *, viewer: Viewer) -> Json:
    """
    :raises NotFound: there is none that the viewer may know of
    """
    for row in cached_enrollments(viewer.id):
        if row["id"] == enrollment_id:
            return row
    return represent_enrollment(get_visible_enrollment(enrollment_id, viewer=viewer))


def list_enrollments(*, viewer: Viewer, represent: Callable, paging: Paging, **filters) -> Page:
    ordering = filters.pop("ordering", "-enrolled_at")
    places = _narrowed(_visible_to(viewer), **filters)
    return page_of(places.order_by(ordering, "-id"), paging, represent)


def courses_of_student(student_id: str) -> list[str]:
    return [row["course"] for row in cached_enrollments(student_id)]


def students_of_course(course_id) -> list:
    """Return the ids of all who have a place in the course now."""
    return Enrollment.objects(course=course_id, left_at=None).distinct("student")


def students_of_instructor(instructor_id: str) -> set[str]:
    taught = courses.ids_taught_by(instructor_id)
    found = Enrollment.objects(course__in=taught, left_at=None).distinct("student")
    return {str(one) for one in found}


def count_students(course_id) -> int:
    return Enrollment.objects(course=course_id, left_at=None).count()


def count_enrollments() -> Json:
    """Return how many places there are, and in how many the course was completed."""
    groups = list(_there().aggregate([{"$group": {"_id": None} | _COUNTS}]))
    return _counts(groups[0]) if groups else NO_PLACES


def count_enrollments_of_courses(course_ids: list) -> dict[str, Json]:
    """Return `{enrollments, completions}` of each of the courses that has any."""
    places = _there().filter(course__in=course_ids)
    groups = places.aggregate([{"$group": {"_id": "$course_id"} | _COUNTS}])
    return {str(group["_id"]): _counts(group) for group in groups}


def enrolled_by_day(course_ids: list, *, since: datetime) -> dict[str, int]:
    """Return on which days the places that there are in the courses were taken."""
    places = _there().filter(course__in=course_ids, enrolled_at__gte=since)
    return count_by_day(places, "enrolled_at")


def seats_left(course_ids: list) -> list[tuple[str, str]]:
    """Return `(student id, course id)` of who has left one of the courses."""
    left = Enrollment.objects(course__in=course_ids, left_at__ne=None).only("student", "course")
    return [(str(one.student), str(one.course)) for one in left]


def milestones_of(places: list[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Return the milestones reached in each place `(student id, course id)`."""
    found = Enrollment.objects(__raw__=matches_any_pair(places))
    return {(str(one.student), str(one.course)): sorted(one.milestones) for one in found}


def undelivered_milestones() -> list[tuple[str, str, int]]:
    """Return `(student, course, per cent)` of each milestone not told to all."""
    return [
        (str(one.student), str(one.course), percent)
        for one in Enrollment.objects(untold__exists=True).no_cache()
        for percent in one.untold
    ]


def personal_data_of(user_id: str) -> list[Json]:
    found = Enrollment.objects(student=user_id).order_by("-enrolled_at").no_cache()
    return [represent_enrollment(one) | {"left_at": format_timestamp(one.left_at)} for one in found]


def invalidate_enrollments(*student_ids) -> None:
    if student_ids:
        invalidate(*(enrollments_key(one) for one in student_ids))


def enrollments_key(student_id) -> str:
    """Return the key whose stamp each change of the student's places raises."""
    return f"enrollments:user:{student_id}"


def _there() -> QuerySet:
    return Enrollment.objects(left_at=None)


def _counts(group: Json) -> Json:
    return {name: group[name] for name in NO_PLACES}


def _visible_to(viewer: Viewer) -> QuerySet:
    """One's own; those in courses that one teaches; for admins all."""
    places = Enrollment.objects(left_at=None)
    if viewer.is_admin:
        return places
    visible = Q(student=viewer.id)
    if viewer.is_instructor:
        visible |= Q(course__in=courses.ids_taught_by(viewer.id))
    return places.filter(visible)


def _narrowed(places: QuerySet, *, course=None, student=None, search: str = "") -> QuerySet:
    given = {"course": course, "student": student}
    places = places.filter(**{name: value for name, value in given.items() if value})
    return places.filter(student__in=users.users_matching(search)) if search else places


def _is_visible(enrollment: Enrollment, viewer: Viewer) -> bool:
    if viewer.is_admin or str(enrollment.student) == viewer.id:
        return True
    return viewer.is_instructor and enrollment.course in courses.ids_taught_by(viewer.id)
