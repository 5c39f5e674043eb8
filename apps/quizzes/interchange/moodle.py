"""
A question as Moodle has it, whatever file it was in, and what it is here.

Feedback to single answers becomes lines of the explanation. Where marks would not be what they
were, the question is refused with one of the kinds below, rather than taken over as another.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.common.invisible_characters import remove_invisible
from apps.quizzes.documents import MULTIPLE, NUMERIC, SHORT_TEXT, SINGLE, TRUE_FALSE
from apps.quizzes.interchange import wildcards
from apps.quizzes.interchange.draft import ChoiceDraft, QuestionDraft
from apps.quizzes.interchange.texts import one_line
from apps.quizzes.numbers import parse_number

MULTICHOICE, TRUEFALSE = "multichoice", "truefalse"
SHORTANSWER, NUMERICAL = "shortanswer", "numerical"

PARTIAL_CHOICE = "multichoice_partial_credit"  # to a wrong choice of which one is to be taken
UNEQUAL_CHOICES = "multichoice_unequal_weights"  # of the right choices
PARTIAL_ANSWER = "shortanswer_partial_credit"
WILDCARD = "shortanswer_wildcard"  # `*` stands for any text
PARTIAL_NUMBER = "numerical_partial_credit"
SEVERAL_NUMBERS = "numerical_several_answers"
ANY_NUMBER = "numerical_wildcard"
UNITS = "numerical_units"

ALL = Decimal(100)
ABOUT = Decimal(1)  # per cent: 33, 33 and 34 are meant to be equal


@dataclass(frozen=True)
class Answer:
    """What a question offers, or accepts; weighed in per cent of its points."""

    text: str
    weight: Decimal = ALL
    feedback: str = ""
    tolerance: str | None = None
    as_typed: str = ""  # the same number as somebody here wrote it


@dataclass(frozen=True)
class MoodleQuestion:
    line: int
    kind: str
    text: str
    answers: Sequence[Answer]
    single: bool = False  # of a multichoice: one choice is to be taken
    points: str = "1"
    feedback: str = ""  # whatever the answer


class Refused(Exception):
    """The file is wrong here; `reason` is for people."""

    def __init__(self, reason: str, *, line: int | None = None):
        super().__init__(reason)
        self.reason = reason
        self.line = line  # None: where the question begins


class CannotBeKept(Exception):
    """The question is right, and of a kind that there is not here."""

    def __init__(self, kind: str):
        super().__init__(kind)
        self.kind = kind


def as_draft(question: MoodleQuestion) -> QuestionDraft:
    """
    Return the question as it would be here; whether it is within bounds is not looked at.

    :raises CannotBeKept: its marks would not be what they were
    :raises Refused: something that must be a number is none
    """
    key = {
        MULTICHOICE: _choices,
        TRUEFALSE: _true_or_false,
        SHORTANSWER: _accepted_texts,
        NUMERICAL: _number,
    }[question.kind](question)
    return QuestionDraft(
        text=question.text,
        points=_points(question.points),
        explanation=_explanation(question),
        line=question.line,
        **key,
    )


def _choices(question: MoodleQuestion) -> dict:
    if question.single and any(0 < one.weight < ALL for one in question.answers):
        raise CannotBeKept(PARTIAL_CHOICE)
    gains = [one.weight for one in question.answers if one.weight > 0]
    if gains and max(gains) - min(gains) > ABOUT:
        raise CannotBeKept(UNEQUAL_CHOICES)
    choices = [
        ChoiceDraft(remove_invisible(one_line(one.text)).strip(), one.weight > 0)
        for one in question.answers
    ]
    return {"kind": SINGLE if question.single else MULTIPLE, "choices": choices}


def _true_or_false(question: MoodleQuestion) -> dict:
    right = [one.text for one in question.answers if one.weight == ALL]
    if len(right) != 1 or {one.text for one in question.answers} != {"true", "false"}:
        raise Refused(_("Either true or false must be right."))
    return {"kind": TRUE_FALSE, "answer": right[0]}


def _accepted_texts(question: MoodleQuestion) -> dict:
    right = _all_or_nothing(question, PARTIAL_ANSWER)
    if any(wildcards.are_in(one.text) for one in right):
        raise CannotBeKept(WILDCARD)
    texts = [one_line(wildcards.literal(one.text)) for one in right]
    if not all(texts):
        raise Refused(_("An answer has no text."))
    return {"kind": SHORT_TEXT, "answer": "\n".join(texts)}


def _number(question: MoodleQuestion) -> dict:
    right = _all_or_nothing(question, PARTIAL_NUMBER)
    if len(right) > 1:
        raise CannotBeKept(SEVERAL_NUMBERS)
    if not right:
        return {"kind": NUMERIC}
    if right[0].text == "*":
        raise CannotBeKept(ANY_NUMBER)
    return {
        "kind": NUMERIC,
        "answer": _as_typed(right[0]),
        "tolerance": _tolerance(right[0].tolerance),
    }


def _all_or_nothing(question: MoodleQuestion, otherwise: str) -> list[Answer]:
    """Return the answers that get all points; those that get none are there for feedback."""
    if any(0 < one.weight < ALL for one in question.answers):
        raise CannotBeKept(otherwise)
    return [one for one in question.answers if one.weight >= ALL]


def _as_typed(answer: Answer) -> str:
    same = answer.as_typed and parse_number(answer.as_typed) == parse_number(answer.text)
    return answer.as_typed if same else answer.text


def _tolerance(text: str | None) -> float | None:
    if text is None:
        return None
    number = parse_number(text)
    if number is None or number < 0 or math.isinf(float(number)):
        raise Refused(_("A tolerance is a number, zero or more."))
    return float(number)


def _points(text: str) -> float:
    number = parse_number(text)
    if number is None:
        raise Refused(_("Points are not a number."))
    return float(number)


def _explanation(question: MoodleQuestion) -> str:
    to_answers = [
        f"“{one_line(one.text)}”: {one.feedback}" for one in question.answers if one.feedback
    ]
    return "\n".join(part for part in (question.feedback, *to_answers) if part)
