"""Headers of every response, and responses to invalid requests."""

import logging
import re

import pytest

from tests.platform.urls import SECRET

JSON = "application/json"


def test_an_unknown_api_route_is_a_json_404(client):
    for path in ("/api/", "/api/nix/", "/api/courses", "/api/../nix", "/api/courses/x/y/z/"):
        response = client.get(path)

        assert response.status_code == 404, path
        assert response.json() == {"detail": "Not found.", "code": "not_found"}


def test_a_post_without_a_trailing_slash_is_not_redirected(client):
    response = client.post("/api/echo", {}, content_type=JSON)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("name", ["admin", "swagger", "redoc"])
def test_a_page_without_a_trailing_slash_is_redirected(client, name):
    response = client.get(f"/{name}")

    assert response.status_code == 301
    assert response["Location"] == f"/{name}/"


def test_an_unknown_page_is_a_simple_page_with_a_link_back(client):
    response = client.get("/no-such-page")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert 'href="/"' in response.text


def test_an_unsupported_method_is_a_405_with_the_allowed_methods(client):
    response = client.delete("/api/echo/")

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, HEAD, POST"


def test_options_reveals_no_fields(client):
    response = client.options("/api/echo/")

    assert response.status_code == 405
    assert "OPTIONS" not in response["Allow"]


def test_a_body_of_unknown_length_is_refused_not_ignored(client):
    response = client.generic("POST", "/api/echo/", HTTP_TRANSFER_ENCODING="chunked")

    assert response.status_code == 411
    assert response.json()["code"] == "length_required"


def test_an_unknown_host_is_refused(client):
    for path in ("/api/echo/", "/", "/admin/", "/health/live"):
        response = client.get(path, headers={"Host": "evil.test"})

        assert response.status_code == 400, path
        assert "X-Request-ID" in response
    assert client.get("/api/echo/", headers={"Host": "evil.test"}).json() == {
        "detail": "The request is malformed.",
        "code": "bad_request",
    }


def test_an_exception_is_logged_but_not_returned(client, caplog):
    with caplog.at_level(logging.ERROR):
        response = client.get("/api/broken/", headers={"X-Request-ID": "request-0001"})

    assert response.status_code == 500
    assert response.json()["code"] == "server_error"
    assert response.json()["request_id"] == response["X-Request-ID"] == "request-0001"
    assert SECRET not in response.text
    assert SECRET in caplog.text


def test_an_error_page_shows_only_the_request_id(client):
    response = client.get("/broken", headers={"X-Request-ID": "request-0002"})

    assert response.status_code == 500
    assert "request-0002" in response.text
    assert SECRET not in response.text
    assert "Traceback" not in response.text


def test_an_unavailable_store_is_a_503_with_a_retry_time(client):
    for path in ("/api/store-unavailable/", "/store-unavailable"):
        response = client.get(path)

        assert response.status_code == 503, path
        assert response["Retry-After"] == "2"
        assert SECRET not in response.text
    assert client.get("/api/store-unavailable/").json()["code"] == "store_unavailable"


def test_a_forbidden_page_is_a_simple_page(client):
    response = client.get("/forbidden")

    assert response.status_code == 403
    assert "You do not have permission to do this." in response.text


@pytest.mark.parametrize("path", ["/", "/api/echo/", "/api/nix/", "/api/broken/", "/admin/login/"])
def test_every_response_has_an_id_and_forbids_framing_and_sniffing(client, path):
    response = client.get(path)

    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_valid_request_id_is_kept(client):
    assert client.get("/", headers={"X-Request-ID": "f00d-BEEF_1.2"})["X-Request-ID"] == (
        "f00d-BEEF_1.2"
    )


@pytest.mark.parametrize(
    "invalid", ["", "short", "x" * 129, "with space", "läng-enough", "<script>"]
)
def test_another_request_id_is_replaced(client, invalid):
    request_id = client.get("/", headers={"X-Request-ID": invalid})["X-Request-ID"]

    assert re.fullmatch(r"[0-9a-f]{32}", request_id)


def test_api_responses_load_nothing_and_are_not_cached(client):
    response = client.get("/api/echo/")

    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_pages_have_no_inline_script(client):
    for path in ("/", "/swagger/", "/redoc/", "/admin/login/", "/no-such-page"):
        policy = client.get(path)["Content-Security-Policy"]

        assert "default-src 'self'" in policy, path
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe-eval" not in policy


def test_https_responses_require_https_for_a_year(settings, client):
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60

    response = client.get("/", secure=True)

    assert response["Strict-Transport-Security"].startswith("max-age=31536000")


# Bodies


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"nothing", 400),
        (b'{"a": 1, "a": 2}', 400),
        (b'{"a": NaN}', 400),
        (b'{"a": 1e400}', 400),
        (b'{"a": ' + b"9" * 5000 + b"}", 400),
        (b"\xff\xfe", 400),
        (b"[" * 2000 + b"]" * 2000, 400),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, 400),
        (b"[" * 33 + b"]" * 33, 400),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(100_000)) + b"}", 413),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}", 400),
        (b'"' + b"x" * (2 * 1024 * 1024) + b'"', 413),
    ],
)
def test_unusable_json_is_refused(client, body, status):
    response = client.post("/api/echo/", body, content_type=JSON)

    assert response.status_code == status
    assert set(response.json()) == {"detail", "code"}


def test_brackets_in_strings_are_not_nesting(client):
    body = '{"a": "' + "[" * 100 + '\\"{{"}'

    response = client.post("/api/echo/", body, content_type=JSON)

    assert response.json() == {"data": {"a": "[" * 100 + '"{{'}}


def test_another_content_type_is_a_415(client):
    for kind in ("application/xml", "text/plain", "application/x-www-form-urlencoded"):
        response = client.post("/api/echo/", b"a=1", content_type=kind)

        assert response.status_code == 415, kind
        assert response.json()["code"] == "unsupported_media_type"


def test_an_unknown_query_parameter_is_named(client):
    for name in ("nosuch", "title__ne", "title[$ne]", "__raw__", "format"):
        response = client.get("/api/echo/", {name: "1"})

        assert response.status_code == 400, name
        assert name in response.json()


# Other origins


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "https://allowed.test.evil.test"])
def test_an_origin_that_is_not_listed_gets_no_cors_header(settings, client, origin):
    settings.CORS_ALLOWED_ORIGINS = ["https://allowed.test"]

    response = client.get("/api/echo/", headers={"Origin": origin})

    assert "Access-Control-Allow-Origin" not in response


def test_without_a_list_no_origin_is_allowed(client):
    response = client.get("/api/echo/", headers={"Origin": "https://allowed.test"})

    assert "Access-Control-Allow-Origin" not in response


def test_a_listed_origin_may_call_only_the_api(settings, client):
    settings.CORS_ALLOWED_ORIGINS = ["https://allowed.test"]
    headers = {"Origin": "https://allowed.test"}

    assert client.get("/api/echo/", headers=headers)["Access-Control-Allow-Origin"] == (
        "https://allowed.test"
    )
    assert "Access-Control-Allow-Origin" not in client.get("/", headers=headers)
