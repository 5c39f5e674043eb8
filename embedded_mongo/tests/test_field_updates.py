"""Updates of named fields have mongomock's results without decoding other fields."""

from datetime import UTC, datetime
from random import Random

import mongomock
import pytest
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError, WriteError

from embedded_mongo import fields
from embedded_mongo.updates import FieldUpdate, prepare_update

TEXT = "x" * 100_000
VALUES = (None, 2, 3, "a", [2, 3], [], [{"c": 2}, {"c": 3}], {"c": 2}, {"c": {"d": 4}, "e": "b"})
PATHS = ("a", "b", "a.c", "b.c.d", "a.1", "b.0.c", "new", "new.deep")
NUMBERS = (-1, 2, 3)
NOW = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)


def random_document(random: Random, number: int) -> dict:
    names = random.sample(["a", "b", "n", "text", "z"], 4)
    typed = {"n": random.choice(NUMBERS), "text": "x" * random.choice([1, 5_000])}
    return {"_id": number, **{name: typed.get(name, random.choice(VALUES)) for name in names}}


def random_update(random: Random) -> dict:
    """Return an update with up to three operators on different fields."""
    paths = random.sample(PATHS, len(PATHS))
    update: dict = {}
    used: set[str] = set()
    for operator in random.sample(
        ["$set", "$set", "$unset", "$push", "$addToSet", "$pull", "$pullAll", "$inc", "$min"], 3
    ):
        path = "n" if operator in ("$inc", "$min") else paths.pop()
        if path.partition(".")[0] in used:
            continue
        used.add(path.partition(".")[0])
        value = random.choice([*VALUES, NOW])
        if operator in ("$inc", "$min"):
            value = random.choice(NUMBERS)
        elif operator == "$push":
            value = random.choice([value, {"$each": [2, 3], "$slice": -2}])
        elif operator == "$pullAll":
            value = [2, "a"]
        update.setdefault(operator, {})[path] = value
    return update


def update_counts(collection, number: int, update: dict):
    """Return the counts of the update, or None if it is rejected."""
    try:
        result = collection.update_one({"_id": number}, update)
    except Exception:
        return None
    return result.matched_count, result.modified_count


@pytest.mark.parametrize("seed", range(20))
def test_random_updates_have_the_results_of_mongomock(client, monkeypatch, seed):
    monkeypatch.setattr(fields, "SMALL", 0)
    random = Random(seed)
    things, plain = client.db.things, mongomock.MongoClient().db.things
    things.create_index([("a.c", 1), ("n", 1)])
    things.create_index("b", sparse=True)
    compared = 0

    for number in range(100):
        document, update = random_document(random, number), random_update(random)
        assert isinstance(prepare_update(update), FieldUpdate)
        things.insert_one(document)
        plain.insert_one(document)
        inserted = things.find_one(number)
        expected = update_counts(plain, number, update)
        assert update_counts(things, number, update) == expected, (document, update)
        if expected is None:  # mongomock may have applied it partially.
            assert things.find_one(number) == inserted
            continue
        compared += 1
        updated, reference = things.find_one(number), plain.find_one(number)
        assert (updated, list(updated)) == (reference, list(reference)), (document, update)

    assert compared > 50
    for value in (2, 3, "a", None, {"c": 2}):
        for path in ("a.c", "b"):
            by_index = {row["_id"] for row in things.find({path: value})}
            by_scan = {row["_id"] for row in things.find({"$nor": [{path: {"$ne": value}}]})}
            assert by_index == by_scan


def test_an_update_does_not_decode_large_fields(things, decoded):
    things.create_index([("student", 1), ("n", 1)], unique=True)
    things.insert_one({"_id": 1, "student": 1, "n": 1, "questions": [TEXT] * 10, "tags": ["a"]})
    changes = {"$set": {"answers": [1], "n": 2}, "$push": {"tags": "b"}, "$unset": {"late": 1}}

    decoded.reset()
    things.update_one({"_id": 1, "student": 1}, changes)
    things.update_many({"student": 1}, {"$inc": {"n": 1}})
    things.bulk_write([UpdateOne({"_id": 1}, {"$set": {"x.y": 1}})])
    things.find_one_and_update({"student": 1}, {"$set": {"z": 1}}, {"n": 1})
    assert decoded.bytes < 10_000

    assert things.find_one(1) == {
        **{"_id": 1, "student": 1, "n": 3, "questions": [TEXT] * 10, "tags": ["a", "b"]},
        **{"answers": [1], "x": {"y": 1}, "z": 1},
    }


def test_a_deletion_does_not_decode_large_fields(things, decoded):
    things.create_index("student")
    things.insert_many([{"_id": number, "student": 1, "text": TEXT} for number in range(5)])

    decoded.reset()
    assert things.find_one_and_delete({"_id": 4}, {"student": 1}) == {"_id": 4, "student": 1}
    assert things.delete_many({"student": 1}).deleted_count == 4
    assert decoded.bytes < 10_000
    assert things.count_documents({"student": 1}) == 0


def test_an_index_is_updated_with_a_large_document(things):
    things.create_index("n", unique=True)
    things.insert_many([{"_id": number, "n": number, "text": TEXT} for number in (1, 2)])

    with pytest.raises(DuplicateKeyError):
        things.update_one({"_id": 1}, {"$set": {"n": 2}})
    things.update_one({"_id": 1}, {"$set": {"n": True}})
    things.update_one({"_id": 2}, {"$set": {"n": 1}})

    assert things.find_one({"n": 1})["_id"] == 2
    assert things.count_documents({"n": 2}) == 0


def test_a_rejected_update_changes_nothing(things):
    things.insert_one({"_id": 1, "text": TEXT, "n": "a"})

    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$set": {"m": 1}, "$inc": {"n": 1}})

    assert things.find_one(1) == {"_id": 1, "text": TEXT, "n": "a"}


@pytest.mark.parametrize(
    "update",
    [
        {"$set": {"_id": 2}},
        {"$set": {"a.$.b": 1}},
        {"$rename": {"a": "b"}},
        {"$setOnInsert": {"a": 1}},
        {"a": 1},
        [{"$set": {"a": 1}}],
        {},
    ],
    ids=str,
)
def test_other_updates_are_applied_by_mongomock(update):
    assert prepare_update(update) is update
