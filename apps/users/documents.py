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
from apps.common.storage.undelivered import EventSource

PICTURES = "people"  # the folder of profile pictures


class User(EventSource, RevisionedDocument):
    """A user's profile. Fields that the account in SQL also has are copies of the account's."""

    username = StringField(required=True, max_length=150)
    # Normalized, so that names that differ only in case and width are the same.
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
    granted_at = DateTimeField()  # when an admin last granted the instructor role
    # The words that a search for users matches.
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
        ],
    }


class Erasure(Document):
    """
    An erased user. Requests of the user may still be running, so the user is erased again later.

    The account is deleted at once, so that its username and email can be used again.
    """

    id = ObjectIdField(primary_key=True)  # the user's
    erased_at = DateTimeField(default=now_in_milliseconds)

    meta = {
        "collection": "erasures",
        "auto_create_index": False,
        "indexes": ["erased_at"],
    }
