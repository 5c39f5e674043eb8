"""No value that clients can invent becomes a cache key, because each would add an entry."""

import json
from itertools import product
from secrets import randbelow, token_hex

import pytest
from bson import ObjectId
from django.core.cache import caches

from apps.common.storage.cache import store
from lms.schema.generator import INFO, Generator
from tests.command_counter import record_commands
from tests.factories import (
    client_of,
    enroll_in,
    make_category,
    make_course,
    make_instructor,
    make_question,
    make_quiz,
)

INVENTED = 3  # Values per parameter, route and role; the first one only fills the cache.
ROLES = ("anonymous", "student", "instructor", "admin")


def entries() -> int:
    if store.settings.REDIS_URL:
        return store._redis().dbsize()
    return len(caches["default"]._cache)


def readable_routes() -> dict[str, dict]:
    """Return the descriptions of all GET operations, by path."""
    swagger = Generator(INFO, "v1", url="").get_schema(request=None, public=True)
    base = swagger["basePath"].rstrip("/")
    paths = json.loads(json.dumps(swagger.as_odict()))["paths"]
    return {base + path: item["get"] for path, item in paths.items() if "get" in item}


def invent(parameter: dict) -> str | None:
    """Return a new value of a query parameter, or None if it has fixed choices."""
    if "enum" in parameter or parameter["type"] in ("array", "boolean"):
        return None
    if parameter["name"] == "page_size":
        return str(21 + randbelow(70))
    if parameter["name"] == "cursor":
        return f"after-{ObjectId()}"
    if parameter["type"] in ("integer", "number"):
        return str(2 + randbelow(10**6))
    if parameter["name"].startswith("price_"):
        return f"{randbelow(10**6)}.{randbelow(100):02}"
    return str(ObjectId()) if "pattern" in parameter else token_hex(6)


def queries_of(route: dict) -> list[dict]:
    """Return the query parameters of a route whose values clients can invent."""
    parameters = (item for item in route["parameters"] if item["in"] == "query")
    return [parameter for parameter in parameters if invent(parameter)]


@pytest.fixture
def clients(anonymous, student, instructor, admin) -> dict:
    category = make_category()
    course = make_course(lessons=2, instructor=instructor, category=category)
    for _ in range(3):
        make_course(instructor=make_instructor(), category=category)
    make_question(make_quiz())
    enroll_in(course, student)
    users = {"student": student, "instructor": instructor, "admin": admin}
    return {"anonymous": anonymous} | {role: client_of(user) for role, user in users.items()}


def test_no_route_caches_values_that_clients_invent(clients):
    added, successes = [], 0
    for (path, route), role in product(readable_routes().items(), ROLES):
        for parameter in [None, *queries_of(route)]:
            sizes = []
            for _ in range(INVENTED if parameter or "{" in path else 0):
                address = path
                while "{" in address:
                    before, _, rest = address.partition("{")
                    address = f"{before}{ObjectId()}{rest.partition('}')[2]}"
                query = {parameter["name"]: invent(parameter)} if parameter else {}
                answer = clients[role].get(address, query)
                successes += answer.status_code == 200
                assert answer.status_code < 500, (address, query)
                sizes.append(entries())
            if sizes and sizes[0] != sizes[-1]:
                added.append((role, path, parameter and parameter["name"], sizes))

    assert added == []
    assert successes > 100  # The routes accept the invented values.


def test_hundreds_of_invented_filters_add_no_entry(anonymous):
    make_course(category=make_category(), instructor=make_instructor())
    anonymous.get("/api/courses/")
    before = entries()

    for _ in range(50):
        for query in (
            {"price_max": f"{randbelow(10**6)}.99", "page_size": 100},
            {"category": ObjectId(), "ordering": "title"},
            {"instructor": ObjectId()},
            {"search": token_hex(4)},
        ):
            assert anonymous.get("/api/courses/", query).status_code == 200
        assert anonymous.get(f"/api/courses/{ObjectId()}/").status_code == 404

    assert entries() == before


def test_combinations_of_cards_add_no_entry(anonymous):
    for _ in range(6):
        make_course(category=make_category(), instructor=make_instructor())
    anonymous.get("/api/courses/?expand=instructor,category")
    before = entries()

    for size in range(2, 6):
        for page in range(1, 4):
            query = {"page": page, "page_size": size, "expand": "instructor,category"}
            assert anonymous.get("/api/courses/", query).status_code in (200, 404)

    assert entries() - before <= 6 * 2  # A card of each instructor and category, and its version.


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"published": "true"},
        {"published": "true", "ordering": "-enrollment_count", "page_size": 8},
        {"published": "true", "category": "its", "free": "false"},
    ],
)
def test_the_web_apps_requests_are_cached(anonymous, query):
    course = make_course(category=make_category(), price=100)
    query = {name: course.category if value == "its" else value for name, value in query.items()}
    first = anonymous.get("/api/courses/", query)

    with record_commands() as commands:
        again = anonymous.get("/api/courses/", query)

    assert commands == []
    assert again.content == first.content
    assert again.data["count"] == 1
