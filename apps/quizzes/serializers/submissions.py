from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import ListField, ObjectIdField, TextField
from apps.common.http.query_params import BooleanParam, CursorListQuery, reference_filter
from apps.common.http.serializers import Serializer, output_serializer
from apps.quizzes.documents import MAX_CHOICES, MAX_QUESTIONS
from apps.quizzes.representations import (
    RegradeRepresentation,
    SubmissionRepresentation,
    SubmissionRowRepresentation,
)


class AnswerSerializer(Serializer):
    """A student's answer to one question: choices or text."""

    question = ObjectIdField()
    choices = ListField(child=ObjectIdField(), required=False, max_length=MAX_CHOICES)
    text = TextField(lines=True, required=False, allow_blank=True, max_length=1024)

    def validate(self, answer: dict) -> dict:
        if ("choices" in answer) == ("text" in answer):
            raise serializers.ValidationError(_("Send either choices or text."))
        return answer


class SubmissionSerializer(Serializer):
    quiz = ObjectIdField()
    answers = ListField(child=AnswerSerializer(), max_length=MAX_QUESTIONS)

    class Meta:
        representation = SubmissionRepresentation


class SubmissionRowSerializer(SubmissionSerializer):
    answers = None

    class Meta:
        representation = SubmissionRowRepresentation


class SubmissionQuery(CursorListQuery):
    quiz = reference_filter("quiz")
    student = reference_filter("student")
    course = reference_filter("course")
    passed = BooleanParam(required=False)


RegradeSerializer = output_serializer(RegradeRepresentation)
