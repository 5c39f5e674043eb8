from collections.abc import Mapping

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.http.parsers import FileParser
from apps.common.http.viewsets import ViewSet
from apps.common.storage import rate_limits
from apps.courses import selectors as courses
from apps.lessons import selectors as lessons
from apps.quizzes import selectors, services
from apps.quizzes.documents import Quiz
from apps.quizzes.permissions import CanEditQuizzes
from apps.quizzes.serializers import (
    ExportQuery,
    ImportedSerializer,
    ImportQuery,
    ImportSerializer,
    QuestionSerializer,
    QuizQuery,
    QuizSerializer,
    RegradeSerializer,
    StartedSerializer,
    StatisticsQuery,
    StatisticsSerializer,
)
from apps.quizzes.views.authoring import Authoring

MEDIA_TYPES = {"gift": "text/plain", "moodle_xml": "application/xml"}
ENDINGS = {"gift": "gift", "moodle_xml": "xml"}


class QuizViewSet(Authoring, ViewSet):
    """Quizzes of the courses that one teaches or is enrolled in."""

    serializer_class = QuizSerializer
    permission_classes = [CanEditQuizzes]
    list_query = QuizQuery
    queries = {"statistics": StatisticsQuery, "take_in": ImportQuery, "export": ExportQuery}
    schemas = {
        "start": (None, StartedSerializer, (200, 201)),
        "statistics": (None, StatisticsSerializer),
        "regrade": (None, RegradeSerializer, 202),
        "last_regrade": (None, RegradeSerializer),
        "take_in": (ImportSerializer, ImportedSerializer, 201),
        "export": (None, str),
    }
    error_statuses = dict.fromkeys(("statistics", "last_regrade", "export"), (403,))
    expandable = {"lesson": lessons.lesson_cards, "course": courses.course_cards}

    def list(self, request):
        """List quizzes, newest first, without their questions."""
        page = selectors.list_quizzes(
            viewer=request.user,
            represent=self.represent,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read a quiz with its questions; the key is for its authors."""
        row = selectors.read_quiz(
            id,
            viewer=request.user,
            represent=self.represent,
            represent_question=self._represent_question,
        )
        return self.answer(row, clock=_now() if "my_open" in row else None)

    def create(self, request):
        """Add a quiz to a lesson of a course that one teaches."""
        fields = self.validated(QuizSerializer)
        lesson = self.named_lesson(fields.pop("lesson"))
        quiz = services.create_quiz(quiz_id=self.new_id, lesson=lesson, **fields)
        return self._answer_written(quiz, status=201)

    def update(self, request, id, partial=False):
        """Change a quiz, or move it to another lesson of one's own."""
        quiz = self.own_quiz(id)
        fields = self.validated(QuizSerializer, instance=quiz, partial=partial)
        lesson = self.named_lesson(fields.pop("lesson", quiz.lesson))
        quiz = services.update_quiz(quiz, lesson=lesson, expected=self.expected, **fields)
        return self._answer_written(quiz)

    def partial_update(self, request, id):
        """Change what is named of a quiz."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a quiz and everything below it, submissions too."""
        services.delete_quiz(self.own_quiz(id), expected=self.expected)
        return Response(status=204)

    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def start(self, request, id):
        """Open an attempt, or return the one that is open (200)."""
        quiz, _standing = selectors.get_visible_quiz(id, viewer=request.user)
        attempt, opened = services.start(
            student_id=request.user.id,
            quiz=quiz,
            check_rate=lambda: rate_limits.check_and_count("attempts", request.user.id),
        )
        started = {
            "attempt": attempt.attempt,
            "started_at": format_timestamp(attempt.started_at),
            "deadline": format_timestamp(attempt.deadline),
            "questions": selectors.as_asked_to(attempt),
        }
        return Response(started | _now(), status=201 if opened else 200)

    @action(detail=True, methods=["get"])
    def statistics(self, request, id):
        """Read what the submissions show of the quiz and of its questions."""
        quiz = self._read_as_author(id)
        rate_limits.check_and_count("statistics", request.user.id)
        every_attempt = self.query.validated_data.get("attempts") == "all"
        return Response(selectors.read_statistics(quiz, every_attempt=every_attempt))

    @action(detail=True, methods=["post"])
    def regrade(self, request, id):
        """Have all submissions graded anew by the key as it is now."""
        quiz = services.request_regrade(self.own_quiz(id))
        changed = selectors.changes_by(quiz.regrade.id)
        return Response(selectors.regrade_row(quiz, changed), status=202)

    @regrade.mapping.get
    def last_regrade(self, request, id):
        """Read what the last regrade has changed."""
        quiz = self._read_as_author(id)
        return Response(selectors.read_regrade(quiz))

    @action(detail=True, methods=["post"], url_path="import", parser_classes=[FileParser])
    def take_in(self, request, id):
        """Add the questions of a GIFT or Moodle XML file: all of them, or none."""
        quiz = self.own_quiz(id)
        rate_limits.check_and_count("files", request.user.id)
        upload = FileParser.file(request, "file", other_fields=["format"])
        given = self.validated(ImportSerializer)
        created, skipped = services.import_questions(
            import_id=self.new_id,
            quiz=quiz,
            data=upload.read(),
            format=given["format"],
            skip_unsupported=self.query.validated_data.get("skip_unsupported", False),
        )
        rows = [{"line": one.line, "kind": one.kind} for one in skipped]
        return Response({"created": created, "skipped": rows}, status=201)

    @action(detail=True, methods=["get"])
    def export(self, request, id):
        """Read the questions, with their key, as a GIFT or Moodle XML file."""
        quiz = self._read_as_author(id)
        rate_limits.check_and_count("files", request.user.id)
        wanted = self.query.validated_data["format"]
        written = services.export_questions(quiz, wanted)
        response = HttpResponse(written, content_type=f"{MEDIA_TYPES[wanted]}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{quiz.id}.{ENDINGS[wanted]}"'
        return response

    def allows_not_modified(self, row: Mapping) -> bool:
        return super().allows_not_modified(row) and not row.get("my_open")

    def _represent_question(self, question) -> dict:
        row = QuestionSerializer(context={"request": self.request}).represent(question)
        row.pop("revision")
        return row

    def _answer_written(self, quiz: Quiz, **options) -> Response:
        row = selectors.read_written_quiz(
            quiz, represent=self.represent, represent_question=self._represent_question
        )
        return self.answer(row, **options)

    def _read_as_author(self, id) -> Quiz:
        quiz, standing = selectors.get_visible_quiz(id, viewer=self.request.user)
        if not standing.is_author:
            raise PermissionDenied(CanEditQuizzes.message)
        return quiz


def _now() -> dict:
    return {"now": format_timestamp(now_in_milliseconds())}
