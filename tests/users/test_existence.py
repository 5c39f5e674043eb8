"""Objects that a user may not know of answer like objects that do not exist, on every route."""

import json
import re

import pytest
from bson import ObjectId
from rest_framework.test import APIClient

from apps.courses.documents import Course
from tests.factories import client_of
from tests.test_permissions_matrix import EXPECTED_STATUSES, World

HEADERS = ({}, {"HTTP_IF_MATCH": '"1-0"'}, {"HTTP_IF_NONE_MATCH": "*"})
FILTERS = {
    "lessons": ("course",),
    "quizzes": ("course", "lesson"),
    "questions": ("quiz",),
    "choices": ("question",),
    "quiz-submissions": ("quiz", "course", "student"),
    "enrollments": ("course", "student"),
    "progress": ("course", "lesson", "student"),
    "progress/summary": ("course",),
    "courses": ("instructor",),
}


@pytest.fixture
def world() -> World:
    """A course that was unpublished and has one student."""
    world = World()
    Course.objects(id=world.course.id).update(published=False)
    return world


@pytest.fixture
def hidden(world) -> dict[str, str]:
    ids = world.ids(client_of(world.users["S1"]))
    ids.pop("category")
    instructor = str(world.users["I1"].id)
    return {name: str(object_id) for name, object_id in ids.items()} | {"instructor": instructor}


def unknown(hidden: dict[str, str]) -> dict[str, str]:
    return {name: "0" * 32 if name == "session" else str(ObjectId()) for name in hidden}


def status_and_body(response, ids: dict[str, str]) -> tuple:
    """Return status and body, with a placeholder for the ids."""
    text = response.content.decode()
    for object_id in ids.values():
        text = text.replace(object_id, "ID")
    return response.status_code, text


def swapped(value: object, hidden: dict, others: dict) -> object:
    text = json.dumps(value, default=str)
    for name, object_id in hidden.items():
        text = text.replace(object_id, others[name])
    return json.loads(text)


@pytest.mark.parametrize("role", ["X", "S2", "I2"])
def test_a_hidden_object_answers_like_an_unknown_one(world, hidden, role):
    client: APIClient = client_of(world.users[role])
    others = unknown(hidden)
    differ = []
    for route in EXPECTED_STATUSES:
        verb, path = route.split()
        names = re.findall(r"{(\w+)}", path)
        bodies = [{"x": 1}, world.body_of(route)]
        if names == ["category"] or (not names and not set(hidden.values()) & ids_in(bodies)):
            continue
        for headers in HEADERS:
            for body in bodies if not headers else bodies[1:]:
                answers = []
                for ids in (hidden, others):
                    sent = swapped(body, hidden, ids) if verb != "GET" else None
                    send = getattr(client, verb.lower())
                    answers.append(
                        status_and_body(send(path.format(category="", **ids), sent, **headers), ids)
                    )
                if answers[0] != answers[1]:
                    differ.append((route, body, *answers))
    assert differ == []


@pytest.mark.parametrize("role", ["X", "S2", "I2"])
def test_a_filter_by_a_hidden_object_answers_like_one_by_an_unknown_object(world, hidden, role):
    client: APIClient = client_of(world.users[role])
    others = unknown(hidden)
    for collection, filters in FILTERS.items():
        for name in filters:
            hidden_answer, unknown_answer = (
                status_and_body(client.get(f"/api/{collection}/?{name}={ids[source(name)]}"), ids)
                for ids in (hidden, others)
            )
            assert hidden_answer == unknown_answer, (collection, name)


def source(name: str) -> str:
    return {"student": "user"}.get(name, name)


def ids_in(bodies: list) -> set[str]:
    return set(re.findall(r"[0-9a-f]{24}", json.dumps(bodies, default=str)))
