from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.common.http.fields import ChoiceField, ObjectIdField, TextField
from apps.common.http.query_params import ListQuery, SearchParam, reference_filter
from apps.common.http.serializers import DocumentSerializer
from apps.enrollments.documents import Enrollment
from apps.enrollments.representations import EnrollmentRepresentation


class EnrollmentSerializer(DocumentSerializer):
    """An enrollment; the course's instructor may enroll a student by id or by username."""

    student = ObjectIdField(
        required=False, help_text="Defaults to yourself. Instructors may name a student."
    )
    username = TextField(
        required=False,
        write_only=True,
        max_length=150,
        as_written=True,
        help_text="The student's username, instead of `student`.",
    )

    class Meta:
        model = Enrollment
        representation = EnrollmentRepresentation
        writable = ("student", "course")

    def validate(self, fields: dict) -> dict:
        if "student" in fields and "username" in fields:
            raise serializers.ValidationError(
                {"username": [_("Send either a student or a username.")]}
            )
        return fields


class EnrollmentQuery(ListQuery):
    course = reference_filter("course")
    student = reference_filter("student")
    search = SearchParam(
        required=False,
        help_text="Words of the student's name; those of three letters or more may be prefixes.",
    )
    ordering = ChoiceField(
        required=False, choices=["enrolled_at", "-enrolled_at", "completed_at", "-completed_at"]
    )
