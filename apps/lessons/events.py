from dataclasses import dataclass


@dataclass(frozen=True)
class LessonAdded:
    lesson_id: str
    course_id: str


@dataclass(frozen=True)
class LessonRemoved:
    lesson_id: str
    course_id: str


@dataclass(frozen=True)
class LessonMoved:
    """A lesson was moved to another course; its completions move with it."""

    lesson_id: str
    from_course_id: str
    to_course_id: str


@dataclass(frozen=True)
class LessonMoveGuards:
    """
    Ask for a context manager that is open while a lesson is moved to another course.

    It may refuse the move by raising a `DomainError`. If the move fails, it gets the exception.
    """

    lesson_id: str
    from_course_id: str
    to_course_id: str
