import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lms.demo.catalog import Course, Lesson
from lms.demo.enrollment_plan import WEEKS, plan_enrollments
from lms.demo.users import DEMO_ADMIN, DEMO_STUDENT, INSTRUCTORS, STUDENTS


def make_course(number: int, *, published: bool = True) -> Course:
    lessons = tuple(Lesson(f"Part {part}", 5, "Text") for part in range(3 + number % 8))
    return Course(
        title=f"Course {number}",
        description="About",
        instructor="demo-instructor",
        price="0.00",
        published=published,
        created=date(2026, 1, 1),
        lessons=lessons,
        cover=Path("cover.webp"),
    )


COURSES = [make_course(number) for number in range(25)] + [make_course(99, published=False)]
LENGTHS = {course.title: len(course.lessons) for course in COURSES}


@pytest.fixture(scope="module")
def plan():
    return plan_enrollments(COURSES, STUDENTS, seed=1)


def test_there_are_sixty_students():
    assert len(STUDENTS) == 60


def test_users_are_unique_and_within_the_limits_of_accounts():
    users = [DEMO_ADMIN, *INSTRUCTORS, *STUDENTS]

    assert len({user.username for user in users}) == len(users)
    assert len({user.email for user in users}) == len(users)
    assert all(re.fullmatch(r"[a-z.\-]{3,150}", user.username) for user in users)
    assert all(re.search(r"@(example\.org|students\.example)$", user.email) for user in users)
    assert all(0 < len(user.bio) <= 2_000 for user in users)


def test_a_seed_gives_the_same_plan_for_any_order_of_courses(plan):
    assert plan_enrollments(COURSES[::-1], STUDENTS, seed=1) == plan
    assert plan_enrollments(COURSES, STUDENTS, seed=2) != plan


def test_students_enroll_only_once_and_only_in_published_courses(plan):
    assert "Course 99" not in {planned.course for planned in plan}
    assert len({(planned.student, planned.course) for planned in plan}) == len(plan)


def test_students_complete_lessons_between_enrolling_and_today(plan):
    assert {planned.student for planned in plan} == {student.username for student in STUDENTS}
    for planned in plan:
        assert 0 <= planned.completed <= LENGTHS[planned.course]
        assert 0 <= planned.over_days <= planned.enrolled_days_ago < 7 * WEEKS


def test_some_enrollments_are_finished_and_some_not_started(plan):
    finished = sum(planned.completed == LENGTHS[planned.course] for planned in plan)
    not_started = sum(planned.completed == 0 for planned in plan)

    assert 0.1 < finished / len(plan) < 0.4
    assert 0.05 < not_started / len(plan) < 0.3


def test_a_few_courses_are_popular(plan):
    counts = sorted(Counter(planned.course for planned in plan).values())

    assert counts[-1] >= 4 * counts[len(counts) // 4]


def test_students_enroll_in_every_week(plan):
    assert {planned.enrolled_days_ago // 7 for planned in plan} == set(range(WEEKS))


def test_the_demo_student_has_courses_at_four_stages(plan):
    shares = sorted(
        planned.completed / LENGTHS[planned.course]
        for planned in plan
        if planned.student == DEMO_STUDENT.username
    )

    assert shares[0] == 0
    assert 0 < shares[1] < 0.5
    assert shares[2:] == [0.5, 1]


def test_a_small_or_empty_catalog_can_be_planned():
    assert plan_enrollments([], STUDENTS, seed=1) == []
    assert {planned.course for planned in plan_enrollments(COURSES[:2], STUDENTS, seed=1)} == {
        "Course 0",
        "Course 1",
    }
