"""Concurrent requests with one `Idempotency-Key` are executed once."""

from apps.common.storage import idempotency_keys
from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from tests.factories import client_of, make_course, make_instructor, make_student
from tests.races.test_courses import count_statuses
from tests.users.racing import race

REQUESTS = 20


def test_twenty_requests_with_one_key_create_one_course():
    client = client_of(make_instructor())

    responses = race(
        REQUESTS,
        lambda n: client.post("/api/courses/", {"title": "Once"}, HTTP_IDEMPOTENCY_KEY="key-1"),
    )

    assert set(count_statuses(responses)) <= {201, 409}
    assert Course.objects.count() == 1
    created = [response for response in responses if response.status_code == 201]
    assert {response.data["id"] for response in created} == {str(Course.objects.get().id)}
    assert all(response.data == created[0].data for response in created)
    assert {response["ETag"] for response in created} == {created[0]["ETag"]}
    running = [response.data["code"] for response in responses if response.status_code == 409]
    assert set(running) <= {"idempotency_running"}


def test_twenty_requests_with_one_key_create_and_count_one_lesson():
    instructor = make_instructor()
    course = make_course(instructor=instructor)
    client = client_of(instructor)
    body = {"title": "Once", "course": str(course.id)}

    responses = race(
        REQUESTS, lambda n: client.post("/api/lessons/", body, HTTP_IDEMPOTENCY_KEY="key-1")
    )

    assert set(count_statuses(responses)) <= {201, 409}
    assert Lesson.objects.count() == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_twenty_requests_with_one_key_create_one_enrollment():
    course = make_course(lessons=1)
    client = client_of(make_student())
    body = {"course": str(course.id)}

    responses = race(
        REQUESTS, lambda n: client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="key-1")
    )

    assert set(count_statuses(responses)) <= {201, 409}
    assert {response.data["id"] for response in responses if response.status_code == 201} == {
        str(Enrollment.objects.get().id)
    }


def test_a_request_that_waits_too_long_gets_409_while_the_first_is_running(settings, monkeypatch):
    """This holds even if the wait is limited by the store deadline of the request."""
    monkeypatch.setattr(idempotency_keys, "WAIT_SECONDS", 60.0)
    course = make_course(lessons=1)
    student = make_student()
    body = {"course": str(course.id)}
    client = client_of(student)
    assert client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    idempotency_keys.IdempotencyKey.objects.update(
        unset__status=True, set__claimed_at=idempotency_keys.now_in_milliseconds()
    )
    settings.STORE_TIMEOUT_SECONDS = 6.0

    response = client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k")

    assert response.status_code == 409
    assert response.data["code"] == "idempotency_running"


def test_one_request_takes_over_an_abandoned_claim():
    course = make_course(lessons=1)
    student = make_student()
    client = client_of(student)
    body = {"course": str(course.id)}
    first = client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k")
    long_ago = idempotency_keys.now_in_milliseconds() - 2 * idempotency_keys.CLAIM_LIFETIME
    idempotency_keys.IdempotencyKey.objects.update(unset__status=True, set__claimed_at=long_ago)

    responses = race(8, lambda n: client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k"))

    assert set(count_statuses(responses)) <= {201, 409}
    assert {response.data["id"] for response in responses if response.status_code == 201} == {
        first.data["id"]
    }
    assert Course.objects.get(id=course.id).enrollment_count == 1
