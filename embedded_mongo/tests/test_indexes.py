from datetime import UTC, datetime, timedelta

import pytest
from bson import Decimal128, ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, OperationFailure

MANY = 300


def test_leading_fields_of_an_index_are_found_without_a_scan(things, decoded):
    things.create_index([("student", 1), ("course", -1)], unique=True)
    things.create_index("tags")
    things.create_index("answers.question")
    things.insert_many(
        [
            {
                "_id": number,
                "student": number // 3,
                "course": number % 3,
                "tags": [f"t{number}", "all"],
                "answers": [{"question": number}, {"question": -number}],
            }
            for number in range(1, MANY + 1)
        ]
    )

    for condition, count in (
        ({"_id": 7}, 1),
        ({"_id": {"$in": [7, 8, 4_000]}}, 2),
        ({"student": 7, "course": 1}, 1),
        ({"course": 1, "student": {"$in": [7, 8]}}, 2),
        ({"student": 7}, 3),
        ({"student": {"$eq": 7}, "$and": [{"course": {"$in": [0, 2]}}]}, 2),
        ({"$and": [{"student": 7}, {"course": {"$ne": 1}}]}, 2),
        ({"tags": "t9"}, 1),
        ({"tags": "all", "_id": 9}, 1),
        ({"answers.question": -9}, 1),
        ({"student": {"$in": []}}, 0),
    ):
        assert things.count_documents(condition) == count
        assert decoded.count(lambda c=condition: list(things.find(c))) <= max(count, 3)
    assert decoded.count(lambda: list(things.find({"course": 1}))) == MANY


def test_a_range_reads_only_documents_in_the_sparse_index(things, decoded):
    now = datetime(2026, 1, 2, tzinfo=UTC)
    things.create_index("due_at", sparse=True)
    things.create_index("batch", sparse=True)
    things.insert_many([{"_id": number} for number in range(MANY)])
    things.insert_many([{"due_at": now}, {"due_at": now + timedelta(days=1)}, {"batch": 7}])

    for condition, count in (
        ({"due_at": {"$lte": now}}, 1),
        ({"due_at": {"$gt": now}, "_id": {"$ne": 1}}, 1),
        ({"due_at": {"$ne": None}}, 2),
        ({"due_at": {"$exists": True}}, 2),
        ({"$or": [{"due_at": {"$lte": now}}, {"batch": 7}]}, 2),
        ({"$and": [{"$or": [{"due_at": {"$gte": now}}, {"batch": {"$gte": 7}}]}]}, 3),
    ):
        assert decoded.count(lambda c=condition: list(things.find(c))) == count
        assert things.count_documents(condition) == count


@pytest.mark.parametrize("size", [10, 1_000])
def test_a_write_to_a_unique_index_reads_no_other_documents(things, decoded, size):
    things.create_index([("a", 1), ("b", 1)], unique=True)
    things.insert_many([{"_id": number, "a": number, "b": 0} for number in range(size)])

    assert decoded.count(lambda: things.insert_one({"a": -1, "b": 0})) <= 4
    assert decoded.count(lambda: things.update_one({"a": 5, "b": 0}, {"$set": {"b": 1}})) <= 4
    assert decoded.count(lambda: things.update_one({"a": -5}, {"$set": {"b": 1}}, True)) <= 4
    assert decoded.count(lambda: things.find_one_and_update({"a": 5}, {"$inc": {"b": 1}})) <= 7
    assert decoded.count(lambda: things.delete_one({"a": 5})) <= 4


def test_a_lookup_uses_the_index_of_the_foreign_collection(client, decoded):
    client.db.courses.insert_many([{"_id": number} for number in range(MANY)])
    client.db.enrollments.insert_one({"course": 7})
    lookup = {"from": "courses", "localField": "course", "foreignField": "_id", "as": "courses"}

    assert decoded.count(lambda: client.db.enrollments.aggregate([{"$lookup": lookup}])) == 2


def test_expiration_is_stored_but_has_no_effect(things, decoded):
    """mongomock would check every document for expiration on each access."""
    things.create_index("at", expireAfterSeconds=0)
    things.insert_many([{"_id": number} for number in range(MANY)])

    assert decoded.count(lambda: things.find_one(5)) == 1
    assert things.index_information()["at_1"]["expireAfterSeconds"] == 0


def test_a_unique_index_rejects_duplicates(things):
    things.create_index([("student", 1), ("course", 1)], unique=True)
    things.insert_one({"student": 1, "course": 1})
    things.insert_one({"student": 1, "course": 2})

    with pytest.raises(DuplicateKeyError) as caught:
        things.insert_one({"student": 1, "course": 1})

    assert str(caught.value).startswith("E11000 duplicate key error")
    assert caught.value.code == 11000
    assert caught.value.details["keyPattern"] == {"student": 1, "course": 1}
    assert caught.value.details["keyValue"] == {"student": 1, "course": 1}
    with pytest.raises(DuplicateKeyError):
        things.update_one({"course": 2}, {"$set": {"course": 1}})
    with pytest.raises(DuplicateKeyError):
        things.update_one({"student": 1, "course": 1, "x": 1}, {"$set": {"y": 1}}, upsert=True)
    assert things.count_documents({}) == 2


def test_a_unique_value_can_be_reused_once_it_is_released(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])
    things.update_one({"_id": 1}, {"$set": {"name": "c"}})
    things.delete_one({"_id": 2})

    things.insert_many([{"name": "a"}, {"name": "b"}])


def test_missing_values_are_duplicates_unless_the_index_is_sparse(things):
    things.create_index("code", unique=True, sparse=True)
    things.create_index([("a", 1), ("b", 1)], unique=True, sparse=True)
    things.insert_many([{}, {}, {"a": 1}])
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"a": 1})
    assert things.count_documents({"code": None}) == 3

    things.drop_index("code_1")
    with pytest.raises(DuplicateKeyError):
        things.create_index("code", unique=True)


def test_array_elements_are_unique_between_documents_not_within_one(things):
    things.create_index("words", unique=True)
    things.insert_one({"words": ["a", "a", "b"]})

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"words": ["c", "b"]})
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"words": "a"})


def test_an_updated_array_is_removed_from_the_index_with_all_elements(things):
    things.create_index([("tags", 1), ("n", 1)])
    things.create_index([("kind", 1), ("tags", 1)])
    things.insert_one({"_id": 1, "tags": ["a", "b"], "n": 1, "kind": 1})
    things.insert_one({"_id": 2, "tags": ["c"], "n": 3, "kind": 1})
    things.update_one({"_id": 1}, {"$set": {"tags": ["b"], "n": 2}})

    assert things.count_documents({"tags": "a"}) == 0
    assert things.count_documents({"tags": "b", "n": 2}) == 1
    assert things.count_documents({"kind": 1}) == 2


def test_a_partial_index_is_unique_only_for_matching_documents(client, reopen):
    """mongomock's own `create_indexes` drops the condition."""
    unique_if_open = IndexModel("name", unique=True, partialFilterExpression={"open": True})
    client.db.things.create_indexes([unique_if_open])

    things = reopen(client).db.things
    things.insert_many([{"name": "a"}, {"name": "a"}, {"name": "a", "open": True}])
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"name": "a", "open": True})
    assert things.count_documents({"name": "a"}) == 3


def test_true_differs_from_one_and_one_equals_one_point_zero(things):
    things.create_index("value", unique=True)
    things.insert_many([{"value": 1}, {"value": True}, {"value": 0}, {"value": False}])

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"value": 1.0})


@pytest.mark.parametrize(
    "value",
    [None, "", b"x", ObjectId(), {"a": {"b": [1]}}, float("nan"), Decimal128("1.5"), 2**60, []],
)
def test_any_value_can_be_indexed_changed_and_removed(things, value):
    things.create_index("value", unique=True)
    things.insert_one({"_id": 1, "value": value})

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"value": value})
    things.update_one({"_id": 1}, {"$set": {"value": "other"}})
    things.insert_one({"value": value})
    things.delete_many({})
    things.insert_one({"value": value})


def test_a_complete_array_is_found_although_elements_are_indexed(things):
    things.create_index("tags")
    things.insert_many([{"tags": ["a", "b"]}, {"tags": []}, {"tags": ["a"]}])

    assert things.count_documents({"tags": ["a", "b"]}) == 1
    assert things.count_documents({"tags": []}) == 1
    assert things.count_documents({"tags": {"$in": ["a", "b"]}}) == 2


def test_a_unique_index_cannot_be_created_over_duplicates(client, reopen):
    things = client.db.things
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "a"}])

    with pytest.raises(DuplicateKeyError):
        things.create_index("name", unique=True)

    assert list(things.index_information()) == ["_id_"]
    assert list(reopen(client).db.things.index_information()) == ["_id_"]


def test_index_definitions_are_stored(client, reopen):
    things = client.db.things
    things.create_index([("a", ASCENDING), ("b", DESCENDING)], unique=True, background=True)
    things.create_index("c", sparse=True, name="by_c")
    things.create_index([("title", "text")])
    information, listed = things.index_information(), list(things.list_indexes())

    again = reopen(client).db.things
    assert again.index_information() == information
    assert list(again.list_indexes()) == listed
    assert information["a_1_b_-1"] == {"key": [("a", 1), ("b", -1)], "unique": True, "v": 2}
    assert information["by_c"] == {"key": [("c", 1)], "sparse": True, "v": 2}


def test_an_index_can_be_created_again_only_with_the_same_options(things):
    assert things.create_index("a", unique=True) == things.create_index("a", unique=True)

    with pytest.raises(OperationFailure) as caught:
        things.create_index("a")
    assert caught.value.code == 86
    with pytest.raises(OperationFailure) as caught:
        things.create_index("a", unique=True, name="other")
    assert caught.value.code == 85


def test_a_dropped_index_rejects_nothing(client, reopen):
    client.db.things.create_index("a", unique=True)
    client.db.things.create_index("b", unique=True)
    client.db.things.drop_index("a_1")
    client.db.things.drop_indexes()

    things = reopen(client).db.things
    things.insert_many([{"a": 1}, {"a": 1}])
    assert list(things.index_information()) == ["_id_"]
    with pytest.raises(OperationFailure):
        things.drop_index("a_1")
