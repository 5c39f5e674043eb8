"""What the students of the demo have made of its quizzes: a seed gives one story.

How likely an answer is right follows the two-parameter logistic model: it depends on how able a
student is, on how hard a question is and on how sharply it tells the able from the others, so that
the figures of the quizzes look like those of real ones.
"""

from collections.abc import Callable, Sequence
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
from apps.quizzes.grading import Graded, fold_answer, grade
from apps.quizzes.numbers import read_number
from apps.quizzes.services import shuffled
from lms.demo.people import DEMO_STUDENT

TRIES = 60  # to hit on answers that pass, or fail, while the student is made more able, or less
STEP = 0.2
HEAD_START = 1.2  # so much abler are those who pass, and less able those who fail
HARDNESS = (-0.8, 1.2)
SHARPNESS = (0.8, 2.0)
MORE_TRIES = (0.62, 0.28, 0.10)  # how many fail no, one, two times before they pass
MIXED_UP = 0.4  # of those who write a wrong text, how many take it from another question
GIVES_UP = 0.55  # of those who have yet to pass, how many have tried once


class Submission(NamedTuple):
    """One submission: what was asked, in which order, the answers and what they are worth."""

    questions: Sequence[QuestionSnapshot]
    answers: list[Answer]
    graded: Graded


Grade = Callable[[Sequence[QuestionSnapshot], Sequence[Answer]], Graded]


def submissions(
    questions: Sequence[QuestionSnapshot],
    *,
    student: str,
    quiz: str,
    passes: bool,
    most: int | None,
    shuffle: bool,
    partial_credit: bool,
    pass_mark: int,
    seed: int,
) -> list[Submission]:
    """
    Return what a student submitted of a quiz, the first first.

    :param passes: the last of it passes; else what there is fails, and there may be none
    :param most: how many attempts there are
    """
    chance = Random(f"{seed}:{student}:{quiz}")
    ability = Random(f"{seed}:{student}").gauss(0.4, 0.9)

    def submit(passed: bool) -> Submission:
        asked = shuffled(questions, chance) if shuffle else questions
        for number in range(TRIES):
            edge = HEAD_START + STEP * number
            able = ability + (edge if passed else -edge)
            answers = [_answer(one, asked, able, chance, seed) for one in asked]
            graded = grade(asked, answers, partial_credit=partial_credit, pass_mark=pass_mark)
            if graded.passed == passed:
                return Submission(asked, answers, graded)
        answers = [right_answer(one) for one in asked] if passed else []
        graded = grade(asked, answers, partial_credit=partial_credit, pass_mark=pass_mark)
        return Submission(asked, answers, graded)

    fails = _failures(student, passes, chance)
    fails = min(fails, (most or fails + 1) - 1)
    return [submit(False) for _ in range(fails)] + ([submit(True)] if passes else [])


def right_answer(question: QuestionSnapshot) -> Answer:
    if question.kind in (SINGLE, MULTIPLE):
        right = [choice.id for choice in question.choices if choice.is_correct]
        return Answer(question=question.id, choices=right)
    return Answer(question=question.id, text=question.answer.splitlines()[0])


def _failures(student: str, passes: bool, chance: Random) -> int:
    if student == DEMO_STUDENT.username:
        return 1
    if passes:
        return chance.choices((0, 1, 2), MORE_TRIES)[0]
    return int(chance.random() < GIVES_UP)


def _answer(
    question: QuestionSnapshot,
    asked: Sequence[QuestionSnapshot],
    ability: float,
    chance: Random,
    seed: int,
) -> Answer:
    traits = Random(f"{seed}:{question.text}")
    hardness, sharpness = traits.uniform(*HARDNESS), traits.uniform(*SHARPNESS)
    if chance.random() < 1 / (1 + exp(sharpness * (hardness - ability))):
        return right_answer(question)
    return _wrong_answer(question, asked, chance)


def _wrong_answer(
    question: QuestionSnapshot, asked: Sequence[QuestionSnapshot], chance: Random
) -> Answer:
    wrong = [choice.id for choice in question.choices if not choice.is_correct]
    if question.kind == SINGLE:
        return Answer(question=question.id, choices=[chance.choice(wrong)])
    if question.kind == MULTIPLE:
        right = [choice.id for choice in question.choices if choice.is_correct]
        kept = chance.sample(right, len(right) - 1)
        return Answer(question=question.id, choices=[*kept, chance.choice(wrong)])
    return Answer(question=question.id, text=_wrong_text(question, asked, chance))


def _wrong_text(
    question: QuestionSnapshot, asked: Sequence[QuestionSnapshot], chance: Random
) -> str:
    if question.kind == TRUE_FALSE:
        return "false" if question.answer == "true" else "true"
    if question.kind == NUMERIC:
        off = 1 + 2 * (question.tolerance or 0) + chance.randrange(1, 9)
        return str(read_number(question.answer) + int(off) * chance.choice((-1, 1)))
    accepted = {fold_answer(one) for one in question.answer.splitlines()}
    others = [one.answer.splitlines()[0] for one in asked if one.kind == SHORT_TEXT]
    mixed_up = [one for one in others if fold_answer(one) not in accepted]
    if mixed_up and chance.random() < MIXED_UP:
        return chance.choice(mixed_up)
    return chance.choice(_misspellings(question, accepted))


def _misspellings(question: QuestionSnapshot, accepted: set[str]) -> list[str]:
    """Return the longest answer with a letter doubled or left out, as long as that is wrong."""
    right = max(question.answer.splitlines(), key=len)
    places = [place for place, letter in enumerate(right) if not letter.isspace()]
    doubled = [right[:place] + right[place] + right[place:] for place in places]
    cut = [right[:place] + right[place + 1 :] for place in places]
    return [one for one in doubled + cut if fold_answer(one) not in {*accepted, ""}]
