import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from apps.quizzes.documents import MULTIPLE, NUMERIC, SHORT_TEXT, SINGLE, TRUE_FALSE
from apps.quizzes.interchange import wildcards
from apps.quizzes.interchange.draft import QuestionDraft
from apps.quizzes.interchange.moodle import MULTICHOICE, NUMERICAL, SHORTANSWER, TRUEFALSE
from apps.quizzes.interchange.numbers import plain, share_of
from apps.quizzes.interchange.texts import one_line
from apps.quizzes.numbers import to_plain_digits

_KINDS = {
    SINGLE: MULTICHOICE,
    MULTIPLE: MULTICHOICE,
    TRUE_FALSE: TRUEFALSE,
    SHORT_TEXT: SHORTANSWER,
    NUMERIC: NUMERICAL,
}
_LONGEST_NAME = 80
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(title: str, questions: Iterable[QuestionDraft]) -> str:
    """Return the questions as a Moodle XML file, in a category of that title."""
    category = _text(one_line(title).replace("/", "//"))  # a single one divides categories
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
    yield f"    <name>{_text(one_line(draft.text)[:_LONGEST_NAME])}</name>"
    yield f'    <questiontext format="plain_text">{_text(draft.text)}</questiontext>'
    if draft.explanation:
        feedback = _text(draft.explanation)
        yield f'    <generalfeedback format="plain_text">{feedback}</generalfeedback>'
    yield f"    <defaultgrade>{plain(draft.points)}</defaultgrade>"
    for line in _WRITERS[draft.kind](draft):
        yield f"    {line}"
    yield "  </question>"


def _single(draft: QuestionDraft) -> Iterator[str]:
    yield "<single>true</single>"
    for choice in draft.choices:
        yield _answer(choice.text, worth="100" if choice.is_correct else "0")


def _multiple(draft: QuestionDraft) -> Iterator[str]:
    share = share_of(sum(choice.is_correct for choice in draft.choices) or 1)
    yield "<single>false</single>"
    for choice in draft.choices:
        yield _answer(choice.text, worth=share if choice.is_correct else f"-{share}")


def _true_or_false(draft: QuestionDraft) -> Iterator[str]:
    for text in ("true", "false"):
        yield _answer(text, worth="100" if draft.answer == text else "0")


def _accepted_texts(draft: QuestionDraft) -> Iterator[str]:
    yield "<usecase>0</usecase>"
    for text in draft.answer.split("\n"):
        yield _answer(wildcards.pattern_of(text), worth="100")


def _number(draft: QuestionDraft) -> Iterator[str]:
    number = to_plain_digits(draft.answer)
    more = "" if draft.tolerance is None else f"<tolerance>{plain(draft.tolerance)}</tolerance>"
    if number != draft.answer:
        more += f"<as_typed>{_escape(draft.answer)}</as_typed>"
    yield _answer(number, worth="100", more=more)


_WRITERS = {
    SINGLE: _single,
    MULTIPLE: _multiple,
    TRUE_FALSE: _true_or_false,
    SHORT_TEXT: _accepted_texts,
    NUMERIC: _number,
}


def _answer(text: str, *, worth: str, more: str = "") -> str:
    return f'<answer fraction="{worth}" format="plain_text">{_text(text)}{more}</answer>'


def _text(text: str) -> str:
    return f"<text>{_escape(text)}</text>"


def _escape(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})
