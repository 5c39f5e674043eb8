"""Import questions from files, and export them."""

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
from apps.common.storage import rate_limits
from apps.common.storage.documents import for_each
from apps.common.storage.positions import position_after
from apps.common.storage.rounds import LARGE, delete_in_rounds
from apps.common.tasks import enqueue
from apps.quizzes import selectors
from apps.quizzes.contents import ChoiceContent, QuestionContent
from apps.quizzes.documents import (
    MAX_QUESTIONS,
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
    Reading,
    Unsupported,
    first_of,
)
from apps.quizzes.representations import ImportedRepresentation, represent_import
from apps.quizzes.services.questions import QUESTIONS, TooManyQuestions
from apps.quizzes.services.snapshots import insert_with_snapshots
from apps.quizzes.services.summaries import store_summary
from apps.users.viewer import Viewer

logger = logging.getLogger(__name__)

FORMATS = {"gift": gift, "moodle_xml": moodle_xml}
A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)  # as long as a request can be repeated with its idempotency key
FILES = Capacity(2, wait=1)
STORING_SHARE = 0.6  # of the time that a request may spend in the store
DUPLICATE_KEY = 11000


class ImportRefused(DomainError):
    """The whole file is refused; `lines` contains the reasons."""

    code = "import_refused"
    detail = gettext_lazy("No questions were imported, because the file contains errors.")


def import_questions(
    quiz_id: str,
    *,
    import_id: ObjectId,
    viewer: Viewer,
    data: bytes,
    format: str,
    skip_unsupported: bool,
) -> ImportedRepresentation:
    """
    Add all questions of a file to a quiz, or none.

    Storing the import commits it. If storing its questions takes too long for a request, a task
    continues; readers of the quiz already see all questions.

    :raises NotFound: the quiz does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises Throttled: the viewer imports or exports too many files
    :raises ImportRefused: the file has an error or an unsupported question, or too many questions
    :raises NoPositionLeft: the last question of the quiz has too large a position
    :raises Busy: too many files are being imported or exported
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    rate_limits.check_and_count("files", viewer.id)
    with FILES:
        reading = FORMATS[format].read(data)
    _check_importable(reading, skip_unsupported)
    try:
        unfinished = _commit_import(import_id, quiz, reading.questions)
    except TooManyQuestions as error:
        raise _refusal(_too_many_questions(quiz, reading.questions)) from error
    _store_questions_now_or_later(unfinished)
    return represent_import(created=len(reading.questions), skipped=reading.unsupported)


def export_questions(quiz_id: str, *, viewer: Viewer, format: str) -> str:
    """
    Return the questions of a quiz, with the answer key, as the content of a file.

    :raises NotFound: the quiz does not exist, or is not visible to the viewer
    :raises NotQuizInstructor: the viewer is a student of the course
    :raises Throttled: the viewer imports or exports too many files
    :raises Busy: too many files are being imported or exported
    """
    quiz = selectors.get_quiz_as_instructor(quiz_id, viewer=viewer)
    rate_limits.check_and_count("files", viewer.id)
    contents = selectors.contents_of_quiz(quiz)
    with FILES:
        return FORMATS[format].write(quiz.title, [_to_draft(content) for content in contents])


def finish_import(import_id: str) -> None:
    """Store the questions of an import that took too long for its request."""
    unfinished = QuestionImport.objects(id=import_id, unfinished_since__ne=None).first()
    if unfinished is not None:
        _store_imported_questions(unfinished)


def repair_imports() -> int:
    """Finish imports interrupted over a minute ago; return their number."""
    before = now_in_milliseconds() - A_MINUTE
    unfinished = QuestionImport.objects(unfinished_since__lt=before)
    return for_each(unfinished, _store_imported_questions)


def delete_old_imports() -> int:
    """Delete records of imports that can no longer be repeated; return their number."""
    before = now_in_milliseconds() - A_DAY
    old = QuestionImport.objects(created_at__lt=before, unfinished_since=None)
    return delete_in_rounds(old, at_once=LARGE)


def _check_importable(reading: Reading, skip_unsupported: bool) -> None:
    """
    :raises ImportRefused: the file has an error, an unsupported question or no questions
    """
    faults = list(reading.faults)
    if not skip_unsupported:
        faults += map(_unsupported_fault, reading.unsupported)
    if not (faults or reading.questions or reading.unsupported):
        faults = [Fault(1, _("The file contains no questions."))]
    if faults:
        raise _refusal(faults)


def _unsupported_fault(unsupported: Unsupported) -> Fault:
    reason = _("Question type “%(kind)s” is not supported.") % {"kind": unsupported.kind}
    return Fault(unsupported.line, reason)


def _refusal(faults: Sequence[Fault]) -> ImportRefused:
    return ImportRefused(lines=[vars(fault) for fault in first_of(faults)])


def _too_many_questions(quiz: Quiz, drafts: Sequence[QuestionDraft]) -> list[Fault]:
    """Report the first question for which the quiz has no room."""
    room = MAX_QUESTIONS - Question.objects(quiz=quiz.id).count()
    first = drafts[room] if 0 <= room < len(drafts) else drafts[0]
    reason = _("The quiz would have more than %(number)s questions.") % {"number": MAX_QUESTIONS}
    return [Fault(first.line, reason)]


def _commit_import(
    import_id: ObjectId, quiz: Quiz, drafts: Sequence[QuestionDraft]
) -> QuestionImport:
    """
    Store an import, or return the one that an earlier try has stored.

    :raises TooManyQuestions: the quiz has no room for all questions
    :raises NoPositionLeft: the last question has too large a position
    """
    new = QuestionImport(
        id=import_id,
        quiz=quiz.id,
        first_position=position_after(selectors.last_position(quiz.id), number=len(drafts)),
        size=len(drafts),
    )
    new.questions = [_to_content(draft) for draft in drafts]
    # From now on readers look for the import, which the insert below commits.
    same_quiz = Quiz.objects(id=quiz.id)
    same_quiz.update_one(
        add_to_set__import_ids=import_id, set__summary_stale_since=now_in_milliseconds()
    )
    try:
        return QUESTIONS.insert(quiz.id, new, number=len(drafts), by=insert_with_snapshots)
    except TooManyQuestions:
        same_quiz.update_one(pull__import_ids=import_id)
        raise


def _store_questions_now_or_later(unfinished: QuestionImport) -> None:
    try:
        # The rest of the request's time is for its answer.
        with pymongo.timeout(settings.STORE_TIMEOUT_SECONDS * STORING_SHARE):
            _store_imported_questions(unfinished)
    except (PyMongoError, OperationError):
        logger.warning("An import takes too long for its request; a task continues it.")
        enqueue("apps.quizzes.tasks.finish_import", import_id=str(unfinished.id))


def _store_imported_questions(unfinished: QuestionImport) -> None:
    """Store the choices and then the questions of an import that are not stored yet."""
    quiz = Quiz.objects(id=unfinished.quiz).first()
    if quiz is not None and unfinished.questions:
        _insert_missing(Choice, _choice_rows(unfinished, quiz))
        _insert_missing(Question, _question_rows(unfinished, quiz))
        store_summary(quiz.id)
    QuestionImport.objects(id=unfinished.id).update_one(
        unset__unfinished_since=True, unset__questions=True
    )
    if quiz is not None:
        Quiz.objects(id=quiz.id).update_one(pull__import_ids=unfinished.id)
        selectors.invalidate_quizzes(quiz.course)


def _choice_rows(unfinished: QuestionImport, quiz: Quiz) -> list[dict]:
    return [
        {
            "_id": choice.id,
            "revision": 1,
            "question_id": question.id,
            "quiz_id": quiz.id,
            "text": choice.text,
            "is_correct": choice.is_correct,
            "position": position,
        }
        for question in unfinished.questions
        for position, choice in enumerate(question.choices, start=1)
    ]


def _question_rows(unfinished: QuestionImport, quiz: Quiz) -> list[dict]:
    return [
        {
            "_id": question.id,
            "revision": 1,
            "quiz_id": quiz.id,
            "position": position,
            "created_at": unfinished.created_at,
        }
        | {name: value for name, value in content_of(question).items() if value is not None}
        for position, question in enumerate(unfinished.questions, start=unfinished.first_position)
    ]


def _insert_missing(kind: type[Document], rows: list[dict]) -> None:
    """Insert all rows in one command, except those that an earlier try has inserted."""
    if not rows:
        return
    try:
        kind._get_collection().insert_many(rows, ordered=False)
    except BulkWriteError as error:
        if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
            raise


def _to_content(draft: QuestionDraft) -> QuestionContent:
    choices = [
        ChoiceContent(ObjectId(), choice.text, choice.is_correct) for choice in draft.choices
    ]
    return QuestionContent(id=ObjectId(), choices=choices, **content_of(draft))


def _to_draft(content: QuestionContent) -> QuestionDraft:
    choices = [ChoiceDraft(choice.text, choice.is_correct) for choice in content.choices]
    return QuestionDraft(choices=choices, **content_of(content))
