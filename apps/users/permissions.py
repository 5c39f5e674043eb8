from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsSelfOrAdmin(BasePermission):
    """Everybody writes their own profile; admins take people in, change and erase them."""

    message = _("Only an admin may do this.")

    def has_permission(self, request, view) -> bool:
        if view.action == "create":
            return request.user.is_admin
        return request.method in SAFE_METHODS or request.user.is_authenticated

    def has_object_permission(self, request, view, user) -> bool:
        oneself = str(user.id) == request.user.id and view.action != "destroy"
        return oneself or request.user.is_admin
