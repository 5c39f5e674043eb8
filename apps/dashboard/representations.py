"""What the API answers about the dashboard, ready for JSON."""

from typing import Annotated, NotRequired, TypedDict

from apps.common.representations import Date, Help, Id, Timestamp
from apps.lessons.representations import LessonCardRepresentation

Week = Annotated[Date, Help("The Monday of the week.")]
Lessons = Annotated[int, Help("Number of lessons.")]
TWELVE_WEEKS = Help("Twelve weeks; the last one is the current week.")


class CourseFollowedRepresentation(TypedDict):
    course: Id
    title: str
    image: str | None
    published: bool
    percentage: float
    completed: Lessons
    total: Lessons
    next_lesson: LessonCardRepresentation | None
    grade: float | None
    enrolled_at: Timestamp
    completed_at: Timestamp | None


class ActivityRepresentation(TypedDict):
    """The lessons completed and the quizzes submitted in a week."""

    week: Week
    lessons: int
    submissions: int


class StudentPartRepresentation(TypedDict):
    courses: list[CourseFollowedRepresentation]
    activity: Annotated[list[ActivityRepresentation], TWELVE_WEEKS]
    unread: Annotated[int, Help("Number of unread notifications.")]


class CourseTaughtRepresentation(TypedDict):
    course: Id
    title: str
    enrollments: int
    completions: int
    mean_percentage: float | None
    mean_grade: float | None


class EnrollmentWeekRepresentation(TypedDict):
    week: Week
    count: int


class InstructorPartRepresentation(TypedDict):
    courses: list[CourseTaughtRepresentation]
    enrollments: Annotated[list[EnrollmentWeekRepresentation], TWELVE_WEEKS]


class AdminPartRepresentation(TypedDict):
    users: int
    instructors: int
    courses: int
    published: Annotated[int, Help("Number of published courses.")]
    enrollments: int
    completions: int
    mails_waiting: int


class DashboardRepresentation(TypedDict):
    """The parts for the viewer's roles: every user is a student."""

    student: StudentPartRepresentation
    instructor: NotRequired[InstructorPartRepresentation]
    admin: NotRequired[AdminPartRepresentation]
