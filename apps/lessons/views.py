from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.errors import reference_errors
from apps.common.http.viewsets import ApiView, ViewSet
from apps.common.storage import rate_limits
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.lessons import markdown, selectors, services
from apps.lessons.documents import Lesson
from apps.lessons.permissions import CanEditLessons
from apps.lessons.serializers import (
    LessonOrderSerializer,
    LessonQuery,
    LessonSerializer,
    OutlineSerializer,
    PreviewSerializer,
    RenderedSerializer,
)


class LessonViewSet(ViewSet):
    """Lessons: their titles for all who know the course, their content for who may read it."""

    serializer_class = LessonSerializer
    permission_classes = [CanEditLessons]
    list_query = LessonQuery
    schemas = {"preview": (PreviewSerializer, RenderedSerializer)}
    expandable = {"course": courses.course_cards}

    def list(self, request):
        """List lessons in their courses' order."""
        page = selectors.list_lessons(
            viewer=request.user,
            represent=self.represent,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one lesson."""
        row = selectors.read_lesson(id, viewer=request.user, represent=self.represent)
        return self.answer(row)

    def create(self, request):
        """Add a lesson to a course that one teaches."""
        fields = self.validated(LessonSerializer)
        course = self._own_course(fields.pop("course"))
        lesson = services.create_lesson(lesson_id=self.new_id, course=course, **fields)
        return self.answer(self.represent(lesson), status=201)

    def update(self, request, id, partial=False):
        """Change a lesson, or move it to another course of one's own."""
        lesson = self._own_lesson(id)
        fields = self.validated(LessonSerializer, instance=lesson, partial=partial)
        target = self._own_course(fields.get("course", lesson.course))
        lesson = services.update_lesson(lesson, target=target, expected=self.expected, **fields)
        return self.answer(self.represent(lesson))

    def partial_update(self, request, id):
        """Change what is named of a lesson."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a lesson and everything below it."""
        services.delete_lesson(self._own_lesson(id), expected=self.expected)
        return Response(status=204)

    @action(detail=False, methods=["post"])
    def preview(self, request):
        """Show what Markdown will look like, without keeping it."""
        given = self.validated(PreviewSerializer)
        rate_limits.check_and_count("previews", request.user.id)
        return Response({"content_html": markdown.render(given["content"])})

    def _own_lesson(self, id) -> Lesson:
        lesson, course = selectors.get_visible_lesson(id, viewer=self.request.user)
        self.check_object_permissions(self.request, course)
        return lesson

    def _own_course(self, course_id) -> Course:
        with reference_errors("course"):
            course = courses.get_visible_course(course_id, viewer=self.request.user)
        self.check_object_permissions(self.request, course)
        return course


class OutlineView(ApiView, APIView):
    """A course's outline."""

    permission_classes = [CanEditLessons]
    schemas = {"get": (None, [OutlineSerializer])}

    def get(self, request, id):
        """Read the outline: all lessons in order, without their content."""
        courses.get_visible_course(id, viewer=request.user)
        return Response(selectors.cached_outline(id))


class LessonOrderView(ApiView, APIView):
    """The order of a course's lessons."""

    permission_classes = [CanEditLessons]
    schemas = {"put": (LessonOrderSerializer, [OutlineSerializer])}

    def put(self, request, id):
        """Put the lessons into another order."""
        course = courses.get_visible_course(id, viewer=request.user)
        self.check_object_permissions(request, course)
        self.check_expected(course.revision)
        wanted = self.validated(LessonOrderSerializer)["lessons"]
        return Response(services.reorder_lessons(course, wanted))
