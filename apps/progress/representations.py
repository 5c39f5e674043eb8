"""What the API answers about progress, ready for JSON."""

from typing import Annotated, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Help, Id, Timestamp
from apps.lessons.representations import LessonCardRepresentation
from apps.progress.documents import Progress
from apps.quizzes.representations import QuizResultRepresentation


class ProgressRepresentation(TypedDict):
    id: Id
    student: Id
    lesson: Id
    course: Id
    completed: bool
    completed_at: Timestamp | None


class SummaryRepresentation(TypedDict):
    """A student's progress in a course."""

    course: Id
    total: int
    completed: int
    completed_lessons: list[Id]
    percentage: float
    milestones: list[int]
    next_lesson: LessonCardRepresentation | None
    grade: Annotated[float | None, Help("The mean grade of the quizzes taken so far, in percent.")]
    quizzes: list[QuizResultRepresentation]


def represent_progress(record: Progress) -> ProgressRepresentation:
    return {
        "id": str(record.id),
        "student": str(record.student),
        "lesson": str(record.lesson),
        "course": str(record.course),
        "completed": record.completed,
        "completed_at": format_timestamp(record.completed_at),
    }
