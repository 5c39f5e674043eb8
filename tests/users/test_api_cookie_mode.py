"""Cookie mode: the refresh token in a cookie."""

import pytest
from rest_framework.test import APIClient

from apps.users.models import Session
from tests.factories import PASSWORD
from tests.users.auth_client import ADA, COOKIE_MODE, bearer, login


def test_cookie_mode_hides_the_refresh_token_from_scripts(ada):
    client = APIClient()
    response = client.post(
        "/api/auth/login/", {"username": "ada", "password": PASSWORD}, **COOKIE_MODE
    )

    assert "refresh" not in response.data
    cookie = response.cookies["refresh"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"]) == ("Strict", "/api/auth/")
    assert 0 < cookie["max-age"] <= 7 * 24 * 3600

    again = client.post("/api/auth/token/refresh/", **COOKIE_MODE)
    assert again.status_code == 200
    assert "refresh" not in again.data
    assert again.cookies["refresh"].value != cookie.value

    out = client.post("/api/auth/logout/", **COOKIE_MODE)
    assert out.cookies["refresh"].value == ""
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("host", "secure", "flagged"),
    [
        ("localhost:8000", False, ""),
        ("127.0.0.1", False, ""),
        ("localhost", True, True),
        ("testserver", False, True),
    ],
)
def test_the_cookie_is_secure_except_over_plain_http_to_localhost(ada, host, secure, flagged):
    response = APIClient().post(
        "/api/auth/login/",
        {"username": "ada", "password": PASSWORD},
        HTTP_HOST=host,
        secure=secure,
        **COOKIE_MODE,
    )
    assert response.cookies["refresh"]["secure"] == flagged


def test_the_cookie_is_accepted_only_with_the_header_and_from_allowed_origins(ada, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    client = APIClient()
    body = {"username": "ada", "password": PASSWORD}
    client.post("/api/auth/login/", body, **COOKIE_MODE)

    for route in ("token/refresh/", "logout/"):
        assert client.post(f"/api/auth/{route}").status_code == 403
        for origin in ("https://evil.test", "null", "https://app.example.evil.test"):
            foreign = client.post(f"/api/auth/{route}", HTTP_ORIGIN=origin, **COOKIE_MODE)
            assert foreign.status_code == 403, origin
    foreign = client.post("/api/auth/login/", body, HTTP_ORIGIN="https://evil.test", **COOKIE_MODE)
    assert foreign.status_code == 403
    assert Session.objects.count() == 1
    for origin in ("http://testserver", "https://app.example"):
        own = client.post("/api/auth/token/refresh/", HTTP_ORIGIN=origin, **COOKIE_MODE)
        assert own.status_code == 200, origin


def test_a_cookie_without_the_header_does_not_authenticate(ada):
    client = APIClient()
    client.post("/api/auth/login/", {"username": "ada", "password": PASSWORD}, **COOKIE_MODE)

    assert client.get("/api/users/").status_code == 200
    assert client.get("/api/auth/user/").status_code == 401
    client.cookies["refresh"] = "stale"
    assert client.get("/api/users/").status_code == 200
    assert login(client).status_code == 200
    assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401


def test_tabs_that_share_the_cookie_can_both_refresh(ada):
    client, late = APIClient(), APIClient()
    client.post("/api/auth/login/", {"username": "ada", "password": PASSWORD}, **COOKIE_MODE)
    late.cookies["refresh"] = client.cookies["refresh"].value

    for _ in range(2):  # The tabs share the new cookie.
        assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 200

    assert late.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401
    assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401


def test_cookie_mode_covers_registration_and_signing_out_everywhere(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA, **COOKIE_MODE)
    assert (response.status_code, "refresh" in response.data) == (201, False)
    assert response.cookies["refresh"]["httponly"]

    out = bearer(response.data["access"]).post("/api/auth/logout/all/", **COOKIE_MODE)

    assert out.cookies["refresh"].value == ""
    assert anonymous.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401
