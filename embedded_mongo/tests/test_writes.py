import pytest
from bson import ObjectId
from pymongo import (
    DeleteMany,
    DeleteOne,
    InsertOne,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
    WriteConcern,
)
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError


def documents_without_id(collection) -> list[dict]:
    return list(collection.find({}, {"_id": 0}))


def test_writes_are_stored_in_the_file(client, reopen):
    client.db.things.insert_one({"_id": 1, "name": "Euclid"})
    client.db.things.insert_many([{"_id": 2}, {"_id": 3}])
    client.db.things.update_one({"_id": 2}, {"$set": {"name": "Gauss"}})
    client.db.things.delete_one({"_id": 3})

    assert list(reopen(client).db.things.find()) == [
        {"_id": 1, "name": "Euclid"},
        {"_id": 2, "name": "Gauss"},
    ]


def test_writes_with_a_write_concern_are_stored_as_well(client, reopen):
    """mongomock's own `with_options` would create a collection that is only in memory."""
    journaled = client.db.things.with_options(write_concern=WriteConcern(w=1, j=True))
    journaled.insert_one({"_id": 1})
    client.db.get_collection("things", write_concern=WriteConcern(w=0)).insert_one({"_id": 2})

    assert reopen(client).db.things.count_documents({}) == 2


def test_memory_cannot_be_changed_without_the_file(things):
    things.insert_one({"_id": 1})

    with pytest.raises(RuntimeError):
        things._store[1] = {"_id": 1, "name": "unrecorded"}

    assert things.find_one(1) == {"_id": 1}


def test_a_failed_update_changes_nothing(things):
    """mongomock would change the stored document and then raise a TypeError."""
    things.insert_one({"_id": 1, "a": 1, "b": "text"})

    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$inc": {"a": 1, "b": 1}})

    assert things.find_one(1) == {"_id": 1, "a": 1, "b": "text"}


def test_documents_of_readers_and_writers_are_copies(things):
    document = {"_id": 1, "tags": ["a"]}
    things.insert_one(document)
    document["tags"].append("local")
    result = things.find_one(1)
    result["tags"].append("also local")
    things.update_one({"_id": 1}, {"$push": {"tags": "b"}})

    assert result["tags"] == ["a", "also local"]
    assert things.find_one(1)["tags"] == ["a", "b"]


def test_an_insert_adds_an_id_to_the_document(things):
    document = {"name": "Euclid"}

    assert things.insert_one(document).inserted_id == document["_id"]
    assert isinstance(document["_id"], ObjectId)


def test_an_ordered_insert_stops_at_the_first_duplicate(things):
    with pytest.raises(BulkWriteError) as caught:
        things.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 1}, {"_id": 3}])

    [error] = caught.value.details["writeErrors"]
    assert (error["index"], error["code"], error["op"]) == (2, 11000, {"_id": 1})
    assert error["keyValue"] == {"_id": 1}
    assert caught.value.details["nInserted"] == 2
    assert [document["_id"] for document in things.find()] == [1, 2]


def test_an_unordered_insert_skips_duplicates(things):
    with pytest.raises(BulkWriteError) as caught:
        things.insert_many([{"_id": 1}, {"_id": 1}, {"_id": 2}], ordered=False)

    assert caught.value.details["nInserted"] == 2
    assert [document["_id"] for document in things.find()] == [1, 2]


def test_operations_before_an_error_of_a_bulk_write_are_stored(client, reopen):
    with pytest.raises(BulkWriteError):
        client.db.things.insert_many([{"_id": 1}, {"_id": 1}])

    assert reopen(client).db.things.count_documents({}) == 1


def test_a_failed_update_of_many_documents_changes_nothing(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])

    with pytest.raises(DuplicateKeyError):
        things.update_many({}, {"$set": {"name": "c"}})

    assert [document["name"] for document in things.find()] == ["a", "b"]
    assert things.find_one({"name": "a"})["_id"] == 1
    assert things.find_one({"name": "c"}) is None


def test_a_bulk_write_supports_all_operations_of_pymongo(things):
    """mongomock's own bulk write does not accept the arguments that PyMongo passes."""
    result = things.bulk_write(
        [
            InsertOne({"_id": 1, "n": 0}),
            InsertOne({"_id": 2, "n": 0}),
            InsertOne({"_id": 3, "n": 0}),
            UpdateOne({"_id": 1}, {"$inc": {"n": 1}}),
            UpdateMany({}, {"$inc": {"n": 10}}),
            UpdateOne({"_id": 4}, {"$set": {"n": 4}}, upsert=True),
            ReplaceOne({"_id": 2}, {"n": 2}),
            ReplaceOne({"_id": 5}, {"n": 5}, upsert=True),
            DeleteOne({"_id": 3}),
            DeleteMany({"n": {"$gte": 11}}),
        ]
    )

    assert list(things.find()) == [{"_id": 2, "n": 2}, {"_id": 4, "n": 4}, {"_id": 5, "n": 5}]
    assert (result.inserted_count, result.matched_count, result.modified_count) == (3, 5, 5)
    assert (result.deleted_count, result.upserted_ids) == (2, {5: 4, 7: 5})


def test_a_failed_operation_of_a_bulk_write_changes_nothing(client, reopen):
    things = client.db.things
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])

    with pytest.raises(BulkWriteError) as caught:
        things.bulk_write(
            [UpdateMany({}, {"$set": {"name": "c"}}), InsertOne({"_id": 3, "name": "d"})],
            ordered=False,
        )

    assert [error["index"] for error in caught.value.details["writeErrors"]] == [0]
    assert [document["name"] for document in things.find()] == ["a", "b", "d"]
    assert [document["name"] for document in reopen(client).db.things.find()] == ["a", "b", "d"]


def test_an_upsert_creates_the_document_or_updates_it(things):
    created = things.update_one(
        {"student": 1, "lesson": 2},
        {"$setOnInsert": {"first": True}, "$min": {"at": 5}, "$inc": {"tries": 1}},
        upsert=True,
    )
    again = things.update_one(
        {"student": 1, "lesson": 2},
        {"$setOnInsert": {"first": False}, "$min": {"at": 3}, "$inc": {"tries": 1}},
        upsert=True,
    )

    assert things.find_one(created.upserted_id, {"_id": 0}) == {
        "student": 1,
        "lesson": 2,
        "first": True,
        "at": 3,
        "tries": 2,
    }
    assert (created.matched_count, again.matched_count, again.upserted_id) == (0, 1, None)


def test_add_to_set_adds_each_value_once(things):
    things.insert_one({"_id": 1})
    for value in ("a", "b", "a"):
        things.update_one({"_id": 1}, {"$addToSet": {"tags": value}})

    assert things.find_one(1)["tags"] == ["a", "b"]


def test_find_and_modify_with_sort_and_projection_changes_the_first_document(things):
    """Without `_id` in the projection, mongomock would change another document."""
    things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])

    before = things.find_one_and_update(
        {}, {"$set": {"done": True}}, projection={"_id": 0, "n": 1}, sort=[("n", -1)]
    )

    assert before == {"n": 2}
    assert [document.get("done") for document in things.find()] == [None, True]


def test_find_and_modify_returns_the_document_before_or_after(things):
    things.insert_one({"_id": 1, "n": 1})
    change = {"$inc": {"n": 1}}

    assert things.find_one_and_update({"_id": 1}, change)["n"] == 1
    after = things.find_one_and_update({"_id": 1}, change, return_document=ReturnDocument.AFTER)
    assert after["n"] == 3
    assert things.find_one_and_update({"_id": 2}, change) is None


def test_find_and_modify_can_upsert(things):
    change = {"$inc": {"n": 1}}

    assert things.find_one_and_update({"_id": 1}, change, upsert=True) is None
    created = things.find_one_and_update(
        {"_id": 2}, change, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert created == {"_id": 2, "n": 1}


def test_find_and_modify_supports_positional_updates(things):
    things.insert_one({"_id": 1, "answers": [{"id": 1, "n": 0}, {"id": 2, "n": 0}]})

    after = things.find_one_and_update(
        {"_id": 1, "answers": {"$elemMatch": {"id": 2}}},
        {"$set": {"answers.$.n": 9}},
        return_document=ReturnDocument.AFTER,
    )

    assert [each["n"] for each in after["answers"]] == [0, 9]


def test_find_and_delete_deletes_the_first_document_in_order(things):
    things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])

    assert things.find_one_and_delete({}, sort=[("n", -1)]) == {"_id": 2, "n": 2}
    assert documents_without_id(things) == [{"n": 1}]
    assert things.find_one_and_delete({"n": 7}) is None


def test_find_and_replace_preserves_the_id(things):
    things.insert_one({"_id": 1, "a": 1})

    things.find_one_and_replace({"a": 1}, {"b": 2})

    assert list(things.find()) == [{"_id": 1, "b": 2}]


def test_an_id_cannot_be_changed(things):
    things.insert_one({"_id": 1})

    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$set": {"_id": 2}})

    assert list(things.find()) == [{"_id": 1}]


def test_dropping_a_collection_drops_its_indexes(client, reopen):
    things = client.db.things
    things.create_index("name", unique=True)
    things.insert_one({"name": "Euclid"})
    things.drop()

    again = reopen(client).db
    assert again.list_collection_names() == []
    assert again.things.index_information() == {}
    again.things.insert_many([{"name": "Gauss"}, {"name": "Gauss"}])


def test_databases_are_separate(client, reopen):
    client.db.things.insert_one({"_id": 1, "database": "db"})
    client.other.things.insert_one({"_id": 1, "database": "other"})
    client.drop_database("db")

    again = reopen(client)
    assert again.list_database_names() == ["other"]
    assert again.other.things.find_one(1)["database"] == "other"


def test_unsupported_options_are_rejected(things):
    """mongomock would ignore a collation."""
    things.insert_one({"name": "a"})

    for call in (
        lambda: things.find({}, collation={"locale": "de"}),
        lambda: things.create_index("name", collation={"locale": "de"}),
        lambda: things.update_one({}, {"$set": {"a": 1}}, array_filters=[{"x": 1}]),
        lambda: things.update_one({}, {"$set": {"a": 1}}, sort={"a": 1}),
        lambda: things.bulk_write([UpdateOne({}, {"$set": {"a": 1}}, sort={"a": 1})]),
        lambda: things.rename("others"),
    ):
        with pytest.raises(NotImplementedError):
            call()
