"""Representations of submissions and regrades."""

from collections.abc import Sequence
from typing import Annotated, NotRequired, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Help, Id, Timestamp
from apps.quizzes.documents import Answer, Attempt, QuestionResult, QuestionSnapshot, Quiz, Result
from apps.quizzes.representations.questions import (
    AskedQuestionRepresentation,
    represent_attempt_questions,
)


class AnswerRepresentation(TypedDict):
    question: Id
    choices: NotRequired[list[Id]]
    text: NotRequired[str]


class ChoiceKeyRepresentation(TypedDict):
    id: Id
    is_correct: bool


class FeedbackRepresentation(TypedDict):
    """The points for an answer, with the answer key if the quiz shows it."""

    question: Id
    points: float
    max_points: float
    correct: bool
    answer: NotRequired[str]
    explanation: NotRequired[str]
    choices: NotRequired[list[ChoiceKeyRepresentation]]


class SubmissionRowRepresentation(TypedDict):
    """A submission in a list."""

    id: Id
    quiz: Id
    student: Annotated[Id | None, Help("Null if the student was erased.")]
    attempt: int
    score: float
    max_score: float
    percentage: float
    passed: bool
    started_at: Timestamp
    submitted_at: Timestamp


class SubmissionRepresentation(SubmissionRowRepresentation):
    """A submission; lists omit `answers`, `feedback` and `questions`."""

    answers: list[AnswerRepresentation]
    feedback: list[FeedbackRepresentation]
    questions: list[AskedQuestionRepresentation]


class ResultRepresentation(TypedDict):
    score: float
    percentage: float
    passed: bool


class ChangeRepresentation(TypedDict):
    submission: Id
    student: Id | None
    attempt: int
    before: ResultRepresentation
    after: ResultRepresentation


class RegradeRepresentation(TypedDict):
    """A regrade, with at most 1,000 of the submissions whose result it has changed so far."""

    quiz: Id
    requested_at: Timestamp
    finished_at: Timestamp | None
    total_changes: Annotated[int, Help("Also counts changes that are not listed.")]
    changes: list[ChangeRepresentation]


def represent_submission_row(submission: Attempt) -> SubmissionRowRepresentation:
    return {
        "id": str(submission.id),
        "quiz": str(submission.quiz),
        "student": _student_of(submission),
        "attempt": submission.attempt,
        "score": submission.score,
        "max_score": submission.max_score,
        "percentage": submission.percentage,
        "passed": submission.passed,
        "started_at": format_timestamp(submission.started_at),
        "submitted_at": format_timestamp(submission.submitted_at),
    }


def represent_submission(submission: Attempt, *, with_key: bool) -> SubmissionRepresentation:
    questions = {question.id: question for question in submission.questions}
    return {
        **represent_submission_row(submission),
        "answers": [_represent_answer(answer) for answer in submission.answers],
        "feedback": [
            _represent_feedback(questions[result.question], result, with_key)
            for result in submission.results
        ],
        "questions": represent_attempt_questions(submission),
    }


def represent_regrade(
    quiz: Quiz, changed: Sequence[Attempt], *, total_changes: int
) -> RegradeRepresentation:
    """Represent a quiz's last regrade and the first submissions that it has changed."""
    return {
        "quiz": str(quiz.id),
        "requested_at": format_timestamp(quiz.regrade.requested_at),
        "finished_at": format_timestamp(quiz.regrade.finished_at),
        "total_changes": total_changes,
        "changes": [
            {
                "submission": str(submission.id),
                "student": _student_of(submission),
                "attempt": submission.attempt,
                "before": _represent_result(submission.result_before),
                "after": _represent_result(submission),
            }
            for submission in changed
        ],
    }


def _represent_answer(answer: Answer) -> AnswerRepresentation:
    if answer.choices is None:
        return {"question": str(answer.question), "text": answer.text or ""}
    choices = [str(choice_id) for choice_id in answer.choices]
    return {"question": str(answer.question), "choices": choices}


def _represent_feedback(
    question: QuestionSnapshot, result: QuestionResult, with_key: bool
) -> FeedbackRepresentation:
    feedback: FeedbackRepresentation = {
        "question": str(question.id),
        "points": result.points,
        "max_points": result.max_points,
        "correct": result.correct,
    }
    if with_key:
        feedback["answer"] = question.answer
        feedback["explanation"] = question.explanation
        feedback["choices"] = [
            {"id": str(choice.id), "is_correct": choice.is_correct} for choice in question.choices
        ]
    return feedback


def _represent_result(result: Result | Attempt) -> ResultRepresentation:
    return {"score": result.score, "percentage": result.percentage, "passed": result.passed}


def _student_of(submission: Attempt) -> str | None:
    return None if submission.erased else str(submission.student)
