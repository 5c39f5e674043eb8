"""How much is asked of the stores, pinned; and that every filter is served by an index."""

import pytest

from apps.common.cache import store
from apps.common.indexes import documents
from apps.enrollments.documents import Enrollment
from apps.notifications.documents import Notification
from apps.notifications.services import send_mails
from apps.progress.documents import Progress
from tests.commands import recorded, shown
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_category,
    make_course,
    make_instructor,
    make_student,
)


@pytest.fixture
def trips(monkeypatch):
    """The calls that are made to the cache; with Redis each is one round trip."""
    made = []
    for name in ("get_many", "set_many", "claim", "release", "counted"):
        call = getattr(store, name)

        def counted(*args, call=call, name=name, **options):
            made.append(name)
            return call(*args, **options)

        monkeypatch.setattr(store, name, counted)
    return made


def asked(client, method: str, address: str, body=None) -> list[str]:
    with recorded() as heard:
        response = getattr(client, method)(address, body)
    assert response.status_code < 300, response.data
    return shown(heard)


@pytest.fixture
def mails_later(settings):
    """Mails are sent after the answer: what the worker asks is no part of the request."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None


@pytest.fixture
def learner():
    course = make_course(lessons=2, category=make_category())
    student = enroll_in(course)
    return client_of(student), student, course


def test_a_retrieve_that_hits_asks_the_cache_twice_and_mongodb_nothing(learner, settings, trips):
    client, student, course = learner
    settings.RATE_LIMITED = True
    place = Enrollment.objects.get(student=student.id)
    for address in (
        f"/api/courses/{course.id}/",
        f"/api/categories/{course.category}/",
        f"/api/enrollments/{place.id}/",
        f"/api/progress/?lesson={lessons_of(course)[0].id}",
        f"/api/users/{student.id}/",
        "/api/auth/user/",
        "/api/notifications/",
        "/api/notifications/unread-count/",
    ):
        client.get(address)
        trips.clear()
        assert asked(client, "get", address) == [], address
        assert len(trips) <= 2, (address, trips)


def test_an_anonymous_retrieve_that_hits_asks_the_cache_twice(learner, settings, anonymous, trips):
    settings.RATE_LIMITED = True
    _, _, course = learner
    for address in (f"/api/courses/{course.id}/", "/api/courses/", "/api/categories/"):
        anonymous.get(address)
        trips.clear()
        assert asked(anonymous, "get", address) == []
        assert len(trips) <= 2, (address, trips)


@pytest.mark.parametrize("number", [30, 300])
def test_a_list_page_asks_three_times_whatever_its_collections_size(number):
    teacher = make_instructor()
    courses = [make_course(instructor=teacher) for _ in range(number)]
    student = make_student()
    for course in courses[:25]:
        enroll_in(course, student)
    client = client_of(student)
    client.get("/api/auth/user/")  # who one is, and one's places, are known by now
    client.get("/api/courses/")
    for address in (
        "/api/courses/",
        "/api/courses/?search=alg&ordering=-price",
        "/api/courses/?page=2",
        "/api/lessons/",
        f"/api/lessons/?course={courses[0].id}",
        "/api/enrollments/",
        "/api/progress/",
        "/api/notifications/",
        "/api/notifications/?is_read=false&kind=enrolled",
        "/api/categories/",
    ):
        assert len(asked(client, "get", address)) <= 3, (address, asked(client, "get", address))


def test_enrolling_asks_nine_times_cold_and_seven_times_warm(mails_later):
    course, other = make_course(lessons=5), make_course(lessons=5)
    client = client_of(make_student())

    cold = asked(client, "post", "/api/enrollments/", {"course": str(course.id)})
    enroll_in(other)
    warm = asked(client, "post", "/api/enrollments/", {"course": str(other.id)})

    assert len(cold) <= 9, cold
    assert len(warm) <= 7, warm
    assert Notification.objects.count() == 3  # each with its own


def test_marking_a_lesson_asks_six_times_once_its_milestones_are_told(learner, mails_later):
    client, _, course = learner
    client.get("/api/auth/user/")
    body = {"lesson": str(lessons_of(course)[0].id)}
    first = asked(client, "post", "/api/progress/", body)
    # 25 and 50 per cent: reached, the course's title, the notification, that it was told
    assert len(first) <= 6 + 2 * 4, first
    again = asked(client, "post", "/api/progress/", body)
    assert len(again) <= 6, again


def test_summaries_of_many_places_ask_as_often_as_one(learner):
    client, student, _ = learner
    address = "/api/enrollments/?expand=progress"
    client.get(address)
    one = asked(client, "get", address)
    for _ in range(10):
        enroll_in(make_course(lessons=2), student)
    client.get("/api/auth/user/")
    assert len(asked(client, "get", address)) == len(one)


# Indexes


def test_every_filter_is_served_by_a_declared_index(learner, instructor, admin):
    client, student, course = learner
    author = client_of(instructor)
    own = make_course(instructor=instructor, lessons=2)
    category, record = course.category, Progress.objects(student=student.id).first()
    with recorded() as heard:
        for reader in (client, author, client_of(admin)):
            for address in (
                "/api/courses/",
                f"/api/courses/?category={category}",
                f"/api/courses/?instructor={instructor.id}",
                "/api/courses/?published=true&free=true",
                "/api/courses/?search=alg",
                f"/api/courses/{course.id}/lessons/",
                f"/api/lessons/?course={course.id}",
                f"/api/enrollments/?course={course.id}",
                f"/api/enrollments/?student={student.id}",
                f"/api/progress/?course={course.id}",
                f"/api/progress/?lesson={record.lesson}",
                f"/api/progress/?student={student.id}&completed=true",
                "/api/notifications/",
                "/api/notifications/?is_read=false&kind=enrolled",
                "/api/notifications/unread-count/",
                "/api/notifications/preferences/",
            ):
                assert reader.get(address).status_code == 200
        client.get(f"/api/progress/summary/?course={course.id}")
        client.post("/api/notifications/read-all/")
        client.put("/api/notifications/preferences/", {"enrolled": {"app": False}})
        client.get("/api/auth/user/export/")
        send_mails()
        client.post("/api/progress/", {"lesson": str(record.lesson)})
        ids = [str(lesson.id) for lesson in lessons_of(own)]
        author.put(f"/api/courses/{own.id}/lessons/order/", {"lessons": ids[::-1]})
        author.delete(f"/api/lessons/{ids[0]}/")
        client_of(admin).delete(f"/api/courses/{course.id}/?cascade=true")

    unserved = {
        f"{collection}: {sorted(_fields(condition))}"
        for collection, condition in map(_filter_of, heard)
        if condition and not _is_served(collection, condition)
    }
    # What an admin lists is the whole collection.
    assert unserved <= {
        "courses: ['removed']",
        "enrollments: ['left_at']",
        "lessons: ['removed']",
    }


def _filter_of(command: dict) -> tuple[str, dict]:
    name, collection = next(iter(command.items()))
    if name == "aggregate":
        first = command.get("pipeline") or [{}]
        return collection, first[0].get("$match", {})
    if name in ("update", "delete"):
        changes = command.get(f"{name}s") or [{}]
        return collection, changes[0].get("q", {})
    return collection, command.get("filter") or command.get("query") or {}


def _is_served(collection: str, condition: dict) -> bool:
    if "$or" in condition and all(_is_served(collection, one) for one in condition["$or"]):
        return True
    if any(_is_served(collection, one) for one in condition.get("$and", [])):
        return True
    return bool(_leading_fields(collection) & set(condition))


def _fields(condition: dict) -> set[str]:
    nested = condition.get("$and", []) + condition.get("$or", [])
    return {name for name in condition if not name.startswith("$")}.union(
        *(_fields(one) for one in nested)
    )


def _leading_fields(collection: str) -> set[str]:
    declared = {"_id"}
    for kind in documents():
        if kind._get_collection_name() == collection:
            declared |= {spec["fields"][0][0] for spec in kind._meta["index_specs"]}
    return declared
