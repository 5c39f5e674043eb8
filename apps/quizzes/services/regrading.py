"""Regrade all submissions of a quiz after its instructor has corrected the answer key."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import Q

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.common.events import publish
from apps.common.storage import rate_limits
from apps.common.storage.documents import for_each
from apps.common.tasks import enqueue
from apps.quizzes import selectors
from apps.quizzes.contents import QuestionContent, answer_key_digest
from apps.quizzes.documents import (
    Attempt,
    ChoiceSnapshot,
    QuestionSnapshot,
    Quiz,
    Regrade,
    Result,
    content_of,
)
from apps.quizzes.events import QuizRegraded
from apps.quizzes.grading import grade, quiz_grade
from apps.quizzes.representations import RegradeRepresentation
from apps.users.viewer import Viewer

A_MINUTE = timedelta(minutes=1)  # far longer than a round, so its worker must have died
ROUND_SECONDS = 3  # other tasks wait for a round, not for a whole regrade


class BeingRegraded(Conflict):
    code = "being_regraded"
    detail = _("The submissions of this quiz are being regraded. Try again shortly.")


def request_regrade(quiz_id: str, *, viewer: Viewer) -> RegradeRepresentation:
    """
    Let a task regrade all submissions of a quiz.

    :raises NotFound: the quiz does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises Throttled: the viewer requests too many regrades
    :raises BeingRegraded: a regrade is in progress
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    rate_limits.check_and_count("regrades", viewer.id)
    now = now_in_milliseconds()
    regrade = Regrade(
        id=ObjectId(), requested_at=now, claim=ObjectId(), claimed_until=_claim_end(now)
    )
    requested = Quiz.objects(id=quiz.id, regrading_since=None, removed=None).modify(
        new=True, set__regrade=regrade, set__regrading_since=now
    )
    if requested is None:
        raise BeingRegraded()
    _enqueue_round(requested)
    return selectors.read_requested_regrade(requested)


def regrade(quiz_id: str | ObjectId, *, claim: str | ObjectId | None) -> None:
    """
    Regrade submissions for a few seconds, then queue the next round.

    Submissions are graded by the current answer key. Deleted choices, and questions that were
    deleted or changed to another kind, keep their old key. Texts, points and the pass mark stay.

    :param claim: the claim that the round was queued with; without effect once it was replaced
    """
    quiz = _claim(quiz_id, claim)
    if quiz is None:
        return
    contents = selectors.contents_of_quiz(quiz)
    key = AnswerKey({question.id: question for question in contents}, answer_key_digest(contents))
    if quiz.regrade.key_digest != key.digest:  # edited since the last round
        quiz.regrade.next_student = None
    next_student = _run_round(quiz, key)
    own = Quiz.objects(id=quiz.id, regrade__claim=quiz.regrade.claim)
    if next_student is not None:
        if own.update_one(**_next_round(quiz, next_student, key)):
            _enqueue_round(quiz)
    elif quiz.regrade.undelivered:  # The sweep starts again, and delivers once more.
        own.update_one(unset__regrade__next_student=True, unset__regrade__undelivered=True)
    else:
        own.update_one(set__regrade__finished_at=now_in_milliseconds(), unset__regrading_since=True)
        selectors.invalidate_quizzes(quiz.course)  # The cached statistics show the old results.


def repair_regrades() -> int:
    """Continue regrades whose claim has expired; return the number of quizzes."""
    now, end = now_in_milliseconds(), time.monotonic() + ROUND_SECONDS
    expired = Q(regrade__claimed_until=None) | Q(regrade__claimed_until__lt=now)
    interrupted = Quiz.objects(expired, regrading_since__lte=now).only("id", "regrade")
    return for_each(interrupted, lambda quiz: _continue(quiz, end))


class AnswerKey(NamedTuple):
    questions: dict[ObjectId, QuestionContent]  # the current ones, by id
    digest: str


def _continue(quiz: Quiz, end: float) -> None:
    """Run a round of an interrupted regrade, or queue it when the sweep has no time left."""
    if time.monotonic() < end:
        regrade(quiz.id, claim=quiz.regrade.claim)
    else:
        _enqueue_round(quiz)


def _claim(quiz_id: str | ObjectId, claim: str | ObjectId | None) -> Quiz | None:
    """Replace a claim and return the quiz, or None if another worker has replaced it before."""
    unclaimed = Quiz.objects(
        id=quiz_id, regrade__claim=claim, regrading_since__ne=None, removed=None
    )
    return unclaimed.modify(
        new=True,
        set__regrade__claim=ObjectId(),
        set__regrade__claimed_until=_claim_end(now_in_milliseconds()),
    )


def _claim_end(now: datetime) -> datetime:
    return now + A_MINUTE


def _enqueue_round(quiz: Quiz) -> None:
    enqueue("apps.quizzes.tasks.regrade_quiz", quiz_id=str(quiz.id), claim=str(quiz.regrade.claim))


def _run_round(quiz: Quiz, key: AnswerKey) -> ObjectId | None:
    """Regrade until the time is up; return the student that the next round starts with."""
    submissions = selectors.submissions_from(quiz.id, quiz.regrade.next_student)
    end = time.monotonic() + ROUND_SECONDS
    for student_id, group in groupby(submissions, key=lambda submission: submission.student):
        of_student = list(group)
        for submission in of_student:
            if time.monotonic() > end:
                return student_id
            if submission.key_digest != key.digest:
                _regrade_submission(submission, quiz.regrade.id, key)
        if not _deliver_changes(quiz, of_student):
            quiz.regrade.undelivered = True
    return None


def _next_round(quiz: Quiz, student_id: ObjectId, key: AnswerKey) -> dict[str, Any]:
    return {
        "set__regrade__key_digest": key.digest,
        "set__regrade__next_student": student_id,
        "set__regrade__undelivered": bool(quiz.regrade.undelivered),
        "set__regrade__claimed_until": _claim_end(now_in_milliseconds()),
    }


def _deliver_changes(quiz: Quiz, of_student: Sequence[Attempt]) -> bool:
    """Publish that a student's results have changed; return whether every handler succeeded."""
    if all(submission.regraded_by != quiz.regrade.id for submission in of_student):
        return True
    student_id = of_student[0].student
    selectors.invalidate_grades(student_id)
    regraded = selectors.submissions_of(quiz.id, student_id).exclude(*selectors.LARGE_FIELDS)
    submissions = list(regraded.order_by("attempt"))
    changed = [each for each in submissions if each.regraded_by == quiz.regrade.id]
    if not changed or changed[0].erased:
        return True
    return publish(_regraded_event(quiz, changed[0], submissions))


def _regrade_submission(row: Attempt, regrade_id: ObjectId, key: AnswerKey) -> None:
    """Regrade a submission; set on its row whether that has changed the result."""
    submission = Attempt.objects(id=row.id).first()
    if submission is None:
        return
    questions = [
        _with_current_key(question, key.questions.get(question.id))
        for question in submission.questions
    ]
    changes: dict[str, Any] = {"key_digest": key.digest}
    if questions != list(submission.questions):
        changes |= _regraded_fields(submission, questions, regrade_id)
    row.regraded_by = changes.get("regraded_by", row.regraded_by)
    Attempt.objects(id=submission.id).update_one(
        **{f"set__{name}": value for name, value in changes.items()}
    )


def _regraded_fields(
    submission: Attempt, questions: list[QuestionSnapshot], regrade_id: ObjectId
) -> dict[str, Any]:
    before = Result(
        score=submission.score, percentage=submission.percentage, passed=submission.passed
    )
    result = grade(
        questions,
        submission.answers,
        partial_credit=submission.partial_credit,
        pass_mark=submission.pass_mark,
    )
    changes = vars(result) | {"questions": questions}
    if (result.score, result.passed) != (before.score, before.passed):
        changes |= {"regraded_by": regrade_id, "result_before": before}
    return changes


def _with_current_key(
    snapshot: QuestionSnapshot, current: QuestionContent | None
) -> QuestionSnapshot:
    if current is None or current.kind != snapshot.kind:
        return snapshot
    is_correct = {choice.id: choice.is_correct for choice in current.choices}
    key = {name: getattr(current, name) for name in ("answer", "tolerance", "explanation")}
    choices = [
        ChoiceSnapshot(
            id=choice.id,
            text=choice.text,
            is_correct=is_correct.get(choice.id, choice.is_correct),
        )
        for choice in snapshot.choices
    ]
    return QuestionSnapshot(id=snapshot.id, choices=choices, **content_of(snapshot) | key)


def _regraded_event(quiz: Quiz, first: Attempt, submissions: list[Attempt]) -> QuizRegraded:
    return QuizRegraded(
        regrade_id=str(quiz.regrade.id),
        submission_id=str(first.id),
        quiz_id=str(quiz.id),
        lesson_id=str(quiz.lesson),
        course_id=str(quiz.course),
        student_id=str(first.student),
        quiz_title=quiz.title,
        passed=any(submission.passed for submission in submissions),
        grade=quiz_grade([submission.percentage for submission in submissions], quiz.grading),
    )
