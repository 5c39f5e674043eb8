"""
Move quizzes, alone or with their lesson.

Their submissions follow in short rounds, since each may have a megabyte.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bson import ObjectId
from mongoengine import Q

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import for_each
from apps.common.storage.rounds import LARGE, batches
from apps.common.tasks import enqueue
from apps.quizzes import selectors
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.services.quiz_limits import OF_COURSE, count_in_lesson

A_MINUTE = timedelta(minutes=1)
LONGEST_REQUEST = timedelta(seconds=45)  # A_MINUTE is longer, so that the sweep ends the move.
ROUND_SECONDS = 3  # other tasks wait for a round, not for a whole move


@contextmanager
def moving_lesson(*, lesson_id: str, from_course_id: str, to_course_id: str) -> Iterator[None]:
    """
    Reserve room for the quizzes of a lesson that the block moves, and let the quizzes follow.

    :raises TooManyQuizzes: the new course has no room for them
    """
    number = count_in_lesson(lesson_id)
    if number == 0:
        yield
        return
    with OF_COURSE.moved(from_course_id, to_course_id, number):
        yield
    # The lesson's event does this, too, but until then, lists would show the old course.
    move_quizzes(lesson_id=lesson_id, to_course_id=to_course_id)


def move_quizzes(*, lesson_id: str, to_course_id: str) -> None:
    """Move the quizzes of a lesson to another course; their submissions follow."""
    quizzes = Quiz.objects(lesson=lesson_id)
    old_courses = quizzes.distinct("course")
    quizzes.update(set__course=ObjectId(to_course_id), set__moved_at=now_in_milliseconds())
    selectors.invalidate_quizzes(to_course_id, *old_courses)
    for quiz in quizzes.only("id"):
        enqueue_move(quiz)


def enqueue_move(quiz: Quiz) -> None:
    """Let the submissions follow a quiz that was marked as moved."""
    enqueue("apps.quizzes.tasks.move_submissions", quiz_id=str(quiz.id))


def move_submissions(quiz_id) -> None:
    """
    Move submissions to where their quiz is for a few seconds, then queue the next round.

    A request that read the quiz before the move may still insert an attempt, so the sweep runs the
    last round when such requests have ended.
    """
    quiz = Quiz.objects(id=quiz_id, moved_at__ne=None, removed=None).first()
    if quiz is None:
        return
    same = Quiz.objects(id=quiz.id, moved_at=quiz.moved_at)
    if _run_round(quiz):
        if quiz.moved_at < now_in_milliseconds() - LONGEST_REQUEST:
            same.update_one(unset__moved_at=True)
    elif same.update_one(set__moved_at=now_in_milliseconds()):  # The sweep waits another minute.
        enqueue_move(quiz)


def repair_moves() -> int:
    """Continue moves that nobody has continued for a minute; return the number of quizzes."""
    before, end = now_in_milliseconds() - A_MINUTE, time.monotonic() + ROUND_SECONDS
    interrupted = Quiz.objects(moved_at__lt=before).only("id")
    return for_each(interrupted, lambda quiz: _continue(quiz, end))


def _continue(quiz: Quiz, end: float) -> None:
    """Run a round of an interrupted move, or queue it when the sweep has no time left."""
    if time.monotonic() < end:
        move_submissions(quiz.id)
    else:
        enqueue_move(quiz)


def _run_round(quiz: Quiz) -> bool:
    """Move submissions until the time is up; return whether all have been moved."""
    elsewhere = Q(lesson__ne=quiz.lesson) | Q(course__ne=quiz.course)
    left_behind = list(Attempt.objects(elsewhere, quiz=quiz.id).scalar("id", "student"))
    end = time.monotonic() + ROUND_SECONDS
    for some in batches(left_behind, at_once=LARGE):
        if time.monotonic() > end:
            return False
        ids, students = zip(*some, strict=True)
        moved = Attempt.objects(id__in=ids, quiz=quiz.id)
        moved.update(set__lesson=quiz.lesson, set__course=quiz.course)
        selectors.invalidate_grades(*set(students))
    return True
