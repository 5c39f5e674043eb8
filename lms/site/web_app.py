"""The web app, as `make web-build` leaves it: files with hashes, and a page a language."""

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseMiddleware

from apps.common.errors import NotFound
from apps.common.storage.failures import is_store_unavailable
from apps.courses.selectors import cached_visible_course
from apps.users.viewer import AnonymousViewer
from lms.site import headers, pages

# The server's own addresses, where what is not there stays a 404.
SERVERS = "api|admin|swagger|redoc|media|static|health|metrics|unsubscribe"
# The first parts of the app's own addresses; at any other it says that there is nothing.
ROUTES = {
    *("", "courses", "learn", "dashboard", "quiz", "studio", "manage", "notifications", "profile"),
    *("login", "register", "reset", "verify", "forbidden", "unreachable"),
}
# Where the pages of a language begin, and those that search engines may show.
LANGUAGES = {"en": "", "es": "es/"}
PUBLIC = re.compile(r"|login|register|courses(?:/[0-9a-f]{24})?")
# What these are made of in the app's sources, so that browsers fetch it before the app asks for it.
FEATURES = "src/app/features"
PARTS = {
    "": ("home/home",),
    "courses": ("courses/courses.routes", "courses/course-list"),
    "courses/": ("courses/courses.routes", "courses/course-page"),
    "login": ("account/account.routes", "account/login"),
    "register": ("account/account.routes", "account/register"),
}
SUMMARY = 160  # characters of a description, as the app itself takes them
HASHED = re.compile(r"/(?:chunk|main|polyfills|styles|worker)-[\w-]{8}\.(?:js|css)$")


class FilesMiddleware(WhiteNoiseMiddleware):
    """Serves the collected static files and, at the root, those of the built web app."""

    def immutable_file_test(self, path, url):
        return bool(HASHED.search(url)) or super().immutable_file_test(path, url)

    def add_cache_headers(self, headers, path, url):
        """What may change under its name is asked for anew; the service worker relies on it."""
        if self.immutable_file_test(path, url):
            super().add_cache_headers(headers, path, url)
        else:
            headers["Cache-Control"] = "no-cache"


def is_built() -> bool:
    return (Path(settings.WEB_APP) / "index.html").exists()


@require_safe
def page(request: HttpRequest, address: str = "") -> HttpResponse:
    """Answer any address of the app with its page: which one is meant is the app's to know."""
    if is_built():
        return _page(request, address)
    if address:
        raise Http404
    return pages.start(request)


def address_of(place: str, language: str) -> str:
    """Return the whole address of one of the app's pages."""
    return f"{settings.PUBLIC_URL}/{LANGUAGES[language]}{place}"


@cache_control(no_cache=True)
def _page(request: HttpRequest, address: str) -> HttpResponse:
    language = "es" if re.match("es(?:/|$)", address) else "en"
    place = address[3:] if language == "es" else address
    place = place.rstrip("/")
    content = _content(place, language)
    response: HttpResponse
    if place.split("/")[0] in ROUTES:
        response = HttpResponse(content)
        etag = quote_etag(blake2b(content.encode(), digest_size=12).hexdigest())
        response["ETag"] = etag
        response = get_conditional_response(request, etag=etag, response=response)
    else:
        response = HttpResponse(content, status=404)
    response["Content-Security-Policy"] = headers.web_app()
    return response


def _content(place: str, language: str) -> str:
    """Return the page, with what search engines read before they run the app."""
    content = (settings.WEB_APP / LANGUAGES[language] / "index.html").read_text()
    is_public = bool(PUBLIC.fullmatch(place))
    if is_public and place.startswith("courses/"):
        course = _course_on_show(place.removeprefix("courses/"))
        is_public = course is not None
        if course:
            content = _about(course, content)
    if is_public:
        links = _links(place, language) + _parts(place)
    else:
        links = '<meta name="robots" content="noindex">'
    return content.replace("</head>", f"{links}</head>", 1)


def _links(place: str, language: str) -> str:
    """Say where the page is, and in which languages."""
    alternates = "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{address_of(place, other)}">'
        for tag, other in (("en", "en"), ("es", "es"), ("x-default", "en"))
    )
    return f'<link rel="canonical" href="{address_of(place, language)}">{alternates}'


def _parts(place: str) -> str:
    listed = settings.WEB_APP.parent / "parts.json"
    parts = json.loads(listed.read_text()) if listed.exists() else {}
    page = "courses/" if place.startswith("courses/") else place
    files = {file for name in PARTS[page] for file in parts.get(f"{FEATURES}/{name}.ts", [])}
    return "".join(f'<link rel="modulepreload" href="{file}">' for file in sorted(files))


def _course_on_show(course_id: str) -> Mapping | None:
    """Return a course as visitors see it; the app itself opens whatever the store says."""
    try:
        return cached_visible_course(course_id, viewer=AnonymousViewer())
    except NotFound:
        return None
    except Exception as error:
        if is_store_unavailable(error):
            return None
        raise


def _about(course: Mapping, content: str) -> str:
    """Put a course's title and summary where the site's own are."""
    title = escape(course["title"])
    summary = " ".join(course["description"].split())[:SUMMARY] or course["title"]
    content = re.sub("<title>", lambda tag: f"{tag[0]}{title} · ", content, count=1)
    description = r'(<meta name="description" content=")[^"]*'
    return re.sub(description, lambda tag: tag[1] + escape(summary), content, count=1)


urlpatterns = [
    path("", page),
    re_path(rf"^(?!(?:{SERVERS})(?:/|$))(?P<address>(?:[^/]+/)*[^/.]+/?)$", page, name="web-app"),
]
