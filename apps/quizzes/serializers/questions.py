from apps.common.http.fields import (
    BooleanField,
    DecimalField,
    ListField,
    NumberField,
    ObjectIdField,
    TextField,
)
from apps.common.http.query_params import ListQuery, reference_filter
from apps.common.http.serializers import DocumentSerializer, Serializer
from apps.quizzes.documents import MAX_CHOICES, MAX_QUESTIONS, Choice, Question
from apps.quizzes.representations import (
    AskedQuestionRepresentation,
    ChoiceRepresentation,
    QuestionRepresentation,
)


class WantedChoiceSerializer(Serializer):
    """A choice within its question; a new one has no id."""

    id = ObjectIdField(required=False)
    text = TextField(max_length=255)
    is_correct = BooleanField(
        required=False, help_text="Part of the answer key, which students cannot see."
    )


class QuestionSerializer(DocumentSerializer):
    """A question; students get it without `answer`, `explanation` and `is_correct`."""

    text = TextField(lines=True, trim_whitespace=True, max_length=1024)
    answer = TextField(
        lines=True,
        trim_whitespace=True,
        allow_blank=True,
        required=False,
        max_length=1024,
        help_text="The answer key of a question without choices: accepted texts, one per line; a "
        "number; or `true` or `false`.",
    )
    tolerance = DecimalField(
        places=12,
        required=False,
        allow_null=True,
        min_value=0,
        help_text="Only for numeric questions.",
    )
    points = DecimalField(places=2, required=False, min_value=0.01, max_value=1000)
    position = NumberField(required=False, min_value=1, help_text="By default, the last position.")
    explanation = TextField(
        lines=True, trim_whitespace=True, allow_blank=True, required=False, max_length=2000
    )
    choices = ListField(
        child=WantedChoiceSerializer(),
        required=False,
        max_length=MAX_CHOICES,
        help_text="Replaces all existing choices. Omit this field to keep them.",
    )

    class Meta:
        model = Question
        representation = QuestionRepresentation
        reduced_representation = AskedQuestionRepresentation
        writable = (
            "quiz",
            "text",
            "kind",
            "answer",
            "tolerance",
            "points",
            "position",
            "explanation",
            "choices",
        )
        kept_by_put = ("position", "choices")


class QuestionQuery(ListQuery):
    quiz = reference_filter("quiz")


class QuestionOrderSerializer(Serializer):
    """All questions of a quiz, each exactly once, in the new order."""

    questions = ListField(child=ObjectIdField(), max_length=MAX_QUESTIONS)


class ChoiceSerializer(DocumentSerializer):
    """A possible answer to a question; students get it without `is_correct`."""

    position = NumberField(required=False, min_value=1, help_text="By default, the last position.")

    class Meta:
        model = Choice
        representation = ChoiceRepresentation
        writable = ("question", "text", "is_correct", "position")
        kept_by_put = ("position",)


class ChoiceQuery(ListQuery):
    question = reference_filter("question")
