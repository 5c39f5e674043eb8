"""The problems that keep a quiz from being taken: no questions, or unanswerable ones."""

from collections.abc import Iterable
from typing import Any, Literal, get_args

from bson import ObjectId

from apps.quizzes.documents import WITH_CHOICES

ProblemCode = Literal["no_questions", "no_answer", "no_right_choice"]
NO_QUESTIONS, NO_ANSWER, NO_RIGHT_CHOICE = get_args(ProblemCode)

Problem = tuple[ObjectId | None, ProblemCode]  # the question, and a code


def find_problems(questions: Iterable[Any]) -> list[Problem]:
    """
    Return the problems of a quiz, an empty list if it can be taken.

    :param questions: all questions of the quiz, with their choices
    """
    questions = list(questions)
    if not questions:
        return [(None, NO_QUESTIONS)]
    codes = (
        (
            question.id,
            question_problem(
                question.kind,
                question.answer,
                has_right_choice=any(choice.is_correct for choice in question.choices),
            ),
        )
        for question in questions
    )
    return [(question_id, code) for question_id, code in codes if code]


def question_problem(kind: str, answer: str, *, has_right_choice: bool) -> ProblemCode | None:
    """Return why nobody can answer the question, or None."""
    if kind in WITH_CHOICES:
        return None if has_right_choice else NO_RIGHT_CHOICE
    return None if answer.strip() else NO_ANSWER
