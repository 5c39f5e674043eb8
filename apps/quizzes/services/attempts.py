"""Take quizzes: start attempts, submit them and publish their grades."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random, SystemRandom
from typing import TypeVar

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, reference_errors
from apps.common.storage import rate_limits
from apps.common.storage.undelivered import deliver, deliver_again, mark_delivered
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.enrollments.services import NotEnrolled
from apps.quizzes import selectors
from apps.quizzes.contents import QuestionContent, answer_key_digest
from apps.quizzes.documents import (
    MAX_ATTEMPTS,
    Answer,
    Attempt,
    QuestionSnapshot,
    Quiz,
    content_of,
)
from apps.quizzes.events import QuizGraded
from apps.quizzes.grading import grade
from apps.quizzes.problems import find_problems
from apps.quizzes.representations import (
    StartedRepresentation,
    SubmissionRepresentation,
    represent_started_attempt,
)
from apps.quizzes.services.answer_validation import validate_answers
from apps.quizzes.services.snapshots import insert_with_snapshots
from apps.users.viewer import Viewer

AnyQuestion = TypeVar("AnyQuestion", QuestionSnapshot, QuestionContent)

_random = SystemRandom()


class QuizNotReady(Conflict):
    code = "quiz_not_ready"
    detail = _(
        "This quiz cannot be taken yet: it has no questions, or a question has no correct answer."
    )


class NotStarted(Conflict):
    code = "not_started"
    detail = _("This quiz has a time limit. Start an attempt before you submit answers.")


class TimeIsUp(Conflict):
    code = "time_is_up"
    detail = _("The time for this attempt is up.")


class NoAttemptsLeft(Conflict):
    code = "no_attempts_left"
    detail = _("You have no attempts left for this quiz.")


class AlreadySubmitted(Conflict):
    code = "already_submitted"
    detail = _("This attempt has already been submitted.")


def start_attempt(quiz_id: str, *, viewer: Viewer) -> tuple[StartedRepresentation, bool]:
    """
    Start an attempt, or return the open one; also return whether it was started now.

    :raises NotFound: the quiz does not exist, or is not visible to the viewer
    :raises NotEnrolled: the viewer is not enrolled in the course
    :raises QuizNotReady: the quiz has no questions, or one without a correct answer
    :raises NoAttemptsLeft: all attempts are used
    :raises Throttled: the viewer starts too many attempts
    """
    quiz, _role = selectors.get_visible_quiz(quiz_id, viewer=viewer)
    _check_enrolled(viewer, quiz)
    rate_limits.check_and_count("taking", viewer.id)
    attempt, is_new = _get_or_start(quiz, viewer.id)
    return represent_started_attempt(attempt), is_new


def submit_attempt(
    *, quiz_id: str, viewer: Viewer, answers: Sequence[dict], request_id: ObjectId
) -> SubmissionRepresentation:
    """
    Grade the answers to the open attempt; without a time limit, start one if there is none.

    :param answers: `{question, choices}` or `{question, text}` each
    :param request_id: identifies the request, so that a retry returns the same submission
    :raises ReferenceNotFound: the quiz does not exist, or its course is not visible to the viewer
    :raises NotEnrolled: the viewer is not enrolled in the course
    :raises Invalid: an answer does not fit its question
    :raises TimeIsUp: the attempt has expired
    :raises NotStarted: the quiz has a time limit, and no attempt is open
    :raises NoAttemptsLeft: all attempts are used
    :raises QuizNotReady: the quiz has no questions, or one without a correct answer
    :raises AlreadySubmitted: another request has just submitted the same attempt
    :raises Throttled: the viewer starts too many attempts
    """
    quiz = _get_quiz_to_submit(quiz_id, viewer)
    rate_limits.check_and_count("taking", viewer.id)
    submission = _submit(quiz, viewer.id, answers, request_id)
    selectors.invalidate_grades(viewer.id)
    if submission.undelivered_since:
        deliver(_graded_event(submission, quiz), source=submission)
    return selectors.read_own_submission(submission, quiz)


def shuffle_questions(
    questions: Sequence[AnyQuestion], random: Random = _random
) -> list[AnyQuestion]:
    """Return the questions in random order, each with its choices in random order."""
    return [
        type(question)(
            id=question.id,
            choices=random.sample(question.choices, len(question.choices)),
            **content_of(question),
        )
        for question in random.sample(questions, len(questions))
    ]


def repair_attempts() -> int:
    """Deliver the events of submissions that are undelivered; return their number."""
    return deliver_again(Attempt, _deliver_submission, without=selectors.LARGE_FIELDS)


def _get_quiz_to_submit(quiz_id: str, viewer: Viewer) -> Quiz:
    """Return the quiz; it must not be distinguishable from none if its course is not visible."""
    with reference_errors("quiz"):
        quiz = selectors.get_quiz(quiz_id)
        try:
            _check_enrolled(viewer, quiz)
        except NotEnrolled:
            courses.get_visible_course(quiz.course, viewer=viewer)
            raise
    return quiz


def _check_enrolled(viewer: Viewer, quiz: Quiz) -> None:
    if enrollments.get_enrollment(student_id=viewer.id, course_id=quiz.course) is None:
        raise NotEnrolled()


def _build_next_attempt(quiz: Quiz, student_id: str, last: Attempt | None, **fields) -> Attempt:
    """Return the attempt after the last one, without storing it."""
    number = last.attempt + 1 if last else 1
    if number > (quiz.max_attempts or MAX_ATTEMPTS):
        raise NoAttemptsLeft()
    questions = selectors.contents_of_quiz(quiz)
    if find_problems(questions):
        raise QuizNotReady()
    now = now_in_milliseconds()
    limit = quiz.time_limit_seconds
    attempt = Attempt(
        id=fields.pop("id", None) or ObjectId(),
        quiz=quiz.id,
        student=student_id,
        lesson=quiz.lesson,
        course=quiz.course,
        attempt=number,
        started_at=now,
        deadline=now + timedelta(seconds=limit) if limit else None,
        partial_credit=quiz.partial_credit,
        pass_mark=quiz.pass_mark,
        key_digest=answer_key_digest(questions),
        **fields,
    )
    attempt.questions = shuffle_questions(questions) if quiz.shuffle else questions
    return attempt


def _get_or_start(quiz: Quiz, student_id: str) -> tuple[Attempt, bool]:
    """Return the open attempt, or a new one, and whether it is new."""
    while True:
        last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)
        if last is not None and selectors.is_open(last):
            return last, False
        attempt = _build_next_attempt(quiz, student_id, last)
        rate_limits.check_and_count("attempts", student_id)
        try:
            return insert_with_snapshots(attempt), True
        except NotUniqueError:
            continue  # Another request has started it in the meantime.


def _submit(quiz: Quiz, student_id: str, answers: Sequence[dict], request_id: ObjectId) -> Attempt:
    last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)
    if last is not None and last.request_id == request_id:
        return last
    if last is not None and not last.submitted_at:
        return _submit_open_attempt(last, quiz, answers, request_id)
    return _start_and_submit(last, quiz, student_id, answers, request_id)


def _submit_open_attempt(
    attempt: Attempt, quiz: Quiz, answers: Sequence[dict], request_id: ObjectId
) -> Attempt:
    if selectors.has_expired(attempt):
        raise TimeIsUp()
    fields = _submission_fields(attempt, validate_answers(attempt.questions, answers))
    fields["request_id"] = request_id
    changes = {f"set__{name}": value for name, value in fields.items()}
    # The attempt is not read again, because its questions may be large.
    if Attempt.objects(id=attempt.id, submitted_at=None).update_one(**changes):
        for name, value in fields.items():
            setattr(attempt, name, value)
        return attempt
    if quiz.max_attempts and attempt.attempt >= quiz.max_attempts:
        raise NoAttemptsLeft()
    raise AlreadySubmitted()


def _start_and_submit(
    last: Attempt | None,
    quiz: Quiz,
    student_id: str,
    answers: Sequence[dict],
    request_id: ObjectId,
) -> Attempt:
    """Start an attempt and submit it in a single write."""
    while True:
        attempt = _build_next_attempt(quiz, student_id, last, id=request_id, request_id=request_id)
        if quiz.time_limit_seconds:
            raise NotStarted()
        valid_answers = validate_answers(attempt.questions, answers)
        for name, value in _submission_fields(attempt, valid_answers).items():
            setattr(attempt, name, value)
        rate_limits.check_and_count("attempts", student_id)
        try:
            return insert_with_snapshots(attempt)
        except NotUniqueError:  # Another request has used this number in the meantime.
            last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)


def _submission_fields(attempt: Attempt, answers: list[Answer]) -> dict:
    """Return the fields that make the attempt a submission with these answers."""
    result = grade(
        attempt.questions,
        answers,
        partial_credit=attempt.partial_credit,
        pass_mark=attempt.pass_mark,
    )
    now = now_in_milliseconds()
    return vars(result) | {"answers": answers, "submitted_at": now, "undelivered_since": now}


def _deliver_submission(submission: Attempt) -> None:
    selectors.invalidate_grades(submission.student)
    quiz = Quiz.objects(id=submission.quiz).only("lesson", "course", "title").first()
    if submission.erased or quiz is None:
        mark_delivered(submission)
    else:
        deliver(_graded_event(submission, quiz), source=submission)


def _graded_event(submission: Attempt, quiz: Quiz) -> QuizGraded:
    return QuizGraded(
        submission_id=str(submission.id),
        quiz_id=str(submission.quiz),
        lesson_id=str(quiz.lesson),  # the submission may not have followed the quiz yet
        course_id=str(quiz.course),
        student_id=str(submission.student),
        quiz_title=quiz.title,
        passed=submission.passed,
    )
