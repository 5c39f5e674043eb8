"""Quizzes as people see them: the key is for those who wrote it."""

from collections.abc import Callable, Sequence

from bson import ObjectId

from apps.common.clock import format_timestamp
from apps.common.storage.cache import Json
from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.selectors.attempts import (
    attempts_of,
    is_open,
    last_attempt,
)
from apps.quizzes.selectors.contents import (
    QuestionContent,
    QuizFigures,
    contents_of,
    figures_of,
    questions_of,
    stored_figures,
)
from apps.quizzes.selectors.question_pages import as_asked_to, for_authors, without_key
from apps.quizzes.selectors.quizzes import QuizRole, get_visible_quiz, visible_quizzes
from apps.quizzes.selectors.results import quiz_progress_in
from apps.users.viewer import Viewer

Represent = Callable[..., Json]


def read_quiz(
    quiz_id, *, viewer: Viewer, represent: Represent, represent_question: Represent
) -> Json:
    """
    Return a quiz with its questions as the viewer may see them.

    :raises Missing: there is none that the viewer may know of
    """
    quiz, standing = get_visible_quiz(quiz_id, viewer=viewer)
    questions = questions_of(quiz)
    asked = contents_of(questions, whole=quiz)
    attempts = attempts_of(viewer.id, [quiz.id]) if standing.is_learner else []
    row = _row_of_quiz(represent(quiz), quiz, standing, figures_of(asked), attempts)
    if standing.is_author:
        return row | {"questions": for_authors(questions, asked, represent_question)}
    return row | {"questions": _for_learner(quiz, viewer, asked, attempts)}


def read_written_quiz(quiz: Quiz, *, represent: Represent, represent_question: Represent) -> Json:
    """Return a quiz as its author has just written it."""
    questions = questions_of(quiz)
    asked = contents_of(questions, whole=quiz)
    row = _row_of_quiz(represent(quiz), quiz, QuizRole(True, False), figures_of(asked), [])
    return row | {"questions": for_authors(questions, asked, represent_question)}


def list_quizzes(*, viewer: Viewer, represent: Represent, paging: Paging, **filters) -> Page:
    """Return the quizzes that the viewer may know of, newest first, without their questions."""
    quizzes: list[Quiz] = []

    def noted(quiz: Quiz) -> Json:
        quizzes.append(quiz)
        return represent(quiz)

    taught = set(courses.ids_taught_by(viewer.id))
    visible = visible_quizzes(viewer, taught=taught, **filters)
    page = page_of(visible.order_by("-id"), paging, noted)
    learnt = set(enrollments.courses_of_student(viewer.id))
    figures = stored_figures(quizzes)
    attempts: dict[ObjectId, list[Attempt]] = {quiz.id: [] for quiz in quizzes}
    for attempt in attempts_of(viewer.id, list(attempts)) if learnt else []:
        attempts[attempt.quiz].append(attempt)
    page.rows[:] = [
        _row_of_quiz(
            row,
            quiz,
            QuizRole(
                is_author=viewer.is_admin or quiz.course in taught,
                is_learner=str(quiz.course) in learnt,
            ),
            figures[quiz.id],
            attempts[quiz.id],
        )
        for row, quiz in zip(page.rows, quizzes, strict=True)
    ]
    return page


def _row_of_quiz(
    row: Json,
    quiz: Quiz,
    standing: QuizRole,
    figures: QuizFigures,
    attempts: Sequence[Attempt],
) -> Json:
    row = row | {"question_count": figures.question_count, "max_score": figures.max_score}
    if standing.is_author:
        row["problems"] = [
            {"question": str(question) if question else None, "code": code}
            for question, code in figures.problems
        ]
    if standing.is_learner:
        outcome = quiz_progress_in(quiz, attempts)
        row |= {f"my_{name}": value for name, value in outcome.items()}
        row["my_open"] = _open_one(attempts)
    return row


def _open_one(attempts: Sequence[Attempt]) -> Json:
    for attempt in attempts:
        if is_open(attempt):
            return {
                "attempt": attempt.attempt,
                "started_at": format_timestamp(attempt.started_at),
                "deadline": format_timestamp(attempt.deadline),
            }
    return None


def _for_learner(
    quiz: Quiz, viewer: Viewer, asked: Sequence[QuestionContent], attempts: Sequence[Attempt]
) -> list[Json] | None:
    if any(is_open(one) for one in attempts):
        attempt = last_attempt(quiz_id=quiz.id, student_id=viewer.id)
        return as_asked_to(attempt)
    if quiz.time_limit_seconds:
        return None
    return [
        without_key(question, quiz_id=quiz.id, position=position)
        for position, question in enumerate(asked, start=1)
    ]
