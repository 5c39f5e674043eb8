"""
Measure the embedded store, and compare it with plain mongomock.

Run `python -m tests.benchmarks.embedded [documents …]` (default: 1,000 and 50,000 documents) for
medians in microseconds, or `python -m tests.benchmarks.embedded ratios` for the ratios between two
measurements of the same run, which depend little on the machine.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from threading import Event, Thread
from typing import Any

import mongomock

from embedded_mongo import EmbeddedClient

SIZES = (1_000, 50_000)
MAX_SECONDS = 1.0  # for one measurement
MAX_RUNS = 400

Durations = dict[str, float]


def microseconds(call: Callable[[], Any]) -> float:
    """Return the median of as many calls as `MAX_SECONDS` allows, but at least three."""
    durations: list[float] = []
    while len(durations) < 3 or (sum(durations) < MAX_SECONDS and len(durations) < MAX_RUNS):
        start = time.perf_counter()
        call()
        durations.append(time.perf_counter() - start)
    return median(durations) * 1_000_000


def operations(enrollments: Any, size: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    existing = (number * 7_919 % size for number in count())
    new = count(size)

    def pair() -> dict[str, int]:
        number = next(existing)
        return {"student": number // 10, "course": number % 10}

    yield "find by _id", lambda: enrollments.find_one({"_id": next(existing)})
    yield "find by a unique pair", lambda: enrollments.find_one(pair())
    yield (
        "find by its leading field",
        lambda: list(enrollments.find({"student": next(existing) // 10})),
    )
    yield (
        "find by an array element",
        lambda: list(enrollments.find({"words": f"w{next(existing)}"})),
    )
    yield (
        "find by $in of three",
        lambda: list(enrollments.find({"_id": {"$in": [1, 2, next(existing)]}})),
    )
    yield "insert one", lambda: enrollments.insert_one(_enrollment(next(new)))
    yield "update one", lambda: enrollments.update_one({"_id": next(existing)}, {"$inc": {"n": 1}})
    yield (
        "upsert one",
        lambda: enrollments.update_one(_pair(next(new)), {"$inc": {"n": 1}}, upsert=True),
    )
    yield (
        "find and modify",
        lambda: enrollments.find_one_and_update({"_id": next(existing)}, {"$inc": {"n": 1}}),
    )
    yield "delete one", lambda: enrollments.delete_one({"_id": next(existing)})
    yield "scan of all", lambda: list(enrollments.find({"n": {"$gte": 0}}))


def measure(enrollments: Any, size: int) -> Durations:
    return {name: microseconds(call) for name, call in operations(enrollments, size)}


def fill(enrollments: Any, size: int) -> None:
    enrollments.insert_many([_enrollment(number) for number in range(size)])


def create_indexes(enrollments: Any) -> None:
    enrollments.create_index([("student", 1), ("course", 1)], unique=True)
    enrollments.create_index("words")


def embedded(size: int, synchronous: str) -> Durations:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lms.db"
        client = EmbeddedClient(path=path, synchronous=synchronous)
        create_indexes(client.lms.enrollments)
        start = time.perf_counter()
        fill(client.lms.enrollments, size)
        filled = (time.perf_counter() - start) * 1_000_000
        client.close()
        start = time.perf_counter()
        client = EmbeddedClient(path=path, synchronous=synchronous)
        opened = (time.perf_counter() - start) * 1_000_000
        measured = measure(client.lms.enrollments, size)
        client.close()
    return {"open the file": opened, "insert all at once": filled} | measured


def plain_mongomock(size: int) -> Durations:
    enrollments = mongomock.MongoClient().lms.enrollments
    fill(enrollments, size)  # With the index, this would take an hour.
    create_indexes(enrollments)
    return measure(enrollments, size)


def show(title: str, small: Durations, large: Durations, sizes: tuple[int, int]) -> None:
    print(f"\n{title:28}{sizes[0]:>12,}{sizes[1]:>14,}{'ratio':>9}")
    for name, duration in small.items():
        ratio = large[name] / duration
        print(f"{name:28}{duration:>12,.0f}{large[name]:>14,.0f}{ratio:>9.1f}")


def update_ratio(client: EmbeddedClient) -> float:
    """Return the duration of an update of one field of a 1 MB document ÷ of a 1 kB document."""
    things = client.db.things
    sizes = {"small": 1_000, "large": 1_000_000}
    things.insert_many(
        [{"_id": _id, "n": 0, "text": ["x" * 500] * (size // 500)} for _id, size in sizes.items()]
    )
    small, large = (
        microseconds(lambda _id=_id: things.update_one({"_id": _id}, {"$inc": {"n": 1}}))
        for _id in sizes
    )
    return large / small


def reader_ratio(client: EmbeddedClient) -> float:
    """Return the duration of a read while another thread writes in a loop ÷ of a read alone."""
    enrollments, is_done = client.db.enrollments, Event()
    enrollments.insert_many([_enrollment(number) for number in range(1_000)])

    def read() -> None:
        enrollments.find_one({"_id": 7})

    def write() -> None:
        while not is_done.is_set():
            enrollments.update_one({"_id": 8}, {"$inc": {"n": 1}})

    alone = microseconds(read)
    writer = Thread(target=write)
    writer.start()
    try:
        return microseconds(read) / alone
    finally:
        is_done.set()
        writer.join()


def show_ratios() -> None:
    with tempfile.TemporaryDirectory() as folder:
        client = EmbeddedClient(path=Path(folder) / "store.db")
        print(f"update one field, 1 MB ÷ 1 kB document: {update_ratio(client):.1f}")
        print(f"read while another thread writes ÷ alone: {reader_ratio(client):.1f}")
        client.close()


def main(sizes: tuple[int, int]) -> None:
    for synchronous in ("FULL", "NORMAL"):
        small, large = (embedded(size, synchronous) for size in sizes)
        show(f"embedded, {synchronous} (µs)", small, large, sizes)
    print(f"\npeak memory: {getrusage(RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    small, large = (plain_mongomock(size) for size in sizes)
    show("plain mongomock (µs)", small, large, sizes)


def _pair(number: int) -> dict[str, Any]:
    return {"student": number // 10, "course": number % 10}


def _enrollment(number: int) -> dict[str, Any]:
    words = [f"w{number}", "all"]
    return {"_id": number, **_pair(number), "n": 0, "words": words, "text": "x" * 200}


if __name__ == "__main__":
    if sys.argv[1:] == ["ratios"]:
        show_ratios()
    else:
        sizes = tuple(int(argument) for argument in sys.argv[1:]) or SIZES
        main((sizes[0], sizes[-1]))
