import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pymongo.errors import OperationFailure

TEXT = "x" * 100_000
NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456)


def test_a_cursor_decodes_each_document_only_when_it_is_requested(things, decoded):
    things.insert_many([{"_id": number} for number in range(500)])
    decoded.reset()

    cursor = things.find()
    assert decoded.documents == 0
    for number, document in enumerate(cursor):
        assert document["_id"] == number
        assert decoded.documents == number + 1


def test_sorting_decodes_only_the_keys_of_documents_that_are_not_requested(things, decoded):
    things.insert_many([{"_id": number, "n": -number, "text": TEXT} for number in range(50)])
    decoded.reset()

    assert next(things.find(sort=[("n", 1)]))["_id"] == 49
    assert decoded.documents == 51
    assert decoded.bytes < 2 * len(TEXT)


def test_distinct_decodes_each_document_once(things, decoded):
    things.insert_many([{"_id": number, "n": number % 2} for number in range(50)])

    assert sorted(things.find().distinct("n")) == [0, 1]
    assert decoded.count(lambda: things.find().distinct("n")) == 50


def test_a_cursor_returns_the_documents_as_they_are_when_the_first_is_requested(things):
    things.insert_many([{"_id": number, "n": 0} for number in range(4)])

    cursor = things.find({"n": 0})
    things.delete_one({"_id": 0})
    assert next(cursor)["_id"] == 1
    things.update_many({}, {"$set": {"n": 1}})
    things.delete_one({"_id": 2})
    things.insert_one({"_id": 5, "n": 0})

    assert list(cursor) == [{"_id": 2, "n": 0}, {"_id": 3, "n": 0}]
    assert list(cursor) == []
    assert [document["_id"] for document in cursor.clone()] == [5]


def test_an_index_reads_a_document_and_leaves_the_cursor_where_it_is(things):
    things.insert_many([{"_id": number} for number in range(4)])
    cursor = things.find().skip(1).limit(2)

    assert next(cursor)["_id"] == 1
    assert cursor[0]["_id"] == 1
    assert cursor[1]["_id"] == 2
    with pytest.raises(IndexError):
        cursor[2]
    with pytest.raises(IndexError):
        cursor[-1]
    assert next(cursor)["_id"] == 2


def test_a_cursor_is_alive_until_its_last_document_is_read(things):
    things.insert_many([{"_id": 1}, {"_id": 2}])
    cursor = things.find()

    assert cursor.alive
    assert next(cursor)["_id"] == 1
    assert cursor.alive
    assert next(cursor)["_id"] == 2
    assert not cursor.alive
    assert not things.find({"_id": 3}).alive


def test_a_rewound_cursor_returns_current_documents(things):
    """mongomock's own cursor would return the old results again."""
    things.insert_one({"_id": 1})
    cursor = things.find()
    assert len(list(cursor)) == 1
    things.insert_one({"_id": 2})

    assert len(list(cursor.rewind())) == 2


def test_find_one_decodes_only_one_document(things, decoded):
    things.insert_many([{"_id": number, "n": number % 2} for number in range(100)])
    decoded.reset()

    assert things.find_one({"n": 0})["_id"] == 0
    assert decoded.documents == 1


def test_results_are_sorted_skipped_and_limited(things):
    things.insert_many([{"_id": number, "n": -number} for number in range(10)])

    cursor = things.find().sort("n", 1).skip(2).limit(3)
    assert [document["_id"] for document in cursor] == [7, 6, 5]
    assert [document["_id"] for document in cursor.clone()] == [7, 6, 5]
    assert cursor[0]["_id"] == 7
    assert [document["_id"] for document in things.find(sort=[("n", 1)])[8:]] == [1, 0]
    assert things.count_documents({"n": {"$lt": 0}}, skip=2, limit=3) == 3


def test_documents_are_in_insertion_order(client, reopen):
    things = client.db.things
    things.insert_many([{"_id": _id, "n": 0} for _id in (3, 1, 2)])
    things.update_one({"_id": 3}, {"$set": {"n": 1}})

    assert [document["_id"] for document in things.find()] == [3, 1, 2]
    assert [document["_id"] for document in reopen(client).db.things.find()] == [3, 1, 2]


def test_a_projection_is_not_modified(things):
    things.insert_one({"_id": 1, "a": {"b": 1, "c": 2}, "tags": [1, 2, 3]})
    projection = {"a.b": 1, "_id": 0, "tags": {"$slice": 1}}

    assert things.find_one({}, projection) == {"a": {"b": 1}, "tags": [1]}
    assert projection == {"a.b": 1, "_id": 0, "tags": {"$slice": 1}}


def test_prefixes_are_found_by_regular_expressions(things):
    things.create_index("words")
    things.insert_many([{"_id": 1, "words": ["algebra", "linear"]}, {"_id": 2, "words": ["logic"]}])

    assert [document["_id"] for document in things.find({"words": re.compile("^li")})] == [1]
    assert things.count_documents({"words": {"$regex": "^l"}}) == 2


def test_distinct_values_include_array_elements(things):
    things.insert_many([{"tags": ["a", "b"]}, {"tags": ["b"]}, {"tags": "c"}, {}])

    assert sorted(things.distinct("tags")) == ["a", "b", "c"]
    assert things.distinct("tags", {"tags": "c"}) == ["c"]


def test_an_invalid_filter_is_rejected_even_without_documents(things):
    for name in ("empty", "full"):
        collection = things[name]
        collection.create_index("a")
        if name == "full":
            collection.insert_one({"a": 1})
        with pytest.raises(OperationFailure):
            list(collection.find({"$nonsense": 1, "a": 2}))


@pytest.mark.parametrize("aware", [True, False])
def test_times_have_milliseconds_and_the_requested_time_zone(connect, reopen, aware):
    client = connect(tz_aware=aware)
    other_zone = NOON.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5)))
    client.db.things.insert_many([{"_id": 1, "at": NOON}, {"_id": 2, "deep": [{"at": other_zone}]}])
    expected = NOON.replace(microsecond=123_000, tzinfo=UTC if aware else None)

    things = reopen(client, tz_aware=aware).db.things
    assert things.find_one(1)["at"] == expected
    assert things.find_one(1)["at"].utcoffset() == expected.utcoffset()
    assert things.find_one(2)["deep"][0]["at"] == expected
    assert things.find_one_and_update({"_id": 1}, {"$set": {"a": 1}})["at"] == expected
    assert things.find_one({"at": other_zone})["_id"] == 1
    assert things.distinct("at") == [expected]
    assert next(things.aggregate([{"$match": {"at": {"$gte": NOON}}}]))["at"] == expected


def test_an_index_finds_times_of_any_time_zone(connect):
    things = connect(tz_aware=True).db.things
    things.create_index("at", unique=True)
    things.insert_one({"at": NOON.replace(tzinfo=UTC)})

    assert things.count_documents({"at": NOON}) == 1
    assert things.count_documents({"at": NOON.astimezone(timezone(timedelta(hours=1)))}) == 1
