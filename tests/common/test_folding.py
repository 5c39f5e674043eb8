import time

import pytest

from apps.common.folding import fold_name, fold_words, matching_words


@pytest.mark.parametrize(
    ("one", "other"), [("AL", "al"), ("ａｌ", "al"), ("ß", "SS"), ("É", "E\u0301"), ("ﬁ", "FI")]
)
def test_names_that_look_alike_are_the_same(one, other):
    assert fold_name(one) == fold_name(other)


def test_accents_tell_names_apart():
    assert fold_name("resume") != fold_name("résumé")


def test_words_are_found_without_case_and_accents():
    assert fold_words("Čeština, ČEŠTINA & naïve_42!") == ["42", "cestina", "naive"]
    assert fold_words("𝔘niverse Ｌogic") == ["logic", "universe"]


@pytest.mark.parametrize("search", ["(a+)+$", ".*", "\\", "[", "a.b"])
def test_nothing_of_a_search_is_a_regular_expression(search):
    patterns = [part["words"]["$regex"] for part in matching_words(search).get("$and", [])]

    assert all(pattern.lstrip("^").isalnum() for pattern in patterns)


def test_a_search_without_words_finds_nothing():
    assert matching_words(" .*+ ") == {"_id": {"$in": []}}


def test_marks_in_any_order_are_left_out_in_no_time():
    began = time.thread_time()

    assert fold_words("a" + "\u0301\u0323" * 50_000) == ["a"]
    assert time.thread_time() - began < 1
