"""What is not the API: the start page, pictures, and error answers."""

import sys

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.static import serve

from apps.common.exceptions import is_store_away, store_unavailable

LONGEST_NAME = 255  # bytes; the disk has an error for longer ones
A_YEAR = 365 * 24 * 60 * 60
MESSAGES = {
    400: ("bad_request", _("The request is malformed.")),
    403: ("permission_denied", _("You may not do this.")),
    404: ("not_found", _("Not found.")),
    500: ("server_error", _("Something went wrong here; it was noted under this request's id.")),
    503: ("store_unavailable", _("The data store cannot be reached; try again shortly.")),
}
PAGE_TEXTS = {"noted_as": _("Request"), "way_back": _("To the start page")}


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
    """Answer for an exception that nobody caught, or for a store that was away meanwhile."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and is_store_away(error):
        response = _refuse(request, 503)
        response["Retry-After"] = store_unavailable()["Retry-After"]
        return response
    return _refuse(request, 500)


def refuse_csrf(request, reason="") -> HttpResponse:
    return _refuse(request, 403)


def _refuse(request, status: int) -> HttpResponse:
    code, detail = MESSAGES[status]
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
