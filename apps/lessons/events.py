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
    """A lesson went to another course of its author; who completed it has completed it there."""

    lesson_id: str
    from_course_id: str
    to_course_id: str
