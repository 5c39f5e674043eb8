from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsSignedInOrReadOnly(BasePermission):
    """Everyone may read; only signed-in users may write, and only admins may invite users."""

    message = _("Only admins can do this.")

    def has_permission(self, request, view) -> bool:
        if view.action == "create":
            return request.user.is_admin
        return request.method in SAFE_METHODS or request.user.is_authenticated
