from typing import Literal, get_args

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    ObjectIdField,
    StringField,
)

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import Reference, RevisionedDocument
from apps.users.documents import User

Kind = Literal[
    "enrolled", "milestone", "quiz_passed", "quiz_failed", "quiz_regraded", "instructor_granted"
]
ENROLLED, MILESTONE = "enrolled", "milestone"
QUIZ_PASSED, QUIZ_FAILED, QUIZ_REGRADED = "quiz_passed", "quiz_failed", "quiz_regraded"
INSTRUCTOR_GRANTED = "instructor_granted"
KINDS: tuple[Kind, ...] = get_args(Kind)


class Notification(RevisionedDocument):
    """A notification about one fact, and the outbox of the email about it."""

    recipient = Reference(User, required=True, db_field="recipient_id")
    kind = StringField(required=True, choices=KINDS)
    params = DictField()  # of the message, which is formatted whenever it is returned or emailed
    link = StringField(required=True, max_length=255)  # a path of the web app
    key = StringField(required=True, max_length=255)  # names the fact, so it is notified of once
    created_at = DateTimeField(default=now_in_milliseconds)
    is_read = BooleanField(default=False)
    removed = BooleanField()  # by its recipient; the key stays, so it is not created again
    emailed_at = DateTimeField()
    mail_due_at = DateTimeField()  # unset when sent or not wanted; a worker's claim postpones it
    mail_attempts = IntField(default=0)
    mail_held = BooleanField()  # past the recipient's limit; waits to be joined into one email
    mail_batch = ObjectIdField()  # the notification whose email mentions this one as well

    meta = {
        "collection": "notifications",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("key",), "unique": True},
            ("recipient", "-id"),
            ("recipient", "is_read", "-id"),
            {"fields": ("mail_due_at",), "sparse": True},
            ("recipient", "mail_held", "mail_due_at"),
            {"fields": ("mail_batch",), "sparse": True},
        ],
    }


class Preferences(RevisionedDocument):
    """The kinds that a user has turned off; without this document, all are on."""

    user = Reference(User, required=True, db_field="user_id")
    muted = ListField(StringField(choices=KINDS), max_length=len(KINDS))  # in the app
    mail_muted = ListField(StringField(choices=KINDS), max_length=len(KINDS))

    meta = {
        "collection": "notification_preferences",
        "auto_create_index": False,
        "indexes": [{"fields": ("user",), "unique": True}],
    }
