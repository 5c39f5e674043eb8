"""The start page, error pages and pictures."""

import html
import re
import subprocess

import pytest
from django.contrib.staticfiles import finders
from django.http import UnreadablePostError
from django.test import Client

from lms.site import pages
from tests.factories import make_course


def test_the_start_page_describes_the_product_and_has_links(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "Learning Management System" in page.text
    for path in ("/swagger/", "/redoc/", "/admin/"):
        assert f'href="{path}"' in page.text
        assert client.get(path, follow=True).status_code == 200
    assert page.text.count("<pre") == 5


def test_the_start_page_is_accessible_and_runs_no_script(client):
    page = client.get("/").text

    assert '<html lang="en">' in page
    assert page.count("<h1") == page.count("<main") == 1
    assert 'name="viewport"' in page
    assert 'class="skip" href="#main"' in page
    assert "<script" not in page
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_the_files_of_the_start_page_exist(client):
    loaded = re.findall(r'(?:href|src)="/static/([^"]+)"', client.get("/").text)

    assert loaded
    assert all(finders.find(name) for name in loaded)


@pytest.mark.django_db(transaction=True)
def test_the_five_calls_work_when_pasted(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    make_course(title="Thinking in Python", lessons=4)
    page = Client().get("/").text
    script = "\n".join(
        html.unescape(call) for call in re.findall(r"<code>(.*?)</code>", page, re.S)
    )

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert '"percentage":25' in done.stdout.replace(" ", "")


def test_a_picture_is_cached_for_a_year_and_served_only_as_a_picture(client, settings):
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "one.png").write_bytes(b"\x89PNG")

    response = client.get("/media/one.png")

    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["", "nix.png", "../accounts.sqlite3", "..%2fsecret-key", "%2fetc"]
)
def test_only_pictures_are_served(client, settings, name):
    settings.MEDIA_ROOT.mkdir()

    assert client.get(f"/media/{name}").status_code in (400, 404)


def test_pages_are_read_only(client):
    for path in ("/", "/robots.txt", "/sitemap.xml", "/health/live", "/swagger.json", "/metrics"):
        assert client.post(path).status_code == 405, path


PAGES = ("/", "/admin/login/", "/sitemap.xml", "/robots.txt", "/metrics", "/x")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_limited_like_anonymous_requests(client, settings, path):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (2, 60)}

    answers = [client.get(path) for _ in range(3)]

    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert answers[-1]["Retry-After"] == "60"
    assert "Too many requests" in answers[-1].text
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_requests_for_unknown_hosts_are_limited_too(client, settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (1, 60)}

    answers = [client.get("/", headers={"Host": "evil.test"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [400, 429]


def test_an_incomplete_form_is_a_400(rf):
    try:
        raise UnreadablePostError("The body is incomplete.")
    except UnreadablePostError:
        assert pages.server_error(rf.post("/admin/")).status_code == 400
