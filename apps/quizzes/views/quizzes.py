from collections.abc import Mapping

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.http.parsers import FileParser
from apps.common.http.viewsets import ViewSet
from apps.courses import selectors as courses
from apps.lessons import selectors as lessons
from apps.quizzes import selectors, services
from apps.quizzes.permissions import InstructorsEditQuizzes
from apps.quizzes.representations import represent_clock
from apps.quizzes.serializers import (
    ExportQuery,
    ImportedSerializer,
    ImportQuery,
    ImportSerializer,
    QuizQuery,
    QuizSerializer,
    RegradeSerializer,
    StartedSerializer,
    StatisticsQuery,
    StatisticsSerializer,
)

MEDIA_TYPES = {"gift": "text/plain", "moodle_xml": "application/xml"}
EXTENSIONS = {"gift": "gift", "moodle_xml": "xml"}


class QuizViewSet(ViewSet):
    """Quizzes of the courses that the viewer teaches or is enrolled in."""

    serializer_class = QuizSerializer
    permission_classes = [InstructorsEditQuizzes]
    list_query = QuizQuery
    queries = {
        "statistics": StatisticsQuery,
        "import_questions": ImportQuery,
        "export": ExportQuery,
    }
    schemas = {
        "start": (None, StartedSerializer, (200, 201)),
        "statistics": (None, StatisticsSerializer),
        "regrade": (None, RegradeSerializer, 202),
        "last_regrade": (None, RegradeSerializer),
        "import_questions": (ImportSerializer, ImportedSerializer, 201),
        "export": (None, str),
    }
    error_statuses = dict.fromkeys(("statistics", "last_regrade", "export"), (403,))
    expandable = {"lesson": lessons.lesson_cards, "course": courses.course_cards}

    def list(self, request):
        """List quizzes, newest first, without their questions."""
        page = selectors.list_quizzes(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a quiz with its questions. Only instructors see the answer key."""
        row = selectors.read_quiz(id, viewer=request.user)
        return self.answer(row, clock=dict(represent_clock()) if "my_open" in row else None)

    def create(self, request):
        """Add a quiz to a lesson."""
        fields = self.validated(QuizSerializer)
        row = services.create_quiz(quiz_id=self.new_id, viewer=request.user, **fields)
        return self.answer(row, status=201)

    def update(self, request, id, partial=False):
        """Replace a quiz, or move it to another lesson."""
        fields = self.validated(QuizSerializer, replaces=True, partial=partial)
        row = services.update_quiz(id, viewer=request.user, expected=self.expected, **fields)
        return self.answer(row)

    def partial_update(self, request, id):
        """Change fields of a quiz."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a quiz with its questions and submissions."""
        services.delete_quiz(id, viewer=request.user, expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def start(self, request, id):
        """Start an attempt, or get the open one (200)."""
        attempt, started = services.start_attempt(id, viewer=request.user)
        return Response(attempt, status=201 if started else 200)

    @action(detail=True, methods=["get"])
    def statistics(self, request, id):
        """Get the statistics of a quiz and its questions."""
        every_attempt = self.query.validated_data.get("attempts") == "all"
        statistics = selectors.read_statistics(id, viewer=request.user, every_attempt=every_attempt)
        return Response(statistics)

    @action(detail=True, methods=["post"])
    def regrade(self, request, id):
        """Regrade all submissions with the current answer key."""
        return Response(services.request_regrade(id, viewer=request.user), status=202)

    @regrade.mapping.get
    def last_regrade(self, request, id):
        """Get the last regrade, with the submissions that it has changed."""
        return Response(selectors.read_regrade(id, viewer=request.user))

    @action(detail=True, methods=["post"], url_path="import", parser_classes=[FileParser])
    def import_questions(self, request, id):
        """Import all questions of a GIFT or Moodle XML file, or none."""
        upload = FileParser.file(request, "file", other_fields=["format"])
        imported = services.import_questions(
            id,
            import_id=self.new_id,
            viewer=request.user,
            data=upload.read(),
            format=self.validated(ImportSerializer)["format"],
            skip_unsupported=self.query.validated_data.get("skip_unsupported", False),
        )
        return Response(imported, status=201)

    @action(detail=True, methods=["get"])
    def export(self, request, id):
        """Export the questions, with the answer key, as a GIFT or Moodle XML file."""
        format = self.query.validated_data["format"]
        content = services.export_questions(id, viewer=request.user, format=format)
        response = HttpResponse(content, content_type=f"{MEDIA_TYPES[format]}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{id}.{EXTENSIONS[format]}"'
        return response

    def allows_not_modified(self, row: Mapping) -> bool:
        return super().allows_not_modified(row) and not row.get("my_open")
