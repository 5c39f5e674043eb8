"""What changes quizzes, and the order of their questions."""

from datetime import timedelta
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from pymongo import UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, Invalid, NotFound, reference_errors
from apps.common.storage.count_limits import CountLimit
from apps.common.storage.documents import check_revision, for_each, update
from apps.lessons import selectors as lessons
from apps.lessons.documents import Lesson
from apps.quizzes import selectors
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.services.figures import NONE_YET, store_figures
from apps.quizzes.services.moves import enqueue_move

A_MINUTE = timedelta(minutes=1)


MOST_IN_COURSE = 1000
MOST_IN_LESSON = 50


class TooManyQuizzes(Conflict):
    code = "too_many_quizzes"
    detail = _("A lesson has at most %(lesson)s quizzes, and a course at most %(course)s.") % {
        "lesson": MOST_IN_LESSON,
        "course": MOST_IN_COURSE,
    }


OF_COURSE = CountLimit(
    "quizzes-of-course",
    MOST_IN_COURSE,
    count=lambda course_id: Quiz.objects(course=course_id, removed=None).count(),
    refusal=TooManyQuizzes,
)
OF_LESSON = CountLimit(
    "quizzes-of-lesson",
    MOST_IN_LESSON,
    count=lambda lesson_id: Quiz.objects(lesson=lesson_id, removed=None).count(),
    refusal=TooManyQuizzes,
)


class BeingReordered(Conflict):
    code = "being_reordered"
    detail = _("The questions of this quiz are being put in order; try again shortly.")


def create_quiz(*, quiz_id: ObjectId, lesson: Lesson, **fields: Any) -> Quiz:
    """
    Add a quiz to a lesson.

    :raises TooManyQuizzes: the lesson, or its course, is full
    :raises Invalid: the lesson was removed
    """
    new = Quiz(id=quiz_id, lesson=lesson.id, course=lesson.course, **NONE_YET, **fields)
    quiz = OF_COURSE.insert(lesson.course, new, by=_insert_into_lesson)
    selectors.invalidate_quizzes(lesson.course)
    with reference_errors("lesson"):
        try:
            lessons.get_lesson(lesson.id)
        except NotFound:
            quiz.delete()
            raise
    return quiz


def _insert_into_lesson(quiz: Quiz) -> Quiz:
    return OF_LESSON.insert(quiz.lesson, quiz)


def update_quiz(
    quiz: Quiz, *, lesson: Lesson, expected: list[int] | None = None, **fields: Any
) -> Quiz:
    """
    Change a quiz; the submissions of one that goes to another lesson follow by a task.

    :raises TooManyQuizzes: the lesson that it goes to, or its course, is full
    :raises StaleVersion: somebody has edited it since
    """
    fields |= {"lesson": lesson.id, "course": lesson.course}
    moves = lesson.id != quiz.lesson
    if moves:
        fields["moved_at"] = now_in_milliseconds()
    condition = {"lesson": quiz.lesson, "course": quiz.course}
    with (
        OF_COURSE.moved(quiz.course, lesson.course),
        OF_LESSON.moved(quiz.lesson, lesson.id),
    ):
        changed = update(quiz, expected=expected, condition=condition, **fields)
    selectors.invalidate_quizzes(quiz.course, changed.course)
    if moves:
        enqueue_move(changed)
    return changed


def delete_quiz(quiz: Quiz, *, expected: list[int] | None = None) -> None:
    """
    Remove a quiz and everything below it: hidden first, gone last.

    :raises StaleVersion: somebody has edited it since
    """
    condition = {"id": quiz.id, "removed": None}
    if expected is not None:
        condition["revision__in"] = expected
    with OF_COURSE.released(quiz.course), OF_LESSON.released(quiz.lesson):
        if not Quiz.objects(**condition).update_one(**_hidden()):
            check_revision(Quiz, quiz.id)
    selectors.invalidate_quizzes(quiz.course)
    _clear([quiz.id])


def delete_quizzes_of_lesson(lesson_id: str) -> None:
    _remove_all(Quiz.objects(lesson=lesson_id, removed=None))


def delete_quizzes_of_course(course_id: str) -> None:
    _remove_all(Quiz.objects(course=course_id, removed=None))
    selectors.invalidate_quizzes(course_id)


def finish_removals() -> int:
    """Remove what was hidden a minute ago: by now no request can still be adding to it."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Quiz.objects(removed_at__lt=before).only("id"), _finish_removal)


def _finish_removal(quiz: Quiz) -> None:
    _clear([quiz.id])
    quiz.delete()


def reorder_questions(quiz: Quiz, wanted: list[ObjectId]) -> None:
    """
    Put a quiz's questions into the wanted order.

    :raises Invalid: not each question of the quiz is named once
    :raises BeingReordered: another order is being carried out
    """
    if sorted(wanted) != sorted(one.id for one in selectors.questions_of(quiz)):
        raise Invalid(questions=_("Name each question of the quiz once."))
    # Readers obey the wanted order from this write on.
    begun = Quiz.objects(id=quiz.id, question_order=None, removed=None).modify(
        new=True, set__question_order=wanted, set__pending_since=now_in_milliseconds()
    )
    if begun is None:
        raise BeingReordered()
    _finish(begun)


def repair_quizzes() -> int:
    """Finish what was cut off a minute ago or more; return how many quizzes it was."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Quiz.objects(pending_since__lt=before), _finish)


def _finish(quiz: Quiz) -> None:
    """Put questions into the wanted order."""
    moves = [
        UpdateOne({"_id": question_id, "quiz_id": quiz.id}, {"$set": {"position": position}})
        for position, question_id in enumerate(quiz.question_order or [], start=1)
    ]
    if moves:
        Question._get_collection().bulk_write(moves)
        store_figures(quiz.id)  # its problems are stored in the order of the questions
    same = Quiz.objects(id=quiz.id, pending_since=quiz.pending_since)
    same.update_one(unset__pending_since=True, unset__question_order=True)


def _remove_all(quizzes) -> None:
    ids = quizzes.distinct("id")
    courses = quizzes.distinct("course")
    Quiz.objects(id__in=ids).update(**_hidden())
    selectors.invalidate_quizzes(*courses)
    _clear(ids)


def _hidden() -> dict:
    return {"set__removed": True, "set__removed_at": now_in_milliseconds()}


def _clear(quiz_ids: list) -> None:
    """Delete what lies below quizzes."""
    submissions = Attempt.objects(quiz__in=quiz_ids)
    students = submissions.distinct("student")
    submissions.delete()
    questions = Question.objects(quiz__in=quiz_ids)
    Choice.objects(question__in=questions.distinct("id")).delete()
    questions.delete()
    selectors.invalidate_grades(*students)
