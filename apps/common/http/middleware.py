"""Request ids, store deadlines, header limits and response headers of all requests."""

import logging
import re
import time
from functools import cache
from uuid import uuid4

import pymongo
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.core.exceptions import BadRequest
from django.http import Http404
from django.utils import translation

from apps.common.logs import request_id

logger = logging.getLogger("lms.access")

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
LONGEST_HEADER = 8 * 1024
LONGEST_HEADERS = 32 * 1024  # all together
LONGEST_ADMIN_PATH = 512
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class RequestMiddleware:
    """
    Give each request an id, a deadline for the document store, and a line in the access log.

    The language is reset afterwards, because threads are reused.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        client_id = request.headers.get("X-Request-ID", "")
        request.id = client_id if _VALID_ID.fullmatch(client_id) else uuid4().hex
        token = request_id.set(request.id)
        start = time.perf_counter()
        try:
            with (
                pymongo.timeout(settings.STORE_TIMEOUT_SECONDS),
                translation.override(settings.LANGUAGE_CODE),
            ):
                response = self.get_response(request)
            response["X-Request-ID"] = request.id
            _log(request, response, time.perf_counter() - start)
            return response
        finally:
            request_id.reset(token)


class RequestLimitsMiddleware:
    """
    Refuse requests with headers, or paths in the admin, that are longer than legitimate ones.

    The server limits each header line, but joins lines of the same name: a hundred become a header
    of 800 kB. Routes are regular expressions, and one of Django's admin takes n² steps for a path
    of n characters.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        lengths = [len(text) for name, text in request.META.items() if name.startswith("HTTP_")]
        if max(lengths, default=0) > LONGEST_HEADER or sum(lengths) > LONGEST_HEADERS:
            raise BadRequest("The headers are too long.")
        if request.path.startswith("/admin/") and len(request.path) > LONGEST_ADMIN_PATH:
            raise Http404
        return self.get_response(request)


class HeadersMiddleware:
    """Add restrictive headers to API responses, unless a view has set its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            response.setdefault("Content-Security-Policy", API_POLICY)
            response.setdefault("Cache-Control", "private, no-store")
        return response


def route_of(request) -> str:
    """Return the route's pattern, because the path and query may contain personal data."""
    match = getattr(request, "resolver_match", None)
    return _readable(match.route) if match else "-"


@cache
def _readable(route: str) -> str:
    return simplify_regex(route)


def _log(request, response, seconds: float) -> None:
    logger.info(
        "%s %s %s",
        request.method,
        route_of(request),
        response.status_code,
        extra={"milliseconds": round(seconds * 1000, 1)},
    )
