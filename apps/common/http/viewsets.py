"""
The bases of all views: HTTP in, one domain call, HTTP out.

For the API schema (`lms/schema`), a view declares what its code does not reveal, by action or, in
a view without actions, by method: `schemas = {"post": (body, response)}` or `(body, response,
status)`. Body and response are serializer classes. None means no content, `[Row]` is an array
without pages, `dict` is any object, `str` is a text file, and a string as the body is the name of
the file in a multipart form. The status may be a tuple of statuses. Undeclared actions use
`serializer_class`; lists (with a ListQuery) get their envelope, and DELETE has no response body.
`error_statuses = {"list": (403,)}` adds errors that `lms/schema` does not derive from the route.
The docstring of the method is the summary.
"""

from collections.abc import Callable, Mapping

from bson import ObjectId
from django.utils.functional import cached_property
from rest_framework.exceptions import APIException, AuthenticationFailed, ParseError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_mongoengine import viewsets

from apps.common.client_address import client_network
from apps.common.http import idempotency
from apps.common.http.etags import etag_of, expected_revisions, is_not_modified
from apps.common.http.page_links import page_link
from apps.common.http.query_params import ListQuery, Query
from apps.common.http.serializers import Serializer
from apps.common.storage import rate_limits
from apps.common.storage.pagination import Page, limit_bytes

Rows = list[dict]


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = ParseError.default_detail


def is_public(view) -> bool:
    """Return whether anybody may send the view's request; such a one takes no `Idempotency-Key`."""
    allowed = getattr(view, "permission_classes", None)
    return not allowed or allowed == [AllowAny]


class ApiView:
    """The base of all views of the API."""

    # OPTIONS would describe fields to clients that may not see them.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    query_class = Query
    schemas: dict[str, tuple] = {}
    error_statuses: dict[str, tuple[int, ...]] = {}

    def initial(self, request, *args, **kwargs):
        """Authenticate, apply limits, and let a POST with an `Idempotency-Key` run once."""
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired()  # Otherwise the body would be ignored.
        try:
            self.perform_authentication(request)
        except AuthenticationFailed:
            rate_limits.check_and_count("anonymous", client_network(request))
            raise
        self.check_throttles(request)
        self.check_permissions(request)
        self.query = self.read_query(request)
        if request.method == "POST" and self._has_no_body:
            self.validated(Serializer)  # Refuse any field.
        if self.query.validated_data.get("search"):
            rate_limits.check_and_count("search", request.user.id or client_network(request))
        key = request.headers.get("Idempotency-Key")
        signed_in = request.user.is_authenticated and not is_public(self)
        if key is not None and request.method == "POST" and signed_in:
            self.post = idempotency.idempotent(self.post, key)

    @property
    def _has_no_body(self) -> bool:
        body, *_ = self.schemas.get(getattr(self, "action", None) or "post", (dict,))
        return body is None

    @property
    def query_type(self) -> type[Query]:
        return self.query_class

    def read_query(self, request) -> Query:
        return self.query_type.read(request)

    @cached_property
    def new_id(self) -> ObjectId:
        """The id of the document that this request creates; a repeated request has the same."""
        return getattr(self.request, "new_id", None) or ObjectId()

    @property
    def expected(self) -> list[int] | None:
        return expected_revisions(self.request)

    def validated(self, serializer_class, *, replaces: bool = False, **options) -> dict:
        """
        Return the validated body.

        :param replaces: the body changes an existing object, as those of PUT and PATCH do
        :raises ValidationError: with the messages of all invalid fields
        """
        context = {"request": self.request, "replaces": replaces}
        serializer = serializer_class(data=self.request.data, context=context, **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def answer(self, row: Mapping, *, status: int = 200, clock: dict | None = None) -> Response:
        """
        Respond with an object and its ETag.

        :param row: the representation, with its `revision`
        :param clock: fields that are not part of the ETag, because they change by themselves
        """
        data = {name: value for name, value in row.items() if name != "revision"}
        [data] = self.expanded([data])
        etag = etag_of(row.get("revision", 1), data)
        if self.allows_not_modified(row) and is_not_modified(self.request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(data | (clock or {}), status=status, headers={"ETag": etag})

    def allows_not_modified(self, row: Mapping) -> bool:
        return self.request.method in ("GET", "HEAD")

    def expanded(self, rows: Rows) -> Rows:
        return rows


class ViewSet(ApiView, viewsets.GenericViewSet):
    """A collection of documents; `list_query` declares the filters and ordering of its list."""

    lookup_value_regex = "[0-9a-f]{24}"  # A malformed id is a 404.
    list_query: type[ListQuery] = ListQuery
    item_query: type[Query] = Query
    queries: dict[str, type[Query]] = {}  # by action, if it has other parameters
    # The references that may be expanded, and the selectors of their cards:
    # (ids, viewer=…) -> {id: card}.
    expandable: dict[str, Callable | None] = {}

    @property
    def query_type(self) -> type[Query]:
        default = self.list_query if self.action == "list" else self.item_query
        return self.queries.get(self.action, default)

    def read_query(self, request) -> Query:
        return self.query_type.read(request, expandable=self.expandable_here)

    @property
    def expandable_here(self) -> dict[str, Callable | None]:
        return {} if self.action in self.queries else self.expandable

    def answer_page(self, page: Page) -> Response:
        """
        Respond with a page of a list.

        :raises PageTooLarge: the rows, with what they are expanded to, are too large together
        """
        rows = [{k: v for k, v in row.items() if k != "revision"} for row in page.rows]
        return Response(
            {
                "count": page.count,
                "next": page_link(self.request, page.next),
                "previous": page_link(self.request, page.previous),
                "results": list(limit_bytes(self.expanded(rows))),
            }
        )

    def expanded(self, rows: Rows) -> Rows:
        """Replace the ids of the references that `?expand=` names with cards."""
        for name in self.query.expand:
            if self.expandable[name] is None:
                continue  # The view expands it itself.
            ids = {row[name] for row in rows if row.get(name)}
            cards = self.expandable[name](ids, viewer=self.request.user) if ids else {}
            rows = [row | {name: cards.get(row.get(name))} for row in rows]
        return rows
