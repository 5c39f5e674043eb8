"""Represent quizzes as the viewer may see them, with or without the answer key."""

from collections.abc import Sequence

from bson import ObjectId

from apps.common.storage.pagination import Page, Paging, page_of
from apps.courses import selectors as courses
from apps.enrollments import selectors as enrollments
from apps.quizzes.contents import QuestionContent, QuizSummary, summarize
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.representations import (
    AskedQuestionRepresentation,
    OpenAttemptRepresentation,
    QuizRepresentation,
    represent_asked_question,
    represent_attempt_questions,
    represent_open_attempt,
    represent_problem,
    represent_quiz,
    represent_quiz_progress,
)
from apps.quizzes.selectors.access import QuizRole, get_visible_quiz, visible_quizzes
from apps.quizzes.selectors.attempts import attempts_of, is_open, last_attempt
from apps.quizzes.selectors.contents import FULL_QUIZZES, contents_of, questions_of
from apps.quizzes.selectors.question_pages import represent_with_key
from apps.quizzes.selectors.summaries import stored_summaries
from apps.users.viewer import Viewer

INSTRUCTOR = QuizRole(is_instructor=True, is_student=False)


def read_quiz(quiz_id, *, viewer: Viewer) -> QuizRepresentation:
    """
    Return a quiz with its questions as the viewer may see them.

    :raises NotFound: it does not exist, or is not visible to the viewer
    :raises Busy: too many full quizzes and submissions are being read
    """
    with FULL_QUIZZES:
        quiz, role = get_visible_quiz(quiz_id, viewer=viewer)
        return _represent_with_questions(quiz, role, viewer)


def read_written_quiz(quiz: Quiz, *, viewer: Viewer) -> QuizRepresentation:
    """Return a quiz with its questions and answer key, for the instructor who wrote it."""
    return _represent_with_questions(quiz, INSTRUCTOR, viewer)


def list_quizzes(*, viewer: Viewer, paging: Paging, **filters) -> Page:
    """Return the quizzes that the viewer may see, newest first, without their questions."""
    quizzes: list[Quiz] = []
    taught = set(courses.ids_taught_by(viewer.id))
    visible = visible_quizzes(viewer, taught=taught, **filters)
    page = page_of(visible.order_by("-id"), paging, quizzes.append)
    enrolled = set(enrollments.courses_of_student(viewer.id))
    summaries = stored_summaries(quizzes)
    attempts = _attempts_by_quiz(viewer, quizzes) if enrolled else {}
    page.rows[:] = [
        _represent_for(
            QuizRole(
                is_instructor=viewer.is_admin or quiz.course in taught,
                is_student=str(quiz.course) in enrolled,
            ),
            quiz,
            summaries[quiz.id],
            attempts.get(quiz.id, []),
        )
        for quiz in quizzes
    ]
    return page


def _represent_with_questions(quiz: Quiz, role: QuizRole, viewer: Viewer) -> QuizRepresentation:
    questions = questions_of(quiz)
    contents = contents_of(questions, quiz=quiz)
    attempts = attempts_of(viewer.id, [quiz.id]) if role.is_student else []
    row = _represent_for(role, quiz, summarize(contents), attempts)
    if role.is_instructor:
        row["questions"] = represent_with_key(questions, contents)
    else:
        row["questions"] = _questions_for_student(quiz, viewer, contents, attempts)
    return row


def _attempts_by_quiz(viewer: Viewer, quizzes: Sequence[Quiz]) -> dict[ObjectId, list[Attempt]]:
    attempts: dict[ObjectId, list[Attempt]] = {}
    for attempt in attempts_of(viewer.id, [quiz.id for quiz in quizzes]):
        attempts.setdefault(attempt.quiz, []).append(attempt)
    return attempts


def _represent_for(
    role: QuizRole, quiz: Quiz, summary: QuizSummary, attempts: Sequence[Attempt]
) -> QuizRepresentation:
    row = represent_quiz(quiz, summary)
    if role.is_instructor:
        row["problems"] = [represent_problem(problem) for problem in summary.problems]
    if role.is_student:
        progress = represent_quiz_progress(quiz, attempts)
        row["my_attempts"] = progress["attempts"]
        row["my_grade"] = progress["grade"]
        row["my_passed"] = progress["passed"]
        row["my_open"] = _find_open_attempt(attempts)
    return row


def _find_open_attempt(attempts: Sequence[Attempt]) -> OpenAttemptRepresentation | None:
    for attempt in attempts:
        if is_open(attempt):
            return represent_open_attempt(attempt)
    return None


def _questions_for_student(
    quiz: Quiz, viewer: Viewer, contents: Sequence[QuestionContent], attempts: Sequence[Attempt]
) -> list[AskedQuestionRepresentation] | None:
    if any(is_open(attempt) for attempt in attempts):
        attempt = last_attempt(quiz_id=quiz.id, student_id=viewer.id)
        return represent_attempt_questions(attempt)
    if quiz.time_limit_seconds:
        return None
    return [
        represent_asked_question(content, quiz_id=quiz.id, position=position)
        for position, content in enumerate(contents, start=1)
    ]
