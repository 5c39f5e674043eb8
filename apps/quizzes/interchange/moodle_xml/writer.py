import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from apps.quizzes.interchange import wildcards
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    QuestionDraft,
)
from apps.quizzes.interchange.moodle_questions import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
)
from apps.quizzes.interchange.numbers import format_number, format_share
from apps.quizzes.interchange.text import join_lines
from apps.quizzes.numbers import to_plain_digits

_KINDS = {
    SINGLE: MULTICHOICE,
    MULTIPLE: MULTICHOICE,
    TRUE_FALSE: TRUEFALSE,
    SHORT_TEXT: SHORTANSWER,
    NUMERIC: NUMERICAL,
}
_MAX_NAME_LENGTH = 80
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(title: str, questions: Iterable[QuestionDraft]) -> str:
    """Return the questions as a Moodle XML file, in a category with the title."""
    category = _text(join_lines(title).replace("/", "//"))  # a single slash separates categories
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<quiz>",
        f'  <question type="category"><category>{category}</category></question>',
    ]
    for draft in questions:
        lines += _question(draft)
    return "\n".join([*lines, "</quiz>", ""])


def _question(draft: QuestionDraft) -> Iterator[str]:
    yield f'  <question type="{_KINDS[draft.kind]}">'
    yield f"    <name>{_text(join_lines(draft.text)[:_MAX_NAME_LENGTH])}</name>"
    yield f'    <questiontext format="plain_text">{_text(draft.text)}</questiontext>'
    if draft.explanation:
        feedback = _text(draft.explanation)
        yield f'    <generalfeedback format="plain_text">{feedback}</generalfeedback>'
    yield f"    <defaultgrade>{format_number(draft.points)}</defaultgrade>"
    for line in _WRITERS[draft.kind](draft):
        yield f"    {line}"
    yield "  </question>"


def _single(draft: QuestionDraft) -> Iterator[str]:
    yield "<single>true</single>"
    for choice in draft.choices:
        yield _answer(choice.text, weight="100" if choice.is_correct else "0")


def _multiple(draft: QuestionDraft) -> Iterator[str]:
    share = format_share(sum(choice.is_correct for choice in draft.choices) or 1)
    yield "<single>false</single>"
    for choice in draft.choices:
        yield _answer(choice.text, weight=share if choice.is_correct else f"-{share}")


def _true_or_false(draft: QuestionDraft) -> Iterator[str]:
    for text in ("true", "false"):
        yield _answer(text, weight="100" if draft.answer == text else "0")


def _accepted_texts(draft: QuestionDraft) -> Iterator[str]:
    yield "<usecase>0</usecase>"
    for text in draft.answer.split("\n"):
        yield _answer(wildcards.escape(text), weight="100")


def _number(draft: QuestionDraft) -> Iterator[str]:
    number = to_plain_digits(draft.answer)
    details = ""
    if draft.tolerance is not None:
        details += f"<tolerance>{format_number(draft.tolerance)}</tolerance>"
    if number != draft.answer:
        details += f"<as_typed>{_escape(draft.answer)}</as_typed>"
    yield _answer(number, weight="100", details=details)


_WRITERS = {
    SINGLE: _single,
    MULTIPLE: _multiple,
    TRUE_FALSE: _true_or_false,
    SHORT_TEXT: _accepted_texts,
    NUMERIC: _number,
}


def _answer(text: str, *, weight: str, details: str = "") -> str:
    return f'<answer fraction="{weight}" format="plain_text">{_text(text)}{details}</answer>'


def _text(text: str) -> str:
    return f"<text>{_escape(text)}</text>"


def _escape(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})
