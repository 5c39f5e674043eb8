from dataclasses import dataclass


@dataclass(frozen=True)
class CourseRemoved:
    course_id: str


@dataclass(frozen=True)
class PublishBlockers:
    """Ask what keeps a course from being published: a list of sentences, empty for nothing."""

    course_id: str


@dataclass(frozen=True)
class CoursesOfStudent:
    """Ask for the ids of the courses that a student is enrolled in."""

    student_id: str
