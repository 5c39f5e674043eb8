from apps.common.http.fields import ListField, NumberField
from apps.common.http.query_params import ListQuery, reference_filter
from apps.common.http.serializers import DocumentSerializer, output_serializer
from apps.quizzes.documents import Quiz
from apps.quizzes.representations import (
    QuizCardRepresentation,
    QuizRepresentation,
    StartedRepresentation,
)
from apps.quizzes.serializers.questions import QuestionSerializer


class QuizSerializer(DocumentSerializer):
    pass_mark = NumberField(required=False, min_value=0, max_value=100, help_text="In percent.")
    max_attempts = NumberField(
        required=False, allow_null=True, min_value=1, max_value=1000, help_text="Null: no limit."
    )
    time_limit_seconds = NumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=7 * 24 * 60 * 60,
        help_text="Null: no limit. A submission may arrive one second late.",
    )
    questions = ListField(
        child=QuestionSerializer(),
        read_only=True,
        allow_null=True,
        help_text="Omitted in lists. Null for students if the quiz has a time limit and they have "
        "no open attempt.",
    )

    class Meta:
        model = Quiz
        representation = QuizRepresentation
        writable = (
            "lesson",
            "title",
            "pass_mark",
            "max_attempts",
            "time_limit_seconds",
            "grading",
            "partial_credit",
            "shuffle",
            "show_key",
        )


class QuizQuery(ListQuery):
    lesson = reference_filter("lesson")
    course = reference_filter("course")


QuizCardSerializer = output_serializer(QuizCardRepresentation)
StartedSerializer = output_serializer(StartedRepresentation)
