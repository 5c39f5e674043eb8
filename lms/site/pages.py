"""The start page, pictures, and error responses outside of API views."""

import sys

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.static import serve

from apps.common.client_address import client_network
from apps.common.http.exception_handler import store_unavailable
from apps.common.storage import rate_limits
from apps.common.storage.failures import is_store_unavailable

LONGEST_NAME = 255  # bytes, the limit of file systems
A_YEAR = 365 * 24 * 60 * 60
MESSAGES = {
    400: ("bad_request", _("The request is malformed.")),
    403: ("permission_denied", _("You do not have permission to do this.")),
    404: ("not_found", _("Not found.")),
    429: ("throttled", _("Too many requests. Try again in a minute.")),
    500: ("server_error", _("Something went wrong on the server.")),
    503: ("store_unavailable", _("The data store is unavailable. Try again in a few seconds.")),
}
COUNTED_ELSEWHERE = ("/api/", "/unsubscribe/", "/media/", "/health/")
PAGE_TEXTS = {"request_label": _("Request ID"), "home_label": _("Go to the home page")}


class PageLimitMiddleware:
    """
    Count requests for pages in the limit of anonymous requests, even if staff is signed in.

    Static files are served earlier. The API and unsubscribe links have their own limits, media are
    as cheap as static files, and health probes share a result.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(COUNTED_ELSEWHERE):
            return self.get_response(request)
        try:
            rate_limits.check_and_count("anonymous", client_network(request))
        except rate_limits.Throttled as error:
            response = _error_response(request, 429, detail=error.detail)
            response["Retry-After"] = str(error.retry_after)
            return response
        return self.get_response(request)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "start.html", {"address": settings.PUBLIC_URL})


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Return an uploaded picture, whose name is random and whose content never changes."""
    if settings.MEDIA_BUCKET or len(name.encode()) > LONGEST_NAME:
        raise Http404
    response = serve(request, name, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def bad_request(request, exception=None) -> HttpResponse:
    return _error_response(request, 400)


def forbidden(request, exception=None) -> HttpResponse:
    return _error_response(request, 403)


def not_found(request, exception=None) -> HttpResponse:
    return _error_response(request, 404)


def server_error(request) -> HttpResponse:
    """Respond to an uncaught exception, which may be an unavailable store or an incomplete body."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and is_store_unavailable(error):
        response = _error_response(request, 503)
        response["Retry-After"] = store_unavailable()["Retry-After"]
        return response
    if isinstance(error, UnreadablePostError):
        return _error_response(request, 400)
    return _error_response(request, 500)


def csrf_failure(request, reason="") -> HttpResponse:
    return _error_response(request, 403)


def _error_response(request, status: int, *, detail: str = "") -> HttpResponse:
    code, default_detail = MESSAGES[status]
    detail = detail or default_detail
    request_id = getattr(request, "id", "")
    if request.path.startswith("/api/"):
        body = {"detail": detail, "code": code}
        if status >= 500:
            body["request_id"] = request_id
        return JsonResponse(body, status=status)
    context = {"status": status, "detail": detail, "request_id": request_id}
    context |= {"language": get_language()} | PAGE_TEXTS
    # No request is passed, because context processors may use what has just failed.
    return render(None, "error.html", context, status=status)
