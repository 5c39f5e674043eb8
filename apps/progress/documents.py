from mongoengine import BooleanField, DateTimeField

from apps.common.storage.documents import Reference
from apps.common.storage.undelivered import EventSource
from apps.courses.documents import Course
from apps.lessons.documents import Lesson
from apps.users.documents import User


class Progress(EventSource):
    """
    Whether a student has completed a lesson; a missing record means "not completed".

    A record is undelivered until the milestones that its completion may reach are delivered.
    """

    student = Reference(User, required=True, db_field="student_id")
    lesson = Reference(Lesson, required=True, db_field="lesson_id")
    course = Reference(Course, required=True, db_field="course_id")
    completed = BooleanField(default=False)
    completed_at = DateTimeField()  # Absent until completed, so `$min` keeps the first time.

    meta = {
        "collection": "progress",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("student", "lesson"), "unique": True},
            ("student", "course", "completed"),
            ("course", "completed"),
            "lesson",
        ],
    }
