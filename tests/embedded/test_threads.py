from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure

from embedded_mongo.fair_lock import FairLock
from tests.waiting import wait_until

RACERS = 50


def race(act) -> list:
    """Let all begin at once, and return what each got or the error that it met."""
    barrier = Barrier(RACERS)

    def run(number: int):
        barrier.wait()
        try:
            return act(number)
        except DuplicateKeyError as error:
            return error

    with ThreadPoolExecutor(RACERS) as racers:
        return list(racers.map(run, range(RACERS)))


def test_of_fifty_that_insert_the_same_exactly_one_wins(things):
    """Trap 7: in mongomock all can fail, or two succeed."""
    things.create_index([("student", 1), ("course", 1)], unique=True)

    got = race(lambda number: things.insert_one({"_id": number, "student": 1, "course": 1}))

    assert sum(isinstance(each, DuplicateKeyError) for each in got) == RACERS - 1
    assert things.count_documents({}) == 1


def test_of_fifty_upserts_one_makes_and_all_count(things):
    things.create_index("name", unique=True)

    race(lambda _: things.update_one({"name": "a"}, {"$inc": {"n": 1}}, upsert=True))

    assert [each["n"] for each in things.find()] == [RACERS]


def test_fifty_first_uses_of_a_collection_share_it(client, reopened):
    race(lambda number: client.lms["fresh"].insert_one({"_id": number}))

    assert client.lms.fresh.count_documents({}) == RACERS
    assert reopened(client).lms.fresh.count_documents({}) == RACERS


def test_each_of_fifty_takes_another_one(things):
    things.insert_many([{"_id": number, "taken": False} for number in range(RACERS)])

    got = race(lambda _: things.find_one_and_update({"taken": False}, {"$set": {"taken": True}}))

    assert sorted(each["_id"] for each in got) == list(range(RACERS))


def test_reading_goes_on_while_others_write(things):
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


def test_whoever_stopped_half_way_holds_nobody_up(things):
    """Trap 3: a generator that holds the lock lives as long as the exception that names it."""
    things.insert_many([{"_id": number, "a": number} for number in range(10)])
    things.create_index("a", unique=True)
    half_way = things.find()
    next(half_way)
    inside = things._iter_documents({})
    next(inside)
    with pytest.raises(OperationFailure) as kept:
        list(things.find({"a": {"$nonsense": 1}}))
    with pytest.raises(DuplicateKeyError) as kept_too:
        things.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as kept_as_well:
        things.update_one({"_id": {"$gte": 1}}, {"$set": {"a": 2}})

    others = Thread(target=things.insert_one, args=({"_id": 11},), daemon=True)
    others.start()
    others.join(timeout=60)

    assert not others.is_alive()
    assert len(list(half_way)) == 9
    del inside, kept, kept_too, kept_as_well


def test_a_waiting_thread_gets_the_lock_before_another_takes_it_again():
    lock, order = FairLock(), []

    def wait_for_it() -> None:
        with lock:
            order.append("waiting")

    waiting = Thread(target=wait_for_it)
    with lock, lock:
        waiting.start()
        wait_until(lock._next.locked)
    with lock:
        order.append("again")
    waiting.join()

    assert order == ["waiting", "again"]
