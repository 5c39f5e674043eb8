from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView
from apps.dashboard import selectors
from apps.dashboard.serializers import DashboardQuery, DashboardSerializer


class DashboardView(ApiView, APIView):
    """Statistics for the current user's roles."""

    permission_classes = [IsAuthenticated]
    query_class = DashboardQuery
    schemas = {"get": (None, DashboardSerializer)}

    def get(self, request):
        """Get your dashboard."""
        course_id = self.query.validated_data.get("course")
        return Response(selectors.dashboard_of(request.user, course_id=course_id))
