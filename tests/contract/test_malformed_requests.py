"""Responses of every route to malformed requests, which the schema cannot describe."""

import json

import pytest

from lms.schema import views as schema
from tests.factories import client_of, make_admin

JSON = "application/json"
SOME_ID = "0" * 24
REQUESTS = {
    "another media type": {"data": "x", "content_type": "text/plain"},
    "no JSON": {"data": "{", "content_type": JSON},
    "no object": {"data": "[1]", "content_type": JSON},
    "over 1 MB": {"data": " " * (1024 * 1024 + 1), "content_type": JSON},
    "a form that is cut off": {"data": "--x", "content_type": "multipart/form-data; boundary=x"},
    "no length": {"HTTP_TRANSFER_ENCODING": "chunked"},
    "an unknown parameter": {"QUERY_STRING": "no-such=1"},
    "a parameter twice": {"QUERY_STRING": "page=1&page=2"},
    "an invalid token": {"HTTP_AUTHORIZATION": "Bearer x.y.z"},
    "another host": {"HTTP_HOST": "elsewhere.test"},
    "a stale version": {"HTTP_IF_MATCH": '"999-00"', "data": "{}", "content_type": JSON},
    "an invalid key": {"HTTP_IDEMPOTENCY_KEY": "with space", "data": "{}", "content_type": JSON},
}


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, str, dict]]:
    schema_json = json.loads(schema.encoded_schema(schema.OpenAPICodecJson, JSON))
    return [
        (verb, schema_json["basePath"] + path, operation)
        for path, item in schema_json["paths"].items()
        for verb, operation in item.items()
        if verb != "parameters"
    ]


@pytest.mark.parametrize("name", REQUESTS)
def test_the_response_to_a_malformed_request_is_described(operations, name):
    admin = make_admin()
    undescribed = []
    for verb, path, operation in operations:
        client = client_of(admin)  # A new session, because some routes end it.
        path = path.replace("{id}", SOME_ID).replace("{session_id}", "none")
        response = client.generic(verb.upper(), path, **REQUESTS[name])
        assert response.status_code < 500, (verb, path)
        response.getvalue()  # An export occupies a slot until it is read.
        if str(response.status_code) not in operation["responses"]:
            undescribed.append((verb, path, response.status_code))
        if path == "/api/auth/user/" and verb == "delete" and response.status_code == 204:
            admin = make_admin()
    assert undescribed == []
