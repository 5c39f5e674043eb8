from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.http.viewsets import ViewSet
from apps.courses import selectors as courses
from apps.lessons import selectors as lessons
from apps.progress import selectors, services
from apps.progress.representations import represent_progress
from apps.progress.serializers import (
    ProgressQuery,
    ProgressSerializer,
    SummaryQuery,
    SummarySerializer,
)
from apps.users import selectors as users


class ProgressViewSet(ViewSet):
    """The viewer's own progress records, and those in the viewer's own courses."""

    serializer_class = ProgressSerializer
    permission_classes = [IsAuthenticated]
    list_query = ProgressQuery
    queries = {"summary": SummaryQuery}
    schemas = {
        "create": (ProgressSerializer, ProgressSerializer, 200),
        "summary": (None, SummarySerializer),
    }
    error_statuses = {"summary": (403,)}
    expandable = {
        "student": users.user_cards,
        "lesson": lessons.lesson_cards,
        "course": courses.course_cards,
    }

    def list(self, request):
        """List progress records."""
        page = selectors.list_records(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a progress record."""
        return self.answer(selectors.read_record(id, viewer=request.user))

    def create(self, request):
        """Mark a lesson as completed or not completed."""
        body = self.validated(ProgressSerializer)
        record = services.set_lesson_completion(
            viewer=request.user, lesson_id=body["lesson"], completed=body["completed"]
        )
        return self.answer(represent_progress(record))

    def update(self, request, id, partial=False):
        """Update your own progress record."""
        body = self.validated(ProgressSerializer, replaces=True, partial=partial)
        record = services.update_record(
            id,
            viewer=request.user,
            expected=self.expected,
            lesson_id=body.get("lesson"),
            completed=body.get("completed"),
        )
        return self.answer(represent_progress(record))

    def partial_update(self, request, id):
        """Update your own progress record."""
        return self.update(request, id, partial=True)

    @action(detail=False, methods=["get"])
    def summary(self, request):
        """Get your progress in a course."""
        course_id = self.query.validated_data["course"]
        return Response(selectors.read_summary(str(course_id), viewer=request.user))
