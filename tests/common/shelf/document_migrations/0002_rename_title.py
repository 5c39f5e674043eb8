"""A book's `title` is renamed to `heading`, also if step 1 has just stored it."""

from apps.common.storage.migrations import update_in_rounds


def migrate(database):
    has_title = {"title": {"$exists": True}}
    yield from update_in_rounds(database.shelf_books, has_title, {"$rename": {"title": "heading"}})
