"""
The description of one operation: a method of a route.

`apps.common.http.viewsets` explains what a view declares for it; what applies to every route, such
as errors and headers, is added here.
"""

import inspect

from drf_yasg import openapi
from drf_yasg.app_settings import swagger_settings
from drf_yasg.inspectors import SwaggerAutoSchema
from rest_framework.fields import FileField

from apps.common.http.query_params import ListQuery, Query
from apps.common.http.viewsets import ApiView, is_public
from apps.users.authentication import BearerAuthentication
from lms.schema.definitions import (
    CARDS,
    ERRORS,
    ERRORS_OF_ALL_ROUTES,
    add_card,
    definition_name,
    input_schema,
    page_schema,
)
from lms.schema.fields import CustomFieldInspector

WRITING_METHODS = ("POST", "PUT", "PATCH", "DELETE")
METHODS_WITH_BODY = ("POST", "PUT", "PATCH")
STANDARD_ACTIONS = {"list", "retrieve", "create", "update", "partial_update", "destroy"}


class Operation(SwaggerAutoSchema):
    field_inspectors = [CustomFieldInspector, *swagger_settings.DEFAULT_FIELD_INSPECTORS]

    @property
    def action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    @property
    def is_list(self) -> bool:
        query = getattr(self.view, "query_type", Query)
        return self.action == "list" or issubclass(query, ListQuery)

    @property
    def declared(self) -> tuple:
        """What the view declares: the serializers of body and response, and the status."""
        declared = getattr(self.view, "schemas", {}).get(self.action)
        if declared is not None:
            return (*declared, None)[:3]
        serializer = getattr(self.view, "serializer_class", None)
        is_standard = self.action in STANDARD_ACTIONS or self._is_plain
        takes_body = is_standard and self.method in METHODS_WITH_BODY
        response = None if self.method == "DELETE" else serializer
        return serializer if takes_body else None, response, None

    @property
    def _is_plain(self) -> bool:
        """Whether the view has methods such as `get` instead of actions."""
        return not getattr(self.view, "action", None)

    def get_summary_and_description(self):
        docstring = inspect.getdoc(getattr(self.view, self.action, None)) or ""
        summary, _, description = docstring.partition("\n\n")
        return " ".join(summary.split()), description.strip()

    def get_tags(self, operation_keys=None):
        """Return the first part of the path."""
        return [(operation_keys or [""])[0].replace("_", "-")]

    def get_security(self):
        return [] if is_public(self.view) else None

    def get_consumes(self):
        return ["multipart/form-data"] if self._takes_form else ["application/json"]

    @property
    def _takes_form(self) -> bool:
        """Whether the body is a form: a file, with or without other fields."""
        body = self.declared[0]
        serializer = self.get_request_serializer()
        fields = serializer.fields.values() if serializer else ()
        return isinstance(body, str) or any(isinstance(field, FileField) for field in fields)

    def get_produces(self):
        is_file = self.declared[1] is str
        return [*(["text/plain", "application/xml"] if is_file else []), "application/json"]

    def get_request_serializer(self):
        body = self.declared[0]
        return body() if inspect.isclass(body) and self.method in METHODS_WITH_BODY else None

    def get_request_body_parameters(self, consumes):
        body = self.declared[0]
        if isinstance(body, str):
            return [openapi.Parameter(body, openapi.IN_FORM, type=openapi.TYPE_FILE, required=True)]
        return super().get_request_body_parameters(consumes)

    def get_request_body_schema(self, serializer):
        """Return the schema of the writable fields; all of them are optional in a PATCH."""
        reference = self.serializer_to_schema(serializer)
        name, is_patch = definition_name(reference), self.method == "PATCH"
        definition = self._definitions.get(name)
        fields = {name: field for name, field in serializer.fields.items() if not field.read_only}
        if len(fields) == len(serializer.fields) and not is_patch:
            definition["additionalProperties"] = False
            return reference
        outputs = definition["properties"]
        body = openapi.Schema(
            type=openapi.TYPE_OBJECT,
            properties={name: input_schema(outputs[name], each) for name, each in fields.items()},
            additional_properties=False,
        )
        required = [name for name, field in fields.items() if field.required]
        if required and not is_patch:
            body["required"] = required
        return self._define(f"{name}{'Patch' if is_patch else 'Body'}", body)

    def get_query_parameters(self):
        if not isinstance(self.view, ApiView):
            return []
        query = self.view.query_type(expandable=getattr(self.view, "expandable_here", ()))
        return [*self.serializer_to_parameters(query, in_=openapi.IN_QUERY), *self._headers()]

    def get_responses(self):
        serializer, declared = self.declared[1:]
        statuses = declared if isinstance(declared, tuple) else (declared,)
        if declared is None:
            statuses = (self._default_status(serializer),)
        responses = {str(status): self._success(serializer, status) for status in statuses}
        if self._has_etag(serializer) and self.method == "GET":
            responses["304"] = openapi.Response("Not modified since the `ETag` that was sent.")
        responses |= {str(code): self._error(code) for code in self._error_statuses()}
        return openapi.Responses(responses)

    def _default_status(self, serializer) -> int:
        if serializer is None:
            return 204
        return 201 if self.action == "create" else 200

    def _success(self, serializer, status: int) -> openapi.Response:
        if serializer is None:
            return openapi.Response("Done, no content." if status == 204 else "Success.")
        response = openapi.Response("Success.", schema=self._response_schema(serializer))
        if self._has_etag(serializer):
            response["headers"] = {"ETag": {"type": "string", "description": "The version."}}
        return response

    def _response_schema(self, serializer):
        if serializer is dict:
            return openapi.Schema(type=openapi.TYPE_OBJECT, additional_properties=True)
        if serializer is str:
            return openapi.Schema(type=openapi.TYPE_FILE)
        if isinstance(serializer, list):
            return openapi.Schema(
                type=openapi.TYPE_ARRAY, items=self.serializer_to_schema(serializer[0]())
            )
        schema = self.serializer_to_schema(serializer())
        self._require_output(schema, serializer())
        self._describe_expansion(schema, serializer)
        if self.is_list:
            return self._define(f"{definition_name(schema)}Page", page_schema(schema))
        return schema

    def _require_output(self, schema: openapi.SchemaRef, serializer) -> None:
        """Require the fields that every response has, not those that a request must have."""
        representation = getattr(getattr(serializer, "Meta", None), "representation", None)
        if representation and any(field.read_only for field in serializer.fields.values()):
            definition = self._definitions.get(definition_name(schema))
            reduced = getattr(serializer.Meta, "reduced_representation", representation)
            always = representation.__required_keys__ & reduced.__required_keys__
            definition["required"] = [name for name in definition["properties"] if name in always]

    def _describe_expansion(self, schema: openapi.SchemaRef, serializer) -> None:
        properties = self._definitions.get(definition_name(schema)).get("properties", {})
        for name in getattr(self.view, "expandable_here", ()):
            card = self.serializer_to_schema(CARDS[name]())
            if name in properties:
                add_card(name, properties[name], card)
            elif serializer is self.view.serializer_class:  # It is only present if expanded.
                properties[name] = card

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

    def _error_statuses(self) -> list[int]:
        """Return the statuses that follow from the route, and those that the view declares."""
        statuses = {
            *ERRORS_OF_ALL_ROUTES,
            *getattr(self.view, "error_statuses", {}).get(self.action, ()),
        }
        if BearerAuthentication in self.view.authentication_classes:
            statuses.add(401)
        if "{" in self.path or self.is_list:
            statuses.add(404)
        if self.method in WRITING_METHODS and self.get_security() is None:
            statuses |= {403, 409}
        if self._takes_if_match:
            statuses.add(412)
        if self.method in METHODS_WITH_BODY:
            statuses |= {413, 415}
        return sorted(statuses)

    @property
    def _takes_if_match(self) -> bool:
        is_change = self.method == "POST" and "{" in self.path and self._has_etag(self.declared[1])
        return self.method in ("PUT", "PATCH", "DELETE") or is_change

    def _has_etag(self, serializer) -> bool:
        """Return whether the response is a single object that can be edited."""
        own = getattr(self.view, "serializer_class", None)
        return inspect.isclass(serializer) and serializer is own and not self.is_list

    def _headers(self) -> list[openapi.Parameter]:
        names = {}
        if self.method == "GET" and self._has_etag(self.declared[1]):
            names["If-None-Match"] = "An `ETag`. If it is still current, the response is a 304."
        if self._takes_if_match:
            names["If-Match"] = "An `ETag`. If it is no longer current, the response is a 412."
        if self.method == "POST" and self.get_security() is None:
            names["Idempotency-Key"] = (
                "A key that makes it safe to repeat this request within a day."
            )
        return [
            openapi.Parameter(name, openapi.IN_HEADER, description=text, type=openapi.TYPE_STRING)
            for name, text in names.items()
        ]
