"""The page behind the unsubscribe link in each email. It does not need a sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.common.client_address import client_network
from apps.common.errors import NotFound
from apps.common.languages import supported_language
from apps.common.storage import rate_limits
from apps.notifications import services
from apps.notifications.messages import TOPICS


@csrf_exempt  # The token authorizes the request; mail programs send the POST (RFC 8058).
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for confirmation, and unsubscribe on POST only, because scanners open every link."""
    confirmed = request.method == "POST"
    try:
        rate_limits.check_and_count("anonymous", client_network(request))
        user, kinds = services.unsubscribe(token) if confirmed else services.read_token(token)
    except rate_limits.Throttled as throttled:
        return _too_many_requests(throttled)
    except NotFound:
        return _invalid_link()
    with translation.override(supported_language(user.language)):
        return _unsubscribed(kinds) if confirmed else _confirmation(kinds)


def _confirmation(kinds: list[str]) -> HttpResponse:
    return _page(
        200,
        heading=_("Unsubscribe from these emails?"),
        details=[*_topics(kinds), _settings_hint()],
        button=_("Unsubscribe"),
    )


def _unsubscribed(kinds: list[str]) -> HttpResponse:
    heading = _("You are unsubscribed from these emails.")
    return _page(200, heading=heading, details=[*_topics(kinds), _settings_hint()])


def _invalid_link() -> HttpResponse:
    detail = _("The link may be incomplete. Try the link in another email.")
    return _page(404, heading=_("This link is invalid."), details=[detail])


def _too_many_requests(throttled: rate_limits.Throttled) -> HttpResponse:
    response = _page(429, heading=_("Too many requests."), details=[throttled.advice])
    response["Retry-After"] = str(throttled.retry_after)
    return response


def _topics(kinds: list[str]) -> list[str]:
    return [_("Emails about: %(topic)s") % {"topic": TOPICS[kind]} for kind in kinds]


def _settings_hint() -> str:
    return _("You can change this at any time in your settings.")


def _page(status: int, **content) -> HttpResponse:
    language = translation.get_language()
    context = content | {"language": language}
    # Without a request, no context processor runs: the page shows nothing about the visitor.
    response = render(None, "notifications/unsubscribe.html", context, status=status)
    response["Content-Language"] = language
    return response
