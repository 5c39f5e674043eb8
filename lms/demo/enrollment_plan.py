"""Plan which courses the demo's students take, and how many lessons they have completed."""

from collections.abc import Sequence
from math import ceil
from random import Random
from typing import NamedTuple

from lms.demo.catalog import Course
from lms.demo.users import DEMO_STUDENT, DemoUser

WEEKS = 12

_COURSE_COUNTS = (1, 2, 3, 4, 5, 6)
_COURSE_COUNT_WEIGHTS = (14, 24, 26, 18, 12, 6)
_NOT_STARTED = 0.12  # the share of enrollments without a completed lesson
_FINISHED = 0.26  # the share of enrollments with all lessons completed
# Of the demo student: share of completed lessons, days since enrolling, days of learning.
_DEMO_STAGES = ((0.5, 38, 35), (1, 61, 33), (0.1, 6, 4), (0, 1, 0))


class PlannedEnrollment(NamedTuple):
    """An enrollment whose first lessons were completed in order, over a number of days."""

    student: str
    course: str
    enrolled_days_ago: int
    completed: int
    over_days: int


def plan_enrollments(
    courses: Sequence[Course], students: Sequence[DemoUser], seed: int
) -> list[PlannedEnrollment]:
    """Return enrollments in published courses; a seed always gives the same plan."""
    random = Random(seed)
    published = sorted((course for course in courses if course.published), key=lambda c: c.title)
    random.shuffle(published)  # From here on, the most popular courses come first.
    plan = []
    for student in students:
        if student.username == DEMO_STUDENT.username:
            plan += _plan_demo_student(published)
        else:
            plan += _plan_student(student, published, random)
    return plan


def _plan_student(
    student: DemoUser, published: list[Course], random: Random
) -> list[PlannedEnrollment]:
    count = random.choices(_COURSE_COUNTS, weights=_COURSE_COUNT_WEIGHTS)[0]
    chosen = _choose_courses(published, count, random)
    return [_plan_enrollment(student.username, course, random) for course in chosen]


def _choose_courses(published: list[Course], count: int, random: Random) -> list[Course]:
    """Choose different courses, the first in the list about five times as often as the last."""
    remaining = list(published)
    chosen: list[Course] = []
    while remaining and len(chosen) < count:
        weights = [1 / (4 + published.index(course)) for course in remaining]
        chosen.append(random.choices(remaining, weights)[0])
        remaining.remove(chosen[-1])
    return chosen


def _plan_enrollment(student: str, course: Course, random: Random) -> PlannedEnrollment:
    # Enrollments grow more frequent from week to week.
    days_ago = 1 + int((7 * WEEKS - 1) * random.random() ** 1.4)
    completed = min(_completed_lessons(len(course.lessons), random), days_ago)
    days_per_lesson = random.uniform(0.8, 4.5)
    over_days = min(days_ago, max(1, round(completed * days_per_lesson))) if completed else 0
    return PlannedEnrollment(student, course.title, days_ago, completed, over_days)


def _completed_lessons(lessons: int, random: Random) -> int:
    share = random.random()
    if share < _NOT_STARTED:
        return 0
    if share < _NOT_STARTED + _FINISHED:
        return lessons
    # Each lesson loses some of the other students.
    return min(lessons - 1, 1 + int(random.expovariate(2.2) * lessons))


def _plan_demo_student(published: list[Course]) -> list[PlannedEnrollment]:
    """Return four enrollments: halfway, finished, just started and not started."""
    # A course with an even number of lessons can be completed by exactly half.
    halfway = sorted(published, key=lambda c: (len(c.lessons) % 2, -len(c.lessons)))[:1]
    chosen = halfway + [course for course in published if course not in halfway]
    return [
        PlannedEnrollment(
            DEMO_STUDENT.username, course.title, days_ago, ceil(share * len(course.lessons)), days
        )
        for course, (share, days_ago, days) in zip(chosen, _DEMO_STAGES, strict=False)
    ]
