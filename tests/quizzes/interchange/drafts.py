"""Valid questions: some with characters that are hard to write, and random ones."""

from collections.abc import Iterator
from random import Random

from apps.common.invisible_characters import remove_invisible
from apps.quizzes.interchange.drafts import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    ChoiceDraft,
    QuestionDraft,
)

# Text with a meaning in GIFT, XML or HTML, and characters that are hard to encode.
PIECES = [
    *"~=#{}:\\%[]<>&\"'*/$^_-.,;!?()|`@0aZ9 \t",
    *("\\n", "\\\\", "\\~", "\\*", "->", "//", "::", "####", "]]>", "<![CDATA[", "<!--", "-->"),
    *("[html]", "[plain]", "[moodle]", "[markdown]", "[other]", "%50%", "%-33.3%", "$CATEGORY:"),
    *("<b>", "</p>", "<br>", "<script>", "&amp;", "&#65;", "&nbsp;", "&bogus;", "<?xml", "{T}"),
    *("TRUE", "F", "T", "..", "1..2", "#1:2", "1:0.5", "=x", "~y", "{=a -> b}", "_____", "é", "ß"),
    *(
        "e\u0301",
        "مرحبا",
        "שלום",
        "\u202e",
        "\u200f",
        "日本",
        "🦉",
        "👩‍🏫",
        "\u00a0",
        "\ufeff",
        "\ufffd",
    ),
    *("word", "Which of these?", " and ", "x² = 4", "// points: 7", "// kind: short_text"),
]
LINE_BREAKS = [
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\n//",
    "\n\n::",
    "\n=",
    "\n~",
    "\n}",
    "\n\t#",
    "\u2028",
    "\x85",
]
NUMBERS = [
    "1,5",
    "15e-1",
    "1.5",
    "-3",
    "+7",
    "0",
    ".5",
    "5.",
    "1 000",
    "6,02e23",
    "−4",
    "٣٫٥",
    "4 1e999",
    "1\n5",
    "007",
]
TOLERANCES = [None, 0, 0.0, 1e-9, 0.5, 2, 0.1, 1e16, 12.345, 1e-12]
POINTS = [1, 0.5, 2.75, 0.01, 1000, 3, 999.99, 1.1]


def random_drafts(seed: int, *, number: int = 12) -> list[QuestionDraft]:
    random = Random(seed)
    return [_random_draft(random) for _ in range(random.randrange(number))]


def hard_drafts() -> Iterator[QuestionDraft]:
    """Yield questions with each piece in each field, at the start and in the middle."""
    for piece in [*PIECES, *LINE_BREAKS]:
        for text in _around(piece):
            yield from _with_text(text)
        for line in _around(" ".join(piece.split())):
            yield from _with_line(line)
    for answer in NUMBERS:
        for tolerance in TOLERANCES:
            yield QuestionDraft("How many?", NUMERIC, answer=answer, tolerance=tolerance)
    for points in POINTS:
        yield QuestionDraft("True?", TRUE_FALSE, answer="false", points=points)
    for right in range(1, 21):
        yield _many_choices(right=right)


def longest_draft() -> QuestionDraft:
    choices = [ChoiceDraft("~" * 253 + f"{number:02}", number == 7) for number in range(20)]
    return QuestionDraft("{" * 1024, SINGLE, points=1000, explanation="\\" * 2000, choices=choices)


def _with_text(text: str) -> Iterator[QuestionDraft]:
    yield QuestionDraft(text, TRUE_FALSE, answer="true", explanation=text)


def _with_line(line: str) -> Iterator[QuestionDraft]:
    other = ChoiceDraft("other", False)
    yield QuestionDraft("Which?", SINGLE, choices=[_choice(line, True), other])
    yield QuestionDraft(
        "Which?", SINGLE, choices=[ChoiceDraft("right", True), _choice(line, False)]
    )
    yield QuestionDraft("Which?", MULTIPLE, choices=[other, _choice(line, True)])
    yield QuestionDraft("What?", SHORT_TEXT, answer=line, explanation=line)
    yield QuestionDraft("What?", SHORT_TEXT, answer=f"{line} -> x\n{line}\nother")


def _choice(line: str, is_correct: bool) -> ChoiceDraft:
    """Return a choice as it is stored: without invisible characters."""
    return ChoiceDraft(remove_invisible(line).strip() or "x", is_correct)


def _around(piece: str) -> set[str]:
    texts = {piece, f"{piece}x", f"x{piece}x", f"{piece}{piece}x", f"x {piece}"}
    return {text.strip() for text in texts if text.strip()}


def _many_choices(*, right: int) -> QuestionDraft:
    choices = [ChoiceDraft(f"choice {number}", number < right) for number in range(20)]
    return QuestionDraft("Which?", MULTIPLE, choices=choices)


def _random_draft(random: Random) -> QuestionDraft:
    kind = random.choice([SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC])
    return QuestionDraft(
        text=_random_text(random) or "?",
        kind=kind,
        points=random.choice(POINTS),
        explanation=_random_text(random) if random.random() < 0.5 else "",
        **_random_answer_key(random, kind),
    )


def _random_answer_key(random: Random, kind: str) -> dict:
    if kind == TRUE_FALSE:
        return {"answer": random.choice(["true", "false"])}
    if kind == NUMERIC:
        return {"answer": random.choice(NUMBERS), "tolerance": random.choice(TOLERANCES)}
    if kind == SHORT_TEXT:
        return {"answer": "\n".join(_random_lines(random, least=1, most=4))}
    lines = _random_lines(random, least=2, most=20)
    right = random.randrange(1, 2 if kind == SINGLE else len(lines) + 1)
    choices = [_choice(line, number < right) for number, line in enumerate(lines)]
    return {"choices": random.sample(choices, len(choices))}


def _random_lines(random: Random, *, least: int, most: int) -> list[str]:
    count = random.randint(least, most)
    lines: dict[str, None] = {}
    while len(lines) < count:
        line = remove_invisible(" ".join(_pieces(random, PIECES).split()))
        lines.setdefault(" ".join(line.split()) or "x")
    return list(lines)


def _random_text(random: Random) -> str:
    return _pieces(random, PIECES + LINE_BREAKS).strip()


def _pieces(random: Random, pieces: list[str]) -> str:
    return "".join(random.choices(pieces, k=random.randint(1, 12)))
