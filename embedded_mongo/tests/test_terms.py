"""A search for words reads the documents that have all of them, and no others."""

import pytest

from embedded_mongo.terms import split_search

FEW, FOUR_TIMES = 100, 400
COMMON = [f"common{letter}" for letter in "abcdefghij"]


def search(*words: str) -> dict:
    return {
        "$and": [{"words": {"$regex": f"^{word}"} if len(word) > 2 else word} for word in words]
    }


def insert_courses(things, number: int) -> None:
    things.delete_many({})
    things.insert_many(
        [
            {"_id": each, "published": each % 2 == 0, "words": [*COMMON, "of", f"rare{each}x"]}
            for each in range(number)
        ]
    )


@pytest.fixture(autouse=True)
def _indexes(things):
    things.create_index("words")
    things.create_index("published")


@pytest.mark.parametrize("number", [FEW, FOUR_TIMES])
@pytest.mark.parametrize(
    "condition",
    [
        search(*COMMON, "of", "rare7x"),
        search("rare7x", *COMMON),
        {"published": False, **search(*COMMON, "rare7x")},
        {"$and": [{"published": {"$ne": True}}, search("common", "rare7x")]},
        {"_id": {"$in": [7, 8]}, **search("common", "rare7x")},
        {"removed": None, "$or": [search("common", "rare7x"), {"_id": 7}]},
    ],
)
def test_a_search_reads_only_documents_with_all_words(things, decoded, number, condition):
    insert_courses(things, number)
    things.find_one(search("common"))

    assert [each["_id"] for each in things.find(condition)] == [7]
    assert decoded.count(lambda: list(things.find(condition))) <= 2
    assert decoded.count(lambda: things.count_documents(condition)) <= 2


def test_words_of_all_documents_are_not_compared_with_each_document(things, decoded, monkeypatch):
    """More words would otherwise add comparisons with each document."""
    insert_courses(things, FEW)
    compared = []
    monkeypatch.setattr(
        "embedded_mongo.read_operations.matches",
        lambda condition, _document: compared.append(condition),
    )
    list(things.find({"published": True, **search(*COMMON, "of")}))

    assert len(compared) == FEW // 2
    assert all(condition == {"$and": [{"published": True}]} for condition in compared)
    assert decoded.count(lambda: things.count_documents(search(*COMMON, "of"))) == 0


def test_a_search_finds_later_writes(things):
    insert_courses(things, FEW)
    for _ in range(5):
        assert things.count_documents(search("rare7")) == 11
        things.update_one({"_id": 7}, {"$set": {"words": ["changed"]}})
        assert things.count_documents(search("rare7")) == 10
        assert things.count_documents(search("cha")) == 1
        things.update_one({"_id": 7}, {"$set": {"words": ["rare7x"]}})
        assert things.count_documents(search("cha")) == 0


def test_removed_words_are_dropped_when_they_outnumber_the_others(things):
    insert_courses(things, FEW)
    things.find_one(search("rare"))
    strings = things._store._indexes["words_1"]._strings
    for number in range(1_000):
        things.update_one({"_id": 7}, {"$set": {"words": [f"short-lived{number}"]}})
        things.find_one(search("rare"))

    assert len(strings._sorted) < 2 * FEW + 200


def test_only_literal_prefixes_are_looked_up():
    for pattern in ("x", "^x.", "^x|y", "^[x]", "^x$", "^\\w", "^x\\", "^(x)"):
        assert split_search({"words": {"$regex": pattern}}, {"words"}) is None, pattern
    for pattern, text in (("^a\\.b", "a.b"), ("^\\\\", "\\"), ("^é@", "é@"), ("^", "")):
        result = split_search({"words": {"$regex": pattern}}, {"words"})
        assert [term.text for term in result.terms] == [text]
    assert split_search({"words": {"$regex": "^x", "$options": "i"}}, {"words"}) is None
    assert split_search({"words": "x", "other": "y"}, {"words", "other"}) is None
