"""The views of quizzes: each action makes one call of a selector or service."""

from apps.quizzes.views.questions import ChoiceViewSet, QuestionOrderView, QuestionViewSet
from apps.quizzes.views.quizzes import QuizViewSet
from apps.quizzes.views.submissions import QuizSubmissionViewSet

__all__ = [
    "ChoiceViewSet",
    "QuestionOrderView",
    "QuestionViewSet",
    "QuizSubmissionViewSet",
    "QuizViewSet",
]
