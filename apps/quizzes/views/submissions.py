from collections.abc import Sequence

from rest_framework.permissions import IsAuthenticated

from apps.common.errors import reference_errors
from apps.common.http.viewsets import ViewSet
from apps.common.storage import rate_limits
from apps.courses import selectors as courses
from apps.enrollments.services import NotEnrolled
from apps.quizzes import selectors, services
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.serializers import (
    SubmissionQuery,
    SubmissionRowSerializer,
    SubmissionSerializer,
)
from apps.users import selectors as users


class QuizSubmissionViewSet(ViewSet):
    """What was submitted: one's own, and in the courses that one teaches."""

    serializer_class = SubmissionSerializer
    permission_classes = [IsAuthenticated]
    list_query = SubmissionQuery
    schemas = {"list": (None, SubmissionRowSerializer)}
    expandable = {"quiz": selectors.quiz_cards, "student": users.user_cards}

    def list(self, request):
        """List submissions, newest first, without answers and feedback."""
        page = selectors.list_submission_rows(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read a submission with its feedback."""
        return self.answer(selectors.read_submission(id, viewer=request.user))

    def create(self, request):
        """Submit answers; they are graded at once."""
        given = self.validated(SubmissionSerializer)
        quiz = self._quiz(given["quiz"])
        submission = self._submit(quiz, given["answers"])
        return self.answer(selectors.read_own_submission(submission, quiz), status=201)

    def _submit(self, quiz: Quiz, answers: Sequence[dict]) -> Attempt:
        try:
            return services.submit(
                student_id=self.request.user.id,
                quiz=quiz,
                answers=answers,
                submission_id=self.new_id,
                check_rate=lambda: rate_limits.check_and_count("attempts", self.request.user.id),
            )
        except NotEnrolled:
            self._refuse_unknown_course(quiz)
            raise

    def _quiz(self, quiz_id) -> Quiz:
        with reference_errors("quiz"):
            return selectors.get_quiz(quiz_id)

    def _refuse_unknown_course(self, quiz: Quiz) -> None:
        """Say nothing of the quiz where one may not even know its course."""
        with reference_errors("quiz"):
            courses.get_visible_course(quiz.course, viewer=self.request.user)
