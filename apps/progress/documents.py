from mongoengine import BooleanField, DateTimeField, Document

from apps.common.storage.documents import Reference
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.users.documents import User


class Progress(Document):
    """Whether a student has completed a lesson; a missing record means "not started"."""

    student = Reference(User, required=True, db_field="student_id")
    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")
    completed = BooleanField(default=False)
    completed_at = DateTimeField()  # absent until completed: `$min` keeps the first time
    pending_since = DateTimeField()  # until milestones have been looked for

    meta = {
        "collection": "progress",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("student", "lesson"), "unique": True},
            ("student", "course", "completed"),
            ("course", "completed"),
            "lesson",
            {"fields": ("pending_since",), "sparse": True},
        ],
    }
