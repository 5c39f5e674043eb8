from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated

from apps.courses.permissions import IsCourseInstructor


class CanEditQuizzes(IsAuthenticated, IsCourseInstructor):
    """Who is signed in reads quizzes; only a course's own instructor writes them."""

    message = _("Only the instructor of this course may change its quizzes.")

    def has_permission(self, request, view) -> bool:
        return IsAuthenticated.has_permission(self, request, view) and (
            IsCourseInstructor.has_permission(self, request, view)
        )
