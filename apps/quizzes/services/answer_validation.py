"""Check that answers fit the questions of an attempt."""

from collections.abc import Mapping, Sequence

from bson import ObjectId
from django.utils.translation import gettext as _

from apps.common.errors import Invalid
from apps.quizzes.contents import QuestionContent
from apps.quizzes.documents import MULTIPLE, TRUE_FALSE, WITH_CHOICES, Answer, QuestionSnapshot

AnyQuestion = QuestionSnapshot | QuestionContent


def validate_answers(questions: Sequence[AnyQuestion], answers: Sequence[dict]) -> list[Answer]:
    """
    Return the answers as documents.

    :param answers: `{question, choices}` or `{question, text}` each
    :raises Invalid: an answer does not fit its question, or two answers are to one question
    """
    by_id: Mapping[ObjectId, AnyQuestion] = {question.id: question for question in questions}
    answered = [answer["question"] for answer in answers]
    if not set(answered) <= set(by_id):
        raise Invalid(answers=_("One of the questions does not belong to this quiz."))
    if len(set(answered)) < len(answered):
        raise Invalid(answers=_("A question is answered more than once."))
    for answer in answers:
        _check_answer(answer, by_id[answer["question"]])
    return [Answer(**answer) for answer in answers]


def _check_answer(answer: dict, question: AnyQuestion) -> None:
    error = (
        _choices_error(answer, question)
        if question.kind in WITH_CHOICES
        else _text_error(answer, question)
    )
    if error:
        raise Invalid(
            answers=_("“%(question)s”: %(problem)s")
            % {"question": question.text[:80], "problem": error}
        )


def _choices_error(answer: dict, question: AnyQuestion) -> str | None:
    if "choices" not in answer:
        return _("Answer this question with choices.")
    selected = answer["choices"]
    if len(set(selected)) < len(selected):
        return _("A choice is selected more than once.")
    if not set(selected) <= {choice.id for choice in question.choices}:
        return _("One of the choices does not belong to this question.")
    if len(selected) > 1 and question.kind != MULTIPLE:
        return _("Select only one choice.")
    return None


def _text_error(answer: dict, question: AnyQuestion) -> str | None:
    if "text" not in answer:
        return _("Answer this question with text.")
    if question.kind == TRUE_FALSE and answer["text"].strip().lower() not in ("true", "false", ""):
        return _("Answer true or false.")
    return None
