"""The dashboard's parts, put together of what the apps say of themselves."""

from datetime import date

from bson import ObjectId

from apps.common.capacity import Capacity
from apps.common.clock import now_in_milliseconds
from apps.common.errors import ReferenceNotFound
from apps.common.storage.cache import Json, Lookup, read_all
from apps.courses import selectors as courses
from apps.dashboard.weeks import beginning_of, by_week, weeks_until
from apps.enrollments import selectors as enrollments
from apps.lessons import selectors as lessons
from apps.notifications import selectors as notifications
from apps.progress import selectors as progress
from apps.quizzes import selectors as quizzes
from apps.users import selectors as users
from apps.users.viewer import SignedInViewer

A_MINUTE = 60
TWO_MINUTES = 120
COURSES_AT_ONCE = 50  # whose summaries, with all their lessons, are in memory
PARTS = Capacity(4, wait=1)  # of instructors and admins; those of students need `SUMMARIES`


def dashboard_of(viewer: SignedInViewer, *, course_id: ObjectId | None) -> Json:
    """
    Return the parts that are the viewer's, from the cache where no write came since.

    An instructor's and an admin's figures may be a minute old.

    :param course_id: what the instructor's part is narrowed to
    :raises Invalid: it is no course of the viewer's own
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
    return dict(zip(lookups, values, strict=True))


def _check_own(viewer: SignedInViewer, course_id: ObjectId) -> None:
    if not viewer.is_instructor or course_id not in courses.ids_taught_by(viewer.id):
        raise ReferenceNotFound("course")


def _student_lookup(viewer: SignedInViewer) -> Lookup:
    """Return the lookup of the student part; it depends on all keys that the part is built from."""
    places = enrollments.courses_of_student(viewer.id)
    return Lookup(
        f"dashboard:user:{viewer.id}",
        lambda: _student_part(viewer),
        TWO_MINUTES,
        depends_on=[
            enrollments.enrollments_key(viewer.id),
            progress.progress_key(viewer.id),
            quizzes.grades_key(viewer.id),
            notifications.notifications_key(viewer.id),
            *(key_of(one) for one in places for key_of in _OF_COURSE),
        ],
    )


def _instructor_lookup(instructor_id: str, course_id: ObjectId | None) -> Lookup:
    return Lookup(
        f"dashboard:instructor:{instructor_id}:{course_id or 'all'}",
        lambda: _instructor_part(instructor_id, course_id),
        A_MINUTE,
    )


_OF_COURSE = (courses.course_key, lessons.outline_key, quizzes.quizzes_key)


def _student_part(viewer: SignedInViewer) -> Json:
    return {
        "courses": _courses_followed(viewer),
        "activity": _activity(viewer.id),
        "unread": notifications.count_unread(viewer.id),
    }


def _courses_followed(viewer: SignedInViewer) -> list[Json]:
    places = enrollments.cached_enrollments(viewer.id)
    cards = courses.course_cards({place["course"] for place in places}, viewer=viewer)
    followed = [place for place in places if place["course"] in cards]
    rows = []
    for start in range(0, len(followed), COURSES_AT_ONCE):
        batch = followed[start : start + COURSES_AT_ONCE]
        summaries = progress.summaries_of((viewer.id, place["course"]) for place in batch)
        rows += [
            _course_followed(place, cards[place["course"]], summaries[viewer.id, place["course"]])
            for place in batch
        ]
    return rows


def _course_followed(place: Json, card: Json, summary: Json) -> Json:
    return (
        {"course": card["id"]}
        | {name: card[name] for name in ("title", "image", "published")}
        | {name: summary[name] for name in _OF_SUMMARY}
        | {name: place[name] for name in ("enrolled_at", "completed_at")}
    )


_OF_SUMMARY = ("percentage", "completed", "total", "next_lesson", "grade")


def _activity(student_id: str) -> list[Json]:
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


def _instructor_part(instructor_id: str, course_id: ObjectId | None) -> Json:
    with PARTS:
        return _load_instructor_part(instructor_id, course_id)


def _load_instructor_part(instructor_id: str, course_id: ObjectId | None) -> Json:
    taught = courses.taught_by(instructor_id)
    chosen = [one for one in taught if course_id is None or one["id"] == str(course_id)]
    ids = [ObjectId(one["id"]) for one in chosen]
    return {"courses": _courses_taught(chosen, ids), "enrollments": _enrollments(ids)}


def _courses_taught(taught: list[Json], ids: list[ObjectId]) -> list[Json]:
    counts = enrollments.count_enrollments_of_courses(ids)
    completed = progress.completed_by_course(ids, without=enrollments.left_enrollments(ids))
    grades = quizzes.mean_grades(ids)
    return [
        _course_taught(
            course,
            counts.get(course["id"], enrollments.NO_ENROLLMENTS),
            completed.get(course["id"], 0),
            grades.get(course["id"]),
        )
        for course in taught
    ]


def _course_taught(course: Json, counts: Json, completed: int, grade: float | None) -> Json:
    students = counts["enrollments"]
    mean = progress.percentage(completed, students * course["lesson_count"]) if students else None
    return {
        "course": course["id"],
        "title": course["title"],
        **counts,
        "mean_percentage": mean,
        "mean_grade": grade,
    }


def _enrollments(course_ids: list[ObjectId]) -> list[Json]:
    weeks = weeks_until(_today())
    since = beginning_of(weeks[0])
    counts = by_week(enrollments.enrolled_by_day(course_ids, since=since))
    return [{"week": week.isoformat(), "count": counts.get(week, 0)} for week in weeks]


def _admin_part() -> Json:
    with PARTS:
        return _load_admin_part()


def _load_admin_part() -> Json:
    return {
        **users.count_users(),
        **courses.count_courses(),
        **enrollments.count_enrollments(),
        "mails_waiting": notifications.count_waiting_mails() + users.count_waiting_mails(),
    }


def _today() -> date:
    return now_in_milliseconds().date()
