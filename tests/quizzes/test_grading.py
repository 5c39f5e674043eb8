"""Tables of what grading, a pure function, returns."""

import time

import pytest
from bson import ObjectId

from apps.quizzes.documents import Answer, ChoiceSnapshot, QuestionSnapshot
from apps.quizzes.grading import grade, normalize_answer, quiz_grade
from apps.quizzes.numbers import parse_number

A, B, C, D = (ObjectId() for _ in range(4))


def question(kind: str, **fields) -> QuestionSnapshot:
    right = fields.pop("right", ())
    choices = [ChoiceSnapshot(id=each, text="x", is_correct=each in right) for each in (A, B, C, D)]
    if kind in ("single", "multiple"):
        fields["choices"] = choices
    return QuestionSnapshot(id=ObjectId(), text="?", kind=kind, **{"points": 1} | fields)


def points_for(asked: QuestionSnapshot, *, partial_credit: bool = False, **answer):
    answers = [Answer(question=asked.id, **answer)] if answer else []
    result = grade([asked], answers, partial_credit=partial_credit, pass_mark=70)
    [graded] = result.results
    return graded.points, graded.correct


@pytest.mark.parametrize(
    ("chosen", "points"),
    [([A], 1), ([B], 0), ([], 0), (None, 0)],
)
def test_a_single_choice_is_correct_or_not(chosen, points):
    answer = {} if chosen is None else {"choices": chosen}
    assert points_for(question("single", right={A}), **answer) == (points, points == 1)


@pytest.mark.parametrize(
    ("right", "chosen", "strict", "partial"),
    [
        ({A, B}, [A, B], 1, 1),
        ({A, B}, [B, A], 1, 1),
        ({A, B}, [A], 0, 0.5),
        ({A, B}, [A, C], 0, 0),  # right minus wrong
        ({A, B}, [A, B, C], 0, 0.5),
        ({A, B}, [A, B, C, D], 0, 0),  # selecting all of them earns nothing
        ({A, B}, [C, D], 0, 0),  # not below zero
        ({A, B}, [], 0, 0),
        ({A, B, C}, [A], 0, 0.33),
        ({A, B, C}, [A, B], 0, 0.67),
        ({A}, [A], 1, 1),
        (set(), [], 0, 0),
    ],
)
def test_several_choices_earn_all_or_nothing_unless_there_is_partial_credit(
    right, chosen, strict, partial
):
    asked = question("multiple", right=right)
    assert points_for(asked, choices=chosen) == (strict, strict == 1)
    assert points_for(asked, choices=chosen, partial_credit=True) == (partial, partial == 1)


def test_accents_count_where_there_is_nothing_else():
    assert (
        normalize_answer("\u0301\u0323")
        == normalize_answer("\u0323\u0301")
        != normalize_answer("\u0301")
    )


@pytest.mark.parametrize("marks", ["\u0301\u0323", "e\u0301\u0323", "\u0301\u0323 "])
def test_answers_of_unordered_accents_take_no_longer_than_others(marks):
    def seconds(text: str) -> float:
        return min(_seconds_to_normalize(text) for _ in range(3))

    assert seconds((marks * 4096)[:4096]) < 8 * seconds("e\u0301" * 2048)


def _seconds_to_normalize(text: str) -> float:
    began = time.thread_time()
    for _ in range(20):
        normalize_answer(text)
    return time.thread_time() - began


@pytest.mark.parametrize(
    ("answer", "text", "points"),
    [
        ("true", "true", 1),
        ("true", " TRUE ", 1),
        ("true", "false", 0),
        ("false", "false", 1),
        ("false", "true", 0),
        ("false", "", 0),
    ],
)
def test_true_or_false_ignores_case_and_spaces(answer, text, points):
    assert points_for(question("true_false", answer=answer), text=text)[0] == points


@pytest.mark.parametrize(
    ("answer", "text", "points"),
    [
        ("Paris", "paris", 1),
        ("Paris", "  PARIS\t", 1),
        ("City of Light\nParis", "city   of\n light", 1),
        ("Élan vital", "elan VITAL", 1),
        ("elan", "e\u0301lan", 1),
        ("straße", "STRASSE", 1),
        ("ﬁn", "fin", 1),
        ("Paris", "ＰＡＲＩＳ", 1),
        ("Αθήνα", "αθηνα", 1),
        ("القاهرة", "القاهرة", 1),
        ("Paris", "Pari", 0),
        ("Paris", "Paris!", 0),
        ("Paris\nRome", "Paris Rome", 0),
        ("Paris", "", 0),
        ("Paris", "   ", 0),
        ("C++", "c++", 1),
        ("C++", "c", 0),
        (".*", "anything", 0),
        ("´", "´", 1),  # nothing but an accent
    ],
)
def test_short_text_ignores_case_accents_and_extra_spaces(answer, text, points):
    assert points_for(question("short_text", answer=answer), text=text)[0] == points


@pytest.mark.parametrize(
    ("answer", "tolerance", "text", "points"),
    [
        ("1.5", None, "1,5", 1),
        ("1,5", None, "1.5", 1),
        ("15e-1", None, "1.50", 1),
        ("1.5", None, " 1.5 ", 1),
        ("1.5", None, "+1.5", 1),
        ("-2", None, "\u22122", 1),
        ("1.5", None, "١٫٥", 1),
        ("0.5", None, ".5", 1),
        ("5", None, "5.", 1),
        ("1000000", None, "1 000 000", 1),
        ("1.5", None, "1.51", 0),
        ("1.5", 0.1, "1.6", 1),  # exactly at the limit, in decimal numbers
        ("1.5", 0.1, "1.4", 1),
        ("1.5", 0.1, "1.6000001", 0),
        ("0.3", 0, "0.3", 1),
        ("1e300", 1, "1e300", 1),
        ("1.5", None, "five", 0),
        ("1.5", None, "", 0),
        ("1.5", None, "1.5.0", 0),
        ("1.5", None, "1e9999", 0),
        ("1.5", None, "nan", 0),
        ("1.5", 1e9, "Infinity", 0),
        ("1.5", None, "9" * 1000, 0),
        ("0x10", None, "16", 0),
    ],
)
def test_numeric_compares_decimal_numbers_within_the_tolerance(answer, tolerance, text, points):
    asked = question("numeric", answer=answer, tolerance=tolerance)
    assert points_for(asked, text=text)[0] == points


def test_a_score_is_the_sum_of_all_points_and_unanswered_questions_earn_none():
    asked = [
        question("single", right={A}, points=0.1),
        question("single", right={A}, points=0.2),
        question("numeric", answer="1", points=2.75),
    ]
    answers = [Answer(question=each.id, choices=[A]) for each in asked[:2]]

    result = grade(asked, answers, partial_credit=False, pass_mark=10)

    assert [each.points for each in result.results] == [0.1, 0.2, 0]
    assert (result.score, result.max_score) == (0.3, 3.05)
    assert result.percentage == 9.84  # 9.836…
    assert result.passed is False


@pytest.mark.parametrize(
    ("right", "of", "pass_mark", "percentage", "passed"),
    [
        (7, 10, 70, 70, True),
        (6, 10, 70, 60, False),
        (2, 3, 67, 66.67, False),  # decided before rounding: 66.666…
        (1, 8, 13, 12.5, False),
        (1, 16, 6, 6.25, True),
        (0, 3, 0, 0, True),
        (3, 3, 100, 100, True),
    ],
)
def test_passing_is_decided_before_rounding(right, of, pass_mark, percentage, passed):
    asked = [question("single", right={A}) for _ in range(of)]
    answers = [Answer(question=each.id, choices=[A]) for each in asked[:right]]

    result = grade(asked, answers, partial_credit=False, pass_mark=pass_mark)

    assert (result.percentage, result.passed) == (percentage, passed)


def test_halves_are_rounded_up():
    asked = question("multiple", right={A, B}, points=0.25)
    assert points_for(asked, choices=[A], partial_credit=True)[0] == 0.13  # 0.125


@pytest.mark.parametrize(
    ("percentages", "grades"),
    [
        ([], {"highest": None, "latest": None, "first": None, "average": None}),
        ([50], {"highest": 50, "latest": 50, "first": 50, "average": 50}),
        ([40, 90, 60], {"highest": 90, "latest": 60, "first": 40, "average": 63.33}),
        ([0.1, 0.2], {"highest": 0.2, "latest": 0.2, "first": 0.1, "average": 0.15}),
    ],
)
def test_the_grade_of_several_submissions(percentages, grades):
    assert {name: quiz_grade(percentages, name) for name in grades} == grades


def test_a_number_can_be_written_in_several_ways():
    assert len({parse_number(text) for text in ("1,5", "1.5", "15e-1", "+1.50", "0.15E1")}) == 1
    assert parse_number("1,500") == parse_number("1.5")  # a comma is a decimal separator


def test_normalizing_an_answer_twice_changes_nothing():
    for text in ("Élan  VITAL", "ΑΘΉΝΑ", "ǅ", "İstanbul", "ẞ", " a\u00a0b "):
        assert normalize_answer(normalize_answer(text)) == normalize_answer(text)
