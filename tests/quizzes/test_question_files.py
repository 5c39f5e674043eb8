from typing import get_args

import pytest

from apps.quizzes import documents, question_files
from apps.quizzes.interchange import drafts
from apps.quizzes.interchange.drafts import Problem
from apps.quizzes.question_files import LineError, first_errors


def test_the_question_formats_have_the_kinds_of_the_documents():
    assert drafts.KINDS == documents.KINDS
    assert drafts.WITH_CHOICES == documents.WITH_CHOICES


def test_every_problem_has_a_message():
    assert set(question_files.MESSAGES) == set(get_args(drafts.ProblemCode))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("a {=b =b}", "“b” appears more than once."),
        ("a {#many}", "“many” is not a number."),
        ("// points: 1001\na {T}", "Points must be above 0 and at most 1000."),
        ("a" * 1025 + "{T}", "The text has more than 1024 characters."),
        (f"a {{=b ~{'c' * 256}}}", "A choice has more than 255 characters."),
        (
            f"a {{T####{'c' * 2001}}}",
            "The explanation, including all feedback, has more than 2000 characters.",
        ),
        ("a {" + "~b" * 21 + "}", "The question has more than 20 choices."),
        ("a {T}\n\n" * 301, "A file can contain at most 300 questions."),
        ("a {", "The answer's closing brace } is missing."),
    ],
)
def test_a_problem_is_described_with_its_parameters(file, reason):
    [problem] = question_files.read_file(file.encode(), format="gift").problems

    assert question_files.describe_problem(problem).reason == reason


def test_malformed_xml_is_described_by_the_parsers_error():
    [problem] = question_files.read_file(b"<quiz>", format="moodle_xml").problems

    assert question_files.describe_problem(problem) == LineError(
        1, "The file is not well-formed XML: no element found."
    )


def test_the_first_errors_are_returned_with_the_number_of_the_others():
    errors = [LineError(line, "wrong") for line in range(250, 0, -1)]

    first = first_errors(errors)

    assert [error.line for error in first] == list(range(1, 101))
    assert first[-1].reason == "151 more questions or lines cannot be imported."
    assert first_errors(errors[:100]) == sorted(errors[:100], key=lambda error: error.line)


def test_describing_a_problem_keeps_its_line():
    assert question_files.describe_problem(Problem(7, "no_text")).line == 7
