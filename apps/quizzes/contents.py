"""
Questions with their choices, and summaries of them, as plain objects.

A full quiz has 6,000 choices, so they are read without building a document for each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from bson import ObjectId

from apps.quizzes.documents import GradingMethod, Kind
from apps.quizzes.grading import rounded_sum
from apps.quizzes.problems import Problem, find_problems


class ChoiceContent(NamedTuple):
    id: ObjectId
    text: str
    is_correct: bool


@dataclass(frozen=True)
class QuestionContent:
    """A question with its choices; it has the same fields as :class:`QuestionSnapshot`."""

    id: ObjectId
    text: str
    kind: Kind
    answer: str
    tolerance: float | None
    points: float
    explanation: str
    choices: Sequence[ChoiceContent]


@dataclass(frozen=True)
class QuizSummary:
    """A summary of a quiz's questions; `problems` keep it from being taken."""

    question_count: int
    choice_count: int  # without the choices of questions whose choices are being replaced
    max_score: float
    problems: Sequence[Problem]

    @property
    def is_ready(self) -> bool:
        return not self.problems


class QuizResultFields(NamedTuple):
    """The fields of a quiz that the result of a student needs."""

    id: ObjectId
    lesson: ObjectId
    title: str
    grading: GradingMethod


class AttemptResult(NamedTuple):
    """The result of an attempt; None if it was not submitted."""

    attempt: int
    percentage: float | None
    passed: bool | None


def summarize(questions: Sequence[QuestionContent]) -> QuizSummary:
    return QuizSummary(
        question_count=len(questions),
        choice_count=sum(len(question.choices) for question in questions),
        max_score=rounded_sum(question.points for question in questions),
        problems=find_problems(questions),
    )


def answer_key_digest(questions: Iterable[QuestionContent]) -> str:
    """Return a digest of a quiz's answer key, whatever the order of its questions and choices."""
    rows = sorted(
        (
            str(question.id),
            question.kind,
            question.answer,
            question.tolerance,
            question.explanation,
            _correct_choices(question.choices),
        )
        for question in questions
    )
    return blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def _correct_choices(choices: Iterable[ChoiceContent]) -> list[tuple[str, bool]]:
    return sorted((str(choice.id), bool(choice.is_correct)) for choice in choices)
