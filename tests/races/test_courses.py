"""Concurrent writes to courses and lessons through the API."""

from collections import Counter

from rest_framework.test import APIClient

from apps.courses.documents import Category, Course
from apps.lessons import selectors
from apps.lessons.documents import Lesson
from apps.users.documents import User
from tests.factories import (
    client_of,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_instructor,
)
from tests.users.racing import race


def count_statuses(responses: list) -> Counter:
    """Count the responses by status, and exceptions by themselves."""
    return Counter(getattr(response, "status_code", response) for response in responses)


def test_a_course_changed_while_it_is_deleted_stays_deleted():
    instructor = make_instructor()
    course = make_course(instructor=instructor)
    client = client_of(instructor)
    path = f"/api/courses/{course.id}/"

    def act(n: int):
        return client.delete(path) if n == 0 else client.patch(path, {"title": f"Title {n}"})

    responses = race(21, act)

    assert count_statuses(responses[:1]) == {204: 1}
    assert set(count_statuses(responses[1:])) <= {200, 404}
    assert Course._get_collection().count_documents({}) == 0
    assert client.get(path).status_code == 404


def test_no_course_stays_in_a_category_that_is_deleted_meanwhile():
    category = make_category()
    courses = [make_course(instructor=make_instructor()) for _ in range(10)]
    clients = [client_of(make_admin()), *(instructor_client_of(course) for course in courses)]

    def act(n: int):
        if n == 0:
            return clients[0].delete(f"/api/categories/{category.id}/")
        body = {"category": str(category.id)}
        return clients[n].patch(f"/api/courses/{courses[n - 1].id}/", body)

    responses = race(11, act)

    assert count_statuses(responses[:1]) == {204: 1}
    assert set(count_statuses(responses[1:])) <= {200, 400}
    assert Category._get_collection().count_documents({}) == 0
    assert [course.category for course in Course.objects] == [None] * 10


def test_a_lesson_changed_while_it_is_deleted_stays_deleted():
    course = make_course(lessons=2, instructor=make_instructor())
    lesson = lessons_of(course)[0]
    client = instructor_client_of(course)
    path = f"/api/lessons/{lesson.id}/"

    def act(n: int):
        return client.delete(path) if n == 0 else client.patch(path, {"content": f"Text {n}"})

    responses = race(21, act)

    assert count_statuses(responses[:1]) == {204: 1}
    assert set(count_statuses(responses[1:])) <= {200, 404}
    assert Lesson._get_collection().count_documents({}) == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_lessons_appended_concurrently_have_different_positions():
    course = make_course(instructor=make_instructor())
    client = instructor_client_of(course)

    responses = race(
        10, lambda n: client.post("/api/lessons/", {"title": f"L{n}", "course": str(course.id)})
    )

    assert count_statuses(responses) == {201: 10}
    assert [lesson.position for lesson in lessons_of(course)] == list(range(1, 11))
    assert Course.objects.get(id=course.id).lesson_count == 10


def test_concurrent_deletions_keep_one_lesson_of_a_published_course():
    course = make_course(lessons=2, instructor=make_instructor())
    client = instructor_client_of(course)
    first, second = lessons_of(course)

    responses = race(2, lambda n: client.delete(f"/api/lessons/{(first, second)[n].id}/"))

    assert count_statuses(responses) == {204: 1, 409: 1}
    assert len(lessons_of(course)) == 1
    assert len(selectors.cached_outline(course.id)) == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_concurrent_reorderings_leave_one_of_the_two_orders():
    course = make_course(lessons=6, instructor=make_instructor())
    client = instructor_client_of(course)
    ids = [str(lesson.id) for lesson in lessons_of(course)]
    orders = [ids[::-1], ids[3:] + ids[:3]]

    responses = race(
        2,
        lambda n: client.put(f"/api/courses/{course.id}/lessons/order/", {"lessons": orders[n]}),
    )

    assert set(count_statuses(responses)) <= {200, 409}
    assert 200 in count_statuses(responses)
    stored = lessons_of(course)
    assert [lesson.position for lesson in stored] == list(range(1, 7))
    assert [str(lesson.id) for lesson in stored] in orders
    assert Course.objects.get(id=course.id).lesson_order is None


def test_lessons_added_during_a_reordering_have_different_positions():
    course = make_course(lessons=4, instructor=make_instructor())
    client = instructor_client_of(course)
    ids = [str(lesson.id) for lesson in lessons_of(course)]

    def act(n: int):
        if n:
            return client.post("/api/lessons/", {"title": "New", "course": str(course.id)})
        return client.put(f"/api/courses/{course.id}/lessons/order/", {"lessons": ids[::-1]})

    responses = race(4, act)

    assert set(count_statuses(responses[:1])) <= {
        200,
        400,
    }  # 400 if the list no longer contained every lesson
    assert count_statuses(responses[1:]) == {201: 3}
    positions = [lesson.position for lesson in lessons_of(course)]
    assert len(positions) == len(set(positions)) == 7
    assert Course.objects.get(id=course.id).lesson_order is None


def test_a_lesson_being_deleted_does_not_block_reordering():
    course = make_course(lessons=3, instructor=make_instructor())
    client = instructor_client_of(course)
    first, second, third = lessons_of(course)
    Lesson.objects(id=first.id).update_one(set__removed=True)

    response = client.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(third.id), str(second.id)]}
    )

    assert [row["id"] for row in response.data] == [str(third.id), str(second.id)]
    assert Course.objects.get(id=course.id).lesson_order is None


def instructor_client_of(course: Course) -> APIClient:
    return client_of(User.objects.get(id=course.instructor))
