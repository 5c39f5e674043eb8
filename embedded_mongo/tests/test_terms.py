"""A search for words reads the documents that have all of them, and no others."""

import pytest

from embedded_mongo import terms
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


def test_a_prefix_of_many_strings_is_compared_with_documents(things, monkeypatch):
    monkeypatch.setattr(terms, "MOST_STRINGS", 3)
    words = [["abc1"], ["abc2", "xyz"], ["abc3", "x.y"], ["abc4", "of"], ["xabc"], "abc5 of", None]
    for number, value in enumerate(words):
        things.insert_one({"_id": number, "words": value, "published": number < 3})

    def find(condition: dict) -> list[int]:
        assert things.count_documents(condition) == len(list(things.find(condition)))
        return [each["_id"] for each in things.find(condition)]

    assert find(search("abc")) == [0, 1, 2, 3, 5]
    assert find(search("abc", "of")) == [3]
    assert find(search("abc", "xyz")) == [1]
    assert find({"published": True, **search("abc")}) == [0, 1, 2]
    assert find({"$or": [search("abc", "of"), {"_id": 4}]}) == [3, 4]
    assert find({"$nor": [search("abc")]}) == [4, 6]
    assert find(search("abc\0")) == []


def test_a_search_lists_a_limited_number_of_strings_of_each_word(things, monkeypatch):
    monkeypatch.setattr(terms, "MOST_STRINGS", 10)
    things.insert_many([{"words": [f"common{n}-{m}" for m in range(20)]} for n in range(20)])
    things.find_one(search("common"))
    listed = []
    monkeypatch.setattr(
        terms, "takewhile", lambda test, strings: (listed.append(one) or one for one in strings)
    )

    assert things.count_documents(search("common1", "common")) == 11

    lookups = 2 * 2  # of two words, for the count by the index alone and for the documents
    assert len(listed) <= lookups * (10 + 1)
