"""The lesson count of a course, while requests and the sweep change it at the same time."""

from datetime import timedelta

import pytest
from bson import ObjectId

from apps.common.clock import now_in_milliseconds
from apps.common.errors import StaleRevision
from apps.courses import services as courses
from apps.courses.documents import Course
from apps.lessons import selectors, services
from apps.lessons.documents import Lesson
from apps.lessons.services.counts import LESSONS
from tests.factories import (
    AN_ADMIN,
    lessons_of,
    make_course,
    make_lesson,
)


def store_interrupted_lesson(course, **fields) -> Lesson:
    """Store a lesson whose request was interrupted two minutes ago, before it was counted."""
    lesson = Lesson(
        title="Interrupted",
        course=course.id,
        position=100,
        undelivered_since=now_in_milliseconds() - timedelta(minutes=2),
        **fields,
    )
    return lesson.save(force_insert=True)


def count_of(course) -> int:
    return Course.objects.get(id=course.id).lesson_count


@pytest.fixture
def sweep_first(monkeypatch):
    """Let the sweep run just before the next changes of a lesson count by the named function."""

    def prepare(name: str) -> None:
        change = getattr(courses, name)

        def sweep_and_change(*arguments):
            services.repair_lessons()
            return change(*arguments)

        monkeypatch.setattr(courses, name, sweep_and_change)

    return prepare


def test_a_sweep_between_insert_and_increment_counts_again_later(sweep_first):
    course = make_course(lessons=1)
    store_interrupted_lesson(course)
    sweep_first("increment_lesson_count")

    make_lesson(course=course)

    assert services.repair_lessons() == 1
    assert count_of(course) == 3
    assert services.repair_lessons() == 0


def test_a_sweep_between_the_two_counts_of_a_move_counts_again_later(sweep_first):
    source, target = make_course(lessons=2), make_course(lessons=1)
    for course in (source, target):
        store_interrupted_lesson(course)
    sweep_first("increment_lesson_count")

    moving = lessons_of(source)[0]
    services.update_lesson(str(moving.id), viewer=AN_ADMIN, course=target.id)

    services.repair_lessons()
    assert (count_of(source), count_of(target)) == (2, 3)
    assert services.repair_lessons() == 0


def test_a_sweep_during_a_deletion_counts_again_later(sweep_first):
    course = make_course(lessons=2)
    store_interrupted_lesson(course)
    sweep_first("decrement_lesson_count")

    services.delete_lesson(str(lessons_of(course)[0].id), viewer=AN_ADMIN)

    services.repair_lessons()
    assert count_of(course) == 2
    assert services.repair_lessons() == 0


@pytest.mark.parametrize("counted", [True, False])
def test_a_retried_insert_is_counted_once_even_if_others_are_being_inserted(monkeypatch, counted):
    course = make_course(lessons=1)
    new = {"lesson_id": ObjectId(), "course": course, "title": "Retried"}
    with monkeypatch.context() as interruption:
        interruption.setattr(services.lessons, "enqueue_delivery", lambda lesson: None)
        if not counted:
            interruption.setattr(courses, "increment_lesson_count", lambda course_id: True)
        services.add_lesson(**new)
    increment = courses.increment_lesson_count

    def retry_and_increment(course_id) -> bool:
        services.add_lesson(**new)
        return increment(course_id)

    with monkeypatch.context() as race:
        race.setattr(courses, "increment_lesson_count", retry_and_increment)
        make_lesson(course=course)
    Lesson.objects(undelivered_since__ne=None).update(
        set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2)
    )
    services.repair_lessons()

    assert count_of(course) == 3
    assert services.repair_lessons() == 0


def test_a_lesson_that_moves_while_it_is_deleted_stays_counted_in_its_new_course(monkeypatch):
    source, target = make_course(lessons=3), make_course(lessons=1)
    lesson = lessons_of(source)[0]
    get_visible_lesson = selectors.get_visible_lesson

    def read_before_the_move(*arguments, **options):
        read = get_visible_lesson(*arguments, **options)
        monkeypatch.setattr(selectors, "get_visible_lesson", get_visible_lesson)
        services.update_lesson(str(lesson.id), viewer=AN_ADMIN, course=target.id)
        return read

    monkeypatch.setattr(selectors, "get_visible_lesson", read_before_the_move)
    with pytest.raises(StaleRevision):
        services.delete_lesson(str(lesson.id), viewer=AN_ADMIN)

    assert (count_of(source), count_of(target)) == (2, 2)
    monkeypatch.setattr(LESSONS, "most", 3)
    make_lesson(course=source)
    with pytest.raises(services.counts.TooManyLessons):
        make_lesson(course=source)
