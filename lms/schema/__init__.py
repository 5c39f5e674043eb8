"""The API's description, in Swagger 2.0, read off the views and what they declare.

`apps.common.http.viewsets` says what a view declares for it. This module adds what holds for every
route: errors, headers, pages of lists.
"""

import inspect
from functools import cache
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_yasg import openapi
from drf_yasg.app_settings import swagger_settings
from drf_yasg.codecs import OpenAPICodecJson, OpenAPICodecYaml
from drf_yasg.generators import OpenAPISchemaGenerator
from drf_yasg.inspectors import FieldInspector, NotHandled, SwaggerAutoSchema
from drf_yasg.renderers import ReDocRenderer, SwaggerUIRenderer
from drf_yasg.views import get_schema_view
from rest_framework.fields import Field, FileField
from rest_framework.permissions import AllowAny
from rest_framework.serializers import BaseSerializer

from apps.common.http.fields import ObjectIdField
from apps.common.http.query_params import BooleanParam, ChoicesParam, ListQuery, Query
from apps.common.http.viewsets import ApiView, is_public
from apps.courses.serializers import CategoryCardSerializer, CourseCardSerializer
from apps.progress.serializers import LessonCardSerializer, SummarySerializer
from apps.quizzes.serializers import QuizCardSerializer
from apps.users.authentication import BearerAuthentication
from apps.users.serializers import UserCardSerializer

INFO = openapi.Info(
    title="Learning Management System",
    default_version="v1",
    description=(
        "Ids are 24 hexadecimal digits, times ISO 8601 in UTC, money a decimal string. Every "
        "answer carries `X-Request-ID`. To sign in, send `POST /api/auth/login/`, and with "
        "everything else `Authorization: Bearer <access>`.\n\n"
        "A field or a query parameter that is not described is refused with a 400. PUT and PATCH "
        "ignore read-only fields, so that what was read can be sent back. Requests that are no "
        "valid HTTP get a 400, 417 or 501."
    ),
)
_writing = Lock()
WRITES = ("POST", "PUT", "PATCH", "DELETE")
BODIES = ("POST", "PUT", "PATCH")
STANDARD = {"list", "retrieve", "create", "update", "partial_update", "destroy"}

ERRORS = {
    400: "The request is invalid: a list of messages for each invalid field, or one error.",
    401: "Authentication is missing or invalid.",
    403: "You may not do this.",
    404: "Not found, or not visible to you.",
    408: "The request did not arrive in time.",
    409: "The request conflicts with the current state; `code` says how.",
    411: "The request has a body without a `Content-Length`.",
    412: "The object was changed after you read it.",
    413: "The body is too large.",
    414: "The URL is too long.",
    415: "The route does not take a body of this media type.",
    429: "Too many requests.",
    431: "The header fields are too large.",
    503: "A data store is unavailable, or the server is busy.",
}
EVERYWHERE = (400, 408, 411, 414, 429, 431, 503)
# What a reference is replaced with when `?expand=` names it, by the reference's name.
CARDS = {
    "category": CategoryCardSerializer,
    "course": CourseCardSerializer,
    "instructor": UserCardSerializer,
    "lesson": LessonCardSerializer,
    "progress": SummarySerializer,
    "quiz": QuizCardSerializer,
    "student": UserCardSerializer,
}


_OF_BOTH = ("title", "readOnly", "x-nullable")  # said of a reference, as id and as object


class OurFields(FieldInspector):
    """Fields of ours whose shape their base class does not tell."""

    def field_to_swagger_object(self, field, swagger_object_type, use_references, **kwargs):
        made, _ = self._get_partial_types(field, swagger_object_type, use_references, **kwargs)
        if isinstance(field, ChoicesParam):
            words = openapi.Items(type=openapi.TYPE_STRING, enum=list(field.choices))
            return made(type=openapi.TYPE_ARRAY, items=words, collection_format="csv")
        if isinstance(field, BooleanParam):
            return made(type=openapi.TYPE_BOOLEAN)
        if isinstance(field, ObjectIdField):
            return made(**field.Meta.swagger_schema_fields)
        return NotHandled

    def process_result(self, result, method_name, obj, **kwargs):
        if isinstance(obj, BaseSerializer) and isinstance(result, openapi.SchemaRef):
            # drf-yasg marks what all refer to, where the first of them may be null.
            result.resolve(self.components).pop("x-nullable", None)
            return _with_flags(result, obj)
        if isinstance(obj, Field) and isinstance(result, openapi.Schema):
            if obj.read_only:
                result.pop("minLength", None)  # it is a rule for what is sent
            if obj.field_name in getattr(getattr(obj.parent, "Meta", None), "null_in_answers", ()):
                result["x-nullable"] = True
        return result


class Operation(SwaggerAutoSchema):
    """One verb of one route."""

    field_inspectors = [OurFields, *swagger_settings.DEFAULT_FIELD_INSPECTORS]

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    @property
    def is_list(self) -> bool:
        query = getattr(self.view, "query_type", Query)
        return self.action == "list" or issubclass(query, ListQuery)

    @property
    def declared(self) -> tuple:
        """What the view declares: the body's serializer, the answer's, and its status."""
        declared = getattr(self.view, "schemas", {}).get(self.action)
        if declared is not None:
            return (*declared, None)[:3]
        serializer = getattr(self.view, "serializer_class", None)
        takes_body = self.method in BODIES and (self.action in STANDARD or self._is_plain)
        return serializer if takes_body else None, None if self._removes else serializer, None

    @property
    def _is_plain(self) -> bool:
        """Say whether the view has verbs and no actions."""
        return not getattr(self.view, "action", None)

    @property
    def _removes(self) -> bool:
        return self.method == "DELETE"

    def get_summary_and_description(self):
        said = inspect.getdoc(getattr(self.view, self.action, None)) or ""
        first, _, rest = said.partition("\n\n")
        return " ".join(first.split()), rest.strip()

    def get_tags(self, operation_keys=None):
        """Return the domain, as the address names it."""
        return [(operation_keys or [""])[0].replace("_", "-")]

    def get_security(self):
        return [] if is_public(self.view) else None

    def get_consumes(self):
        return ["multipart/form-data"] if self._takes_form else ["application/json"]

    @property
    def _takes_form(self) -> bool:
        """Say whether the body is a form: one file, or a file and fields beside it."""
        body = self.declared[0]
        serializer = self.get_request_serializer()
        fields = serializer.fields.values() if serializer else ()
        return isinstance(body, str) or any(isinstance(one, FileField) for one in fields)

    def get_produces(self):
        is_file = self.declared[1] is str
        return [*(["text/plain", "application/xml"] if is_file else []), "application/json"]

    def get_request_serializer(self):
        body = self.declared[0]
        return body() if inspect.isclass(body) and self.method in BODIES else None

    def get_request_body_parameters(self, consumes):
        body = self.declared[0]
        if isinstance(body, str):
            return [openapi.Parameter(body, openapi.IN_FORM, type=openapi.TYPE_FILE, required=True)]
        return super().get_request_body_parameters(consumes)

    def get_request_body_schema(self, serializer):
        """Return what may be sent: a PATCH may leave out everything, a PUT what is not required."""
        whole = self.serializer_to_schema(serializer)
        fields = {name: each for name, each in serializer.fields.items() if not each.read_only}
        if len(fields) == len(serializer.fields) and self.method != "PATCH":
            self._definitions.get(_name(whole))["additionalProperties"] = False
            return whole
        described = self._definitions.get(_name(whole))["properties"]
        body = openapi.Schema(
            type=openapi.TYPE_OBJECT,
            properties={name: _as_sent(described[name], each) for name, each in fields.items()},
            additional_properties=False,
        )
        required = [name for name, each in fields.items() if each.required]
        if required and self.method != "PATCH":
            body["required"] = required
        return self._define(f"{_name(whole)}{'Patch' if self.method == 'PATCH' else 'Body'}", body)

    def get_query_parameters(self):
        if not isinstance(self.view, ApiView):
            return []
        query = self.view.query_type(expandable=getattr(self.view, "expandable_here", ()))
        return [*self.serializer_to_parameters(query, in_=openapi.IN_QUERY), *self._headers()]

    def get_responses(self):
        serializer, declared = self.declared[1:]
        statuses = declared if isinstance(declared, tuple) else (declared,)
        if declared is None:
            statuses = (self._usual_status(serializer),)
        answers = {str(status): self._success(serializer, status) for status in statuses}
        if self._has_etag(serializer) and self.method == "GET":
            answers["304"] = openapi.Response("Not modified since the `ETag` that was sent.")
        answers |= {str(code): self._error(code) for code in self._refusals()}
        return openapi.Responses(answers)

    def _usual_status(self, serializer) -> int:
        if serializer is None:
            return 204
        return 201 if self.action == "create" else 200

    def _success(self, serializer, status: int) -> openapi.Response:
        if serializer is None:
            return openapi.Response("Done." if status == 204 else "The answer.")
        response = openapi.Response("The answer.", schema=self._answer_schema(serializer))
        if self._has_etag(serializer):
            response["headers"] = {"ETag": {"type": "string", "description": "Its version."}}
        return response

    def _answer_schema(self, serializer):
        if serializer is dict:
            return openapi.Schema(type=openapi.TYPE_OBJECT, additional_properties=True)
        if serializer is str:
            return openapi.Schema(type=openapi.TYPE_FILE)
        if isinstance(serializer, list):
            return openapi.Schema(
                type=openapi.TYPE_ARRAY, items=self.serializer_to_schema(serializer[0]())
            )
        schema = self.serializer_to_schema(serializer())
        properties = self._definitions.get(_name(schema)).get("properties", {})
        for name in getattr(self.view, "expandable_here", ()):
            if name in properties:
                self._describe_card(name, properties[name])
            elif serializer is self.view.serializer_class:  # what is not there unless asked for
                properties[name] = self.serializer_to_schema(CARDS[name]())
        return self._page_of(schema) if self.is_list else schema

    def _describe_card(self, name: str, reference: dict) -> None:
        """Describe a reference that is an id, or an object where `?expand=` names it."""
        card = self.serializer_to_schema(CARDS[name]())
        if "type" in reference:
            # Swagger 2.0 has no `anyOf`, so nothing but the extension restricts the type.
            of_id = {key: reference.pop(key) for key in list(reference) if key not in _OF_BOTH}
            reference["x-anyOf"] = [of_id, card]
            reference["description"] = f"An id, or an object with `?expand={name}`."

    def _page_of(self, row: openapi.SchemaRef) -> openapi.SchemaRef:
        name = f"{_name(row)}Page"
        link = {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_URI, "x-nullable": True}
        envelope = openapi.Schema(
            type=openapi.TYPE_OBJECT,
            required=["count", "next", "previous", "results"],
            properties={
                "count": openapi.Schema(type=openapi.TYPE_INTEGER),
                "next": openapi.Schema(**link),
                "previous": openapi.Schema(**link),
                "results": openapi.Schema(type=openapi.TYPE_ARRAY, items=row),
            },
        )
        return self._define(name, envelope)

    @property
    def _definitions(self):
        return self.components.with_scope(openapi.SCHEMA_DEFINITIONS)

    def _define(self, name: str, schema: openapi.Schema) -> openapi.SchemaRef:
        self._definitions.setdefault(name, lambda: schema)
        return openapi.SchemaRef(self._definitions, name)

    def _error(self, status: int) -> openapi.Response:
        name = "Invalid" if status == 400 else "Error"
        schema = openapi.SchemaRef(self._definitions, name)
        response = openapi.Response(ERRORS[status], schema=schema)
        if status in (429, 503):
            waiting = {"type": "integer", "description": "Seconds to wait before trying again."}
            response["headers"] = {"Retry-After": waiting}
        return response

    def _refusals(self) -> list[int]:
        """Return the statuses of the errors: by rule, and those that the view declares."""
        statuses = {*EVERYWHERE, *getattr(self.view, "refusals", {}).get(self.action, ())}
        if BearerAuthentication in self.view.authentication_classes:
            statuses.add(401)
        if "{" in self.path or self.is_list:
            statuses.add(404)
        if self.method in WRITES and self.get_security() is None:
            statuses |= {403, 409}
        if self._takes_if_match:
            statuses.add(412)
        if self.method in BODIES:
            statuses |= {413, 415}
        return sorted(statuses)

    @property
    def _takes_if_match(self) -> bool:
        changes_state = self.method == "POST" and "{" in self.path
        answers_it = changes_state and self._has_etag(self.declared[1])
        return self.method in ("PUT", "PATCH", "DELETE") or answers_it

    def _has_etag(self, serializer) -> bool:
        """Say whether the answer is one thing that is edited."""
        known = inspect.isclass(serializer) and serializer is getattr(
            self.view, "serializer_class", None
        )
        return known and not self.is_list

    def _headers(self) -> list[openapi.Parameter]:
        names = {}
        if self.method == "GET" and self._has_etag(self.declared[1]):
            names["If-None-Match"] = "The `ETag` that one has; a 304 says that it is so still."
        if self._takes_if_match:
            names["If-Match"] = "The `ETag` that one changes; a 412 says that it has changed."
        if self.method == "POST" and self.get_security() is None:
            names["Idempotency-Key"] = "The same request under the same key is done once a day."
        return [
            openapi.Parameter(name, openapi.IN_HEADER, description=said, type=openapi.TYPE_STRING)
            for name, said in names.items()
        ]


class Generator(OpenAPISchemaGenerator):
    """Walks the routes; the host is left out, so that one description serves all."""

    def get_overrides(self, view, method):
        return {"auto_schema": Operation}

    def get_path_parameters(self, path, view_cls):
        parameters = super().get_path_parameters(path, view_cls)
        for parameter in parameters:
            if parameter.name == "id":
                parameter.description = "The id of what the route is about."
                parameter.pattern = ObjectIdField.Meta.swagger_schema_fields["pattern"]
        return parameters

    def get_paths(self, endpoints, components, request, public):
        definitions = components.with_scope(openapi.SCHEMA_DEFINITIONS)
        definitions.setdefault("Error", _error)
        definitions.setdefault("Invalid", _invalid)
        return super().get_paths(endpoints, components, request, public)

    def get_operation_keys(self, subpath, method, view):
        """Name an operation by its path and, in a collection of documents, by its action."""
        parts = [part for part in subpath.strip("/").split("/") if "{" not in part]
        action = getattr(view, "action", None) or method.lower()
        words = [part.replace("-", "_").replace(".", "_") for part in parts]
        if action in STANDARD or "{" in subpath.rstrip("/").rsplit("/", 1)[-1]:
            return [*words, action]
        return [*words, method.lower()]


def _name(reference: openapi.SchemaRef) -> str:
    return reference["$ref"].rsplit("/", 1)[-1]


def _with_flags(reference: openapi.SchemaRef, serializer) -> dict:
    """Return a reference that may be null or is read-only; `$ref` alone cannot say so."""
    flags = {"x-nullable": serializer.allow_null, "readOnly": serializer.read_only}
    flags = {name: True for name, is_set in flags.items() if is_set}
    if not flags:
        return reference
    return openapi.Schema(type=openapi.TYPE_OBJECT, **{"allOf": [reference]} | flags)


def _as_sent(described: dict, field: Field) -> dict:
    """Return how a field is sent: never as a card, and as null only where that is allowed."""
    [way, *_cards] = described.get("x-anyOf", [described])
    nullable = {"x-nullable": True} if field.allow_null else {}
    return {name: value for name, value in way.items() if name != "x-nullable"} | nullable


def _error() -> openapi.Schema:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        required=["detail", "code"],
        properties={
            "detail": openapi.Schema(type=openapi.TYPE_STRING, description="For people."),
            "code": openapi.Schema(type=openapi.TYPE_STRING, description="For programs."),
        },
    )


def _invalid() -> openapi.Schema:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        description="`{field: [messages]}`, or `detail` and `code` where no field is to blame.",
        properties={
            "detail": openapi.Schema(type=openapi.TYPE_STRING),
            "code": openapi.Schema(type=openapi.TYPE_STRING),
            "hint": openapi.Schema(type=openapi.TYPE_STRING, description="What to do instead."),
            "lines": openapi.Schema(
                type=openapi.TYPE_ARRAY,
                items=openapi.Schema(type=openapi.TYPE_OBJECT),
                description="`line` and `reason` of each fault of a file that was not imported.",
            ),
        },
        additional_properties=openapi.Schema(
            type=openapi.TYPE_ARRAY, items=openapi.Schema(type=openapi.TYPE_STRING)
        ),
    )


@cache
def written(codec_class, media_type: str) -> bytes:
    """Return the description; it is the same until the next release."""
    swagger = Generator(INFO, "v1", url="").get_schema(request=None, public=True)
    return codec_class(validators=[], media_type=media_type).encode(swagger)


def _written_once(codec_class, media_type: str) -> bytes:
    """Return the description; of the callers that find none yet, one makes it for all."""
    with _writing:
        return written(codec_class, media_type)


@require_safe
@cache_control(max_age=300)
def as_json(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        _written_once(OpenAPICodecJson, "application/json"), content_type="application/json"
    )


@require_safe
@cache_control(max_age=300)
def as_yaml(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        _written_once(OpenAPICodecYaml, "application/yaml"), content_type="application/yaml"
    )


_pages = get_schema_view(
    INFO,
    url="",
    public=True,
    generator_class=Generator,
    authentication_classes=[],
    permission_classes=[AllowAny],
)
swagger = _pages.as_cached_view(renderer_classes=[SwaggerUIRenderer])
redoc = _pages.as_cached_view(renderer_classes=[ReDocRenderer])
