from rest_framework.permissions import IsAuthenticated

from apps.courses.permissions import IsCourseInstructor
from apps.quizzes.selectors.access import NotQuizInstructor


class InstructorsEditQuizzes(IsAuthenticated, IsCourseInstructor):
    """Signed-in users may read quizzes; only instructors and admins may edit them."""

    message = NotQuizInstructor.detail

    def has_permission(self, request, view) -> bool:
        return IsAuthenticated.has_permission(self, request, view) and (
            IsCourseInstructor.has_permission(self, request, view)
        )
