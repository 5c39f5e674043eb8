"""Random operations have the same results on the store and on plain mongomock."""

import os
import re
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import mongomock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from embedded_mongo import EmbeddedClient

ROUNDS = int(os.environ.get("EMBEDDED_FUZZ_ROUNDS", "120"))

ids = st.integers(0, 6)
values = st.sampled_from([None, 0, 1, 2, "a", "b"])
tags = st.lists(st.sampled_from(["x", "y", "z", "xy", "x.y"]), max_size=3)
# Without unique arrays and without both True and 1, which mongomock handles unlike MongoDB.
documents = st.fixed_dictionaries(
    {"_id": ids, "n": st.integers(0, 5)},
    optional={"a": values, "b": values, "tags": tags, "deep": st.fixed_dictionaries({"c": values})},
)
simple = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"_id": ids}),
    st.fixed_dictionaries({"_id": st.fixed_dictionaries({"$in": st.lists(ids, max_size=3)})}),
    st.fixed_dictionaries({"a": values}, optional={"b": values}),
    st.fixed_dictionaries({"a": st.fixed_dictionaries({"$in": st.lists(values, max_size=3)})}),
    st.fixed_dictionaries({"a": values, "b": st.fixed_dictionaries({"$ne": values})}),
    st.fixed_dictionaries({"$and": st.tuples(st.fixed_dictionaries({"b": values})).map(list)}),
    st.fixed_dictionaries({"tags": st.sampled_from(["x", "y"])}, optional={"a": values}),
    st.fixed_dictionaries({"tags": tags}),
    st.fixed_dictionaries({"deep.c": values}),
    st.fixed_dictionaries({"n": st.fixed_dictionaries({"$gte": st.integers(0, 5)})}),
)


def membership(field: str, operator: str, elements=values):
    several = st.lists(elements, max_size=30)
    return st.fixed_dictionaries({field: st.fixed_dictionaries({operator: several})})


lists = st.one_of(
    membership("_id", "$in", ids),
    membership("_id", "$nin", ids),
    membership("a", "$nin"),
    membership("a", "$in", st.one_of(values, st.sampled_from([re.compile("[ab]"), 1.0, ["x"]]))),
    membership("deep.c", "$in"),
    membership("deep.c", "$nin"),
    membership("deep", "$in", st.fixed_dictionaries({"c": values})),
    membership("tags", "$in", st.one_of(st.sampled_from("xyz"), tags, st.none())),
    membership("tags", "$nin", st.sampled_from("xyz")),
    membership("b", "$in").map(lambda condition: {"b": {"$not": condition["b"]}}),
    membership("b", "$in").map(lambda condition: {"b": {**condition["b"], "$ne": 1}}),
    membership("tags", "$in", st.sampled_from("xyz")).map(
        lambda c: {"tags": {"$elemMatch": c["tags"]}}
    ),
)
patterns = st.sampled_from(["^x", "^xy", "^x\\.", "^x.", "x", "^", "^[xy]", "^(x)"])
words = st.lists(
    st.one_of(st.sampled_from(["x", "y", "xy"]), st.fixed_dictionaries({"$regex": patterns})),
    min_size=1,
    max_size=3,
)
searches = st.tuples(st.sampled_from(["tags", "a", "b"]), words, st.lists(simple, max_size=2)).map(
    lambda parts: {"$and": [*({parts[0]: word} for word in parts[1]), *parts[2]]}
)
branches = st.lists(st.one_of(simple, lists, searches), min_size=1, max_size=3)
filters = st.one_of(
    simple,
    lists,
    searches,
    st.tuples(searches, simple).map(lambda parts: {**parts[1], **parts[0]}),
    st.fixed_dictionaries({"$or": branches}, optional={"a": values}),
    st.fixed_dictionaries({"$nor": branches}),
    st.fixed_dictionaries(
        {"$and": st.tuples(st.fixed_dictionaries({"$or": branches}), lists).map(list)}
    ),
)
changes = st.one_of(
    st.fixed_dictionaries({"$inc": st.just({"n": 1})}),
    st.fixed_dictionaries({"$set": st.fixed_dictionaries({"deep.c": values})}),
    st.fixed_dictionaries({"$min": st.fixed_dictionaries({"n": st.integers(0, 5)})}),
    st.fixed_dictionaries({"$addToSet": st.fixed_dictionaries({"tags": st.sampled_from("xyz")})}),
    st.fixed_dictionaries({"$pull": st.fixed_dictionaries({"tags": st.sampled_from("xyz")})}),
    st.fixed_dictionaries({"$set": st.fixed_dictionaries({"m": values})}),
)
moves = st.fixed_dictionaries({"$set": st.fixed_dictionaries({"a": values})})
orders = st.sampled_from([[("_id", 1)], [("n", -1), ("_id", 1)], [("a", 1), ("_id", -1)]])

operations = st.one_of(
    st.tuples(st.just("insert_one"), documents),
    st.tuples(st.just("insert_many"), st.lists(documents, min_size=1, max_size=4), st.booleans()),
    st.tuples(st.just("update_one"), filters, st.one_of(changes, moves)),
    st.tuples(st.just("upsert"), ids, st.one_of(changes, moves)),
    st.tuples(st.just("update_many"), filters, changes),
    st.tuples(st.just("replace_one"), ids, documents),
    st.tuples(st.just("delete_one"), filters),
    st.tuples(st.just("delete_many"), filters),
    st.tuples(st.just("modify"), filters, changes, orders, st.booleans()),
    st.tuples(st.just("bulk"), documents, ids, changes),
    st.tuples(st.just("read"), filters, orders, st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("reopen")),
)


def run(things, name: str, *arguments):
    """Run an operation, and return its result or its type of error."""
    try:
        return apply_operation(things, name, *arguments)
    except BulkWriteError as error:
        errors = [(each["index"], each["code"]) for each in error.details["writeErrors"]]
        return "bulk", errors, error.details["nInserted"]
    except DuplicateKeyError:
        return "duplicate"


def apply_operation(things, name: str, *arguments):
    match name, arguments:
        case "insert_one", [document]:
            return things.insert_one(dict(document)).inserted_id
        case "insert_many", [several, ordered]:
            return things.insert_many(list(map(dict, several)), ordered=ordered).inserted_ids
        case "update_one", [condition, change]:
            result = things.update_one(condition, change)
            return result.matched_count, result.modified_count
        case "upsert", [_id, change]:
            result = things.update_one({"_id": _id}, change, upsert=True)
            return result.matched_count, result.upserted_id
        case "update_many", [condition, change]:
            result = things.update_many(condition, change)
            return result.matched_count, result.modified_count
        case "replace_one", [_id, document]:
            document = {name: value for name, value in document.items() if name != "_id"}
            return things.replace_one({"_id": _id}, document, upsert=True).matched_count
        case "delete_one", [condition]:
            return things.delete_one(condition).deleted_count
        case "delete_many", [condition]:
            return things.delete_many(condition).deleted_count
        case "modify", [condition, change, order, after]:
            return things.find_one_and_update(condition, change, sort=order, return_document=after)
        case "bulk", [document, _id, change]:
            return write_bulk(things, document, _id, change)
        case "read", [condition, order, skip, limit]:
            documents = list(things.find(condition, sort=order).skip(skip).limit(limit))
            by_stages = [{"$sort": dict(order)}, {"$match": condition}]
            return documents, things.count_documents(condition), list(things.aggregate(by_stages))
    raise AssertionError(name)


def write_bulk(things, document: dict, _id: int, change: dict) -> None:
    if isinstance(things.database.client, EmbeddedClient):
        insert = InsertOne(dict(document))
        steps = [insert, UpdateOne({"_id": _id}, change, upsert=True), DeleteOne({"_id": 0})]
        with suppress(BulkWriteError):
            things.bulk_write(steps, ordered=False)
    else:  # mongomock's own bulk write does not work with this version of PyMongo.
        run(things, "insert_one", document)
        run(things, "upsert", _id, change)
        run(things, "delete_one", {"_id": 0})


def create_indexes(things) -> None:
    things.create_index([("a", 1), ("b", 1)], unique=True)
    things.create_index("tags")
    things.create_index([("deep.c", 1), ("n", 1)])


@settings(
    max_examples=ROUNDS, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(operations, min_size=5, max_size=30))
def test_random_operations_have_the_results_of_mongomock(sequence):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        client = EmbeddedClient(path=path, synchronous="OFF")
        plain = mongomock.MongoClient().db.things
        try:
            create_indexes(client.db.things)
            create_indexes(plain)
            for name, *arguments in sequence:
                if name == "reopen":
                    client.close()
                    client = EmbeddedClient(path=path, synchronous="OFF")
                else:
                    assert run(client.db.things, name, *arguments) == run(plain, name, *arguments)
                assert all_documents(client.db.things) == all_documents(plain)
        finally:
            client.close()


times = st.integers(1, 4).map(lambda day: datetime(2026, 1, day))
dated = st.fixed_dictionaries(
    {"_id": st.integers(0, 30)},
    optional={
        "at": st.one_of(times, st.none(), st.lists(times, max_size=2)),
        "until": times,
        "n": st.integers(0, 5),
    },
)
bounds = st.dictionaries(st.sampled_from(["$lt", "$lte", "$gt", "$gte"]), times, min_size=1)
ranges = st.one_of(
    st.fixed_dictionaries({"at": bounds}, optional={"n": st.integers(0, 5)}),
    st.fixed_dictionaries({"until": bounds}, optional={"at": st.none()}),
    st.fixed_dictionaries({"at": st.sampled_from([{"$ne": None}, {"$exists": True}])}),
    st.fixed_dictionaries({"at": st.sampled_from([{"$exists": False}, None])}),
)
range_filters = st.one_of(
    ranges,
    st.fixed_dictionaries({"$or": st.lists(ranges, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"$and": st.lists(ranges, min_size=1, max_size=2)}),
)


@settings(
    max_examples=ROUNDS, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(dated, max_size=12), st.lists(range_filters, min_size=1, max_size=8))
def test_a_sparse_index_does_not_change_the_results_of_ranges(several, conditions):
    with tempfile.TemporaryDirectory() as folder:
        client = EmbeddedClient(path=Path(folder) / "store.db", synchronous="OFF")
        try:
            plain, indexed = client.db.plain, client.db.indexed
            indexed.create_index("at", sparse=True)
            indexed.create_index([("until", 1), ("n", 1)], sparse=True)
            for document in several:
                assert run(plain, "insert_one", document) == run(indexed, "insert_one", document)
            for condition in conditions:
                assert list(indexed.find(condition)) == list(plain.find(condition))
        finally:
            client.close()


@settings(
    max_examples=ROUNDS, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(documents, max_size=12), st.lists(filters, min_size=1, max_size=8))
def test_an_index_does_not_change_results(several, conditions):
    with tempfile.TemporaryDirectory() as folder:
        client = EmbeddedClient(path=Path(folder) / "store.db", synchronous="OFF")
        try:
            plain, indexed = client.db.plain, client.db.indexed
            indexed.create_index([("a", 1), ("b", 1)])
            indexed.create_index("b", sparse=True)
            indexed.create_index([("tags", 1), ("a", 1)])
            indexed.create_index([("deep.c", 1), ("n", 1)])
            for document in several:
                assert run(plain, "insert_one", document) == run(indexed, "insert_one", document)
            for condition in conditions:
                expected = list(plain.find(condition))
                assert list(indexed.find(condition)) == expected
                assert indexed.count_documents(condition) == len(expected)
        finally:
            client.close()


def all_documents(things) -> list:
    return list(things.find(sort=[("_id", 1)]))
