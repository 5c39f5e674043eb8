"""What changes questions and their choices."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from pymongo import DeleteMany, UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.documents import change, insert, remove
from apps.common.errors import Conflict, Invalid, Refusal
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    WITH_CHOICES,
    AskedChoice,
    Choice,
    Question,
    Quiz,
)

A_MINUTE = timedelta(minutes=1)


class TooManyQuestions(Refusal):
    code = "too_many_questions"
    detail = _("A quiz has at most %(number)s questions.") % {"number": MOST_QUESTIONS}


class BeingChanged(Conflict):
    code = "being_changed"
    detail = _("The choices of this question are being replaced; try again shortly.")


def create_question(
    *, question_id: ObjectId, quiz: Quiz, choices: Sequence[dict] = (), **fields: Any
) -> Question:
    """
    Add a question, with its choices, to a quiz; at its end unless a position is given.

    :raises TooManyQuestions: the quiz is full
    :raises Invalid: a choice names one that is another question's
    """
    check_room(quiz, 1)
    fields.setdefault("position", selectors.last_position_in(quiz.id) + 1)
    question = Question(
        id=question_id,
        quiz=quiz.id,
        wanted_choices=_wanted(choices, known=()),
        pending_since=now_in_milliseconds(),
        **fields,
    )
    return _with_choices_in_place(insert(question), quiz)


def change_question(
    question: Question,
    *,
    source: Quiz,
    target: Quiz,
    choices: Sequence[dict] | None = None,
    expected: list[int] | None = None,
    **fields: Any,
) -> Question:
    """
    Change a question; choices that are given replace all that there were.

    :raises BeingChanged: another request is replacing them just now
    :raises TooManyQuestions: the quiz that it goes to is full
    :raises Invalid: a choice names one that is another question's
    :raises StaleVersion: somebody has edited it since
    """
    if target.id != source.id:
        check_room(target, 1)
        fields.setdefault("position", selectors.last_position_in(target.id) + 1)
    if choices is None:
        changed = change(question, expected=expected, quiz=target.id, **fields)
        selectors.forget_quizzes(source.course, target.course)
        return changed
    _refuse_changing(question)
    known = [one.id for one in selectors.choices_of([question])[question.id]]
    fields |= {
        "wanted_choices": _wanted(choices, known=known),
        "pending_since": now_in_milliseconds(),
    }
    condition = {"wanted_choices": None}
    changed = change(question, expected=expected, condition=condition, quiz=target.id, **fields)
    return _with_choices_in_place(changed, source, target)


def remove_question(question: Question, *, quiz: Quiz, expected: list[int] | None = None) -> None:
    """
    :raises StaleVersion: somebody has edited it since
    """
    remove(question, expected=expected)
    Choice.objects(question=question.id).delete()
    selectors.forget_quizzes(quiz.course)


def create_choice(*, choice_id: ObjectId, question: Question, quiz: Quiz, **fields: Any) -> Choice:
    """
    Add a choice to a question; at its end unless a position is given.

    :raises Invalid: the question takes no choices, or no more
    :raises BeingChanged: its choices are being replaced just now
    """
    _refuse_changing(question)
    if question.kind not in WITH_CHOICES:
        raise Invalid(question=_("A question of this kind has no choices."))
    others = Choice.objects(question=question.id)
    if others.count() >= MOST_CHOICES:
        raise Invalid(
            question=_("A question has at most %(number)s choices.") % {"number": MOST_CHOICES}
        )
    last = others.order_by("-position").first()
    fields.setdefault("position", last.position + 1 if last else 1)
    choice = insert(Choice(id=choice_id, question=question.id, **fields))
    _note_edit(question, quiz)
    return choice


def change_choice(
    choice: Choice,
    *,
    question: Question,
    quiz: Quiz,
    expected: list[int] | None = None,
    **fields: Any,
) -> Choice:
    """
    :raises BeingChanged: the question's choices are being replaced just now
    :raises StaleVersion: somebody has edited it since
    """
    _refuse_changing(question)
    changed = change(choice, expected=expected, **fields)
    _note_edit(question, quiz)
    return changed


def remove_choice(
    choice: Choice, *, question: Question, quiz: Quiz, expected: list[int] | None = None
) -> None:
    """
    :raises BeingChanged: the question's choices are being replaced just now
    :raises StaleVersion: somebody has edited it since
    """
    _refuse_changing(question)
    remove(choice, expected=expected)
    _note_edit(question, quiz)


def repair_questions() -> int:
    """Put the choices in place that were cut off a minute ago or more; return of how many."""
    before = now_in_milliseconds() - A_MINUTE
    cut_off = list(Question.objects(pending_since__lt=before))
    for question in cut_off:
        _put_choices_in_place(question)
    return len(cut_off)


def check_room(quiz: Quiz, number: int) -> None:
    """
    :raises TooManyQuestions: the quiz cannot take so many more
    """
    if Question.objects(quiz=quiz.id).count() + number > MOST_QUESTIONS:
        raise TooManyQuestions()


def _with_choices_in_place(question: Question, *quizzes: Quiz) -> Question:
    if question.wanted_choices is not None:
        _put_choices_in_place(question)
    selectors.forget_quizzes(*(quiz.course for quiz in quizzes))
    return question


def _put_choices_in_place(question: Question) -> None:
    """Make the collection what the question says that its choices are to be."""
    wanted = question.wanted_choices or []
    others = {"question_id": question.id, "_id": {"$nin": [one.id for one in wanted]}}
    Choice._get_collection().bulk_write([*_upserts(question.id, wanted), DeleteMany(others)])
    same = Question.objects(id=question.id, pending_since=question.pending_since)
    same.update_one(unset__wanted_choices=True, unset__pending_since=True)


def _upserts(question_id: ObjectId, choices: Iterable[AskedChoice]) -> list[UpdateOne]:
    return [
        UpdateOne(
            {"_id": one.id},
            {
                "$set": {
                    "question_id": question_id,
                    "text": one.text,
                    "is_correct": one.is_correct,
                    "position": position,
                },
                "$inc": {"revision": 1},
            },
            upsert=True,
        )
        for position, one in enumerate(choices, start=1)
    ]


def _wanted(choices: Sequence[dict], *, known: Sequence[ObjectId]) -> list[AskedChoice]:
    named = [one["id"] for one in choices if "id" in one]
    if len(set(named)) < len(named) or not set(named) <= set(known):
        raise Invalid(choices=_("Name choices of this question, each once; new ones have no id."))
    return [
        AskedChoice(
            id=one.get("id") or ObjectId(),
            text=one["text"],
            is_correct=one.get("is_correct", False),
        )
        for one in choices
    ]


def _refuse_changing(question: Question) -> None:
    if question.wanted_choices is not None:
        raise BeingChanged()


def _note_edit(question: Question, quiz: Quiz) -> None:
    """A choice is part of its question: whoever read that before has an old one."""
    Question.objects(id=question.id).update_one(inc__revision=1)
    selectors.forget_quizzes(quiz.course)
