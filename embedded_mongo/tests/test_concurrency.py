import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure

from embedded_mongo.fair_lock import FairLock

RACERS = 50


def race(call) -> list:
    """Run a call in all threads at once, and return the results and duplicate key errors."""
    barrier = Barrier(RACERS)

    def run(number: int):
        barrier.wait()
        try:
            return call(number)
        except DuplicateKeyError as error:
            return error

    with ThreadPoolExecutor(RACERS) as racers:
        return list(racers.map(run, range(RACERS)))


def test_only_one_of_fifty_equal_inserts_succeeds(things):
    """In mongomock, all can fail or two can succeed."""
    things.create_index([("student", 1), ("course", 1)], unique=True)

    results = race(lambda number: things.insert_one({"_id": number, "student": 1, "course": 1}))

    assert sum(isinstance(result, DuplicateKeyError) for result in results) == RACERS - 1
    assert things.count_documents({}) == 1


def test_fifty_concurrent_upserts_create_one_document_and_all_apply(things):
    things.create_index("name", unique=True)

    race(lambda _: things.update_one({"name": "a"}, {"$inc": {"n": 1}}, upsert=True))

    assert [each["n"] for each in things.find()] == [RACERS]


def test_threads_that_create_the_same_collection_share_it(client, reopen):
    race(lambda number: client.db["fresh"].insert_one({"_id": number}))

    assert client.db.fresh.count_documents({}) == RACERS
    assert reopen(client).db.fresh.count_documents({}) == RACERS


def test_find_and_modify_gives_each_thread_another_document(things):
    things.insert_many([{"_id": number, "assigned": False} for number in range(RACERS)])

    results = race(
        lambda _: things.find_one_and_update({"assigned": False}, {"$set": {"assigned": True}})
    )

    assert sorted(result["_id"] for result in results) == list(range(RACERS))


def test_readers_see_only_complete_updates(things):
    things.insert_many([{"_id": number, "a": 0, "b": 0} for number in range(50)])
    torn = []

    def read():
        for _ in range(20):
            torn.extend(each for each in things.find() if each["a"] != each["b"])

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(30):
        things.update_many({}, {"$inc": {"a": 1, "b": 1}})
    for reader in readers:
        reader.join()

    assert torn == []


def test_an_unfinished_read_or_a_stored_exception_blocks_no_writer(things):
    """A generator that held the lock would live as long as an exception that refers to it."""
    things.insert_many([{"_id": number, "a": number} for number in range(10)])
    things.create_index("a", unique=True)
    unfinished = things.find()
    next(unfinished)
    rows = things._iter_documents({})
    next(rows)
    with pytest.raises(OperationFailure) as invalid:
        list(things.find({"a": {"$nonsense": 1}}))
    with pytest.raises(DuplicateKeyError) as duplicate_id:
        things.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as duplicate_value:
        things.update_one({"_id": {"$gte": 1}}, {"$set": {"a": 2}})

    writer = Thread(target=things.insert_one, args=({"_id": 11},), daemon=True)
    writer.start()
    writer.join(timeout=60)

    assert not writer.is_alive()
    assert len(list(unfinished)) == 9
    del rows, invalid, duplicate_id, duplicate_value


def test_a_waiting_thread_gets_the_lock_before_it_is_acquired_again():
    lock, order = FairLock(), []

    def wait_for_lock() -> None:
        with lock:
            order.append("waiting")

    waiting = Thread(target=wait_for_lock)
    with lock, lock:
        waiting.start()
        while not lock._next.locked():
            time.sleep(0.01)
    with lock:
        order.append("again")
    waiting.join()

    assert order == ["waiting", "again"]
