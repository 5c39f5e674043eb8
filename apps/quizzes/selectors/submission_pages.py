"""Submissions, and what they show together, as people see them."""

from collections.abc import Callable

from apps.common.capacity import Capacity
from apps.common.clock import format_timestamp
from apps.common.errors import NotFound
from apps.common.storage.cache import Json
from apps.common.storage.pagination import Page, Paging
from apps.quizzes.documents import Attempt, QuestionResult, QuestionSnapshot, Quiz
from apps.quizzes.selectors.attempts import (
    changes_by,
    get_visible_submission,
    has_passed_or_used_all_attempts,
    list_submissions,
)
from apps.quizzes.selectors.contents import choices_of, questions_of
from apps.quizzes.selectors.question_pages import as_asked_to
from apps.quizzes.selectors.statistics import statistics_of
from apps.users.viewer import Viewer

Represent = Callable[..., Json]

STATISTICS = Capacity(2, wait=1)


def read_submission(submission_id, *, viewer: Viewer) -> Json:
    """
    Return a submission with its feedback, and the key as far as the viewer may see it.

    :raises NotFound: there is none that the viewer may know of
    """
    submission = get_visible_submission(submission_id, viewer=viewer)
    with_key = str(submission.student) != viewer.id or _may_see_key(
        submission, Quiz.objects(id=submission.quiz).only("show_key", "max_attempts").first()
    )
    return _row_of_submission(submission, with_key)


def read_own_submission(submission: Attempt, quiz: Quiz) -> Json:
    """Return what a student has just submitted, with the key as far as the quiz shows it."""
    return _row_of_submission(submission, _may_see_key(submission, quiz))


def read_statistics(quiz: Quiz, *, every_attempt: bool) -> Json:
    """
    Return what a quiz's submissions show; shape: `StatisticsSerializer`.

    :raises Busy: too many statistics are being computed
    """
    with STATISTICS:
        questions = questions_of(quiz)
        choices = choices_of(questions, whole=quiz)
        return statistics_of(quiz, questions, choices, every_attempt=every_attempt)


def list_submission_rows(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    return list_submissions(viewer=viewer, represent=_brief, paging=paging, **filters)


def read_regrade(quiz: Quiz) -> Json:
    """
    Return what a quiz's last regrade has changed.

    :raises NotFound: there was none
    """
    if quiz.regrade is None:
        raise NotFound()
    return {
        "quiz": str(quiz.id),
        "requested_at": format_timestamp(quiz.regrade.requested_at),
        "finished_at": format_timestamp(quiz.regrade.finished_at),
        "changes": [
            {
                "submission": str(one.id),
                "student": _student_of(one),
                "attempt": one.attempt,
                "before": _result(one.before),
                "after": _result(one),
            }
            for one in changes_by(quiz)
        ],
    }


def _row_of_submission(submission: Attempt, with_key: bool) -> Json:
    asked = {question.id: question for question in submission.questions}
    return _brief(submission) | {
        "answers": [_given(answer) for answer in submission.answers],
        "feedback": [_feedback(asked[one.question], one, with_key) for one in submission.marks],
        "questions": as_asked_to(submission),
    }


def _brief(submission: Attempt) -> Json:
    return {
        "id": str(submission.id),
        "quiz": str(submission.quiz),
        "student": _student_of(submission),
        "attempt": submission.attempt,
        "max_score": submission.max_score,
        "started_at": format_timestamp(submission.started_at),
        "submitted_at": format_timestamp(submission.submitted_at),
    } | _result(submission)


def _result(result) -> Json:
    return {name: result[name] for name in ("score", "percentage", "passed")}


def _student_of(submission: Attempt) -> str | None:
    return None if submission.erased else str(submission.student)


def _given(answer) -> Json:
    row: Json = {"question": str(answer.question)}
    if answer.choices is None:
        return row | {"text": answer.text or ""}
    return row | {"choices": [str(one) for one in answer.choices]}


def _feedback(question: QuestionSnapshot, mark: QuestionResult, with_key: bool) -> Json:
    row = {
        "question": str(question.id),
        "points": mark.points,
        "max_points": mark.max_points,
        "correct": mark.correct,
    }
    if not with_key:
        return row
    return row | {
        "answer": question.answer,
        "explanation": question.explanation,
        "choices": [{"id": str(one.id), "is_correct": one.is_correct} for one in question.choices],
    }


def _may_see_key(submission: Attempt, quiz: Quiz | None) -> bool:
    """Return whether the quiz shows the answer key to the student of this submission."""
    match quiz.show_key if quiz else "never":
        case "after_submit":
            return True
        case "after_pass":
            return submission.passed or has_passed_or_used_all_attempts(
                quiz_id=submission.quiz,
                student_id=submission.student,
                max_attempts=quiz.max_attempts,
            )
        case _:
            return False
