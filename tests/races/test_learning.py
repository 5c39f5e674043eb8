"""Concurrent enrollments and lesson completions through the API."""

from datetime import timedelta

from apps.common.clock import now_in_milliseconds
from apps.common.events import subscribe
from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.enrollments.services import enroll_student, repair_enrollments
from apps.progress.documents import Progress
from apps.progress.events import MilestoneReached
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_course,
    make_student,
)
from tests.races.test_courses import count_statuses
from tests.users.racing import race

ENROLLMENTS = "/api/enrollments/"
PROGRESS = "/api/progress/"


def test_fifty_concurrent_requests_create_one_enrollment():
    course = make_course(lessons=3)
    client = client_of(make_student())

    responses = race(50, lambda n: client.post(ENROLLMENTS, {"course": str(course.id)}))

    assert count_statuses(responses) == {201: 1, 400: 49}
    refusals = {response.data["code"] for response in responses if response.status_code == 400}
    assert refusals == {"already_enrolled"}
    assert Enrollment.objects.count() == 1
    assert Progress.objects.count() == 3
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_thirty_students_who_enroll_concurrently_are_each_counted_once():
    course = make_course(lessons=2)
    clients = [client_of(make_student()) for _ in range(30)]

    responses = race(30, lambda n: clients[n].post(ENROLLMENTS, {"course": str(course.id)}))

    assert count_statuses(responses) == {201: 30}
    assert Course.objects.get(id=course.id).enrollment_count == 30
    assert Progress.objects.count() == 60


def test_leaving_and_reenrolling_concurrently_keeps_one_enrollment_and_the_count():
    course = make_course(lessons=1)
    student = enroll_in(course)
    client = client_of(student)
    enrollment = Enrollment.objects.get(student=student.id)

    def act(n: int):
        if n % 2:
            return client.post(ENROLLMENTS, {"course": str(course.id)})
        return client.delete(f"{ENROLLMENTS}{enrollment.id}/")

    responses = race(20, act)

    assert set(count_statuses(responses)) <= {201, 204, 400, 404}
    stored = Enrollment.objects.get(student=student.id)
    assert Course.objects.get(id=course.id).enrollment_count == (0 if stored.left_at else 1)


def test_ten_concurrent_requests_to_leave_decrement_the_count_once():
    course = make_course()
    student = enroll_in(course)
    enroll_in(course)
    enrollment = Enrollment.objects.get(student=student.id)
    client = client_of(student)

    responses = race(10, lambda n: client.delete(f"{ENROLLMENTS}{enrollment.id}/"))

    assert count_statuses(responses) == {204: 1, 404: 9}
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_no_enrollment_remains_in_a_course_that_is_removed_meanwhile():
    course = make_course(lessons=2)
    students = [client_of(make_student()) for _ in range(15)]
    admin = client_of(make_admin())

    def act(n: int):
        if n == 0:
            return admin.delete(f"/api/courses/{course.id}/?cascade=true")
        return students[n - 1].post(ENROLLMENTS, {"course": str(course.id)})

    responses = race(16, act)

    assert count_statuses(responses[:1]) == {204: 1}
    assert set(count_statuses(responses[1:])) <= {201, 400}
    assert Course._get_collection().count_documents({}) == 0
    assert Enrollment.objects.count() == 0


def test_milestones_are_published_once_for_concurrent_completions():
    course = make_course(lessons=4)
    student = enroll_in(course)
    client = client_of(student)
    lessons = lessons_of(course)
    milestones = []

    @subscribe(MilestoneReached)
    def record_milestone(event: MilestoneReached) -> None:
        if event.student_id == str(student.id):
            milestones.append(event.percent)

    responses = race(
        20, lambda n: client.post(PROGRESS, {"lesson": str(lessons[n % 4].id), "completed": True})
    )

    assert count_statuses(responses) == {200: 20}
    assert sorted(milestones) == [25, 50, 75, 100]
    assert Progress.objects(student=student.id, completed=True).count() == 4
    enrollment = Enrollment.objects.get(student=student.id)
    assert sorted(enrollment.milestones) == [25, 50, 75, 100]
    assert enrollment.completed_at
    assert not enrollment.undelivered_milestones


def test_each_milestone_is_published_once_if_the_last_open_lesson_is_deleted_meanwhile():
    course = make_course(lessons=4)
    student = enroll_in(course)
    client, admin = client_of(student), client_of(make_admin())
    lessons = lessons_of(course)
    for lesson in lessons[:2]:
        client.post(PROGRESS, {"lesson": str(lesson.id)})
    milestones = []

    @subscribe(MilestoneReached)
    def record_milestone(event: MilestoneReached) -> None:
        if event.student_id == str(student.id):
            milestones.append(event.percent)

    def act(n: int):
        if n == 0:
            return admin.delete(f"/api/lessons/{lessons[3].id}/")
        return client.post(PROGRESS, {"lesson": str(lessons[2].id)})

    responses = race(8, act)

    assert count_statuses(responses) == {204: 1, 200: 7}
    assert sorted(milestones) == [75, 100]


def test_a_sweep_during_enrollments_keeps_the_count_correct():
    course = make_course(lessons=1)
    long_ago = now_in_milliseconds() - timedelta(minutes=2)
    interrupted = Enrollment(student=make_student().id, course=course.id)
    interrupted.undelivered_since = long_ago
    interrupted.save()
    students = [make_student() for _ in range(20)]

    def act(n: int):
        if n >= 20:
            return repair_enrollments()
        return enroll_student(student_id=students[n].id, course=course)

    race(24, act)
    repair_enrollments()

    assert Course.objects.get(id=course.id).enrollment_count == 21
    assert Enrollment.objects(undelivered_since__ne=None).count() == 0
