from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.errors import Invalid
from apps.common.http.viewsets import ViewSet
from apps.quizzes import selectors, services
from apps.quizzes.permissions import CanEditQuizzes
from apps.quizzes.serializers import (
    ChoiceQuery,
    ChoiceSerializer,
    QuestionOrderSerializer,
    QuestionQuery,
    QuestionSerializer,
)
from apps.quizzes.views.authoring import Authoring


class QuestionViewSet(Authoring, ViewSet):
    """Questions: with their key for authors, for learners as far as the quiz shows them."""

    serializer_class = QuestionSerializer
    permission_classes = [CanEditQuizzes]
    list_query = QuestionQuery
    expandable = {"quiz": selectors.quiz_cards}

    def list(self, request):
        """List questions in their quizzes' order."""
        page = selectors.list_questions(
            viewer=request.user,
            represent=self.represent,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one question with its choices."""
        row = selectors.read_question(id, viewer=request.user, represent=self.represent)
        return self.answer(row)

    def create(self, request):
        """Add a question, with its choices, to a quiz of one's own."""
        fields = self.validated(QuestionSerializer)
        quiz = self.named_quiz(fields.pop("quiz"))
        question = services.create_question(question_id=self.new_id, quiz=quiz, **fields)
        return self._answer_written(question, status=201)

    def update(self, request, id, partial=False):
        """Change a question, or move it to another quiz of one's own."""
        question, source = self.own_question(id)
        fields = self.validated(QuestionSerializer, instance=question, partial=partial)
        target = self.named_quiz(fields.pop("quiz", source.id))
        question = services.update_question(
            question, source=source, target=target, expected=self.expected, **fields
        )
        return self._answer_written(question)

    def partial_update(self, request, id):
        """Change what is named of a question; choices replace all that there were."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a question; attempts that asked it keep it."""
        question, quiz = self.own_question(id)
        services.delete_question(question, quiz=quiz, expected=self.expected)
        return Response(status=204)

    def _answer_written(self, question, **options) -> Response:
        row = selectors.read_written_question(question, represent=self.represent)
        return self.answer(row, **options)


class QuestionOrderView(Authoring, APIView):
    """The order of a quiz's questions."""

    permission_classes = [CanEditQuizzes]
    schemas = {"put": (QuestionOrderSerializer, [QuestionSerializer])}

    def put(self, request, id):
        """Put the questions into another order."""
        quiz = self.own_quiz(id)
        self.check_expected(quiz.revision)
        services.reorder_questions(quiz, self.validated(QuestionOrderSerializer)["questions"])
        represent = QuestionSerializer(context={"request": request}).represent
        return Response(selectors.written_questions(quiz, represent=represent))


class ChoiceViewSet(Authoring, ViewSet):
    """The choices that questions offer; which are right is for their authors to know."""

    serializer_class = ChoiceSerializer
    permission_classes = [CanEditQuizzes]
    list_query = ChoiceQuery

    def list(self, request):
        """List choices in their questions' order."""
        page = selectors.list_choices(
            viewer=request.user,
            represent=self.represent,
            paging=self.query.paging,
            **self.query.filters,
        )
        return self.answer_page(page)

    def retrieve(self, request, id):
        """Read one choice."""
        row = selectors.read_choice(id, viewer=request.user, represent=self.represent)
        return self.answer(row)

    def create(self, request):
        """Add a choice to a question of one's own."""
        fields = self.validated(ChoiceSerializer)
        question, quiz = self.named_question(fields.pop("question"))
        choice = services.create_choice(
            choice_id=self.new_id, question=question, quiz=quiz, **fields
        )
        return self.answer(self.represent(choice), status=201)

    def update(self, request, id, partial=False):
        """Change a choice."""
        choice, question, quiz = self.own_choice(id)
        fields = self.validated(ChoiceSerializer, instance=choice, partial=partial)
        if fields.pop("question", question.id) != question.id:
            raise Invalid(question=_("A choice stays with its question."))
        choice = services.update_choice(
            choice, question=question, quiz=quiz, expected=self.expected, **fields
        )
        return self.answer(self.represent(choice))

    def partial_update(self, request, id):
        """Change what is named of a choice."""
        return self.update(request, id, partial=True)

    def destroy(self, request, id):
        """Remove a choice."""
        choice, question, quiz = self.own_choice(id)
        services.delete_choice(choice, question=question, quiz=quiz, expected=self.expected)
        return Response(status=204)
