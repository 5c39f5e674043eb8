"""Requests that lose MongoDB after any write are completed by a retry and the sweeps."""

from itertools import count

import pytest

from apps.common.clock import format_timestamp
from apps.common.events import subscribe
from apps.courses.documents import Category, Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from apps.notifications.documents import Notification
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from apps.users.documents import User
from apps.users.models import Account
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_instructor,
    make_student,
)
from tests.faults.interruptions import (
    IDEMPOTENCY_HEADERS,
    MAX_WRITES,
    Scenario,
    assert_retries_repair,
    interrupt_request,
)
from tests.faults.sweeps import run_sweeps

pytestmark = pytest.mark.usefixtures("only_sweeps_repair")


milestones: list[tuple[str, int]] = []


@subscribe(MilestoneReached)
def record_milestone(event: MilestoneReached) -> None:
    milestones.append((event.student_id, event.percent))


def enrolling() -> Scenario:
    course = make_course(lessons=3)
    student = make_student()

    def assert_consistent() -> None:
        enrollment = Enrollment.objects.get(student=student.id, course=course.id)
        assert enrollment.undelivered_since is None
        assert Progress.objects(student=student.id).count() == 3
        assert Course.objects.get(id=course.id).enrollment_count == 1
        assert Notification.objects.get(recipient=student.id).mail_due_at

    return Scenario(
        client_of(student),
        lambda client, **headers: client.post(
            "/api/enrollments/", {"course": str(course.id)}, **headers
        ),
        assert_consistent,
    )


def leaving() -> Scenario:
    course = make_course(lessons=1)
    student = enroll_in(course)
    enrollment = Enrollment.objects.get(student=student.id)

    def assert_consistent() -> None:
        stored = Enrollment.objects.get(id=enrollment.id)
        assert stored.left_at
        assert stored.undelivered_since is None
        assert Course.objects.get(id=course.id).enrollment_count == 0

    return Scenario(
        client_of(student),
        lambda client, **headers: client.delete(f"/api/enrollments/{enrollment.id}/", **headers),
        assert_consistent,
    )


def completing_a_lesson() -> Scenario:
    course = make_course(lessons=2)
    student = enroll_in(course)
    lesson = lessons_of(course)[0]

    def assert_consistent() -> None:
        record = Progress.objects.get(student=student.id, lesson=lesson.id)
        assert record.completed
        assert record.completed_at
        assert record.undelivered_since is None
        enrollment = Enrollment.objects.get(student=student.id)
        assert sorted(enrollment.milestones) == [25, 50]
        assert not enrollment.undelivered_milestones
        assert {percent for id_, percent in milestones if id_ == str(student.id)} == {25, 50}
        notifications = Notification.objects(recipient=student.id, kind="milestone")
        assert sorted(notification.params["percent"] for notification in notifications) == [25, 50]

    return Scenario(
        client_of(student),
        lambda client, **headers: client.post(
            "/api/progress/", {"lesson": str(lesson.id)}, **headers
        ),
        assert_consistent,
    )


def adding_a_lesson() -> Scenario:
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    student = enroll_in(course)
    body = {"title": "New", "course": str(course.id)}

    def assert_consistent() -> None:
        lessons = lessons_of(course)
        assert len(lessons) - 1 in (1, 2)
        assert all(lesson.undelivered_since is None for lesson in lessons)
        assert len({lesson.position for lesson in lessons}) == len(lessons)
        assert Course.objects.get(id=course.id).lesson_count == len(lessons)
        assert Progress.objects(student=student.id).count() == len(lessons)

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.post("/api/lessons/", body, **headers),
        assert_consistent,
    )


def moving_a_lesson() -> Scenario:
    instructor = make_instructor()
    source = make_course(lessons=2, instructor=instructor)
    target = make_course(lessons=1, instructor=instructor)
    lesson = lessons_of(source)[0]
    student = enroll_in(source)
    enroll_in(target, student)

    def assert_consistent() -> None:
        for course, number in ((source, 1), (target, 2)):
            assert len(lessons_of(course)) == number
            assert Course.objects.get(id=course.id).lesson_count == number
        assert Lesson.objects(undelivered_since__ne=None).count() == 0
        assert Progress.objects(student=student.id).count() == 3
        assert Progress.objects.get(lesson=lesson.id).course == target.id

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.patch(
            f"/api/lessons/{lesson.id}/", {"course": str(target.id)}, **headers
        ),
        assert_consistent,
    )


def removing_a_lesson() -> Scenario:
    instructor = make_instructor()
    course = make_course(lessons=2, instructor=instructor)
    student = enroll_in(course)
    lesson = lessons_of(course)[0]

    def assert_consistent() -> None:
        assert len(lessons_of(course)) == 1
        assert Course.objects.get(id=course.id).lesson_count == 1
        assert Progress.objects(student=student.id).count() == 1

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.delete(f"/api/lessons/{lesson.id}/", **headers),
        assert_consistent,
    )


def removing_the_last_lesson() -> Scenario:
    instructor = make_instructor()
    course = make_course(lessons=1, instructor=instructor)
    lesson = lessons_of(course)[0]

    def assert_consistent() -> None:
        assert Lesson.objects.get(id=lesson.id).removed is None
        assert Course.objects.get(id=course.id).lesson_count == 1

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.delete(f"/api/lessons/{lesson.id}/", **headers),
        assert_consistent,
    )


def reordering_lessons() -> Scenario:
    instructor = make_instructor()
    course = make_course(lessons=3, instructor=instructor)
    new_order = [str(lesson.id) for lesson in lessons_of(course)][::-1]

    def assert_consistent() -> None:
        assert [str(lesson.id) for lesson in lessons_of(course)] == new_order
        assert Course.objects.get(id=course.id).lesson_order is None

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.put(
            f"/api/courses/{course.id}/lessons/order/", {"lessons": new_order}, **headers
        ),
        assert_consistent,
    )


def removing_a_course() -> Scenario:
    course = make_course(lessons=2)
    enroll_in(course)
    other = make_course(lessons=1)
    enroll_in(other)

    def assert_consistent() -> None:
        assert [course.id for course in Course.objects] == [other.id]
        assert [lesson.course for lesson in Lesson.objects] == [other.id]
        assert [enrollment.course for enrollment in Enrollment.objects] == [other.id]
        assert [record.course for record in Progress.objects] == [other.id]

    return Scenario(
        client_of(make_admin()),
        lambda client, **headers: client.delete(
            f"/api/courses/{course.id}/?cascade=true", **headers
        ),
        assert_consistent,
    )


def removing_a_category() -> Scenario:
    category = make_category()
    courses = [make_course(category=category) for _ in range(2)]
    client = client_of(make_admin())

    def assert_consistent() -> None:
        assert Category.objects.count() == 0
        assert [Course.objects.get(id=course.id).category for course in courses] == [None, None]

    return Scenario(
        client,
        lambda client, **headers: client.delete(f"/api/categories/{category.id}/", **headers),
        assert_consistent,
    )


def granting_the_instructor_role() -> Scenario:
    student = make_student()

    def assert_consistent() -> None:
        profile = User.objects.get(id=student.id)
        assert profile.is_instructor
        assert profile.undelivered_since is None
        notification = Notification.objects.get(recipient=student.id)
        assert notification.key.endswith(format_timestamp(profile.granted_at))

    return Scenario(
        client_of(make_admin()),
        lambda client, **headers: client.patch(
            f"/api/users/{student.id}/", {"is_instructor": True}, **headers
        ),
        assert_consistent,
    )


def erasing_a_user() -> Scenario:
    instructor = make_instructor()
    own = make_course(lessons=1, instructor=instructor)
    course = make_course(lessons=2)
    enroll_in(course, instructor)

    def assert_consistent() -> None:
        assert not Account.objects.filter(profile_id=str(instructor.id)).exists()
        assert User.objects(id=instructor.id).count() == 0
        assert Enrollment.objects.count() == Progress.objects.count() == 0
        assert Notification.objects.count() == 0
        assert Course.objects.get(id=course.id).enrollment_count == 0
        assert Course.objects.get(id=own.id).instructor is None

    return Scenario(
        client_of(instructor),
        lambda client, **headers: client.delete("/api/auth/user/", **headers),
        assert_consistent,
    )


SCENARIOS = [
    enrolling,
    leaving,
    completing_a_lesson,
    adding_a_lesson,
    moving_a_lesson,
    removing_a_lesson,
    removing_the_last_lesson,
    reordering_lessons,
    removing_a_course,
    removing_a_category,
    granting_the_instructor_role,
    erasing_a_user,
]


@pytest.mark.parametrize("make_scenario", SCENARIOS)
def test_retry_and_sweeps_repair_a_request_interrupted_after_any_write(proxy, make_scenario):
    assert_retries_repair(proxy, make_scenario)


@pytest.mark.parametrize("make_scenario", [enrolling, completing_a_lesson, adding_a_lesson])
def test_retries_with_the_same_idempotency_key_get_the_same_response(proxy, make_scenario):
    for n in count(1):
        scenario = interrupt_request(proxy, make_scenario, n, **IDEMPOTENCY_HEADERS)
        if scenario is None:
            assert n > 2
            return
        assert n < MAX_WRITES
        first, second = (scenario.send(**IDEMPOTENCY_HEADERS) for _ in range(2))
        assert first.status_code in (200, 201), (n, first.content)
        assert first.json() == second.json()
        run_sweeps()
        scenario.assert_consistent()
        if make_scenario is adding_a_lesson:
            assert Lesson.objects.count() == 2


@pytest.mark.parametrize(
    "make_scenario",
    [enrolling, completing_a_lesson, moving_a_lesson, removing_the_last_lesson],
)
def test_a_retry_after_the_sweeps_succeeds(proxy, make_scenario):
    for n in count(1):
        scenario = interrupt_request(proxy, make_scenario, n)
        if scenario is None:
            return
        run_sweeps()
        assert scenario.send().status_code < 500
        run_sweeps()
        scenario.assert_consistent()
