from rest_framework import serializers

from apps.common.http.fields import ListField, NumberField, ObjectIdField, TextField
from apps.common.http.query_params import ListQuery, reference_filter
from apps.common.http.serializers import DocumentSerializer, Serializer, output_serializer
from apps.lessons import videos
from apps.lessons.documents import Lesson
from apps.lessons.representations import (
    LessonRepresentation,
    OutlineRepresentation,
    RenderedRepresentation,
)


class LessonSerializer(DocumentSerializer):
    position = NumberField(required=False, min_value=1, help_text="Defaults to the end.")

    class Meta:
        model = Lesson
        representation = LessonRepresentation
        writable = (
            "title",
            "course",
            "content",
            "video_url",
            "position",
            "duration_minutes",
            "is_preview",
        )
        kept_by_put = ("position",)
        null_in_answers = ("content", "content_html", "video_url")
        extra_kwargs = {"content": {"lines": True}}

    def validate_video_url(self, url: str) -> str:
        problem = videos.problem_with(url) if url else None
        if problem:
            raise serializers.ValidationError(problem)
        return url


class LessonQuery(ListQuery):
    course = reference_filter("course")


class LessonOrderSerializer(Serializer):
    """All lessons of a course, each once, in their new order."""

    lessons = ListField(child=ObjectIdField(), max_length=1000)


class PreviewSerializer(Serializer):
    content = TextField(lines=True, allow_blank=True, max_length=200_000)


OutlineSerializer = output_serializer(OutlineRepresentation)
RenderedSerializer = output_serializer(RenderedRepresentation)
