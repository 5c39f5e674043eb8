"""Every read of quizzes, questions and choices, and who may see how much of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.errors import NotFound
from apps.common.storage.cache import Json
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.enrollments import selectors as enrollments
from apps.quizzes.documents import Choice, Question, Quiz
from apps.quizzes.selectors.attempts import open_attempts_of
from apps.quizzes.selectors.contents import stored_figures
from apps.users.viewer import Viewer


@dataclass(frozen=True)
class QuizRole:
    """How a viewer stands to a quiz: its author, a learner in its course, or both."""

    is_author: bool
    is_learner: bool


def get_quiz(quiz_id) -> Quiz:
    """
    Return a quiz as the store has it now: what a decision must read.

    :raises NotFound: there is none
    """
    quiz = Quiz.objects(id=quiz_id, removed=None).first()
    if quiz is None:
        raise NotFound()
    return quiz


def get_visible_quiz(quiz_id, *, viewer: Viewer) -> tuple[Quiz, QuizRole]:
    """
    Return a quiz and how the viewer stands to it.

    :raises NotFound: there is none that the viewer may know of
    """
    quiz = get_quiz(quiz_id)
    standing = quiz_role_of(viewer, courses.get_course(quiz.course))
    if not (standing.is_author or standing.is_learner):
        raise NotFound()
    return quiz, standing


def quiz_role_of(viewer: Viewer, course: Course) -> QuizRole:
    """A demoted instructor's own are read as they were written, though not changed."""
    return QuizRole(
        is_author=viewer.is_admin or str(course.instructor) == viewer.id,
        is_learner=str(course.id) in enrollments.courses_of_student(viewer.id),
    )


def visible_quizzes(viewer: Viewer, *, taught: Iterable, lesson=None, course=None) -> QuerySet:
    """Those of courses that one teaches or is enrolled in; for admins all."""
    quizzes = Quiz.objects(removed=None)
    if not viewer.is_admin:
        learnt = [ObjectId(one) for one in enrollments.courses_of_student(viewer.id)]
        quizzes = quizzes.filter(course__in=[*learnt, *taught])
    given = {"lesson": lesson, "course": course}
    return quizzes.filter(**{name: value for name, value in given.items() if value})


def written_courses(viewer: Viewer, course_ids: Iterable) -> set[ObjectId]:
    """Return those of the courses whose key the viewer may see."""
    if viewer.is_admin:
        return set(course_ids)
    return set(courses.ids_taught_by(viewer.id)) & set(course_ids)


def get_question(question_id) -> Question:
    """
    :raises NotFound: there is none
    """
    question = Question.objects(id=question_id).first()
    if question is None:
        raise NotFound()
    return question


def get_choice(choice_id) -> tuple[Choice, Question]:
    """
    :raises NotFound: there is none
    """
    choice = Choice.objects(id=choice_id).first()
    if choice is None:
        raise NotFound()
    return choice, get_question(choice.question)


def get_visible_question(question_id, *, viewer: Viewer) -> tuple[Question, bool]:
    """
    Return a question, and whether the viewer may see its key.

    :raises NotFound: there is none, or its quiz does not show it to the viewer
    """
    question = get_question(question_id)
    quiz, standing = get_visible_quiz(question.quiz, viewer=viewer)
    if not _shows_questions(quiz, standing, viewer):
        raise NotFound()
    return question, standing.is_author


def get_visible_choice(choice_id, *, viewer: Viewer) -> tuple[Choice, bool]:
    """
    Return a choice, and whether the viewer may see its key.

    :raises NotFound: there is none that the viewer may know of, or it is being replaced
    """
    choice, question = get_choice(choice_id)
    if question.wanted_choices is not None:
        raise NotFound()
    _question, with_key = get_visible_question(question.id, viewer=viewer)
    return choice, with_key


def shown_quizzes(viewer: Viewer) -> list[Quiz]:
    """
    Return the quizzes whose questions one may see, with their figures alone, in order.

    To learners a quiz with a time limit shows none unless they have an open attempt.
    """
    taught = courses.ids_taught_by(viewer.id)
    quizzes = visible_quizzes(viewer, taught=taught)
    if not viewer.is_admin:
        shown = Q(course__in=taught) | Q(time_limit_seconds=None)
        shown |= Q(id__in=open_attempts_of(viewer.id).distinct("quiz"))
        quizzes = quizzes.filter(shown)
    return list(quizzes.only("question_count", "choice_count", "max_score").order_by("id"))


def questions_shown_of(quiz_id, *, viewer: Viewer) -> QuerySet:
    """Return the questions of a quiz, none where it does not show them to the viewer."""
    shown = [quiz_id] if _shows_its_questions(quiz_id, viewer) else []
    return Question.objects(quiz__in=shown).order_by("position", "id")


def choices_shown_of(question_id, *, viewer: Viewer) -> QuerySet:
    """Return the choices of a question, none where they are hidden or being replaced."""
    found = Question.objects(id=question_id, wanted_choices=None).only("quiz").first()
    is_shown = found is not None and _shows_its_questions(found.quiz, viewer)
    shown = [question_id] if is_shown else []
    return Choice.objects(question__in=shown).order_by("position", "id")


def questions_in(quiz_ids: list[ObjectId]) -> QuerySet:
    return Question.objects(quiz__in=quiz_ids).order_by("quiz", "position", "id")


def choices_in(quiz_ids: list[ObjectId]) -> QuerySet:
    """Return the choices in quizzes, but those that are being replaced."""
    replaced = Question.objects(quiz__in=quiz_ids, wanted_choices__ne=None).distinct("id")
    choices = Choice.objects(quiz__in=quiz_ids, question__nin=replaced)
    return choices.order_by("quiz", "question", "position", "id")


def _shows_its_questions(quiz_id, viewer: Viewer) -> bool:
    try:
        quiz, standing = get_visible_quiz(quiz_id, viewer=viewer)
    except NotFound:
        return False
    return _shows_questions(quiz, standing, viewer)


def _shows_questions(quiz: Quiz, standing: QuizRole, viewer: Viewer) -> bool:
    """Say whether the viewer may see the questions of a visible quiz now."""
    return standing.is_author or not quiz.time_limit_seconds or _has_open(viewer, quiz)


def _has_open(viewer: Viewer, quiz: Quiz) -> bool:
    return open_attempts_of(viewer.id).filter(quiz=quiz.id).only("id").first() is not None


def last_position_in(quiz_id) -> int:
    last = Question.objects(quiz=quiz_id).order_by("-position").only("position").first()
    return last.position if last else 0


def quizzes_of_lesson(lesson_id) -> list[Quiz]:
    """Return the quizzes of a lesson, with no more than whether each can be taken."""
    found = Quiz.objects(lesson=lesson_id, removed=None).only("question_count", "problems")
    return list(found.order_by("id"))


def ready_among(quizzes: Iterable[Quiz]) -> set[ObjectId]:
    """Return the ids of those of the quizzes that can be taken."""
    return {quiz_id for quiz_id, figures in stored_figures(quizzes).items() if figures.is_ready}


def unready_questions_of(course_id, *, most: int) -> list[tuple[str, str]]:
    """
    Return `(quiz's title, question's text)` of those in a course that nobody could answer.

    :param most: how many are returned of all that there are
    """
    needed = ("title", "question_count", "max_score", "problems")
    quizzes = list(Quiz.objects(course=course_id, removed=None).only(*needed).order_by("id"))
    figures = stored_figures(quizzes)
    unready = [
        (quiz.title, question_id)
        for quiz in quizzes
        for question_id, _code in figures[quiz.id].problems
        if question_id is not None
    ][:most]
    found = Question.objects(id__in=[question_id for _, question_id in unready]).only("text")
    texts = {one.id: one.text for one in found} if unready else {}
    return [(title, texts[one]) for title, one in unready if one in texts]


def quiz_cards(quiz_ids: set[str], *, viewer: Viewer) -> dict[str, Json]:
    """Return the cards of those of the quizzes that the viewer may know of."""
    visible = visible_quizzes(viewer, taught=courses.ids_taught_by(viewer.id))
    found = visible.filter(id__in=list(quiz_ids)).only("title")
    return {str(one.id): {"id": str(one.id), "title": one.title} for one in found}
