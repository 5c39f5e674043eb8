from rest_framework import serializers

from apps.common.http.fields import BooleanField, ListField, ObjectIdField
from apps.common.http.query_params import BooleanParam, CursorListQuery, Query, reference_filter
from apps.common.http.serializers import DocumentSerializer
from apps.progress.documents import Progress


class ProgressSerializer(DocumentSerializer):
    completed = BooleanField(default=True)

    class Meta:
        model = Progress
        fields = ("id", "student", "lesson", "course", "completed", "completed_at")
        read_only_fields = ("course", "student", "completed_at")
        extra_kwargs = {"completed_at": {"allow_null": True}}


class ProgressQuery(CursorListQuery):
    course = reference_filter("course")
    lesson = reference_filter("lesson")
    student = reference_filter("student")
    completed = BooleanParam(required=False)


class SummaryQuery(Query):
    course = ObjectIdField(help_text="The course whose progress is asked for.")


class LessonCardSerializer(serializers.Serializer):
    id = ObjectIdField()
    title = serializers.CharField()


class QuizResultSerializer(serializers.Serializer):
    quiz = ObjectIdField()
    lesson = ObjectIdField()
    title = serializers.CharField()
    attempts = serializers.IntegerField()
    grade = serializers.FloatField(allow_null=True, help_text="Per cent; null: not taken.")
    passed = serializers.BooleanField()


class SummarySerializer(serializers.Serializer):
    """How far a student has come in a course."""

    course = ObjectIdField()
    total = serializers.IntegerField()
    completed = serializers.IntegerField()
    completed_lessons = ListField(child=ObjectIdField())
    percentage = serializers.FloatField()
    milestones = ListField(child=serializers.IntegerField())
    next_lesson = LessonCardSerializer(allow_null=True)
    grade = serializers.FloatField(
        allow_null=True, help_text="The mean of the quizzes taken so far, per cent."
    )
    quizzes = ListField(child=QuizResultSerializer())
