"""Updates of named fields have MongoDB's results without decoding other fields."""

from datetime import UTC, datetime
from random import Random

import pytest
from bson import Int64, encode
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError, WriteError

from embedded_mongo import fields
from embedded_mongo.updates import FieldUpdate, prepare_update

TEXT = "x" * 100_000
VALUES = (None, 2, 3, "a", [2, 3], [], [{"c": 2}, {"c": 3}], {"c": 2}, {"c": {"d": 4}, "e": "b"})
PATHS = ("a", "b", "a.c", "b.c.d", "a.1", "b.0.c", "new", "new.deep")
NUMBERS = (-1, 2, 3)
NOW = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
NAIVE = datetime(2026, 1, 2, 3, 4, 5, 678_000)
# Documents, updates, and what MongoDB makes of them.
RESULTS = [
    ({"a": {"b": 1}}, {"$set": {"a.c.d": 2}}, {"a": {"b": 1, "c": {"d": 2}}}),
    ({"a": [1]}, {"$set": {"a.3": 2}}, {"a": [1, None, None, 2]}),
    ({"a": [{"b": 1}]}, {"$set": {"a.0.b": 2}}, {"a": [{"b": 2}]}),
    ({}, {"$set": {"a.0": 1}}, {"a": {"0": 1}}),
    ({}, {"$set": {"c": 1, "10": 1, "9": 1}, "$inc": {"b": 1}}, {"9": 1, "10": 1, "b": 1, "c": 1}),
    ({"b": 1, "a": 1}, {"$set": {"a": 2, "b": 2}}, {"b": 2, "a": 2}),
    ({"a": [1, 2]}, {"$unset": {"a.0": 1}}, {"a": [None, 2]}),
    ({"a": 1}, {"$unset": {"a.b": 1, "c.d": 1}}, {"a": 1}),
    ({"a": [1]}, {"$unset": {"a.b": 1}}, {"a": [1]}),
    ({}, {"$inc": {"a.b": 2}}, {"a": {"b": 2}}),
    ({"a": 1}, {"$inc": {"a": 1.5}}, {"a": 2.5}),
    ({"a": Int64(1)}, {"$inc": {"a": 1}}, {"a": Int64(2)}),
    ({"a": 2**31 - 1}, {"$inc": {"a": 1}}, {"a": Int64(2**31)}),
    ({"a": "x"}, {"$min": {"a": 5}}, {"a": 5}),
    ({"a": None}, {"$max": {"a": 5}}, {"a": 5}),
    ({"a": 1}, {"$min": {"a": 1.0}}, {"a": 1}),
    ({"a": NAIVE}, {"$max": {"a": NOW}}, {"a": NAIVE}),
    ({}, {"$push": {"a.b": 1}}, {"a": {"b": [1]}}),
    ({"a": [3]}, {"$push": {"a": [1, 2]}}, {"a": [3, [1, 2]]}),
    ({"a": [3, 1]}, {"$push": {"a": {"$each": [2], "$sort": -1, "$slice": 2}}}, {"a": [3, 2]}),
    ({"a": [1, 2]}, {"$push": {"a": {"$each": [9], "$position": -1}}}, {"a": [1, 9, 2]}),
    (
        {"a": [{"b": 1, "c": 1}, {"c": 2}]},
        {"$push": {"a": {"$each": [{"b": 1, "c": 0}], "$sort": {"b": -1, "c": 1}}}},
        {"a": [{"b": 1, "c": 0}, {"b": 1, "c": 1}, {"c": 2}]},
    ),
    ({"a": [1, True]}, {"$addToSet": {"a": {"$each": [1, 2, 2]}}}, {"a": [1, True, 2]}),
    ({"a": [1]}, {"$addToSet": {"a": True}}, {"a": [1, True]}),
    (
        {"a": [{"b": 1, "c": 2}]},
        {"$addToSet": {"a": {"c": 2, "b": 1}}},
        {"a": [{"b": 1, "c": 2}, {"c": 2, "b": 1}]},
    ),
    ({"a": [NAIVE]}, {"$addToSet": {"a": NOW}}, {"a": [NAIVE]}),
    ({"a": [1, True, 1.0, [1]]}, {"$pull": {"a": 1}}, {"a": [True, [1]]}),
    ({"a": [[1, 2], 1]}, {"$pull": {"a": [1, 2]}}, {"a": [1]}),
    ({"a": [1, 5, "x"]}, {"$pull": {"a": {"$gte": 3}}}, {"a": [1, "x"]}),
    ({"a": [{"b": 1, "c": 1}, {"b": 2}, 1]}, {"$pull": {"a": {"b": 1}}}, {"a": [{"b": 2}, 1]}),
    ({"a": [1, 2, True]}, {"$pullAll": {"a": [1, 3]}}, {"a": [2, True]}),
    ({}, {"$pull": {"a": 1}, "$pullAll": {"b": [1]}, "$pop": {"c": 1}}, {}),
    ({"a": [1, 2, 3], "b": [1, 2]}, {"$pop": {"a": 1, "b": -1}}, {"a": [1, 2], "b": [2]}),
]
ERRORS = [
    ({"a": 1}, {"$set": {"a.b": 1}}, 28),
    ({"a": None}, {"$set": {"a.b": 1}}, 28),
    ({"a": [1]}, {"$set": {"a.b": 1}}, 28),
    ({"a": 1}, {"$set": {"a": 2}, "$inc": {"a": 1}}, 40),
    ({"a": 1}, {"$set": {"a": 2, "a.b": 1}}, 40),
    ({}, {"$set": {"a..b": 1}}, 56),
    ({"a": "x"}, {"$inc": {"a": 1}}, 14),
    ({"a": None}, {"$inc": {"a": 1}}, 14),
    ({"a": True}, {"$inc": {"a": 1}}, 14),
    ({"a": 1}, {"$inc": {"a": "x"}}, 14),
    ({"a": Int64(2**63 - 1)}, {"$inc": {"a": 1}}, 2),
    ({"a": 1}, {"$push": {"a": 1}}, 2),
    ({"a": 1}, {"$addToSet": {"a": 1}}, 2),
    ({"a": 1}, {"$pull": {"a": 1}}, 2),
    ({"a": [1]}, {"$pullAll": {"a": 1}}, 2),
    ({"a": 1}, {"$pop": {"a": 1}}, 14),
]


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


@pytest.mark.parametrize("seed", range(10))
def test_indexes_are_correct_after_random_updates(client, monkeypatch, seed):
    monkeypatch.setattr(fields, "SMALL", 0)
    random = Random(seed)
    things = client.db.things
    things.create_index([("a.c", 1), ("n", 1)])
    things.create_index("b", sparse=True)

    for number in range(100):
        document, update = random_document(random, number), random_update(random)
        assert isinstance(prepare_update(update), FieldUpdate)
        things.insert_one(document)
        inserted = things.find_one(number)
        try:
            things.update_one({"_id": number}, update)
        except WriteError:
            assert things.find_one(number) == inserted

    for value in (2, 3, "a", None, {"c": 2}):
        for path in ("a.c", "b"):
            by_index = {row["_id"] for row in things.find({path: value})}
            by_scan = {row["_id"] for row in things.find({"$nor": [{path: {"$ne": value}}]})}
            assert by_index == by_scan


@pytest.mark.parametrize(("document", "update", "expected"), RESULTS, ids=str)
@pytest.mark.parametrize("small", [0, fields.SMALL])
def test_updates_have_the_results_of_mongodb(
    things, monkeypatch, document, update, expected, small
):
    monkeypatch.setattr(fields, "SMALL", small)
    things.insert_one({"_id": 1, **document})

    things.update_one({"_id": 1}, update)

    result = things.find_one(1, {"_id": 0})
    assert encode(result) == encode(expected)


@pytest.mark.parametrize(("document", "update", "code"), ERRORS, ids=str)
def test_updates_have_the_errors_of_mongodb(things, document, update, code):
    things.insert_one({"_id": 1, **document})

    with pytest.raises(WriteError) as caught:
        things.update_one({"_id": 1}, update)

    assert caught.value.code == code
    assert things.find_one(1, {"_id": 0}) == document


def test_a_set_treats_equal_numbers_of_different_types_as_equal(things):
    things.insert_one({"_id": 1, "a": [1]})

    things.update_one({"_id": 1}, {"$addToSet": {"a": 1.0}})

    assert things.find_one(1)["a"] == [1]


def test_an_upsert_applies_the_same_operators(things):
    update = {"$setOnInsert": {"b": 1}, "$addToSet": {"a": {"$each": [2, 2]}}, "$min": {"c": 3}}

    things.update_one({"_id": 1}, update, upsert=True)
    things.update_one({"_id": 1}, {"$setOnInsert": {"b": 2}, "$max": {"c": 4}}, upsert=True)

    assert list(things.find_one(1).items()) == [("_id", 1), ("a", [2]), ("b", 1), ("c", 4)]


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
        {"a": 1},
        [{"$set": {"a": 1}}],
        {},
    ],
    ids=str,
)
def test_other_updates_are_applied_by_mongomock(update):
    assert prepare_update(update) is update
