"""Validate requests and describe answers."""

from apps.quizzes.serializers.import_export import (
    ExportQuery,
    ImportedSerializer,
    ImportQuery,
    ImportSerializer,
)
from apps.quizzes.serializers.questions import (
    ChoiceQuery,
    ChoiceSerializer,
    QuestionOrderSerializer,
    QuestionQuery,
    QuestionSerializer,
)
from apps.quizzes.serializers.quizzes import (
    QuizCardSerializer,
    QuizQuery,
    QuizSerializer,
    StartedSerializer,
)
from apps.quizzes.serializers.statistics import StatisticsQuery, StatisticsSerializer
from apps.quizzes.serializers.submissions import (
    RegradeSerializer,
    SubmissionQuery,
    SubmissionRowSerializer,
    SubmissionSerializer,
)

__all__ = [
    "ChoiceQuery",
    "ChoiceSerializer",
    "ExportQuery",
    "ImportQuery",
    "ImportSerializer",
    "ImportedSerializer",
    "QuestionOrderSerializer",
    "QuestionQuery",
    "QuestionSerializer",
    "QuizCardSerializer",
    "QuizQuery",
    "QuizSerializer",
    "RegradeSerializer",
    "StartedSerializer",
    "StatisticsQuery",
    "StatisticsSerializer",
    "SubmissionQuery",
    "SubmissionRowSerializer",
    "SubmissionSerializer",
]
