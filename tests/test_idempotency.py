"""`Idempotency-Key` over HTTP, for every signed-in POST."""

import pytest

from apps.common.storage.idempotency_keys import IdempotencyKey
from apps.courses.documents import Course
from apps.courses.selectors import invalidate_course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from tests.factories import client_of, make_course, make_instructor

KEY = {"HTTP_IDEMPOTENCY_KEY": "a-key"}


def test_a_course_that_is_sent_twice_is_created_once(instructor):
    client = client_of(instructor)

    first = client.post("/api/courses/", {"title": "Logic"}, **KEY)
    again = client.post("/api/courses/", {"title": "Logic"}, **KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["ETag"] == first["ETag"]
    assert again["Idempotent-Replayed"] == "true"
    assert Course.objects.count() == 1


def test_another_body_or_route_under_the_same_key_is_a_conflict(instructor):
    client = client_of(instructor)
    client.post("/api/courses/", {"title": "Logic"}, **KEY)
    course = Course.objects.first()

    for address, body in (
        ("/api/courses/", {"title": "Other"}),
        ("/api/lessons/", {"title": "Logic", "course": str(course.id)}),
        ("/api/courses/?expand=category", {"title": "Logic"}),
    ):
        response = client.post(address, body, **KEY)
        assert (response.status_code, response.data["code"]) == (409, "idempotency_conflict")
    assert (Course.objects.count(), Lesson.objects.count()) == (1, 0)


def test_a_key_belongs_to_one_user(instructor):
    other = make_instructor()
    client_of(instructor).post("/api/courses/", {"title": "Logic"}, **KEY)
    response = client_of(other).post("/api/courses/", {"title": "Logic"}, **KEY)

    assert response.data["instructor"] == str(other.id)
    assert Course.objects.count() == 2


def test_an_error_response_is_not_stored(student):
    course = make_course(published=False)
    client, body = client_of(student), {"course": str(course.id)}
    assert client.post("/api/enrollments/", body, **KEY).status_code == 400
    Course.objects(id=course.id).update(set__published=True)
    invalidate_course(course.id)

    assert client.post("/api/enrollments/", body, **KEY).status_code == 201
    assert client.post("/api/enrollments/", body, **KEY).status_code == 201
    assert Enrollment.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 256])
def test_a_malformed_key_is_refused(student, key):
    response = client_of(student).post(
        "/api/enrollments/", {"course": str(make_course().id)}, HTTP_IDEMPOTENCY_KEY=key
    )
    assert (response.status_code, list(response.data)) == (400, ["idempotency_key"])


def test_without_a_key_or_a_user_nothing_is_stored(student, anonymous):
    client_of(student).post("/api/enrollments/", {"course": str(make_course().id)})
    anonymous.post("/api/auth/login/", {"username": "x", "password": "y"}, **KEY)

    assert IdempotencyKey.objects.count() == 0
