from rest_framework import serializers

from apps.common.http.fields import ObjectIdField
from apps.common.http.query_params import Query
from apps.progress.serializers import LessonCardSerializer


class DashboardQuery(Query):
    course = ObjectIdField(
        required=False, help_text="Narrows the instructor's part to this course of one's own."
    )


class CourseFollowedSerializer(serializers.Serializer):
    course = ObjectIdField()
    title = serializers.CharField()
    image = serializers.CharField(allow_null=True)
    published = serializers.BooleanField()
    percentage = serializers.FloatField()
    completed = serializers.IntegerField(help_text="Lessons.")
    total = serializers.IntegerField(help_text="Lessons.")
    next_lesson = LessonCardSerializer(allow_null=True)
    grade = serializers.FloatField(allow_null=True)
    enrolled_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ActivitySerializer(serializers.Serializer):
    """A week: what was completed and submitted in it."""

    week = serializers.DateField(help_text="Its Monday.")
    lessons = serializers.IntegerField()
    submissions = serializers.IntegerField()


class StudentPartSerializer(serializers.Serializer):
    courses = CourseFollowedSerializer(many=True)
    activity = ActivitySerializer(many=True, help_text="Twelve weeks, the last of them this one.")
    unread = serializers.IntegerField(help_text="Notifications.")


class CourseTaughtSerializer(serializers.Serializer):
    course = ObjectIdField()
    title = serializers.CharField()
    enrollments = serializers.IntegerField()
    completions = serializers.IntegerField()
    mean_percentage = serializers.FloatField(allow_null=True)
    mean_grade = serializers.FloatField(allow_null=True)


class EnrollmentWeekSerializer(serializers.Serializer):
    week = serializers.DateField(help_text="Its Monday.")
    count = serializers.IntegerField()


class InstructorPartSerializer(serializers.Serializer):
    courses = CourseTaughtSerializer(many=True)
    enrollments = EnrollmentWeekSerializer(
        many=True, help_text="Twelve weeks, the last of them this one."
    )


class AdminPartSerializer(serializers.Serializer):
    users = serializers.IntegerField()
    instructors = serializers.IntegerField()
    courses = serializers.IntegerField()
    published = serializers.IntegerField(help_text="Courses.")
    enrollments = serializers.IntegerField()
    completions = serializers.IntegerField()
    mails_waiting = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer):
    """What one learns; for instructors what they teach, for admins the totals, too."""

    student = StudentPartSerializer()
    instructor = InstructorPartSerializer(required=False)
    admin = AdminPartSerializer(required=False)
