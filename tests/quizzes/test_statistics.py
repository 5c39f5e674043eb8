"""Figures of a quiz and its questions, against tables computed by hand and Python's statistics."""

import random
import statistics
from collections import Counter

import pytest
from bson import ObjectId

from apps.quizzes.documents import Answer, Attempt
from apps.quizzes.selectors.statistics import statistics_of
from apps.quizzes.serializers import StatisticsSerializer
from tests.command_counter import format_commands, record_commands
from tests.quizzes.submissions import (
    store_choices,
    store_questions,
    store_quiz,
    submission_of,
    submit,
)

# A textbook's table: five students, three questions of one point each.
#
#              1   2   3   score      %
#   Ada        1   1   1     3     100.00
#   Ben        1   1   0     2      66.67
#   Cem        1   0   1     2      66.67
#   Dia        0   1   0     1      33.33
#   Eve        0   0   0     0       0.00
#
# Mean 266.67 / 5 = 53.33; the one in the middle is 66.67; three of five have 60 or more.
TABLE = [(1, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 0), (0, 0, 0)]

# With x a question's mark and y the sum of the others', variances over 5 - 1 = 4:
#
# 1: x = 1 1 1 0 0, mean 0.6; y = 2 1 1 1 0, mean 1
#    var x = (3 * 0.16 + 2 * 0.36) / 4 = 0.3      var y = (1 + 0 + 0 + 0 + 1) / 4 = 0.5
#    cov   = (0.4 * 1 + 0 + 0 + 0 + -0.6 * -1) / 4 = 0.25
#    r     = 0.25 / sqrt(0.3 * 0.5) = 0.6455
# 2: x = 1 1 0 1 0, mean 0.6; y = 2 1 2 0 0, mean 1
#    cov   = (0.4 + 0 - 0.6 - 0.4 + 0.6) / 4 = 0: r = 0
# 3: x = 1 0 1 0 0, mean 0.4; y = 2 2 1 1 0, mean 1.2
#    var x = (2 * 0.36 + 3 * 0.16) / 4 = 0.3
#    var y = (0.64 + 0.64 + 0.04 + 0.04 + 1.44) / 4 = 0.7
#    cov   = (0.48 - 0.32 - 0.12 + 0.08 + 0.48) / 4 = 0.15
#    r     = 0.15 / sqrt(0.3 * 0.7) = 0.3273
FACILITIES = [60.0, 60.0, 40.0]
DISCRIMINATIONS = [64.55, 0.0, 32.73]


def figures_of(quiz, questions, choices=None, *, every_attempt=False):
    return statistics_of(quiz, questions, choices or {}, every_attempt=every_attempt)


def test_the_figures_of_a_textbooks_table():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1, 1)
    for marks in TABLE:
        submit(quiz, questions, marks)

    figures = figures_of(quiz, questions)

    assert {name: value for name, value in figures.items() if name != "questions"} == {
        "quiz": str(quiz.id),
        "attempts": 5,
        "students": 5,
        "mean": 53.33,
        "median": 66.67,
        "pass_rate": 60.0,
        "warning": "few_attempts",
    }
    rows = figures["questions"]
    assert [row["facility"] for row in rows] == FACILITIES
    assert [row["discrimination"] for row in rows] == DISCRIMINATIONS
    assert rows[0] == {
        "question": str(questions[0].id),
        "text": "Question 1",
        "kind": "short_text",
        "n": 5,
        "facility": 60.0,
        "discrimination": 64.55,
        "warning": "few_attempts",
        "choices": [],
    }


def test_partial_credit_and_unequal_points():
    # Question 1 is worth 2 points, question 2 three.
    #
    #          1     2   score
    #   Ada   2.00  3.00  5.00    100 %
    #   Ben   1.33  1.50  2.83    56.6 %
    #   Cem   0.67  0.00  0.67    13.4 %
    #
    # facility 1 = mean 4 / 3 of 2 = 66.67 %; 2 = mean 1.5 of 3 = 50 %
    # 1 against 2: x - mean = 0.666…, -0.003…, -0.663…; y - mean = 1.5, 0, -1.5
    #   cov = (1 + 0.995) / 2 = 0.9975; var x = (0.444… + 0.00001… + 0.44002…) / 2 = 0.442233…
    #   var y = 2.25; r = 0.9975 / sqrt(0.442233… * 2.25) = 0.9975 / 0.997508… = 0.99999…
    # median 56.6, mean 170 / 3 = 56.67, one of three passed
    quiz = store_quiz()
    questions = store_questions(quiz, 2, 3)
    for marks in [(2, 3), (1.33, 1.5), (0.67, 0)]:
        submit(quiz, questions, marks)

    figures = figures_of(quiz, questions)

    assert (figures["mean"], figures["median"], figures["pass_rate"]) == (56.67, 56.6, 33.33)
    assert [row["facility"] for row in figures["questions"]] == [66.67, 50.0]
    assert [row["discrimination"] for row in figures["questions"]] == [100.0, 100.0]


def test_of_several_attempts_the_first_that_was_submitted_counts_unless_all_are_asked_for():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1)
    ada, ben = ObjectId(), ObjectId()
    submit(quiz, questions, (1, 1), student=ada, attempt=3)
    submit(quiz, questions, (1, 0), student=ada, attempt=2)
    _unsubmitted(submission_of(quiz, questions, (0, 0), student=ada, attempt=1))
    submit(quiz, questions, (0, 0), student=ben, attempt=1)
    _unsubmitted(submission_of(quiz, questions, (0, 0), student=ben, attempt=2))

    first, every = figures_of(quiz, questions), figures_of(quiz, questions, every_attempt=True)

    assert (first["attempts"], first["students"], first["mean"]) == (2, 2, 25.0)
    assert (every["attempts"], every["students"], every["mean"]) == (3, 2, 50.0)
    assert [row["facility"] for row in first["questions"]] == [50.0, 0.0]
    assert [row["facility"] for row in every["questions"]] == [66.67, 33.33]
    assert (first["median"], every["median"]) == (25.0, 50.0)


def test_other_quizzes_do_not_count():
    quiz, other = store_quiz(), store_quiz()
    questions = store_questions(quiz, 1, 1)
    submit(other, questions, (1, 1))

    assert figures_of(quiz, questions)["attempts"] == 0


def test_of_nothing_there_are_no_figures():
    quiz = store_quiz()
    questions = store_questions(quiz, 1)

    figures = figures_of(quiz, questions, every_attempt=True)

    names = ("attempts", "students", "mean", "median", "pass_rate", "warning")
    assert [figures[name] for name in names] == [0, 0, None, None, None, "few_attempts"]
    [row] = figures["questions"]
    assert (row["n"], row["facility"], row["discrimination"]) == (0, None, None)


@pytest.mark.parametrize(
    ("table", "discriminations"),
    [
        ([(1, 0)], [None, None]),  # one submission
        (
            [(1, 1), (1, 0), (1, 1)],
            [None, None],
        ),  # question 1 varies not, so nor do the others of 2
        ([(1, 1), (0, 0)], [100.0, 100.0]),
        ([(1, 0), (0, 1)], [-100.0, -100.0]),
    ],
    ids=["one", "constant", "together", "against"],
)
def test_without_two_submissions_or_a_variance_nothing_is_discriminated(table, discriminations):
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1)
    for marks in table:
        submit(quiz, questions, marks)

    rows = figures_of(quiz, questions)["questions"]

    assert [row["discrimination"] for row in rows] == discriminations


def test_a_quiz_of_one_question_discriminates_nothing():
    quiz = store_quiz()
    questions = store_questions(quiz, 1)
    for mark in (0, 1, 1):
        submit(quiz, questions, [mark])

    assert figures_of(quiz, questions)["questions"][0]["discrimination"] is None


def test_below_twenty_submissions_there_is_a_warning_for_each_question_by_its_own_number():
    quiz = store_quiz()
    old, new = store_questions(quiz, 1, 1)
    for _ in range(19):
        submit(quiz, [old], [1])
    assert figures_of(quiz, [old, new])["warning"] == "few_attempts"

    submit(quiz, [old, new], [1, 1])
    figures = figures_of(quiz, [old, new])

    assert figures["warning"] is None
    assert [(row["n"], row["warning"]) for row in figures["questions"]] == [
        (20, None),
        (1, "few_attempts"),
    ]


def test_a_question_that_was_removed_is_not_listed():
    quiz = store_quiz()
    kept, removed = store_questions(quiz, 1, 1)
    submit(quiz, [kept, removed], [1, 0])

    assert [row["n"] for row in figures_of(quiz, [kept])["questions"]] == [1]


def test_how_often_each_choice_was_taken():
    quiz = store_quiz()
    [single] = store_questions(quiz, 1, kind="single")
    [multiple] = store_questions(quiz, 1, kind="multiple")
    red, blue = store_choices(single, red=True, blue=False)
    two, three, four = store_choices(multiple, two=True, three=True, four=False)
    questions = [single, multiple]
    for student, to_single, to_multiple in [
        (ObjectId(), [red], [two, three]),
        (ObjectId(), [red], [two]),
        (ObjectId(), [blue], []),
        (ObjectId(), [], [four, two]),
    ]:
        answers = [_chosen(single, to_single), _chosen(multiple, to_multiple)]
        submit(quiz, questions, (0, 0), student=student, answers=answers)
    submit(quiz, questions, (0, 0))  # answered nothing
    choices = {single.id: [red, blue], multiple.id: [two, three, four]}

    rows = figures_of(quiz, questions, choices)["questions"]

    assert rows[0]["choices"] == [
        {"id": str(red.id), "text": "red", "is_correct": True, "count": 2},
        {"id": str(blue.id), "text": "blue", "is_correct": False, "count": 1},
    ]
    assert [(one["text"], one["count"]) for one in rows[1]["choices"]] == [
        ("two", 3),
        ("three", 1),
        ("four", 1),
    ]


def test_how_often_true_and_false_were_said():
    quiz = store_quiz()
    [question] = store_questions(quiz, 1, kind="true_false")
    question.answer = "false"
    for text in ("true", "false", "False ", "", "true", "false"):
        answer = Answer(question=question.id, text=text)
        submit(quiz, [question], [0], answers=[answer])

    [row] = figures_of(quiz, [question])["questions"]

    assert row["choices"] == [
        {"id": None, "text": "true", "is_correct": False, "count": 2},
        {"id": None, "text": "false", "is_correct": True, "count": 3},
    ]


def test_answers_of_all_kinds_in_one_submission_are_told_apart():
    quiz = store_quiz()
    kinds = ("numeric", "single", "true_false", "short_text")
    number, single, truth, word = [store_questions(quiz, 1, kind=kind)[0] for kind in kinds]
    truth.answer = "true"
    [red] = store_choices(single, red=True)
    answers = [
        Answer(question=number.id, text="1"),
        _chosen(single, [red]),
        Answer(question=truth.id, text="true"),
        Answer(question=word.id, text="true"),
    ]
    questions = [number, single, truth, word]
    submit(quiz, questions, (1, 1, 1, 0), answers=answers)

    rows = figures_of(quiz, questions, {single.id: [red]})["questions"]

    assert [[one["count"] for one in row["choices"]] for row in rows] == [[], [1], [1, 0], []]


def test_choices_too_are_counted_of_first_submissions_alone():
    quiz = store_quiz()
    [single] = store_questions(quiz, 1, kind="single")
    red, blue = store_choices(single, red=True, blue=False)
    student = ObjectId()
    for attempt, choice in ((1, blue), (2, red)):
        submit(
            quiz,
            [single],
            [0],
            student=student,
            attempt=attempt,
            answers=[_chosen(single, [choice])],
        )
    choices = {single.id: [red, blue]}

    first = figures_of(quiz, [single], choices)["questions"][0]["choices"]
    every = figures_of(quiz, [single], choices, every_attempt=True)["questions"][0]["choices"]

    assert [one["count"] for one in first] == [0, 1]
    assert [one["count"] for one in every] == [1, 1]


def test_a_first_submission_that_answered_nothing_borrows_nothing_from_the_second():
    quiz = store_quiz()
    [single] = store_questions(quiz, 1, kind="single")
    [red] = store_choices(single, red=True)
    student = ObjectId()
    empty = submit(quiz, [single], [0], student=student)
    Attempt.objects(id=empty.id).update(unset__answers=True)
    submit(quiz, [single], [1], student=student, attempt=2, answers=[_chosen(single, [red])])

    [row] = figures_of(quiz, [single], {single.id: [red]})["questions"]

    assert row["choices"][0]["count"] == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("every_attempt", [False, True])
def test_random_marks_agree_with_pythons_statistics(seed, every_attempt):
    dice = random.Random(seed)
    quiz = store_quiz()
    worths = [dice.choice([1, 2.5, 10, 999.99]) for _ in range(4)]
    questions = store_questions(quiz, *worths)
    stored = []
    for _ in range(40):
        student = ObjectId()
        for attempt in range(1, dice.randint(1, 3) + 1):
            marks = [round(worth * dice.choice([0, 1, dice.random()]), 2) for worth in worths]
            stored.append(submission_of(quiz, questions, marks, student=student, attempt=attempt))
    dice.shuffle(stored)
    Attempt.objects.insert(stored)
    looked_at = [one for one in stored if every_attempt or one.attempt == 1]

    figures = figures_of(quiz, questions, every_attempt=every_attempt)

    percentages = [one.percentage for one in looked_at]
    assert figures["attempts"] == len(looked_at)
    assert figures["students"] == 40
    assert figures["mean"] == pytest.approx(statistics.mean(percentages), abs=0.00501)
    assert figures["median"] == pytest.approx(statistics.median(percentages), abs=0.00501)
    passed = Counter(one.passed for one in looked_at)[True]
    assert figures["pass_rate"] == pytest.approx(100 * passed / len(looked_at), abs=0.00501)
    for place, row in enumerate(figures["questions"]):
        x = [one.marks[place].points for one in looked_at]
        y = [
            sum(mark.points for mark in one.marks) - own
            for one, own in zip(looked_at, x, strict=True)
        ]
        share = 100 * statistics.mean(x) / worths[place]
        assert row["facility"] == pytest.approx(share, abs=0.00501)
        correlation = 100 * statistics.correlation(x, y)
        assert row["discrimination"] == pytest.approx(correlation, abs=0.00501)


def test_marks_whose_hundredths_are_no_whole_floats_are_counted_whole():
    """0.29 * 100 is 28.999999999999996 in floating point."""
    quiz = store_quiz()
    questions = store_questions(quiz, 0.29, 0.58, 1.13)
    for _ in range(3):
        submit(quiz, questions, (0.29, 0.58, 1.13))
    submit(quiz, questions, (0.29, 0, 1.13))

    rows = figures_of(quiz, questions)["questions"]

    assert [row["facility"] for row in rows] == [100.0, 75.0, 100.0]
    assert [row["discrimination"] for row in rows] == [None, None, None]


def test_large_marks_that_hardly_vary_lose_nothing():
    """Means of a thousand and differences of a hundredth: sums of squares of floats would lie."""
    quiz = store_quiz()
    questions = store_questions(quiz, 1000, 1000)
    for low in (0, 0.01, 0.02, 0.01):
        submit(quiz, questions, (999 + low, 998 + low))

    rows = figures_of(quiz, questions)["questions"]

    assert [row["discrimination"] for row in rows] == [100.0, 100.0]


def test_as_often_is_asked_whatever_the_number_of_submissions_and_none_is_loaded():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1, kind="single")
    with record_commands() as few:
        figures_of(quiz, questions)
    for marks in TABLE * 8:
        submit(quiz, questions, marks[:2])
    with record_commands() as many:
        figures_of(quiz, questions)

    assert len(format_commands(many)) == len(format_commands(few)) == 4
    assert {next(iter(command)) for command in many} == {"aggregate"}


def test_the_answer_is_what_its_description_says():
    quiz = store_quiz()
    [question] = store_questions(quiz, 1, kind="true_false")
    submit(quiz, [question], [1])

    figures = figures_of(quiz, [question])

    assert StatisticsSerializer(figures).data == figures


def _chosen(question, choices) -> Answer:
    return Answer(question=question.id, choices=[one.id for one in choices])


def _unsubmitted(attempt) -> None:
    """Store an attempt that is open, or has run out."""
    for name in ("submitted_at", "score", "max_score", "percentage", "passed"):
        setattr(attempt, name, None)
    attempt.marks = []
    attempt.save(force_insert=True)
