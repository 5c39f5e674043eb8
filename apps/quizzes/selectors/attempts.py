"""Every read of attempts: those that are open, and those that were submitted."""

from collections.abc import Callable
from datetime import timedelta

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.cache import Json
from apps.common.clock import now_in_milliseconds, shown
from apps.common.errors import Missing
from apps.common.pagination import Page, Paging, page_of, slice_of
from apps.courses import selectors as courses
from apps.quizzes.documents import Attempt
from apps.users.viewer import Viewer

GRACE = timedelta(seconds=1)  # for the way from the page to the server
LARGE = ("questions", "answers", "marks")


def last_attempt(*, quiz_id, student_id) -> Attempt | None:
    """Return a student's newest attempt at a quiz, whatever became of it."""
    return Attempt.objects(quiz=quiz_id, student=student_id).order_by("-attempt").first()


def is_open(attempt: Attempt | None) -> bool:
    """Say whether the attempt can still be submitted."""
    return attempt is not None and not attempt.submitted_at and not has_run_out(attempt)


def has_run_out(attempt: Attempt) -> bool:
    late = attempt.deadline and now_in_milliseconds() > attempt.deadline + GRACE
    return bool(late and not attempt.submitted_at)


def open_attempts_of(student_id) -> QuerySet:
    running = Q(deadline=None) | Q(deadline__gte=now_in_milliseconds() - GRACE)
    return Attempt.objects(running, student=student_id, submitted_at=None)


def attempts_of(student_id, quiz_ids: list) -> list[Attempt]:
    """Return a student's attempts at several quizzes, the first first, without what is large."""
    found = Attempt.objects(student=student_id, quiz__in=quiz_ids).exclude(*LARGE)
    return list(found.order_by("attempt"))


def submissions_of(quiz_id, student_id) -> list[Attempt]:
    """Return what a student has submitted of a quiz, whole, the first first."""
    found = Attempt.objects(quiz=quiz_id, student=student_id, submitted_at__ne=None)
    return list(found.order_by("attempt"))


def students_of_quiz(quiz_id) -> list[ObjectId]:
    """Return who has submitted something, erased people by the id that they have since."""
    return Attempt.objects(quiz=quiz_id, submitted_at__ne=None).distinct("student")


def has_passed(*, quiz_id, student_id) -> bool:
    passed = Attempt.objects(quiz=quiz_id, student=student_id, passed=True)
    return passed.only("id").first() is not None


def passed_quizzes(*, student_id, quiz_ids: list) -> set[ObjectId]:
    passed = Attempt.objects(student=student_id, quiz__in=quiz_ids, passed=True)
    return set(passed.distinct("quiz"))


def get_visible_submission(submission_id, *, viewer: Viewer) -> Attempt:
    """
    :raises Missing: there is none that the viewer may know of
    """
    submission = Attempt.objects(id=submission_id, submitted_at__ne=None).first()
    if submission is None or not _is_visible(submission, viewer):
        raise Missing()
    return submission


def list_submissions(*, viewer: Viewer, represent: Callable, paging: Paging, **filters) -> Page:
    """Return submissions, newest first, without questions, answers and feedback."""
    given = {name: value for name, value in filters.items() if value is not None}
    if "student" in given:
        given["erased"] = None  # the id in a nameless one is nobody's
    found = _visible_to(viewer).filter(**given).exclude(*LARGE)
    if paging.cursor is None:
        return page_of(found.order_by("-id"), paging, represent)
    return slice_of(found, paging, represent)


def changes_by(regrade_id: ObjectId) -> list[Attempt]:
    """Return the submissions whose result a regrade has changed."""
    return list(Attempt.objects(regraded_by=regrade_id).exclude(*LARGE).order_by("id"))


def personal_data_of(user_id: str) -> list[Json]:
    found = Attempt.objects(student=user_id, submitted_at__ne=None).order_by("-id")
    return [
        {
            "quiz": str(one.quiz),
            "course": str(one.course),
            "attempt": one.attempt,
            "started_at": shown(one.started_at),
            "submitted_at": shown(one.submitted_at),
            "score": one.score,
            "max_score": one.max_score,
            "percentage": one.percentage,
            "passed": one.passed,
            "answers": _answers_of(one),
        }
        for one in found
    ]


def _answers_of(submission: Attempt) -> list[Json]:
    """Return the answers in words: ids would say nothing to whom they belong to."""
    questions = {one.id: one for one in submission.questions}
    rows = []
    for answer in submission.answers:
        question, chosen = questions[answer.question], set(answer.choices or [])
        texts = [one.text for one in question.choices if one.id in chosen]
        rows.append({"question": question.text, "answer": texts or answer.text})
    return rows


def _visible_to(viewer: Viewer) -> QuerySet:
    """One's own; those in courses that one teaches; for admins all."""
    submissions = Attempt.objects(submitted_at__ne=None)
    if viewer.is_admin:
        return submissions
    visible = Q(student=viewer.id)
    if viewer.is_instructor:
        visible |= Q(course__in=courses.ids_taught_by(viewer.id))
    return submissions.filter(visible)


def _is_visible(submission: Attempt, viewer: Viewer) -> bool:
    if viewer.is_admin or str(submission.student) == viewer.id:
        return True
    return viewer.is_instructor and submission.course in courses.ids_taught_by(viewer.id)
