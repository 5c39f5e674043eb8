import re
from collections import Counter
from datetime import date

import pytest

from lms.demo.catalogue import Course, Lesson
from lms.demo.people import (
    DEMO_ADMIN,
    DEMO_STUDENT,
    INSTRUCTORS,
    STUDENTS,
    WEEKS,
    plan_enrollments,
)


def make_course(number: int, *, published: bool = True) -> Course:
    lessons = tuple(Lesson(f"Part {part}", 5, "Text") for part in range(3 + number % 8))
    title = f"Course {number}"
    return Course(title, "About", "demo-instructor", "0.00", published, date(2026, 1, 1), lessons)


COURSES = [make_course(number) for number in range(25)] + [make_course(99, published=False)]
LENGTHS = {course.title: len(course.lessons) for course in COURSES}


@pytest.fixture(scope="module")
def plan():
    return plan_enrollments(COURSES, STUDENTS, seed=1)


def test_there_are_sixty_students():
    assert len(STUDENTS) == 60


def test_everybody_can_be_registered():
    everybody = [DEMO_ADMIN, *INSTRUCTORS, *STUDENTS]

    assert len({person.username for person in everybody}) == len(everybody)
    assert len({person.email for person in everybody}) == len(everybody)
    assert all(re.fullmatch(r"[a-z.\-]{3,150}", person.username) for person in everybody)
    assert all(re.search(r"@(example\.org|students\.example)$", p.email) for p in everybody)
    assert all(0 < len(person.bio) <= 2_000 for person in everybody)


def test_a_seed_gives_one_plan_whatever_the_order_of_courses(plan):
    assert plan_enrollments(COURSES[::-1], STUDENTS, seed=1) == plan
    assert plan_enrollments(COURSES, STUDENTS, seed=2) != plan


def test_nobody_follows_a_draft_or_one_course_twice(plan):
    assert "Course 99" not in {planned.course for planned in plan}
    assert len({(planned.student, planned.course) for planned in plan}) == len(plan)


def test_a_plan_is_possible(plan):
    assert {planned.student for planned in plan} == {person.username for person in STUDENTS}
    for planned in plan:
        assert 0 <= planned.completed <= LENGTHS[planned.course]
        assert 0 <= planned.over_days <= planned.enrolled_days_ago < 7 * WEEKS


def test_some_finish_some_have_just_begun_and_most_are_on_the_way(plan):
    finished = sum(planned.completed == LENGTHS[planned.course] for planned in plan)
    untouched = sum(planned.completed == 0 for planned in plan)

    assert 0.1 < finished / len(plan) < 0.4
    assert 0.05 < untouched / len(plan) < 0.3


def test_a_few_courses_are_popular(plan):
    counts = sorted(Counter(planned.course for planned in plan).values())

    assert counts[-1] >= 4 * counts[len(counts) // 4]


def test_every_week_has_seen_somebody_enrol(plan):
    assert {planned.enrolled_days_ago // 7 for planned in plan} == set(range(WEEKS))


def test_the_demo_student_stands_at_four_different_stages(plan):
    shares = sorted(
        planned.completed / LENGTHS[planned.course]
        for planned in plan
        if planned.student == DEMO_STUDENT.username
    )

    assert shares[0] == 0
    assert 0 < shares[1] < 0.5
    assert shares[2:] == [0.5, 1]


def test_a_small_or_empty_catalogue_is_planned_for_too():
    assert plan_enrollments([], STUDENTS, seed=1) == []
    assert {p.course for p in plan_enrollments(COURSES[:2], STUDENTS, seed=1)} == {
        "Course 0",
        "Course 1",
    }
