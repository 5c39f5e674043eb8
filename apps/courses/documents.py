from mongoengine import (
    BooleanField,
    DateTimeField,
    IntField,
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
    Reference,
    RevisionedDocument,
)
from apps.users.documents import User

IMAGES = "courses"  # the folder of their files


class Category(RevisionedDocument):
    """A group of courses in the catalog."""

    name = StringField(required=True, max_length=100)
    name_key = StringField(
        required=True, max_length=MOST_FOLDED
    )  # folded: what is unique, whatever the case
    description = StringField(default="", max_length=10_000)
    removed = BooleanField()  # hidden while courses are taken out of it

    meta = {
        "collection": "categories",
        "indexes": [
            {"fields": ("name_key",), "unique": True},
            {"fields": ("removed",), "sparse": True},
        ],
    }


class Course(RevisionedDocument):
    """What an instructor teaches; drafts are known to their authors alone."""

    title = StringField(required=True, max_length=255)
    description = StringField(default="", max_length=10_000)
    instructor = Reference(User, db_field="instructor_id")  # None: erased
    category = Reference(Category, db_field="category_id")
    image = StringField(max_length=LONGEST_FILE_NAME)
    image_small = StringField(max_length=LONGEST_FILE_NAME)
    price = IntField(default=0)  # cents; it informs, nobody pays here
    published = BooleanField(default=False)
    lesson_count = IntField(default=0)
    enrollment_count = IntField(default=0)
    # What a search looks through.
    words = ListField(StringField(max_length=LONGEST_WORD), max_length=MOST_WORDS)
    # While lessons are being moved.
    lesson_order = ListField(ObjectIdField(), default=None, max_length=1000)
    lesson_order_since = DateTimeField()  # None in data of older releases
    created_at = DateTimeField(default=now_in_milliseconds)
    updated_at = DateTimeField(default=now_in_milliseconds)
    removed = BooleanField()  # hidden while everything below it goes

    meta = {
        "collection": "courses",
        "indexes": [
            "instructor",
            "category",
            "published",
            "words",
            {"fields": ("removed",), "sparse": True},
            ("published", "-created_at"),
            ("published", "title"),
            ("published", "price"),
            ("published", "-enrollment_count"),
        ],
    }
