"""What the descriptions of all routes share: errors, pages of lists, expanded references."""

from drf_yasg import openapi
from rest_framework.fields import Field

from apps.courses.serializers import CategoryCardSerializer, CourseCardSerializer
from apps.progress.serializers import LessonCardSerializer, SummarySerializer
from apps.quizzes.serializers import QuizCardSerializer
from apps.users.serializers import UserCardSerializer

ERRORS = {
    400: "The request is invalid: a list of messages for each invalid field, or one error.",
    401: "Authentication is missing or invalid.",
    403: "You do not have permission to do this.",
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
ERRORS_OF_ALL_ROUTES = (400, 408, 411, 414, 429, 431, 503)
# What replaces a reference that `?expand=` names, by the reference's name.
CARDS = {
    "category": CategoryCardSerializer,
    "course": CourseCardSerializer,
    "instructor": UserCardSerializer,
    "lesson": LessonCardSerializer,
    "progress": SummarySerializer,
    "quiz": QuizCardSerializer,
    "student": UserCardSerializer,
}

_OF_ID_AND_CARD = ("title", "readOnly", "x-nullable")


def definition_name(reference: openapi.SchemaRef) -> str:
    return reference["$ref"].rsplit("/", 1)[-1]


def page_schema(row: openapi.SchemaRef) -> openapi.Schema:
    link = {"type": openapi.TYPE_STRING, "format": openapi.FORMAT_URI, "x-nullable": True}
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        required=["count", "next", "previous", "results"],
        properties={
            "count": openapi.Schema(type=openapi.TYPE_INTEGER),
            "next": openapi.Schema(**link),
            "previous": openapi.Schema(**link),
            "results": openapi.Schema(type=openapi.TYPE_ARRAY, items=row),
        },
    )


def with_flags(reference: openapi.SchemaRef, serializer) -> dict:
    """Return the reference marked as nullable or read-only, which a bare `$ref` cannot be."""
    flags = {"x-nullable": serializer.allow_null, "readOnly": serializer.read_only}
    flags = {name: True for name, is_set in flags.items() if is_set}
    if not flags:
        return reference
    return openapi.Schema(type=openapi.TYPE_OBJECT, **{"allOf": [reference]} | flags)


def add_card(name: str, reference: dict, card: openapi.SchemaRef) -> None:
    """Describe a reference that is an id, or an object if `?expand=` names it."""
    if "type" in reference:
        # Swagger 2.0 has no `anyOf`, so nothing but the extension restricts the type.
        names = [key for key in reference if key not in _OF_ID_AND_CARD]
        reference["x-anyOf"] = [{key: reference.pop(key) for key in names}, card]
        reference["description"] = f"An id, or an object with `?expand={name}`."


def input_schema(output: dict, field: Field) -> dict:
    """Return a field's schema in a body: without the card, and nullable only if null is valid."""
    [schema, *_cards] = output.get("x-anyOf", [output])
    nullable = {"x-nullable": True} if field.allow_null else {}
    return {name: value for name, value in schema.items() if name != "x-nullable"} | nullable


def error_schema() -> openapi.Schema:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        required=["detail", "code"],
        properties={
            "detail": openapi.Schema(type=openapi.TYPE_STRING, description="For people."),
            "code": openapi.Schema(type=openapi.TYPE_STRING, description="For programs."),
        },
    )


def invalid_schema() -> openapi.Schema:
    return openapi.Schema(
        type=openapi.TYPE_OBJECT,
        description="`{field: [messages]}`, or `detail` and `code` if no field is invalid.",
        properties={
            "detail": openapi.Schema(type=openapi.TYPE_STRING),
            "code": openapi.Schema(type=openapi.TYPE_STRING),
            "hint": openapi.Schema(type=openapi.TYPE_STRING, description="What to do instead."),
            "lines": openapi.Schema(
                type=openapi.TYPE_ARRAY,
                items=openapi.Schema(type=openapi.TYPE_OBJECT),
                description="`line` and `reason` of each error in a file that was not imported.",
            ),
        },
        additional_properties=openapi.Schema(
            type=openapi.TYPE_ARRAY, items=openapi.Schema(type=openapi.TYPE_STRING)
        ),
    )
