"""Create, change and delete questions and their choices."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pymongo import DeleteMany, UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError, Invalid, reference_errors
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import delete, for_each, update
from apps.common.storage.positions import position_after
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MAX_CHOICES,
    MAX_QUESTIONS,
    WITH_CHOICES,
    Choice,
    ChoiceSnapshot,
    Question,
    QuestionImport,
    Quiz,
)
from apps.quizzes.representations import ChoiceRepresentation, RevisionedQuestion, represent_choice
from apps.quizzes.services.question_validation import (
    new_choices,
    validate_question,
    validate_question_changes,
)
from apps.quizzes.services.summaries import store_summary, updating_summaries
from apps.users.viewer import Viewer

A_MINUTE = timedelta(minutes=1)


class TooManyQuestions(DomainError):
    code = "too_many_questions"
    detail = _("A quiz can have at most %(number)s questions.") % {"number": MAX_QUESTIONS}


class BeingChanged(Conflict):
    code = "being_changed"
    detail = _("The choices of this question are being replaced. Try again shortly.")


def _count_questions(quiz_id: ObjectId) -> int:
    """Count a quiz's questions, including those of unfinished imports."""
    importing = QuestionImport.objects(quiz=quiz_id, unfinished_since__ne=None).sum("size")
    return Question.objects(quiz=quiz_id).count() + importing


def _too_many_choices() -> Invalid:
    limit = {"number": MAX_CHOICES}
    return Invalid(question=gettext("A question can have at most %(number)s choices.") % limit)


QUESTIONS = CountLimit("questions", MAX_QUESTIONS, count=_count_questions, refusal=TooManyQuestions)
CHOICES = CountLimit(
    "choices",
    MAX_CHOICES,
    count=lambda question_id: Choice.objects(question=question_id).count(),
    refusal=_too_many_choices,
)


# Questions


def create_question(
    *, question_id: ObjectId, quiz: str, viewer: Viewer, kind: str, **fields: Any
) -> RevisionedQuestion:
    """
    Add a question with its choices to a quiz, given by its id; by default, at the end.

    :raises Invalid: a field does not fit the kind of the question
    :raises ReferenceNotFound: the quiz does not exist, or is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises TooManyQuestions: the quiz has as many questions as it can have
    :raises NoPositionLeft: the last question has the largest position
    """
    fields = validate_question(kind, fields)
    its_quiz = _get_editable_quiz(quiz, viewer)
    choices = new_choices(fields.pop("choices", ()), known=())
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_position(its_quiz.id))
    new = Question(
        id=question_id,
        quiz=its_quiz.id,
        kind=kind,
        new_choices=choices,
        unfinished_since=now_in_milliseconds(),
        **fields,
    )
    with updating_summaries(its_quiz):
        question = _with_stored_choices(QUESTIONS.insert(its_quiz.id, new))
    return selectors.read_written_question(question)


def update_question(
    question_id: str, *, viewer: Viewer, expected: list[int] | None = None, **fields: Any
) -> RevisionedQuestion:
    """
    Change a question; `choices` replace all its choices.

    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the old or the new course
    :raises Invalid: a field does not fit the kind of the question
    :raises ReferenceNotFound: the new quiz does not exist, or is not visible to the viewer
    :raises TooManyQuestions: the new quiz has as many questions as it can have
    :raises NoPositionLeft: the last question of the new quiz has the largest position
    :raises BeingChanged: another request is replacing the choices
    :raises StaleRevision: the question has been changed since it was read
    """
    question, source = selectors.get_editable_question(question_id, viewer=viewer)
    fields = validate_question_changes(question, fields)
    target = _get_target_quiz(fields.pop("quiz", source.id), source, viewer)
    if target is not source and "position" not in fields:
        fields["position"] = position_after(selectors.last_position(target.id))
    condition: dict = {"quiz": source.id}
    if "choices" in fields:
        fields |= _replacement_of_choices(question, fields.pop("choices"))
        condition["new_choices"] = None
    fields["quiz"] = target.id
    with updating_summaries(source, target), QUESTIONS.moved(source.id, target.id):
        changed = update(question, expected=expected, condition=condition, **fields)
        if target is not source:
            Choice.objects(question=changed.id).update(set__quiz=changed.quiz)
        _with_stored_choices(changed)
    return selectors.read_written_question(changed)


def delete_question(question_id: str, *, viewer: Viewer, expected: list[int] | None = None) -> None:
    """
    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises StaleRevision: the question has been changed since it was read
    """
    question, quiz = selectors.get_editable_question(question_id, viewer=viewer)
    with updating_summaries(quiz):
        with QUESTIONS.released(quiz.id):
            delete(question, expected=expected, condition={"quiz": quiz.id})
        Choice.objects(question=question.id).delete()


def repair_questions() -> int:
    """Finish replacing choices where it was interrupted over a minute ago; return the number."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Question.objects(unfinished_since__lt=before), _repair_question)


def _repair_question(question: Question) -> None:
    _store_new_choices(question)
    store_summary(question.quiz)


def _get_editable_quiz(quiz_id: str | ObjectId, viewer: Viewer) -> Quiz:
    with reference_errors("quiz"):
        return selectors.get_editable_quiz(quiz_id, viewer=viewer)


def _get_target_quiz(quiz_id: str | ObjectId, source: Quiz, viewer: Viewer) -> Quiz:
    return source if ObjectId(quiz_id) == source.id else _get_editable_quiz(quiz_id, viewer)


def _replacement_of_choices(question: Question, choices: Sequence[dict]) -> dict:
    """Return the fields of a question whose choices are to be replaced."""
    _check_not_being_changed(question)
    known = [choice.id for choice in selectors.choices_of([question])[question.id]]
    return {
        "new_choices": new_choices(choices, known=known),
        "choice_set": ObjectId(),
        "unfinished_since": now_in_milliseconds(),
    }


def _with_stored_choices(question: Question) -> Question:
    if question.new_choices is not None:
        _store_new_choices(question)
    return question


def _store_new_choices(question: Question) -> None:
    """Replace the stored choices of a question with its new ones."""
    choices = question.new_choices or []
    old = {"question_id": question.id, "_id": {"$nin": [choice.id for choice in choices]}}
    Choice._get_collection().bulk_write([*_upserts_of(question, choices), DeleteMany(old)])
    CHOICES.recount(question.id)
    same = Question.objects(id=question.id, unfinished_since=question.unfinished_since)
    same.update_one(unset__new_choices=True, unset__unfinished_since=True)


def _upserts_of(question: Question, choices: Iterable[ChoiceSnapshot]) -> list[UpdateOne]:
    return [
        UpdateOne(
            {"_id": choice.id},
            {
                "$set": {
                    "question_id": question.id,
                    "quiz_id": question.quiz,
                    "text": choice.text,
                    "is_correct": choice.is_correct,
                    "position": position,
                },
                "$inc": {"revision": 1},
            },
            upsert=True,
        )
        for position, choice in enumerate(choices, start=1)
    ]


# Choices


def create_choice(
    *, choice_id: ObjectId, question: str, viewer: Viewer, **fields: Any
) -> ChoiceRepresentation:
    """
    Add a choice to a question, given by its id; by default, at the end.

    :raises ReferenceNotFound: the question does not exist, or is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises Invalid: the question cannot have choices, or no more of them
    :raises NoPositionLeft: the last choice has the largest position
    :raises BeingChanged: another request is replacing the choices
    """
    with reference_errors("question"):
        its_question, quiz = selectors.get_editable_question(question, viewer=viewer)
    _check_not_being_changed(its_question)
    if its_question.kind not in WITH_CHOICES:
        raise Invalid(question=_("Questions of this kind cannot have choices."))
    if "position" not in fields:
        fields["position"] = position_after(selectors.last_choice_position(its_question.id))
    new = Choice(id=choice_id, question=its_question.id, quiz=quiz.id, **fields)
    with updating_summaries(quiz):
        choice = CHOICES.insert(its_question.id, new)
        if not _increment_revision(its_question):
            choice.delete()  # The choices were replaced, or the question was deleted.
            raise BeingChanged()
    return represent_choice(choice)


def update_choice(
    choice_id: str, *, viewer: Viewer, expected: list[int] | None = None, **fields: Any
) -> ChoiceRepresentation:
    """
    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises Invalid: the choice would belong to another question
    :raises BeingChanged: another request is replacing the question's choices
    :raises StaleRevision: the choice has been changed since it was read
    """
    choice, question, quiz = selectors.get_editable_choice(choice_id, viewer=viewer)
    if ObjectId(fields.pop("question", question.id)) != question.id:
        raise Invalid(question=_("A choice cannot be moved to another question."))
    _check_not_being_changed(question)
    with updating_summaries(quiz):
        changed = update(choice, expected=expected, **fields)
        _increment_revision(question)
    return represent_choice(changed)


def delete_choice(choice_id: str, *, viewer: Viewer, expected: list[int] | None = None) -> None:
    """
    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises BeingChanged: another request is replacing the question's choices
    :raises StaleRevision: the choice has been changed since it was read
    """
    choice, question, quiz = selectors.get_editable_choice(choice_id, viewer=viewer)
    _check_not_being_changed(question)
    with updating_summaries(quiz):
        with CHOICES.released(question.id):
            delete(choice, expected=expected)
        _increment_revision(question)


def _check_not_being_changed(question: Question) -> None:
    if question.new_choices is not None:
        raise BeingChanged()


def _increment_revision(question: Question) -> bool:
    """
    Increment the revision of a question whose choices were edited, because they are part of it.

    Return whether it still has the same choices, apart from single edits.
    """
    same = Question.objects(id=question.id, new_choices=None, choice_set=question.choice_set)
    return bool(same.update_one(inc__revision=1))
