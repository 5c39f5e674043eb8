"""Every read of quizzes, questions and choices, and who may see how much of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bson import ObjectId
from mongoengine import Q, QuerySet

from apps.common.cache import Json
from apps.common.errors import Missing
from apps.courses import selectors as courses
from apps.courses.documents import Course
from apps.enrollments import selectors as enrollments
from apps.quizzes.documents import (
    WITH_CHOICES,
    AskedChoice,
    AskedQuestion,
    Choice,
    Question,
    Quiz,
    content_of,
)
from apps.quizzes.grading import rounded_sum
from apps.quizzes.problems import problem_of, problems_of
from apps.quizzes.selectors.attempts import open_attempts_of
from apps.users.viewer import Viewer


@dataclass(frozen=True)
class Standing:
    """How a viewer stands to a quiz: its author, a learner in its course, or both."""

    is_author: bool
    is_learner: bool


def get_quiz(quiz_id) -> Quiz:
    """
    Return a quiz as the store has it now: what a decision must read.

    :raises Missing: there is none
    """
    quiz = Quiz.objects(id=quiz_id, removed=None).first()
    if quiz is None:
        raise Missing()
    return quiz


def get_visible_quiz(quiz_id, *, viewer: Viewer) -> tuple[Quiz, Standing]:
    """
    Return a quiz and how the viewer stands to it.

    :raises Missing: there is none that the viewer may know of
    """
    quiz = get_quiz(quiz_id)
    standing = standing_of(viewer, courses.get_course(quiz.course))
    if not (standing.is_author or standing.is_learner):
        raise Missing()
    return quiz, standing


def standing_of(viewer: Viewer, course: Course) -> Standing:
    """A demoted instructor's own are read as they were written, though not changed."""
    return Standing(
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
    :raises Missing: there is none
    """
    question = Question.objects(id=question_id).first()
    if question is None:
        raise Missing()
    return question


def get_choice(choice_id) -> tuple[Choice, Question]:
    """
    :raises Missing: there is none, or its question is being given others
    """
    choice = Choice.objects(id=choice_id).first()
    if choice is None:
        raise Missing()
    question = get_question(choice.question)
    return choice, question


def visible_questions(viewer: Viewer, *, quiz=None) -> QuerySet:
    """
    Questions of the quizzes that one may see, as far as each shows them.

    To learners a quiz with a time limit shows none unless they have an open attempt.
    """
    taught = courses.ids_taught_by(viewer.id)
    quizzes = visible_quizzes(viewer, taught=taught)
    quizzes = quizzes.filter(id=quiz) if quiz else quizzes
    if not viewer.is_admin:
        shown = Q(course__in=taught) | Q(time_limit_seconds=None)
        shown |= Q(id__in=open_attempts_of(viewer.id).distinct("quiz"))
        quizzes = quizzes.filter(shown)
    return Question.objects(quiz__in=quizzes.distinct("id"))


def visible_choices(viewer: Viewer, *, question=None) -> QuerySet:
    questions = visible_questions(viewer)
    questions = questions.filter(id=question) if question else questions
    settled = questions.filter(wanted_choices=None)
    return Choice.objects(question__in=settled.distinct("id"))


def questions_of(quiz: Quiz) -> list[Question]:
    """Return a quiz's questions in order; while they are being moved, in the wanted one."""
    found = list(Question.objects(quiz=quiz.id).order_by("position", "id"))
    wanted = {one: place for place, one in enumerate(quiz.question_order or [])}
    return sorted(found, key=lambda one: wanted.get(one.id, len(wanted)))


def asked_in(quiz: Quiz) -> list[AskedQuestion]:
    """Return a quiz's questions, choices and key, as an attempt that began now would hold them."""
    return as_asked(questions_of(quiz))


def as_asked(questions: list[Question]) -> list[AskedQuestion]:
    choices = choices_of(questions)
    return [_as_asked(question, choices[question.id]) for question in questions]


def choices_of(questions: Iterable[Question]) -> dict[ObjectId, list[AskedChoice]]:
    """Return the choices of each question in order, those that it is to have where it says so."""
    questions = list(questions)
    settled = [one.id for one in questions if one.wanted_choices is None]
    found: dict[ObjectId, list[AskedChoice]] = {
        one.id: list(one.wanted_choices or []) for one in questions
    }
    if settled:
        for choice in Choice.objects(question__in=settled).order_by("position", "id"):
            found[choice.question].append(_as_wanted(choice))
    return found


def contents_of(quizzes: Iterable[Quiz]) -> dict[ObjectId, list[AskedQuestion]]:
    """Return the questions of several quizzes, in as many queries as of one."""
    quizzes = list(quizzes)
    found: dict[ObjectId, list[AskedQuestion]] = {quiz.id: [] for quiz in quizzes}
    questions = list(Question.objects(quiz__in=list(found)).order_by("position", "id"))
    for question, asked in zip(questions, as_asked(questions), strict=True):
        found[question.quiz].append(asked)
    return found


def ready_among(quiz_ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Return those of the quizzes that can be taken, reading no more than it takes to know."""
    needed = ("quiz", "kind", "answer", "wanted_choices")
    questions = list(Question.objects(quiz__in=list(quiz_ids)).only(*needed))
    right = Choice.objects(question__in=[one.id for one in questions], is_correct=True)
    answerable = set(right.distinct("question")) if questions else set()
    unready = {one.quiz for one in questions if not _can_be_answered(one, answerable)}
    return {one.quiz for one in questions} - unready


def _can_be_answered(question: Question, with_right_choice: set[ObjectId]) -> bool:
    if question.wanted_choices is None and question.kind in WITH_CHOICES:
        return question.id in with_right_choice
    return problem_of(_as_asked(question, list(question.wanted_choices or []))) is None


def last_position_in(quiz_id) -> int:
    last = Question.objects(quiz=quiz_id).order_by("-position").only("position").first()
    return last.position if last else 0


def quizzes_of_lesson(lesson_id) -> list[Quiz]:
    return list(Quiz.objects(lesson=lesson_id, removed=None).order_by("id"))


def unready_questions_of(course_id) -> list[tuple[str, str]]:
    """Return `(quiz's title, question's text)` of those in a course that nobody could answer."""
    quizzes = list(Quiz.objects(course=course_id, removed=None))
    contents = contents_of(quizzes)
    return [
        (quiz.title, question.text)
        for quiz in quizzes
        for question in contents[quiz.id]
        if question.id in {found for found, _code in problems_of(contents[quiz.id])}
    ]


def figures_of(questions: Sequence[AskedQuestion]) -> Json:
    return {
        "question_count": len(questions),
        "max_score": rounded_sum(question.points for question in questions),
    }


def quiz_cards(quiz_ids: set[str], *, viewer: Viewer) -> dict[str, Json]:
    """Return the cards of those of the quizzes that the viewer may know of."""
    visible = visible_quizzes(viewer, taught=courses.ids_taught_by(viewer.id))
    found = visible.filter(id__in=list(quiz_ids)).only("title")
    return {str(one.id): {"id": str(one.id), "title": one.title} for one in found}


def _as_asked(question: Question, choices: list[AskedChoice]) -> AskedQuestion:
    return AskedQuestion(id=question.id, choices=choices, **content_of(question))


def _as_wanted(choice: Choice) -> AskedChoice:
    return AskedChoice(id=choice.id, text=choice.text, is_correct=choice.is_correct)
