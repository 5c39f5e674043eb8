"""What the product relies on in MongoDB, proved on the server that MONGODB_URI names."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import uuid4

import mongoengine
import pymongo
import pytest
from bson import Decimal128, ObjectId
from mongoengine import Document, IntField, ListField, ReferenceField, StringField
from pymongo import DeleteOne, InsertOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

URI = os.environ.get("MONGODB_URI")
RACERS = 30

pytestmark = pytest.mark.skipif(
    not URI, reason="MONGODB_URI names no MongoDB; tests/wire/run starts one"
)


@pytest.fixture(scope="module")
def client():
    with pymongo.MongoClient(URI, tz_aware=True, serverSelectionTimeoutMS=5000) as client:
        yield client


@pytest.fixture
def database(client):
    name = f"engine_{uuid4().hex[:12]}"
    yield client[name]
    client.drop_database(name)


@pytest.fixture
def things(database):
    return database.things


def test_it_answers_a_ping(client):
    assert client.admin.command("ping")["ok"] == 1


# Indexes


def test_one_of_racing_inserts_gets_a_unique_value(things):
    things.create_index("name", unique=True)

    outcomes = _race(lambda n: things.insert_one({"name": "ada", "by": n}))

    assert _winners(outcomes) == 1
    assert things.count_documents({}) == 1


def test_one_of_racing_inserts_gets_a_unique_pair(things):
    things.create_index([("student", 1), ("course", 1)], unique=True)

    outcomes = _race(lambda n: things.insert_one({"student": 1, "course": n % 3}))

    assert _winners(outcomes) == 3
    assert things.count_documents({}) == 3


def test_one_of_racing_updates_gets_a_unique_value(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": n, "name": n} for n in range(RACERS)])

    outcomes = _race(lambda n: things.update_one({"_id": n}, {"$set": {"name": "ada"}}))

    assert _winners(outcomes) == 1
    assert things.count_documents({"name": "ada"}) == 1


def test_a_value_given_up_can_be_taken(things):
    things.create_index("name", unique=True)
    things.insert_one({"_id": 1, "name": "ada"})

    things.update_one({"_id": 1}, {"$set": {"name": "grace"}})

    things.insert_one({"_id": 2, "name": "ada"})


def test_an_unset_value_is_one_value_to_a_unique_index(things):
    things.create_index("name", unique=True)
    things.insert_one({})

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"name": None})


def test_a_sparse_index_lets_many_be_without(things):
    things.create_index("key", unique=True, sparse=True)
    things.insert_many([{}, {}, {"key": 1}])

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"key": 1})


def test_a_unique_index_is_refused_over_duplicates(things):
    things.insert_many([{"name": "ada"}, {"name": "ada"}])

    with pytest.raises(DuplicateKeyError):
        things.create_index("name", unique=True)

    assert set(things.index_information()) == {"_id_"}


def test_indexes_can_be_read_back(things):
    things.create_index([("student", 1), ("course", -1)], unique=True, name="one place")
    things.create_index("seen", expireAfterSeconds=60)
    things.create_index("words", sparse=True)

    indexes = things.index_information()

    assert indexes["one place"]["key"] == [("student", 1), ("course", -1)]
    assert indexes["one place"]["unique"] is True
    assert indexes["seen_1"]["expireAfterSeconds"] == 60
    assert indexes["words_1"]["sparse"] is True


def test_an_index_is_not_changed_by_asking_for_another_of_its_name(things):
    things.create_index("name")

    with pytest.raises(OperationFailure):
        things.create_index("name", unique=True)


# Writes


def test_of_racing_upserts_one_inserts(things):
    things.create_index([("student", 1), ("course", 1)], unique=True)

    def upsert(n):
        change = {"$setOnInsert": {"_id": ObjectId(), "first": n}, "$inc": {"times": 1}}
        return things.update_one({"student": 1, "course": 1}, change, upsert=True)

    outcomes = _race(upsert)

    assert things.count_documents({}) == 1
    assert things.find_one()["times"] == _winners(outcomes)
    assert sum(1 for each in outcomes if getattr(each, "upserted_id", None)) == 1


def test_an_upsert_stores_what_was_asked_for_and_the_defaults_once(things):
    change = {"$setOnInsert": {"_id": "x", "since": 1}, "$inc": {"times": 1}}

    inserted = things.update_one({"of": 7}, change, upsert=True)
    updated = things.update_one({"of": 7}, change | {"$set": {"seen": True}}, upsert=True)

    assert inserted.upserted_id == "x"
    assert (updated.matched_count, updated.upserted_id) == (1, None)
    assert things.find_one() == {"_id": "x", "of": 7, "since": 1, "times": 2, "seen": True}


def test_no_increment_is_lost(things):
    things.insert_one({"_id": 1})

    _race(lambda n: [things.update_one({"_id": 1}, {"$inc": {"n": 1}}) for _ in range(10)])

    assert things.find_one()["n"] == 10 * RACERS


def test_a_set_has_everyone_once(things):
    things.insert_one({"_id": 1})

    _race(lambda n: things.update_one({"_id": 1}, {"$addToSet": {"who": n // 2}}))

    assert sorted(things.find_one()["who"]) == list(range(RACERS // 2))


def test_the_earliest_wins_and_an_absent_field_takes_the_first(things):
    things.insert_one({"_id": 1})
    at = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, RACERS + 1)]

    _race(lambda n: things.update_one({"_id": 1}, {"$min": {"done": at[n]}}))

    assert things.find_one()["done"] == at[0]


def test_a_stored_null_is_less_than_any_time(things):
    things.insert_one({"_id": 1, "done": None})

    things.update_one({"_id": 1}, {"$min": {"done": datetime(2026, 1, 1, tzinfo=UTC)}})

    assert things.find_one()["done"] is None


def test_one_of_racing_edits_finds_its_revision(things):
    things.insert_one({"_id": 1, "revision": 1})

    def edit(n):
        change = {"$set": {"by": n}, "$inc": {"revision": 1}}
        return things.update_one({"_id": 1, "revision": 1}, change).matched_count

    assert sum(_race(edit)) == 1
    assert things.find_one()["revision"] == 2


def test_find_and_modify_gives_each_racer_a_number_of_its_own(things):
    things.insert_one({"_id": 1, "next": 0})

    def draw(n):
        return things.find_one_and_update(
            {"_id": 1}, {"$inc": {"next": 1}}, return_document=ReturnDocument.AFTER
        )["next"]

    assert sorted(_race(draw)) == list(range(1, RACERS + 1))


def test_find_and_modify_gives_each_piece_of_work_to_one(things):
    things.insert_many([{"_id": n, "free": True, "due": -n} for n in range(RACERS)])

    def claim(n):
        return things.find_one_and_update(
            {"free": True}, {"$set": {"free": False}}, sort=[("due", 1)], projection={"_id": 1}
        )

    claims = _race(claim) + _race(claim)  # who loses a race may go away with nothing

    assert sorted(each["_id"] for each in claims if each) == list(range(RACERS))


def test_find_and_modify_changes_the_first_in_order_and_shows_what_is_asked(things):
    things.insert_many([{"_id": n, "due": -n} for n in range(3)])

    before = things.find_one_and_update(
        {}, {"$set": {"due": 0}}, sort=[("due", 1)], projection={"_id": 0, "due": 1}
    )

    assert before == {"due": -2}
    assert things.find_one({"_id": 2})["due"] == 0


def test_find_and_modify_finds_nothing_quietly(things):
    assert things.find_one_and_update({"_id": 1}, {"$set": {"a": 1}}) is None
    assert things.find_one_and_delete({"_id": 1}) is None


def test_an_unordered_insert_stores_all_that_it_can(things):
    things.create_index("lesson", unique=True)
    things.insert_one({"lesson": 2})

    with pytest.raises(BulkWriteError) as refused:
        things.insert_many([{"lesson": n} for n in range(5)], ordered=False)

    # Its "nInserted" is not for reading: mongo-java-server counts the refused among them.
    assert [(e["index"], e["code"]) for e in refused.value.details["writeErrors"]] == [(2, 11000)]
    assert sorted(each["lesson"] for each in things.find()) == list(range(5))


def test_an_ordered_insert_stops_at_the_first_refusal(things):
    things.create_index("lesson", unique=True)
    things.insert_one({"lesson": 2})

    with pytest.raises(BulkWriteError):
        things.insert_many([{"lesson": n} for n in range(5)])

    assert sorted(each["lesson"] for each in things.find()) == [0, 1, 2]


def test_racing_unordered_inserts_leave_one_of_each(things):
    things.create_index("lesson", unique=True)

    _race(lambda n: things.insert_many([{"lesson": i} for i in range(20)], ordered=False))

    assert sorted(each["lesson"] for each in things.find()) == list(range(20))


def test_a_bulk_write_does_each_of_its_parts(things):
    done = things.bulk_write(
        [
            InsertOne({"_id": 1}),
            UpdateOne({"_id": 1}, {"$set": {"a": 1}}),
            UpdateOne({"_id": 2}, {"$set": {"a": 1}}, upsert=True),
            DeleteOne({"_id": 1}),
        ]
    )

    counts = (done.inserted_count, done.modified_count, done.upserted_count, done.deleted_count)
    assert counts == (1, 1, 1, 1)
    assert list(things.find()) == [{"_id": 2, "a": 1}]


def test_a_refused_update_changes_nothing(things):
    things.insert_one({"_id": 1, "name": "ada", "n": 1})

    with pytest.raises(OperationFailure):
        things.update_one({"_id": 1}, {"$set": {"n": 2}, "$inc": {"name": 1}})

    assert things.find_one() == {"_id": 1, "name": "ada", "n": 1}


def test_elements_of_arrays_are_pushed_and_pulled(things):
    things.insert_one({"_id": 1, "tags": ["a", "b"]})

    things.update_one({"_id": 1}, {"$push": {"tags": {"$each": ["c", "d"], "$slice": -3}}})
    things.update_one({"_id": 1}, {"$pull": {"tags": "c"}})

    assert things.find_one()["tags"] == ["b", "d"]


# Reads


def test_words_are_found_by_their_beginnings(things):
    things.create_index("words")
    things.insert_many([{"_id": 1, "words": ["linear", "algebra"]}, {"_id": 2, "words": ["logic"]}])

    both = {"$and": [{"words": {"$regex": "^alg"}}, {"words": {"$regex": "^lin"}}]}

    assert [each["_id"] for each in things.find({"words": {"$regex": "^l"}}).sort("_id", 1)] == [
        1,
        2,
    ]
    assert [each["_id"] for each in things.find(both)] == [1]


def test_pages_follow_their_sort_with_ties_broken(things):
    things.insert_many([{"_id": n, "rank": n % 3} for n in range(10)])

    pages = [
        [each["_id"] for each in things.find().sort([("rank", -1), ("_id", 1)]).skip(at).limit(4)]
        for at in (0, 4, 8)
    ]

    assert pages == [[2, 5, 8, 1], [4, 7, 0, 3], [6, 9]]


def test_what_is_absent_sorts_first_and_equals_null(things):
    things.insert_many([{"_id": 1, "n": 5}, {"_id": 2}, {"_id": 3, "n": None}, {"_id": 4, "n": 1}])

    assert [each["_id"] for each in things.find().sort([("n", 1), ("_id", 1)])] == [2, 3, 4, 1]
    assert things.count_documents({"n": None}) == 2
    assert things.count_documents({"n": {"$exists": False}}) == 1
    assert things.count_documents({"n": {"$gt": 0}}) == 2


def test_many_documents_come_in_batches(things):
    things.insert_many([{"n": n} for n in range(2500)])

    assert sum(1 for _ in things.find(batch_size=100)) == 2500
    assert sum(1 for _ in things.aggregate([{"$match": {}}], batchSize=100)) == 2500


def test_values_come_back_as_they_went(things):
    document = {
        "_id": ObjectId(),
        "at": datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC),
        "price": Decimal128("9.90"),
        "large": 2**40,
        "text": "Größe 学 \N{SNOWMAN}",
        "bytes": b"\0\xff",
        "nested": {"list": [1, None, {"deep": True}], "empty": {}},
    }
    things.insert_one(document)

    assert things.find_one() == document


# MongoEngine


class Shop(Document):
    title = StringField(required=True)
    students = IntField(default=0)

    meta = {"collection": "courses", "db_alias": "wire"}


class Visit(Document):
    student = IntField()
    course = ReferenceField(Shop, required=True)
    marks = ListField(IntField())

    meta = {
        "collection": "places",
        "db_alias": "wire",
        "indexes": [{"fields": ("student", "course"), "unique": True}, "course"],
    }


@pytest.fixture
def course(client):
    """A stored course of MongoEngine's, in a database that goes with the test."""
    name = f"engine_{uuid4().hex[:12]}"
    uri = urlsplit(URI)._replace(path=f"/{name}").geturl()  # the URI's name would win
    mongoengine.connect(alias="wire", host=uri, tz_aware=True, uuidRepresentation="standard")
    for document in (Shop, Visit):
        document._collection = None  # it keeps the one of the test before
        document.ensure_indexes()
    yield Shop(title="Algebra").save()
    mongoengine.disconnect("wire")
    client.drop_database(name)


def test_mongoengine_builds_the_indexes_that_documents_declare(course):
    assert Visit.compare_indexes() == {"missing": [], "extra": []}


def test_mongoengine_saves_one_place_for_thirty_racers(course):
    outcomes = _race(lambda n: Visit(student=1, course=course).save())

    assert sum(1 for each in outcomes if isinstance(each, mongoengine.NotUniqueError)) == 29
    assert Visit.objects.count() == 1


def test_mongoengine_modifies_under_a_condition(course):
    assert course.modify({"students": 0}, inc__students=1)
    assert not course.modify({"students": 0}, inc__students=1)
    assert Shop.objects(id=course.id).modify(inc__students=1, new=True).students == 2


def test_mongoengine_updates_in_one_write(course):
    query = Visit.objects(student=1, course=course)

    query.update_one(set_on_insert__id=ObjectId(), add_to_set__marks=5, upsert=True)
    query.update_one(add_to_set__marks=5)

    assert Visit.objects.get(student=1).marks == [5]


def test_mongoengine_aggregates_over_two_collections(course):
    Visit.objects.insert([Visit(student=n, course=course, marks=[n, n + 1]) for n in range(3)])

    rows = Visit.objects(student__gt=0).aggregate(
        [
            {"$unwind": "$marks"},
            {"$group": {"_id": "$course", "mean": {"$avg": "$marks"}}},
            {
                "$lookup": {
                    "from": "courses",
                    "localField": "_id",
                    "foreignField": "_id",
                    "as": "course",
                }
            },
        ]
    )

    assert [(row["mean"], row["course"][0]["title"]) for row in rows] == [(2.0, "Algebra")]


def _race(act) -> list:
    """Let all racers act at once, each with its number; return what each got, or its error."""
    ready = threading.Barrier(RACERS)

    def run(n: int):
        ready.wait(timeout=30)
        try:
            return act(n)
        except (pymongo.errors.PyMongoError, mongoengine.errors.OperationError) as error:
            return error

    with ThreadPoolExecutor(RACERS) as racers:
        return list(racers.map(run, range(RACERS)))


def _winners(outcomes: list) -> int:
    """Count those who were not refused; nothing else than a duplicate may refuse them."""
    errors = [each for each in outcomes if isinstance(each, Exception)]
    assert all(isinstance(each, DuplicateKeyError) for each in errors), errors
    return len(outcomes) - len(errors)
