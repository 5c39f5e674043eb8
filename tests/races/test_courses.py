"""Courses and lessons while many write them at once, each through the whole API."""

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


def statuses(answers: list) -> Counter:
    """Count the answers by status; what was raised instead of answered stands for itself."""
    return Counter(getattr(answer, "status_code", answer) for answer in answers)


def test_what_is_changed_while_it_is_deleted_stays_deleted():
    instructor = make_instructor()
    course = make_course(instructor=instructor)
    client = client_of(instructor)
    address = f"/api/courses/{course.id}/"

    def act(n: int):
        return client.delete(address) if n == 0 else client.patch(address, {"title": f"Title {n}"})

    answers = race(21, act)

    assert statuses(answers[:1]) == {204: 1}
    assert set(statuses(answers[1:])) <= {200, 404}
    assert Course._get_collection().count_documents({}) == 0
    assert client.get(address).status_code == 404


def test_no_course_stays_in_a_category_that_goes_meanwhile():
    category = make_category()
    courses = [make_course(instructor=make_instructor()) for _ in range(10)]
    clients = [client_of(make_admin()), *(client_of_author(one) for one in courses)]

    def act(n: int):
        if n == 0:
            return clients[0].delete(f"/api/categories/{category.id}/")
        body = {"category": str(category.id)}
        return clients[n].patch(f"/api/courses/{courses[n - 1].id}/", body)

    answers = race(11, act)

    assert statuses(answers[:1]) == {204: 1}
    assert set(statuses(answers[1:])) <= {200, 400}
    assert Category._get_collection().count_documents({}) == 0
    assert [one.category for one in Course.objects] == [None] * 10


def test_a_lesson_changed_while_it_is_deleted_stays_deleted():
    course = make_course(lessons=2, instructor=make_instructor())
    lesson = lessons_of(course)[0]
    client = client_of_author(course)
    address = f"/api/lessons/{lesson.id}/"

    def act(n: int):
        return client.delete(address) if n == 0 else client.patch(address, {"content": f"Text {n}"})

    answers = race(21, act)

    assert statuses(answers[:1]) == {204: 1}
    assert set(statuses(answers[1:])) <= {200, 404}
    assert Lesson._get_collection().count_documents({}) == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_lessons_appended_at_once_have_a_place_each():
    course = make_course(instructor=make_instructor())
    client = client_of_author(course)

    answers = race(
        10, lambda n: client.post("/api/lessons/", {"title": f"L{n}", "course": str(course.id)})
    )

    assert statuses(answers) == {201: 10}
    assert [one.position for one in lessons_of(course)] == list(range(1, 11))
    assert Course.objects.get(id=course.id).lesson_count == 10


def test_of_a_published_courses_last_two_lessons_one_stays():
    course = make_course(lessons=2, instructor=make_instructor())
    client = client_of_author(course)
    first, second = lessons_of(course)

    answers = race(2, lambda n: client.delete(f"/api/lessons/{(first, second)[n].id}/"))

    assert statuses(answers) == {204: 1, 409: 1}
    assert len(lessons_of(course)) == 1
    assert len(selectors.cached_outline(course.id)) == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_of_two_orders_at_once_one_holds():
    course = make_course(lessons=6, instructor=make_instructor())
    client = client_of_author(course)
    ids = [str(one.id) for one in lessons_of(course)]
    wanted = [ids[::-1], ids[3:] + ids[:3]]

    answers = race(
        2,
        lambda n: client.put(f"/api/courses/{course.id}/lessons/order/", {"lessons": wanted[n]}),
    )

    assert set(statuses(answers)) <= {200, 409}
    assert 200 in statuses(answers)
    stored = lessons_of(course)
    assert [one.position for one in stored] == list(range(1, 7))
    assert [str(one.id) for one in stored] in wanted
    assert Course.objects.get(id=course.id).lesson_order is None


def test_a_lesson_added_while_lessons_are_reordered_has_its_place():
    course = make_course(lessons=4, instructor=make_instructor())
    client = client_of_author(course)
    ids = [str(one.id) for one in lessons_of(course)]

    def act(n: int):
        if n:
            return client.post("/api/lessons/", {"title": "New", "course": str(course.id)})
        return client.put(f"/api/courses/{course.id}/lessons/order/", {"lessons": ids[::-1]})

    answers = race(4, act)

    assert set(statuses(answers[:1])) <= {200, 400}  # 400: the list was not whole any more
    assert statuses(answers[1:]) == {201: 3}
    positions = [one.position for one in lessons_of(course)]
    assert len(positions) == len(set(positions)) == 7
    assert Course.objects.get(id=course.id).lesson_order is None


def test_a_lesson_that_is_not_gone_yet_is_not_in_the_way_of_an_order():
    course = make_course(lessons=3, instructor=make_instructor())
    client = client_of_author(course)
    first, second, third = lessons_of(course)
    Lesson.objects(id=first.id).update_one(set__removed=True)

    answer = client.put(
        f"/api/courses/{course.id}/lessons/order/", {"lessons": [str(third.id), str(second.id)]}
    )

    assert [row["id"] for row in answer.data] == [str(third.id), str(second.id)]
    assert Course.objects.get(id=course.id).lesson_order is None


def client_of_author(course: Course) -> APIClient:
    return client_of(User.objects.get(id=course.instructor))
