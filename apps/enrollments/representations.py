"""What the API answers about enrollments, ready for JSON."""

from typing import TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Id, Timestamp
from apps.enrollments.documents import Enrollment


class EnrollmentRepresentation(TypedDict):
    id: Id
    student: Id
    course: Id
    enrolled_at: Timestamp
    milestones: list[int]
    completed_at: Timestamp | None


def represent_enrollment(enrollment: Enrollment) -> EnrollmentRepresentation:
    return {
        "id": str(enrollment.id),
        "student": str(enrollment.student),
        "course": str(enrollment.course),
        "enrolled_at": format_timestamp(enrollment.enrolled_at),
        "milestones": sorted(enrollment.milestones),
        "completed_at": format_timestamp(enrollment.completed_at),
    }
