from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.errors import Forbidden, Invalid, reference_errors
from apps.common.http.viewsets import ViewSet
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.enrollments import services as places
from apps.lessons import selectors as lessons
from apps.progress import selectors, services
from apps.progress.serializers import (
    ProgressQuery,
    ProgressSerializer,
    SummaryQuery,
    SummarySerializer,
)
from apps.users import selectors as users


class ProgressViewSet(ViewSet):
    """Which lessons a student has completed: one's own, and of students of one's courses."""

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
        """List progress records, newest first."""
        page = selectors.list_records(
            viewer=request.user,
            represent=self.represent,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one progress record."""
        return self.answer(self.represent(selectors.get_visible_record(id, viewer=request.user)))

    def create(self, request):
        """Mark a lesson as completed, or clear it."""
        given = self.validated(ProgressSerializer)
        return self._mark(given["lesson"], given["completed"])

    def update(self, request, id, partial=False):
        """Mark or clear the lesson of a record of one's own."""
        record = selectors.get_visible_record(id, viewer=request.user)
        if str(record.student) != request.user.id:
            raise Forbidden(_("Progress is a student's own to set."))
        self.check_expected()
        given = self.validated(ProgressSerializer, instance=record, partial=partial)
        if given.get("lesson", record.lesson) != record.lesson:
            raise Invalid(lesson=_("A record stays with its lesson."))
        return self._mark(record.lesson, given.get("completed", record.completed))

    def partial_update(self, request, id):
        """Mark or clear the lesson of a record of one's own."""
        return self.update(request, id, partial=True)

    @action(detail=False, methods=["get"])
    def summary(self, request):
        """Read how far one has come in a course."""
        course_id = self.query.validated_data["course"]
        with reference_errors("course"):
            courses.get_visible_course(course_id, viewer=request.user)
        if str(course_id) not in enrollments.courses_of_student(request.user.id):
            raise places.NotEnrolled()
        return Response(selectors.summary_of(student_id=request.user.id, course_id=str(course_id)))

    def _mark(self, lesson_id, completed: bool) -> Response:
        viewer = self.request.user
        with reference_errors("lesson"):
            lesson, _course = lessons.get_visible_lesson(lesson_id, viewer=viewer)
        record = services.set_lesson_completion(
            student_id=viewer.id, lesson=lesson, completed=completed
        )
        return self.answer(self.represent(record))
