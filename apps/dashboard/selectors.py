"""The parts of the dashboard, computed from the selectors of the other apps."""

from datetime import date
from typing import Any

from bson import ObjectId

from apps.common.capacity import Capacity
from apps.common.clock import now_in_milliseconds
from apps.common.errors import ReferenceNotFound
from apps.common.storage.cache import Json, Lookup, read_all
from apps.courses import selectors as courses
from apps.courses.representations import CourseCardRepresentation
from apps.dashboard.representations import (
    ActivityRepresentation,
    AdminPartRepresentation,
    CourseFollowedRepresentation,
    CourseTaughtRepresentation,
    DashboardRepresentation,
    EnrollmentWeekRepresentation,
    InstructorPartRepresentation,
    StudentPartRepresentation,
)
from apps.dashboard.weeks import beginning_of, by_week, weeks_until
from apps.enrollments import selectors as enrollments
from apps.enrollments.representations import EnrollmentRepresentation
from apps.lessons import selectors as lessons
from apps.notifications import selectors as notifications
from apps.progress import selectors as progress
from apps.progress.representations import SummaryRepresentation
from apps.quizzes import selectors as quizzes
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer

A_MINUTE = 60
TWO_MINUTES = 120
COURSES_AT_ONCE = 50  # Their summaries, with all their lessons, are in memory together.
PARTS = Capacity(4, wait=1)  # Of instructors and admins; those of students use `SUMMARIES`.


def dashboard_of(viewer: SignedInViewer, *, course_id: ObjectId | None) -> DashboardRepresentation:
    """
    Return the parts for the viewer's roles, from the cache if they are still current.

    The instructor and admin parts may be a minute old.

    :param course_id: limits the instructor part to this course
    :raises Invalid: it is not a course of the viewer's own
    :raises Busy: too many dashboards are being computed
    """
    if course_id is not None:
        _check_own(viewer, course_id)
    lookups = {"student": _student_lookup(viewer)}
    if viewer.is_instructor:
        lookups["instructor"] = _instructor_lookup(viewer.id, course_id)
    if viewer.is_admin:
        lookups["admin"] = Lookup("dashboard:admin", _admin_part, A_MINUTE)
    values, _count = read_all(*lookups.values())
    parts: Any = dict(zip(lookups, values, strict=True))
    return parts


def _check_own(viewer: SignedInViewer, course_id: ObjectId) -> None:
    if not viewer.is_instructor or course_id not in courses.ids_taught_by(viewer.id):
        raise ReferenceNotFound("course")


def _student_lookup(viewer: SignedInViewer) -> Lookup:
    """Return the lookup of the student part; it depends on all keys that the part is built from."""
    course_ids = enrollments.courses_of_student(viewer.id)
    return Lookup(
        f"dashboard:user:{viewer.id}",
        lambda: _student_part(viewer),
        TWO_MINUTES,
        depends_on=[
            enrollments.enrollments_key(viewer.id),
            progress.progress_key(viewer.id),
            quizzes.grades_key(viewer.id),
            notifications.notifications_key(viewer.id),
            *(key_of(course_id) for course_id in course_ids for key_of in _COURSE_KEYS),
        ],
    )


def _instructor_lookup(instructor_id: str, course_id: ObjectId | None) -> Lookup:
    return Lookup(
        f"dashboard:instructor:{instructor_id}:{course_id or 'all'}",
        lambda: _instructor_part(instructor_id, course_id),
        A_MINUTE,
    )


_COURSE_KEYS = (courses.course_key, lessons.outline_key, quizzes.quizzes_key)


def _student_part(viewer: SignedInViewer) -> StudentPartRepresentation:
    return {
        "courses": _courses_followed(viewer),
        "activity": _activity(viewer.id),
        "unread": notifications.count_unread(viewer.id),
    }


def _courses_followed(viewer: SignedInViewer) -> list[CourseFollowedRepresentation]:
    own = enrollments.cached_enrollments(viewer.id)
    cards = courses.course_cards({enrollment["course"] for enrollment in own}, viewer=viewer)
    followed = [enrollment for enrollment in own if enrollment["course"] in cards]
    rows = []
    for start in range(0, len(followed), COURSES_AT_ONCE):
        batch = followed[start : start + COURSES_AT_ONCE]
        summaries = progress.summaries_of((viewer.id, row["course"]) for row in batch)
        rows += [
            _represent_course_followed(
                row, cards[row["course"]], summaries[viewer.id, row["course"]]
            )
            for row in batch
        ]
    return rows


def _represent_course_followed(
    enrollment: EnrollmentRepresentation,
    card: CourseCardRepresentation,
    summary: SummaryRepresentation,
) -> CourseFollowedRepresentation:
    return {
        "course": card["id"],
        "title": card["title"],
        "image": card["image"],
        "published": card["published"],
        "percentage": summary["percentage"],
        "completed": summary["completed"],
        "total": summary["total"],
        "next_lesson": summary["next_lesson"],
        "grade": summary["grade"],
        "enrolled_at": enrollment["enrolled_at"],
        "completed_at": enrollment["completed_at"],
    }


def _activity(student_id: str) -> list[ActivityRepresentation]:
    weeks = weeks_until(_today())
    since = beginning_of(weeks[0])
    completed = by_week(progress.completed_by_day(student_id, since=since))
    submitted = by_week(quizzes.submitted_by_day(student_id, since=since))
    return [
        {
            "week": week.isoformat(),
            "lessons": completed.get(week, 0),
            "submissions": submitted.get(week, 0),
        }
        for week in weeks
    ]


def _instructor_part(
    instructor_id: str, course_id: ObjectId | None
) -> InstructorPartRepresentation:
    with PARTS:
        return _load_instructor_part(instructor_id, course_id)


def _load_instructor_part(
    instructor_id: str, course_id: ObjectId | None
) -> InstructorPartRepresentation:
    taught = courses.taught_by(instructor_id)
    if course_id is not None:
        taught = [course for course in taught if course["id"] == str(course_id)]
    ids = [ObjectId(course["id"]) for course in taught]
    return {"courses": _courses_taught(taught, ids), "enrollments": _enrollments(ids)}


def _courses_taught(taught: list[Json], ids: list[ObjectId]) -> list[CourseTaughtRepresentation]:
    counts = enrollments.count_enrollments_of_courses(ids)
    completed = progress.completed_by_course(ids, without=enrollments.left_enrollments(ids))
    grades = quizzes.mean_grades(ids)
    return [
        _represent_course_taught(
            course,
            counts.get(course["id"], enrollments.NO_ENROLLMENTS),
            completed.get(course["id"], 0),
            grades.get(course["id"]),
        )
        for course in taught
    ]


def _represent_course_taught(
    course: Json, counts: Json, completed: int, grade: float | None
) -> CourseTaughtRepresentation:
    students = counts["enrollments"]
    mean = progress.percentage(completed, students * course["lesson_count"]) if students else None
    return {
        "course": course["id"],
        "title": course["title"],
        "enrollments": students,
        "completions": counts["completions"],
        "mean_percentage": mean,
        "mean_grade": grade,
    }


def _enrollments(course_ids: list[ObjectId]) -> list[EnrollmentWeekRepresentation]:
    weeks = weeks_until(_today())
    since = beginning_of(weeks[0])
    counts = by_week(enrollments.enrolled_by_day(course_ids, since=since))
    return [{"week": week.isoformat(), "count": counts.get(week, 0)} for week in weeks]


def _admin_part() -> AdminPartRepresentation:
    with PARTS:
        return _load_admin_part()


def _load_admin_part() -> AdminPartRepresentation:
    user_counts = users.count_users()
    course_counts = courses.count_courses()
    enrollment_counts = enrollments.count_enrollments()
    return {
        "users": user_counts["users"],
        "instructors": user_counts["instructors"],
        "courses": course_counts["courses"],
        "published": course_counts["published"],
        "enrollments": enrollment_counts["enrollments"],
        "completions": enrollment_counts["completions"],
        "mails_waiting": notifications.count_waiting_mails() + users.count_waiting_mails(),
    }


def _today() -> date:
    return now_in_milliseconds().date()
