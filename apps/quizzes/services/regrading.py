"""Grading all submissions of a quiz anew, after its author has mended the key."""

from datetime import timedelta

from bson import ObjectId
from django.utils.translation import gettext_lazy as _

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict
from apps.common.events import publish
from apps.common.storage.documents import for_each
from apps.common.tasks import enqueue
from apps.quizzes import selectors
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
from apps.quizzes.grading import grade, grade_of
from apps.quizzes.selectors.contents import QuestionContent

A_MINUTE = timedelta(minutes=1)


class BeingRegraded(Conflict):
    code = "being_regraded"
    detail = _("The submissions of this quiz are being graded anew; try again shortly.")


def request_regrade(quiz: Quiz) -> Quiz:
    """
    Have all submissions of a quiz graded anew, by a task.

    :raises BeingRegraded: they are being graded anew just now
    """
    now = now_in_milliseconds()
    asked_for = Quiz.objects(id=quiz.id, regrading_since=None, removed=None).modify(
        new=True, set__regrade=Regrade(id=ObjectId(), requested_at=now), set__regrading_since=now
    )
    if asked_for is None:
        raise BeingRegraded()
    _regrade_later(asked_for)
    return asked_for


def regrade(quiz_id) -> None:
    """
    Grade anew what was asked for; one that was cut off goes on.

    Of a question as it was asked, the key becomes today's: a choice that is gone, and a question
    that is gone or of another kind now, keep theirs. Texts, points and the pass mark stay.
    """
    quiz = Quiz.objects(id=quiz_id, regrading_since__ne=None, removed=None).first()
    if quiz is None:
        return
    contents = selectors.contents_of(selectors.questions_of(quiz), whole=quiz)
    key = {question.id: question for question in contents}
    students = selectors.students_of_quiz(quiz.id)
    told = [_regrade_student(quiz, student_id, key) for student_id in students]
    if not all(told):
        return  # the sweep tells the others
    same = Quiz.objects(id=quiz.id, regrade__id=quiz.regrade.id)
    same.update_one(set__regrade__finished_at=now_in_milliseconds(), unset__regrading_since=True)


def repair_regrades() -> int:
    """Go on with what was begun a minute ago or more; return how many quizzes it was."""
    before = now_in_milliseconds() - A_MINUTE
    cut_off = Quiz.objects(regrading_since__lt=before).only("id")
    return for_each(cut_off, lambda quiz: regrade(quiz.id))


def _regrade_later(quiz: Quiz) -> None:
    enqueue("apps.quizzes.tasks.regrade_quiz", quiz_id=str(quiz.id))


def _regrade_student(quiz: Quiz, student_id, key: dict[ObjectId, QuestionContent]) -> bool:
    """Grade a student's submissions anew; say whether all have heard of what has changed."""
    for_each(
        selectors.submissions_of(quiz.id, student_id),
        lambda submission: _regrade_submission(submission, quiz.regrade.id, key),
    )
    selectors.invalidate_grades(student_id)
    graded = selectors.submissions_of(quiz.id, student_id).exclude(*selectors.LARGE)
    submissions = list(graded.order_by("attempt"))
    changed = [one for one in submissions if one.regraded_by == quiz.regrade.id]
    if not changed or changed[0].erased:
        return True
    return publish(_what_changed(quiz, changed[0], submissions))


def _regrade_submission(
    submission: Attempt, regrade_id: ObjectId, key: dict[ObjectId, QuestionContent]
) -> None:
    questions = [_by_todays_key(asked, key.get(asked.id)) for asked in submission.questions]
    if questions == list(submission.questions):
        return
    before = Result(
        score=submission.score, percentage=submission.percentage, passed=submission.passed
    )
    graded = grade(
        questions,
        submission.answers,
        partial_credit=submission.partial_credit,
        pass_mark=submission.pass_mark,
    )
    changes = vars(graded) | {"questions": questions}
    if (graded.score, graded.passed) != (before.score, before.passed):
        changes |= {"regraded_by": regrade_id, "before": before}
    Attempt.objects(id=submission.id).update_one(
        **{f"set__{name}": value for name, value in changes.items()}
    )


def _by_todays_key(asked: QuestionSnapshot, today: QuestionContent | None) -> QuestionSnapshot:
    if today is None or today.kind != asked.kind:
        return asked
    right = {choice.id: choice.is_correct for choice in today.choices}
    key = {name: getattr(today, name) for name in ("answer", "tolerance", "explanation")}
    choices = [
        ChoiceSnapshot(id=one.id, text=one.text, is_correct=right.get(one.id, one.is_correct))
        for one in asked.choices
    ]
    return QuestionSnapshot(id=asked.id, choices=choices, **content_of(asked) | key)


def _what_changed(quiz: Quiz, first: Attempt, submissions: list[Attempt]) -> QuizRegraded:
    return QuizRegraded(
        regrade_id=str(quiz.regrade.id),
        submission_id=str(first.id),
        quiz_id=str(quiz.id),
        lesson_id=str(quiz.lesson),
        course_id=str(quiz.course),
        student_id=str(first.student),
        quiz_title=quiz.title,
        passed=any(one.passed for one in submissions),
        grade=grade_of([one.percentage for one in submissions], quiz.grading),
    )
