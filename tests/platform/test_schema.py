"""The API schema agrees with the routes, and is valid for Swagger UI and ReDoc."""

import json
import re

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.views import APIView

from lms.schema import views as schema

VERBS = {"get", "post", "put", "patch", "delete"}
STANDARD = {"list", "retrieve", "create", "update", "partial_update", "destroy"}


@pytest.fixture
def client() -> Client:
    """A client of the product's own routes."""
    schema.encoded_schema.cache_clear()
    return Client()


@pytest.fixture(scope="module")
def described() -> dict:
    return json.loads(schema.encoded_schema(schema.OpenAPICodecJson, "application/json"))


def operations(described: dict) -> dict[tuple[str, str], dict]:
    return {
        (verb, described["basePath"] + path): operation
        for path, item in described["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    }


def routes() -> dict[tuple[str, str], tuple[type, str]]:
    """Return view and action of each method of each route, from the URL patterns."""
    by_key = {}
    for path, callback in _patterns(get_resolver().url_patterns):
        view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
        if not path.startswith("/api/") or not issubclass(view or object, APIView):
            continue
        actions = getattr(callback, "actions", None) or {
            verb: verb for verb in VERBS if hasattr(view, verb)
        }
        for verb in VERBS & set(actions):
            by_key[verb, path] = (view, actions[verb])
    return by_key


def _patterns(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            named = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", r"{\1\2}", path)
            yield "/" + named.replace("^", "").replace("$", ""), pattern.callback
        else:
            yield from _patterns(pattern.url_patterns, path)


def test_exactly_all_routes_and_methods_are_described(described):
    assert set(operations(described)) == set(routes())
    assert len(routes()) > 40


def test_every_operation_has_a_summary_and_a_tag(described):
    for key, operation in operations(described).items():
        assert operation["summary"].endswith("."), key
        assert len(operation["summary"]) < 120, key
        assert operation["tags"] == [key[1].split("/")[2]], key
        assert operation["responses"], key


def test_operation_ids_are_unique(described):
    ids = [operation["operationId"] for operation in operations(described).values()]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z_]+", each) for each in ids)


def test_facts_that_the_code_does_not_reveal_are_declared():
    """Custom actions, and POST of every plain view, declare body and response."""
    undeclared = [
        (verb, path)
        for (verb, path), (view, action) in sorted(routes().items())
        if action not in view.schemas and _needs_declaring(view, verb, action)
    ]

    assert undeclared == []


def _needs_declaring(view, verb: str, action: str) -> bool:
    if hasattr(view, "lookup_field"):
        return action not in STANDARD
    return verb == "post" or (verb == "get" and not getattr(view, "serializer_class", None))


def test_successes_and_errors_are_described(described):
    for key, operation in operations(described).items():
        answers = operation["responses"]
        successes = [status for status in answers if status.startswith("2")]
        assert len(successes) == (2 if key[1].endswith("/start/") else 1), key
        for status in ("400", "408", "411", "414", "429", "431", "503"):
            assert "schema" in answers[status], (key, status)
        if "{id}" in key[1]:
            assert "404" in answers, key
        if key[0] == "delete":
            assert answers["204"].get("schema") is None
        assert "default" not in answers, key  # It would allow undescribed statuses.


def test_each_error_is_described_where_it_can_occur(described):
    by_key = operations(described)
    public = {key for key, operation in by_key.items() if operation.get("security") == []}
    signed_in_writes = {key for key in by_key if key[0] != "get"} - public
    for key, operation in by_key.items():
        answers = set(operation["responses"])
        if key[0] in ("post", "put", "patch"):
            assert {"413", "415"} <= answers, key
        if key in signed_in_writes:
            assert {"401", "403", "409"} <= answers, key
        headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
        assert ("412" in answers) == ("If-Match" in headers), key
        assert ("304" in answers) == ("If-None-Match" in headers), key
    assert {key[1] for key in by_key if key[0] == "get" and has(by_key[key], 403)} == {
        "/api/progress/summary/",
        "/api/quizzes/{id}/export/",
        "/api/quizzes/{id}/regrade/",
        "/api/quizzes/{id}/statistics/",
        "/api/users/",
    }
    assert {key[1] for key in public if not has(by_key[key], 401)} == {
        "/api/auth/registration/",
        "/api/auth/logout/",
        "/api/auth/password/reset/",
        "/api/auth/password/reset/confirm/",
    }


def has(operation: dict, status: int) -> bool:
    return str(status) in operation["responses"]


def test_errors_have_descriptions_and_retry_times(described):
    answers = operations(described)["post", "/api/courses/"]["responses"]
    invalid = described["definitions"]["Invalid"]

    assert answers["400"]["schema"] == {"$ref": "#/definitions/Invalid"}
    assert answers["403"]["schema"] == {"$ref": "#/definitions/Error"}
    assert described["definitions"]["Error"]["required"] == ["detail", "code"]
    assert invalid["additionalProperties"] == {"type": "array", "items": {"type": "string"}}
    for status in ("429", "503"):
        assert answers[status]["headers"]["Retry-After"]["type"] == "integer"


def test_conditional_and_idempotent_headers_are_described(described):
    by_key = operations(described)

    def headers(verb: str, path: str) -> set[str]:
        parameters = by_key[verb, path]["parameters"]
        return {each["name"] for each in parameters if each["in"] == "header"}

    assert headers("get", "/api/courses/{id}/") == {"If-None-Match"}
    assert headers("patch", "/api/courses/{id}/") == {"If-Match"}
    assert headers("post", "/api/courses/") == {"Idempotency-Key"}
    assert headers("post", "/api/auth/login/") == set()
    assert by_key["get", "/api/courses/{id}/"]["responses"]["200"]["headers"]["ETag"]


def test_lists_have_their_filters_and_return_pages(described):
    courses = operations(described)["get", "/api/courses/"]
    parameters = {each["name"]: each for each in courses["parameters"]}

    assert {"page", "page_size", "category", "free", "search", "ordering"} <= set(parameters)
    assert parameters["free"]["type"] == "boolean"
    assert parameters["expand"]["items"]["enum"] == ["category", "instructor"]
    assert parameters["page_size"]["maximum"] == 100
    page = described["definitions"]["CoursePage"]
    assert courses["responses"]["200"]["schema"] == {"$ref": "#/definitions/CoursePage"}
    assert page["properties"]["results"]["items"] == {"$ref": "#/definitions/Course"}


def test_money_and_ids_are_strings(described):
    course = described["definitions"]["Course"]["properties"]
    body = described["definitions"]["CourseBody"]["properties"]

    assert (course["price"]["type"], course["price"]["example"]) == ("string", "19.90")
    for reference in (course["id"], body["category"], body["instructor"]):
        assert reference["type"] == "string"
        assert reference["pattern"] == "^[0-9a-f]{24}$"
    assert course["id"]["readOnly"]


def test_a_body_has_the_writable_fields_and_a_response_has_all(described):
    course = described["definitions"]["Course"]
    body = described["definitions"]["CourseBody"]
    put = operations(described)["put", "/api/courses/{id}/"]

    assert put["parameters"][0]["schema"] == {"$ref": "#/definitions/CourseBody"}
    assert put["responses"]["200"]["schema"] == {"$ref": "#/definitions/Course"}
    assert body["required"] == ["title"]
    assert body["additionalProperties"] is False
    assert set(body["properties"]) < set(course["properties"])
    assert not any(field.get("readOnly") for field in body["properties"].values())


def test_a_patch_requires_nothing(described):
    body = operations(described)["patch", "/api/courses/{id}/"]["parameters"][0]

    assert body["schema"] == {"$ref": "#/definitions/CoursePatch"}
    assert "required" not in described["definitions"]["CoursePatch"]


def test_a_reference_is_expandable_only_in_responses(described):
    instructor = described["definitions"]["Course"]["properties"]["instructor"]

    assert "type" not in instructor
    assert instructor["x-nullable"]
    assert instructor["x-anyOf"] == [
        {"type": "string", "pattern": "^[0-9a-f]{24}$"},
        {"$ref": "#/definitions/UserCard"},
    ]
    assert described["definitions"]["CourseBody"]["properties"]["instructor"]["type"] == "string"
    assert described["definitions"]["Enrollment"]["properties"]["progress"] == {
        "$ref": "#/definitions/Summary"
    }


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Course", ["category", "image", "image_small", "instructor"]),
        ("Lesson", ["content", "content_html", "embed_url", "video_url"]),
        ("LessonBody", []),
        ("Enrollment", ["completed_at"]),
        ("Progress", ["completed_at"]),
        ("Notification", ["emailed_at"]),
        ("OpenAttempt", ["deadline"]),
        ("Started", ["deadline"]),
        (
            "Quiz",
            ["max_attempts", "my_grade", "my_open", "questions", "time_limit_seconds"],
        ),
        ("Summary", ["grade", "next_lesson"]),
        ("Submission", ["student"]),
    ],
)
def test_nullable_fields_are_described_as_nullable(described, name, fields):
    properties = described["definitions"][name]["properties"]

    assert sorted(each for each in properties if properties[each].get("x-nullable")) == fields


def test_no_path_is_described_as_a_uri_and_no_response_has_a_minimum_length(described):
    definitions = described["definitions"]

    assert "format" not in definitions["Course"]["properties"]["image"]
    assert "minLength" not in definitions["User"]["properties"]["bio"]
    assert "minLength" not in definitions["Session"]["properties"]["user_agent"]
    assert "minLength" not in definitions["Rendered"]["properties"]["content_html"]


def test_a_list_of_submissions_omits_large_fields(described):
    left_out = {"answers", "feedback", "questions"}

    whole = set(described["definitions"]["Submission"]["properties"])
    row = set(described["definitions"]["SubmissionRow"]["properties"])
    assert whole - row == left_out


def test_a_picture_is_a_form_with_one_file(described):
    upload = operations(described)["post", "/api/courses/{id}/image/"]

    assert upload["consumes"] == ["multipart/form-data"]
    [form] = [each for each in upload["parameters"] if each["in"] == "formData"]
    assert (form["name"], form["type"], form["required"]) == ("image", "file", True)


def test_signing_in_needs_no_security_scheme(described):
    assert list(described["securityDefinitions"]) == ["Bearer"]
    assert described["security"] == [{"Bearer": []}]
    assert operations(described)["post", "/api/auth/login/"]["security"] == []
    assert "security" not in operations(described)["post", "/api/courses/"]


def test_every_reference_resolves(described):
    references = re.findall(r'"\$ref": "#/definitions/(\w+)"', json.dumps(described))

    assert set(references) <= set(described["definitions"])


def test_the_schema_is_valid_swagger(described):
    assert described["swagger"] == "2.0"
    assert {"title", "version"} <= set(described["info"])
    assert "host" not in described
    for key, operation in operations(described).items():
        named = re.findall(r"\{(\w+)\}", key[1])
        item = described["paths"][key[1].removeprefix(described["basePath"])]
        in_path = [each for each in item["parameters"] if each["in"] == "path"]
        assert [each["name"] for each in in_path] == named
        bodies = [each for each in operation["parameters"] if each["in"] == "body"]
        assert len(bodies) <= 1
        for parameter in [*in_path, *operation["parameters"]]:
            assert ("schema" in parameter) == (parameter["in"] == "body")
            assert parameter.get("type") in (
                *(["string", "integer", "number", "boolean", "array", "file"]),
                *([None] if parameter["in"] == "body" else []),
            ), (key, parameter)


def test_the_schema_is_served_as_json_and_as_yaml(client, described):
    as_json, as_yaml = client.get("/swagger.json"), client.get("/swagger.yaml")

    assert as_json["Content-Type"] == "application/json"
    assert as_json.json() == described
    assert as_yaml["Content-Type"] == "application/yaml"
    # YAML has statuses as numbers, and JSON as strings.
    assert json.loads(json.dumps(yaml.safe_load(as_yaml.text))) == described


@pytest.mark.parametrize("page", ["/swagger/", "/redoc/"])
def test_swagger_and_redoc_load_the_json(client, page):
    response = client.get(page, headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert '"specUrl": "/swagger.json"' in response.text or "/swagger.json" in response.text
