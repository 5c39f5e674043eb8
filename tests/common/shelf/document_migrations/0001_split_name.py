"""A book's `name`, "author: title", becomes two fields."""


def migrate(database):
    for book in database.shelf_books.find({"name": {"$exists": True}}).sort("_id"):
        author, _, title = book["name"].partition(": ")
        change = {"$set": {"author": author, "title": title}, "$unset": {"name": True}}
        database.shelf_books.update_one({"_id": book["_id"]}, change)
        yield
