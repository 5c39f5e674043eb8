"""What keeps a draft from being a question of ours."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from mongoengine import StringField

from apps.quizzes.documents import (
    MAX_CHOICES,
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    WITH_CHOICES,
    Choice,
    Question,
)
from apps.quizzes.interchange.draft import ChoiceDraft, QuestionDraft
from apps.quizzes.interchange.texts import has_control
from apps.quizzes.numbers import parse_number

MOST_POINTS = 1000
_PLACES = Decimal("0.01")


def problems_of(draft: QuestionDraft) -> Iterator[str]:
    """Yield all that is wrong with a draft, for people."""
    if not draft.text:
        yield _("The question has no text.")
    yield from _problems_with_text(
        draft.text, Question.text, _("The text has more than %(most)s characters.")
    )
    yield from _problems_with_text(
        draft.explanation,
        Question.explanation,
        _("The explanation, with all feedback, has more than %(most)s characters."),
    )
    yield from _problems_with_points(draft.points)
    if draft.kind in WITH_CHOICES:
        yield from _problems_with_choices(draft)
    else:
        yield from _problems_with_answer(draft)


def _problems_with_text(text: str, field: StringField, too_long: str) -> Iterator[str]:
    if len(text) > field.max_length:
        yield too_long % {"most": field.max_length}
    if has_control(text):
        yield _("Control characters are not allowed.")


def _problems_with_points(points: float) -> Iterator[str]:
    exact = Decimal(str(points))
    if not 0 < exact <= MOST_POINTS:
        yield _("Points are a number above 0 and up to %(number)s.") % {"number": MOST_POINTS}
    elif exact != exact.quantize(_PLACES):
        yield _("Points have at most two decimal places.")


def _problems_with_choices(draft: QuestionDraft) -> Iterator[str]:
    if len(draft.choices) < 2:
        yield _("There are fewer than two choices.")
    if len(draft.choices) > MAX_CHOICES:
        yield _("There are more than %(number)s choices.") % {"number": MAX_CHOICES}
    for choice in draft.choices:
        yield from _problems_with_choice(choice)
    yield from _problems_with_repeats([choice.text for choice in draft.choices])
    right = sum(choice.is_correct for choice in draft.choices)
    if draft.kind == SINGLE and right > 1:
        yield _("More than one choice is right.")
    if draft.kind in (SINGLE, MULTIPLE) and not right:
        yield _("No choice is right.")


def _problems_with_choice(choice: ChoiceDraft) -> Iterator[str]:
    if not choice.text:
        yield _("A choice has no text.")
    yield from _problems_with_text(
        choice.text, Choice.text, _("A choice has more than %(most)s characters.")
    )


def _problems_with_answer(draft: QuestionDraft) -> Iterator[str]:
    if not draft.answer:
        yield _("There is no right answer.")
    elif draft.kind == NUMERIC and parse_number(draft.answer) is None:
        yield _("“%(answer)s” is not a number.") % {"answer": draft.answer[:40]}
    elif draft.kind == SHORT_TEXT:
        yield from _problems_with_repeats(draft.answer.split("\n"))
    yield from _problems_with_text(
        draft.answer, Question.answer, _("The answer has more than %(most)s characters.")
    )


def _problems_with_repeats(texts: Sequence[str]) -> Iterator[str]:
    for text in [text for text, number in Counter(texts).items() if text and number > 1]:
        yield _("“%(text)s” is there more than once.") % {"text": text[:40]}
