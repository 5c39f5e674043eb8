"""What keeps a quiz from being taken: a question that nobody could answer, or none at all."""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from apps.quizzes.documents import WITH_CHOICES

NO_QUESTIONS, NO_ANSWER, NO_RIGHT_CHOICE = "no_questions", "no_answer", "no_right_choice"

Problem = tuple[ObjectId | None, str]  # the question, and a code


def problems_of(questions: Iterable[Any]) -> list[Problem]:
    """
    Return what is wrong with a quiz of these questions; nothing where it can be taken.

    :param questions: with their choices
    """
    questions = list(questions)
    if not questions:
        return [(None, NO_QUESTIONS)]
    found = (
        (
            one.id,
            problem_of(
                one.kind,
                one.answer,
                has_right_choice=any(choice.is_correct for choice in one.choices),
            ),
        )
        for one in questions
    )
    return [(question_id, code) for question_id, code in found if code]


def problem_of(kind: str, answer: str, *, has_right_choice: bool) -> str | None:
    """Return why nobody could answer the question, None where somebody can."""
    if kind in WITH_CHOICES:
        return None if has_right_choice else NO_RIGHT_CHOICE
    return None if answer.strip() else NO_ANSWER
