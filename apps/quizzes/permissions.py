from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from apps.quizzes.selectors.access import NotQuizInstructor


class InstructorsEditQuizzes(IsAuthenticated):
    """Signed-in users may read quizzes; only instructors and admins may edit them."""

    message = NotQuizInstructor.detail

    def has_permission(self, request, view) -> bool:
        if not super().has_permission(request, view):
            return False
        is_author = request.user.is_instructor or request.user.is_admin
        return request.method in SAFE_METHODS or is_author
