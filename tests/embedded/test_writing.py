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


def everything(collection) -> list[dict]:
    return list(collection.find({}, {"_id": 0}))


def test_what_was_written_is_there_after_opening_again(client, reopened):
    client.lms.things.insert_one({"_id": 1, "name": "Euclid"})
    client.lms.things.insert_many([{"_id": 2}, {"_id": 3}])
    client.lms.things.update_one({"_id": 2}, {"$set": {"name": "Gauss"}})
    client.lms.things.delete_one({"_id": 3})

    assert list(reopened(client).lms.things.find()) == [
        {"_id": 1, "name": "Euclid"},
        {"_id": 2, "name": "Gauss"},
    ]


def test_a_write_concern_goes_round_nothing(client, reopened):
    """Trap 1: mongomock's `with_options` makes a collection of its own."""
    careful = client.lms.things.with_options(write_concern=WriteConcern(w=1, j=True))
    careful.insert_one({"_id": 1})
    client.lms.get_collection("things", write_concern=WriteConcern(w=0)).insert_one({"_id": 2})

    assert reopened(client).lms.things.count_documents({}) == 2


def test_no_path_round_the_file_exists(things):
    things.insert_one({"_id": 1})

    with pytest.raises(RuntimeError):
        things._store[1] = {"_id": 1, "name": "smuggled"}

    assert things.find_one(1) == {"_id": 1}


def test_an_update_that_fails_leaves_nothing_of_itself(things):
    """Trap 2: mongomock changes the live document, and raises TypeError."""
    things.insert_one({"_id": 1, "a": 1, "b": "text"})

    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$inc": {"a": 1, "b": 1}})

    assert things.find_one(1) == {"_id": 1, "a": 1, "b": "text"}


def test_what_a_reader_holds_no_writer_changes(things):
    given = {"_id": 1, "tags": ["a"]}
    things.insert_one(given)
    given["tags"].append("mine")
    held = things.find_one(1)
    held["tags"].append("also mine")
    things.update_one({"_id": 1}, {"$push": {"tags": "b"}})

    assert held["tags"] == ["a", "also mine"]
    assert things.find_one(1)["tags"] == ["a", "b"]


def test_an_insert_names_the_document_it_was_given(things):
    document = {"name": "Euclid"}

    assert things.insert_one(document).inserted_id == document["_id"]
    assert isinstance(document["_id"], ObjectId)


def test_many_in_order_stop_at_the_first_duplicate(things):
    with pytest.raises(BulkWriteError) as caught:
        things.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 1}, {"_id": 3}])

    [error] = caught.value.details["writeErrors"]
    assert (error["index"], error["code"], error["op"]) == (2, 11000, {"_id": 1})
    assert error["keyValue"] == {"_id": 1}
    assert caught.value.details["nInserted"] == 2
    assert [each["_id"] for each in things.find()] == [1, 2]


def test_many_in_no_order_leave_out_the_duplicates_only(things):
    with pytest.raises(BulkWriteError) as caught:
        things.insert_many([{"_id": 1}, {"_id": 1}, {"_id": 2}], ordered=False)

    assert caught.value.details["nInserted"] == 2
    assert [each["_id"] for each in things.find()] == [1, 2]


def test_what_a_failed_bulk_did_before_is_kept(client, reopened):
    with pytest.raises(BulkWriteError):
        client.lms.things.insert_many([{"_id": 1}, {"_id": 1}])

    assert reopened(client).lms.things.count_documents({}) == 1


def test_an_update_of_many_that_fails_half_way_changes_nothing(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])

    with pytest.raises(DuplicateKeyError):
        things.update_many({}, {"$set": {"name": "c"}})

    assert [each["name"] for each in things.find()] == ["a", "b"]
    assert things.find_one({"name": "a"})["_id"] == 1
    assert things.find_one({"name": "c"}) is None


def test_a_bulk_takes_every_kind_of_write_that_pymongo_has(things):
    """Trap 8: mongomock's own does not know the arguments of this PyMongo."""
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


def test_a_step_of_a_bulk_that_fails_changes_nothing_and_the_others_do(client, reopened):
    things = client.lms.things
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])

    with pytest.raises(BulkWriteError) as caught:
        things.bulk_write(
            [UpdateMany({}, {"$set": {"name": "c"}}), InsertOne({"_id": 3, "name": "d"})],
            ordered=False,
        )

    assert [error["index"] for error in caught.value.details["writeErrors"]] == [0]
    assert [each["name"] for each in things.find()] == ["a", "b", "d"]
    assert [each["name"] for each in reopened(client).lms.things.find()] == ["a", "b", "d"]


def test_an_upsert_makes_what_was_asked_for(things):
    made = things.update_one(
        {"student": 1, "lesson": 2},
        {"$setOnInsert": {"first": True}, "$min": {"at": 5}, "$inc": {"tries": 1}},
        upsert=True,
    )
    again = things.update_one(
        {"student": 1, "lesson": 2},
        {"$setOnInsert": {"first": False}, "$min": {"at": 3}, "$inc": {"tries": 1}},
        upsert=True,
    )

    assert things.find_one(made.upserted_id, {"_id": 0}) == {
        "student": 1,
        "lesson": 2,
        "first": True,
        "at": 3,
        "tries": 2,
    }
    assert (made.matched_count, again.matched_count, again.upserted_id) == (0, 1, None)


def test_a_set_takes_each_value_once(things):
    things.insert_one({"_id": 1})
    for value in ("a", "b", "a"):
        things.update_one({"_id": 1}, {"$addToSet": {"tags": value}})

    assert things.find_one(1)["tags"] == ["a", "b"]


def test_modifying_by_order_with_a_projection_changes_the_right_one(things):
    """Trap 7: without `_id` in the projection, mongomock changes whatever comes first."""
    things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])

    before = things.find_one_and_update(
        {}, {"$set": {"done": True}}, projection={"_id": 0, "n": 1}, sort=[("n", -1)]
    )

    assert before == {"n": 2}
    assert [each.get("done") for each in things.find()] == [None, True]


def test_modifying_shows_the_document_before_or_after(things):
    things.insert_one({"_id": 1, "n": 1})
    change = {"$inc": {"n": 1}}

    assert things.find_one_and_update({"_id": 1}, change)["n"] == 1
    after = things.find_one_and_update({"_id": 1}, change, return_document=ReturnDocument.AFTER)
    assert after["n"] == 3
    assert things.find_one_and_update({"_id": 2}, change) is None


def test_modifying_makes_what_is_missing_if_told_so(things):
    change = {"$inc": {"n": 1}}

    assert things.find_one_and_update({"_id": 1}, change, upsert=True) is None
    made = things.find_one_and_update(
        {"_id": 2}, change, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert made == {"_id": 2, "n": 1}


def test_modifying_changes_the_element_that_was_asked_for(things):
    things.insert_one({"_id": 1, "answers": [{"id": 1, "n": 0}, {"id": 2, "n": 0}]})

    after = things.find_one_and_update(
        {"_id": 1, "answers": {"$elemMatch": {"id": 2}}},
        {"$set": {"answers.$.n": 9}},
        return_document=ReturnDocument.AFTER,
    )

    assert [each["n"] for each in after["answers"]] == [0, 9]


def test_finding_and_deleting_takes_the_first_in_order(things):
    things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 2}])

    assert things.find_one_and_delete({}, sort=[("n", -1)]) == {"_id": 2, "n": 2}
    assert everything(things) == [{"n": 1}]
    assert things.find_one_and_delete({"n": 7}) is None


def test_finding_and_replacing_keeps_the_id(things):
    things.insert_one({"_id": 1, "a": 1})

    things.find_one_and_replace({"a": 1}, {"b": 2})

    assert list(things.find()) == [{"_id": 1, "b": 2}]


def test_an_id_never_changes(things):
    things.insert_one({"_id": 1})

    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$set": {"_id": 2}})

    assert list(things.find()) == [{"_id": 1}]


def test_a_dropped_collection_is_gone_with_its_indexes(client, reopened):
    things = client.lms.things
    things.create_index("name", unique=True)
    things.insert_one({"name": "Euclid"})
    things.drop()

    again = reopened(client).lms
    assert again.list_collection_names() == []
    assert again.things.index_information() == {}
    again.things.insert_many([{"name": "Gauss"}, {"name": "Gauss"}])


def test_databases_and_collections_are_apart(client, reopened):
    client.lms.things.insert_one({"_id": 1, "of": "lms"})
    client.other.things.insert_one({"_id": 1, "of": "other"})
    client.drop_database("lms")

    again = reopened(client)
    assert again.list_database_names() == ["other"]
    assert again.other.things.find_one(1)["of"] == "other"


def test_an_option_that_the_store_does_not_know_is_refused(things):
    """Trap 7: mongomock takes a collation and ignores it."""
    things.insert_one({"name": "a"})

    for refused in (
        lambda: things.find({}, collation={"locale": "de"}),
        lambda: things.create_index("name", collation={"locale": "de"}),
        lambda: things.update_one({}, {"$set": {"a": 1}}, array_filters=[{"x": 1}]),
        lambda: things.update_one({}, {"$set": {"a": 1}}, sort={"a": 1}),
        lambda: things.bulk_write([UpdateOne({}, {"$set": {"a": 1}}, sort={"a": 1})]),
        lambda: things.rename("others"),
    ):
        with pytest.raises(NotImplementedError):
            refused()
