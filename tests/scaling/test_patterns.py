"""Every regular expression runs in linear time on any text."""

import re

import pytest

from tests.scaling.growth import problem_with
from tests.scaling.patterns import Use, hostile_texts, text_of, uses

LENGTH = 8_000


def first_problem_with(use: Use, size: int = LENGTH) -> str | None:
    for make in hostile_texts(use.pattern):
        problem = problem_with(use, lambda length, make=make: text_of(make, length), size)
        if problem:
            return f"{use.method} of {make}: {problem}"
    return None


@pytest.mark.parametrize("use", uses(), ids=lambda use: f"{use.where} {use.method}")
def test_a_pattern_matches_in_linear_time(use):
    assert first_problem_with(use) is None


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
def test_a_slow_pattern_is_detected(pattern, method):
    assert first_problem_with(Use("here", re.compile(pattern), method), LENGTH // 2)
