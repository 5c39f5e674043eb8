"""Filters with long lists cost the length of the list and of the result, not their product."""

import math
import re

import pytest
from bson import Binary, Decimal128, ObjectId
from pymongo.errors import OperationFailure, WriteError

from embedded_mongo.matching import ValueSet
from tests.embedded.test_indexes import reads

FEW, FOUR_TIMES = 100, 400
ALL = [ObjectId() for _ in range(FOUR_TIMES)]


@pytest.fixture
def comparisons(monkeypatch):
    """Return a function that counts how many ids are compared while it runs another one."""
    counted = 0
    compare = ObjectId.__eq__

    def counting(one, other):
        nonlocal counted
        counted += 1
        return compare(one, other)

    monkeypatch.setattr(ObjectId, "__eq__", counting)

    def comparisons(act) -> int:
        nonlocal counted
        counted = 0
        act()
        return counted

    return comparisons


def choices_of(things, questions: list[ObjectId]) -> None:
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
    "one branch each": lambda ids: {"$or": [{"question": one} for one in ids]},
    "two lists": lambda ids: {"question": {"$in": ids}, "copy": {"$in": ids[::-1]}},
}


ACTS = {
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
    ("condition", "act"),
    [*((name, "find") for name in CONDITIONS), *(("an index and another field", n) for n in ACTS)],
)
def test_work_grows_with_list_and_result_not_with_their_product(
    things, comparisons, condition, act
):
    things.create_index([("question", 1), ("position", 1)])
    compared = []
    for size in (FEW, FOUR_TIMES):
        choices_of(things, ALL[:size])
        asked = CONDITIONS[condition](ALL[:size])
        compared.append(comparisons(lambda: ACTS[act](things, asked)))  # noqa: B023

    assert compared[1] <= 6 * compared[0] + FOUR_TIMES
    assert compared[1] < 80 * FOUR_TIMES  # the product is 1,200 × FOUR_TIMES


def test_what_an_index_answers_alone_is_counted_without_reading_a_document(things, decoded):
    things.create_index([("question", 1), ("position", 1)])
    choices_of(things, ALL[:FEW])

    for condition, number in (
        ({"question": {"$in": ALL}}, 3 * FEW),
        ({"question": ALL[0]}, 3),
        ({"question": {"$in": ALL[:2]}, "position": 1}, 2),
        ({"$or": [{"question": ALL[0]}, {"question": {"$in": ALL[:2]}}]}, 6),
        ({"question": None}, 0),
    ):
        assert things.count_documents(condition) == number
        assert reads(decoded, lambda c=condition: things.count_documents(c)) == 0
    assert things.count_documents({"question": {"$in": ALL}}, skip=1, limit=5) == 5


def test_each_branch_of_an_or_is_answered_by_its_own_index(things, decoded):
    things.create_index("question")
    things.create_index("position")
    choices_of(things, ALL[:FEW])
    shown = {"$or": [{"question": {"$in": ALL[:3]}}, {"question": ALL[4], "position": 2}]}

    for condition, number in (
        (shown, 10),
        ({"removed": None, **shown}, 10),
        ({"$and": [{"removed": None}, shown]}, 10),
        ({"$or": [shown, {"question": ALL[5]}]}, 13),
    ):
        assert things.count_documents(condition) == number
        assert reads(decoded, lambda c=condition: list(things.find(c))) <= 15
    one_unindexed = {"$or": [{"question": ALL[0]}, {"copy": ALL[1]}]}
    assert reads(decoded, lambda: list(things.find(one_unindexed))) == 3 * FEW


def test_a_value_set_says_what_its_list_says():
    values = [
        *(None, True, 0, 1.0, 2**40, "a", "", b"x", ObjectId(), math.nan),
        *(Decimal128("1.5"), Binary(b"x", 5), re.compile("a"), [], [1, "a"], [[1]], (1, "a")),
        *({}, {"a": 1, "b": [True]}, {"b": [1], "a": True}, [{"a": 1}]),
    ]
    for length in range(len(values)):
        plain, looked_up = values[:length], ValueSet(values[:length])
        assert looked_up == plain
        assert [value in looked_up for value in values] == [value in plain for value in values]


def test_a_malformed_list_is_refused_as_before(things):
    things.create_index("a")
    for documents in ([], [{"a": 1}]):
        things.insert_many(documents or [{"b": 1}])
        with pytest.raises(OperationFailure):
            list(things.find({"a": {"$in": 5}}))
        with pytest.raises(OperationFailure):
            things.count_documents({"$or": []})
        with pytest.raises(OperationFailure):
            things.count_documents({"$or": [5]})


def test_two_long_arrays_are_not_indexed_together(things):
    """MongoDB refuses any two; a few combinations do no harm."""
    things.create_index([("tags", 1), ("words", 1)])
    things.insert_one({"_id": 1, "tags": ["a"], "words": ["b", "c"]})
    long = list(range(100))

    with pytest.raises(WriteError) as caught:
        things.insert_one({"tags": long, "words": long})
    with pytest.raises(WriteError):
        things.update_one({"_id": 1}, {"$set": {"tags": long, "words": long}})

    assert caught.value.code == 171
    assert things.count_documents({}) == things.count_documents({"tags": "a", "words": "c"}) == 1
    things.insert_one({"tags": list(range(10_000)), "words": "b"})
    assert things.count_documents({"tags": 9_999}) == 1
