"""
Grade answers by the answer key of an attempt; all functions are pure.

Points and percentages have two decimal places and are rounded half up. Whether a submission passes
is decided before rounding.
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
from apps.quizzes.numbers import EXACT, parse_number

_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class GradingResult:
    """The result of a submission, for each question and in total."""

    results: list[QuestionResult]
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
) -> GradingResult:
    """Grade the answers; an unanswered question earns no points."""
    answers_by_id = {answer.question: answer for answer in answers}
    results = [
        _grade_question(question, answers_by_id.get(question.id), partial_credit)
        for question in questions
    ]
    score = _sum(result.points for result in results)
    max_score = _sum(result.max_points for result in results)
    share = 100 * score / max_score if max_score else Fraction()
    return GradingResult(
        results=results,
        score=rounded(score),
        max_score=rounded(max_score),
        percentage=rounded(share),
        passed=share >= pass_mark,
    )


def quiz_grade(percentages: Sequence[float], grading: str) -> float | None:
    """Return the grade for the percentages of all submissions, in order; None without any."""
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
    """Round half up to two decimal places."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return float(exact.quantize(_PLACES, ROUND_HALF_UP))


def rounded_sum(numbers: Iterable[float]) -> float:
    return rounded(_sum(numbers))


def rounded_mean(numbers: Sequence[float]) -> float:
    return rounded(_sum(numbers) / len(numbers))


def normalize_answer(text: str) -> str:
    """Return the text without case, accents and extra spaces, for comparisons."""
    # Letter by letter, because Python takes n² steps to order n combining marks.
    decomposed = "".join(unicodedata.normalize("NFKD", letter) for letter in text.casefold())
    base = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if not base.strip():  # A text of only accents is compared by them, in Unicode's order.
        base = "".join(sorted(decomposed, key=unicodedata.combining))
    return " ".join(base.split())


def _grade_question(
    question: QuestionSnapshot, answer: Answer | None, partial_credit: bool
) -> QuestionResult:
    share = _credit(question, answer, partial_credit) if answer else Fraction()
    return QuestionResult(
        question=question.id,
        points=rounded(share * _exact(question.points)),
        max_points=question.points,
        correct=share == 1,
    )


def _credit(question: QuestionSnapshot, answer: Answer, partial_credit: bool) -> Fraction:
    """Return the share of the points that the answer earns, from 0 to 1."""
    if question.kind == MULTIPLE:
        return _credit_for_choices(question, answer, partial_credit)
    if question.kind == SINGLE:
        correct = {choice.id for choice in question.choices if choice.is_correct}
        return Fraction(bool(answer.choices) and set(answer.choices) <= correct)
    return Fraction(_is_correct_text(question, answer.text or ""))


def _credit_for_choices(
    question: QuestionSnapshot, answer: Answer, partial_credit: bool
) -> Fraction:
    """
    Return the credit for a question with several correct choices: all or nothing.

    With partial credit it is the number of correct minus incorrect selections, at least 0, divided
    by the number of correct choices.
    """
    selected = set(answer.choices or ())
    correct = {choice.id for choice in question.choices if choice.is_correct}
    if not partial_credit or not correct:
        return Fraction(bool(correct) and selected == correct)
    balance = len(selected & correct) - len(selected - correct)
    return max(Fraction(), Fraction(balance, len(correct)))


def _is_correct_text(question: QuestionSnapshot, text: str) -> bool:
    if question.kind == NUMERIC:
        number, expected = parse_number(text), parse_number(question.answer)
        return _is_within(number, expected, question.tolerance or 0)
    normalized = normalize_answer(text)
    accepted = question.answer.splitlines() if question.kind == SHORT_TEXT else [question.answer]
    return bool(normalized) and normalized in {normalize_answer(answer) for answer in accepted}


def _is_within(number: Decimal | None, expected: Decimal | None, tolerance: float) -> bool:
    if number is None or expected is None:
        return False
    return EXACT.abs(EXACT.subtract(number, expected)) <= Decimal(repr(tolerance))


def _sum(numbers: Iterable[float]) -> Fraction:
    return sum(map(_exact, numbers), Fraction())


def _exact(number: float) -> Fraction:
    """Return the decimal number that the float stands for: exactly 1/10 for 0.1."""
    return Fraction(repr(number))
