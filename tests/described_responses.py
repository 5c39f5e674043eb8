"""Checks that responses are exactly as the published schema describes them."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from lms.schema import views

formats = FormatChecker(())


@formats.checks("date-time", raises=ValueError)
def is_timestamp(value: object) -> bool:
    return datetime.fromisoformat(str(value)).tzinfo is not None


def faults_of(response, route: str) -> list[str]:
    """
    Return how a response differs from its description, also by fields that are not described.

    :param route: the method and the path with names, such as `GET /api/courses/{course}/`
    """
    described = _responses(route).get(str(response.status_code))
    if described is None:
        return [f"The status {response.status_code} is not described."]
    schema = described.get("schema")
    if schema is None:
        return [] if not response.content else ["The response has a body."]
    if schema.get("type") == "file":
        return []
    content = response.getvalue() if response.streaming else response.content
    validator = Draft202012Validator(_strict(schema), format_checker=formats)
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(json.loads(content))
    ]


def expansions_of(route: str) -> list[str]:
    """Return the names that `?expand=` takes."""
    parameters = _operation(route)["parameters"]
    return [
        name
        for parameter in parameters
        if parameter["name"] == "expand"
        for name in parameter["items"]["enum"]
    ]


def _responses(route: str) -> dict[str, dict]:
    return _operation(route)["responses"]


def _operation(route: str) -> dict:
    method, path = route.split()
    named = {_anonymous(other): other for other in _described()["paths"]}
    own = _anonymous(path.removeprefix(_described()["basePath"]))
    return _described()["paths"][named[own]][method.lower()]


def _anonymous(path: str) -> str:
    """Return a path without the names of its parameters, which tests choose themselves."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


@cache
def _described() -> dict:
    return json.loads(views.encoded_schema(views.OpenAPICodecJson, "application/json"))


def _strict(schema: Any) -> Any:
    """Return a Swagger 2.0 schema as a JSON schema in which objects have no other fields."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _strict(_described()["definitions"][schema["$ref"].rsplit("/", 1)[-1]])
    strict = {name: _strict(each) for name, each in schema.items() if not name.startswith("x-")}
    if "properties" in strict:
        strict.setdefault("additionalProperties", False)
    if "x-anyOf" in schema:
        strict["anyOf"] = _strict(schema["x-anyOf"])
    return {"anyOf": [strict, {"type": "null"}]} if schema.get("x-nullable") else strict
