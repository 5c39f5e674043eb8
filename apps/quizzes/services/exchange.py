"""Question banks that come and go as files."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import pymongo
from bson import ObjectId
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from mongoengine import Document, OperationError
from pymongo.errors import BulkWriteError, PyMongoError

from apps.common.capacity import Capacity
from apps.common.clock import now_in_milliseconds
from apps.common.errors import DomainError
from apps.common.storage.documents import for_each
from apps.common.storage.positions import position_after
from apps.common.tasks import enqueue
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MOST_QUESTIONS,
    Choice,
    Question,
    QuestionImport,
    Quiz,
    content_of,
)
from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.draft import (
    ChoiceDraft,
    Fault,
    QuestionDraft,
    Unsupported,
    first_of,
)
from apps.quizzes.selectors.contents import ChoiceContent, QuestionContent
from apps.quizzes.services.copies import insert_copy
from apps.quizzes.services.figures import store_figures
from apps.quizzes.services.questions import QUESTIONS, TooManyQuestions

logger = logging.getLogger(__name__)

FORMATS = {"gift": gift, "moodle_xml": moodle_xml}
A_MINUTE = timedelta(minutes=1)
FILES = Capacity(2, wait=1)
FOR_CARRYING_OUT = 0.6  # of the time that a request may ask the store
DUPLICATE_KEY = 11000
A_DAY = timedelta(days=1)  # as long as a request may be repeated under its key


class ImportRefused(DomainError):
    """A file is refused whole; `lines` says where and why."""

    code = "import_refused"
    detail = gettext_lazy("The file was not imported: nothing of it is stored.")


def import_questions(
    *, import_id: ObjectId, quiz: Quiz, data: bytes, format: str, skip_unsupported: bool
) -> tuple[int, list[Unsupported]]:
    """
    Add all questions of a file to a quiz, or none; return how many, and what was skipped.

    Once the import is stored it is decided. Where carrying it out takes longer than a request may
    take, a task goes on with it, and readers of the quiz see its questions already.

    :raises ImportRefused: something in the file is wrong, or of a kind that there is not here
    :raises Busy: too many files are being read or written
    """
    with FILES:
        reading = FORMATS[format].read(data)
    faults = reading.faults
    if not skip_unsupported:
        faults = [*faults, *map(_refused, reading.unsupported)]
    if not (faults or reading.questions or reading.unsupported):
        faults = [Fault(1, _("The file holds no questions."))]
    if faults:
        raise _refusal(faults)
    try:
        coming = _decide(import_id, quiz, reading.questions)
    except TooManyQuestions as error:
        raise _refusal(_without_room(quiz, reading.questions)) from error
    _carry_out_now_or_later(coming)
    return len(reading.questions), reading.unsupported


def export_questions(quiz: Quiz, format: str) -> str:
    """
    Return a quiz's questions, with their key, as a file of the format.

    :raises Busy: too many files are being read or written
    """
    contents = selectors.contents_of(selectors.questions_of(quiz), whole=quiz)
    with FILES:
        return FORMATS[format].write(quiz.title, [_as_draft(one) for one in contents])


def finish_import(import_id) -> None:
    """Go on with an import that its request could not carry out."""
    coming = QuestionImport.objects(id=import_id, pending_since__ne=None).first()
    if coming is not None:
        _carry_out(coming)


def repair_imports() -> int:
    """Finish what was cut off a minute ago or more; return how many imports it was."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(QuestionImport.objects(pending_since__lt=before), _carry_out)


def delete_old_imports() -> int:
    """Remove the records of imports that nobody can repeat any more; return how many."""
    before = now_in_milliseconds() - A_DAY
    return QuestionImport.objects(created_at__lt=before, pending_since=None).delete()


def _refused(unsupported: Unsupported) -> Fault:
    return Fault(
        unsupported.line,
        _("A question of the kind “%(kind)s” cannot be taken over.") % {"kind": unsupported.kind},
    )


def _refusal(faults: Sequence[Fault]) -> ImportRefused:
    return ImportRefused(lines=[vars(fault) for fault in first_of(faults)])


def _without_room(quiz: Quiz, drafts: Sequence[QuestionDraft]) -> list[Fault]:
    """Name the first question that there is no room for, or the first of all."""
    room = MOST_QUESTIONS - Question.objects(quiz=quiz.id).count()
    first = drafts[room] if 0 <= room < len(drafts) else drafts[0]
    reason = _("The quiz would have more than %(number)s questions.") % {"number": MOST_QUESTIONS}
    return [Fault(first.line, reason)]


def _decide(import_id: ObjectId, quiz: Quiz, drafts: Sequence[QuestionDraft]) -> QuestionImport:
    """
    Store an import, or return the one that an earlier try has stored.

    :raises TooManyQuestions: the quiz has no room for all of it
    """
    coming = QuestionImport(
        id=import_id,
        quiz=quiz.id,
        first_position=position_after(selectors.last_position_in(quiz.id), number=len(drafts)),
        size=len(drafts),
    )
    coming.questions = [_content_of(draft) for draft in drafts]
    # Readers look for the import from here on: it is decided by the insert below.
    marked = Quiz.objects(id=quiz.id)
    marked.update_one(add_to_set__importing=import_id, set__figures_due=now_in_milliseconds())
    try:
        return QUESTIONS.insert(quiz.id, coming, number=len(drafts), by=insert_copy)
    except TooManyQuestions:
        marked.update_one(pull__importing=import_id)
        raise


def _carry_out_now_or_later(coming: QuestionImport) -> None:
    try:
        # The rest of the request's time is for its answer.
        with pymongo.timeout(settings.STORE_TIMEOUT_SECONDS * FOR_CARRYING_OUT):
            _carry_out(coming)
    except (PyMongoError, OperationError):
        logger.warning("An import takes longer than its request; a task goes on with it.")
        enqueue("apps.quizzes.tasks.finish_import", import_id=str(coming.id))


def _carry_out(coming: QuestionImport) -> None:
    """Make the questions that are not there yet, the choices first."""
    quiz = Quiz.objects(id=coming.quiz).first()
    if quiz is not None and coming.questions:
        _insert_missing(Choice, _choices_of(coming, quiz))
        _insert_missing(Question, _questions_of(coming, quiz))
        store_figures(quiz.id)
    QuestionImport.objects(id=coming.id).update_one(
        unset__pending_since=True, unset__questions=True
    )
    if quiz is not None:
        Quiz.objects(id=quiz.id).update_one(pull__importing=coming.id)
        selectors.invalidate_quizzes(quiz.course)


def _choices_of(coming: QuestionImport, quiz: Quiz) -> list[dict]:
    return [
        {
            "_id": one.id,
            "revision": 1,
            "question_id": question.id,
            "quiz_id": quiz.id,
            "text": one.text,
            "is_correct": one.is_correct,
            "position": position,
        }
        for question in coming.questions
        for position, one in enumerate(question.choices, start=1)
    ]


def _questions_of(coming: QuestionImport, quiz: Quiz) -> list[dict]:
    return [
        {
            "_id": question.id,
            "revision": 1,
            "quiz_id": quiz.id,
            "position": position,
            "created_at": coming.created_at,
        }
        | {name: value for name, value in content_of(question).items() if value is not None}
        for position, question in enumerate(coming.questions, start=coming.first_position)
    ]


def _insert_missing(kind: type[Document], rows: list[dict]) -> None:
    """Insert all rows in one command; those that an earlier try has inserted stay."""
    if not rows:
        return
    try:
        kind._get_collection().insert_many(rows, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
            raise


def _content_of(draft: QuestionDraft) -> QuestionContent:
    choices = [ChoiceContent(ObjectId(), one.text, one.is_correct) for one in draft.choices]
    return QuestionContent(id=ObjectId(), choices=choices, **content_of(draft))


def _as_draft(question: QuestionContent) -> QuestionDraft:
    choices = [ChoiceDraft(one.text, one.is_correct) for one in question.choices]
    return QuestionDraft(choices=choices, **content_of(question))
