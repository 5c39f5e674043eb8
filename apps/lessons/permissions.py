from django.utils.translation import gettext_lazy as _

from apps.courses.permissions import IsInstructorOrReadOnly


class CanEditLessons(IsInstructorOrReadOnly):
    message = _("Only instructors can create or change lessons.")
