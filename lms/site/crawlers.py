"""`robots.txt` and `sitemap.xml` for search engines."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.courses.selectors import cached_published_courses
from lms.site import web_app

MOST_COURSES = 5_000  # A sitemap may have 50,000 URLs, and each course has one per language.
# Search engines run the app like a browser, and its public pages load their data from here.
ALLOWED = ("/api/courses/", "/api/categories/")
DISALLOWED = ("/api/", "/admin/", "/health/", "/metrics", "/unsubscribe/")


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Allow: {path}" for path in ALLOWED),
        *(f"Disallow: {path}" for path in DISALLOWED),
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    content = _render(_state())
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


def _state() -> tuple:
    """Return the data of the sitemap: the base URL, and (id, last change) of each course."""
    if not web_app.is_built():
        return settings.PUBLIC_URL, None
    courses = cached_published_courses(MOST_COURSES)
    return settings.PUBLIC_URL, tuple((course["id"], course["updated_at"]) for course in courses)


@lru_cache(maxsize=1)
def _render(state: tuple) -> str:
    """Return the sitemap; with many courses, rendering takes much longer than comparing states."""
    courses = state[1]
    pages = [{"url": f"{settings.PUBLIC_URL}/{path}"} for path in ("swagger/", "redoc/")]
    own = [{"url": f"{settings.PUBLIC_URL}/"}] if courses is None else _app_pages(courses)
    return render_to_string("sitemap.xml", {"pages": [*own, *pages]})


def _app_pages(courses: tuple) -> list[dict]:
    course_pages = [
        {"path": f"courses/{course_id}", "changed": updated_at} for course_id, updated_at in courses
    ]
    return [
        page | {"url": web_app.url_of(page["path"], language)}
        for page in ({"path": ""}, {"path": "courses"}, *course_pages)
        for language in web_app.LANGUAGES
    ]
