"""Who may change a course, and everything below it."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Forbidden
from apps.courses import selectors
from apps.courses.documents import Course
from apps.users.viewer import Viewer


class NotCourseInstructor(Forbidden):
    detail = _("Only the course's instructor can change it.")


def get_editable_course(course_id, *, viewer: Viewer) -> Course:
    """
    Return a course that the viewer may change.

    :raises NotFound: there is no such course that the viewer may see
    :raises NotCourseInstructor: the viewer may only read it
    """
    course = selectors.get_visible_course(course_id, viewer=viewer)
    check_may_edit(course, viewer=viewer)
    return course


def check_may_edit(course: Course, *, viewer: Viewer) -> None:
    """
    Check that the viewer may change the course; a demoted instructor may only read it.

    :raises NotCourseInstructor: the viewer is neither its instructor nor an admin
    """
    if not may_edit(course, viewer=viewer):
        raise NotCourseInstructor()


def may_edit(course: Course, *, viewer: Viewer) -> bool:
    is_own = viewer.is_instructor and course.instructor and str(course.instructor) == viewer.id
    return bool(viewer.is_admin or is_own)
