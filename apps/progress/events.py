from dataclasses import dataclass


@dataclass(frozen=True)
class MilestoneReached:
    """A student has completed `percent` of a course's lessons; published once per milestone."""

    student_id: str
    course_id: str
    percent: int
