"""Read and write question files within the product's limits, and describe their errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.quizzes.documents import MAX_CHOICES, MAX_QUESTIONS, Choice, Question
from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.drafts import (
    ParsedFile,
    Problem,
    ProblemCode,
    QuestionDraft,
    ReadOptions,
)

FORMATS = {"gift": gift, "moodle_xml": moodle_xml}
MAX_POINTS = 1000

MESSAGES: dict[ProblemCode, str] = {
    "answer_too_long": gettext_lazy("The answer has more than %(number)s characters."),
    "answer_without_text": gettext_lazy("An answer has no text."),
    "category_without_blank_line": gettext_lazy("A blank line must follow $CATEGORY."),
    "choice_too_long": gettext_lazy("A choice has more than %(number)s characters."),
    "choice_without_text": gettext_lazy("A choice has no text."),
    "closing_brace_missing": gettext_lazy("The answer's closing brace } is missing."),
    "control_characters": gettext_lazy("Control characters are not allowed."),
    "document_type": gettext_lazy("Document types and entities are not allowed."),
    "duplicate": gettext_lazy("“%(text)s” appears more than once."),
    "explanation_too_long": gettext_lazy(
        "The explanation, including all feedback, has more than %(number)s characters."
    ),
    "invalid_fraction": gettext_lazy("The fraction of an answer must be a number."),
    "invalid_points": gettext_lazy("Points must be a number."),
    "invalid_range": gettext_lazy(
        "A range must go from a number to a larger number, such as 3.1..3.2."
    ),
    "invalid_tolerance": gettext_lazy("A tolerance must be a number, zero or more."),
    "invalid_true_false": gettext_lazy("Either true or false must be the right answer."),
    "nested_too_deeply": gettext_lazy("Elements are nested too deeply."),
    "no_answer": gettext_lazy("The question has no right answer."),
    "no_right_choice": gettext_lazy("No choice is marked as right."),
    "no_text": gettext_lazy("The question has no text."),
    "no_type": gettext_lazy("The question has no type."),
    "not_a_number": gettext_lazy("“%(text)s” is not a number."),
    "not_utf8": gettext_lazy("The file is not UTF-8 text."),
    "not_xml": gettext_lazy("The file is not well-formed XML: %(error)s."),
    "opening_brace_missing": gettext_lazy(
        r"The answer's opening brace { is missing. Write \{ or \} for a brace in a text."
    ),
    "points_out_of_range": gettext_lazy("Points must be above 0 and at most %(number)s."),
    "points_too_precise": gettext_lazy("Points can have at most two decimal places."),
    "several_answers": gettext_lazy(
        "The question has two answers in braces. Is a blank line missing between two questions?"
    ),
    "several_right_choices": gettext_lazy("More than one choice is marked as right."),
    "text_too_long": gettext_lazy("The text has more than %(number)s characters."),
    "too_few_choices": gettext_lazy("The question has fewer than two choices."),
    "too_many_answers": gettext_lazy("The question has too many answers."),
    "too_many_choices": gettext_lazy("The question has more than %(number)s choices."),
    "too_many_elements": gettext_lazy("A question has too many elements."),
    "too_many_questions": gettext_lazy("A file can contain at most %(number)s questions."),
    "too_much_markup": gettext_lazy("A text is too long or has too much markup."),
    "unescaped_html": gettext_lazy("HTML in a text element must be escaped or in CDATA."),
    "unknown_encoding": gettext_lazy("The encoding of the file is not supported."),
    "wrong_root": gettext_lazy("The outermost element must be <quiz>."),
}


@dataclass(frozen=True)
class LineError:
    """A reason, in the current language, why a file cannot be imported."""

    line: int
    reason: str


def read_file(data: bytes, *, format: str) -> ParsedFile:
    options = ReadOptions(
        max_questions=MAX_QUESTIONS,
        max_choices=MAX_CHOICES,
        max_points=MAX_POINTS,
        max_text=Question.text.max_length,
        max_answer=Question.answer.max_length,
        max_choice_text=Choice.text.max_length,
        max_explanation=Question.explanation.max_length,
        if_right=_("If right: %(feedback)s"),
        if_partly_right=_("If partly right: %(feedback)s"),
        if_wrong=_("If wrong: %(feedback)s"),
    )
    return FORMATS[format].read(data, options)


def write_file(title: str, questions: Iterable[QuestionDraft], *, format: str) -> str:
    return FORMATS[format].write(title, questions)


def describe_problem(problem: Problem) -> LineError:
    return LineError(problem.line, MESSAGES[problem.code] % problem.params)


def first_errors(errors: Sequence[LineError], *, limit: int = 100) -> list[LineError]:
    """Return the first errors by line; if there are more, the last says how many."""
    in_order = sorted(errors, key=lambda error: error.line)
    if len(in_order) <= limit:
        return in_order
    first, others = in_order[: limit - 1], in_order[limit - 1 :]
    reason = _("%(number)s more questions or lines cannot be imported.") % {"number": len(others)}
    return [*first, LineError(others[0].line, reason)]
