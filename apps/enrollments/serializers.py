from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import ChoiceField, ObjectIdField, TextField
from apps.common.http.query_params import ListQuery, SearchParam, reference_filter
from apps.common.http.serializers import DocumentSerializer
from apps.enrollments.documents import Enrollment


class EnrollmentSerializer(DocumentSerializer):
    """A place in a course; whoever teaches the course may give it to a student by name."""

    student = ObjectIdField(required=False, help_text="Yourself, unless you teach the course.")
    username = TextField(
        required=False,
        write_only=True,
        max_length=150,
        as_written=True,
        help_text="Sent in place of `student`.",
    )

    class Meta:
        model = Enrollment
        fields = (
            "id",
            "student",
            "username",
            "course",
            "enrolled_at",
            "milestones",
            "completed_at",
        )
        read_only_fields = ("enrolled_at", "milestones", "completed_at")
        extra_kwargs = {"completed_at": {"allow_null": True}}

    def validate(self, given: dict) -> dict:
        if "student" in given and "username" in given:
            raise serializers.ValidationError({"username": [_("Give a student or a username.")]})
        return given


class EnrollmentQuery(ListQuery):
    course = reference_filter("course")
    student = reference_filter("student")
    search = SearchParam(required=False, help_text="In the student's name.")
    ordering = ChoiceField(
        required=False, choices=["enrolled_at", "-enrolled_at", "completed_at", "-completed_at"]
    )
