from rest_framework import serializers

from apps.common.http.fields import ListField, NumberField, ObjectIdField, TextField
from apps.common.http.query_params import ListQuery, reference_filter
from apps.common.http.serializers import DocumentSerializer, Serializer
from apps.lessons import videos
from apps.lessons.documents import Lesson


class LessonSerializer(DocumentSerializer):
    position = NumberField(required=False, min_value=1, help_text="Appended unless given.")
    embed_url = serializers.SerializerMethodField(help_text="What a page may frame, or null.")

    class Meta:
        model = Lesson
        fields = (
            "id",
            "title",
            "course",
            "content",
            "content_html",
            "video_url",
            "embed_url",
            "position",
            "duration_minutes",
            "is_preview",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("content_html", "created_at", "updated_at")
        kept_by_put = ("position",)
        null_in_answers = ("content", "content_html", "video_url")  # to who may not read them
        extra_kwargs = {"content": {"lines": True}}

    def validate_video_url(self, url: str) -> str:
        problem = videos.problem_with(url) if url else None
        if problem:
            raise serializers.ValidationError(problem)
        return url

    def get_embed_url(self, lesson: Lesson) -> str | None:
        return videos.embed_url(lesson.video_url)


class LessonQuery(ListQuery):
    course = reference_filter("course")


class LessonOrderSerializer(Serializer):
    """All lessons of a course, each once, in the wanted order."""

    lessons = ListField(child=ObjectIdField(), max_length=1000)


class OutlineSerializer(Serializer):
    """A lesson in a course's outline."""

    id = ObjectIdField()
    title = TextField()
    position = NumberField()
    duration_minutes = NumberField()
    is_preview = serializers.BooleanField()


class PreviewSerializer(Serializer):
    content = TextField(lines=True, allow_blank=True, max_length=200_000)


class RenderedSerializer(Serializer):
    content_html = TextField(allow_blank=True)
