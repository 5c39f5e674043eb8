import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.quizzes.documents import MAX_CHOICES, SHORT_TEXT
from apps.quizzes.interchange.draft import Reading
from apps.quizzes.interchange.gathering import Enough, Gathering
from apps.quizzes.interchange.gift.blocks import Block, blocks_of
from apps.quizzes.interchange.gift.syntax import format_of, put_aside, put_back
from apps.quizzes.interchange.markup import plain_text
from apps.quizzes.interchange.moodle import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
    Answer,
    CannotBeKept,
    MoodleQuestion,
    Refused,
)
from apps.quizzes.interchange.numbers import middle_of, plain
from apps.quizzes.numbers import parse_number

CATEGORY = "$CATEGORY:"
GAP = "_____"
MOST_ANSWERS = 1_000  # more than fit into any question of ours
TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")

_WEIGHT = re.compile(r"%(-*)(\d{1,10}(?:\.\d{0,20})?)%", re.ASCII)


def read(data: bytes) -> Reading:
    """Read the questions of a GIFT file, as Moodle reads it."""
    gathered = Gathering()
    with suppress(Enough):
        try:
            for block in blocks_of(data):
                _take(block, gathered)
        except Refused as refused:
            gathered.refuse(refused.line, refused.reason)
    return gathered.reading


def _take(block: Block, gathered: Gathering) -> None:
    if block.control_at is not None:
        gathered.refuse(block.control_at, _("Control characters are not allowed."))
    elif not block.lines[0].startswith(CATEGORY):
        gathered.take(block.line, lambda: _question(block))
    elif len(block.lines) > 1:
        gathered.refuse(block.line, _("A blank line must follow $CATEGORY."))


def _question(block: Block) -> MoodleQuestion:
    name, rest = _name_and_rest(put_aside("\n".join(block.lines)).strip())
    text, answers = _text_and_answers(rest)
    answers, _mark, feedback = _partition_last(answers, "####")
    text_format, text = format_of(text.strip(), "moodle")
    reader = _Answers(answers.strip(), text_format)
    return reader.question(
        line=block.line,
        text=_readable(text, text_format) or put_back(name).strip(),
        points=block.notes.get("points", "1"),
        feedback=reader.text(feedback),
        notes=block.notes,
    )


def _name_and_rest(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, closed, rest = text[2:].partition("::")
    return (name, rest.strip()) if closed else ("", text[2:])


def _text_and_answers(text: str) -> tuple[str, str]:
    """Return the question with its gap, and what is between its braces."""
    before, opened, rest = text.partition("{")
    if "}" in before:
        raise Refused(_(r"The answer's opening brace { is missing; in a text it is \{ or \}."))
    if not opened:
        raise CannotBeKept("description")
    answers, closed, after = rest.partition("}")
    if not closed or "{" in answers:
        raise Refused(_("The answer's closing brace } is missing."))
    if "{" in after:
        raise Refused(_("There are two answers in braces; is a blank line missing before one?"))
    gap = GAP if after and not after.endswith("}") else ""
    return before + gap + after, answers


class _Answers:
    """What is between the braces, without the general feedback."""

    def __init__(self, answers: str, text_format: str):
        self.answers = answers
        self.format = text_format

    def question(self, *, notes: dict[str, str], **common) -> MoodleQuestion:
        kind, answers = self._kind_and_answers(notes)
        single = kind == MULTICHOICE and "=" in self.answers
        return MoodleQuestion(kind=kind, answers=answers, single=single, **common)

    def text(self, text: str) -> str:
        text_format, rest = format_of(text.strip(), self.format)
        return _readable(rest, text_format)

    def _kind_and_answers(self, notes: dict[str, str]) -> tuple[str, list[Answer]]:
        answers = self.answers
        if not answers:
            raise CannotBeKept("essay")
        if answers.startswith("#"):
            return NUMERICAL, self._numbers(notes.get("answer", ""))
        if "~" in answers:
            return MULTICHOICE, [self._choice(part) for part in self._choices()]
        if "=" in answers and "->" in answers and notes.get("kind") != SHORT_TEXT:
            raise CannotBeKept("matching")
        if answers.partition("#")[0].strip() in TRUE + FALSE:
            return TRUEFALSE, self._true_and_false()
        return SHORTANSWER, [self._accepted(part) for part in self._parts_at("=")]

    def _parts_at(self, sign: str) -> list[str]:
        """Divide the answers at the sign; in a choice question `=` begins one, too."""
        whole = self.answers.replace("=", "~=") if sign == "~" else self.answers
        return _divided(whole, sign)

    def _choices(self) -> list[str]:
        """Return each choice; too many of them are refused before their texts are read."""
        parts = self._parts_at("~")
        if len(parts) > MAX_CHOICES:
            raise Refused(_("There are more than %(number)s choices.") % {"number": MAX_CHOICES})
        return parts

    def _choice(self, part: str) -> Answer:
        if part.startswith("="):
            return self._answer(part[1:], Decimal(100))
        weight, rest = _weight_and_rest(part, otherwise=Decimal(0))
        return self._answer(rest, weight)

    def _accepted(self, part: str) -> Answer:
        """Read an answer that is compared with what is typed, and so has no mark-up."""
        weight, rest = _weight_and_rest(part, otherwise=Decimal(100))
        text, _sign, feedback = rest.partition("#")
        _format, typed = format_of(text, "")
        return Answer(text=put_back(typed).strip(), weight=weight, feedback=self.text(feedback))

    def _answer(self, text: str, weight: Decimal) -> Answer:
        text, _sign, feedback = text.partition("#")
        return Answer(text=self.text(text), weight=weight, feedback=self.text(feedback))

    def _true_and_false(self) -> list[Answer]:
        given, if_wrong, if_right = (*self.answers.split("#", 2), "", "")[:3]
        is_true = given.strip() in TRUE
        right = Answer(text=str(is_true).lower(), feedback=self.text(if_right))
        wrong = Answer(
            text=str(not is_true).lower(), weight=Decimal(0), feedback=self.text(if_wrong)
        )
        return [right, wrong]

    def _numbers(self, as_typed: str) -> list[Answer]:
        numbers, _sign, if_wrong = self.answers[1:].partition("~")
        answers = [self._number(part, as_typed) for part in _divided(numbers, "=")]
        feedback = self.text(if_wrong.partition("#")[2])
        return [*answers, Answer(text="*", weight=Decimal(0), feedback=feedback)]

    def _number(self, part: str, as_typed: str) -> Answer:
        answer = self._accepted(part)
        number, tolerance = _number_and_tolerance(answer.text)
        as_typed = put_back(put_aside(as_typed)).strip()
        return replace(answer, text=number, tolerance=tolerance, as_typed=as_typed)


def _divided(text: str, sign: str) -> list[str]:
    if text.count(sign) > MOST_ANSWERS:
        raise Refused(_("There are too many answers."))
    parts = [part.strip() for part in text.split(sign)]
    return parts if parts[0] else parts[1:]


def _weight_and_rest(part: str, *, otherwise: Decimal) -> tuple[Decimal, str]:
    found = _WEIGHT.match(part)
    if not found:
        return otherwise, part
    weight = Decimal(found[2])
    return -weight if found[1] else weight, part[found.end() :]


def _number_and_tolerance(text: str) -> tuple[str, str | None]:
    least, is_range, most = text.partition("..")
    if is_range and least:
        return _middle(least, most)
    number, has_tolerance, tolerance = text.partition(":")
    return number.strip(), tolerance.strip() if has_tolerance else None


def _middle(least: str, most: str) -> tuple[str, str]:
    lower, upper = parse_number(least), parse_number(most)
    if lower is None or upper is None or upper < lower:
        raise Refused(_("A range goes from one number to a larger one, such as 3.1..3.2."))
    middle, distance = middle_of(lower, upper)
    return plain(middle), plain(distance)


def _readable(text: str, text_format: str) -> str:
    text = put_back(text)
    return plain_text(text) if text_format == "html" else text.strip()


def _partition_last(text: str, sign: str) -> tuple[str, str, str]:
    """Divide at the last sign; where there is none, all is before it."""
    before, found, after = text.rpartition(sign)
    return (before, found, after) if found else (after, "", "")
