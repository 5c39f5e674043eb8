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
