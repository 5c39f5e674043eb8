from collections.abc import Iterable, Iterator

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
from apps.quizzes.interchange.gift.syntax import escape, split_format
from apps.quizzes.interchange.numbers import format_number, format_share
from apps.quizzes.interchange.text import join_lines
from apps.quizzes.numbers import to_plain_digits


def write(title: str, questions: Iterable[QuestionDraft]) -> str:
    """Return the questions as a GIFT file, in a category with the title."""
    category = join_lines(title).replace("/", "//")  # a single slash separates categories
    blocks = [f"$CATEGORY: {category}", *map(_block, questions)]
    return "\n\n".join(blocks) + "\n"


def _block(draft: QuestionDraft) -> str:
    prefix = "#" if draft.kind == NUMERIC else ""
    lines = [*_properties(draft), f"[plain]{escape(draft.text)}{{{prefix}"]
    lines += [f"\t{answer}" for answer in _WRITERS[draft.kind](draft) if answer]
    if draft.explanation:
        lines.append(f"\t####{_escape_format(draft.explanation)}")
    return "\n".join([*lines, "}"])


def _properties(draft: QuestionDraft) -> Iterator[str]:
    if draft.points != 1:
        yield f"// points: {format_number(draft.points)}"
    if draft.kind == NUMERIC and to_plain_digits(draft.answer) != draft.answer:
        yield f"// answer: {escape(draft.answer)}"
    if draft.kind == SHORT_TEXT and "->" in draft.answer and "\n" in draft.answer:
        yield f"// kind: {SHORT_TEXT}"


def _single(draft: QuestionDraft) -> Iterator[str]:
    for choice in draft.choices:
        yield ("=" if choice.is_correct else "~") + _escape_weight(choice.text)


def _multiple(draft: QuestionDraft) -> Iterator[str]:
    share = format_share(sum(choice.is_correct for choice in draft.choices) or 1)
    for choice in draft.choices:
        yield f"~%{_weight_sign(choice)}{share}%{_escape_format(choice.text)}"


def _true_or_false(draft: QuestionDraft) -> Iterator[str]:
    yield draft.answer.upper()


def _accepted_texts(draft: QuestionDraft) -> Iterator[str]:
    texts = [_escape_weight(wildcards.escape(text)) for text in draft.answer.split("\n")]
    if len(texts) == 1 and "->" in texts[0]:
        yield texts[0]  # after a `=` it would be read as a matching pair
    else:
        yield from (f"={text}" for text in texts)


def _number(draft: QuestionDraft) -> Iterator[str]:
    tolerance = "" if draft.tolerance is None else f":{format_number(draft.tolerance)}"
    yield f"={to_plain_digits(draft.answer)}{tolerance}"


_WRITERS = {
    SINGLE: _single,
    MULTIPLE: _multiple,
    TRUE_FALSE: _true_or_false,
    SHORT_TEXT: _accepted_texts,
    NUMERIC: _number,
}


def _weight_sign(choice: ChoiceDraft) -> str:
    return "" if choice.is_correct else "-"


def _escape_weight(text: str) -> str:
    """Escape a text so that its beginning is not read as a weight, such as `%50%`."""
    return f"[plain]{escape(text)}" if text.startswith("%") else _escape_format(text)


def _escape_format(text: str) -> str:
    """Escape a text so that its beginning is not read as a format, such as `[html]`."""
    _format, rest = split_format(text, "")
    return escape(text) if rest == text else f"[plain]{escape(text)}"
