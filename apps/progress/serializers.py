from rest_framework import serializers

from apps.common.http.fields import FlagField, IdField, ListField
from apps.common.http.query_params import EndlessListQuery, Query, YesNoField, reference_filter
from apps.common.http.serializers import DocumentSerializer
from apps.progress.documents import Progress


class ProgressSerializer(DocumentSerializer):
    completed = FlagField(default=True)

    class Meta:
        model = Progress
        fields = ("id", "student", "lesson", "course", "completed", "completed_at")
        read_only_fields = ("course", "student", "completed_at")
        extra_kwargs = {"completed_at": {"allow_null": True}}


class ProgressQuery(EndlessListQuery):
    course = reference_filter("course")
    lesson = reference_filter("lesson")
    student = reference_filter("student")
    completed = YesNoField(required=False)


class SummaryQuery(Query):
    course = IdField(help_text="The course whose progress is asked for.")


class LessonCardSerializer(serializers.Serializer):
    id = IdField()
    title = serializers.CharField()


class QuizResultSerializer(serializers.Serializer):
    quiz = IdField()
    lesson = IdField()
    title = serializers.CharField()
    attempts = serializers.IntegerField()
    grade = serializers.FloatField(allow_null=True, help_text="Per cent; null: not taken.")
    passed = serializers.BooleanField()


class SummarySerializer(serializers.Serializer):
    """How far a student has come in a course."""

    course = IdField()
    total = serializers.IntegerField()
    completed = serializers.IntegerField()
    completed_lessons = ListField(child=IdField())
    percentage = serializers.FloatField()
    milestones = ListField(child=serializers.IntegerField())
    next_lesson = LessonCardSerializer(allow_null=True)
    grade = serializers.FloatField(
        allow_null=True, help_text="The mean of the quizzes taken so far, per cent."
    )
    quizzes = ListField(child=QuizResultSerializer())
