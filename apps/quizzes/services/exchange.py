"""Question banks that come and go as files."""

from datetime import timedelta

from bson import ObjectId
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pymongo import UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.documents import insert
from apps.common.errors import Refusal
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MOST_QUESTIONS,
    AskedChoice,
    AskedQuestion,
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

FORMATS = {"gift": gift, "moodle_xml": moodle_xml}
A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)  # as long as a request may be repeated under its key


class ImportRefused(Refusal):
    """A file is refused whole; `lines` says where and why."""

    code = "import_refused"
    detail = gettext_lazy("The file was not imported: nothing of it is stored.")


def import_questions(
    *, import_id: ObjectId, quiz: Quiz, data: bytes, format: str, skip_unsupported: bool
) -> tuple[int, list[Unsupported]]:
    """
    Add all questions of a file to a quiz, or none; return how many, and what was skipped.

    :raises ImportRefused: something in the file is wrong, or of a kind that there is not here
    """
    reading = FORMATS[format].read(data)
    faults = reading.faults
    if not skip_unsupported:
        faults = [*faults, *map(_refused, reading.unsupported)]
    if not (faults or reading.questions or reading.unsupported):
        faults = [Fault(1, _("The file holds no questions."))]
    faults = faults or _without_room(quiz, reading.questions)
    if faults:
        raise ImportRefused(lines=[vars(fault) for fault in first_of(faults)])
    coming = QuestionImport(
        id=import_id,
        quiz=quiz.id,
        first_position=selectors.last_position_in(quiz.id) + 1,
        questions=[_as_asked(draft) for draft in reading.questions],
    )
    _carry_out(insert(coming))
    selectors.forget_quizzes(quiz.course)
    return len(reading.questions), reading.unsupported


def export_questions(quiz: Quiz, format: str) -> str:
    """Return a quiz's questions, with their key, as a file of the format."""
    drafts = [_as_draft(question) for question in selectors.asked_in(quiz)]
    return FORMATS[format].write(quiz.title, drafts)


def repair_imports() -> int:
    """Finish what was cut off a minute ago or more; return how many imports it was."""
    before = now_in_milliseconds() - A_MINUTE
    cut_off = list(QuestionImport.objects(pending_since__lt=before))
    for coming in cut_off:
        _carry_out(coming)
        if quiz := Quiz.objects(id=coming.quiz).first():
            selectors.forget_quizzes(quiz.course)
    return len(cut_off)


def forget_old_imports() -> int:
    """Remove the records of imports that nobody can repeat any more; return how many."""
    before = now_in_milliseconds() - A_DAY
    return QuestionImport.objects(created_at__lt=before, pending_since=None).delete()


def _refused(unsupported: Unsupported) -> Fault:
    return Fault(
        unsupported.line,
        _("A question of the kind “%(kind)s” cannot be taken over.") % {"kind": unsupported.kind},
    )


def _without_room(quiz: Quiz, drafts: list[QuestionDraft]) -> list[Fault]:
    room = MOST_QUESTIONS - Question.objects(quiz=quiz.id).count()
    reason = _("The quiz would have more than %(number)s questions.") % {"number": MOST_QUESTIONS}
    return [Fault(draft.line, reason) for draft in drafts[max(room, 0) :][:1]]


def _carry_out(coming: QuestionImport) -> None:
    """Make the questions that are not there yet, the choices first."""
    choices = [
        _unless_there(
            one.id,
            question_id=question.id,
            text=one.text,
            is_correct=one.is_correct,
            position=position,
        )
        for question in coming.questions
        for position, one in enumerate(question.choices, start=1)
    ]
    questions = [
        _unless_there(
            question.id,
            quiz_id=coming.quiz,
            position=position,
            created_at=coming.created_at,
            **content_of(question),
        )
        for position, question in enumerate(coming.questions, start=coming.first_position)
    ]
    if choices:
        Choice._get_collection().bulk_write(choices)
    if questions:
        Question._get_collection().bulk_write(questions)
    QuestionImport.objects(id=coming.id).update_one(
        unset__pending_since=True, unset__questions=True
    )


def _unless_there(document_id: ObjectId, **fields) -> UpdateOne:
    given = {name: value for name, value in fields.items() if value is not None}
    return UpdateOne({"_id": document_id}, {"$setOnInsert": given | {"revision": 1}}, upsert=True)


def _as_asked(draft: QuestionDraft) -> AskedQuestion:
    choices = [
        AskedChoice(id=ObjectId(), text=one.text, is_correct=one.is_correct)
        for one in draft.choices
    ]
    return AskedQuestion(id=ObjectId(), choices=choices, **content_of(draft))


def _as_draft(question: AskedQuestion) -> QuestionDraft:
    choices = [ChoiceDraft(one.text, one.is_correct) for one in question.choices]
    return QuestionDraft(choices=choices, **content_of(question))
