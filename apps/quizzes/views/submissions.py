from rest_framework.permissions import IsAuthenticated

from apps.common.http.viewsets import ViewSet
from apps.quizzes import selectors, services
from apps.quizzes.serializers import (
    SubmissionQuery,
    SubmissionRowSerializer,
    SubmissionSerializer,
)
from apps.users import selectors as users


class QuizSubmissionViewSet(ViewSet):
    """The viewer's own submissions, and those in the courses that they teach."""

    serializer_class = SubmissionSerializer
    permission_classes = [IsAuthenticated]
    list_query = SubmissionQuery
    schemas = {"list": (None, SubmissionRowSerializer)}
    expandable = {"quiz": selectors.quiz_cards, "student": users.user_cards}

    def list(self, request):
        """List submissions, newest first, without answers and feedback."""
        page = selectors.list_submissions(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a submission with its feedback."""
        return self.answer(selectors.read_submission(id, viewer=request.user))

    def create(self, request):
        """Submit answers, and get them graded."""
        fields = self.validated(SubmissionSerializer)
        submission = services.submit_attempt(
            quiz_id=fields["quiz"],
            viewer=request.user,
            answers=fields["answers"],
            request_id=self.new_id,
        )
        return self.answer(submission, status=201)
