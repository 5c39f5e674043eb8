"""What changes questions and their choices."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pymongo import DeleteMany, UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError, Invalid
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import delete, for_each, update
from apps.common.storage.positions import position_after
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    WITH_CHOICES,
    Choice,
    ChoiceSnapshot,
    Question,
    QuestionImport,
    Quiz,
)
from apps.quizzes.services.figures import changing_questions, store_figures

A_MINUTE = timedelta(minutes=1)


class TooManyQuestions(DomainError):
    code = "too_many_questions"
    detail = _("A quiz has at most %(number)s questions.") % {"number": MOST_QUESTIONS}


class BeingChanged(Conflict):
    code = "being_changed"
    detail = _("The choices of this question are being replaced; try again shortly.")


def _count_questions(quiz_id) -> int:
    """Count a quiz's questions, and those of imports that are not carried out yet."""
    coming = QuestionImport.objects(quiz=quiz_id, pending_since__ne=None).sum("size")
    return Question.objects(quiz=quiz_id).count() + coming


def _too_many_choices() -> Invalid:
    most = {"number": MOST_CHOICES}
    return Invalid(question=gettext("A question has at most %(number)s choices.") % most)


QUESTIONS = CountLimit(
    "questions", MOST_QUESTIONS, count=_count_questions, refusal=TooManyQuestions
)
CHOICES = CountLimit(
    "choices",
    MOST_CHOICES,
    count=lambda question_id: Choice.objects(question=question_id).count(),
    refusal=_too_many_choices,
)


def create_question(
    *, question_id: ObjectId, quiz: Quiz, choices: Sequence[dict] = (), **fields: Any
) -> Question:
    """
    Add a question, with its choices, to a quiz; at its end unless a position is given.

    :raises TooManyQuestions: the quiz is full
    :raises Invalid: a choice names one that is another question's
    """
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_position_in(quiz.id))
    question = Question(
        id=question_id,
        quiz=quiz.id,
        wanted_choices=_wanted(choices, known=()),
        pending_since=now_in_milliseconds(),
        **fields,
    )
    with changing_questions(quiz):
        return _with_choices_in_place(QUESTIONS.insert(quiz.id, question))


def update_question(
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
    if target.id != source.id and "position" not in fields:
        fields["position"] = position_after(selectors.last_position_in(target.id))
    if choices is not None:
        _refuse_changing(question)
        known = [one.id for one in selectors.choices_of([question])[question.id]]
        fields |= {
            "wanted_choices": _wanted(choices, known=known),
            "choice_set": ObjectId(),
            "pending_since": now_in_milliseconds(),
        }
    fields["quiz"] = target.id
    condition = {"quiz": source.id} | ({} if choices is None else {"wanted_choices": None})
    with changing_questions(source, target), QUESTIONS.moved(source.id, target.id):
        changed = update(question, expected=expected, condition=condition, **fields)
        if target.id != source.id:
            Choice.objects(question=changed.id).update(set__quiz=changed.quiz)
        return _with_choices_in_place(changed)


def delete_question(question: Question, *, quiz: Quiz, expected: list[int] | None = None) -> None:
    """
    :raises StaleVersion: somebody has edited it since
    """
    with changing_questions(quiz):
        with QUESTIONS.released(quiz.id):
            delete(question, expected=expected)
        Choice.objects(question=question.id).delete()


def create_choice(*, choice_id: ObjectId, question: Question, quiz: Quiz, **fields: Any) -> Choice:
    """
    Add a choice to a question; at its end unless a position is given.

    :raises Invalid: the question takes no choices, or no more
    :raises BeingChanged: its choices are being replaced just now
    """
    _refuse_changing(question)
    if question.kind not in WITH_CHOICES:
        raise Invalid(question=_("A question of this kind has no choices."))
    if "position" not in fields:
        fields["position"] = position_after(_last_position_in(question))
    new = Choice(id=choice_id, question=question.id, quiz=quiz.id, **fields)
    with changing_questions(quiz):
        choice = CHOICES.insert(question.id, new)
        if not _note_edit(question):  # all choices were replaced, or the question was removed
            choice.delete()
            raise BeingChanged()
    return choice


def update_choice(
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
    with changing_questions(quiz):
        changed = update(choice, expected=expected, **fields)
        _note_edit(question)
    return changed


def delete_choice(
    choice: Choice, *, question: Question, quiz: Quiz, expected: list[int] | None = None
) -> None:
    """
    :raises BeingChanged: the question's choices are being replaced just now
    :raises StaleVersion: somebody has edited it since
    """
    _refuse_changing(question)
    with changing_questions(quiz):
        with CHOICES.released(question.id):
            delete(choice, expected=expected)
        _note_edit(question)


def repair_questions() -> int:
    """Put the choices in place that were cut off a minute ago or more; return of how many."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Question.objects(pending_since__lt=before), _repair)


def _repair(question: Question) -> None:
    _put_choices_in_place(question)
    store_figures(question.quiz)


def _with_choices_in_place(question: Question) -> Question:
    if question.wanted_choices is not None:
        _put_choices_in_place(question)
    return question


def _last_position_in(question: Question) -> int:
    choices = Choice.objects(question=question.id).order_by("-position")
    last = choices.only("position").first()
    return last.position if last else 0


def _put_choices_in_place(question: Question) -> None:
    """Make the collection what the question says that its choices are to be."""
    wanted = question.wanted_choices or []
    others = {"question_id": question.id, "_id": {"$nin": [one.id for one in wanted]}}
    Choice._get_collection().bulk_write([*_upserts(question, wanted), DeleteMany(others)])
    CHOICES.recount(question.id)
    same = Question.objects(id=question.id, pending_since=question.pending_since)
    same.update_one(unset__wanted_choices=True, unset__pending_since=True)


def _upserts(question: Question, choices: Iterable[ChoiceSnapshot]) -> list[UpdateOne]:
    return [
        UpdateOne(
            {"_id": one.id},
            {
                "$set": {
                    "question_id": question.id,
                    "quiz_id": question.quiz,
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


def _wanted(choices: Sequence[dict], *, known: Sequence[ObjectId]) -> list[ChoiceSnapshot]:
    named = [one["id"] for one in choices if "id" in one]
    if len(set(named)) < len(named) or not set(named) <= set(known):
        raise Invalid(choices=_("Name choices of this question, each once; new ones have no id."))
    return [
        ChoiceSnapshot(
            id=one.get("id") or ObjectId(),
            text=one["text"],
            is_correct=one.get("is_correct", False),
        )
        for one in choices
    ]


def _refuse_changing(question: Question) -> None:
    if question.wanted_choices is not None:
        raise BeingChanged()


def _note_edit(question: Question) -> bool:
    """
    Raise the revision of a question one of whose choices was edited: they are parts of it.

    Return False where all its choices were replaced since the question was read.
    """
    same = Question.objects(id=question.id, wanted_choices=None, choice_set=question.choice_set)
    return bool(same.update_one(inc__revision=1))
