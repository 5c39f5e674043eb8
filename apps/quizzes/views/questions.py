from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView, ViewSet
from apps.quizzes import selectors, services
from apps.quizzes.permissions import InstructorsEditQuizzes
from apps.quizzes.serializers import (
    ChoiceQuery,
    ChoiceSerializer,
    QuestionOrderSerializer,
    QuestionQuery,
    QuestionSerializer,
)


class QuestionViewSet(ViewSet):
    """Questions: instructors see the answer key, students do not."""

    serializer_class = QuestionSerializer
    permission_classes = [InstructorsEditQuizzes]
    list_query = QuestionQuery
    expandable = {"quiz": selectors.quiz_cards}

    def list(self, request):
        """List questions."""
        page = selectors.list_questions(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a question with its choices."""
        return self.answer(selectors.read_question(id, viewer=request.user))

    def create(self, request):
        """Add a question, with its choices, to a quiz."""
        fields = self.validated(QuestionSerializer)
        row = services.create_question(question_id=self.new_id, viewer=request.user, **fields)
        return self.answer(row, status=201)

    def update(self, request, id, partial=False):
        """Replace a question, or move it to another quiz."""
        fields = self.validated(QuestionSerializer, replaces=True, partial=partial)
        row = services.update_question(id, viewer=request.user, expected=self.expected, **fields)
        return self.answer(row)

    def partial_update(self, request, id):
        """Change fields of a question."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a question. Attempts that contain it keep it."""
        services.delete_question(id, viewer=request.user, expected=self.expected)
        return Response(status=204)


class QuestionOrderView(ApiView, APIView):
    """The order of a quiz's questions."""

    permission_classes = [InstructorsEditQuizzes]
    schemas = {"put": (QuestionOrderSerializer, [QuestionSerializer])}

    def put(self, request, id):
        """Reorder the questions of a quiz."""
        fields = self.validated(QuestionOrderSerializer)
        rows = services.reorder_questions(id, viewer=request.user, expected=self.expected, **fields)
        return Response(rows)


class ChoiceViewSet(ViewSet):
    """The choices of questions: instructors see which are correct, students do not."""

    serializer_class = ChoiceSerializer
    permission_classes = [InstructorsEditQuizzes]
    list_query = ChoiceQuery

    def list(self, request):
        """List choices."""
        page = selectors.list_choices(
            viewer=request.user, paging=self.query.paging, **self.query.filters
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Get a choice."""
        return self.answer(selectors.read_choice(id, viewer=request.user))

    def create(self, request):
        """Add a choice to a question."""
        fields = self.validated(ChoiceSerializer)
        row = services.create_choice(choice_id=self.new_id, viewer=request.user, **fields)
        return self.answer(row, status=201)

    def update(self, request, id, partial=False):
        """Replace a choice."""
        fields = self.validated(ChoiceSerializer, replaces=True, partial=partial)
        row = services.update_choice(id, viewer=request.user, expected=self.expected, **fields)
        return self.answer(row)

    def partial_update(self, request, id):
        """Change fields of a choice."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Delete a choice."""
        services.delete_choice(id, viewer=request.user, expected=self.expected)
        return Response(status=204)
