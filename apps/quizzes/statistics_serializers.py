"""The shape of `GET /api/quizzes/{id}/statistics/`."""

from rest_framework import serializers

from apps.common.fields import IdField
from apps.common.queries import Query

WARNINGS = ["few_attempts"]


class StatisticsQuery(Query):
    attempts = serializers.ChoiceField(
        required=False,
        choices=["all"],
        help_text="Over all submissions; else over the first of each student.",
    )


class ChoiceFiguresSerializer(serializers.Serializer):
    """A choice, or `true` or `false`, which have no id; and how often it was taken."""

    id = IdField(allow_null=True)
    text = serializers.CharField()
    is_correct = serializers.BooleanField()
    count = serializers.IntegerField()


class QuestionFiguresSerializer(serializers.Serializer):
    question = IdField()
    text = serializers.CharField()
    kind = serializers.CharField()
    n = serializers.IntegerField(help_text="Submissions that were asked it.")
    facility = serializers.FloatField(
        allow_null=True, help_text="Mean mark ÷ maximum, in per cent."
    )
    discrimination = serializers.FloatField(
        allow_null=True,
        help_text=(
            "100 × the correlation of its mark with the sum of the others; null below two "
            "submissions and where one of them does not vary."
        ),
    )
    warning = serializers.ChoiceField(choices=WARNINGS, allow_null=True)
    choices = ChoiceFiguresSerializer(many=True)


class StatisticsSerializer(serializers.Serializer):
    """What the submissions that are looked at say together; rates are in per cent."""

    attempts = serializers.IntegerField(help_text="Submissions that are looked at.")
    students = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    pass_rate = serializers.FloatField(allow_null=True)
    warning = serializers.ChoiceField(
        choices=WARNINGS, allow_null=True, help_text="Below 20 submissions."
    )
    questions = QuestionFiguresSerializer(many=True)
