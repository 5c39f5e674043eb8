"""
The manner of all views: HTTP in, one domain call, HTTP out.

For the API's description (`lms/schema`) a view declares what its code does not tell, by action
or, in a view without actions, by verb: `schemas = {"post": (body, answer)}` or `(body, answer,
status)`. Body and answer are serializer classes; None says that there is none, `[Row]` is a plain
array of rows, `dict` any object, `str` a text file, and a text as the body is the name of the one
file in a multipart form. The status may be a tuple of several. `refusals = {"list": (403,)}` adds
statuses of errors that `lms/schema` does not derive from the route. What is not declared takes
and answers with `serializer_class`; lists (those with a ListQuery) get their envelope, DELETE has
no answer. The docstring of the method is the summary.
"""

from collections.abc import Callable, Mapping

from bson import ObjectId
from django.utils.functional import cached_property
from rest_framework.exceptions import APIException, AuthenticationFailed, ParseError
from rest_framework.response import Response
from rest_framework_mongoengine import viewsets

from apps.common.client_address import client_network
from apps.common.errors import StaleRevision
from apps.common.http import idempotency
from apps.common.http.etags import etag_of, expected_revisions, is_known
from apps.common.http.query_params import ListQuery, Query
from apps.common.http.serializers import Serializer
from apps.common.storage import rate_limits
from apps.common.storage.pagination import Page, link

Rows = list[dict]
EXISTING = object()  # a serializer's instance that stands for whatever the request changes


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = ParseError.default_detail


class ApiView:
    """What every view of the API does, whatever it answers."""

    # OPTIONS would describe fields to people who may not see them.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    query_class = Query
    schemas: dict[str, tuple] = {}
    refusals: dict[str, tuple[int, ...]] = {}

    def initial(self, request, *args, **kwargs):
        """Find out who asks and how often; a POST with an `Idempotency-Key` runs once."""
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            raise LengthRequired()  # else its body would count as none
        try:
            self.perform_authentication(request)
        except AuthenticationFailed:
            rate_limits.check_and_count("anonymous", client_network(request))
            raise
        self.check_throttles(request)
        self.check_permissions(request)
        self.query = self.read_query(request)
        if request.method == "POST" and self._takes_nothing:
            self.validated(Serializer)  # what is sent all the same is refused
        if self.query.validated_data.get("search"):
            rate_limits.check_and_count("search", request.user.id or client_network(request))
        key = request.headers.get("Idempotency-Key")
        if key is not None and request.method == "POST" and request.user.is_authenticated:
            self.post = idempotency.idempotent(self.post, key)

    @property
    def _takes_nothing(self) -> bool:
        body, *_ = self.schemas.get(getattr(self, "action", None) or "post", (dict,))
        return body is None

    @property
    def query_type(self) -> type[Query]:
        return self.query_class

    def read_query(self, request) -> Query:
        return self.query_type.read(request)

    @cached_property
    def new_id(self) -> ObjectId:
        """The id for the document that this request makes: a rerun has the same."""
        return getattr(self.request, "new_id", None) or ObjectId()

    @property
    def expected(self) -> list[int] | None:
        return expected_revisions(self.request)

    def check_expected(self, revision: int = 1) -> None:
        """
        Check `If-Match` for a thing that nobody edits: its revision stays.

        :raises StaleRevision: another one is expected
        """
        if self.expected is not None and revision not in self.expected:
            raise StaleRevision()

    def validated(self, serializer_class, *, instance=None, **options) -> dict:
        """
        Return what the body says.

        :raises ValidationError: all that is wrong with it
        """
        serializer = serializer_class(
            instance, data=self.request.data, context={"request": self.request}, **options
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def validated_changes(self, serializer_class, *, partial: bool) -> dict:
        """
        Return the body of a PUT or, if `partial`, of a PATCH, without reading the object.

        Read-only fields are ignored, so that what was read can be sent back.

        :raises ValidationError: all that is wrong with it
        """
        return self.validated(serializer_class, instance=EXISTING, partial=partial)

    def answer(self, row: Mapping, *, status: int = 200, clock: dict | None = None) -> Response:
        """
        Answer with one thing, represented with its `revision`.

        :param clock: what goes on by itself, beside the thing: it is in no ETag
        """
        data = {name: value for name, value in row.items() if name != "revision"}
        [data] = self.expanded([data])
        etag = etag_of(row.get("revision", 1), data)
        if self.may_say_not_modified(row) and is_known(self.request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(data | (clock or {}), status=status, headers={"ETag": etag})

    def may_say_not_modified(self, row: Mapping) -> bool:
        return self.request.method in ("GET", "HEAD")

    def expanded(self, rows: Rows) -> Rows:
        return rows


class ViewSet(ApiView, viewsets.GenericViewSet):
    """A collection of documents. `list_query` says how its list is filtered and ordered."""

    lookup_value_regex = "[0-9a-f]{24}"  # a malformed id has no address
    list_query: type[ListQuery] = ListQuery
    item_query: type[Query] = Query
    queries: dict[str, type[Query]] = {}  # by action, for those that take others
    # Which references may be expanded, and how their cards are had: (ids, viewer=…) -> {id: card}.
    expandable: dict[str, Callable | None] = {}

    @property
    def query_type(self) -> type[Query]:
        usual = self.list_query if self.action == "list" else self.item_query
        return self.queries.get(self.action, usual)

    def read_query(self, request) -> Query:
        return self.query_type.read(request, expandable=self.expandable_here)

    @property
    def expandable_here(self) -> dict[str, Callable]:
        return {} if self.action in self.queries else self.expandable

    @cached_property
    def represent(self) -> Callable:
        """How a document of this collection is shown: ready for JSON, with its revision."""
        return self.serializer_class(context={"request": self.request}).represent

    def answer_page(self, page: Page) -> Response:
        rows = [{k: v for k, v in row.items() if k != "revision"} for row in page.rows]
        return Response(
            {
                "count": page.count,
                "next": link(self.request, page.next),
                "previous": link(self.request, page.previous),
                "results": self.expanded(rows),
            }
        )

    def expanded(self, rows: Rows) -> Rows:
        """Put cards in the place of the ids that `?expand=` names."""
        for name in self.query.expand:
            if self.expandable[name] is None:
                continue  # the view's own matter
            wanted = {row[name] for row in rows if row.get(name)}
            cards = self.expandable[name](wanted, viewer=self.request.user) if wanted else {}
            rows = [row | {name: cards.get(row.get(name))} for row in rows]
        return rows
