from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission

from apps.courses.selectors import is_instructor_of


class IsCourseInstructor(BasePermission):
    """Instructors create courses; only a course's own instructor changes it."""

    message = _("Only the instructor of this course may change it.")

    def has_permission(self, request, view) -> bool:
        writer = request.user.is_instructor or request.user.is_admin
        return request.method in SAFE_METHODS or writer

    def has_object_permission(self, request, view, course) -> bool:
        return is_instructor_of(request.user, course)


class IsAdminOrReadOnly(BasePermission):
    """Everybody reads categories; admins write them."""

    message = _("Only an admin may change categories.")

    def has_permission(self, request, view) -> bool:
        return request.method in SAFE_METHODS or request.user.is_admin
