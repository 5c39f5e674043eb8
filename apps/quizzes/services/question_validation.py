"""Check that the fields of a question fit its kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _

from apps.common.errors import Invalid
from apps.quizzes.documents import (
    NUMERIC,
    SHORT_TEXT,
    TRUE_FALSE,
    WITH_CHOICES,
    ChoiceSnapshot,
    Question,
)
from apps.quizzes.numbers import parse_number


def validate_question(kind: str, fields: Mapping[str, Any]) -> dict:
    """
    Return the fields with a normalized answer.

    :raises Invalid: a field does not fit the kind of the question
    """
    errors = {
        "answer": _answer_error(kind, fields.get("answer", "")),
        "tolerance": _tolerance_error(kind, fields.get("tolerance")),
        "choices": _choices_error(kind, fields.get("choices")),
    }
    if any(errors.values()):
        raise Invalid(**{field: error for field, error in errors.items() if error})
    if "answer" not in fields:
        return dict(fields)
    return {**fields, "answer": _normalize_answer(kind, fields["answer"])}


def validate_question_changes(question: Question, changes: Mapping[str, Any]) -> dict:
    """
    Return the changes with a normalized answer; a new kind clears what belonged to the old one.

    :raises Invalid: a field does not fit the kind of the question
    """
    kind = changes.get("kind", question.kind)
    if kind != question.kind:
        changes = {"answer": "", "tolerance": None} | dict(changes)
        if kind not in WITH_CHOICES:
            changes = {"choices": []} | changes
    return validate_question(kind, changes)


def new_choices(choices: Sequence[dict], *, known: Sequence[ObjectId]) -> list[ChoiceSnapshot]:
    """
    Return the choices that a question is to have.

    :param choices: `{id, text, is_correct}` each; new choices have no `id`
    :param known: the ids of the question's choices
    :raises Invalid: an id is not known, or occurs twice
    """
    ids = [choice["id"] for choice in choices if "id" in choice]
    if len(set(ids)) < len(ids) or not set(ids) <= set(known):
        raise Invalid(
            choices=_("Use only ids of this question's choices, each once. New choices have no id.")
        )
    return [
        ChoiceSnapshot(
            id=choice.get("id") or ObjectId(),
            text=choice["text"],
            is_correct=choice.get("is_correct", False),
        )
        for choice in choices
    ]


def _answer_error(kind: str, answer: str) -> str | None:
    if not answer:
        return None
    if kind in WITH_CHOICES:
        return _("Leave this empty: the choices hold the answer key.")
    if kind == TRUE_FALSE and answer.lower() not in ("true", "false"):
        return _("Enter true or false.")
    if kind == NUMERIC and parse_number(answer) is None:
        return _("Enter a number, such as 1.5, 1,5 or 15e-1.")
    return None


def _tolerance_error(kind: str, tolerance: float | None) -> str | None:
    if tolerance is not None and kind != NUMERIC:
        return _("Only numeric questions can have a tolerance.")
    return None


def _choices_error(kind: str, choices: Sequence[dict] | None) -> str | None:
    if choices and kind not in WITH_CHOICES:
        return _("Questions of this kind cannot have choices.")
    return None


def _normalize_answer(kind: str, answer: str) -> str:
    if kind == SHORT_TEXT:
        return "\n".join(line.strip() for line in answer.splitlines() if line.strip())
    return answer.lower() if kind == TRUE_FALSE else answer
