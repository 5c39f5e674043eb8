"""One `Idempotency-Key` from many at once: done once, answered alike."""

from apps.common.storage import idempotency_keys
from apps.courses.documents import Course
from apps.enrollments.documents import Enrollment
from apps.lessons.documents import Lesson
from tests.factories import client_of, make_course, make_instructor, make_student
from tests.races.test_courses import statuses
from tests.users.racing import race

RACERS = 20


def test_one_key_from_twenty_at_once_makes_one_course():
    client = client_of(make_instructor())

    answers = race(
        RACERS,
        lambda n: client.post("/api/courses/", {"title": "Once"}, HTTP_IDEMPOTENCY_KEY="key-1"),
    )

    assert set(statuses(answers)) <= {201, 409}
    assert Course.objects.count() == 1
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.data["id"] for answer in made} == {str(Course.objects.get().id)}
    assert all(answer.data == made[0].data for answer in made)
    assert {answer["ETag"] for answer in made} == {made[0]["ETag"]}
    running = [answer.data["code"] for answer in answers if answer.status_code == 409]
    assert set(running) <= {"idempotency_running"}


def test_one_key_from_twenty_at_once_makes_one_lesson_and_counts_it_once():
    instructor = make_instructor()
    course = make_course(instructor=instructor)
    client = client_of(instructor)
    body = {"title": "Once", "course": str(course.id)}

    answers = race(
        RACERS, lambda n: client.post("/api/lessons/", body, HTTP_IDEMPOTENCY_KEY="key-1")
    )

    assert set(statuses(answers)) <= {201, 409}
    assert Lesson.objects.count() == 1
    assert Course.objects.get(id=course.id).lesson_count == 1


def test_one_key_from_twenty_at_once_makes_one_place():
    course = make_course(lessons=1)
    client = client_of(make_student())
    body = {"course": str(course.id)}

    answers = race(
        RACERS, lambda n: client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="key-1")
    )

    assert set(statuses(answers)) <= {201, 409}
    assert {answer.data["id"] for answer in answers if answer.status_code == 201} == {
        str(Enrollment.objects.get().id)
    }


def test_who_waits_too_long_for_the_first_is_told_that_it_is_still_running(settings, monkeypatch):
    """Also where waiting takes as long as a request may wait for the store at all."""
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

    answer = client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k")

    assert answer.status_code == 409
    assert answer.data["code"] == "idempotency_running"


def test_a_claim_that_was_abandoned_is_taken_over_by_one():
    course = make_course(lessons=1)
    student = make_student()
    client = client_of(student)
    body = {"course": str(course.id)}
    first = client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k")
    long_ago = idempotency_keys.now_in_milliseconds() - 2 * idempotency_keys.CLAIM_LIFETIME
    idempotency_keys.IdempotencyKey.objects.update(unset__status=True, set__claimed_at=long_ago)

    answers = race(8, lambda n: client.post("/api/enrollments/", body, HTTP_IDEMPOTENCY_KEY="k"))

    assert set(statuses(answers)) <= {201, 409}
    assert {one.data["id"] for one in answers if one.status_code == 201} == {first.data["id"]}
    assert Course.objects.get(id=course.id).enrollment_count == 1
