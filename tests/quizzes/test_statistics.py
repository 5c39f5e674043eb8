"""Statistics of quizzes, compared with tables computed by hand and with Python's statistics."""

import random
from collections import Counter
from statistics import correlation, fmean, median

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
    store_submission,
    submission_of,
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
# Mean 266.67 / 5 = 53.33; median 66.67; three of five have 60 or more.
TABLE = [(1, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 0), (0, 0, 0)]

# With x a question's points and y the sum of the others', variances over 5 - 1 = 4:
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


def compute_statistics(quiz, questions, choices=None, *, every_attempt=False):
    return statistics_of(quiz, questions, choices or {}, every_attempt=every_attempt)


def test_statistics_of_a_textbook_table():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1, 1)
    for points in TABLE:
        store_submission(quiz, questions, points)

    statistics = compute_statistics(quiz, questions)

    assert {name: value for name, value in statistics.items() if name != "questions"} == {
        "quiz": str(quiz.id),
        "attempts": 5,
        "students": 5,
        "mean": 53.33,
        "median": 66.67,
        "pass_rate": 60.0,
        "warning": "few_attempts",
    }
    rows = statistics["questions"]
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
    for points in [(2, 3), (1.33, 1.5), (0.67, 0)]:
        store_submission(quiz, questions, points)

    statistics = compute_statistics(quiz, questions)

    assert (statistics["mean"], statistics["median"], statistics["pass_rate"]) == (
        56.67,
        56.6,
        33.33,
    )
    assert [row["facility"] for row in statistics["questions"]] == [66.67, 50.0]
    assert [row["discrimination"] for row in statistics["questions"]] == [100.0, 100.0]


def test_only_first_submissions_count_unless_all_attempts_are_requested():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1)
    ada, ben = ObjectId(), ObjectId()
    store_submission(quiz, questions, (1, 1), student=ada, attempt=3)
    store_submission(quiz, questions, (1, 0), student=ada, attempt=2)
    _store_unsubmitted(submission_of(quiz, questions, (0, 0), student=ada, attempt=1))
    store_submission(quiz, questions, (0, 0), student=ben, attempt=1)
    _store_unsubmitted(submission_of(quiz, questions, (0, 0), student=ben, attempt=2))

    first, every = (
        compute_statistics(quiz, questions),
        compute_statistics(quiz, questions, every_attempt=True),
    )

    assert (first["attempts"], first["students"], first["mean"]) == (2, 2, 25.0)
    assert (every["attempts"], every["students"], every["mean"]) == (3, 2, 50.0)
    assert [row["facility"] for row in first["questions"]] == [50.0, 0.0]
    assert [row["facility"] for row in every["questions"]] == [66.67, 33.33]
    assert (first["median"], every["median"]) == (25.0, 50.0)


def test_other_quizzes_do_not_count():
    quiz, other = store_quiz(), store_quiz()
    questions = store_questions(quiz, 1, 1)
    store_submission(other, questions, (1, 1))

    assert compute_statistics(quiz, questions)["attempts"] == 0


def test_without_submissions_there_are_no_statistics():
    quiz = store_quiz()
    questions = store_questions(quiz, 1)

    statistics = compute_statistics(quiz, questions, every_attempt=True)

    names = ("attempts", "students", "mean", "median", "pass_rate", "warning")
    assert [statistics[name] for name in names] == [0, 0, None, None, None, "few_attempts"]
    [row] = statistics["questions"]
    assert (row["n"], row["facility"], row["discrimination"]) == (0, None, None)


@pytest.mark.parametrize(
    ("table", "discriminations"),
    [
        ([(1, 0)], [None, None]),  # one submission
        (
            [(1, 1), (1, 0), (1, 1)],
            [None, None],
        ),  # question 1, which is all others of question 2, does not vary
        ([(1, 1), (0, 0)], [100.0, 100.0]),
        ([(1, 0), (0, 1)], [-100.0, -100.0]),
    ],
    ids=["one", "constant", "together", "opposite"],
)
def test_without_two_submissions_or_variance_there_is_no_discrimination(table, discriminations):
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1)
    for points in table:
        store_submission(quiz, questions, points)

    rows = compute_statistics(quiz, questions)["questions"]

    assert [row["discrimination"] for row in rows] == discriminations


def test_the_only_question_of_a_quiz_has_no_discrimination_index():
    quiz = store_quiz()
    questions = store_questions(quiz, 1)
    for points in (0, 1, 1):
        store_submission(quiz, questions, [points])

    assert compute_statistics(quiz, questions)["questions"][0]["discrimination"] is None


def test_each_question_with_fewer_than_twenty_submissions_has_a_warning():
    quiz = store_quiz()
    old, new = store_questions(quiz, 1, 1)
    for _ in range(19):
        store_submission(quiz, [old], [1])
    assert compute_statistics(quiz, [old, new])["warning"] == "few_attempts"

    store_submission(quiz, [old, new], [1, 1])
    statistics = compute_statistics(quiz, [old, new])

    assert statistics["warning"] is None
    assert [(row["n"], row["warning"]) for row in statistics["questions"]] == [
        (20, None),
        (1, "few_attempts"),
    ]


def test_a_deleted_question_is_not_listed():
    quiz = store_quiz()
    question, deleted = store_questions(quiz, 1, 1)
    store_submission(quiz, [question, deleted], [1, 0])

    assert [row["n"] for row in compute_statistics(quiz, [question])["questions"]] == [1]


def test_selections_are_counted_by_choice():
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
        answers = [_select(single, to_single), _select(multiple, to_multiple)]
        store_submission(quiz, questions, (0, 0), student=student, answers=answers)
    store_submission(quiz, questions, (0, 0))  # without answers
    choices = {single.id: [red, blue], multiple.id: [two, three, four]}

    rows = compute_statistics(quiz, questions, choices)["questions"]

    assert rows[0]["choices"] == [
        {"id": str(red.id), "text": "red", "is_correct": True, "count": 2},
        {"id": str(blue.id), "text": "blue", "is_correct": False, "count": 1},
    ]
    assert [(choice["text"], choice["count"]) for choice in rows[1]["choices"]] == [
        ("two", 3),
        ("three", 1),
        ("four", 1),
    ]


def test_answers_to_true_false_questions_are_counted():
    quiz = store_quiz()
    [question] = store_questions(quiz, 1, kind="true_false")
    question.answer = "false"
    for text in ("true", "false", "False ", "", "true", "false"):
        answer = Answer(question=question.id, text=text)
        store_submission(quiz, [question], [0], answers=[answer])

    [row] = compute_statistics(quiz, [question])["questions"]

    assert row["choices"] == [
        {"id": None, "text": "true", "is_correct": False, "count": 2},
        {"id": None, "text": "false", "is_correct": True, "count": 3},
    ]


def test_answers_of_all_kinds_in_one_submission_are_distinguished():
    quiz = store_quiz()
    kinds = ("numeric", "single", "true_false", "short_text")
    number, single, truth, word = [store_questions(quiz, 1, kind=kind)[0] for kind in kinds]
    truth.answer = "true"
    [red] = store_choices(single, red=True)
    answers = [
        Answer(question=number.id, text="1"),
        _select(single, [red]),
        Answer(question=truth.id, text="true"),
        Answer(question=word.id, text="true"),
    ]
    questions = [number, single, truth, word]
    store_submission(quiz, questions, (1, 1, 1, 0), answers=answers)

    rows = compute_statistics(quiz, questions, {single.id: [red]})["questions"]

    assert [[choice["count"] for choice in row["choices"]] for row in rows] == [[], [1], [1, 0], []]


def test_selections_too_are_counted_in_first_submissions_only():
    quiz = store_quiz()
    [single] = store_questions(quiz, 1, kind="single")
    red, blue = store_choices(single, red=True, blue=False)
    student = ObjectId()
    for attempt, choice in ((1, blue), (2, red)):
        store_submission(
            quiz,
            [single],
            [0],
            student=student,
            attempt=attempt,
            answers=[_select(single, [choice])],
        )
    choices = {single.id: [red, blue]}

    first = compute_statistics(quiz, [single], choices)["questions"][0]["choices"]
    every = compute_statistics(quiz, [single], choices, every_attempt=True)["questions"][0][
        "choices"
    ]

    assert [choice["count"] for choice in first] == [0, 1]
    assert [choice["count"] for choice in every] == [1, 1]


def test_a_first_submission_without_answers_is_not_replaced_by_the_second():
    quiz = store_quiz()
    [single] = store_questions(quiz, 1, kind="single")
    [red] = store_choices(single, red=True)
    student = ObjectId()
    empty = store_submission(quiz, [single], [0], student=student)
    Attempt.objects(id=empty.id).update(unset__answers=True)
    store_submission(
        quiz, [single], [1], student=student, attempt=2, answers=[_select(single, [red])]
    )

    [row] = compute_statistics(quiz, [single], {single.id: [red]})["questions"]

    assert row["choices"][0]["count"] == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("every_attempt", [False, True])
def test_random_points_agree_with_pythons_statistics(seed, every_attempt):
    rng = random.Random(seed)
    quiz = store_quiz()
    max_points = [rng.choice([1, 2.5, 10, 999.99]) for _ in range(4)]
    questions = store_questions(quiz, *max_points)
    stored = []
    for _ in range(40):
        student = ObjectId()
        for attempt in range(1, rng.randint(1, 3) + 1):
            points = [round(each * rng.choice([0, 1, rng.random()]), 2) for each in max_points]
            stored.append(submission_of(quiz, questions, points, student=student, attempt=attempt))
    rng.shuffle(stored)
    Attempt.objects.insert(stored)
    counted = [each for each in stored if every_attempt or each.attempt == 1]

    statistics = compute_statistics(quiz, questions, every_attempt=every_attempt)

    percentages = [submission.percentage for submission in counted]
    assert statistics["attempts"] == len(counted)
    assert statistics["students"] == 40
    assert statistics["mean"] == pytest.approx(fmean(percentages), abs=0.00501)
    assert statistics["median"] == pytest.approx(median(percentages), abs=0.00501)
    passed = Counter(submission.passed for submission in counted)[True]
    assert statistics["pass_rate"] == pytest.approx(100 * passed / len(counted), abs=0.00501)
    for position, row in enumerate(statistics["questions"]):
        x = [submission.results[position].points for submission in counted]
        y = [
            sum(result.points for result in submission.results) - own
            for submission, own in zip(counted, x, strict=True)
        ]
        share = 100 * fmean(x) / max_points[position]
        assert row["facility"] == pytest.approx(share, abs=0.00501)
        discrimination = 100 * correlation(x, y)
        assert row["discrimination"] == pytest.approx(discrimination, abs=0.00501)


def test_points_are_summed_in_whole_hundredths():
    """In floating point, 0.29 * 100 is 28.999999999999996."""
    quiz = store_quiz()
    questions = store_questions(quiz, 0.29, 0.58, 1.13)
    for _ in range(3):
        store_submission(quiz, questions, (0.29, 0.58, 1.13))
    store_submission(quiz, questions, (0.29, 0, 1.13))

    rows = compute_statistics(quiz, questions)["questions"]

    assert [row["facility"] for row in rows] == [100.0, 75.0, 100.0]
    assert [row["discrimination"] for row in rows] == [None, None, None]


def test_large_points_that_hardly_vary_lose_no_precision():
    """Sums of squares of floats would be too inexact for these means and differences."""
    quiz = store_quiz()
    questions = store_questions(quiz, 1000, 1000)
    for low in (0, 0.01, 0.02, 0.01):
        store_submission(quiz, questions, (999 + low, 998 + low))

    rows = compute_statistics(quiz, questions)["questions"]

    assert [row["discrimination"] for row in rows] == [100.0, 100.0]


def test_the_number_of_queries_is_constant_and_no_submission_is_loaded():
    quiz = store_quiz()
    questions = store_questions(quiz, 1, 1, kind="single")
    with record_commands() as few_commands:
        compute_statistics(quiz, questions)
    for points in TABLE * 8:
        store_submission(quiz, questions, points[:2])
    with record_commands() as many_commands:
        compute_statistics(quiz, questions)

    assert len(format_commands(many_commands)) == len(format_commands(few_commands)) == 4
    assert {next(iter(command)) for command in many_commands} == {"aggregate"}


def test_the_statistics_match_their_serializer():
    quiz = store_quiz()
    [question] = store_questions(quiz, 1, kind="true_false")
    store_submission(quiz, [question], [1])

    statistics = compute_statistics(quiz, [question])

    assert StatisticsSerializer(statistics).data == statistics


def _select(question, choices) -> Answer:
    return Answer(question=question.id, choices=[choice.id for choice in choices])


def _store_unsubmitted(attempt) -> None:
    """Store the submission as an attempt that is open or has expired."""
    for name in ("submitted_at", "score", "max_score", "percentage", "passed"):
        setattr(attempt, name, None)
    attempt.results = []
    attempt.save(force_insert=True)
