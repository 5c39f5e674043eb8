"""The web app, as `make web-build` leaves it: files with hashes, and a page a language."""

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve
from whitenoise.middleware import WhiteNoiseMiddleware

from lms import headers, pages

# The server's own addresses, where what is not there stays a 404.
SERVERS = "api|admin|swagger|redoc|media|static|health|metrics|unsubscribe"
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
        return _index(request, address)
    if address:
        raise Http404
    return pages.start(request)


@cache_control(no_cache=True)
def _index(request: HttpRequest, address: str) -> HttpResponse:
    name = "es/index.html" if re.match("es(?:/|$)", address) else "index.html"
    response = serve(request, name, document_root=settings.WEB_APP)
    response["Content-Security-Policy"] = headers.web_app()
    return response


urlpatterns = [
    path("", page),
    re_path(rf"^(?!(?:{SERVERS})(?:/|$))(?P<address>(?:[^/]+/)*[^/.]+/?)$", page, name="web-app"),
]
