from mongoengine import BooleanField, DateTimeField, IntField, ObjectIdField, StringField

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import Reference, RevisionedDocument
from apps.common.storage.undelivered import EventSource
from apps.courses.documents import Course

MOST_HTML_BYTES = 1_000_000  # of a rendered lesson


class Lesson(EventSource, RevisionedDocument):
    """A lesson of a course, at its own position."""

    title = StringField(required=True, max_length=255)
    course = Reference(Course, required=True, db_field="course_id")
    content = StringField(default="", max_length=200_000)  # Markdown
    # Rendered and sanitized when the lesson is saved.
    content_html = StringField(default="", max_length=MOST_HTML_BYTES)
    video_url = StringField(default="", max_length=1000)
    position = IntField(required=True)
    duration_minutes = IntField(default=0, min_value=0, max_value=10_000)
    is_preview = BooleanField(default=False)
    created_at = DateTimeField(default=now_in_milliseconds)
    updated_at = DateTimeField(default=now_in_milliseconds)
    removed = BooleanField()  # Hidden while everything below it is being deleted.
    moved_from = Reference(Course)  # Set until the move is delivered.
    # Changes when an app above adds or removes something that a move counts.
    contents_version = ObjectIdField()

    meta = {
        "collection": "lessons",
        "indexes": [
            {"fields": ("course", "position"), "unique": True},
        ],
    }
