"""What marks say about a quiz and its questions: arithmetic over sums, without the submissions.

Marks and percentages have two decimal places and come as whole hundredths, so that sums of them
and of their products are whole numbers: nothing is rounded before the end, and subtracting two
large ones of them loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from apps.quizzes.grading import rounded

FEW = 20  # below it the figures say more about chance than about the question

Counts = Mapping[int, int]  # how many submissions there are of each percentage, in hundredths


@dataclass(frozen=True)
class Sums:
    """
    Over `n` submissions: sums of a question's mark x, of the others' marks y, and of products.

    All are in hundredths (products in ten-thousandths); `most` is the sum of the question's
    maximum. Whether x and y vary is given apart: sums past 2**53, which engines keep as floating
    point numbers, could not say it.
    """

    n: int
    x: int
    y: int
    xx: int
    yy: int
    xy: int
    most: int
    x_varies: bool
    y_varies: bool


def mean(counts: Counts) -> float | None:
    """Return the mean percentage; None of nothing."""
    n = sum(counts.values())
    return rounded(Fraction(sum(value * k for value, k in counts.items()), 100 * n)) if n else None


def median(counts: Counts) -> float | None:
    """Return the percentage in the middle, or the mean of both that are; None of nothing."""
    n = sum(counts.values())
    if not n:
        return None
    return rounded(Fraction(_nth(counts, (n - 1) // 2) + _nth(counts, n // 2), 200))


def per_cent(part: int, whole: int) -> float | None:
    """Return how many per cent the part is, two places; None of nothing."""
    return rounded(Fraction(100 * part, whole)) if whole else None


def facility(sums: Sums) -> float | None:
    """Return the mean mark ÷ the maximum, in per cent; None where there is nothing to gain."""
    return per_cent(sums.x, sums.most)


def discrimination(sums: Sums) -> float | None:
    """
    Return 100 × the correlation of the question's mark with the sum of the others: −100 to 100.

    None where there are fewer than two submissions, or a variance is 0.
    """
    if not (sums.x_varies and sums.y_varies):
        return None
    # The n (n - 1) that each of these would be divided by cancels out.
    covariance = sums.n * sums.xy - sums.x * sums.y
    x_variance = sums.n * sums.xx - sums.x**2
    y_variance = sums.n * sums.yy - sums.y**2
    if x_variance <= 0 or y_variance <= 0:
        return None
    correlation = covariance / sqrt(x_variance * y_variance)
    return round(100 * max(-1.0, min(1.0, correlation)), 2)


def warning(n: int) -> str | None:
    return "few_attempts" if n < FEW else None


def _nth(counts: Counts, place: int) -> int:
    """Return the value at a place, from 0, among all values in order."""
    for value in sorted(counts):
        place -= counts[value]
        if place < 0:
            return value
    raise IndexError(place)
