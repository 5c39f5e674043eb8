from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    ListField,
    ObjectIdField,
    StringField,
)

from apps.common.clock import now_in_milliseconds
from apps.common.normalization import LONGEST_WORD
from apps.common.storage.documents import (
    LONGEST_FILE_NAME,
    MOST_FOLDED,
    MOST_WORDS,
    RevisionedDocument,
)

PICTURES = "people"  # the folder of their files


class User(RevisionedDocument):
    """A person's profile; the account in SQL decides what both have."""

    username = StringField(required=True, max_length=150)
    # Folded: what is unique, whatever case and width.
    username_key = StringField(required=True, max_length=MOST_FOLDED)
    email = StringField(required=True, max_length=254)
    email_key = StringField(required=True, max_length=MOST_FOLDED)
    email_verified = BooleanField(default=False)
    language = StringField(default="en", max_length=16)
    bio = StringField(default="", max_length=2000)
    profile_picture = StringField(max_length=LONGEST_FILE_NAME)
    profile_picture_small = StringField(max_length=LONGEST_FILE_NAME)
    is_student = BooleanField(default=True)
    is_instructor = BooleanField(default=False)
    is_admin = BooleanField(default=False)
    is_active = BooleanField(default=True)
    instructor_requested = BooleanField(default=False)
    granted_at = DateTimeField()  # when an admin last made an instructor of somebody who was none
    pending_since = DateTimeField()  # until every app above has heard of it
    # What a search for people looks through.
    words = ListField(StringField(max_length=LONGEST_WORD), max_length=MOST_WORDS)
    created_at = DateTimeField(default=now_in_milliseconds)

    meta = {
        "collection": "users",
        "auto_create_index": False,
        "indexes": [
            {"fields": ("username_key",), "unique": True},
            {"fields": ("email_key",), "unique": True},
            "words",
            "is_instructor",
            {"fields": ("pending_since",), "sparse": True},
        ],
    }


class Erasure(Document):
    """
    A user who was erased and whose requests may still be running: they are erased once more.

    The account is deleted at once, so that its username and email can be used again.
    """

    id = ObjectIdField(primary_key=True)  # the profile's
    erased_at = DateTimeField(default=now_in_milliseconds)

    meta = {
        "collection": "erasures",
        "auto_create_index": False,
        "indexes": ["erased_at"],
    }
