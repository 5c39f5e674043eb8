from datetime import UTC, datetime, timedelta

import pytest
from mongomock.aggregate import process_pipeline

from embedded_mongo.unwinding import unwound

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def attempts(connect):
    lms = connect(tz_aware=True).lms
    lms.students.insert_many([{"_id": 1, "name": "Ada"}, {"_id": 2, "name": "Bob"}])
    lms.attempts.insert_many(
        [
            {"student": 1, "score": 50, "at": MONDAY, "tags": ["a", "b"]},
            {"student": 1, "score": 90, "at": MONDAY + timedelta(days=1), "tags": []},
            {"student": 2, "score": 70, "at": MONDAY + timedelta(days=7)},
        ]
    )
    return lms.attempts


def test_groups_are_summed_and_sorted(attempts):
    rows = attempts.aggregate(
        [
            {"$match": {"score": {"$gte": 50}}},
            {"$sort": {"at": 1}},
            {
                "$group": {
                    "_id": "$student",
                    "number": {"$sum": 1},
                    "mean": {"$avg": "$score"},
                    "least": {"$min": "$score"},
                    "most": {"$max": "$score"},
                    "first": {"$first": "$at"},
                    "all": {"$push": "$score"},
                }
            },
            {"$sort": {"mean": -1, "_id": 1}},
            {"$limit": 5},
        ]
    )

    assert list(rows) == [
        {
            "_id": 1,
            "number": 2,
            "mean": 70,
            "least": 50,
            "most": 90,
            "first": MONDAY,
            "all": [50, 90],
        },
        {
            "_id": 2,
            "number": 1,
            "mean": 70,
            "least": 70,
            "most": 70,
            "first": MONDAY + timedelta(days=7),
            "all": [70],
        },
    ]


def test_what_is_looked_up_and_unwound_can_be_matched(attempts):
    lookup = {"from": "students", "localField": "student", "foreignField": "_id", "as": "who"}
    rows = attempts.aggregate(
        [
            {"$lookup": lookup},
            {"$unwind": "$who"},
            {"$match": {"who.name": "Ada"}},
            {"$skip": 1},
            {"$project": {"_id": 0, "score": 1, "name": "$who.name"}},
        ]
    )

    assert list(rows) == [{"score": 90, "name": "Ada"}]


def test_values_are_computed(attempts):
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
                    "some": {
                        "$filter": {
                            "input": {"$ifNull": ["$tags", []]},
                            "as": "tag",
                            "cond": {"$eq": ["$$tag", "b"]},
                        }
                    },
                    "twice": {
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
        "some": ["b"],
        "twice": ["aa", "bb"],
        "day": "2026-03-02",
        "week": "2026-W10",
    }
    assert (second["grade"], second["passed"], second["tags"]) == ("A", 1, 0)
    assert third["week"] == "2026-W11"


def test_times_of_any_zone_compare_inside(attempts):
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


def test_an_aggregation_changes_nothing(attempts):
    before = list(attempts.find())
    list(attempts.aggregate([{"$addFields": {"score": 0}}, {"$project": {"tags": 0}}]))

    assert list(attempts.find()) == before


def test_what_is_written_out_lasts(attempts):
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
def test_what_is_unwound_is_what_mongomock_makes_of_it(options):
    documents = [
        {"_id": 1, "list": [1, {"deep": [2, 3]}, [4]], "in": {"list": [{"a": [5]}, 6], "b": 7}},
        {"_id": 2, "list": [], "in": {"list": []}},
        {"_id": 3, "list": None, "in": {"list": 8}},
        {"_id": 4, "list": {"deep": [9, 10]}, "in": [{"list": [11]}]},
        {"_id": 5},
    ]

    assert unwound(documents, options) == list(
        process_pipeline(documents, None, [{"$unwind": options}], None)
    )


def test_what_is_unwound_shares_nothing(attempts):
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


def test_a_long_list_is_unwound_without_a_copy_of_it_for_each_element(attempts):
    """Which mongomock makes: of this one 36 million."""
    attempts.insert_one({"_id": 1, "pairs": [{"n": number} for number in range(6000)]})

    rows = attempts.aggregate(
        [{"$match": {"_id": 1}}, {"$unwind": "$pairs"}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
    )

    assert list(rows) == [{"_id": 1, "n": 6000}]
