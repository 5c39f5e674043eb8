"""Grading: pure, by the key that an attempt holds.

Marks and percentages have two decimal places, rounded half up; whether the quiz is passed is
decided before rounding.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from apps.quizzes.documents import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    Answer,
    QuestionResult,
    QuestionSnapshot,
)
from apps.quizzes.numbers import EXACT, read_number

_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Graded:
    """What a submission was worth, question by question and in all."""

    marks: list[QuestionResult]
    score: float
    max_score: float
    percentage: float
    passed: bool


def grade(
    questions: Sequence[QuestionSnapshot],
    answers: Sequence[Answer],
    *,
    partial_credit: bool,
    pass_mark: int,
) -> Graded:
    """Grade the answers; a question without one counts nothing."""
    given = {answer.question: answer for answer in answers}
    marks = [_mark(question, given.get(question.id), partial_credit) for question in questions]
    score = _sum(mark.points for mark in marks)
    max_score = _sum(mark.max_points for mark in marks)
    share = 100 * score / max_score if max_score else Fraction()
    return Graded(
        marks=marks,
        score=rounded(score),
        max_score=rounded(max_score),
        percentage=rounded(share),
        passed=share >= pass_mark,
    )


def grade_of(percentages: Sequence[float], grading: str) -> float | None:
    """Return what submissions, in their order, come to; None where there is none."""
    if not percentages:
        return None
    match grading:
        case "latest":
            return percentages[-1]
        case "first":
            return percentages[0]
        case "average":
            return rounded_mean(percentages)
        case _:
            return max(percentages)


def rounded(number: Fraction) -> float:
    """Return the number with two decimal places, half up."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return float(exact.quantize(_PLACES, ROUND_HALF_UP))


def rounded_sum(numbers: Iterable[float]) -> float:
    return rounded(_sum(numbers))


def rounded_mean(numbers: Sequence[float]) -> float:
    return rounded(_sum(numbers) / len(numbers))


def fold_answer(text: str) -> str:
    """Return the form in which texts are compared: without case, accents and surplus spaces."""
    # Letter by letter: Python takes n² to put n combining marks in order.
    apart = "".join(unicodedata.normalize("NFKD", letter) for letter in text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    if not bare.strip():  # Only accents: then they count, in Unicode's order.
        bare = "".join(sorted(apart, key=unicodedata.combining))
    return " ".join(bare.split())


def _mark(
    question: QuestionSnapshot, answer: Answer | None, partial_credit: bool
) -> QuestionResult:
    share = _share(question, answer, partial_credit) if answer else Fraction()
    return QuestionResult(
        question=question.id,
        points=rounded(share * _exact(question.points)),
        max_points=question.points,
        correct=share == 1,
    )


def _share(question: QuestionSnapshot, answer: Answer, partial_credit: bool) -> Fraction:
    if question.kind == MULTIPLE:
        return _share_of_several(question, answer, partial_credit)
    if question.kind == SINGLE:
        right = {choice.id for choice in question.choices if choice.is_correct}
        return Fraction(bool(answer.choices) and set(answer.choices) <= right)
    return Fraction(_is_right_text(question, answer.text or ""))


def _share_of_several(question: QuestionSnapshot, answer: Answer, partial_credit: bool) -> Fraction:
    """Right minus wrong, of all that are right, not below zero; or all or nothing."""
    chosen = set(answer.choices or ())
    right = {choice.id for choice in question.choices if choice.is_correct}
    if not partial_credit or not right:
        return Fraction(bool(right) and chosen == right)
    return max(Fraction(), Fraction(len(chosen & right) - len(chosen - right), len(right)))


def _is_right_text(question: QuestionSnapshot, text: str) -> bool:
    if question.kind == NUMERIC:
        return _is_near(read_number(text), read_number(question.answer), question.tolerance or 0)
    folded = fold_answer(text)
    accepted = question.answer.splitlines() if question.kind == SHORT_TEXT else [question.answer]
    return bool(folded) and folded in {fold_answer(one) for one in accepted}


def _is_near(given: Decimal | None, wanted: Decimal | None, tolerance: float) -> bool:
    if given is None or wanted is None:
        return False
    return EXACT.abs(EXACT.subtract(given, wanted)) <= Decimal(repr(tolerance))


def _sum(numbers: Iterable[float]) -> Fraction:
    return sum(map(_exact, numbers), Fraction())


def _exact(number: float) -> Fraction:
    """Return the decimal that was meant: 0.1 is a tenth."""
    return Fraction(repr(number))
