"""`robots.txt` and `sitemap.xml`."""

from xml.etree import ElementTree

import pytest

from apps.courses.services import unpublish_course
from lms.site import crawlers
from tests.factories import make_admin, make_course, viewer_of

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def listed_paths(client, settings):
    """Return a function that reads the paths in the sitemap."""

    def read() -> list[str]:
        tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
        return [path.text.removeprefix(settings.PUBLIC_URL) for path in tree.iter(f"{SITEMAP}loc")]

    return read


def test_robots_are_excluded_from_the_api_and_find_the_sitemap(client, settings):
    lines = client.get("/robots.txt").text.splitlines()

    for path in ("/api/", "/admin/", "/metrics", "/unsubscribe/"):
        assert f"Disallow: {path}" in lines
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in lines


def test_robots_that_run_the_app_may_read_the_data_of_its_public_pages(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert [line for line in lines if line.startswith("Allow")] == [
        "Allow: /api/courses/",
        "Allow: /api/categories/",
    ]


def test_the_sitemap_lists_existing_pages(client, listed_paths):
    assert listed_paths() == ["/", "/swagger/", "/redoc/"]
    for path in listed_paths():
        assert client.get(path).status_code == 200


def test_the_sitemap_lists_the_published_courses_in_each_language(client, built, listed_paths):
    course = make_course()
    draft = make_course(published=False)

    paths = listed_paths()

    assert paths[:4] == ["/", "/es/", "/courses", "/es/courses"]
    assert {f"/courses/{course.id}", f"/es/courses/{course.id}"} <= set(paths)
    assert not any(str(draft.id) in path for path in paths)
    for path in paths:
        assert client.get(path).status_code == 200


def test_the_sitemap_has_the_last_change_of_a_course(client, built):
    course = make_course()

    changes = [element.text for element in _tree(client).iter(f"{SITEMAP}lastmod")]

    assert [change[:19] for change in changes] == [course.updated_at.isoformat()[:19]] * 2


def test_the_sitemap_omits_unpublished_courses(built, listed_paths):
    course = make_course()
    assert f"/courses/{course.id}" in listed_paths()

    unpublish_course(str(course.id), viewer=viewer_of(make_admin()))

    assert f"/courses/{course.id}" not in listed_paths()


def test_the_sitemap_has_a_maximum_length(built, listed_paths, monkeypatch):
    monkeypatch.setattr(crawlers, "MOST_COURSES", 2)
    courses = [make_course() for _ in range(3)]

    assert sum("/courses/" in path for path in listed_paths()) == 4
    assert f"/courses/{courses[-1].id}" in listed_paths()


def _tree(client):
    return ElementTree.fromstring(client.get("/sitemap.xml").content)


def test_the_sitemap_is_built_once_per_state(client, built, monkeypatch):
    course = make_course()
    renders = []
    render = crawlers.render_to_string
    monkeypatch.setattr(
        crawlers, "render_to_string", lambda *args: renders.append(1) or render(*args)
    )
    first = [client.get("/sitemap.xml").content for _ in range(3)]
    unpublish_course(str(course.id), viewer=viewer_of(make_admin()))

    assert client.get("/sitemap.xml").content != first[0]
    assert len(set(first)) == 1
    assert len(renders) == 2
