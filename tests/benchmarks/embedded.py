"""
How long the store takes among 1,000 and among 50,000 documents, beside plain mongomock.

`python -m tests.benchmarks.embedded [documents …]`; medians, in microseconds but for opening.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

import mongomock

from embedded_mongo import EmbeddedClient

SIZES = (1_000, 50_000)
PATIENCE = 1.0  # seconds for one measurement
MOST_RUNS = 400

Measured = dict[str, float]


def microseconds(act: Callable[[], Any]) -> float:
    """Return the median of as many runs as there is patience for, but of three at least."""
    taken: list[float] = []
    while len(taken) < 3 or (sum(taken) < PATIENCE and len(taken) < MOST_RUNS):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return median(taken) * 1_000_000


def actions(places: Any, size: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    some = (number * 7_919 % size for number in count())
    new = count(size)

    def pair() -> dict[str, int]:
        number = next(some)
        return {"student": number // 10, "course": number % 10}

    yield "find by _id", lambda: places.find_one({"_id": next(some)})
    yield "find by a unique pair", lambda: places.find_one(pair())
    yield "find by its leading field", lambda: list(places.find({"student": next(some) // 10}))
    yield "find by an element", lambda: list(places.find({"words": f"w{next(some)}"}))
    yield "find by $in of three", lambda: list(places.find({"_id": {"$in": [1, 2, next(some)]}}))
    yield "insert under it", lambda: places.insert_one(_place(next(new)))
    yield "update one", lambda: places.update_one({"_id": next(some)}, {"$inc": {"n": 1}})
    yield (
        "upsert one",
        lambda: places.update_one(_place_of(next(new)), {"$inc": {"n": 1}}, upsert=True),
    )
    yield (
        "find and modify",
        lambda: places.find_one_and_update({"_id": next(some)}, {"$inc": {"n": 1}}),
    )
    yield "delete one", lambda: places.delete_one({"_id": next(some)})
    yield "scan of all", lambda: list(places.find({"n": {"$gte": 0}}))


def measure(places: Any, size: int) -> Measured:
    return {name: microseconds(act) for name, act in actions(places, size)}


def fill(places: Any, size: int) -> None:
    places.insert_many([_place(number) for number in range(size)])


def declare(places: Any) -> None:
    places.create_index([("student", 1), ("course", 1)], unique=True)
    places.create_index("words")


def embedded(size: int, synchronous: str) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lms.db"
        client = EmbeddedClient(path=path, synchronous=synchronous)
        declare(client.lms.places)
        began = time.perf_counter()
        fill(client.lms.places, size)
        filled = (time.perf_counter() - began) * 1_000_000
        client.close()
        began = time.perf_counter()
        client = EmbeddedClient(path=path, synchronous=synchronous)
        opened = (time.perf_counter() - began) * 1_000_000
        measured = measure(client.lms.places, size)
        client.close()
    return {"open the file": opened, "insert all at once": filled} | measured


def plain_mongomock(size: int) -> Measured:
    places = mongomock.MongoClient().lms.places
    fill(places, size)  # before the index: under it, this alone would take an hour
    declare(places)
    return measure(places, size)


def show(title: str, small: Measured, large: Measured, sizes: tuple[int, int]) -> None:
    print(f"\n{title:28}{sizes[0]:>12,}{sizes[1]:>14,}{'ratio':>9}")
    for name, taken in small.items():
        ratio = large[name] / taken
        print(f"{name:28}{taken:>12,.0f}{large[name]:>14,.0f}{ratio:>9.1f}")


def main(sizes: tuple[int, int]) -> None:
    for synchronous in ("FULL", "NORMAL"):
        small, large = (embedded(size, synchronous) for size in sizes)
        show(f"embedded, {synchronous} (µs)", small, large, sizes)
    print(f"\nresident at most: {getrusage(RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    small, large = (plain_mongomock(size) for size in sizes)
    show("plain mongomock (µs)", small, large, sizes)


def _place_of(number: int) -> dict[str, Any]:
    return {"student": number // 10, "course": number % 10}


def _place(number: int) -> dict[str, Any]:
    words = [f"w{number}", "all"]
    return {"_id": number, **_place_of(number), "n": 0, "words": words, "text": "x" * 200}


if __name__ == "__main__":
    given = tuple(int(argument) for argument in sys.argv[1:]) or SIZES
    main((given[0], given[-1]))
