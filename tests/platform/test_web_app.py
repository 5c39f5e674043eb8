"""The built web app is served without hiding any route of the server."""

import html
import json
import re

import pytest
from django.conf import settings as project_settings
from django.test import RequestFactory
from pymongo.errors import ServerSelectionTimeoutError
from whitenoise.compress import main as compress

from lms.site import web_app
from tests.factories import make_course
from tests.platform.conftest import ENGLISH, SPANISH

NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture
def file(built, settings):
    """Return a function that gets a file of the web app."""
    settings.WHITENOISE_ROOT = settings.WEB_APP
    settings.WHITENOISE_AUTOREFRESH = True
    serve = web_app.FilesMiddleware(lambda request: None)
    return lambda path, **headers: serve(RequestFactory().get(path, headers=headers))


@pytest.mark.parametrize(
    "path", ["/", "/courses", "/courses/0123456789abcdef01234567", "/learn/a/b", "/studio/"]
)
def test_every_url_of_the_app_returns_its_page(client, built, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    assert ENGLISH in response.text


def test_the_page_that_the_service_worker_caches_has_the_same_policy(client, built):
    policy = client.get("/courses")["Content-Security-Policy"]

    assert "base-uri 'self'" in policy
    for path in ("/index.html", "/es/index.html"):
        assert client.get(path)["Content-Security-Policy"] == policy


@pytest.mark.parametrize("path", ["/es", "/es/", "/es/courses"])
def test_the_page_below_es_is_spanish(client, built, path):
    assert SPANISH in client.get(path).text


def test_a_url_that_only_starts_with_es_is_not_spanish(client, built):
    assert ENGLISH in client.get("/essays").text


def test_the_page_is_revalidated_and_not_sent_again_unchanged(client, built):
    response = client.get("/courses")

    assert response["Cache-Control"] == "no-cache"
    again = client.get("/courses", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert again["Content-Security-Policy"] == response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/nix", "/es/nix", "/es/es/courses", "/coursesx"])
def test_an_unknown_url_of_the_app_is_a_404(client, built, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "<html" in response.text
    assert NOINDEX in response.text
    assert "frame-src" in response["Content-Security-Policy"]
    assert client.get(path, headers={"If-None-Match": "*"}).status_code == 404


def test_the_urls_of_the_app_are_known():
    app = project_settings.ROOT / "frontend" / "src" / "app"
    routes = (app / "app.routes.ts").read_text()
    routes += (app / "features" / "account" / "account.routes.ts").read_text()

    assert set(re.findall(r"path: '([^']*)'", routes)) - {"**"} == web_app.ROUTES


@pytest.mark.parametrize(
    ("path", "canonical_path", "spanish"),
    [
        ("/", "/", "/es/"),
        ("/es", "/es/", "/es/"),
        ("/courses/", "/courses", "/es/courses"),
        ("/es/courses?search=x", "/es/courses", "/es/courses"),
        ("/login", "/login", "/es/login"),
    ],
)
def test_a_public_page_has_its_canonical_url_and_its_other_language(
    client, built, settings, path, canonical_path, spanish
):
    page = client.get(path).text

    site = settings.PUBLIC_URL
    english = spanish.replace("/es", "", 1)
    assert re.findall(r'rel="canonical" href="(.*?)"', page) == [site + canonical_path]
    assert re.findall(r'hreflang="(.*?)" href="(.*?)"', page) == [
        ("en", site + english),
        ("es", site + spanish),
        ("x-default", site + english),
    ]
    assert NOINDEX not in page


@pytest.mark.parametrize(
    "path", ["/dashboard", "/es/profile", "/learn/a/b", "/studio", "/reset", "/unreachable"]
)
def test_private_pages_are_not_indexed(client, built, path):
    page = client.get(path).text

    assert NOINDEX in page
    assert "canonical" not in page


def test_a_public_page_preloads_its_modules(client, built, settings):
    parts = {
        "src/app/features/courses/courses.routes.ts": ["chunk-a.js"],
        "src/app/features/courses/course-list.ts": ["chunk-a.js", "chunk-b.js"],
        "src/app/features/courses/course-page.ts": ["chunk-c.js"],
    }
    (settings.WEB_APP.parent / "preloads.json").write_text(json.dumps(parts))

    def named(path):
        return re.findall(r'<link rel="modulepreload" href="([^"]+)">', client.get(path).text)

    course = make_course()
    assert named("/courses") == named("/es/courses") == ["chunk-a.js", "chunk-b.js"]
    assert named(f"/courses/{course.id}") == ["chunk-a.js", "chunk-c.js"]
    assert named("/") == named("/dashboard") == []


def test_the_preloaded_modules_exist_in_the_apps_sources():
    for name in {name for names in web_app.PRELOADED.values() for name in names}:
        assert (project_settings.ROOT / "frontend" / web_app.FEATURES / f"{name}.ts").exists()


def test_a_course_page_has_its_title_before_the_app_runs(client, built, settings):
    course = make_course(
        title="Trees & <shrubs>", description='All "plants",\nand \\1.' + "x" * 999
    )

    page = client.get(f"/es/courses/{course.id}").text

    assert "<title>Trees &amp; &lt;shrubs&gt; · Aprender</title>" in page
    summary = re.search(r'name="description" content="(.*?)"', page)[1]
    assert summary.startswith("All &quot;plants&quot;, and \\1.xxx")
    assert len(html.unescape(summary)) == 160
    assert f'rel="canonical" href="{settings.PUBLIC_URL}/es/courses/{course.id}"' in page


def test_a_draft_is_not_indexed_and_looks_like_an_unknown_course(client, built):
    draft = make_course(title="Secret", published=False)

    for course_id in (draft.id, "0123456789abcdef01234567"):
        response = client.get(f"/courses/{course_id}")
        assert response.status_code == 200
        assert response.text == client.get("/courses/ffffffffffffffffffffffff").text
        assert NOINDEX in response.text


def test_a_course_page_opens_while_the_store_is_unavailable(client, built, monkeypatch):
    def fail(*args, **options):
        raise ServerSelectionTimeoutError("planted")

    monkeypatch.setattr(web_app, "cached_visible_course", fail)

    assert client.get("/courses/0123456789abcdef01234567").status_code == 200


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
def test_urls_outside_the_app_stay_unknown(client, built, path):
    response = client.get(path, follow=True)

    assert response.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/api/courses/", "/swagger/", "/health/live", "/metrics", "/robots.txt", "/sitemap.xml"],
)
def test_the_servers_own_routes_still_respond(client, built, path):
    response = client.get(path)

    assert response.status_code == 200
    assert ENGLISH not in response.text


def test_the_page_has_no_inline_script_and_frames_only_videos(client, built, settings):
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


def test_files_with_a_hash_are_immutable_and_others_are_revalidated(file):
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
def test_each_file_has_its_content_type(file, name, kind):
    assert file(f"/{name}")["Content-Type"].split(";")[0] == kind


@pytest.mark.parametrize(
    ("accepted", "sent"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_files_are_compressed_as_the_browser_accepts(file, settings, accepted, sent):
    (settings.WEB_APP / "theme.js").write_text("let theme;\n" * 100)
    compress(["--quiet", str(settings.WEB_APP)])  # like `make web-build`

    response = file("/theme.js", accept_encoding=accepted)

    assert response.get("Content-Encoding") == sent
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/ngsw-worker.js", "/es/ngsw-worker.js"])
def test_the_service_worker_may_fetch_only_what_the_pages_show(client, path):
    policy = client.get(path)["Content-Security-Policy"]

    assert policy == "default-src 'none'; connect-src 'self' https:"


def test_the_service_worker_handles_no_server_routes_and_caches_nothing_private():
    config = json.loads((project_settings.ROOT / "frontend" / "ngsw-config.json").read_text())

    excluded = {url[1:] for url in config["navigationUrls"] if url.startswith("!")}
    for name in web_app.SERVER_PATHS.split("|"):
        assert {f"/{name}", f"/{name}/**"} <= excluded
    assert {"es", "es/**"} <= excluded  # Relative paths, so the Spanish worker handles its own.
    cached = [url for group in config["dataGroups"] for url in group["urls"]]
    assert cached == ["/api/courses/?published=true*", "/api/categories/?page_size=*"]


def test_without_a_build_only_the_start_page_exists(client):
    assert "Learning Management System" in client.get("/").text
    assert client.get("/courses").status_code == 404


def test_the_app_is_read_only(client, built):
    assert client.post("/courses").status_code == 405


def test_the_app_knows_the_servers_routes():
    pattern = web_app.urlpatterns[-1].pattern.regex

    for name in web_app.SERVER_PATHS.split("|"):
        assert not re.search(pattern, f"{name}/x")
        assert re.search(pattern, f"{name}x")
