"""How the built web app is served, and that nothing of the server's is hidden behind it."""

import json
import re

import pytest
from django.conf import settings as given
from django.test import RequestFactory
from whitenoise.compress import main as compress

from lms import web

SPANISH = '<html lang="es">'
ENGLISH = '<html lang="en">'


@pytest.fixture
def built(settings):
    """A web app as `make web-build` leaves it."""
    (settings.WEB_APP / "es").mkdir(parents=True)
    (settings.WEB_APP / "index.html").write_text(ENGLISH)
    (settings.WEB_APP / "es" / "index.html").write_text(SPANISH)
    (settings.WEB_APP / "chunk-B1v_n-Jo.js").write_text("1")
    for name in ("theme.js", "ngsw-worker.js", "ngsw.json", "manifest.webmanifest", "icon.svg"):
        (settings.WEB_APP / name).write_text("1")


@pytest.fixture
def file(built, settings):
    """Get one of the web app's files."""
    settings.WHITENOISE_ROOT = settings.WEB_APP
    settings.WHITENOISE_AUTOREFRESH = True
    serve = web.FilesMiddleware(lambda request: None)
    return lambda path, **headers: serve(RequestFactory().get(path, headers=headers))


def text(response) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize(
    "path", ["/", "/courses", "/courses/0123456789abcdef01234567", "/learn/a/b", "/studio/", "/nix"]
)
def test_every_address_of_the_app_is_its_page(client, built, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert text(response) == ENGLISH


def test_the_page_that_the_service_worker_keeps_has_the_same_policy(client, built):
    policy = client.get("/courses")["Content-Security-Policy"]

    assert "base-uri 'self'" in policy
    for path in ("/index.html", "/es/index.html"):
        assert client.get(path)["Content-Security-Policy"] == policy


@pytest.mark.parametrize("path", ["/es", "/es/", "/es/courses"])
def test_below_es_the_page_speaks_spanish(client, built, path):
    assert text(client.get(path)) == SPANISH


def test_what_only_begins_with_es_does_not(client, built):
    assert text(client.get("/essays")) == ENGLISH


def test_the_page_is_asked_for_anew_and_not_sent_again_unchanged(client, built):
    response = client.get("/courses")

    assert response["Cache-Control"] == "no-cache"
    again = client.get("/courses", headers={"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/api/nix/",
        "/api/nix",
        "/swagger/nix",
        "/media/nix",
        "/static/nix",
        "/health/nix",
        "/metrics/nix",
        "/unsubscribe/nix",
        "/chunk-gone.js",
        "/courses/nix.css",
    ],
)
def test_what_is_not_the_apps_stays_unknown(client, built, path):
    response = client.get(path, follow=True)

    assert response.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/api/courses/", "/swagger/", "/health/live", "/metrics", "/robots.txt", "/sitemap.xml"],
)
def test_what_the_server_answers_it_answers_still(client, built, path):
    response = client.get(path)

    assert response.status_code == 200
    assert ENGLISH not in response.text


def test_its_page_runs_no_inline_script_and_frames_videos_only(client, built, settings):
    settings.VIDEO_HOSTS = ["videos.example"]

    policy = client.get("/")["Content-Security-Policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'self'"
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["frame-src"] == "https://videos.example"
    assert rules["worker-src"] == rules["manifest-src"] == "'self'"
    assert "script-src" not in rules
    assert "unsafe-eval" not in policy


def test_without_video_hosts_nothing_is_framed(client, built, settings):
    settings.VIDEO_HOSTS = []

    assert "frame-src 'none'" in client.get("/")["Content-Security-Policy"]


def test_files_with_a_hash_are_kept_for_ever_and_others_are_asked_for_anew(file):
    assert "immutable" in file("/chunk-B1v_n-Jo.js")["Cache-Control"]
    for name in ("theme.js", "ngsw-worker.js", "ngsw.json", "manifest.webmanifest"):
        assert file(f"/{name}")["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ngsw-worker.js", "text/javascript"),
        ("ngsw.json", "application/json"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_what_installs_the_app_says_what_it_is(file, name, kind):
    assert file(f"/{name}")["Content-Type"].split(";")[0] == kind


@pytest.mark.parametrize(
    ("accepted", "sent"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_files_are_sent_as_small_as_the_browser_takes_them(file, settings, accepted, sent):
    (settings.WEB_APP / "theme.js").write_text("let theme;\n" * 100)
    compress(["--quiet", str(settings.WEB_APP)])  # as `make web-build` does

    response = file("/theme.js", accept_encoding=accepted)

    assert response.get("Content-Encoding") == sent
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/ngsw-worker.js", "/es/ngsw-worker.js"])
def test_the_service_worker_may_fetch_what_the_pages_show_and_do_nothing_else(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert policy == "default-src 'none'; connect-src 'self' https:"


def test_the_service_worker_answers_no_address_of_the_servers_and_keeps_nothing_private():
    config = json.loads((given.ROOT / "frontend" / "ngsw-config.json").read_text())

    left_out = {url[1:] for url in config["navigationUrls"] if url.startswith("!")}
    for name in web.SERVERS.split("|"):
        assert {f"/{name}", f"/{name}/**"} <= left_out
    assert {"es", "es/**"} <= left_out  # relative, so the Spanish worker answers its own
    kept = [url for group in config["dataGroups"] for url in group["urls"]]
    assert kept == ["/api/courses/?published=true*", "/api/categories/?page_size=*"]


def test_where_it_is_not_built_there_is_the_start_page_alone(client):
    assert "Learning Management System" in client.get("/").text
    assert client.get("/courses").status_code == 404


def test_it_is_read_only(client, built):
    assert client.post("/courses").status_code == 405


def test_the_app_knows_which_addresses_are_the_servers():
    pattern = web.urlpatterns[-1].pattern.regex

    for name in web.SERVERS.split("|"):
        assert not re.search(pattern, f"{name}/x")
        assert re.search(pattern, f"{name}x")
