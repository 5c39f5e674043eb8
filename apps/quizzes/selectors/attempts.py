"""Every read of attempts: those that are open, and those that were submitted."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage.cache import Json
from apps.common.storage.pagination import Page, Paging, page_of, page_slice
from apps.courses import selectors as courses
from apps.quizzes.documents import MOST_ATTEMPTS, Attempt, Quiz
from apps.users.viewer import Viewer

GRACE = timedelta(seconds=1)  # for the way from the page to the server
MOST_CHANGES = 1000  # changed submissions that the result of a regrade lists
LARGE = ("questions", "answers", "marks")
REGRADE_FIELDS = ("student", "attempt", "key_digest", "regraded_by")
EXPORTED = dict.fromkeys(
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


def submissions_of(quiz_id, student_id) -> QuerySet:
    return Attempt.objects(quiz=quiz_id, student=student_id, submitted_at__ne=None)


def submissions_from(quiz_id, student_id: ObjectId | None) -> list[Attempt]:
    """
    Return a quiz's submissions by student and attempt, without their content.

    :param student_id: the student to start with; None for the first
    """
    found = Attempt.objects(quiz=quiz_id, submitted_at__ne=None)
    if student_id is not None:
        found = found.filter(student__gte=student_id)
    return list(found.only(*REGRADE_FIELDS).order_by("student", "attempt"))


def has_passed(*, quiz_id, student_id) -> bool:
    passed = Attempt.objects(quiz=quiz_id, student=student_id, passed=True)
    return passed.only("id").first() is not None


def has_passed_or_used_all_attempts(*, quiz_id, student_id, max_attempts: int | None) -> bool:
    """Return whether a student has passed a quiz, or cannot submit to it any more."""
    decisive = Q(passed=True) | Q(attempt__gte=max_attempts or MOST_ATTEMPTS)
    found = Attempt.objects(decisive, quiz=quiz_id, student=student_id).exclude(*LARGE)
    newest = found.order_by("-attempt").first()
    if is_open(newest):
        return has_passed(quiz_id=quiz_id, student_id=student_id)
    return newest is not None


def passed_quizzes(*, student_id, quiz_ids: list) -> set[ObjectId]:
    passed = Attempt.objects(student=student_id, quiz__in=quiz_ids, passed=True)
    return set(passed.distinct("quiz"))


def get_visible_submission(submission_id, *, viewer: Viewer) -> Attempt:
    """
    :raises NotFound: there is none that the viewer may know of
    """
    submission = Attempt.objects(id=submission_id, submitted_at__ne=None).first()
    if submission is None or not _is_visible(submission, viewer):
        raise NotFound()
    return submission


def list_submissions(*, viewer: Viewer, represent: Callable, paging: Paging, **filters) -> Page:
    """Return submissions, newest first, without questions, answers and feedback."""
    given = {name: value for name, value in filters.items() if value is not None}
    if "student" in given:
        given["erased"] = None  # the id in a nameless one is nobody's
    found = _visible_to(viewer).filter(**given).exclude(*LARGE)
    if paging.cursor is None:
        return page_of(found.order_by("-id"), paging, represent)
    return page_slice(found, paging, represent)


def changes_by(quiz: Quiz) -> list[Attempt]:
    """Return the first submissions whose result the quiz's last regrade has changed."""
    changed = Attempt.objects(quiz=quiz.id, regraded_by=quiz.regrade.id).exclude(*LARGE)
    return list(changed.order_by("id").limit(MOST_CHANGES))


def personal_data_of(user_id: str) -> Iterator[Json]:
    """
    Return what a student has submitted, the newest first, each read when its turn comes.

    Each may be large, and documents of MongoEngine would take many times as long to make.
    """
    attempts = Attempt._get_collection()
    submitted = {"student_id": ObjectId(user_id), "submitted_at": {"$ne": None}}
    ids = [one["_id"] for one in attempts.find(submitted, {"_id": 1})]
    stored = (
        attempts.find_one(submitted | {"_id": submission_id}, EXPORTED)
        for submission_id in sorted(ids, reverse=True)
    )
    return (_exported(one) for one in stored if one is not None)


def _exported(submission: Json) -> Json:
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
        "answers": _answers_of(submission),
    }


def _answers_of(submission: Json) -> list[Json]:
    """Return the answers in words: ids would say nothing to whom they belong to."""
    questions = {one["id"]: one for one in submission.get("questions", [])}
    rows = []
    for answer in submission.get("answers", []):
        question, chosen = questions[answer["question"]], set(answer.get("choices") or [])
        taken = [one["text"] for one in question.get("choices", []) if one["id"] in chosen]
        rows.append(
            {
                "question": question["text"],
                "answer": taken or answer.get("text"),
            }
        )
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
