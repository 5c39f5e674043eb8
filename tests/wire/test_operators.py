"""
Aggregation operators that return the same results on all engines.

Selectors use only these operators, because other operators are missing or differ on some engine.
"""

import os
from datetime import UTC, datetime
from uuid import uuid4

import pymongo
import pytest
from bson import ObjectId

from embedded_mongo import EmbeddedClient

ENGINES = ["embedded", "mongodb"]


@pytest.fixture(params=ENGINES)
def database(request, tmp_path):
    """An empty database of each engine in turn."""
    client = _embedded(tmp_path) if request.param == "embedded" else _mongodb()
    name = f"operators_{uuid4().hex[:12]}"
    with client:
        yield client[name]
        client.drop_database(name)


def _embedded(folder):
    return EmbeddedClient(path=folder / "store.sqlite3", tz_aware=True)


def _mongodb():
    uri = os.environ.get("MONGODB_URI")
    if not uri:
        pytest.skip("MONGODB_URI is not set; tests/wire/run starts a server")
    return pymongo.MongoClient(uri, tz_aware=True, serverSelectionTimeoutMS=5000)


@pytest.fixture
def results(database):
    """Four results of two students, the last with missing fields."""
    database.results.insert_many(
        [
            {"_id": 1, "student": "ada", "points": 10, "tags": ["a", "b"], "at": _utc(2026, 3, 1)},
            {"_id": 2, "student": "bob", "points": 4, "tags": ["b"], "at": _utc(2026, 3, 2)},
            {"_id": 3, "student": "ada", "points": 7, "tags": [], "at": _utc(2026, 3, 2, 23, 59)},
            {"_id": 4, "student": "bob"},
        ]
    )
    return database.results


# Stages


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ({"student": "ada"}, [1, 3]),
        ({"points": {"$gte": 7}}, [1, 3]),
        ({"points": {"$gt": 4, "$lt": 10}}, [3]),
        ({"points": {"$in": [4, 10]}}, [1, 2]),
        ({"points": {"$ne": 4}}, [1, 3, 4]),
        ({"points": {"$nin": [4, 10]}}, [3, 4]),
        ({"points": None}, [4]),
        ({"points": {"$exists": True}}, [1, 2, 3]),
        ({"tags": "b"}, [1, 2]),
        ({"tags": {"$size": 0}}, [3]),
        ({"tags": {"$all": ["a", "b"]}}, [1]),
        ({"at": {"$gte": datetime(2026, 3, 2, tzinfo=UTC)}}, [2, 3]),
        ({"student": {"$regex": "^a"}}, [1, 3]),
        ({"$or": [{"student": "ada"}, {"points": 4}]}, [1, 2, 3]),
        ({"$and": [{"student": "ada"}, {"points": 10}]}, [1]),
        ({"$nor": [{"student": "ada"}, {"points": 4}]}, [4]),
        ({"points": {"$not": {"$gte": 7}}}, [2, 4]),
        ({}, [1, 2, 3, 4]),
    ],
    ids=str,
)
def test_match(results, condition, ids):
    rows = results.aggregate([{"$match": condition}, {"$sort": {"_id": 1}}])

    assert [row["_id"] for row in rows] == ids


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ({"_id": -1}, [4, 3, 2, 1]),
        ({"points": 1}, [4, 2, 3, 1]),
        ({"points": -1}, [1, 3, 2, 4]),
        ({"student": 1, "_id": -1}, [3, 1, 4, 2]),
        ({"at": -1}, [3, 2, 1, 4]),
    ],
    ids=str,
)
def test_sort(results, order, ids):
    assert [row["_id"] for row in results.aggregate([{"$sort": order}])] == ids


def test_skip_and_limit(results):
    rows = results.aggregate([{"$sort": {"_id": 1}}, {"$skip": 1}, {"$limit": 2}])

    assert [row["_id"] for row in rows] == [2, 3]


def test_skip_past_the_end(results):
    assert list(results.aggregate([{"$skip": 9}, {"$limit": 2}])) == []


def test_unwind_drops_empty_and_missing_lists(results):
    rows = results.aggregate([{"$unwind": "$tags"}, {"$sort": {"_id": 1, "tags": 1}}])

    assert [(row["_id"], row["tags"]) for row in rows] == [(1, "a"), (1, "b"), (2, "b")]


def test_unwind_can_keep_empty_and_missing_lists(results):
    unwind = {"path": "$tags", "preserveNullAndEmptyArrays": True}

    rows = results.aggregate([{"$unwind": unwind}, {"$sort": {"_id": 1, "tags": 1}}])

    assert [(row["_id"], row.get("tags")) for row in rows] == [
        (1, "a"),
        (1, "b"),
        (2, "b"),
        (3, None),
        (4, None),
    ]


@pytest.mark.parametrize(
    ("local", "joined"),
    [
        ("student", {1: ["Ada"], 2: ["Bob"], 3: ["Ada"], 4: ["Bob"]}),
        ("tags", {1: ["Ann", "Ben"], 2: ["Ben"], 3: [], 4: []}),
    ],
)
def test_lookup(database, results, local, joined):
    database.users.insert_many(
        [
            {"key": "ada", "name": "Ada"},
            {"key": "bob", "name": "Bob"},
            {"key": "a", "name": "Ann"},
            {"key": "b", "name": "Ben"},
        ]
    )
    lookup = {"from": "users", "localField": local, "foreignField": "key", "as": "users"}

    rows = results.aggregate([{"$lookup": lookup}])

    names = {row["_id"]: sorted(user["name"] for user in row["users"]) for row in rows}
    assert names == joined


def test_unwind_of_nested_lists(database):
    """Submissions have answers with choices, a text or neither, or no answers."""
    first, second = ObjectId(), ObjectId()
    database.submissions.insert_many(
        [
            {"answers": [{"choices": [first, second]}, {"text": "true"}, {"choices": []}]},
            {"answers": [{"choices": [first]}]},
            {"answers": []},
            {},
        ]
    )
    chosen = {
        "$map": {
            "input": {"$ifNull": ["$answers", []]},
            "as": "answer",
            "in": {"$ifNull": ["$$answer.choices", []]},
        }
    }

    rows = database.submissions.aggregate(
        [
            {"$project": {"chosen": chosen}},
            {"$unwind": "$chosen"},
            {"$unwind": "$chosen"},
            {"$group": {"_id": "$chosen", "n": {"$sum": 1}}},
        ],
        allowDiskUse=True,
    )

    assert {row["_id"]: row["n"] for row in rows} == {first: 2, second: 1}


def test_match_and_group_after_unwind_use_the_fields_of_each_element(database):
    database.submissions.insert_one(
        {"answers": [{"to": 1, "text": "a"}, {"to": 2, "text": "b"}, {"to": 1, "choices": []}]}
    )

    rows = database.submissions.aggregate(
        [
            {"$project": {"answers": 1}},
            {"$unwind": "$answers"},
            {"$match": {"answers.to": {"$in": [1]}}},
            {"$group": {"_id": {"to": "$answers.to", "text": "$answers.text"}, "n": {"$sum": 1}}},
        ]
    )

    groups = {(row["_id"]["to"], row["_id"].get("text"), row["n"]) for row in rows}
    assert groups == {(1, "a", 1), (1, None, 1)}


def test_first_and_last_return_values_of_each_group(database):
    database.attempts.insert_many(
        [
            {"student": "ada", "attempt": 2, "results": [{"points": 1.5}], "passed": True},
            {"student": "bob", "attempt": 3, "results": [], "passed": False},
            {"student": "ada", "attempt": 1, "results": [{"points": 0.5}, {"points": 2}]},
        ]
    )

    rows = database.attempts.aggregate(
        [
            {"$sort": {"student": 1, "attempt": 1}},
            {
                "$group": {
                    "_id": "$student",
                    "results": {"$first": "$results"},
                    "last": {"$last": "$attempt"},
                    # Without $ifNull, mongomock takes the first existing value.
                    "passed": {"$first": {"$ifNull": ["$passed", None]}},
                }
            },
            {"$unwind": "$results"},
            {"$sort": {"results.points": 1}},
        ]
    )

    assert [(row["_id"], row["results"], row["last"], row.get("passed")) for row in rows] == [
        ("ada", {"points": 0.5}, 2, None),
        ("ada", {"points": 2}, 2, None),
    ]


def test_lookup_in_a_missing_collection(results):
    lookup = {"from": "nowhere", "localField": "student", "foreignField": "_id", "as": "users"}

    assert all(row["users"] == [] for row in results.aggregate([{"$lookup": lookup}]))


# Groups


@pytest.mark.parametrize(
    ("sums", "ada", "bob"),
    [
        ({"$sum": 1}, 2, 2),
        ({"$sum": "$points"}, 17, 4),
        ({"$avg": "$points"}, 8.5, 4.0),
        ({"$min": "$points"}, 7, 4),
        ({"$max": "$points"}, 10, 4),
        (
            {"$max": "$at"},
            datetime(2026, 3, 2, 23, 59, tzinfo=UTC),
            datetime(2026, 3, 2, tzinfo=UTC),
        ),
        ({"$push": "$_id"}, [1, 3], [2, 4]),
        ({"$push": {"id": "$_id"}}, [{"id": 1}, {"id": 3}], [{"id": 2}, {"id": 4}]),
        ({"$first": "$_id"}, 1, 2),
        ({"$sum": {"$cond": [{"$gte": ["$_id", 3]}, 1, 0]}}, 1, 1),
        ({"$sum": {"$size": {"$ifNull": ["$tags", []]}}}, 2, 1),
        ({"$last": "$_id"}, 3, 4),
        ({"$sum": {"$multiply": ["$_id", "$_id"]}}, 10, 20),
        ({"$max": {"$subtract": ["$_id", 2]}}, 1, 2),
        ({"$sum": {"$cond": [{"$ifNull": ["$at", False]}, 1, 0]}}, 2, 1),
    ],
    ids=str,
)
def test_group(results, sums, ada, bob):
    rows = results.aggregate(
        [{"$sort": {"_id": 1}}, {"$group": {"_id": "$student", "of": sums}}, {"$sort": {"_id": 1}}]
    )

    assert list(rows) == [{"_id": "ada", "of": ada}, {"_id": "bob", "of": bob}]


def test_group_of_all(results):
    rows = results.aggregate([{"$group": {"_id": None, "n": {"$sum": 1}}}])

    assert list(rows) == [{"_id": None, "n": 4}]


def test_group_of_nothing_by_a_field(results):
    pipeline = [{"$match": {"student": "eve"}}, {"$group": {"_id": "$student", "n": {"$sum": 1}}}]

    assert list(results.aggregate(pipeline)) == []


def test_group_of_nothing_without_a_field_is_no_row_or_a_row_of_zeros(results):
    """MongoDB returns no row and mongomock returns one, so callers must accept both."""
    pipeline = [{"$match": {"student": "eve"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}]

    assert list(results.aggregate(pipeline)) in ([], [{"_id": None, "n": 0}])


def test_group_by_several_fields(results):
    key = {"student": "$student", "low": {"$cond": [{"$lt": ["$_id", 3]}, True, False]}}

    rows = results.aggregate(
        [{"$group": {"_id": key, "n": {"$sum": 1}}}, {"$sort": {"_id.student": 1, "_id.low": 1}}]
    )

    assert [(row["_id"]["student"], row["_id"]["low"], row["n"]) for row in rows] == [
        ("ada", False, 1),
        ("ada", True, 1),
        ("bob", False, 1),
        ("bob", True, 1),
    ]


def test_an_average_of_nothing_is_null(results):
    rows = results.aggregate([{"$match": {"_id": 4}}, {"$group": _group_points("$avg")}])

    assert list(rows) == [{"_id": None, "of": None}]


def test_a_sum_of_nothing_is_zero(results):
    rows = results.aggregate([{"$match": {"_id": 4}}, {"$group": _group_points("$sum")}])

    assert list(rows) == [{"_id": None, "of": 0}]


def test_counts_per_day_can_be_filtered(results):
    day = {"$dateToString": {"date": "$at", "format": "%Y-%m-%d"}}

    rows = results.aggregate(
        [
            {"$match": {"at": {"$exists": True}}},
            {"$group": {"_id": day, "n": {"$sum": 1}}},
            {"$match": {"n": {"$gt": 1}}},
        ]
    )

    assert list(rows) == [{"_id": "2026-03-02", "n": 2}]


# Expressions: over {"n": 5, "list": [1, 2, 3], "users": […], "at": …}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ({"$cond": [{"$gte": ["$n", 5]}, "much", "little"]}, "much"),
        ({"$cond": {"if": {"$eq": ["$n", 4]}, "then": "four", "else": "$n"}}, 5),
        ({"$cond": ["$no", "yes", "no"]}, "no"),
        ({"$ifNull": ["$n", 0]}, 5),
        ({"$ifNull": ["$nowhere", 0]}, 0),
        ({"$ifNull": ["$nothing", "none"]}, "none"),
        ({"$filter": {"input": "$list", "as": "each", "cond": {"$gt": ["$$each", 1]}}}, [2, 3]),
        ({"$filter": {"input": "$list", "as": "each", "cond": {"$gt": ["$$each", 9]}}}, []),
        (
            {"$filter": {"input": "$users", "as": "user", "cond": {"$eq": ["$$user.age", 7]}}},
            [{"name": "Bob", "age": 7}],
        ),
        ({"$map": {"input": "$users", "as": "user", "in": "$$user.name"}}, ["Ada", "Bob"]),
        ({"$map": {"input": "$list", "as": "each", "in": {"$add": ["$$each", "$n"]}}}, [6, 7, 8]),
        ({"$map": {"input": [], "as": "each", "in": "$$each"}}, []),
        ({"$multiply": ["$n", 100]}, 500),
        ({"$multiply": [0.29, 100]}, 0.29 * 100),
        ({"$subtract": ["$n", 7]}, -2),
        ({"$mod": [29.499999999999996, 1]}, 29.499999999999996 - 29),
        ({"$mod": [{"$add": ["$n", 0.5]}, 1]}, 0.5),
        ({"$in": ["$n", [4, 5]]}, True),
        ({"$in": ["$n", []]}, False),
        (
            {"$cond": [{"$in": ["$n", [1]]}, "one", {"$cond": [{"$in": ["$n", [5]]}, "five", 0]}]},
            "five",
        ),
        ({"$size": "$list"}, 3),
        ({"$size": {"$ifNull": ["$nowhere", []]}}, 0),
        ({"$dateToString": {"date": "$at", "format": "%Y-%m-%d"}}, "2026-03-02"),
        ({"$dateToString": {"date": "$at", "format": "%G-W%V"}}, "2026-W10"),
    ],
    ids=str,
)
def test_expression(database, expression, value):
    assert _evaluate(database, expression) == value


def test_switch_returns_the_first_matching_case(database):
    _skip_mongo_java_server(database, "$switch is missing; nest $cond instead")
    cases = [
        {"case": {"$lt": ["$n", 3]}, "then": "low"},
        {"case": {"$lt": ["$n", 6]}, "then": "middle"},
        {"case": {"$lt": ["$n", 9]}, "then": "high"},
    ]

    assert _evaluate(database, {"$switch": {"branches": cases, "default": "top"}}) == "middle"
    assert _evaluate(database, {"$switch": {"branches": cases[:1], "default": "top"}}) == "top"


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (datetime(2026, 1, 1), "2026-W01"),
        (datetime(2026, 12, 31), "2026-W53"),
        (datetime(2024, 12, 30), "2025-W01"),
        (datetime(2027, 1, 1), "2026-W53"),
        (datetime(2023, 1, 1), "2022-W52"),
    ],
    ids=lambda value: f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value,
)
def test_iso_weeks_at_the_turn_of_the_year(database, day, week):
    if str(day.year) != week[:4]:
        _skip_mongo_java_server(database, "%G returns the calendar year instead of the ISO year")

    expression = {"$dateToString": {"date": "$at", "format": "%G-W%V"}}

    assert _evaluate(database, expression, at=day.replace(tzinfo=UTC)) == week


def test_days_are_in_utc(database):
    late = datetime(2026, 3, 2, 23, 59, 59, 999_000, tzinfo=UTC)

    expression = {"$dateToString": {"date": "$at", "format": "%Y-%m-%d"}}

    assert _evaluate(database, expression, at=late) == "2026-03-02"


def _evaluate(database, expression, **fields):
    """Return the value of an expression for a document."""
    document = {
        "n": 5,
        "nothing": None,
        "no": False,
        "list": [1, 2, 3],
        "users": [{"name": "Ada", "age": 36}, {"name": "Bob", "age": 7}],
        "at": _utc(2026, 3, 2),
    }
    name = f"expression_{uuid4().hex}"
    database[name].insert_one(document | fields)
    [row] = database[name].aggregate([{"$project": {"_id": 0, "value": expression}}])
    return row["value"]


def _group_points(operator: str) -> dict:
    return {"_id": None, "of": {operator: "$points"}}


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def _skip_mongo_java_server(database, reason: str) -> None:
    """Skip a test on mongo-java-server, which reports no gitVersion."""
    if isinstance(database, pymongo.database.Database) and (
        "gitVersion" not in database.client.server_info()
    ):
        pytest.skip(f"mongo-java-server: {reason}")
