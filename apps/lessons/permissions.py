from django.utils.translation import gettext_lazy as _

from apps.courses.permissions import IsCourseInstructor


class CanEditLessons(IsCourseInstructor):
    """Everybody reads outlines; only a course's own instructor writes its lessons."""

    message = _("Only the instructor of this course may change its lessons.")
