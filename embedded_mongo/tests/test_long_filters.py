"""The work of a filter grows with its list and its results, not with their product."""

import math
import re

import pytest
from bson import Binary, Decimal128, ObjectId
from pymongo.errors import OperationFailure, WriteError

from embedded_mongo.filters import ValueSet

FEW, FOUR_TIMES = 100, 400
ALL = [ObjectId() for _ in range(FOUR_TIMES)]


@pytest.fixture
def comparisons(monkeypatch):
    """Return a function that counts how many ids a call compares."""
    counted = 0
    compare = ObjectId.__eq__

    def counting(left, right):
        nonlocal counted
        counted += 1
        return compare(left, right)

    monkeypatch.setattr(ObjectId, "__eq__", counting)

    def comparisons(call) -> int:
        nonlocal counted
        counted = 0
        call()
        return counted

    return comparisons


def insert_choices(things, questions: list[ObjectId]) -> None:
    things.delete_many({})
    things.insert_many(
        [
            {"question": question, "position": position, "copy": question, "seen": [question]}
            for question in questions
            for position in range(3)
        ]
    )


CONDITIONS = {
    "an index": lambda ids: {"question": {"$in": ids}},
    "an index and another field": lambda ids: {"question": {"$in": ids}, "position": {"$gte": 0}},
    "no index": lambda ids: {"copy": {"$in": ids}},
    "an array": lambda ids: {"seen": {"$in": ids}},
    "an element": lambda ids: {"seen": {"$elemMatch": {"$in": ids}}},
    "none of them": lambda ids: {"question": {"$nin": ids}},
    "not": lambda ids: {"copy": {"$not": {"$in": ids}}},
    "and": lambda ids: {"$and": [{"copy": {"$in": ids}}, {"question": {"$in": ids}}]},
    "or": lambda ids: {"$or": [{"copy": {"$in": ids}}, {"question": {"$in": ids[::2]}}]},
    "nor": lambda ids: {"$nor": [{"copy": {"$in": ids}}, {"question": {"$in": ids}}]},
    "one branch each": lambda ids: {"$or": [{"question": id} for id in ids]},
    "two lists": lambda ids: {"question": {"$in": ids}, "copy": {"$in": ids[::-1]}},
}

OPERATIONS = {
    "find": lambda things, condition: list(things.find(condition, sort=[("position", 1)], limit=1)),
    "count": lambda things, condition: things.count_documents(condition),
    "distinct": lambda things, condition: things.distinct("position", condition),
    "update": lambda things, condition: things.update_many(condition, {"$set": {"position": 1}}),
    "delete": lambda things, condition: things.delete_many(condition),
    "aggregate": lambda things, condition: list(things.aggregate([{"$match": condition}])),
    "a later stage": lambda things, condition: list(
        things.aggregate([{"$skip": 0}, {"$match": condition}])
    ),
}


@pytest.mark.parametrize(
    ("condition", "operation"),
    [
        *((name, "find") for name in CONDITIONS),
        *(("an index and another field", n) for n in OPERATIONS),
    ],
)
def test_work_grows_with_the_list_and_the_results(things, comparisons, condition, operation):
    things.create_index([("question", 1), ("position", 1)])
    counts = []
    for size in (FEW, FOUR_TIMES):
        insert_choices(things, ALL[:size])
        long_filter = CONDITIONS[condition](ALL[:size])
        counts.append(comparisons(lambda: OPERATIONS[operation](things, long_filter)))  # noqa: B023

    assert counts[1] <= 6 * counts[0] + FOUR_TIMES
    assert counts[1] < 80 * FOUR_TIMES  # The product would be 1,200 × FOUR_TIMES.


def test_counting_by_an_index_reads_no_documents(things, decoded):
    things.create_index([("question", 1), ("position", 1)])
    insert_choices(things, ALL[:FEW])

    for condition, count in (
        ({"question": {"$in": ALL}}, 3 * FEW),
        ({"question": ALL[0]}, 3),
        ({"question": {"$in": ALL[:2]}, "position": 1}, 2),
        ({"$or": [{"question": ALL[0]}, {"question": {"$in": ALL[:2]}}]}, 6),
        ({"question": None}, 0),
    ):
        assert things.count_documents(condition) == count
        assert decoded.count(lambda c=condition: things.count_documents(c)) == 0
    assert things.count_documents({"question": {"$in": ALL}}, skip=1, limit=5) == 5


def test_each_branch_of_an_or_uses_an_index(things, decoded):
    things.create_index("question")
    things.create_index("position")
    insert_choices(things, ALL[:FEW])
    visible = {"$or": [{"question": {"$in": ALL[:3]}}, {"question": ALL[4], "position": 2}]}

    for condition, count in (
        (visible, 10),
        ({"removed": None, **visible}, 10),
        ({"$and": [{"removed": None}, visible]}, 10),
        ({"$or": [visible, {"question": ALL[5]}]}, 13),
    ):
        assert things.count_documents(condition) == count
        assert decoded.count(lambda c=condition: list(things.find(c))) <= 15
    partly_indexed = {"$or": [{"question": ALL[0]}, {"copy": ALL[1]}]}
    assert decoded.count(lambda: list(things.find(partly_indexed))) == 3 * FEW


def test_a_value_set_contains_the_same_values_as_its_list():
    values = [
        *(None, True, 0, 1.0, 2**40, "a", "", b"x", ObjectId(), math.nan),
        *(Decimal128("1.5"), Binary(b"x", 5), re.compile("a"), [], [1, "a"], [[1]], (1, "a")),
        *({}, {"a": 1, "b": [True]}, {"b": [1], "a": True}, [{"a": 1}]),
    ]
    for length in range(len(values)):
        plain, value_set = values[:length], ValueSet(values[:length])
        assert value_set == plain
        assert [value in value_set for value in values] == [value in plain for value in values]


def test_an_invalid_list_is_rejected(things):
    things.create_index("a")
    for documents in ([], [{"a": 1}]):
        things.insert_many(documents or [{"b": 1}])
        with pytest.raises(OperationFailure):
            list(things.find({"a": {"$in": 5}}))
        with pytest.raises(OperationFailure):
            things.count_documents({"$or": []})
        with pytest.raises(OperationFailure):
            things.count_documents({"$or": [5]})


def test_two_long_arrays_cannot_be_indexed_together(things):
    """MongoDB rejects any two arrays; the store allows those with few combinations."""
    things.create_index([("tags", 1), ("words", 1)])
    things.insert_one({"_id": 1, "tags": ["a"], "words": ["b", "c"]})
    long_array = list(range(100))

    with pytest.raises(WriteError) as caught:
        things.insert_one({"tags": long_array, "words": long_array})
    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$set": {"tags": long_array, "words": long_array}})

    assert caught.value.code == 171
    assert things.count_documents({}) == things.count_documents({"tags": "a", "words": "c"}) == 1
    things.insert_one({"tags": list(range(10_000)), "words": "b"})
    assert things.count_documents({"tags": 9_999}) == 1
