from dataclasses import dataclass


@dataclass(frozen=True)
class MilestoneReached:
    """A student has completed so many per cent of a course; told once each."""

    student_id: str
    course_id: str
    percent: int
