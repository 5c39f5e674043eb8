import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pymongo.errors import OperationFailure

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_456)


def test_a_cursor_reads_once_however_far_it_goes(things, decoded):
    """Trap 7: mongomock copies what is left at each step."""
    things.insert_many([{"_id": number} for number in range(500)])
    decoded.number = 0

    class Unsliced(list):
        def __getitem__(self, index):
            assert not isinstance(index, slice)
            return super().__getitem__(index)

    cursor = things.find()
    read = cursor._read
    cursor._read = lambda: Unsliced(read())

    assert [each["_id"] for each in cursor] == list(range(500))
    assert decoded.number == 500


def test_a_rewound_cursor_shows_what_is_there_now(things):
    """Trap 7: mongomock shows the old results again."""
    things.insert_one({"_id": 1})
    cursor = things.find()
    assert len(list(cursor)) == 1
    things.insert_one({"_id": 2})

    assert len(list(cursor.rewind())) == 2


def test_one_is_read_where_one_is_asked_for(things, decoded):
    things.insert_many([{"_id": number, "n": number % 2} for number in range(100)])
    decoded.number = 0

    assert things.find_one({"n": 0})["_id"] == 0
    assert decoded.number == 1


def test_results_are_sorted_skipped_and_limited(things):
    things.insert_many([{"_id": number, "n": -number} for number in range(10)])

    found = things.find().sort("n", 1).skip(2).limit(3)
    assert [each["_id"] for each in found] == [7, 6, 5]
    assert [each["_id"] for each in found.clone()] == [7, 6, 5]
    assert found[0]["_id"] == 7
    assert [each["_id"] for each in things.find(sort=[("n", 1)])[8:]] == [1, 0]
    assert things.count_documents({"n": {"$lt": 0}}, skip=2, limit=3) == 3


def test_documents_come_in_the_order_in_which_they_were_made(client, reopened):
    things = client.lms.things
    things.insert_many([{"_id": _id, "n": 0} for _id in (3, 1, 2)])
    things.update_one({"_id": 3}, {"$set": {"n": 1}})

    assert [each["_id"] for each in things.find()] == [3, 1, 2]
    assert [each["_id"] for each in reopened(client).lms.things.find()] == [3, 1, 2]


def test_a_projection_leaves_the_given_one_alone(things):
    things.insert_one({"_id": 1, "a": {"b": 1, "c": 2}, "tags": [1, 2, 3]})
    projection = {"a.b": 1, "_id": 0, "tags": {"$slice": 1}}

    assert things.find_one({}, projection) == {"a": {"b": 1}, "tags": [1]}
    assert projection == {"a.b": 1, "_id": 0, "tags": {"$slice": 1}}


def test_words_are_found_by_their_beginning(things):
    things.create_index("words")
    things.insert_many([{"_id": 1, "words": ["algebra", "linear"]}, {"_id": 2, "words": ["logic"]}])

    assert [each["_id"] for each in things.find({"words": re.compile("^li")})] == [1]
    assert things.count_documents({"words": {"$regex": "^l"}}) == 2


def test_distinct_values_are_those_of_the_elements_too(things):
    things.insert_many([{"tags": ["a", "b"]}, {"tags": ["b"]}, {"tags": "c"}, {}])

    assert sorted(things.distinct("tags")) == ["a", "b", "c"]
    assert things.distinct("tags", {"tags": "c"}) == ["c"]


def test_a_malformed_filter_is_refused_whatever_is_there(things):
    for name in ("empty", "full"):
        collection = things[name]
        collection.create_index("a")
        if name == "full":
            collection.insert_one({"a": 1})
        with pytest.raises(OperationFailure):
            list(collection.find({"$nonsense": 1, "a": 2}))


@pytest.mark.parametrize("aware", [True, False])
def test_times_are_milliseconds_in_the_zone_that_was_asked_for(connect, reopened, aware):
    client = connect(tz_aware=aware)
    elsewhere = NOON.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5)))
    client.lms.things.insert_many([{"_id": 1, "at": NOON}, {"_id": 2, "deep": [{"at": elsewhere}]}])
    expected = NOON.replace(microsecond=123_000, tzinfo=UTC if aware else None)

    things = reopened(client, tz_aware=aware).lms.things
    assert things.find_one(1)["at"] == expected
    assert things.find_one(1)["at"].utcoffset() == expected.utcoffset()
    assert things.find_one(2)["deep"][0]["at"] == expected
    assert things.find_one_and_update({"_id": 1}, {"$set": {"a": 1}})["at"] == expected
    assert things.find_one({"at": elsewhere})["_id"] == 1
    assert things.distinct("at") == [expected]
    assert next(things.aggregate([{"$match": {"at": {"$gte": NOON}}}]))["at"] == expected


def test_times_are_found_by_an_index_whatever_their_zone(connect):
    things = connect(tz_aware=True).lms.things
    things.create_index("at", unique=True)
    things.insert_one({"at": NOON.replace(tzinfo=UTC)})

    assert things.count_documents({"at": NOON}) == 1
    assert things.count_documents({"at": NOON.astimezone(timezone(timedelta(hours=1)))}) == 1
