"""What search engines are told: where not to look, and which pages there are."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.courses.selectors import cached_on_show
from lms import web

MOST_COURSES = 5_000  # a sitemap may have 50,000 addresses; each course has one a language
# They run the app as a browser does, and what its public pages are made of comes from here.
NEEDED = ("/api/courses/", "/api/categories/")
CLOSED = ("/api/", "/admin/", "/health/", "/metrics", "/unsubscribe/")


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Allow: {path}" for path in NEEDED),
        *(f"Disallow: {path}" for path in CLOSED),
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    pages = [{"address": f"{settings.PUBLIC_URL}/{place}"} for place in ("swagger/", "redoc/")]
    return render(
        request,
        "sitemap.xml",
        {"pages": [*(_of_the_app() if web.is_built() else _start()), *pages]},
        content_type="application/xml; charset=utf-8",
    )


def _start() -> list[dict]:
    return [{"address": f"{settings.PUBLIC_URL}/"}]


def _of_the_app() -> list[dict]:
    courses = [
        {"place": f"courses/{course['id']}", "changed": course["updated_at"]}
        for course in cached_on_show(MOST_COURSES)
    ]
    return [
        page | {"address": web.address_of(page["place"], language)}
        for page in ({"place": ""}, {"place": "courses"}, *courses)
        for language in web.LANGUAGES
    ]
