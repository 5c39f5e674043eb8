"""The arithmetic alone; `test_statistics.py` compares stored submissions with tables."""

import pytest

from apps.quizzes.item_analysis import Sums, discrimination, facility, mean, median, percentage


def sums_of(x: list[int], y: list[int], *, max_points: int = 100) -> Sums:
    return Sums(
        n=len(x),
        x=sum(x),
        y=sum(y),
        xx=sum(each * each for each in x),
        yy=sum(each * each for each in y),
        xy=sum(a * b for a, b in zip(x, y, strict=True)),
        max_points=max_points * len(x),
        x_varies=len(set(x)) > 1,
        y_varies=len(set(y)) > 1,
    )


@pytest.mark.parametrize(
    ("counts", "middle"),
    [
        ({}, None),
        ({5000: 1}, 50.0),
        ({0: 1, 10000: 1}, 50.0),
        ({3333: 2, 6667: 2}, 50.0),
        ({3333: 1, 6666: 1}, 50.0),  # 49.995, half up
        ({10000: 5, 0: 4}, 100.0),
        ({1000: 1, 2000: 1, 9000: 1}, 20.0),
    ],
)
def test_the_median_of_percentages_by_count(counts, middle):
    assert median(counts) == middle


def test_the_mean_is_rounded_half_up_at_the_end():
    assert mean({0: 1, 1: 1}) == 0.01  # of 0 and 0.01
    assert mean({10000: 2, 0: 1}) == 66.67
    assert mean({}) is None


def test_percentages_of_zero_are_none():
    assert percentage(0, 0) is None
    assert percentage(1, 8) == 12.5
    assert facility(sums_of([0, 0], [1, 2], max_points=0)) is None


def test_the_discrimination_index_is_a_correlation():
    # x - mean = -1 0 1; y - mean = -1 1 0: covariance 1 / 2, variances 1 and 1
    assert discrimination(sums_of([1, 2, 3], [1, 3, 2])) == 50.0


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [2]), ([1, 1], [1, 2]), ([1, 2], [1, 1])])
def test_without_variance_there_is_no_discrimination_index(x, y):
    assert discrimination(sums_of(x, y)) is None


def test_inexact_floating_point_sums_give_a_constant_no_variance():
    constant = 94_906_267  # its square is odd and past 2**53
    exact = sums_of([1, 2, 3], [constant] * 3)
    as_stored = vars(exact) | {"yy": int(sum(float(constant) ** 2 for _ in range(3)))}
    assert as_stored["yy"] != exact.yy

    assert discrimination(Sums(**as_stored)) is None


def test_with_a_variance_that_rounding_made_negative_there_is_no_discrimination_index():
    exact = vars(sums_of([1, 2], [5, 6]))

    assert discrimination(Sums(**exact | {"yy": exact["yy"] - 1})) is None
