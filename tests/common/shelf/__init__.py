"""An app of a later release: its documents, `shelf_books`, get other fields in two steps."""

FIRST, SECOND = "shelf.0001_split_name", "shelf.0002_rename_title"
OLD = [{"_id": number, "name": f"Author {number}: Title {number}"} for number in range(5)]
NEW = [
    {"_id": number, "author": f"Author {number}", "heading": f"Title {number}"}
    for number in range(5)
]
