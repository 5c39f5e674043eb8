"""Find what is wrong with a draft of a question."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    WITH_CHOICES,
    ChoiceDraft,
    Problem,
    ProblemCode,
    QuestionDraft,
    ReadOptions,
)
from apps.quizzes.interchange.text import has_control_character
from apps.quizzes.numbers import parse_number

_SMALLEST_POINTS_STEP = Decimal("0.01")
_MAX_QUOTED = 40  # characters of the file's text in a problem


def find_problems(draft: QuestionDraft, options: ReadOptions) -> Iterator[Problem]:
    return _Validator(draft, options).find_problems()


class _Validator:
    def __init__(self, draft: QuestionDraft, options: ReadOptions):
        self._draft = draft
        self._options = options

    def find_problems(self) -> Iterator[Problem]:
        draft, options = self._draft, self._options
        if not draft.text:
            yield self._problem("no_text")
        yield from self._text_problems(draft.text, options.max_text, "text_too_long")
        yield from self._text_problems(
            draft.explanation, options.max_explanation, "explanation_too_long"
        )
        yield from self._points_problems()
        if draft.kind in WITH_CHOICES:
            yield from self._choices_problems()
        else:
            yield from self._answer_problems()

    def _problem(self, code: ProblemCode, **params) -> Problem:
        return Problem(self._draft.line, code, params)

    def _text_problems(self, text: str, limit: int, too_long: ProblemCode) -> Iterator[Problem]:
        if len(text) > limit:
            yield self._problem(too_long, number=limit)
        if has_control_character(text):
            yield self._problem("control_characters")

    def _points_problems(self) -> Iterator[Problem]:
        points, limit = Decimal(str(self._draft.points)), self._options.max_points
        if not 0 < points <= limit:
            yield self._problem("points_out_of_range", number=limit)
        elif points != points.quantize(_SMALLEST_POINTS_STEP):
            yield self._problem("points_too_precise")

    def _choices_problems(self) -> Iterator[Problem]:
        choices, limit = self._draft.choices, self._options.max_choices
        if len(choices) < 2:
            yield self._problem("too_few_choices")
        if len(choices) > limit:
            yield self._problem("too_many_choices", number=limit)
        for choice in choices:
            yield from self._choice_problems(choice)
        yield from self._duplicates([choice.text for choice in choices])
        right = sum(choice.is_correct for choice in choices)
        if self._draft.kind == SINGLE and right > 1:
            yield self._problem("several_right_choices")
        if self._draft.kind in (SINGLE, MULTIPLE) and not right:
            yield self._problem("no_right_choice")

    def _choice_problems(self, choice: ChoiceDraft) -> Iterator[Problem]:
        if not choice.text:
            yield self._problem("choice_without_text")
        limit = self._options.max_choice_text
        yield from self._text_problems(choice.text, limit, "choice_too_long")

    def _answer_problems(self) -> Iterator[Problem]:
        answer = self._draft.answer
        if not answer:
            yield self._problem("no_answer")
        elif self._draft.kind == NUMERIC and parse_number(answer) is None:
            yield self._problem("not_a_number", text=answer[:_MAX_QUOTED])
        elif self._draft.kind == SHORT_TEXT:
            yield from self._duplicates(answer.split("\n"))
        yield from self._text_problems(answer, self._options.max_answer, "answer_too_long")

    def _duplicates(self, texts: Sequence[str]) -> Iterator[Problem]:
        for text, count in Counter(texts).items():
            if text and count > 1:
                yield self._problem("duplicate", text=text[:_MAX_QUOTED])
