"""Taking a quiz: starting an attempt, submitting it, and telling what came of it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random, SystemRandom
from typing import TypeVar

from bson import ObjectId
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from mongoengine import NotUniqueError

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, Invalid
from apps.common.events import publish
from apps.common.storage.documents import for_each
from apps.enrollments import selectors as enrollments
from apps.enrollments.services import NotEnrolled
from apps.quizzes import selectors
from apps.quizzes.documents import (
    MOST_ATTEMPTS,
    MULTIPLE,
    TRUE_FALSE,
    WITH_CHOICES,
    Answer,
    Attempt,
    QuestionSnapshot,
    Quiz,
    content_of,
)
from apps.quizzes.events import QuizGraded
from apps.quizzes.grading import Graded, grade
from apps.quizzes.problems import problems_of
from apps.quizzes.selectors.contents import QuestionContent, answer_key_digest
from apps.quizzes.services.copies import insert_copy

Asked = TypeVar("Asked", QuestionSnapshot, QuestionContent)

A_MINUTE = timedelta(minutes=1)
_chance = SystemRandom()


class QuizNotReady(Conflict):
    code = "quiz_not_ready"
    detail = gettext_lazy(
        "This quiz cannot be taken: it has no questions, or one that nobody can answer."
    )


class NotStarted(Conflict):
    code = "not_started"
    detail = gettext_lazy("This quiz has a time limit: start it first.")


class TimeIsUp(Conflict):
    code = "time_is_up"
    detail = gettext_lazy("The time for this attempt is over.")


class NoAttemptsLeft(Conflict):
    code = "no_attempts_left"
    detail = gettext_lazy("You have no attempt left at this quiz.")


class AlreadySubmitted(Conflict):
    code = "already_submitted"
    detail = gettext_lazy("This attempt was submitted already.")


def _unlimited() -> None:
    """Let every attempt be opened."""


def start(
    *, student_id: str, quiz: Quiz, check_rate: Callable[[], None] = _unlimited
) -> tuple[Attempt, bool]:
    """
    Open an attempt, or return the one that is open; say whether it was opened now.

    :param check_rate: called before an attempt is opened; raises where it is one too many
    :raises NotEnrolled: the student has no place in the course
    :raises QuizNotReady: there is no question, or one that nobody can answer
    :raises NoAttemptsLeft: all attempts are used up
    """
    _check_place(student_id, quiz)
    while True:
        last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)
        if selectors.is_open(last):
            return last, False
        attempt = _next_attempt(quiz, student_id, last)
        check_rate()
        try:
            return insert_copy(attempt), True
        except NotUniqueError:
            continue  # another request opened it meanwhile


def submit(
    *,
    student_id: str,
    quiz: Quiz,
    answers: Sequence[dict],
    submission_id: ObjectId,
    check_rate: Callable[[], None] = _unlimited,
) -> Attempt:
    """
    Grade the answers to the open attempt; where there is no time limit, to one opened for them.

    :param answers: `{question, choices}` or `{question, text}` each
    :param submission_id: names the request: its rerun finds what it has done
    :param check_rate: called before an attempt is opened; raises where it is one too many
    :raises NotEnrolled: the student has no place in the course
    :raises Invalid: an answer is not to a question that was asked, or not of its form
    :raises TimeIsUp: the attempt has run out
    :raises NotStarted: the quiz has a time limit, and no attempt is open
    :raises NoAttemptsLeft: all attempts are used up
    :raises QuizNotReady: there is no question, or one that nobody can answer
    :raises AlreadySubmitted: another request has just submitted the same attempt
    """
    _check_place(student_id, quiz)
    last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)
    if last is not None and last.submitted_as == submission_id:
        submitted = last
    elif last is not None and not last.submitted_at:
        submitted = _submit_open(last, quiz, answers, submission_id)
    else:
        submitted = _submit_at_once(last, quiz, student_id, answers, submission_id, check_rate)
    selectors.invalidate_grades(student_id)
    if submitted.pending_since:
        _tell(submitted, quiz)
    return submitted


def shuffled(questions: Sequence[Asked], chance: Random = _chance) -> list[Asked]:
    """Return the questions in another order, each with its choices in another order."""
    return [
        type(one)(
            id=one.id, choices=chance.sample(one.choices, len(one.choices)), **content_of(one)
        )
        for one in chance.sample(questions, len(questions))
    ]


def repair_attempts() -> int:
    """Tell again of what was cut off a minute ago or more; return how many submissions."""
    before = now_in_milliseconds() - A_MINUTE
    cut_off = Attempt.objects(pending_since__lt=before).exclude(*selectors.LARGE)
    return for_each(cut_off, _tell_again)


def erase(user_id: str) -> None:
    """Take an erased person's name off what they submitted; what was not goes."""
    Attempt.objects(student=user_id, submitted_at=None).delete()
    submitted = Attempt.objects(student=user_id)
    submitted.update(set__student=ObjectId(), set__erased=True, unset__pending_since=True)
    selectors.invalidate_grades(user_id)


def _check_place(student_id: str, quiz: Quiz) -> None:
    if enrollments.get_enrollment(student_id=student_id, course_id=quiz.course) is None:
        raise NotEnrolled()


def _next_attempt(quiz: Quiz, student_id: str, last: Attempt | None, **fields) -> Attempt:
    """Return the attempt after the last one, not stored yet."""
    number = last.attempt + 1 if last else 1
    if number > (quiz.max_attempts or MOST_ATTEMPTS):
        raise NoAttemptsLeft()
    questions = selectors.contents_of(selectors.questions_of(quiz), whole=quiz)
    if problems_of(questions):
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
    attempt.questions = shuffled(questions) if quiz.shuffle else questions
    return attempt


def _submit_open(
    attempt: Attempt, quiz: Quiz, answers: Sequence[dict], submission_id: ObjectId
) -> Attempt:
    if selectors.has_run_out(attempt):
        raise TimeIsUp()
    result = _result(attempt, _given(attempt, answers))
    result["submitted_as"] = submission_id
    changes = {f"set__{name}": value for name, value in result.items()}
    # The attempt is not read again: with its questions it may be large.
    if Attempt.objects(id=attempt.id, submitted_at=None).update_one(**changes):
        for name, value in result.items():
            setattr(attempt, name, value)
        return attempt
    if quiz.max_attempts and attempt.attempt >= quiz.max_attempts:
        raise NoAttemptsLeft()
    raise AlreadySubmitted()


def _submit_at_once(
    last: Attempt | None,
    quiz: Quiz,
    student_id: str,
    answers: Sequence[dict],
    submission_id: ObjectId,
    check_rate: Callable[[], None],
) -> Attempt:
    """Open an attempt and submit it, in one write."""
    while True:
        attempt = _next_attempt(
            quiz, student_id, last, id=submission_id, submitted_as=submission_id
        )
        if quiz.time_limit_seconds:
            raise NotStarted()
        for name, value in _result(attempt, _given(attempt, answers)).items():
            setattr(attempt, name, value)
        check_rate()
        try:
            return insert_copy(attempt)
        except NotUniqueError:  # another request took this number meanwhile
            last = selectors.last_attempt(quiz_id=quiz.id, student_id=student_id)


def _result(attempt: Attempt, answers: list[Answer]) -> dict:
    """Return what submitting the answers makes of the attempt."""
    graded: Graded = grade(
        attempt.questions,
        answers,
        partial_credit=attempt.partial_credit,
        pass_mark=attempt.pass_mark,
    )
    now = now_in_milliseconds()
    return vars(graded) | {"answers": answers, "submitted_at": now, "pending_since": now}


def _given(attempt: Attempt, answers: Sequence[dict]) -> list[Answer]:
    asked = {question.id: question for question in attempt.questions}
    named = [answer["question"] for answer in answers]
    if not set(named) <= set(asked):
        raise Invalid(answers=_("A question that is answered is not of this quiz."))
    if len(set(named)) < len(named):
        raise Invalid(answers=_("A question is answered twice."))
    for answer in answers:
        _check_form(answer, asked[answer["question"]])
    return [Answer(**answer) for answer in answers]


def _check_form(answer: dict, question: QuestionSnapshot) -> None:
    problem = (
        _problem_with_choices(answer, question)
        if question.kind in WITH_CHOICES
        else _problem_with_text(answer, question)
    )
    if problem:
        raise Invalid(
            answers=_("“%(question)s”: %(problem)s")
            % {"question": question.text[:80], "problem": problem}
        )


def _problem_with_choices(answer: dict, question: QuestionSnapshot) -> str | None:
    if "choices" not in answer:
        return _("answer this question by its choices.")
    chosen = answer["choices"]
    if len(set(chosen)) < len(chosen):
        return _("a choice is named twice.")
    if not set(chosen) <= {choice.id for choice in question.choices}:
        return _("a choice is not of this question.")
    if len(chosen) > 1 and question.kind != MULTIPLE:
        return _("give one choice.")
    return None


def _problem_with_text(answer: dict, question: QuestionSnapshot) -> str | None:
    if "text" not in answer:
        return _("answer this question by text.")
    if question.kind == TRUE_FALSE and answer["text"].strip().lower() not in ("true", "false", ""):
        return _("answer true or false.")
    return None


def _tell_again(attempt: Attempt) -> None:
    selectors.invalidate_grades(attempt.student)
    quiz = Quiz.objects(id=attempt.quiz).only("lesson", "course", "title").first()
    if attempt.erased or quiz is None:
        _heard(attempt)
    else:
        _tell(attempt, quiz)


def _tell(attempt: Attempt, quiz: Quiz) -> None:
    event = QuizGraded(
        submission_id=str(attempt.id),
        quiz_id=str(attempt.quiz),
        lesson_id=str(quiz.lesson),  # the attempt may not have followed the quiz yet
        course_id=str(quiz.course),
        student_id=str(attempt.student),
        quiz_title=quiz.title,
        passed=attempt.passed,
    )
    if publish(event):
        _heard(attempt)


def _heard(attempt: Attempt) -> None:
    same = Attempt.objects(id=attempt.id, pending_since=attempt.pending_since)
    same.update_one(unset__pending_since=True)
