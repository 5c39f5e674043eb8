from datetime import UTC, datetime, timedelta

import pytest
from bson import Decimal128, ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, OperationFailure

MANY = 300


def reads(decoded, ask) -> int:
    decoded.number = 0
    ask()
    return decoded.number


def test_what_an_index_leads_with_is_found_without_looking_at_the_rest(things, decoded):
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

    for condition, found in (
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
        assert things.count_documents(condition) == found
        assert reads(decoded, lambda c=condition: list(things.find(c))) <= max(found, 3)
    assert reads(decoded, lambda: list(things.find({"course": 1}))) == MANY


def test_a_range_over_a_sparse_index_reads_no_document_out_of_it(things, decoded):
    now = datetime(2026, 1, 2, tzinfo=UTC)
    things.create_index("due_at", sparse=True)
    things.create_index("batch", sparse=True)
    things.insert_many([{"_id": number} for number in range(MANY)])
    things.insert_many([{"due_at": now}, {"due_at": now + timedelta(days=1)}, {"batch": 7}])

    for condition, found in (
        ({"due_at": {"$lte": now}}, 1),
        ({"due_at": {"$gt": now}, "_id": {"$ne": 1}}, 1),
        ({"due_at": {"$ne": None}}, 2),
        ({"due_at": {"$exists": True}}, 2),
        ({"$or": [{"due_at": {"$lte": now}}, {"batch": 7}]}, 2),
        ({"$and": [{"$or": [{"due_at": {"$gte": now}}, {"batch": {"$gte": 7}}]}]}, 3),
    ):
        assert reads(decoded, lambda c=condition: list(things.find(c))) == found
        assert things.count_documents(condition) == found


@pytest.mark.parametrize("size", [10, 1_000])
def test_writing_under_a_unique_index_reads_no_other_document(things, decoded, size):
    things.create_index([("a", 1), ("b", 1)], unique=True)
    things.insert_many([{"_id": number, "a": number, "b": 0} for number in range(size)])

    assert reads(decoded, lambda: things.insert_one({"a": -1, "b": 0})) <= 4
    assert reads(decoded, lambda: things.update_one({"a": 5, "b": 0}, {"$set": {"b": 1}})) <= 4
    assert reads(decoded, lambda: things.update_one({"a": -5}, {"$set": {"b": 1}}, True)) <= 4
    assert reads(decoded, lambda: things.find_one_and_update({"a": 5}, {"$inc": {"b": 1}})) <= 7
    assert reads(decoded, lambda: things.delete_one({"a": 5})) <= 4


def test_a_lookup_uses_the_index_of_what_it_looks_up(client, decoded):
    client.lms.courses.insert_many([{"_id": number} for number in range(MANY)])
    client.lms.places.insert_one({"course": 7})
    lookup = {"from": "courses", "localField": "course", "foreignField": "_id", "as": "courses"}

    assert reads(decoded, lambda: client.lms.places.aggregate([{"$lookup": lookup}])) == 2


def test_a_declared_lifetime_reads_nothing_and_ends_nothing(things, decoded):
    """Trap 7: mongomock looks at every document at each access to see what has expired."""
    things.create_index("at", expireAfterSeconds=0)
    things.insert_many([{"_id": number} for number in range(MANY)])

    assert reads(decoded, lambda: things.find_one(5)) == 1
    assert things.index_information()["at_1"]["expireAfterSeconds"] == 0


def test_a_unique_index_refuses_the_second(things):
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


def test_a_unique_value_is_free_again_when_it_was_given_up(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "b"}])
    things.update_one({"_id": 1}, {"$set": {"name": "c"}})
    things.delete_one({"_id": 2})

    things.insert_many([{"name": "a"}, {"name": "b"}])


def test_two_without_a_value_share_it_unless_the_index_is_sparse(things):
    things.create_index("code", unique=True, sparse=True)
    things.create_index([("a", 1), ("b", 1)], unique=True, sparse=True)
    things.insert_many([{}, {}, {"a": 1}])
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"a": 1})
    assert things.count_documents({"code": None}) == 3

    things.drop_index("code_1")
    with pytest.raises(DuplicateKeyError):
        things.create_index("code", unique=True)


def test_a_value_of_an_array_is_unique_among_documents_not_within_one(things):
    things.create_index("words", unique=True)
    things.insert_one({"words": ["a", "a", "b"]})

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"words": ["c", "b"]})
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"words": "a"})


def test_an_array_is_forgotten_by_all_its_elements(things):
    things.create_index([("tags", 1), ("n", 1)])
    things.create_index([("kind", 1), ("tags", 1)])
    things.insert_one({"_id": 1, "tags": ["a", "b"], "n": 1, "kind": 1})
    things.insert_one({"_id": 2, "tags": ["c"], "n": 3, "kind": 1})
    things.update_one({"_id": 1}, {"$set": {"tags": ["b"], "n": 2}})

    assert things.count_documents({"tags": "a"}) == 0
    assert things.count_documents({"tags": "b", "n": 2}) == 1
    assert things.count_documents({"kind": 1}) == 2


def test_a_partial_index_is_unique_where_it_holds_only(client, reopened):
    """Trap 7: mongomock's `create_indexes` drops the condition."""
    open_ones = IndexModel("name", unique=True, partialFilterExpression={"open": True})
    client.lms.things.create_indexes([open_ones])

    things = reopened(client).lms.things
    things.insert_many([{"name": "a"}, {"name": "a"}, {"name": "a", "open": True}])
    with pytest.raises(DuplicateKeyError):
        things.insert_one({"name": "a", "open": True})
    assert things.count_documents({"name": "a"}) == 3


def test_true_is_not_one_and_one_is_one_point_nought(things):
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


def test_a_whole_array_is_found_though_its_elements_are_indexed(things):
    things.create_index("tags")
    things.insert_many([{"tags": ["a", "b"]}, {"tags": []}, {"tags": ["a"]}])

    assert things.count_documents({"tags": ["a", "b"]}) == 1
    assert things.count_documents({"tags": []}) == 1
    assert things.count_documents({"tags": {"$in": ["a", "b"]}}) == 2


def test_a_unique_index_is_not_made_over_duplicates(client, reopened):
    things = client.lms.things
    things.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "a"}])

    with pytest.raises(DuplicateKeyError):
        things.create_index("name", unique=True)

    assert list(things.index_information()) == ["_id_"]
    assert list(reopened(client).lms.things.index_information()) == ["_id_"]


def test_declarations_are_kept(client, reopened):
    things = client.lms.things
    things.create_index([("a", ASCENDING), ("b", DESCENDING)], unique=True, background=True)
    things.create_index("c", sparse=True, name="by_c")
    things.create_index([("title", "text")])
    declared, listed = things.index_information(), list(things.list_indexes())

    again = reopened(client).lms.things
    assert again.index_information() == declared
    assert list(again.list_indexes()) == listed
    assert declared["a_1_b_-1"] == {"key": [("a", 1), ("b", -1)], "unique": True, "v": 2}
    assert declared["by_c"] == {"key": [("c", 1)], "sparse": True, "v": 2}


def test_an_index_is_declared_again_without_change_and_otherwise_refused(things):
    assert things.create_index("a", unique=True) == things.create_index("a", unique=True)

    with pytest.raises(OperationFailure) as caught:
        things.create_index("a")
    assert caught.value.code == 86
    with pytest.raises(OperationFailure) as caught:
        things.create_index("a", unique=True, name="other")
    assert caught.value.code == 85


def test_a_dropped_index_forbids_nothing(client, reopened):
    client.lms.things.create_index("a", unique=True)
    client.lms.things.create_index("b", unique=True)
    client.lms.things.drop_index("a_1")
    client.lms.things.drop_indexes()

    things = reopened(client).lms.things
    things.insert_many([{"a": 1}, {"a": 1}])
    assert list(things.index_information()) == ["_id_"]
    with pytest.raises(OperationFailure):
        things.drop_index("a_1")
