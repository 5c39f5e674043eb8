"""What every answer carries, and how long a request may wait for MongoDB."""

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

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
LONGEST_HEADER = 8 * 1024
LONGEST_HEADERS = 32 * 1024  # all together
LONGEST_ADMIN_PATH = 512
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class RequestMiddleware:
    """Gives each request its id, its deadline at the document store, and its line in the log.

    What one request speaks does not stay on the thread for the next.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _SANE_ID.fullmatch(given) else uuid4().hex
        token = request_id.set(request.id)
        began = time.perf_counter()
        try:
            with (
                pymongo.timeout(settings.STORE_TIMEOUT_SECONDS),
                translation.override(settings.LANGUAGE_CODE),
            ):
                response = self.get_response(request)
            response["X-Request-ID"] = request.id
            _log(request, response, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(token)


class RequestLimitsMiddleware:
    """Refuses a request whose headers, or whose path in the admin, are longer than any of ours.

    The server bounds each header's line, but joins lines of the same name: a hundred make one of
    800 kB. Routes are regular expressions, and one of Django's admin takes n² for a path of n.
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
    """Forbids what no page of ours needs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            response.setdefault("Content-Security-Policy", API_POLICY)
            response.setdefault("Cache-Control", "private, no-store")
        return response


def route_of(request) -> str:
    """Return the route's form: path and query may hold what people typed."""
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
