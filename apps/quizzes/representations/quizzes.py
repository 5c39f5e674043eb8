"""Representations of quizzes, open attempts and imports."""

from collections.abc import Sequence
from typing import Annotated, NotRequired, TypedDict

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.representations import Help, Id, Revisioned, Timestamp
from apps.quizzes.contents import AttemptResult, QuizResultFields, QuizSummary
from apps.quizzes.documents import Attempt, GradingMethod, Quiz, ShowKey
from apps.quizzes.grading import quiz_grade
from apps.quizzes.interchange.drafts import Unsupported
from apps.quizzes.problems import Problem, ProblemCode
from apps.quizzes.representations.questions import (
    AskedQuestionRepresentation,
    QuestionRepresentation,
    represent_attempt_questions,
)

Now = Annotated[Timestamp, Help("The server's current time.")]


class ProblemRepresentation(TypedDict):
    """A problem that keeps the quiz from being taken; `question` is null if it has no questions."""

    question: Id | None
    code: ProblemCode


class OpenAttemptRepresentation(TypedDict):
    attempt: int
    started_at: Timestamp
    deadline: Timestamp | None


class QuizRepresentation(Revisioned):
    """
    A quiz.

    `problems` is for instructors, `my_*` and `now` are for students of the course. Lists have no
    `questions`; for students they are null while a time-limited quiz has no open attempt.
    """

    id: Id
    lesson: Id
    course: Id
    title: str
    pass_mark: int
    max_attempts: int | None
    time_limit_seconds: int | None
    grading: GradingMethod
    partial_credit: bool
    shuffle: bool
    show_key: ShowKey
    created_at: Timestamp
    question_count: int
    max_score: float
    problems: NotRequired[list[ProblemRepresentation]]
    my_attempts: NotRequired[Annotated[int, Help("Including expired attempts.")]]
    my_grade: NotRequired[Annotated[float | None, Help("In percent.")]]
    my_passed: NotRequired[bool]
    my_open: NotRequired[OpenAttemptRepresentation | None]
    now: NotRequired[Now]
    questions: NotRequired[list[QuestionRepresentation] | list[AskedQuestionRepresentation] | None]


class ClockRepresentation(TypedDict):
    now: Now


class QuizProgressRepresentation(TypedDict):
    """A student's progress in a quiz: the number of attempts, and the grade in percent."""

    attempts: int
    grade: float | None
    passed: bool


class QuizResultRepresentation(QuizProgressRepresentation):
    quiz: Id
    lesson: Id
    title: str


class QuizCardRepresentation(TypedDict):
    id: Id
    title: str


class StartedRepresentation(TypedDict):
    """An open attempt with its questions, in the attempt's order."""

    attempt: int
    started_at: Timestamp
    deadline: Timestamp | None
    now: Now
    questions: list[AskedQuestionRepresentation]


class SkippedRepresentation(TypedDict):
    line: int
    kind: str


class ImportedRepresentation(TypedDict):
    created: int
    skipped: list[SkippedRepresentation]


def represent_quiz(quiz: Quiz, summary: QuizSummary) -> QuizRepresentation:
    return {
        "id": str(quiz.id),
        "lesson": str(quiz.lesson),
        "course": str(quiz.course),
        "title": quiz.title,
        "pass_mark": quiz.pass_mark,
        "max_attempts": quiz.max_attempts,
        "time_limit_seconds": quiz.time_limit_seconds,
        "grading": quiz.grading,
        "partial_credit": quiz.partial_credit,
        "shuffle": quiz.shuffle,
        "show_key": quiz.show_key,
        "created_at": format_timestamp(quiz.created_at),
        "question_count": summary.question_count,
        "max_score": summary.max_score,
        "revision": quiz.revision,
    }


def represent_problem(problem: Problem) -> ProblemRepresentation:
    question_id, code = problem
    return {"question": str(question_id) if question_id else None, "code": code}


def represent_quiz_progress(
    quiz: Quiz | QuizResultFields, attempts: Sequence[Attempt] | Sequence[AttemptResult]
) -> QuizProgressRepresentation:
    """
    :param attempts: a student's attempts at the quiz, in order
    """
    percentages = [attempt.percentage for attempt in attempts if attempt.percentage is not None]
    return {
        "attempts": len(attempts),
        "grade": quiz_grade(percentages, quiz.grading),
        "passed": any(attempt.passed for attempt in attempts),
    }


def represent_quiz_result(
    quiz: QuizResultFields, attempts: Sequence[AttemptResult]
) -> QuizResultRepresentation:
    return {
        "quiz": str(quiz.id),
        "lesson": str(quiz.lesson),
        "title": quiz.title,
        **represent_quiz_progress(quiz, attempts),
    }


def represent_quiz_card(quiz: Quiz) -> QuizCardRepresentation:
    return {"id": str(quiz.id), "title": quiz.title}


def represent_open_attempt(attempt: Attempt) -> OpenAttemptRepresentation:
    return {
        "attempt": attempt.attempt,
        "started_at": format_timestamp(attempt.started_at),
        "deadline": format_timestamp(attempt.deadline),
    }


def represent_started_attempt(attempt: Attempt) -> StartedRepresentation:
    return {
        "attempt": attempt.attempt,
        "started_at": format_timestamp(attempt.started_at),
        "deadline": format_timestamp(attempt.deadline),
        "now": represent_clock()["now"],
        "questions": represent_attempt_questions(attempt),
    }


def represent_clock() -> ClockRepresentation:
    return {"now": format_timestamp(now_in_milliseconds())}


def represent_import(*, created: int, skipped: Sequence[Unsupported]) -> ImportedRepresentation:
    return {
        "created": created,
        "skipped": [{"line": question.line, "kind": question.kind} for question in skipped],
    }
