"""Conventions that hold for all responses."""

import re
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from apps.common.storage.cache import store
from apps.enrollments.documents import Enrollment
from apps.progress.documents import Progress
from apps.users.selectors import get_user, invalidate_user
from tests.factories import (
    client_of,
    enroll_in,
    lessons_of,
    make_admin,
    make_category,
    make_course,
    make_student,
)

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = re.compile(r"[0-9a-f]{24}")
REFERENCES = ("instructor", "category", "course", "lesson", "student")


@pytest.fixture
def addresses() -> dict[str, str]:
    """The URL of an object of each kind, all of the same course."""
    student = make_student()
    course = make_course(lessons=1, category=make_category())
    enroll_in(course, student)
    [lesson] = lessons_of(course)
    client_of(student).post("/api/progress/", {"lesson": str(lesson.id)})
    return {
        "category": f"/api/categories/{course.category}/",
        "course": f"/api/courses/{course.id}/",
        "lesson": f"/api/lessons/{lesson.id}/",
        "enrollment": f"/api/enrollments/{Enrollment.objects.get().id}/",
        "progress": f"/api/progress/{Progress.objects.get().id}/",
        "user": f"/api/users/{student.id}/",
        "current user": "/api/auth/user/",
    }


def test_times_and_ids_have_one_format(addresses):
    client = client_of(make_admin())
    lists = {address.rpartition("/api/")[2].split("/")[0] for address in addresses.values()}
    lists = [f"/api/{name}/" for name in lists - {"auth"}] + ["/api/auth/sessions/"]

    answers = [client.get(address).data for address in [*addresses.values(), *lists]]

    times = [value for name, value in _leaves(answers) if name.endswith("_at") and value]
    ids = [value for name, value in _leaves(answers) if name in REFERENCES and value]
    assert len(times) > 15
    assert [value for value in times if not TIME.fullmatch(value)] == []
    assert len(ids) > 10
    assert [value for value in ids if not ID.fullmatch(value)] == []


def test_an_object_with_a_known_etag_is_not_sent_again(addresses):
    client = client_of(make_admin())
    for address in addresses.values():
        etag = client.get(address)["ETag"]
        again = client.get(address, HTTP_IF_NONE_MATCH=etag)

        assert (again.status_code, again.content) == (304, b""), address
        assert client.head(address)["ETag"] == etag
        assert client.get(address, HTTP_IF_NONE_MATCH='"0-00"').status_code == 200


def test_a_read_after_a_write_has_the_writes_etag(addresses):
    client = client_of(make_admin())
    writes = {
        "category": {"description": "New"},
        "course": {"description": "New"},
        "lesson": {"content": "New"},
        "user": {"bio": "New"},
        "current user": {"bio": "New"},
    }
    for name, body in writes.items():
        changed = client.patch(addresses[name], body)
        assert client.get(addresses[name])["ETag"] == changed["ETag"], name
        replaced = client.put(addresses[name], changed.data)
        assert client.get(addresses[name])["ETag"] == replaced["ETag"], name


def test_a_write_with_a_stale_etag_changes_nothing(addresses):
    admin, student = client_of(make_admin()), client_of(get_user(Enrollment.objects.get().student))
    for name, address in addresses.items():
        client = student if name in ("enrollment", "progress") else admin
        read = client.get(address).data
        for verb in (client.patch, client.put, client.delete):
            answer = verb(address, read, HTTP_IF_MATCH='"999-00"')
            assert answer.status_code in (405, 412), (name, answer.data)
            assert client.get(address).data == read, name


def test_each_rate_limit_has_its_documented_default(settings):
    minute, quarter, hour = 60, 15 * 60, 60 * 60
    limits = settings.RATE_LIMITS
    assert limits == {
        "anonymous": (1200, minute),
        "signed_in": (600, minute),
        "search": (120, minute),
        "failures": (5, quarter),
        "network_failures": (100, quarter),
        "refreshes": (30, minute),
        "registration": (60, hour),
        "reset": (3, hour),
        "network_resets": (30, hour),
        "verification": (3, hour),
        "network_verifications": (30, hour),
        "uploads": (20, hour),
        "previews": (30, minute),
        "attempts": (60, hour),
        "taking": (30, minute),
        "files": (60, hour),
        "regrades": (20, hour),
        "statistics": (60, minute),
        "exports": (10, hour),
    }


@pytest.mark.parametrize(
    ("limit", "address"), [("signed_in", "/api/categories/"), ("search", "/api/courses/?search=x")]
)
def test_a_users_requests_are_limited_without_affecting_others(settings, limit, address):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {limit: (3, 60)}
    eager, other = client_of(make_student()), client_of(make_student())

    answers = [eager.get(address) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].data["code"], answers[-1]["Retry-After"]) == ("throttled", "60")
    assert other.get(address).status_code == 200


def test_invalid_tokens_count_as_anonymous_requests(settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (3, 60)}
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer x.y.z")

    statuses = [client.get("/api/categories/").status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 429]


def test_each_cached_value_has_its_documented_lifetime(addresses, monkeypatch):
    lifetimes = {}
    set_many = store.set_many

    def record(values: dict, seconds: float, **options) -> bool:
        lifetimes.update(dict.fromkeys(values, seconds))
        return set_many(values, seconds, **options)

    monkeypatch.setattr(store, "set_many", record)
    invalidate_user(Enrollment.objects.get().student)
    client, anonymous = client_of(make_admin()), client_of(None)
    person = Enrollment.objects.get().student
    course, lesson = addresses["course"].split("/")[3], addresses["lesson"].split("/")[3]
    for address in (*addresses.values(), f"{addresses['course']}lessons/", "/api/categories/"):
        client.get(address)
    anonymous.get("/api/courses/")
    anonymous.get("/api/users/")
    learner = client_of(get_user(person))
    learner.get("/api/enrollments/" + addresses["enrollment"].split("/")[3] + "/")
    learner.get(f"/api/progress/?lesson={lesson}")

    expected = {  # minutes
        f"user:{person}": 15,
        f"course:{course}": 30,
        f"lessons:course:{course}": 30,
        f"enrollments:user:{person}": 15,
        f"progress:user:{person}:lesson:{lesson}": 5,
        f"category:{addresses['category'].split('/')[3]}": 60,
    }
    assert {key: lifetimes.get(key, 0) / 60 for key in expected} == expected
    for name, seconds in (("categories", 3600), ("courses", 300), ("users", 300)):
        [lifetime] = {lifetimes[key] for key in lifetimes if key.startswith(f"{name}:")}
        assert lifetime == seconds, name


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, name)
    else:
        yield name, value
