"""The web app as built by `make web-build`: files with hashes, and a page per language."""

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

# The server's own paths, where an unknown path is a 404 of the server.
SERVER_PATHS = "api|admin|swagger|redoc|media|static|health|metrics|unsubscribe"
# The first segments of the app's own paths; for any other, the app shows "Page not found".
ROUTES = {
    *("", "courses", "learn", "dashboard", "quiz", "studio", "manage", "notifications", "profile"),
    *("login", "register", "reset", "verify", "forbidden", "unreachable"),
}
# The path prefix of each language.
LANGUAGES = {"en": "", "es": "es/"}
# The pages that search engines may index.
PUBLIC = re.compile(r"|login|register|courses(?:/[0-9a-f]{24})?")
# The sources of these pages, whose modules browsers load before the app requests them.
FEATURES = "src/app/features"
PRELOADED = {
    "": ("home/home",),
    "courses": ("courses/courses.routes", "courses/course-list"),
    "courses/": ("courses/courses.routes", "courses/course-page"),
    "login": ("account/account.routes", "account/login"),
    "register": ("account/account.routes", "account/register"),
}
SUMMARY_LENGTH = 160  # characters of a description, as in the app itself
HASHED = re.compile(r"/(?:chunk|main|polyfills|styles|worker)-[\w-]{8}\.(?:js|css)$")


class FilesMiddleware(WhiteNoiseMiddleware):
    """Serve the collected static files and, at the root, the files of the web app."""

    def immutable_file_test(self, path, url):
        return bool(HASHED.search(url)) or super().immutable_file_test(path, url)

    def add_cache_headers(self, headers, path, url):
        """Let browsers revalidate files that can change; the service worker relies on that."""
        if self.immutable_file_test(path, url):
            super().add_cache_headers(headers, path, url)
        else:
            headers["Cache-Control"] = "no-cache"


def is_built() -> bool:
    return (Path(settings.WEB_APP) / "index.html").exists()


@require_safe
def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Return the app's only page for any of its paths; the app itself interprets the path."""
    if is_built():
        return _page(request, path)
    if path:
        raise Http404
    return pages.start(request)


def url_of(page_path: str, language: str) -> str:
    """Return the full URL of a page of the app."""
    return f"{settings.PUBLIC_URL}/{LANGUAGES[language]}{page_path}"


@cache_control(no_cache=True)
def _page(request: HttpRequest, path: str) -> HttpResponse:
    language = "es" if re.match("es(?:/|$)", path) else "en"
    page_path = (path[3:] if language == "es" else path).rstrip("/")
    content = _content(page_path, language)
    response: HttpResponse
    if page_path.split("/")[0] in ROUTES:
        response = HttpResponse(content)
        etag = quote_etag(blake2b(content.encode(), digest_size=12).hexdigest())
        response["ETag"] = etag
        response = get_conditional_response(request, etag=etag, response=response)
    else:
        response = HttpResponse(content, status=404)
    response["Content-Security-Policy"] = headers.web_app()
    return response


def _content(page_path: str, language: str) -> str:
    """Return the page with the metadata that search engines read before they run the app."""
    content = (settings.WEB_APP / LANGUAGES[language] / "index.html").read_text()
    is_public = bool(PUBLIC.fullmatch(page_path))
    if is_public and page_path.startswith("courses/"):
        course = _public_course(page_path.removeprefix("courses/"))
        is_public = course is not None
        if course:
            content = _with_course(course, content)
    if is_public:
        links = _language_links(page_path, language) + _preload_links(page_path)
    else:
        links = '<meta name="robots" content="noindex">'
    return content.replace("</head>", f"{links}</head>", 1)


def _language_links(page_path: str, language: str) -> str:
    """Return links to the page's canonical URL and to its versions in other languages."""
    alternates = "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{url_of(page_path, other)}">'
        for tag, other in (("en", "en"), ("es", "es"), ("x-default", "en"))
    )
    return f'<link rel="canonical" href="{url_of(page_path, language)}">{alternates}'


def _preload_links(page_path: str) -> str:
    """Return links that preload the page's modules, which `preloads.json` lists by source."""
    listing = settings.WEB_APP.parent / "preloads.json"
    preloads = json.loads(listing.read_text()) if listing.exists() else {}
    sources = PRELOADED["courses/" if page_path.startswith("courses/") else page_path]
    files = {file for name in sources for file in preloads.get(f"{FEATURES}/{name}.ts", [])}
    return "".join(f'<link rel="modulepreload" href="{file}">' for file in sorted(files))


def _public_course(course_id: str) -> Mapping | None:
    """Return a published course; without the store, the page opens like for an unknown course."""
    try:
        return cached_visible_course(course_id, viewer=AnonymousViewer())
    except NotFound:
        return None
    except Exception as error:
        if is_store_unavailable(error):
            return None
        raise


def _with_course(course: Mapping, content: str) -> str:
    """Insert the course's title, and replace the site's description by the course's."""
    title = escape(course["title"])
    summary = " ".join(course["description"].split())[:SUMMARY_LENGTH] or course["title"]
    content = re.sub("<title>", lambda tag: f"{tag[0]}{title} · ", content, count=1)
    description = r'(<meta name="description" content=")[^"]*'
    return re.sub(description, lambda tag: tag[1] + escape(summary), content, count=1)


urlpatterns = [
    path("", page),
    re_path(rf"^(?!(?:{SERVER_PATHS})(?:/|$))(?P<path>(?:[^/]+/)*[^/.]+/?)$", page, name="web-app"),
]
