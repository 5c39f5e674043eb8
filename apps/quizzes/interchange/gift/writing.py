from collections.abc import Iterable, Iterator

from apps.quizzes.documents import MULTIPLE, NUMERIC, SHORT_TEXT, SINGLE, TRUE_FALSE
from apps.quizzes.interchange import wildcards
from apps.quizzes.interchange.draft import ChoiceDraft, QuestionDraft
from apps.quizzes.interchange.gift.syntax import escape, format_of
from apps.quizzes.interchange.numbers import plain, share_of
from apps.quizzes.interchange.texts import one_line
from apps.quizzes.numbers import to_plain_digits


def write(title: str, questions: Iterable[QuestionDraft]) -> str:
    """Return the questions as a GIFT file, in a category of that title."""
    category = one_line(title).replace("/", "//")  # a single one divides categories
    blocks = [f"$CATEGORY: {category}", *map(_block, questions)]
    return "\n\n".join(blocks) + "\n"


def _block(draft: QuestionDraft) -> str:
    lines = [*_notes(draft), f"[plain]{escape(draft.text)}{{{_SIGN.get(draft.kind, '')}"]
    lines += [f"\t{answer}" for answer in _WRITERS[draft.kind](draft) if answer]
    if draft.explanation:
        lines.append(f"\t####{_text(draft.explanation)}")
    return "\n".join([*lines, "}"])


def _notes(draft: QuestionDraft) -> Iterator[str]:
    if draft.points != 1:
        yield f"// points: {plain(draft.points)}"
    if draft.kind == NUMERIC and to_plain_digits(draft.answer) != draft.answer:
        yield f"// answer: {escape(draft.answer)}"
    if draft.kind == SHORT_TEXT and "->" in draft.answer and "\n" in draft.answer:
        yield f"// kind: {SHORT_TEXT}"


def _single(draft: QuestionDraft) -> Iterator[str]:
    for choice in draft.choices:
        yield ("=" if choice.is_correct else "~") + _unweighed(choice.text)


def _multiple(draft: QuestionDraft) -> Iterator[str]:
    share = share_of(sum(choice.is_correct for choice in draft.choices) or 1)
    for choice in draft.choices:
        yield f"~%{_sign_of(choice)}{share}%{_text(choice.text)}"


def _true_or_false(draft: QuestionDraft) -> Iterator[str]:
    yield draft.answer.upper()


def _accepted_texts(draft: QuestionDraft) -> Iterator[str]:
    texts = [_unweighed(wildcards.pattern_of(text)) for text in draft.answer.split("\n")]
    if len(texts) == 1 and "->" in texts[0]:
        yield texts[0]  # beside a `=` it would be a pair to match
    else:
        yield from (f"={text}" for text in texts)


def _number(draft: QuestionDraft) -> Iterator[str]:
    tolerance = "" if draft.tolerance is None else f":{plain(draft.tolerance)}"
    yield f"={to_plain_digits(draft.answer)}{tolerance}"


_SIGN = {NUMERIC: "#"}
_WRITERS = {
    SINGLE: _single,
    MULTIPLE: _multiple,
    TRUE_FALSE: _true_or_false,
    SHORT_TEXT: _accepted_texts,
    NUMERIC: _number,
}


def _sign_of(choice: ChoiceDraft) -> str:
    return "" if choice.is_correct else "-"


def _unweighed(text: str) -> str:
    """Write a text so that its beginning is taken for no weight."""
    return f"[plain]{escape(text)}" if text.startswith("%") else _text(text)


def _text(text: str) -> str:
    """Write a text so that its beginning is taken for no format."""
    _format, rest = format_of(text, "")
    return escape(text) if rest == text else f"[plain]{escape(text)}"
