from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsInstructorOrReadOnly(BasePermission):
    """Everyone may read; only instructors and admins may write."""

    message = _("Only instructors can create or change courses.")

    def has_permission(self, request, view) -> bool:
        may_write = request.user.is_instructor or request.user.is_admin
        return request.method in SAFE_METHODS or may_write


class IsAdminOrReadOnly(BasePermission):
    """Everyone may read; only admins may write."""

    message = _("Only admins can change categories.")

    def has_permission(self, request, view) -> bool:
        return request.method in SAFE_METHODS or request.user.is_admin
