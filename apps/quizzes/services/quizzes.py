"""Create, change and delete quizzes, and reorder their questions."""

from datetime import timedelta
from functools import partial
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import QuerySet
from pymongo import UpdateOne

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Conflict, DomainError, Invalid, check_expected, reference_errors
from apps.common.storage.documents import for_each, raise_not_written, update
from apps.common.storage.rounds import LARGE, SMALL, batches, delete_in_rounds, in_rounds
from apps.lessons import selectors as lessons
from apps.lessons import services as lesson_services
from apps.lessons.documents import Lesson
from apps.quizzes import selectors
from apps.quizzes.documents import Attempt, Choice, Question, Quiz
from apps.quizzes.representations import QuestionRepresentation, QuizRepresentation
from apps.quizzes.services.moves import enqueue_move, move_quizzes
from apps.quizzes.services.quiz_limits import OF_COURSE, OF_LESSON
from apps.quizzes.services.summaries import EMPTY_SUMMARY, store_summary
from apps.users.viewer import Viewer

A_MINUTE = timedelta(minutes=1)


class BeingReordered(Conflict):
    code = "being_reordered"
    detail = _("The questions of this quiz are being reordered. Try again shortly.")


def create_quiz(
    *, quiz_id: ObjectId, lesson: str, viewer: Viewer, **fields: Any
) -> QuizRepresentation:
    """
    Add a quiz to a lesson, given by its id.

    :raises ReferenceNotFound: the lesson does not exist, or is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises TooManyQuizzes: the lesson or its course has as many quizzes as it can have
    """
    new_lesson = _get_editable_lesson(lesson, viewer)
    new = Quiz(
        id=quiz_id, lesson=new_lesson.id, course=new_lesson.course, **EMPTY_SUMMARY, **fields
    )
    quiz = OF_COURSE.insert(new_lesson.course, new, by=_insert_into_lesson)
    selectors.invalidate_quizzes(quiz.course)
    return selectors.read_written_quiz(_follow_or_delete(quiz), viewer=viewer)


def _insert_into_lesson(quiz: Quiz) -> Quiz:
    return OF_LESSON.insert(quiz.lesson, quiz)


def _follow_or_delete(quiz: Quiz) -> Quiz:
    """Return a new quiz in the current course of its lesson, or delete it if it cannot follow."""
    try:
        return _follow_lesson(quiz)
    except DomainError:
        quiz.delete()
        raise


def _follow_lesson(quiz: Quiz) -> Quiz:
    """
    Return the quiz in the current course of its lesson, which may have just moved.

    A later move of the lesson counts the quiz, and one that has just counted without it fails.

    :raises ReferenceNotFound: the lesson was deleted
    :raises TooManyQuizzes: the lesson's new course has no room for the quiz
    """
    while not lesson_services.record_contents_change(quiz.lesson, course_id=quiz.course):
        with reference_errors("lesson"):
            course_id = lessons.course_of_lesson(quiz.lesson)
        OF_COURSE.reserve(course_id)  # The move may have counted the quiz; too many is safe.
        move_quizzes(lesson_id=str(quiz.lesson), to_course_id=str(course_id))
        quiz = quiz.reload()
    return quiz


def _get_editable_lesson(lesson_id: str | ObjectId, viewer: Viewer) -> Lesson:
    with reference_errors("lesson"):
        lesson, course = lessons.get_visible_lesson(lesson_id, viewer=viewer)
    selectors.check_may_edit_quizzes(course, viewer=viewer)
    return lesson


def update_quiz(
    quiz_id: str, *, viewer: Viewer, expected: list[int] | None = None, **fields: Any
) -> QuizRepresentation:
    """
    Change a quiz; if it moves to another lesson, a task moves its submissions.

    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the old or the new course
    :raises ReferenceNotFound: the new lesson does not exist, or is not visible to the viewer
    :raises TooManyQuizzes: the new lesson or its course has as many quizzes as it can have
    :raises StaleRevision: the quiz has been changed since it was read
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    lesson_id = ObjectId(fields.pop("lesson", quiz.lesson))
    if lesson_id != quiz.lesson:
        changed = _move(quiz, _get_editable_lesson(lesson_id, viewer), expected, fields)
    else:
        changed = update(quiz, expected=expected, condition={"lesson": quiz.lesson}, **fields)
        selectors.invalidate_quizzes(quiz.course, changed.course)
    return selectors.read_written_quiz(changed, viewer=viewer)


def _move(quiz: Quiz, lesson: Lesson, expected: list[int] | None, fields: dict) -> Quiz:
    """Change a quiz and move it to another lesson, which may move to another course meanwhile."""
    fields |= {"lesson": lesson.id, "course": lesson.course, "moved_at": now_in_milliseconds()}
    with (
        OF_COURSE.moved(quiz.course, lesson.course, confirm=partial(_record_removal, quiz)),
        OF_LESSON.moved(quiz.lesson, lesson.id),
    ):
        changed = update(quiz, expected=expected, condition={"lesson": quiz.lesson}, **fields)
        selectors.invalidate_quizzes(quiz.course, lesson.course)
        try:
            changed = _follow_lesson(changed)
        except DomainError:
            _undo(changed, {name: getattr(quiz, name) for name in fields})
            raise
    enqueue_move(changed)
    return changed


def _undo(changed: Quiz, before: dict) -> None:
    """Restore the fields of a quiz; submissions may have followed the change already."""
    before["moved_at"] = now_in_milliseconds()
    update(changed, condition={"lesson": changed.lesson}, **before)
    selectors.invalidate_quizzes(before["course"], changed.course)


def _record_removal(quiz: Quiz) -> bool:
    """
    Record that a quiz has left its lesson; return whether the lesson is still in the same course.

    If the lesson was moved meanwhile, that may have released the room of the quiz already.
    """
    return lesson_services.record_contents_change(quiz.lesson, course_id=quiz.course)


def delete_quiz(quiz_id: str, *, viewer: Viewer, expected: list[int] | None = None) -> None:
    """
    Hide a quiz, then delete its questions and submissions.

    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises StaleRevision: the quiz has been changed since it was read
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    condition = {"id": quiz.id, "lesson": quiz.lesson, "removed": None}
    if expected is not None:
        condition["revision__in"] = expected
    confirm = partial(_record_removal, quiz)
    with OF_COURSE.released(quiz.course, confirm=confirm), OF_LESSON.released(quiz.lesson):
        if not Quiz.objects(**condition).update_one(**_hidden_now()):
            raise_not_written(Quiz, quiz.id)
    selectors.invalidate_quizzes(quiz.course)
    _delete_contents([quiz.id])


def delete_quizzes_of_lesson(lesson_id: str) -> None:
    _delete_all(Quiz.objects(lesson=lesson_id, removed=None))


def delete_quizzes_of_course(course_id: str) -> None:
    _delete_all(Quiz.objects(course=course_id, removed=None))
    selectors.invalidate_quizzes(course_id)


def finish_removals() -> int:
    """Delete quizzes hidden a minute ago, to which no running request can still be adding."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Quiz.objects(removed_at__lt=before).only("id"), _finish_removal)


def _finish_removal(quiz: Quiz) -> None:
    _delete_contents([quiz.id])
    quiz.delete()


def reorder_questions(
    quiz_id: str,
    *,
    viewer: Viewer,
    questions: list[ObjectId],
    expected: list[int] | None = None,
) -> list[QuestionRepresentation]:
    """
    Put all questions of a quiz into a new order.

    :raises NotFound: the quiz does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    :raises StaleRevision: the quiz has been changed since it was read
    :raises Invalid: the list does not contain each question of the quiz exactly once
    :raises BeingReordered: another reordering is in progress
    """
    quiz = selectors.get_editable_quiz(quiz_id, viewer=viewer)
    check_expected(quiz.revision, expected)
    if sorted(questions) != sorted(each.id for each in selectors.questions_of(quiz)):
        raise Invalid(questions=_("List each question of the quiz exactly once."))
    # Readers use the new order as soon as it is stored.
    reordered = Quiz.objects(id=quiz.id, question_order=None, removed=None).modify(
        new=True, set__question_order=questions, set__unfinished_since=now_in_milliseconds()
    )
    if reordered is None:
        raise BeingReordered()
    _finish_reordering(reordered)
    return selectors.read_written_questions(quiz.id)


def repair_quizzes() -> int:
    """Finish reorderings interrupted over a minute ago; return the number of quizzes."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(Quiz.objects(unfinished_since__lt=before), _finish_reordering)


def _finish_reordering(quiz: Quiz) -> None:
    """Let questions follow a new order."""
    moves = [
        UpdateOne({"_id": question_id, "quiz_id": quiz.id}, {"$set": {"position": position}})
        for position, question_id in enumerate(quiz.question_order or [], start=1)
    ]
    for some in batches(moves, at_once=SMALL):
        Question._get_collection().bulk_write(some)
    if moves:
        store_summary(quiz.id)  # its problems are stored in the order of the questions
    same = Quiz.objects(id=quiz.id, unfinished_since=quiz.unfinished_since)
    same.update_one(unset__unfinished_since=True, unset__question_order=True)


def _delete_all(quizzes: QuerySet) -> None:
    ids = quizzes.distinct("id")
    courses = quizzes.distinct("course")
    Quiz.objects(id__in=ids).update(**_hidden_now())
    selectors.invalidate_quizzes(*courses)
    _delete_contents(ids)


def _hidden_now() -> dict:
    return {"set__removed": True, "set__removed_at": now_in_milliseconds()}


def _delete_contents(quiz_ids: list[ObjectId]) -> None:
    """Delete the submissions, questions and choices of quizzes."""
    for submissions in in_rounds(Attempt.objects(quiz__in=quiz_ids), at_once=LARGE):
        students = submissions.distinct("student")
        submissions.delete()
        selectors.invalidate_grades(*students)
    for questions in in_rounds(Question.objects(quiz__in=quiz_ids)):
        delete_in_rounds(Choice.objects(question__in=questions.distinct("id")))
        questions.delete()
