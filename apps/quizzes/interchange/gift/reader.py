import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from apps.quizzes.interchange.collector import ImportCollector, LimitReached
from apps.quizzes.interchange.drafts import (
    DEFAULT_OPTIONS,
    SHORT_TEXT,
    ParsedFile,
    Problem,
    ReadOptions,
)
from apps.quizzes.interchange.errors import InvalidFile, UnsupportedQuestion
from apps.quizzes.interchange.gift.blocks import Block, split_blocks
from apps.quizzes.interchange.gift.syntax import protect_escapes, split_format, unescape
from apps.quizzes.interchange.html_to_text import html_to_text
from apps.quizzes.interchange.moodle_questions import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
    Answer,
    MoodleQuestion,
)
from apps.quizzes.interchange.numbers import format_number, to_midpoint_and_tolerance
from apps.quizzes.numbers import parse_number

CATEGORY = "$CATEGORY:"
GAP = "_____"
MAX_ANSWERS = 1_000  # more than any valid question has
TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")

_WEIGHT = re.compile(r"%(-*)(\d{1,10}(?:\.\d{0,20})?)%", re.ASCII)


def read(data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> ParsedFile:
    """Return the content of a GIFT file, as Moodle reads it."""
    collector = ImportCollector(options)
    with suppress(LimitReached):
        try:
            for block in split_blocks(data):
                _add_block(block, collector)
        except InvalidFile as error:
            collector.add_error(error, line=1)
    return collector.file


def _add_block(block: Block, collector: ImportCollector) -> None:
    if block.control_character_line is not None:
        collector.add_problem(Problem(block.control_character_line, "control_characters"))
    elif not block.lines[0].startswith(CATEGORY):
        collector.add(block.line, lambda: _parse_question(block, collector.options))
    elif len(block.lines) > 1:
        collector.add_problem(Problem(block.line, "category_without_blank_line"))


def _parse_question(block: Block, options: ReadOptions) -> MoodleQuestion:
    name, rest = _split_name(protect_escapes("\n".join(block.lines)).strip())
    text, answers = _split_answers(rest)
    answers, _separator, feedback = _partition_last(answers, "####")
    text_format, text = split_format(text.strip(), "moodle")
    parser = _AnswersParser(answers.strip(), text_format, options)
    return parser.question(
        line=block.line,
        text=_to_plain_text(text, text_format) or unescape(name).strip(),
        points=block.properties.get("points", "1"),
        feedback=parser.text(feedback),
        properties=block.properties,
    )


def _split_name(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, closed, rest = text[2:].partition("::")
    return (name, rest.strip()) if closed else ("", text[2:])


def _split_answers(text: str) -> tuple[str, str]:
    """Return the question's text, with a gap for the answer, and the text between its braces."""
    before, opened, rest = text.partition("{")
    if "}" in before:
        raise InvalidFile("opening_brace_missing")
    if not opened:
        raise UnsupportedQuestion("description")
    answers, closed, after = rest.partition("}")
    if not closed or "{" in answers:
        raise InvalidFile("closing_brace_missing")
    if "{" in after:
        raise InvalidFile("several_answers")
    gap = GAP if after and not after.endswith("}") else ""
    return before + gap + after, answers


class _AnswersParser:
    """Parse the text between the braces, without the general feedback."""

    def __init__(self, answers: str, text_format: str, options: ReadOptions):
        self.answers = answers
        self.format = text_format
        self.options = options

    def question(self, *, properties: dict[str, str], **fields) -> MoodleQuestion:
        kind, answers = self._kind_and_answers(properties)
        single = kind == MULTICHOICE and "=" in self.answers
        return MoodleQuestion(kind=kind, answers=answers, single=single, **fields)

    def text(self, text: str) -> str:
        text_format, rest = split_format(text.strip(), self.format)
        return _to_plain_text(rest, text_format)

    def _kind_and_answers(self, properties: dict[str, str]) -> tuple[str, list[Answer]]:
        answers = self.answers
        if not answers:
            raise UnsupportedQuestion("essay")
        if answers.startswith("#"):
            return NUMERICAL, self._numbers(properties.get("answer", ""))
        if "~" in answers:
            return MULTICHOICE, [self._choice(part) for part in self._choice_parts()]
        if "=" in answers and "->" in answers and properties.get("kind") != SHORT_TEXT:
            raise UnsupportedQuestion("matching")
        if answers.partition("#")[0].strip() in TRUE + FALSE:
            return TRUEFALSE, self._true_and_false_answers()
        return SHORTANSWER, [self._accepted_text(part) for part in _split_parts(answers, "=")]

    def _choice_parts(self) -> list[str]:
        """
        Split at `~` and before `=`.

        :raises InvalidFile: there are too many choices, whose texts would take long to convert
        """
        parts = _split_parts(self.answers.replace("=", "~="), "~")
        if len(parts) > self.options.max_choices:
            raise InvalidFile("too_many_choices", number=self.options.max_choices)
        return parts

    def _choice(self, part: str) -> Answer:
        if part.startswith("="):
            return self._answer(part[1:], Decimal(100))
        weight, rest = _split_weight(part, default=Decimal(0))
        return self._answer(rest, weight)

    def _accepted_text(self, part: str) -> Answer:
        """Parse an answer that students type, so it has no markup."""
        weight, rest = _split_weight(part, default=Decimal(100))
        text, _sign, feedback = rest.partition("#")
        _format, text = split_format(text, "")
        return Answer(text=unescape(text).strip(), weight=weight, feedback=self.text(feedback))

    def _answer(self, text: str, weight: Decimal) -> Answer:
        text, _sign, feedback = text.partition("#")
        return Answer(text=self.text(text), weight=weight, feedback=self.text(feedback))

    def _true_and_false_answers(self) -> list[Answer]:
        answer, if_wrong, if_right = (*self.answers.split("#", 2), "", "")[:3]
        is_true = answer.strip() in TRUE
        right = Answer(text=str(is_true).lower(), feedback=self.text(if_right))
        wrong = Answer(
            text=str(not is_true).lower(), weight=Decimal(0), feedback=self.text(if_wrong)
        )
        return [right, wrong]

    def _numbers(self, as_typed: str) -> list[Answer]:
        numbers, _sign, if_wrong = self.answers[1:].partition("~")
        answers = [self._number(part, as_typed) for part in _split_parts(numbers, "=")]
        feedback = self.text(if_wrong.partition("#")[2])
        return [*answers, Answer(text="*", weight=Decimal(0), feedback=feedback)]

    def _number(self, part: str, as_typed: str) -> Answer:
        answer = self._accepted_text(part)
        number, tolerance = _split_tolerance(answer.text)
        as_typed = unescape(protect_escapes(as_typed)).strip()
        return replace(answer, text=number, tolerance=tolerance, as_typed=as_typed)


def _split_parts(text: str, separator: str) -> list[str]:
    if text.count(separator) > MAX_ANSWERS:
        raise InvalidFile("too_many_answers")
    parts = [part.strip() for part in text.split(separator)]
    return parts if parts[0] else parts[1:]


def _split_weight(part: str, *, default: Decimal) -> tuple[Decimal, str]:
    match = _WEIGHT.match(part)
    if not match:
        return default, part
    weight = Decimal(match[2])
    return -weight if match[1] else weight, part[match.end() :]


def _split_tolerance(text: str) -> tuple[str, str | None]:
    lower, dots, upper = text.partition("..")
    if dots and lower:
        return _parse_range(lower, upper)
    number, colon, tolerance = text.partition(":")
    return number.strip(), tolerance.strip() if colon else None


def _parse_range(lower_text: str, upper_text: str) -> tuple[str, str]:
    lower, upper = parse_number(lower_text), parse_number(upper_text)
    if lower is None or upper is None or upper < lower:
        raise InvalidFile("invalid_range")
    midpoint, tolerance = to_midpoint_and_tolerance(lower, upper)
    return format_number(midpoint), format_number(tolerance)


def _to_plain_text(text: str, text_format: str) -> str:
    text = unescape(text)
    return html_to_text(text) if text_format == "html" else text.strip()


def _partition_last(text: str, separator: str) -> tuple[str, str, str]:
    """Split at the last separator; without one, the whole text comes before it."""
    before, match, after = text.rpartition(separator)
    return (before, match, after) if match else (after, "", "")
