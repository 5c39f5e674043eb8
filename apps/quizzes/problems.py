"""What keeps a quiz from being taken: a question that nobody could answer, or none at all."""

from collections.abc import Iterable

from bson import ObjectId

from apps.quizzes.documents import WITH_CHOICES, AskedQuestion

NO_QUESTIONS, NO_ANSWER, NO_RIGHT_CHOICE = "no_questions", "no_answer", "no_right_choice"

Problem = tuple[ObjectId | None, str]  # the question, and a code


def problems_of(questions: Iterable[AskedQuestion]) -> list[Problem]:
    """Return what is wrong with a quiz of these questions; nothing where it can be taken."""
    questions = list(questions)
    if not questions:
        return [(None, NO_QUESTIONS)]
    found = ((question.id, problem_of(question)) for question in questions)
    return [(question_id, code) for question_id, code in found if code]


def problem_of(question: AskedQuestion) -> str | None:
    """Return why nobody could answer the question, None where somebody can."""
    if question.kind in WITH_CHOICES:
        can = any(choice.is_correct for choice in question.choices)
        return None if can else NO_RIGHT_CHOICE
    return None if question.answer.strip() else NO_ANSWER
