from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from apps.common.events import ask
from apps.common.http.viewsets import Rows, ViewSet
from apps.courses import selectors as courses
from apps.enrollments import selectors, services
from apps.enrollments.events import ProgressSummaries
from apps.enrollments.representations import represent_enrollment
from apps.enrollments.serializers import EnrollmentQuery, EnrollmentSerializer
from apps.users import selectors as users


class EnrollmentViewSet(ViewSet):
    """The viewer's own enrollments, and those in the viewer's own courses."""

    serializer_class = EnrollmentSerializer
    permission_classes = [IsAuthenticated]
    list_query = EnrollmentQuery
    expandable = {"student": users.user_cards, "course": courses.course_cards, "progress": None}

    def list(self, request):
        """List enrollments."""
        page = selectors.list_enrollments(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get an enrollment."""
        return self.answer(selectors.cached_visible_enrollment(id, viewer=request.user))

    def create(self, request):
        """Enroll in a course, or enroll a student in a course of your own."""
        body = self.validated(EnrollmentSerializer)
        enrollment = services.enroll(
            viewer=request.user,
            course_id=body["course"],
            student_id=body.get("student"),
            username=body.get("username"),
            enrollment_id=self.new_id,
        )
        return self.answer(represent_enrollment(enrollment), status=201)

    def destroy(self, request, id):
        """Leave a course, or remove a student from a course of your own."""
        services.leave(id, viewer=request.user, expected=self.expected)
        return Response(status=204)

    def expanded(self, rows: Rows) -> Rows:
        """Expand references, and `progress` into the student's progress in the course."""
        if "progress" in self.query.expand:
            pairs = tuple((row["student"], row["course"]) for row in rows)
            [summaries] = ask(ProgressSummaries(pairs))
            rows = [
                row | {"progress": summaries[pair]} for row, pair in zip(rows, pairs, strict=True)
            ]
        return super().expanded(rows)
