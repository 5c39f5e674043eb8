"""Enrolling and learning while many do it at once, each through the whole API."""

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
from tests.races.test_courses import statuses
from tests.users.racing import race

ENROLLMENTS = "/api/enrollments/"
PROGRESS = "/api/progress/"


def test_fifty_enrolments_at_once_make_one():
    course = make_course(lessons=3)
    client = client_of(make_student())

    answers = race(50, lambda n: client.post(ENROLLMENTS, {"course": str(course.id)}))

    assert statuses(answers) == {201: 1, 400: 49}
    refusals = {answer.data["code"] for answer in answers if answer.status_code == 400}
    assert refusals == {"already_enrolled"}
    assert Enrollment.objects.count() == 1
    assert Progress.objects.count() == 3
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_thirty_students_who_enrol_at_once_are_counted_once_each():
    course = make_course(lessons=2)
    clients = [client_of(make_student()) for _ in range(30)]

    answers = race(30, lambda n: clients[n].post(ENROLLMENTS, {"course": str(course.id)}))

    assert statuses(answers) == {201: 30}
    assert Course.objects.get(id=course.id).enrollment_count == 30
    assert Progress.objects.count() == 60


def test_leaving_and_coming_back_at_once_keeps_one_place_and_the_count():
    course = make_course(lessons=1)
    student = enroll_in(course)
    client = client_of(student)
    place = Enrollment.objects.get(student=student.id)

    def act(n: int):
        if n % 2:
            return client.post(ENROLLMENTS, {"course": str(course.id)})
        return client.delete(f"{ENROLLMENTS}{place.id}/")

    answers = race(20, act)

    assert set(statuses(answers)) <= {201, 204, 400, 404}
    kept = Enrollment.objects.get(student=student.id)
    assert Course.objects.get(id=course.id).enrollment_count == (0 if kept.left_at else 1)


def test_a_place_given_up_by_ten_at_once_is_counted_once():
    course = make_course()
    student = enroll_in(course)
    enroll_in(course)
    place = Enrollment.objects.get(student=student.id)
    client = client_of(student)

    answers = race(10, lambda n: client.delete(f"{ENROLLMENTS}{place.id}/"))

    assert statuses(answers) == {204: 1, 404: 9}
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_nobody_keeps_a_place_in_a_course_that_was_removed_meanwhile():
    course = make_course(lessons=2)
    students = [client_of(make_student()) for _ in range(15)]
    admin = client_of(make_admin())

    def act(n: int):
        if n == 0:
            return admin.delete(f"/api/courses/{course.id}/?cascade=true")
        return students[n - 1].post(ENROLLMENTS, {"course": str(course.id)})

    answers = race(16, act)

    assert statuses(answers[:1]) == {204: 1}
    assert set(statuses(answers[1:])) <= {201, 400}
    assert Course._get_collection().count_documents({}) == 0
    assert Enrollment.objects.count() == 0


def test_milestones_are_told_once_however_many_mark():
    course = make_course(lessons=4)
    student = enroll_in(course)
    client = client_of(student)
    lessons = lessons_of(course)
    told = []

    @subscribe(MilestoneReached)
    def listen(event: MilestoneReached) -> None:
        if event.student_id == str(student.id):
            told.append(event.percent)

    answers = race(
        20, lambda n: client.post(PROGRESS, {"lesson": str(lessons[n % 4].id), "completed": True})
    )

    assert statuses(answers) == {200: 20}
    assert sorted(told) == [25, 50, 75, 100]
    assert Progress.objects(student=student.id, completed=True).count() == 4
    place = Enrollment.objects.get(student=student.id)
    assert sorted(place.milestones) == [25, 50, 75, 100]
    assert place.completed_at
    assert not place.undelivered_milestones


def test_a_milestone_is_not_told_again_when_the_last_open_lesson_goes_meanwhile():
    course = make_course(lessons=4)
    student = enroll_in(course)
    client, admin = client_of(student), client_of(make_admin())
    lessons = lessons_of(course)
    for lesson in lessons[:2]:
        client.post(PROGRESS, {"lesson": str(lesson.id)})
    told = []

    @subscribe(MilestoneReached)
    def listen(event: MilestoneReached) -> None:
        if event.student_id == str(student.id):
            told.append(event.percent)

    def act(n: int):
        if n == 0:
            return admin.delete(f"/api/lessons/{lessons[3].id}/")
        return client.post(PROGRESS, {"lesson": str(lessons[2].id)})

    answers = race(8, act)

    assert statuses(answers) == {204: 1, 200: 7}
    assert sorted(told) == [75, 100]


def test_a_sweep_between_enrollments_leaves_the_count_right():
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
