"""Submissions as they lie in the store, made without taking the quiz."""

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


def store_quiz(course: Course | None = None, **given) -> Quiz:
    course = course or make_course(lessons=1)
    lesson = lessons_of(course)[0]
    fields = {"lesson": lesson.id, "course": course.id, "title": "Vectors", "pass_mark": 60}
    return Quiz(**fields | given).save(force_insert=True)


def store_questions(quiz: Quiz, *points: float, kind: str = "short_text") -> list[Question]:
    """Store a question worth so much for each of the points."""
    return [
        Question(
            quiz=quiz.id, text=f"Question {place}", kind=kind, points=worth, position=place
        ).save(force_insert=True)
        for place, worth in enumerate(points, start=1)
    ]


def store_choices(question: Question, **correct: bool) -> list[Choice]:
    """Store a choice of each name, right or wrong."""
    return [
        Choice(question=question.id, text=text, is_correct=right, position=place).save(
            force_insert=True
        )
        for place, (text, right) in enumerate(correct.items(), start=1)
    ]


def submission_of(
    quiz: Quiz,
    questions: Sequence[Question],
    marks: Sequence[float],
    *,
    answers: Sequence[Answer] = (),
    **given,
) -> Attempt:
    """Return a submission, not yet stored, that was given these marks."""
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    score, most = round(sum(marks), 2), round(sum(one.points for one in questions), 2)
    percentage = round(100 * score / most, 2)
    fields = {
        "quiz": quiz.id,
        "student": ObjectId(),
        "lesson": quiz.lesson,
        "course": quiz.course,
        "attempt": 1,
        "started_at": now,
        "submitted_at": now,
        "pass_mark": quiz.pass_mark,
        "questions": [_asked(one) for one in questions],
        "answers": list(answers),
        "marks": [_mark(one, mark) for one, mark in zip(questions, marks, strict=True)],
        "score": score,
        "max_score": most,
        "percentage": percentage,
        "passed": percentage >= quiz.pass_mark,
    }
    return Attempt(**fields | given)


def submit(*args, **given) -> Attempt:
    return submission_of(*args, **given).save(force_insert=True)


def graded(quiz: Quiz, percentage: float, **given) -> Attempt:
    """Store a submission of which only the percentage matters."""
    return submit(
        quiz, [Question(id=ObjectId(), text="?", kind="numeric", points=100)], [percentage], **given
    )


def _asked(question: Question) -> QuestionSnapshot:
    return QuestionSnapshot(
        id=question.id, text=question.text, kind=question.kind, points=question.points
    )


def _mark(question: Question, points: float) -> QuestionResult:
    return QuestionResult(
        question=question.id,
        points=points,
        max_points=question.points,
        correct=points == question.points,
    )
