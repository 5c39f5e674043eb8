from mongoengine import DateTimeField, Document, IntField, ListField

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import Reference
from apps.courses.documents import Course
from apps.users.documents import User


class Enrollment(Document):
    """A student's place in a course; the unique index is what makes it one place."""

    student = Reference(User, required=True, db_field="student_id")
    course = Reference(Course, required=True, db_field="course_id")
    enrolled_at = DateTimeField(default=now_in_milliseconds)
    left_at = DateTimeField()  # leaving hides it: milestones are not told twice
    milestones = ListField(IntField(), max_length=4)
    # Milestones that not every app above has heard of.
    untold = ListField(IntField(), max_length=4)
    completed_at = DateTimeField()
    pending_since = DateTimeField()  # until every app above has heard of it

    meta = {
        "collection": "enrollments",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("student", "course"), "unique": True},
            ("course", "-enrolled_at"),
            ("student", "-enrolled_at"),
            {"fields": ("pending_since",), "sparse": True},
            {"fields": ("untold",), "sparse": True},
        ],
    }
