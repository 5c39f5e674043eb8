"""The MongoDB behavior on which the product relies, tested on the server at MONGODB_URI."""

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
THREADS = 30

pytestmark = pytest.mark.skipif(
    not URI, reason="MONGODB_URI is not set; tests/wire/run starts a server"
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


def test_the_server_responds_to_a_ping(client):
    assert client.admin.command("ping")["ok"] == 1


# Indexes


def test_one_of_several_concurrent_inserts_gets_a_unique_value(things):
    things.create_index("name", unique=True)

    results = _run_concurrently(lambda n: things.insert_one({"name": "ada", "by": n}))

    assert _success_count(results) == 1
    assert things.count_documents({}) == 1


def test_one_of_several_concurrent_inserts_gets_a_unique_pair(things):
    things.create_index([("student", 1), ("course", 1)], unique=True)

    results = _run_concurrently(lambda n: things.insert_one({"student": 1, "course": n % 3}))

    assert _success_count(results) == 3
    assert things.count_documents({}) == 3


def test_one_of_several_concurrent_updates_gets_a_unique_value(things):
    things.create_index("name", unique=True)
    things.insert_many([{"_id": n, "name": n} for n in range(THREADS)])

    results = _run_concurrently(lambda n: things.update_one({"_id": n}, {"$set": {"name": "ada"}}))

    assert _success_count(results) == 1
    assert things.count_documents({"name": "ada"}) == 1


def test_a_unique_value_can_be_reused_after_an_update(things):
    things.create_index("name", unique=True)
    things.insert_one({"_id": 1, "name": "ada"})

    things.update_one({"_id": 1}, {"$set": {"name": "grace"}})

    things.insert_one({"_id": 2, "name": "ada"})


def test_a_unique_index_treats_a_missing_value_as_null(things):
    things.create_index("name", unique=True)
    things.insert_one({})

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"name": None})


def test_a_sparse_unique_index_allows_several_missing_values(things):
    things.create_index("key", unique=True, sparse=True)
    things.insert_many([{}, {}, {"key": 1}])

    with pytest.raises(DuplicateKeyError):
        things.insert_one({"key": 1})


def test_a_unique_index_cannot_be_built_over_duplicates(things):
    things.insert_many([{"name": "ada"}, {"name": "ada"}])

    with pytest.raises(DuplicateKeyError):
        things.create_index("name", unique=True)

    assert set(things.index_information()) == {"_id_"}


def test_index_information_lists_all_options(things):
    things.create_index([("student", 1), ("course", -1)], unique=True, name="unique_pair")
    things.create_index("seen", expireAfterSeconds=60)
    things.create_index("words", sparse=True)

    indexes = things.index_information()

    assert indexes["unique_pair"]["key"] == [("student", 1), ("course", -1)]
    assert indexes["unique_pair"]["unique"] is True
    assert indexes["seen_1"]["expireAfterSeconds"] == 60
    assert indexes["words_1"]["sparse"] is True


def test_creating_an_index_with_a_used_name_does_not_change_it(things):
    things.create_index("name")

    with pytest.raises(OperationFailure):
        things.create_index("name", unique=True)


# Writes


def test_one_of_several_concurrent_upserts_inserts(things):
    things.create_index([("student", 1), ("course", 1)], unique=True)

    def upsert(n):
        change = {"$setOnInsert": {"_id": ObjectId(), "first": n}, "$inc": {"times": 1}}
        return things.update_one({"student": 1, "course": 1}, change, upsert=True)

    results = _run_concurrently(upsert)

    assert things.count_documents({}) == 1
    assert things.find_one()["times"] == _success_count(results)
    assert sum(1 for result in results if getattr(result, "upserted_id", None)) == 1


def test_an_upsert_stores_the_query_values_and_applies_defaults_once(things):
    change = {"$setOnInsert": {"_id": "x", "since": 1}, "$inc": {"times": 1}}

    inserted = things.update_one({"of": 7}, change, upsert=True)
    updated = things.update_one({"of": 7}, change | {"$set": {"seen": True}}, upsert=True)

    assert inserted.upserted_id == "x"
    assert (updated.matched_count, updated.upserted_id) == (1, None)
    assert things.find_one() == {"_id": "x", "of": 7, "since": 1, "times": 2, "seen": True}


def test_concurrent_increments_are_all_applied(things):
    things.insert_one({"_id": 1})

    _run_concurrently(
        lambda n: [things.update_one({"_id": 1}, {"$inc": {"n": 1}}) for _ in range(10)]
    )

    assert things.find_one()["n"] == 10 * THREADS


def test_add_to_set_adds_each_value_once(things):
    things.insert_one({"_id": 1})

    _run_concurrently(lambda n: things.update_one({"_id": 1}, {"$addToSet": {"students": n // 2}}))

    assert sorted(things.find_one()["students"]) == list(range(THREADS // 2))


def test_min_keeps_the_earliest_time_and_sets_a_missing_field(things):
    things.insert_one({"_id": 1})
    at = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, THREADS + 1)]

    _run_concurrently(lambda n: things.update_one({"_id": 1}, {"$min": {"done": at[n]}}))

    assert things.find_one()["done"] == at[0]


def test_min_keeps_a_stored_null(things):
    things.insert_one({"_id": 1, "done": None})

    things.update_one({"_id": 1}, {"$min": {"done": datetime(2026, 1, 1, tzinfo=UTC)}})

    assert things.find_one()["done"] is None


def test_one_of_several_concurrent_edits_matches_the_revision(things):
    things.insert_one({"_id": 1, "revision": 1})

    def edit(n):
        change = {"$set": {"by": n}, "$inc": {"revision": 1}}
        return things.update_one({"_id": 1, "revision": 1}, change).matched_count

    assert sum(_run_concurrently(edit)) == 1
    assert things.find_one()["revision"] == 2


def test_find_and_modify_returns_a_different_number_to_each_thread(things):
    things.insert_one({"_id": 1, "next": 0})

    def draw(n):
        return things.find_one_and_update(
            {"_id": 1}, {"$inc": {"next": 1}}, return_document=ReturnDocument.AFTER
        )["next"]

    assert sorted(_run_concurrently(draw)) == list(range(1, THREADS + 1))


def test_find_and_modify_assigns_each_task_to_one_thread(things):
    things.insert_many([{"_id": n, "free": True, "due": -n} for n in range(THREADS)])

    def claim(n):
        return things.find_one_and_update(
            {"free": True}, {"$set": {"free": False}}, sort=[("due", 1)], projection={"_id": 1}
        )

    claims = _run_concurrently(claim) + _run_concurrently(
        claim
    )  # A thread that loses a race may get no task.

    assert sorted(document["_id"] for document in claims if document) == list(range(THREADS))


def test_find_and_modify_uses_the_sort_order_and_projection(things):
    things.insert_many([{"_id": n, "due": -n} for n in range(3)])

    before = things.find_one_and_update(
        {}, {"$set": {"due": 0}}, sort=[("due", 1)], projection={"_id": 0, "due": 1}
    )

    assert before == {"due": -2}
    assert things.find_one({"_id": 2})["due"] == 0


def test_find_and_modify_returns_none_if_nothing_matches(things):
    assert things.find_one_and_update({"_id": 1}, {"$set": {"a": 1}}) is None
    assert things.find_one_and_delete({"_id": 1}) is None


def test_an_unordered_insert_skips_only_duplicates(things):
    things.create_index("lesson", unique=True)
    things.insert_one({"lesson": 2})

    with pytest.raises(BulkWriteError) as raised:
        things.insert_many([{"lesson": n} for n in range(5)], ordered=False)

    # "nInserted" is not checked, because mongo-java-server includes refused documents.
    assert [(e["index"], e["code"]) for e in raised.value.details["writeErrors"]] == [(2, 11000)]
    assert sorted(document["lesson"] for document in things.find()) == list(range(5))


def test_an_ordered_insert_stops_at_the_first_error(things):
    things.create_index("lesson", unique=True)
    things.insert_one({"lesson": 2})

    with pytest.raises(BulkWriteError):
        things.insert_many([{"lesson": n} for n in range(5)])

    assert sorted(document["lesson"] for document in things.find()) == [0, 1, 2]


def test_concurrent_unordered_inserts_store_each_value_once(things):
    things.create_index("lesson", unique=True)

    _run_concurrently(
        lambda n: things.insert_many([{"lesson": i} for i in range(20)], ordered=False)
    )

    assert sorted(document["lesson"] for document in things.find()) == list(range(20))


def test_a_bulk_write_executes_all_operations(things):
    result = things.bulk_write(
        [
            InsertOne({"_id": 1}),
            UpdateOne({"_id": 1}, {"$set": {"a": 1}}),
            UpdateOne({"_id": 2}, {"$set": {"a": 1}}, upsert=True),
            DeleteOne({"_id": 1}),
        ]
    )

    counts = (
        result.inserted_count,
        result.modified_count,
        result.upserted_count,
        result.deleted_count,
    )
    assert counts == (1, 1, 1, 1)
    assert list(things.find()) == [{"_id": 2, "a": 1}]


def test_a_refused_update_changes_nothing(things):
    things.insert_one({"_id": 1, "name": "ada", "n": 1})

    with pytest.raises(OperationFailure):
        things.update_one({"_id": 1}, {"$set": {"n": 2}, "$inc": {"name": 1}})

    assert things.find_one() == {"_id": 1, "name": "ada", "n": 1}


def test_array_elements_can_be_pushed_and_pulled(things):
    things.insert_one({"_id": 1, "tags": ["a", "b"]})

    things.update_one({"_id": 1}, {"$push": {"tags": {"$each": ["c", "d"], "$slice": -3}}})
    things.update_one({"_id": 1}, {"$pull": {"tags": "c"}})

    assert things.find_one()["tags"] == ["b", "d"]


# Reads


def test_words_are_found_by_prefix(things):
    things.create_index("words")
    things.insert_many([{"_id": 1, "words": ["linear", "algebra"]}, {"_id": 2, "words": ["logic"]}])

    both_prefixes = {"$and": [{"words": {"$regex": "^alg"}}, {"words": {"$regex": "^lin"}}]}

    assert [
        document["_id"] for document in things.find({"words": {"$regex": "^l"}}).sort("_id", 1)
    ] == [
        1,
        2,
    ]
    assert [document["_id"] for document in things.find(both_prefixes)] == [1]


def test_pages_are_sorted_with_a_tie_breaker(things):
    things.insert_many([{"_id": n, "rank": n % 3} for n in range(10)])

    pages = [
        [
            document["_id"]
            for document in things.find().sort([("rank", -1), ("_id", 1)]).skip(at).limit(4)
        ]
        for at in (0, 4, 8)
    ]

    assert pages == [[2, 5, 8, 1], [4, 7, 0, 3], [6, 9]]


def test_a_missing_field_sorts_first_and_equals_null(things):
    things.insert_many([{"_id": 1, "n": 5}, {"_id": 2}, {"_id": 3, "n": None}, {"_id": 4, "n": 1}])

    assert [document["_id"] for document in things.find().sort([("n", 1), ("_id", 1)])] == [
        2,
        3,
        4,
        1,
    ]
    assert things.count_documents({"n": None}) == 2
    assert things.count_documents({"n": {"$exists": False}}) == 1
    assert things.count_documents({"n": {"$gt": 0}}) == 2


def test_many_documents_are_returned_in_batches(things):
    things.insert_many([{"n": n} for n in range(2500)])

    assert sum(1 for _ in things.find(batch_size=100)) == 2500
    assert sum(1 for _ in things.aggregate([{"$match": {}}], batchSize=100)) == 2500


def test_values_are_returned_unchanged(things):
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


class CourseDocument(Document):
    title = StringField(required=True)
    students = IntField(default=0)

    meta = {"collection": "courses", "db_alias": "wire"}


class EnrollmentDocument(Document):
    student = IntField()
    course = ReferenceField(CourseDocument, required=True)
    points = ListField(IntField())

    meta = {
        "collection": "enrollments",
        "db_alias": "wire",
        "indexes": [{"fields": ("student", "course"), "unique": True}, "course"],
    }


@pytest.fixture
def course(client):
    """A course stored by MongoEngine in a temporary database."""
    name = f"engine_{uuid4().hex[:12]}"
    uri = (
        urlsplit(URI)._replace(path=f"/{name}").geturl()
    )  # A database name in the URI takes precedence.
    mongoengine.connect(alias="wire", host=uri, tz_aware=True, uuidRepresentation="standard")
    for document in (CourseDocument, EnrollmentDocument):
        document._collection = None  # Reset the collection of the previous test.
        document.ensure_indexes()
    yield CourseDocument(title="Algebra").save()
    mongoengine.disconnect("wire")
    client.drop_database(name)


def test_mongoengine_builds_declared_indexes(course):
    assert EnrollmentDocument.compare_indexes() == {"missing": [], "extra": []}


def test_mongoengine_saves_one_enrollment_for_thirty_threads(course):
    results = _run_concurrently(lambda n: EnrollmentDocument(student=1, course=course).save())

    assert sum(1 for result in results if isinstance(result, mongoengine.NotUniqueError)) == 29
    assert EnrollmentDocument.objects.count() == 1


def test_mongoengine_modifies_a_document_conditionally(course):
    assert course.modify({"students": 0}, inc__students=1)
    assert not course.modify({"students": 0}, inc__students=1)
    assert CourseDocument.objects(id=course.id).modify(inc__students=1, new=True).students == 2


def test_mongoengine_updates_in_one_write(course):
    query = EnrollmentDocument.objects(student=1, course=course)

    query.update_one(set_on_insert__id=ObjectId(), add_to_set__points=5, upsert=True)
    query.update_one(add_to_set__points=5)

    assert EnrollmentDocument.objects.get(student=1).points == [5]


def test_mongoengine_aggregates_over_two_collections(course):
    EnrollmentDocument.objects.insert(
        [EnrollmentDocument(student=n, course=course, points=[n, n + 1]) for n in range(3)]
    )

    rows = EnrollmentDocument.objects(student__gt=0).aggregate(
        [
            {"$unwind": "$points"},
            {"$group": {"_id": "$course", "mean": {"$avg": "$points"}}},
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


def _run_concurrently(act) -> list:
    """Call `act(n)` in all threads at once; return the results or errors."""
    ready = threading.Barrier(THREADS)

    def run(n: int):
        ready.wait(timeout=30)
        try:
            return act(n)
        except (pymongo.errors.PyMongoError, mongoengine.errors.OperationError) as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def _success_count(results: list) -> int:
    """Count the successful results; all errors must be about duplicates."""
    errors = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, DuplicateKeyError) for error in errors), errors
    return len(results) - len(errors)
