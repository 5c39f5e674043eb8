from mongoengine import DateTimeField, IntField, ListField

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import Reference
from apps.common.storage.undelivered import EventSource
from apps.courses.documents import Course
from apps.users.documents import User


class Enrollment(EventSource):
    """A student's enrollment in a course; the unique index allows one per student and course."""

    student = Reference(User, required=True, db_field="student_id")
    course = Reference(Course, required=True, db_field="course_id")
    enrolled_at = DateTimeField(default=now_in_milliseconds)
    left_at = DateTimeField()  # Leaving hides an enrollment, so that milestones stay.
    milestones = ListField(IntField(), max_length=4)
    undelivered_milestones = ListField(IntField(), max_length=4)
    completed_at = DateTimeField()

    meta = {
        "collection": "enrollments",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("student", "course"), "unique": True},
            ("course", "-enrolled_at"),
            ("student", "-enrolled_at"),
            {"fields": ("undelivered_milestones",), "sparse": True},
        ],
    }
