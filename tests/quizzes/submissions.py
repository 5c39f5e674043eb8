"""Factories that store submissions directly, without taking the quiz."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bson import ObjectId

from apps.courses.documents import Course
from apps.quizzes.documents import (
    Answer,
    Attempt,
    Choice,
    Question,
    QuestionResult,
    QuestionSnapshot,
    Quiz,
)
from tests.factories import lessons_of, make_course


def store_quiz(course: Course | None = None, **options) -> Quiz:
    course = course or make_course(lessons=1)
    lesson = lessons_of(course)[0]
    fields = {"lesson": lesson.id, "course": course.id, "title": "Vectors", "pass_mark": 60}
    return Quiz(**fields | options).save(force_insert=True)


def store_questions(quiz: Quiz, *points: float, kind: str = "short_text") -> list[Question]:
    """Store one question for each number of points."""
    return [
        Question(
            quiz=quiz.id, text=f"Question {position}", kind=kind, points=each, position=position
        ).save(force_insert=True)
        for position, each in enumerate(points, start=1)
    ]


def store_choices(question: Question, **correct: bool) -> list[Choice]:
    """Store a choice for each name, correct or not."""
    return [
        Choice(question=question.id, text=text, is_correct=is_correct, position=position).save(
            force_insert=True
        )
        for position, (text, is_correct) in enumerate(correct.items(), start=1)
    ]


def submission_of(
    quiz: Quiz,
    questions: Sequence[Question],
    points: Sequence[float],
    *,
    answers: Sequence[Answer] = (),
    **options,
) -> Attempt:
    """Return an unsaved submission with these points for its questions."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    score = round(sum(points), 2)
    max_score = round(sum(question.points for question in questions), 2)
    percentage = round(100 * score / max_score, 2)
    fields = {
        "quiz": quiz.id,
        "student": ObjectId(),
        "lesson": quiz.lesson,
        "course": quiz.course,
        "attempt": 1,
        "started_at": now,
        "submitted_at": now,
        "pass_mark": quiz.pass_mark,
        "questions": [_snapshot_of(question) for question in questions],
        "answers": list(answers),
        "results": [
            _result_of(question, each) for question, each in zip(questions, points, strict=True)
        ],
        "score": score,
        "max_score": max_score,
        "percentage": percentage,
        "passed": percentage >= quiz.pass_mark,
    }
    return Attempt(**fields | options)


def store_submission(*args, **options) -> Attempt:
    return submission_of(*args, **options).save(force_insert=True)


def store_graded(quiz: Quiz, percentage: float, **options) -> Attempt:
    """Store a submission of which only the percentage matters."""
    question = Question(id=ObjectId(), text="?", kind="numeric", points=100)
    return store_submission(quiz, [question], [percentage], **options)


def _snapshot_of(question: Question) -> QuestionSnapshot:
    return QuestionSnapshot(
        id=question.id, text=question.text, kind=question.kind, points=question.points
    )


def _result_of(question: Question, points: float) -> QuestionResult:
    return QuestionResult(
        question=question.id,
        points=points,
        max_points=question.points,
        correct=points == question.points,
    )
