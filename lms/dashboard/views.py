from bson import ObjectId
from django.utils.translation import gettext as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.errors import Invalid
from apps.common.views import ApiView
from apps.courses import selectors as courses
from lms.dashboard import selectors
from lms.dashboard.serializers import DashboardQuery, DashboardSerializer


class DashboardView(ApiView, APIView):
    """The figures of what one learns, teaches and runs."""

    permission_classes = [IsAuthenticated]
    query_class = DashboardQuery
    schemas = {"get": (None, DashboardSerializer)}

    def get(self, request):
        """Read one's dashboard."""
        viewer, course_id = request.user, self._own_course()
        parts = {"student": selectors.student_part(viewer)}
        if viewer.is_instructor:
            parts["instructor"] = selectors.instructor_part(viewer.id, course_id=course_id)
        if viewer.is_admin:
            parts["admin"] = selectors.admin_part()
        return Response(parts)

    def _own_course(self) -> ObjectId | None:
        """Return the course that is asked for, which must be one's own."""
        viewer = self.request.user
        course_id = self.query.validated_data.get("course")
        if course_id is None:
            return None
        if viewer.is_instructor and course_id in courses.ids_taught_by(viewer.id):
            return course_id
        raise Invalid(course=_("You teach no such course."))
