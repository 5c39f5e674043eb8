from dataclasses import dataclass


@dataclass(frozen=True)
class StudentEnrolled:
    student_id: str
    course_id: str
    course_title: str


@dataclass(frozen=True)
class StudentLeft:
    student_id: str
    course_id: str


@dataclass(frozen=True)
class ProgressSummaries:
    """Ask for the progress of students in courses: `{(student id, course id): summary}`."""

    pairs: tuple[tuple[str, str], ...]
