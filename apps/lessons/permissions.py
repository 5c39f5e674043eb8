from rest_framework.permissions import SAFE_METHODS, BasePermission

from apps.courses.permissions import owns


class WritesLessons(BasePermission):
    """Everybody reads outlines; only a course's own instructor writes its lessons."""

    message = "Only the instructor of this course may change its lessons."

    def has_permission(self, request, view) -> bool:
        writer = request.user.is_instructor or request.user.is_admin
        return request.method in SAFE_METHODS or writer

    def has_object_permission(self, request, view, course) -> bool:
        return owns(request.user, course)
