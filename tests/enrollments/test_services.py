from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.events import subscribe
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.courses.services import delete_course
from apps.enrollments import services
from apps.enrollments.documents import Enrollment
from apps.enrollments.events import StudentEnrolled
from apps.progress.documents import Progress
from tests.factories import enroll_in, make_admin, make_course, make_student, viewer_of

RACERS = 50


def test_fifty_racing_requests_create_one_enrollment(student):
    course = make_course(lessons=2)

    def enroll(_):
        try:
            return services.enroll_student(student_id=str(student.id), course=course)
        except services.AlreadyEnrolled as refusal:
            return refusal

    with ThreadPoolExecutor(RACERS) as pool:
        outcomes = list(pool.map(enroll, range(RACERS)))

    assert sum(isinstance(one, Enrollment) for one in outcomes) == 1
    assert Enrollment.objects.count() == 1
    assert Progress.objects.count() == 2
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_an_interrupted_enrollment_is_repaired(student):
    course = make_course(lessons=2)
    Enrollment(
        student=student.id,
        course=course.id,
        undelivered_since=now_in_milliseconds() - timedelta(minutes=2),
    ).save()

    assert services.repair_enrollments() == 1

    assert Progress.objects(student=student.id).count() == 2
    assert Course.objects.get(id=course.id).enrollment_count == 1
    assert services.repair_enrollments() == 0


def test_a_sweep_between_insert_and_increment_counts_again_later(student, monkeypatch):
    course = make_course(lessons=1)
    Enrollment(
        student=make_student().id,
        course=course.id,
        undelivered_since=now_in_milliseconds() - timedelta(minutes=2),
    ).save()
    increment = courses.increment_enrollment_count

    def sweep_and_increment(*args, **options) -> bool:
        services.repair_enrollments()
        return increment(*args, **options)

    monkeypatch.setattr(courses, "increment_enrollment_count", sweep_and_increment)
    services.enroll_student(student_id=str(student.id), course=course)

    assert services.repair_enrollments() == 1
    assert Course.objects.get(id=course.id).enrollment_count == 2
    assert services.repair_enrollments() == 0


def test_a_retry_between_insert_and_increment_is_counted_again_later(student, monkeypatch):
    course = make_course(lessons=1)
    interrupted = Enrollment(
        student=make_student().id, course=course.id, undelivered_since=now_in_milliseconds()
    ).save()
    increment = courses.increment_enrollment_count

    def retry_and_increment(*args, **options) -> bool:
        services.enroll_student(
            student_id=interrupted.student, course=course, enrollment_id=interrupted.id
        )
        return increment(*args, **options)

    monkeypatch.setattr(courses, "increment_enrollment_count", retry_and_increment)
    services.enroll_student(student_id=str(student.id), course=course)
    assert Progress.objects(student=interrupted.student).count() == 1
    Enrollment.objects(undelivered_since__ne=None).update(
        set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2)
    )
    services.repair_enrollments()

    assert Course.objects.get(id=course.id).enrollment_count == 2
    assert services.repair_enrollments() == 0


def test_an_erasure_between_insert_and_increment_is_tried_again(student, monkeypatch):
    course = make_course(lessons=1)
    erased = enroll_in(course)
    increment = courses.increment_enrollment_count

    def erase_and_increment(*args, **options) -> bool:
        with pytest.raises(services.CountChanging):
            services.erase(str(erased.id))
        return increment(*args, **options)

    monkeypatch.setattr(courses, "increment_enrollment_count", erase_and_increment)
    services.enroll_student(student_id=str(student.id), course=course)
    services.erase(str(erased.id))

    assert Course.objects.get(id=course.id).enrollment_count == 1
    assert Enrollment.objects(student=erased.id).count() == 0


def test_the_sweep_delivers_again_what_a_handler_failed_to_handle(student):
    course = make_course()
    failing = True

    @subscribe(StudentEnrolled)
    def breaks(event):
        if failing:
            raise RuntimeError("planted")

    enrollment = services.enroll_student(student_id=str(student.id), course=course)
    assert Enrollment.objects.get(id=enrollment.id).undelivered_since is not None

    failing = False
    Enrollment.objects(id=enrollment.id).update(
        set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2)
    )
    assert services.repair_enrollments() == 1
    assert Enrollment.objects.get(id=enrollment.id).undelivered_since is None


def test_a_rerun_with_the_same_id_finds_the_enrollment_and_counts_it_once(student):
    course = make_course(lessons=1)
    first = services.enroll_student(student_id=str(student.id), course=course)

    again = services.enroll_student(
        student_id=str(student.id), course=course, enrollment_id=first.id
    )

    assert again.id == first.id
    assert Course.objects.get(id=course.id).enrollment_count == 1


def test_a_course_cannot_be_left_twice():
    course = make_course()
    student = enroll_in(course)
    enrollment = Enrollment.objects.get(course=course.id)
    services.leave(enrollment.id, viewer=viewer_of(student))
    with pytest.raises(NotFound):
        services.leave(enrollment.id, viewer=viewer_of(student))
    assert Course.objects.get(id=course.id).enrollment_count == 0


def test_a_course_deleted_during_an_enrollment_keeps_no_students(student):
    course = make_course(lessons=1)
    delete_course(str(course.id), viewer=viewer_of(make_admin()), cascade=True)
    with pytest.raises(services.CourseNotOpen):
        services.enroll_student(student_id=str(student.id), course=course)
    assert Enrollment.objects.count() == 0


def test_a_milestone_is_reached_once():
    course = make_course()
    student = enroll_in(course, make_student())

    def reach(_):
        return services.reach_milestone(student_id=student.id, course_id=course.id, percent=25)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(reach, range(20))) == 1
