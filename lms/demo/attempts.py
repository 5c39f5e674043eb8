"""
Simulate how the demo's students take its quizzes; a seed always gives the same submissions.

The probability of a correct answer follows the two-parameter logistic model: it depends on the
student's ability and on the question's difficulty and discrimination, so that the statistics of
the quizzes look realistic.
"""

from collections.abc import Sequence
from math import exp
from random import Random
from typing import NamedTuple

from apps.quizzes.documents import (
    MULTIPLE,
    NUMERIC,
    SHORT_TEXT,
    SINGLE,
    TRUE_FALSE,
    Answer,
    QuestionSnapshot,
)
from apps.quizzes.grading import GradingResult, grade, normalize_answer
from apps.quizzes.numbers import parse_number
from apps.quizzes.services import shuffle_questions
from lms.demo.users import DEMO_STUDENT

MAX_TRIES = 60  # to find answers that pass or fail, with a changing ability
ABILITY_STEP = 0.2
ADVANTAGE = 1.2  # of students who pass; those who fail have it as a disadvantage
DIFFICULTY = (-0.8, 1.2)
DISCRIMINATION = (0.8, 2.0)
FAILURES_BEFORE_PASSING = (0.62, 0.28, 0.10)  # the probabilities of none, one and two
MIXED_UP = 0.4  # the share of wrong texts that are another question's answer
TRIED_ONCE = 0.55  # the share of students without a pass who have tried once


class Submission(NamedTuple):
    """A submission: the questions in the order of the attempt, the answers and the result."""

    questions: Sequence[QuestionSnapshot]
    answers: list[Answer]
    result: GradingResult


def simulate_submissions(
    questions: Sequence[QuestionSnapshot],
    *,
    student: str,
    quiz: str,
    passes: bool,
    max_attempts: int | None,
    shuffle: bool,
    partial_credit: bool,
    pass_mark: int,
    seed: int,
) -> list[Submission]:
    """
    Return a student's submissions of a quiz, in order.

    :param passes: whether the last one passes; otherwise all fail, and there may be none
    """
    random = Random(f"{seed}:{student}:{quiz}")
    ability = Random(f"{seed}:{student}").gauss(0.4, 0.9)

    def submit(passed: bool) -> Submission:
        presented = shuffle_questions(questions, random) if shuffle else questions
        for number in range(MAX_TRIES):
            change = ADVANTAGE + ABILITY_STEP * number
            adjusted = ability + (change if passed else -change)
            answers = [
                _answer(question, presented, adjusted, random, seed) for question in presented
            ]
            result = grade(presented, answers, partial_credit=partial_credit, pass_mark=pass_mark)
            if result.passed == passed:
                return Submission(presented, answers, result)
        answers = [right_answer(question) for question in presented] if passed else []
        result = grade(presented, answers, partial_credit=partial_credit, pass_mark=pass_mark)
        return Submission(presented, answers, result)

    failures = _count_failures(student, passes, random)
    failures = min(failures, (max_attempts or failures + 1) - 1)
    return [submit(False) for _ in range(failures)] + ([submit(True)] if passes else [])


def right_answer(question: QuestionSnapshot) -> Answer:
    if question.kind in (SINGLE, MULTIPLE):
        correct = [choice.id for choice in question.choices if choice.is_correct]
        return Answer(question=question.id, choices=correct)
    return Answer(question=question.id, text=question.answer.splitlines()[0])


def _count_failures(student: str, passes: bool, random: Random) -> int:
    if student == DEMO_STUDENT.username:
        return 1
    if passes:
        return random.choices((0, 1, 2), FAILURES_BEFORE_PASSING)[0]
    return int(random.random() < TRIED_ONCE)


def _answer(
    question: QuestionSnapshot,
    presented: Sequence[QuestionSnapshot],
    ability: float,
    random: Random,
    seed: int,
) -> Answer:
    traits = Random(f"{seed}:{question.text}")
    difficulty, discrimination = traits.uniform(*DIFFICULTY), traits.uniform(*DISCRIMINATION)
    if random.random() < 1 / (1 + exp(discrimination * (difficulty - ability))):
        return right_answer(question)
    return _wrong_answer(question, presented, random)


def _wrong_answer(
    question: QuestionSnapshot, presented: Sequence[QuestionSnapshot], random: Random
) -> Answer:
    wrong = [choice.id for choice in question.choices if not choice.is_correct]
    if question.kind == SINGLE:
        return Answer(question=question.id, choices=[random.choice(wrong)])
    if question.kind == MULTIPLE:
        correct = [choice.id for choice in question.choices if choice.is_correct]
        all_but_one = random.sample(correct, len(correct) - 1)
        return Answer(question=question.id, choices=[*all_but_one, random.choice(wrong)])
    return Answer(question=question.id, text=_wrong_text(question, presented, random))


def _wrong_text(
    question: QuestionSnapshot, presented: Sequence[QuestionSnapshot], random: Random
) -> str:
    if question.kind == TRUE_FALSE:
        return "false" if question.answer == "true" else "true"
    if question.kind == NUMERIC:
        error = 1 + 2 * (question.tolerance or 0) + random.randrange(1, 9)
        return str(parse_number(question.answer) + int(error) * random.choice((-1, 1)))
    accepted = {normalize_answer(text) for text in question.answer.splitlines()}
    others = [other.answer.splitlines()[0] for other in presented if other.kind == SHORT_TEXT]
    mixed_up = [text for text in others if normalize_answer(text) not in accepted]
    if mixed_up and random.random() < MIXED_UP:
        return random.choice(mixed_up)
    return random.choice(_misspellings(question, accepted))


def _misspellings(question: QuestionSnapshot, accepted: set[str]) -> list[str]:
    """Return wrong answers: the longest accepted one with a letter doubled or missing."""
    right = max(question.answer.splitlines(), key=len)
    indexes = [index for index, letter in enumerate(right) if not letter.isspace()]
    doubled = [right[:index] + right[index] + right[index:] for index in indexes]
    missing = [right[:index] + right[index + 1 :] for index in indexes]
    return [text for text in doubled + missing if normalize_answer(text) not in {*accepted, ""}]
