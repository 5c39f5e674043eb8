"""
Moodle's questions, whatever the format of the file, and their conversion to drafts.

Feedback on single answers becomes lines of the explanation. A question that would be graded
differently here is reported as unsupported, with one of the kinds below.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.common.invisible_characters import remove_invisible
from apps.quizzes.interchange import wildcards
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    ChoiceDraft,
    QuestionDraft,
)
from apps.quizzes.interchange.errors import InvalidFile, UnsupportedQuestion
from apps.quizzes.interchange.text import join_lines
from apps.quizzes.numbers import parse_number

MULTICHOICE, TRUEFALSE = "multichoice", "truefalse"
SHORTANSWER, NUMERICAL = "shortanswer", "numerical"

PARTIAL_CHOICE = "multichoice_partial_credit"  # for a choice, where one may be selected
UNEQUAL_CHOICES = "multichoice_unequal_weights"
PARTIAL_ANSWER = "shortanswer_partial_credit"
WILDCARD = "shortanswer_wildcard"  # `*` matches any text
PARTIAL_NUMBER = "numerical_partial_credit"
SEVERAL_NUMBERS = "numerical_several_answers"
ANY_NUMBER = "numerical_wildcard"
UNITS = "numerical_units"

FULL_WEIGHT = Decimal(100)  # percent
WEIGHT_TOLERANCE = Decimal(1)  # 33, 33 and 34 percent are meant to be equal


@dataclass(frozen=True)
class Answer:
    """
    A choice or an accepted answer.

    :param weight: the percentage of the question's points
    :param as_typed: the same number as the instructor has typed it
    """

    text: str
    weight: Decimal = FULL_WEIGHT
    feedback: str = ""
    tolerance: str | None = None
    as_typed: str = ""


@dataclass(frozen=True)
class MoodleQuestion:
    line: int
    kind: str
    text: str
    answers: Sequence[Answer]
    single: bool = False  # whether only one choice may be selected
    points: str = "1"
    feedback: str = ""  # for all answers


def to_draft(question: MoodleQuestion) -> QuestionDraft:
    """
    Convert the question; the draft may still exceed limits.

    :raises UnsupportedQuestion: the question would be graded differently
    :raises InvalidFile: the answer key is invalid, or a number is not a number
    """
    answer_key = _CONVERTERS[question.kind](question)
    return QuestionDraft(
        text=question.text,
        points=_points(question.points),
        explanation=_explanation(question),
        line=question.line,
        **answer_key,
    )


def _choices(question: MoodleQuestion) -> dict:
    if question.single and any(0 < answer.weight < FULL_WEIGHT for answer in question.answers):
        raise UnsupportedQuestion(PARTIAL_CHOICE)
    positive = [answer.weight for answer in question.answers if answer.weight > 0]
    if positive and max(positive) - min(positive) > WEIGHT_TOLERANCE:
        raise UnsupportedQuestion(UNEQUAL_CHOICES)
    choices = [
        ChoiceDraft(remove_invisible(join_lines(answer.text)).strip(), answer.weight > 0)
        for answer in question.answers
    ]
    return {"kind": SINGLE if question.single else MULTIPLE, "choices": choices}


def _true_or_false(question: MoodleQuestion) -> dict:
    right = [answer.text for answer in question.answers if answer.weight == FULL_WEIGHT]
    if len(right) != 1 or {answer.text for answer in question.answers} != {"true", "false"}:
        raise InvalidFile("invalid_true_false")
    return {"kind": TRUE_FALSE, "answer": right[0]}


def _accepted_texts(question: MoodleQuestion) -> dict:
    right = _right_answers(question, unsupported=PARTIAL_ANSWER)
    if any(wildcards.has_wildcard(answer.text) for answer in right):
        raise UnsupportedQuestion(WILDCARD)
    texts = [join_lines(wildcards.unescape(answer.text)) for answer in right]
    if not all(texts):
        raise InvalidFile("answer_without_text")
    return {"kind": SHORT_TEXT, "answer": "\n".join(texts)}


def _number(question: MoodleQuestion) -> dict:
    right = _right_answers(question, unsupported=PARTIAL_NUMBER)
    if len(right) > 1:
        raise UnsupportedQuestion(SEVERAL_NUMBERS)
    if not right:
        return {"kind": NUMERIC}
    if right[0].text == "*":
        raise UnsupportedQuestion(ANY_NUMBER)
    return {
        "kind": NUMERIC,
        "answer": _number_as_typed(right[0]),
        "tolerance": _tolerance(right[0].tolerance),
    }


_CONVERTERS = {
    MULTICHOICE: _choices,
    TRUEFALSE: _true_or_false,
    SHORTANSWER: _accepted_texts,
    NUMERICAL: _number,
}


def _right_answers(question: MoodleQuestion, *, unsupported: str) -> list[Answer]:
    """
    Return the answers that earn all points; those that earn none only have feedback.

    :raises UnsupportedQuestion: an answer earns some of the points
    """
    if any(0 < answer.weight < FULL_WEIGHT for answer in question.answers):
        raise UnsupportedQuestion(unsupported)
    return [answer for answer in question.answers if answer.weight >= FULL_WEIGHT]


def _number_as_typed(answer: Answer) -> str:
    is_same = answer.as_typed and parse_number(answer.as_typed) == parse_number(answer.text)
    return answer.as_typed if is_same else answer.text


def _tolerance(text: str | None) -> float | None:
    if text is None:
        return None
    number = parse_number(text)
    if number is None or number < 0 or math.isinf(float(number)):
        raise InvalidFile("invalid_tolerance")
    return float(number)


def _points(text: str) -> float:
    number = parse_number(text)
    if number is None:
        raise InvalidFile("invalid_points")
    return float(number)


def _explanation(question: MoodleQuestion) -> str:
    answer_feedback = [
        f"“{join_lines(answer.text)}”: {answer.feedback}"
        for answer in question.answers
        if answer.feedback
    ]
    return "\n".join(part for part in (question.feedback, *answer_feedback) if part)
