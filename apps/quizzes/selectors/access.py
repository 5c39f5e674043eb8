"""
Decide who may see or edit quizzes, questions and choices.

Instructors see and edit those of their own courses, admins all. Students see the quizzes of the
courses in which they are enrolled, without the answer key; of a time-limited quiz they see the
questions only while they have an open attempt.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from mongoengine import Q, QuerySet

from apps.common.errors import Forbidden, NotFound
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.courses.services import may_edit
from apps.enrollments import selectors as enrollments
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.representations import QuizCardRepresentation, represent_quiz_card
from apps.quizzes.selectors.attempts import open_attempts_of
from apps.quizzes.selectors.quizzes import get_choice, get_question, get_quiz
from apps.users.viewer import Viewer


class NotQuizInstructor(Forbidden):
    detail = _("Only the course's instructor can change its quizzes.")


@dataclass(frozen=True)
class QuizRole:
    """
    The role of a viewer in the course of a quiz.

    Admins count as instructors. So does an instructor who was demoted, who may still read the
    quizzes of the own courses, but not edit them.
    """

    is_instructor: bool
    is_student: bool


# Quizzes


def get_visible_quiz(quiz_id, *, viewer: Viewer) -> tuple[Quiz, QuizRole]:
    """
    Return a quiz and the viewer's role.

    :raises NotFound: it does not exist, or the viewer has no role in its course
    """
    quiz = get_quiz(quiz_id)
    role = _quiz_role(viewer, courses.get_course(quiz.course))
    if not (role.is_instructor or role.is_student):
        raise NotFound()
    return quiz, role


def get_quiz_as_instructor(quiz_id, *, viewer: Viewer) -> Quiz:
    """
    Return a quiz whose answer key and submissions the viewer may read.

    :raises NotFound: it does not exist, or the viewer has no role in its course
    :raises NotQuizInstructor: the viewer is a student of the course
    """
    quiz, role = get_visible_quiz(quiz_id, viewer=viewer)
    if not role.is_instructor:
        raise NotQuizInstructor()
    return quiz


def get_editable_quiz(quiz_id, *, viewer: Viewer) -> Quiz:
    """
    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    """
    quiz = get_quiz(quiz_id)
    check_may_edit_quizzes(courses.get_visible_course(quiz.course, viewer=viewer), viewer=viewer)
    return quiz


def check_may_edit_quizzes(course: Course, *, viewer: Viewer) -> None:
    """
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    """
    if not may_edit(course, viewer=viewer):
        raise NotQuizInstructor()


def visible_quizzes(viewer: Viewer, *, taught: Iterable, lesson=None, course=None) -> QuerySet:
    """
    Return the quizzes of the viewer's courses; for admins, all.

    :param taught: the ids of the courses that the viewer teaches
    """
    quizzes = Quiz.objects(removed=None)
    if not viewer.is_admin:
        enrolled = [ObjectId(each) for each in enrollments.courses_of_student(viewer.id)]
        quizzes = quizzes.filter(course__in=[*enrolled, *taught])
    filters = {"lesson": lesson, "course": course}
    return quizzes.filter(**{name: value for name, value in filters.items() if value})


def quiz_cards(quiz_ids: set[str], *, viewer: Viewer) -> dict[str, QuizCardRepresentation]:
    """Return the cards of the quizzes that the viewer may see."""
    visible = visible_quizzes(viewer, taught=courses.ids_taught_by(viewer.id))
    quizzes = visible.filter(id__in=list(quiz_ids)).only("title")
    return {str(quiz.id): represent_quiz_card(quiz) for quiz in quizzes}


def courses_with_visible_key(viewer: Viewer, course_ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Return the ids of the courses whose answer keys the viewer may see."""
    if viewer.is_admin:
        return set(course_ids)
    return set(courses.ids_taught_by(viewer.id)) & set(course_ids)


def _quiz_role(viewer: Viewer, course: Course) -> QuizRole:
    return QuizRole(
        is_instructor=viewer.is_admin or str(course.instructor) == viewer.id,
        is_student=str(course.id) in enrollments.courses_of_student(viewer.id),
    )


# Questions and choices


def get_visible_question(question_id, *, viewer: Viewer) -> tuple[Question, bool]:
    """
    Return a question, and whether the viewer may see its answer key.

    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    question = get_question(question_id)
    quiz, role = get_visible_quiz(question.quiz, viewer=viewer)
    if not _shows_questions(quiz, role, viewer):
        raise NotFound()
    return question, role.is_instructor


def get_visible_choice(choice_id, *, viewer: Viewer) -> tuple[Choice, bool]:
    """
    Return a choice, and whether the viewer may see if it is correct.

    :raises NotFound: it does not exist, is not visible to the viewer or is being replaced
    """
    choice, question = get_choice(choice_id)
    if question.new_choices is not None:
        raise NotFound()
    _question, with_key = get_visible_question(question.id, viewer=viewer)
    return choice, with_key


def get_editable_question(question_id, *, viewer: Viewer) -> tuple[Question, Quiz]:
    """
    Return a question and its quiz.

    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    """
    question = get_question(question_id)
    return question, get_editable_quiz(question.quiz, viewer=viewer)


def get_editable_choice(choice_id, *, viewer: Viewer) -> tuple[Choice, Question, Quiz]:
    """
    Return a choice, its question and its quiz.

    :raises NotFound: it does not exist, or its course is not visible to the viewer
    :raises NotQuizInstructor: the viewer may not edit the quizzes of the course
    """
    choice, question = get_choice(choice_id)
    return choice, question, get_editable_quiz(question.quiz, viewer=viewer)


def quizzes_with_visible_questions(viewer: Viewer) -> list[Quiz]:
    """Return the quizzes whose questions the viewer may see, by id, with only their summaries."""
    taught = courses.ids_taught_by(viewer.id)
    quizzes = visible_quizzes(viewer, taught=taught)
    if not viewer.is_admin:
        visible = Q(course__in=taught) | Q(time_limit_seconds=None)
        visible |= Q(id__in=open_attempts_of(viewer.id).distinct("quiz"))
        quizzes = quizzes.filter(visible)
    return list(quizzes.only("question_count", "choice_count", "max_score").order_by("id"))


def visible_questions_of(quiz_id, *, viewer: Viewer) -> QuerySet:
    """Return the questions of a quiz; none if the viewer may not see them."""
    quiz_ids = [quiz_id] if _has_visible_questions(quiz_id, viewer) else []
    return Question.objects(quiz__in=quiz_ids).order_by("position", "id")


def visible_choices_of(question_id, *, viewer: Viewer) -> QuerySet:
    """Return the choices of a question; none if they are not visible or are being replaced."""
    question = Question.objects(id=question_id, new_choices=None).only("quiz").first()
    is_visible = question is not None and _has_visible_questions(question.quiz, viewer)
    question_ids = [question_id] if is_visible else []
    return Choice.objects(question__in=question_ids).order_by("position", "id")


def questions_in(quiz_ids: list[ObjectId]) -> QuerySet:
    return Question.objects(quiz__in=quiz_ids).order_by("quiz", "position", "id")


def choices_in(quiz_ids: list[ObjectId]) -> QuerySet:
    """Return the choices in quizzes, except those that are being replaced."""
    replaced = Question.objects(quiz__in=quiz_ids, new_choices__ne=None).distinct("id")
    choices = Choice.objects(quiz__in=quiz_ids, question__nin=replaced)
    return choices.order_by("quiz", "question", "position", "id")


def _has_visible_questions(quiz_id, viewer: Viewer) -> bool:
    try:
        quiz, role = get_visible_quiz(quiz_id, viewer=viewer)
    except NotFound:
        return False
    return _shows_questions(quiz, role, viewer)


def _shows_questions(quiz: Quiz, role: QuizRole, viewer: Viewer) -> bool:
    return role.is_instructor or not quiz.time_limit_seconds or _has_open_attempt(viewer, quiz)


def _has_open_attempt(viewer: Viewer, quiz: Quiz) -> bool:
    return open_attempts_of(viewer.id).filter(quiz=quiz.id).only("id").first() is not None
