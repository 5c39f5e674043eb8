"""Regrade all submissions of a quiz after its instructor has corrected the answer key."""

from datetime import timedelta

from bson import ObjectId
from django.utils.translation import gettext_lazy as _

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.common.events import publish
from apps.common.storage.documents import for_each
from apps.common.tasks import enqueue
from apps.quizzes import selectors
from apps.quizzes.contents import QuestionContent
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

A_MINUTE = timedelta(minutes=1)

AnswerKey = dict[ObjectId, QuestionContent]  # the current questions by id


class BeingRegraded(Conflict):
    code = "being_regraded"
    detail = _("The submissions of this quiz are being regraded. Try again shortly.")


def request_regrade(quiz_id: str, *, viewer: Viewer) -> RegradeRepresentation:
    """
    Let a task regrade all submissions of a quiz.

    :raises NotFound: the quiz does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises BeingRegraded: a regrade is in progress
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    now = now_in_milliseconds()
    requested = Quiz.objects(id=quiz.id, regrading_since=None, removed=None).modify(
        new=True, set__regrade=Regrade(id=ObjectId(), requested_at=now), set__regrading_since=now
    )
    if requested is None:
        raise BeingRegraded()
    enqueue("apps.quizzes.tasks.regrade_quiz", quiz_id=str(quiz.id))
    return selectors.read_requested_regrade(requested)


def regrade(quiz_id: str | ObjectId) -> None:
    """
    Carry out the requested regrade of a quiz, or continue one that was interrupted.

    Submissions are graded by the current answer key. Deleted choices, and questions that were
    deleted or changed to another kind, keep their old key. Texts, points and the pass mark stay.
    """
    quiz = Quiz.objects(id=quiz_id, regrading_since__ne=None, removed=None).first()
    if quiz is None:
        return
    key = {question.id: question for question in selectors.contents_of_quiz(quiz)}
    students = selectors.students_of_quiz(quiz.id)
    delivered = [_regrade_student(quiz, student_id, key) for student_id in students]
    if not all(delivered):
        return  # The sweep delivers the other events.
    same = Quiz.objects(id=quiz.id, regrade__id=quiz.regrade.id)
    same.update_one(set__regrade__finished_at=now_in_milliseconds(), unset__regrading_since=True)


def repair_regrades() -> int:
    """Continue regrades that were requested over a minute ago; return the number of quizzes."""
    before = now_in_milliseconds() - A_MINUTE
    unfinished = Quiz.objects(regrading_since__lt=before).only("id")
    return for_each(unfinished, lambda quiz: regrade(quiz.id))


def _regrade_student(quiz: Quiz, student_id: ObjectId, key: AnswerKey) -> bool:
    """Regrade a student's submissions; return whether no event remains undelivered."""
    for_each(
        selectors.submissions_of(quiz.id, student_id),
        lambda submission: _regrade_submission(submission, quiz.regrade.id, key),
    )
    selectors.invalidate_grades(student_id)
    regraded = selectors.submissions_of(quiz.id, student_id).exclude(*selectors.LARGE_FIELDS)
    submissions = list(regraded.order_by("attempt"))
    changed = [each for each in submissions if each.regraded_by == quiz.regrade.id]
    if not changed or changed[0].erased:
        return True
    return publish(_regraded_event(quiz, changed[0], submissions))


def _regrade_submission(submission: Attempt, regrade_id: ObjectId, key: AnswerKey) -> None:
    questions = [
        _with_current_key(question, key.get(question.id)) for question in submission.questions
    ]
    if questions == list(submission.questions):
        return
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
    Attempt.objects(id=submission.id).update_one(
        **{f"set__{name}": value for name, value in changes.items()}
    )


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
