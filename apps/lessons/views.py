from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView, ViewSet
from apps.common.storage import rate_limits
from apps.courses import selectors as courses
from apps.lessons import markdown, selectors, services
from apps.lessons.permissions import CanEditLessons
from apps.lessons.representations import represent_lesson
from apps.lessons.serializers import (
    LessonOrderSerializer,
    LessonQuery,
    LessonSerializer,
    OutlineSerializer,
    PreviewSerializer,
    RenderedSerializer,
)


class LessonViewSet(ViewSet):
    """Lessons: titles for everyone who sees the course, content for those who may read it."""

    serializer_class = LessonSerializer
    permission_classes = [CanEditLessons]
    list_query = LessonQuery
    schemas = {"preview": (PreviewSerializer, RenderedSerializer)}
    expandable = {"course": courses.course_cards}

    def list(self, request):
        """List lessons, in the order of their courses."""
        page = selectors.list_lessons(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a lesson."""
        return self.answer(selectors.read_lesson(id, viewer=request.user))

    def create(self, request):
        """Create a lesson in a course of your own."""
        fields = self.validated(LessonSerializer)
        lesson = services.create_lesson(
            lesson_id=self.new_id, course_id=fields.pop("course"), viewer=request.user, **fields
        )
        return self.answer(represent_lesson(lesson), status=201)

    def update(self, request, id, partial=False):
        """Replace a lesson, or move it to another course of your own."""
        fields = self.validated(LessonSerializer, replaces=True, partial=partial)
        lesson = services.update_lesson(id, viewer=request.user, expected=self.expected, **fields)
        return self.answer(represent_lesson(lesson))

    def partial_update(self, request, id):
        """Change fields of a lesson."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a lesson and everything below it."""
        services.delete_lesson(id, viewer=request.user, expected=self.expected)
        return Response(status=204)

    @action(detail=False, methods=["post"])
    def preview(self, request):
        """Render Markdown without saving it."""
        content = self.validated(PreviewSerializer)["content"]
        rate_limits.check_and_count("previews", request.user.id)
        return Response({"content_html": markdown.render(content)})


class OutlineView(ApiView, APIView):
    """A course's outline."""

    permission_classes = [CanEditLessons]
    schemas = {"get": (None, [OutlineSerializer])}

    def get(self, request, id):
        """Get the outline: all lessons in order, without their content."""
        return Response(selectors.visible_outline(id, viewer=request.user))


class LessonOrderView(ApiView, APIView):
    """The order of a course's lessons."""

    permission_classes = [CanEditLessons]
    schemas = {"put": (LessonOrderSerializer, [OutlineSerializer])}

    def put(self, request, id):
        """Reorder the lessons."""
        lesson_ids = self.validated(LessonOrderSerializer)["lessons"]
        outline = services.reorder_lessons(
            id, lesson_ids, viewer=request.user, expected=self.expected
        )
        return Response(outline)
