from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator

from apps.common.http.fields import ObjectIdField
from lms.schema.definitions import error_schema, invalid_schema
from lms.schema.operation import STANDARD_ACTIONS, Operation

INFO = openapi.Info(
    title="Learning Management System",
    default_version="v1",
    description=(
        "Ids are 24 hexadecimal digits, times are ISO 8601 in UTC, and money is a decimal string. "
        "Every response has an `X-Request-ID`. To sign in, send `POST /api/auth/login/`; then "
        "send `Authorization: Bearer <access>` with every request.\n\n"
        "An undocumented field or query parameter is a 400. PUT and PATCH ignore read-only "
        "fields, so that you can send back what you have read. A request that is not valid HTTP "
        "is a 400, 417 or 501."
    ),
)


class Generator(OpenAPISchemaGenerator):
    """Describe all routes, without a host, so that one description is valid for all hosts."""

    def get_overrides(self, view, method):
        return {"auto_schema": Operation}

    def get_path_parameters(self, path, view_cls):
        parameters = super().get_path_parameters(path, view_cls)
        for parameter in parameters:
            if parameter.name == "id":
                parameter.description = "The object's id."
                parameter.pattern = ObjectIdField.Meta.swagger_schema_fields["pattern"]
        return parameters

    def get_paths(self, endpoints, components, request, public):
        definitions = components.with_scope(openapi.SCHEMA_DEFINITIONS)
        definitions.setdefault("Error", error_schema)
        definitions.setdefault("Invalid", invalid_schema)
        return super().get_paths(endpoints, components, request, public)

    def get_operation_keys(self, subpath, method, view):
        """Name an operation by its path and, in a collection of documents, by its action."""
        parts = [part for part in subpath.strip("/").split("/") if "{" not in part]
        action = getattr(view, "action", None) or method.lower()
        words = [part.replace("-", "_").replace(".", "_") for part in parts]
        if action in STANDARD_ACTIONS or "{" in subpath.rstrip("/").rsplit("/", 1)[-1]:
            return [*words, action]
        return [*words, method.lower()]
