"""The content of a question file, before any of it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

SINGLE = "single"
MULTIPLE = "multiple"
TRUE_FALSE = "true_false"
SHORT_TEXT = "short_text"
NUMERIC = "numeric"
KINDS = (SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMERIC)
WITH_CHOICES = (SINGLE, MULTIPLE)

ProblemCode = Literal[
    "answer_too_long",
    "answer_without_text",
    "category_without_blank_line",
    "choice_too_long",
    "choice_without_text",
    "closing_brace_missing",
    "control_characters",
    "document_type",
    "duplicate",
    "explanation_too_long",
    "invalid_fraction",
    "invalid_points",
    "invalid_range",
    "invalid_tolerance",
    "invalid_true_false",
    "nested_too_deeply",
    "no_answer",
    "no_right_choice",
    "no_text",
    "no_type",
    "not_a_number",
    "not_utf8",
    "not_xml",
    "opening_brace_missing",
    "points_out_of_range",
    "points_too_precise",
    "several_answers",
    "several_right_choices",
    "text_too_long",
    "too_few_choices",
    "too_many_answers",
    "too_many_choices",
    "too_many_elements",
    "too_many_questions",
    "too_much_markup",
    "unescaped_html",
    "unknown_encoding",
    "wrong_root",
]


@dataclass(frozen=True)
class ReadOptions:
    """The limits of what is read, and the texts before feedback that becomes an explanation."""

    max_questions: int = 300
    max_choices: int = 20
    max_points: int = 1000
    max_text: int = 1024  # characters, as in the limits below
    max_answer: int = 1024
    max_choice_text: int = 255
    max_explanation: int = 2000
    if_right: str = "If right: %(feedback)s"
    if_partly_right: str = "If partly right: %(feedback)s"
    if_wrong: str = "If wrong: %(feedback)s"


DEFAULT_OPTIONS = ReadOptions()


@dataclass(frozen=True)
class ChoiceDraft:
    text: str
    is_correct: bool


@dataclass(frozen=True)
class QuestionDraft:
    """
    A question with its answer key.

    :param answer: "true" or "false", a number, or accepted texts, one per line
    :param tolerance: the largest accepted difference from a number
    :param line: the line of the file that the question starts at, from 1
    """

    text: str
    kind: str
    answer: str = ""
    tolerance: float | None = None
    points: float = 1
    explanation: str = ""
    choices: Sequence[ChoiceDraft] = ()
    line: int = 0

    def __post_init__(self) -> None:
        # Drafts with equal choices are equal, whatever sequence they were created with.
        object.__setattr__(self, "choices", tuple(self.choices))


@dataclass(frozen=True)
class Problem:
    """A reason why the file cannot be imported."""

    line: int
    code: ProblemCode
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unsupported:
    """A question whose type the format has and this package does not support, such as `essay`."""

    line: int
    kind: str


@dataclass
class ParsedFile:
    """The content of a file; a file with a problem must not be imported."""

    questions: list[QuestionDraft] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
