"""What is not the API: the start page, pictures, and error answers."""

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

LONGEST_NAME = 255  # bytes; the disk has an error for longer ones
A_YEAR = 365 * 24 * 60 * 60
MESSAGES = {
    400: ("bad_request", _("The request is malformed.")),
    403: ("permission_denied", _("You do not have permission to do this.")),
    404: ("not_found", _("Not found.")),
    429: ("throttled", _("Too many requests. Try again in a minute.")),
    500: ("server_error", _("Something went wrong here; it was noted under this request's id.")),
    503: ("store_unavailable", _("The data store is unavailable. Try again in a few seconds.")),
}
COUNTED_ELSEWHERE = ("/api/", "/unsubscribe/", "/media/", "/health/")
PAGE_TEXTS = {"noted_as": _("Request"), "way_back": _("To the start page")}


class PageLimitMiddleware:
    """
    Counts requests for pages in the limit of anonymous requests, also those of signed-in staff.

    Static files are answered before it. The API and the links of mails count for themselves, media
    are as cheap as static files, and probes share one result.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(COUNTED_ELSEWHERE):
            return self.get_response(request)
        try:
            rate_limits.check_and_count("anonymous", client_network(request))
        except rate_limits.Throttled as refusal:
            response = _refuse(request, 429, detail=refusal.detail)
            response["Retry-After"] = str(refusal.retry_after)
            return response
        return self.get_response(request)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "start.html", {"address": settings.PUBLIC_URL})


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Show an uploaded picture; its name is random and its content never changes."""
    if settings.MEDIA_BUCKET or len(name.encode()) > LONGEST_NAME:
        raise Http404
    response = serve(request, name, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def refuse_bad_request(request, exception=None) -> HttpResponse:
    return _refuse(request, 400)


def refuse_forbidden(request, exception=None) -> HttpResponse:
    return _refuse(request, 403)


def refuse_unknown(request, exception=None) -> HttpResponse:
    return _refuse(request, 404)


def refuse_broken(request) -> HttpResponse:
    """Answer for an exception that nobody caught, a store that was away, a body cut off."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and is_store_unavailable(error):
        response = _refuse(request, 503)
        response["Retry-After"] = store_unavailable()["Retry-After"]
        return response
    if isinstance(error, UnreadablePostError):
        return _refuse(request, 400)
    return _refuse(request, 500)


def refuse_csrf(request, reason="") -> HttpResponse:
    return _refuse(request, 403)


def _refuse(request, status: int, *, detail: str = "") -> HttpResponse:
    code, usual = MESSAGES[status]
    detail = detail or usual
    request_id = getattr(request, "id", "")
    if request.path.startswith("/api/"):
        answer = {"detail": detail, "code": code}
        if status >= 500:
            answer["request_id"] = request_id
        return JsonResponse(answer, status=status)
    context = {"status": status, "detail": detail, "request_id": request_id}
    context |= {"language": get_language()} | PAGE_TEXTS
    # Without context processors: they may need what has just failed.
    return render(None, "error.html", context, status=status)
