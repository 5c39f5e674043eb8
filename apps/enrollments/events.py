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
    """How far students have come; answered with `{(student id, course id): summary}`."""

    places: tuple[tuple[str, str], ...]
