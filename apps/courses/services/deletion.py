"""Deleting a course: hidden first, deleted after everything below it."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict, Forbidden, StaleRevision
from apps.common.events import publish
from apps.common.storage.documents import for_each
from apps.common.storage.pictures import remove_pictures
from apps.courses import selectors
from apps.courses.documents import Category, Course
from apps.courses.events import CourseRemoved
from apps.courses.services.categories import finish_category_deletion
from apps.courses.services.courses import COURSES, invalidate
from apps.courses.services.permissions import get_editable_course
from apps.users.viewer import SignedInViewer


class HasEnrollments(Conflict):
    code = "has_enrollments"
    detail = _(
        "Students are enrolled in this course. Only an admin can delete it, with `?cascade=true`."
    )


def delete_course(
    course_id: str, *, viewer: SignedInViewer, cascade: bool, expected: list[int] | None = None
) -> None:
    """
    Delete a course and everything below it.

    :param cascade: also delete its enrollments
    :raises NotFound: there is no such course that the viewer may see
    :raises Forbidden: the viewer may not delete it, or not with its enrollments
    :raises HasEnrollments: it has students, and `cascade` is false
    :raises StaleRevision: the course was edited in the meantime
    """
    if cascade and not viewer.is_admin:
        raise Forbidden(_("Only an admin can delete a course with its enrollments."))
    course = get_editable_course(course_id, viewer=viewer)
    with COURSES.released(course.instructor):
        _hide(course, cascade, expected)
    finish_deletion(course)


def finish_deletion(course: Course) -> None:
    """Delete what belongs to a hidden course, and then the course; a sweep tries again."""
    invalidate(course)
    if publish(CourseRemoved(str(course.id))):
        deleted = Course.objects(id=course.id).modify(remove=True) or course
        remove_pictures(deleted.image, deleted.image_small)


def finish_deletions() -> int:
    """Finish interrupted deletions; return the number of courses and categories."""
    courses = for_each(Course.objects(removed=True), finish_deletion)
    return courses + for_each(Category.objects(removed=True), finish_category_deletion)


def _hide(course: Course, cascade: bool, expected: list[int] | None) -> None:
    condition = {"id": course.id, "instructor": course.instructor, "removed": None}
    if expected is not None:
        condition["revision__in"] = expected
    if not cascade:
        condition["enrollment_count__lte"] = 0
    if Course.objects(**condition).modify(set__removed=True) is None:
        current = selectors.get_course(course.id)
        as_expected = current.instructor == course.instructor and (
            expected is None or current.revision in expected
        )
        if as_expected and not cascade and current.enrollment_count > 0:
            raise HasEnrollments()
        raise StaleRevision()
