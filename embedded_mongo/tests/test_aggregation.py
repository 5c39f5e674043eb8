from datetime import UTC, datetime, timedelta

import pytest
from mongomock.aggregate import process_pipeline

from embedded_mongo.unwind import unwind

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def attempts(connect):
    db = connect(tz_aware=True).db
    db.students.insert_many([{"_id": 1, "name": "Ada"}, {"_id": 2, "name": "Bob"}])
    db.attempts.insert_many(
        [
            {"student": 1, "score": 50, "at": MONDAY, "tags": ["a", "b"]},
            {"student": 1, "score": 90, "at": MONDAY + timedelta(days=1), "tags": []},
            {"student": 2, "score": 70, "at": MONDAY + timedelta(days=7)},
        ]
    )
    return db.attempts


def test_group_and_sort(attempts):
    rows = attempts.aggregate(
        [
            {"$match": {"score": {"$gte": 50}}},
            {"$sort": {"at": 1}},
            {
                "$group": {
                    "_id": "$student",
                    "count": {"$sum": 1},
                    "average": {"$avg": "$score"},
                    "minimum": {"$min": "$score"},
                    "maximum": {"$max": "$score"},
                    "first": {"$first": "$at"},
                    "all": {"$push": "$score"},
                }
            },
            {"$sort": {"average": -1, "_id": 1}},
            {"$limit": 5},
        ]
    )

    assert list(rows) == [
        {
            "_id": 1,
            "count": 2,
            "average": 70,
            "minimum": 50,
            "maximum": 90,
            "first": MONDAY,
            "all": [50, 90],
        },
        {
            "_id": 2,
            "count": 1,
            "average": 70,
            "minimum": 70,
            "maximum": 70,
            "first": MONDAY + timedelta(days=7),
            "all": [70],
        },
    ]


def test_lookup_results_can_be_unwound_and_matched(attempts):
    lookup = {"from": "students", "localField": "student", "foreignField": "_id", "as": "student"}
    rows = attempts.aggregate(
        [
            {"$lookup": lookup},
            {"$unwind": "$student"},
            {"$match": {"student.name": "Ada"}},
            {"$skip": 1},
            {"$project": {"_id": 0, "score": 1, "name": "$student.name"}},
        ]
    )

    assert list(rows) == [{"score": 90, "name": "Ada"}]


def test_expressions_are_computed(attempts):
    rows = attempts.aggregate(
        [
            {"$sort": {"at": 1}},
            {
                "$project": {
                    "_id": 0,
                    "passed": {"$cond": [{"$gte": ["$score", 60]}, 1, 0]},
                    "grade": {
                        "$switch": {
                            "branches": [{"case": {"$gte": ["$score", 80]}, "then": "A"}],
                            "default": "B",
                        }
                    },
                    "tags": {"$size": {"$ifNull": ["$tags", []]}},
                    "only_b": {
                        "$filter": {
                            "input": {"$ifNull": ["$tags", []]},
                            "as": "tag",
                            "cond": {"$eq": ["$$tag", "b"]},
                        }
                    },
                    "doubled": {
                        "$map": {
                            "input": {"$ifNull": ["$tags", []]},
                            "as": "tag",
                            "in": {"$concat": ["$$tag", "$$tag"]},
                        }
                    },
                    "day": {"$dateToString": {"format": "%Y-%m-%d", "date": "$at"}},
                    "week": {"$dateToString": {"format": "%G-W%V", "date": "$at"}},
                }
            },
        ]
    )

    first, second, third = rows
    assert first == {
        "passed": 0,
        "grade": "B",
        "tags": 2,
        "only_b": ["b"],
        "doubled": ["aa", "bb"],
        "day": "2026-03-02",
        "week": "2026-W10",
    }
    assert (second["grade"], second["passed"], second["tags"]) == ("A", 1, 0)
    assert third["week"] == "2026-W11"


def test_stages_compare_times_with_and_without_time_zone(attempts):
    attempts.database.deadlines.insert_one({"student": 1, "due": MONDAY + timedelta(hours=1)})
    lookup = {"from": "deadlines", "localField": "student", "foreignField": "student", "as": "d"}
    rows = attempts.aggregate(
        [
            {"$match": {"student": 1}},
            {"$lookup": lookup},
            {"$unwind": "$d"},
            {"$sort": {"at": 1}},
            {
                "$project": {
                    "_id": 0,
                    "in_time": {"$lt": ["$at", "$d.due"]},
                    "early": {"$cond": [{"$lt": ["$at", MONDAY]}, True, False]},
                    "due": "$d.due",
                }
            },
        ]
    )

    assert list(rows) == [
        {"in_time": True, "early": False, "due": MONDAY + timedelta(hours=1)},
        {"in_time": False, "early": False, "due": MONDAY + timedelta(hours=1)},
    ]


def test_an_aggregation_does_not_change_documents(attempts):
    before = list(attempts.find())
    list(attempts.aggregate([{"$addFields": {"score": 0}}, {"$project": {"tags": 0}}]))

    assert list(attempts.find()) == before


def test_out_stores_the_results(attempts):
    list(attempts.aggregate([{"$match": {"score": 90}}, {"$out": "best"}]))

    assert attempts.database.best.count_documents({"score": 90}) == 1


@pytest.mark.parametrize(
    "options",
    [
        "$list",
        "$in.list",
        "$list.deep",
        {"path": "$list"},
        {"path": "$in.list", "preserveNullAndEmptyArrays": True},
        {"path": "$list", "includeArrayIndex": "at"},
    ],
    ids=str,
)
def test_unwind_has_the_results_of_mongomock(options):
    documents = [
        {"_id": 1, "list": [1, {"deep": [2, 3]}, [4]], "in": {"list": [{"a": [5]}, 6], "b": 7}},
        {"_id": 2, "list": [], "in": {"list": []}},
        {"_id": 3, "list": None, "in": {"list": 8}},
        {"_id": 4, "list": {"deep": [9, 10]}, "in": [{"list": [11]}]},
        {"_id": 5},
    ]

    assert unwind(documents, options) == list(
        process_pipeline(documents, None, [{"$unwind": options}], None)
    )


def test_unwound_documents_share_no_values(attempts):
    attempts.insert_one({"_id": 1, "score": 10, "pairs": [{"n": 1}, {"n": 2}], "in": {"n": 0}})

    rows = attempts.aggregate(
        [
            {"$match": {"_id": 1}},
            {"$unwind": "$pairs"},
            {"$addFields": {"in.n": "$pairs.n", "pairs.n": 0}},
        ]
    )

    assert [(row["in"], row["pairs"]) for row in rows] == [
        ({"n": 1}, {"n": 0}),
        ({"n": 2}, {"n": 0}),
    ]


def test_unwinding_a_long_array_does_not_copy_it_for_each_element(attempts):
    """mongomock would copy 36 million elements."""
    attempts.insert_one({"_id": 1, "pairs": [{"n": number} for number in range(6000)]})

    rows = attempts.aggregate(
        [{"$match": {"_id": 1}}, {"$unwind": "$pairs"}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
    )

    assert list(rows) == [{"_id": 1, "n": 6000}]
