"""Read attempts, whether they are open, expired or submitted."""

from collections.abc import Iterator
from datetime import timedelta

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage.cache import Json
from apps.common.storage.pagination import Page, Paging, page_of, page_slice
from apps.courses import selectors as courses
from apps.quizzes.documents import MAX_ATTEMPTS, Attempt, Quiz
from apps.quizzes.representations import represent_submission_row
from apps.quizzes.selectors.quizzes import get_quiz
from apps.users.viewer import Viewer

GRACE = timedelta(seconds=1)  # for the time that a submission takes to reach the server
MAX_CHANGES = 1000  # changed submissions that the result of a regrade lists
LARGE_FIELDS = ("questions", "answers", "results")
REGRADE_FIELDS = ("student", "attempt", "key_digest", "regraded_by")
EXPORTED_FIELDS = dict.fromkeys(
    (
        "quiz_id",
        "course_id",
        "attempt",
        "started_at",
        "submitted_at",
        "score",
        "max_score",
        "percentage",
        "passed",
        "answers",
        "questions.id",
        "questions.text",
        "questions.choices.id",
        "questions.choices.text",
    ),
    1,
)


def last_attempt(*, quiz_id, student_id) -> Attempt | None:
    """Return a student's newest attempt at a quiz, whatever its state."""
    return Attempt.objects(quiz=quiz_id, student=student_id).order_by("-attempt").first()


def is_open(attempt: Attempt | None) -> bool:
    """Return whether the attempt can still be submitted."""
    return attempt is not None and not attempt.submitted_at and not has_expired(attempt)


def has_expired(attempt: Attempt) -> bool:
    is_late = attempt.deadline and now_in_milliseconds() > attempt.deadline + GRACE
    return bool(is_late and not attempt.submitted_at)


def open_attempts_of(student_id) -> QuerySet:
    in_time = Q(deadline=None) | Q(deadline__gte=now_in_milliseconds() - GRACE)
    return Attempt.objects(in_time, student=student_id, submitted_at=None)


def attempts_of(student_id, quiz_ids: list) -> list[Attempt]:
    """Return a student's attempts at some quizzes, in order, without the large fields."""
    attempts = Attempt.objects(student=student_id, quiz__in=quiz_ids).exclude(*LARGE_FIELDS)
    return list(attempts.order_by("attempt"))


def submissions_of(quiz_id, student_id) -> QuerySet:
    return Attempt.objects(quiz=quiz_id, student=student_id, submitted_at__ne=None)


def submissions_from(quiz_id, student_id: ObjectId | None) -> list[Attempt]:
    """
    Return a quiz's submissions by student and attempt, without their content.

    :param student_id: the student to start with; None for the first
    """
    submissions = Attempt.objects(quiz=quiz_id, submitted_at__ne=None)
    if student_id is not None:
        submissions = submissions.filter(student__gte=student_id)
    return list(submissions.only(*REGRADE_FIELDS).order_by("student", "attempt"))


def has_passed(*, quiz_id, student_id) -> bool:
    passed = Attempt.objects(quiz=quiz_id, student=student_id, passed=True)
    return passed.only("id").first() is not None


def has_passed_or_used_all_attempts(*, quiz_id, student_id, max_attempts: int | None) -> bool:
    """Return whether a student has passed a quiz, or cannot submit to it any more."""
    decisive = Q(passed=True) | Q(attempt__gte=max_attempts or MAX_ATTEMPTS)
    attempts = Attempt.objects(decisive, quiz=quiz_id, student=student_id).exclude(*LARGE_FIELDS)
    newest = attempts.order_by("-attempt").first()
    if is_open(newest):
        return has_passed(quiz_id=quiz_id, student_id=student_id)
    return newest is not None


def passed_quizzes(*, student_id, quiz_ids: list) -> set[ObjectId]:
    passed = Attempt.objects(student=student_id, quiz__in=quiz_ids, passed=True)
    return set(passed.distinct("quiz"))


def get_visible_submission(submission_id, *, viewer: Viewer) -> Attempt:
    """
    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    submission = Attempt.objects(id=submission_id, submitted_at__ne=None).first()
    if submission is None or not _is_visible(submission, viewer):
        raise NotFound()
    return submission


def list_submissions(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    """Return submissions, newest first, without questions, answers and feedback."""
    conditions = {name: value for name, value in filters.items() if value is not None}
    if "student" in conditions:
        conditions["erased"] = None  # an erased student's id is random, so no filter may match it
    submissions = _visible_to(viewer).filter(**conditions).exclude(*LARGE_FIELDS)
    if paging.cursor is None:
        return page_of(submissions.order_by("-id"), paging, represent_submission_row)
    return page_slice(submissions, paging, represent_submission_row)


def submissions_changed_by_regrade(quiz: Quiz) -> tuple[int, list[Attempt]]:
    """Return how many results the quiz's last regrade has changed, and the first submissions."""
    changed = Attempt.objects(quiz=quiz.id, regraded_by=quiz.regrade.id)
    first = changed.exclude(*LARGE_FIELDS).order_by("id").limit(MAX_CHANGES)
    return changed.count(), list(first)


def personal_data_of(user_id: str) -> Iterator[Json]:
    """
    Return a student's submissions, newest first, reading each only when the iterator reaches it.

    Each may be large, and building MongoEngine documents would take many times as long.
    """
    attempts = Attempt._get_collection()
    submitted = {"student_id": ObjectId(user_id), "submitted_at": {"$ne": None}}
    ids = [row["_id"] for row in attempts.find(submitted, {"_id": 1})]
    rows = (
        attempts.find_one(submitted | {"_id": submission_id}, EXPORTED_FIELDS)
        for submission_id in sorted(ids, reverse=True)
    )
    return (_export_submission(row) for row in rows if row is not None)


def _export_submission(submission: Json) -> Json:
    return {
        "quiz": str(submission["quiz_id"]),
        "course": str(submission["course_id"]),
        "attempt": submission["attempt"],
        "started_at": format_timestamp(submission["started_at"]),
        "submitted_at": format_timestamp(submission["submitted_at"]),
        "score": submission.get("score"),
        "max_score": submission.get("max_score"),
        "percentage": submission.get("percentage"),
        "passed": submission.get("passed"),
        "answers": _export_answers(submission),
    }


def _export_answers(submission: Json) -> list[Json]:
    """Return the answers as texts, because ids would mean nothing to their owner."""
    questions = {question["id"]: question for question in submission.get("questions", [])}
    rows = []
    for answer in submission.get("answers", []):
        question, selected = questions[answer["question"]], set(answer.get("choices") or [])
        choices = question.get("choices", [])
        selected_texts = [choice["text"] for choice in choices if choice["id"] in selected]
        rows.append(
            {
                "question": question["text"],
                "answer": selected_texts or answer.get("text"),
            }
        )
    return rows


def _visible_to(viewer: Viewer) -> QuerySet:
    """Return the viewer's own submissions and those of the courses they teach; for admins, all."""
    submissions = Attempt.objects(submitted_at__ne=None)
    if viewer.is_admin:
        return submissions
    visible = Q(student=viewer.id)
    if viewer.is_instructor:
        visible |= Q(course__in=courses.ids_taught_by(viewer.id))
    return submissions.filter(visible)


def _is_visible(submission: Attempt, viewer: Viewer) -> bool:
    """
    Return whether the viewer may read the submission.

    Lists use its copy of the course instead, which follows in rounds when the quiz has moved.
    """
    if viewer.is_admin or str(submission.student) == viewer.id:
        return True
    if not viewer.is_instructor:
        return False
    try:
        quiz = get_quiz(submission.quiz)
    except NotFound:
        return False
    return quiz.course in courses.ids_taught_by(viewer.id)
