"""Partial decoding of large documents does not change results."""

import re
from datetime import datetime
from random import Random

import pytest
from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp, encode
from bson.son import SON

from embedded_mongo import fields
from embedded_mongo.codec import decode
from embedded_mongo.fields import decode_fields

EVERY_TYPE = {
    "double": 1.5,
    "string": "é\0x",
    "document": {"a": {"b": [1, {"c": 2}]}},
    "array": [1, "a", [2], {"b": 3}],
    "binary": Binary(b"\0\1", 5),
    "bytes": b"abc",
    "id": ObjectId(),
    "boolean": True,
    "time": datetime(2026, 1, 2, 3, 4, 5),
    "null": None,
    "regex": Regex("a.b", re.IGNORECASE),
    "code": Code("return 1"),
    "scope": Code("return x", {"x": 1}),
    "int32": 7,
    "timestamp": Timestamp(1, 2),
    "int64": Int64(2**40),
    "decimal": Decimal128("1.50"),
    "min": MinKey(),
    "max": MaxKey(),
    "é": "a name that is not ASCII",
}
LARGE = "x" * 100_000


@pytest.fixture
def partial(monkeypatch):
    """Decode even small documents partially."""
    monkeypatch.setattr(fields, "SMALL", 0)


@pytest.mark.parametrize("name", EVERY_TYPE)
def test_a_field_is_found_after_fields_of_every_type(partial, name):
    stored = encode(EVERY_TYPE)
    complete = decode(stored)

    assert decode_fields(stored, {name}) == {name: complete[name]}
    assert decode_fields(stored, fields.AllExcept({name})) == {
        other: value for other, value in complete.items() if other != name
    }


def test_fields_are_in_order_and_missing_fields_are_skipped(partial):
    stored = encode(SON([("b", 1), ("a", 2), ("c", 3)]))

    assert list(decode_fields(stored, {"a", "b", "missing"}).items()) == [("b", 1), ("a", 2)]
    assert decode_fields(stored, set()) == {}
    assert decode_fields(stored, None) == {"b": 1, "a": 2, "c": 3}


def random_document(random: Random, *, min_fields: int = 0) -> dict:
    values = [None, 1, 2, "a", "b", [{"x": 5}], [{"x": 1}, {"x": 2, "y": 1}], {"x": 1, "y": 3}]
    names = random.sample("abcdef", random.randint(min_fields, 6))
    return {name: random.choice(values) for name in names}


FILTERS = (
    {},
    {"a": 1},
    {"a.x": 1},
    {"$or": [{"a": 1}, {"$and": [{"b": "a"}, {"c": {"$ne": 2}}]}]},
    {"$nor": [{"a": None}, {"b.x": {"$gt": 1}}]},
    {"d": {"$exists": True}, "e": {"$nin": [1, "a"]}},
    {"$expr": {"$gt": ["$_id", 30]}},
)
PROJECTIONS = (
    None,
    {},
    ["a", "b.x"],
    {"a": 1, "_id": 0},
    {"a": 0},
    {"a": 0, "b": 0, "_id": 0},
    {"b.x": 1},
    {"b.x": 0},
    {"_id": 1},
    {"_id": 0},
    {"c": True, "d": True},
)
SORTS = (None, [("a", 1)], [("b.x", -1), ("c", 1)], [("$natural", -1)])
PIPELINES = (
    [{"$group": {"_id": "$a", "n": {"$sum": 1}, "first": {"$first": "$b"}}}],
    [{"$match": {"a": 1}}, {"$sort": {"b": 1, "_id": 1}}, {"$limit": 5}, {"$project": {"c": 1}}],
    [{"$project": {"a": 1, "z": {"$ifNull": ["$b", "$c"]}}}, {"$group": {"_id": "$z"}}],
    [{"$project": {"a": 0}}],
    [{"$unwind": "$b"}, {"$group": {"_id": "$b.x", "n": {"$sum": 1}}}],
    [{"$match": {"d": {"$exists": True}}}, {"$count": "n"}],
    [{"$sort": {"a": 1, "_id": 1}}],
    [{"$group": {"_id": None, "all": {"$push": "$$ROOT"}}}],
)


def all_results(things, full) -> list:
    documents = [
        list(things.find(condition, projection, sort=sort, limit=limit))
        for condition in FILTERS
        for projection in PROJECTIONS
        for sort in SORTS
        for limit in (0, 3)
    ]
    counts = [things.count_documents(condition) for condition in FILTERS]
    distinct = [
        things.distinct(key, condition) for key in ("a", "b.x", "_id") for condition in FILTERS
    ]
    aggregated = [list(full.aggregate(stages)) for stages in PIPELINES]
    return [documents, counts, distinct, aggregated]


def test_results_are_the_same_as_with_complete_decoding(client, monkeypatch):
    random = Random(1)
    things, full = client.db.things, client.db.full  # mongomock cannot group by missing fields.
    things.insert_many([{"_id": number} | random_document(random) for number in range(60)])
    full.insert_many(
        [{"_id": number} | random_document(random, min_fields=6) for number in range(60)]
    )
    things.create_index("a")
    complete = all_results(things, full)

    monkeypatch.setattr(fields, "SMALL", 0)

    assert all_results(things, full) == complete


OPERATIONS = {
    "a projection": lambda things: list(things.find({}, {"n": 1})),
    "an exclusion": lambda things: list(things.find({"n": {"$gte": 0}}, {"text": 0})),
    "a sorted page": lambda things: list(things.find({}, {"n": 1}, sort=[("n", -1)], limit=1)),
    "a count": lambda things: things.count_documents({"n": {"$gte": 0}}),
    "distinct values": lambda things: things.distinct("n"),
    "groups": lambda things: list(things.aggregate([{"$group": {"_id": "$n"}}])),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_large_field_that_is_not_needed_is_not_decoded(client, monkeypatch, name):
    things = client.db.things
    things.insert_many([{"n": number, "text": LARGE} for number in range(10)])
    sizes = []

    def measure(document: bytes) -> dict:
        sizes.append(len(document))
        return decode(document)

    monkeypatch.setattr(fields, "decode", measure)

    assert OPERATIONS[name](things)
    assert sum(sizes) < 5_000


def test_only_the_requested_page_of_sorted_documents_is_decoded_completely(client, monkeypatch):
    things = client.db.things
    things.insert_many([{"n": number, "text": LARGE} for number in range(10)])
    sizes = []

    def measure(document: bytes) -> dict:
        sizes.append(len(document))
        return decode(document)

    monkeypatch.setattr(fields, "decode", measure)
    [last] = things.find({}, sort=[("n", -1)], limit=1)

    assert (last["n"], last["text"]) == (9, LARGE)
    assert sum(sizes) < 2 * len(LARGE)
