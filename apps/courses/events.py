from dataclasses import dataclass


@dataclass(frozen=True)
class CourseRemoved:
    course_id: str


@dataclass(frozen=True)
class PublishBlockers:
    """Asked before a course is published; answered with a list of sentences, empty for nothing."""

    course_id: str


@dataclass(frozen=True)
class CoursesOfStudent:
    """Which courses a student has a place in; answered with a list of ids."""

    student_id: str
