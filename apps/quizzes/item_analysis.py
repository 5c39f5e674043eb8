"""
Item analysis: the statistics of a quiz and its questions, computed from sums over submissions.

Points and percentages have two decimal places and are passed as integers, in hundredths. So all
sums and products are exact: results are rounded only once, and subtracting large sums loses no
precision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal

from apps.quizzes.grading import rounded

MIN_SUBMISSIONS = 20  # with fewer, statistics depend more on chance than on the question

SampleWarning = Literal["few_attempts"]
Counts = Mapping[int, int]  # the number of submissions by percentage, in hundredths


@dataclass(frozen=True)
class Sums:
    """
    Sums over `n` submissions: the question's points x, the other questions' points y, and products.

    All are in hundredths (products in ten-thousandths); `max_points` is the sum of the question's
    maximum points. Whether x and y vary is stored separately, because sums beyond 2**53, which
    some engines store as floating-point numbers, are too inexact to tell.
    """

    n: int
    x: int
    y: int
    xx: int
    yy: int
    xy: int
    max_points: int
    x_varies: bool
    y_varies: bool


def mean(counts: Counts) -> float | None:
    """Return the mean percentage, or None if there are no submissions."""
    n = sum(counts.values())
    return rounded(Fraction(sum(value * k for value, k in counts.items()), 100 * n)) if n else None


def median(counts: Counts) -> float | None:
    """Return the median percentage, or None if there are no submissions."""
    n = sum(counts.values())
    if not n:
        return None
    return rounded(Fraction(_nth(counts, (n - 1) // 2) + _nth(counts, n // 2), 200))


def percentage(part: int, whole: int) -> float | None:
    """Return the part in percent of the whole, or None if the whole is 0."""
    return rounded(Fraction(100 * part, whole)) if whole else None


def facility(sums: Sums) -> float | None:
    """Return the facility index: mean points in percent of the maximum; None if that is 0."""
    return percentage(sums.x, sums.max_points)


def discrimination(sums: Sums) -> float | None:
    """
    Return the discrimination index: 100 × the correlation of the question's points with the points
    for all other questions, from −100 to 100.

    It is None with fewer than two submissions, and if one of the two does not vary.
    """
    if not (sums.x_varies and sums.y_varies):
        return None
    # The common divisor n (n - 1) cancels out.
    covariance = sums.n * sums.xy - sums.x * sums.y
    x_variance = sums.n * sums.xx - sums.x**2
    y_variance = sums.n * sums.yy - sums.y**2
    if x_variance <= 0 or y_variance <= 0:
        return None
    correlation = covariance / sqrt(x_variance * y_variance)
    return round(100 * max(-1.0, min(1.0, correlation)), 2)


def sample_warning(n: int) -> SampleWarning | None:
    return "few_attempts" if n < MIN_SUBMISSIONS else None


def _nth(counts: Counts, position: int) -> int:
    """Return the value at a position, from 0, of all values in ascending order."""
    for value in sorted(counts):
        position -= counts[value]
        if position < 0:
            return value
    raise IndexError(position)
