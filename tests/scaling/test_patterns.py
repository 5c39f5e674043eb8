"""No regular expression takes longer than in proportion to its text, whatever the text is."""

import re

import pytest

from tests.scaling.growth import problem_with
from tests.scaling.patterns import Use, hostile_texts, text_of, uses

LENGTH = 8_000


def problems_of(use: Use, length: int = LENGTH) -> list[str]:
    found = []
    for make in hostile_texts(use.pattern):
        problem = problem_with(use, lambda length, make=make: text_of(make, length), length)
        if problem:
            found.append(f"{use.method} of {make}: {problem}")
    return found


@pytest.mark.parametrize("use", uses(), ids=lambda use: f"{use.where} {use.method}")
def test_a_pattern_takes_time_in_proportion_to_its_text(use):
    assert problems_of(use) == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', "finditer"),
        (r"[\w.+-]+@[\w-]+(\.[\w-]+)+", "sub"),
        (r"(?:password|token|key)\w*\s*[:=]", "sub"),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "sub"),
        (r"\d+\.\d\d", "search"),
        (r"\s+$", "sub"),
        (r"(a+)+$", "fullmatch"),
        (r"<!--.*?-->", "sub"),
    ],
)
def test_a_slow_pattern_is_found(pattern, method):
    assert problems_of(Use("here", re.compile(pattern), method))
