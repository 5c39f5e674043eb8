"""The parts of the dashboard for each role, and that they are current after each write."""

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from django.core.cache import caches

from apps.common.storage.cache import invalidate
from apps.courses.documents import Course
from apps.dashboard import selectors
from apps.dashboard.serializers import DashboardSerializer
from apps.enrollments.documents import Enrollment
from apps.enrollments.services import reach_milestone
from apps.progress import selectors as progress
from apps.progress.documents import Progress
from apps.quizzes.selectors import grades_key, quizzes_key
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_instructor,
    make_lesson,
    make_student,
)
from tests.quizzes.submissions import store_graded, store_quiz
from tests.slots import all_occupied

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
FIRST_MONDAY = datetime(2025, 12, 15, tzinfo=UTC)


@pytest.fixture
def wednesday(monkeypatch):
    monkeypatch.setattr(selectors, "now_in_milliseconds", lambda: NOW)


def dashboard(client, **query) -> dict:
    response = client.get("/api/dashboard/", query)
    assert response.status_code == 200, response.data
    return response.json()


def expire_cache() -> None:
    """Clear the cache, as if the minute had passed that cached parts may be old."""
    caches["default"].clear()
    invalidate("anything")


def mark(client, lesson, completed: bool = True) -> None:
    body = {"lesson": str(lesson.id), "completed": completed}
    assert client.post("/api/progress/", body).status_code == 200


def test_few_dashboards_are_computed_at_the_same_time(monkeypatch):
    instructor = make_instructor(is_admin=True)
    enroll_in(make_course(lessons=1, instructor=instructor), instructor)
    client = client_of(instructor)

    for capacity in (progress.SUMMARIES, selectors.PARTS):
        with all_occupied(capacity, monkeypatch):
            refused = client.get("/api/dashboard/")
        assert (refused.status_code, refused["Retry-After"]) == (503, "5")

    dashboard(client)
    with all_occupied(progress.SUMMARIES, monkeypatch), all_occupied(selectors.PARTS, monkeypatch):
        dashboard(client)  # It is cached.


# Student part


def test_the_courses_of_a_student_are_summarized_in_batches(monkeypatch):
    monkeypatch.setattr(selectors, "COURSES_AT_ONCE", 2)
    student = make_student()
    for number in range(5):
        enroll_in(make_course(title=f"Course {number}", lessons=number), student)

    courses = dashboard(client_of(student))["student"]["courses"]

    assert [course["title"] for course in courses] == [f"Course {n}" for n in (4, 3, 2, 1, 0)]
    assert [course["total"] for course in courses] == [4, 3, 2, 1, 0]


def test_a_student_sees_their_courses_newest_first():
    first, second = make_course(title="Algebra", lessons=3), make_course(title="Logic", lessons=1)
    student = enroll_in(second, enroll_in(first))
    client = client_of(student)
    mark(client, lessons_of(first)[0])
    earlier = Enrollment.objects(student=student.id, course=first.id)
    earlier.update(set__enrolled_at=datetime(2026, 1, 5, 8, tzinfo=UTC))
    selectors.enrollments.invalidate_enrollments(student.id)

    parts = dashboard(client)

    assert set(parts) == {"student"}
    assert [row["title"] for row in parts["student"]["courses"]] == ["Logic", "Algebra"]
    next_lesson = lessons_of(first)[1]
    assert parts["student"]["courses"][1] == {
        "course": str(first.id),
        "title": "Algebra",
        "image": None,
        "published": True,
        "percentage": 33.33,
        "completed": 1,
        "total": 3,
        "next_lesson": {"id": str(next_lesson.id), "title": next_lesson.title},
        "grade": None,
        "enrolled_at": "2026-01-05T08:00:00Z",
        "completed_at": None,
    }
    assert parts["student"]["unread"] == 3  # Two enrollments and a milestone.


def test_a_completed_course_has_no_next_lesson_and_a_completion_time():
    course = make_course(lessons=1)
    client = client_of(enroll_in(course))
    mark(client, lessons_of(course)[0])

    [row] = dashboard(client)["student"]["courses"]

    assert (row["percentage"], row["next_lesson"]) == (100.0, None)
    assert row["completed_at"].endswith("Z")


def test_a_student_without_courses_sees_twelve_empty_weeks(student, wednesday):
    part = dashboard(client_of(student))["student"]

    assert part["courses"] == []
    assert len(part["activity"]) == 12
    assert part["activity"][0] == {"week": "2025-12-15", "lessons": 0, "submissions": 0}
    assert part["activity"][-1] == {"week": "2026-03-02", "lessons": 0, "submissions": 0}


def test_activity_counts_lessons_completed_and_submissions_by_week(wednesday):
    course = make_course(lessons=5)
    student = enroll_in(course)
    a_minute = timedelta(minutes=1)
    completed = [NOW, FIRST_MONDAY, FIRST_MONDAY - a_minute, FIRST_MONDAY + timedelta(days=7)]
    for lesson, moment in zip(lessons_of(course), completed, strict=False):
        record = Progress.objects(student=student.id, lesson=lesson.id)
        record.update(set__completed=True, set__completed_at=moment)
    unmarked = Progress.objects(student=student.id, lesson=lessons_of(course)[4].id)
    unmarked.update(set__completed=False, set__completed_at=NOW)
    quiz = store_quiz(course)
    for attempt, moment in enumerate([NOW, NOW - a_minute, FIRST_MONDAY - a_minute], start=1):
        store_graded(quiz, 50, student=student.id, attempt=attempt, submitted_at=moment)
    store_graded(quiz, 50, submitted_at=NOW)  # somebody else's

    weeks = dashboard(client_of(student))["student"]["activity"]

    assert [week["lessons"] for week in weeks] == [1, 1, *[0] * 9, 1]
    assert [week["submissions"] for week in weeks] == [*[0] * 11, 2]


def test_the_student_part_is_current_after_each_write(instructor):
    course = make_course(lessons=2, instructor=instructor)
    student = make_student()
    client, author = client_of(student), client_of(instructor)

    def course_row() -> dict:
        [row] = dashboard(client)["student"]["courses"]
        return row

    assert dashboard(client)["student"]["courses"] == []
    client.post("/api/enrollments/", {"course": str(course.id)})
    assert course_row()["percentage"] == 0.0
    mark(client, lessons_of(course)[0])
    assert course_row()["percentage"] == 50.0
    assert dashboard(client)["student"]["activity"][-1]["lessons"] == 1
    mark(client, lessons_of(course)[0], completed=False)
    assert course_row()["percentage"] == 0.0
    author.patch(f"/api/courses/{course.id}/", {"title": "Geometry"})
    assert course_row()["title"] == "Geometry"
    author.post(f"/api/courses/{course.id}/unpublish/")
    assert course_row()["published"] is False
    lesson = lessons_of(course)[0]
    author.patch(f"/api/lessons/{lesson.id}/", {"title": "Points"})
    assert course_row()["next_lesson"]["title"] == "Points"
    make_lesson(course=course)
    assert course_row()["total"] == 3
    author.delete(f"/api/lessons/{lesson.id}/")
    assert course_row()["total"] == 2
    enrollment = Enrollment.objects.get(student=student.id)
    client.delete(f"/api/enrollments/{enrollment.id}/")
    assert dashboard(client)["student"]["courses"] == []


def test_grades_quizzes_and_notifications_invalidate_the_student_part():
    course = make_course(lessons=1)
    student = enroll_in(course)
    client = client_of(student)
    quiz = store_quiz(course)

    def submissions() -> int:
        return dashboard(client)["student"]["activity"][-1]["submissions"]

    assert submissions() == 0
    for number, key in enumerate((grades_key(student.id), quizzes_key(course.id)), start=1):
        now = datetime.now(UTC)
        store_graded(quiz, 50, student=student.id, attempt=number, submitted_at=now)
        assert submissions() == number - 1  # The cached part is still valid.
        invalidate(key)
        assert submissions() == number
    assert dashboard(client)["student"]["unread"] == 1  # The notification of the enrollment.
    client.post("/api/notifications/read-all/")
    assert dashboard(client)["student"]["unread"] == 0


def test_a_milestone_that_is_delivered_later_is_visible_at_once():
    course = make_course(lessons=2)
    student = enroll_in(course)
    client = client_of(student)
    assert dashboard(client)["student"]["courses"][0]["completed_at"] is None

    reach_milestone(student_id=student.id, course_id=course.id, percent=100)

    assert dashboard(client)["student"]["courses"][0]["completed_at"]


def test_a_deleted_course_is_not_listed(admin):
    course = make_course(lessons=1)
    client = client_of(enroll_in(course))
    assert len(dashboard(client)["student"]["courses"]) == 1

    client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true")

    assert dashboard(client)["student"]["courses"] == []


# Instructor part


def test_an_instructor_sees_statistics_of_their_own_courses_newest_first(instructor):
    older = make_course(title="Algebra", lessons=2, instructor=instructor)
    make_course(title="Empty", instructor=instructor, published=False)
    make_course(lessons=1)  # somebody else's
    ada, ben, left = enroll_in(older), enroll_in(older), enroll_in(older)
    for lesson in lessons_of(older):
        mark(client_of(ada), lesson)
        mark(client_of(left), lesson)
    mark(client_of(ben), lessons_of(older)[0])
    enrollment = Enrollment.objects.get(student=left.id)
    client_of(left).delete(f"/api/enrollments/{enrollment.id}/")

    part = dashboard(client_of(instructor))["instructor"]

    assert [row["title"] for row in part["courses"]] == ["Empty", "Algebra"]
    # (100 + 50) / 2: the student who left does not count.
    assert part["courses"][1] == {
        "course": str(older.id),
        "title": "Algebra",
        "enrollments": 2,
        "completions": 1,
        "mean_percentage": 75.0,
        "mean_grade": None,
    }
    nothing = {"enrollments": 0, "completions": 0, "mean_percentage": None, "mean_grade": None}
    assert part["courses"][0].items() >= nothing.items()


def test_a_student_who_left_one_course_still_counts_in_another(instructor):
    first, second = (make_course(lessons=1, instructor=instructor) for _ in range(2))
    for left in (first, second):
        student = enroll_in(second, enroll_in(first))
        for course in (first, second):
            mark(client_of(student), lessons_of(course)[0])
        enrollment = Enrollment.objects.get(student=student.id, course=left.id)
        client_of(student).delete(f"/api/enrollments/{enrollment.id}/")

    rows = dashboard(client_of(instructor))["instructor"]["courses"]

    assert [(row["enrollments"], row["mean_percentage"]) for row in rows] == [(1, 100.0)] * 2


def test_enrollments_are_counted_by_week(instructor, wednesday):
    course = make_course(lessons=1, instructor=instructor)
    for moment in (NOW, NOW, FIRST_MONDAY, FIRST_MONDAY - timedelta(minutes=1)):
        student = enroll_in(course)
        Enrollment.objects(student=student.id).update(set__enrolled_at=moment)

    weeks = dashboard(client_of(instructor))["instructor"]["enrollments"]

    assert [week["count"] for week in weeks] == [1, *[0] * 10, 2]
    assert weeks[-1]["week"] == "2026-03-02"


def test_the_instructor_part_can_be_limited_to_one_course(instructor):
    chosen, other = (make_course(lessons=1, instructor=instructor) for _ in range(2))
    enroll_in(chosen)
    enroll_in(other)

    part = dashboard(client_of(instructor), course=str(chosen.id))["instructor"]

    assert [row["course"] for row in part["courses"]] == [str(chosen.id)]
    assert sum(week["count"] for week in part["enrollments"]) == 1
    whole = dashboard(client_of(instructor))["instructor"]
    assert sum(week["count"] for week in whole["enrollments"]) == 2


@pytest.mark.parametrize("role", ["another", "student", "admin"])
def test_the_instructor_part_cannot_be_limited_to_a_course_of_others(role):
    course = make_course(lessons=1)
    user = {"another": make_instructor, "student": make_student, "admin": make_admin}[role]()

    for course_id in (str(course.id), str(ObjectId())):
        response = client_of(user).get(f"/api/dashboard/?course={course_id}")
        assert response.status_code == 400
        assert response.json() == {"course": ["Not found."]}


def test_errors_name_unknown_and_malformed_parameters(instructor):
    client = client_of(instructor)

    assert client.get("/api/dashboard/?course=x").json().keys() == {"course"}
    assert client.get("/api/dashboard/?since=x").json().keys() == {"since"}


def test_the_instructor_part_is_cached_for_a_minute_and_the_student_part_is_current(instructor):
    course = make_course(lessons=1, instructor=instructor)
    client = client_of(instructor)
    dashboard(client)
    enroll_in(course, instructor)

    parts = dashboard(client)

    assert parts["instructor"]["courses"][0]["enrollments"] == 0
    assert len(parts["student"]["courses"]) == 1
    expire_cache()
    assert dashboard(client)["instructor"]["courses"][0]["enrollments"] == 1


def test_a_former_instructor_has_no_instructor_part(instructor, admin):
    make_course(instructor=instructor)
    client = client_of(instructor)
    assert "instructor" in dashboard(client)

    client_of(admin).patch(f"/api/users/{instructor.id}/", {"is_instructor": False})

    assert "instructor" not in dashboard(client)
    [course] = Course.objects(instructor=instructor.id)
    assert client.get(f"/api/dashboard/?course={course.id}").status_code == 400


# Admin part


def test_an_admin_sees_the_totals(admin):
    course = make_course(lessons=1)
    make_course(published=False)
    student = enroll_in(course)
    mark(client_of(student), lessons_of(course)[0])
    left = enroll_in(course)
    enrollment = Enrollment.objects.get(student=left.id)
    client_of(left).delete(f"/api/enrollments/{enrollment.id}/")

    parts = dashboard(client_of(admin))

    assert set(parts) == {"student", "admin"}
    assert parts["admin"] == {
        "users": 5,  # two instructors, two students, the admin
        "instructors": 2,
        "courses": 2,
        "published": 1,
        "enrollments": 1,
        "completions": 1,
        "mails_waiting": 0,
    }


def test_the_totals_of_an_empty_store_are_zero(admin):
    totals = dashboard(client_of(admin))["admin"]

    assert totals.pop("users") == 1
    assert set(totals.values()) == {0}


def test_the_response_matches_its_serializer():
    both = make_instructor(is_admin=True)
    course = make_course(lessons=1, instructor=both)
    enroll_in(course, both)

    parts = dashboard(client_of(both))

    assert set(parts) == {"student", "instructor", "admin"}
    assert DashboardSerializer(parts).data == parts


def test_a_draft_is_visible_only_to_its_students_and_instructor(instructor):
    course = make_course(title="Hidden draft", lessons=1, instructor=instructor, published=True)
    client = client_of(enroll_in(course))
    client_of(instructor).post(f"/api/courses/{course.id}/unpublish/")
    for user_client in (client, client_of(instructor)):
        assert "Hidden draft" in str(dashboard(user_client))

    for stranger in (make_student(), make_instructor(), make_admin()):
        assert "Hidden draft" not in str(dashboard(client_of(stranger)))
