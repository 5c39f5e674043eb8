"""The page that the link in each mail leads to, for whoever holds the link."""

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
from apps.notifications.wording import TOPICS
from apps.users.documents import User


@csrf_exempt  # the token is the authority; mail programs post by themselves (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer to stop mails of some kinds; stop them by POST alone, for scanners open every link."""
    try:
        rate_limits.check_and_count("anonymous", client_network(request))
        user, kinds = services.read_token(token)
    except rate_limits.Throttled as refusal:
        return _too_many(refusal)
    except NotFound:
        return _no_link_of_ours()
    with translation.override(supported_language(user.language)):
        return _stop(user, kinds) if request.method == "POST" else _offer(kinds)


def _offer(kinds: list[str]) -> HttpResponse:
    return _page(
        200,
        heading=_("Stop these mails?"),
        details=[*_about(kinds), _in_settings()],
        button=_("Stop them"),
    )


def _stop(user: User, kinds: list[str]) -> HttpResponse:
    services.mute_mail(user_id=str(user.id), kinds=kinds)
    heading = _("You get no more of these mails.")
    return _page(200, heading=heading, details=[*_about(kinds), _in_settings()])


def _no_link_of_ours() -> HttpResponse:
    detail = _("It may have been cut off on its way; try the one of another mail.")
    return _page(404, heading=_("This link is not one of ours."), details=[detail])


def _too_many(refusal: rate_limits.Throttled) -> HttpResponse:
    response = _page(429, heading=_("Too many requests."), details=[refusal.advice])
    response["Retry-After"] = str(refusal.retry_after)
    return response


def _about(kinds: list[str]) -> list[str]:
    return [_("Mails about: %(topic)s") % {"topic": TOPICS[kind]} for kind in kinds]


def _in_settings() -> str:
    return _("You can change this at any time in your settings.")


def _page(status: int, **shown) -> HttpResponse:
    language = translation.get_language()
    context = shown | {"language": language}
    # Without context processors: nobody is signed in here.
    response = render(None, "notifications/unsubscribe.html", context, status=status)
    response["Content-Language"] = language
    return response
