"""What search engines are told: where not to look, and which pages there are."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.courses.selectors import cached_published_courses
from lms.site import web_app

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
    content = _written(_state())
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


def _state() -> tuple:
    """Return what the sitemap is made of: base URL, and (id, last change) of each course."""
    if not web_app.is_built():
        return settings.PUBLIC_URL, None
    courses = cached_published_courses(MOST_COURSES)
    return settings.PUBLIC_URL, tuple((one["id"], one["updated_at"]) for one in courses)


@lru_cache(maxsize=1)
def _written(state: tuple) -> str:
    """Return the sitemap; with many courses, writing takes much longer than comparing states."""
    courses = state[1]
    pages = [{"address": f"{settings.PUBLIC_URL}/{place}"} for place in ("swagger/", "redoc/")]
    own = [{"address": f"{settings.PUBLIC_URL}/"}] if courses is None else _of_the_app(courses)
    return render_to_string("sitemap.xml", {"pages": [*own, *pages]})


def _of_the_app(courses: tuple) -> list[dict]:
    detail_pages = [
        {"place": f"courses/{course_id}", "changed": updated_at}
        for course_id, updated_at in courses
    ]
    return [
        page | {"address": web_app.address_of(page["place"], language)}
        for page in ({"place": ""}, {"place": "courses"}, *detail_pages)
        for language in web_app.LANGUAGES
    ]
