"""Access tokens and refresh tokens."""

import pytest
from rest_framework.test import APIClient

from apps.users import selectors, services
from apps.users.documents import User
from apps.users.models import Account, Session
from tests.factories import PASSWORD, client_of, make_admin, make_student
from tests.users.auth_client import ADA, bearer, expired, login, refresh
from tests.users.racing import race


def test_an_invalid_token_is_rejected_even_on_public_routes(anonymous):
    response = bearer("x.y.z").get("/api/users/")

    assert (response.status_code, response.data["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == "Bearer"
    assert anonymous.get("/api/users/").status_code == 200


def test_an_invalid_token_is_ignored_by_sign_in_and_sign_out_routes(ada):
    tokens = services.open_session(user=ada)
    stale = bearer(expired(tokens.access))

    assert stale.get("/api/auth/user/").status_code == 401
    assert stale.post("/api/auth/registration/", ADA | {"username": "bob"}).status_code == 400
    assert login(stale).status_code == 200
    assert refresh(tokens.refresh, stale).status_code == 200
    assert stale.post("/api/auth/password/reset/", {"email": "x@y.org"}).status_code == 200
    assert stale.post("/api/auth/password/reset/confirm/", {}).status_code == 400
    assert stale.post("/api/auth/logout/").status_code == 200
    for route in ("token/verify/", "registration/verify-email/", "registration/resend-email/"):
        assert stale.post(f"/api/auth/{route}", {}).status_code == 401, route


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "bearer x", "Bearer \u00e9"])
def test_a_malformed_authorization_header_is_rejected(header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get("/api/users/").status_code == 401


def test_access_and_refresh_tokens_are_not_interchangeable(ada):
    tokens = services.open_session(user=ada)

    assert bearer(tokens.refresh).get("/api/auth/user/").status_code == 401
    assert refresh(tokens.access).status_code == 401
    assert refresh(tokens.refresh).status_code == 200


def test_an_access_token_is_invalid_once_its_session_has_ended(ada, admin):
    def log_out(access):
        bearer(access).post("/api/auth/logout/")

    def change_password_elsewhere(access):
        tokens = services.open_session(user=ada)
        services.change_password(
            user_id=str(ada.id),
            session_id=tokens.session_id,
            old_password=PASSWORD,
            new_password=PASSWORD,
        )

    def deactivate(access):
        client_of(admin).patch(f"/api/users/{ada.id}/", {"is_active": False})

    def erase(access):
        services.update_user(user_id=str(ada.id), is_active=True)
        access.append(services.open_session(user=ada).access)
        services.erase(user_id=str(ada.id))

    for end in (log_out, change_password_elsewhere, deactivate):
        access = services.open_session(user=ada).access
        assert bearer(access).get("/api/auth/user/").status_code == 200, end
        end(access)
        assert bearer(access).get("/api/auth/user/").status_code == 401, end
    last = []
    erase(last)
    assert bearer(last[0]).get("/api/auth/user/").status_code == 401


def test_a_user_inactive_in_either_store_is_rejected(ada):
    client = client_of(ada)
    User.objects.update(set__is_active=False)
    selectors.invalidate_user(ada.id)
    assert client.get("/api/auth/user/").status_code == 401

    User.objects.update(set__is_active=True)
    selectors.invalidate_user(ada.id)
    assert client.get("/api/auth/user/").status_code == 200

    Account.objects.update(is_active=False)
    selectors.invalidate_sessions(Session.objects.values_list("pk", flat=True))
    assert client.get("/api/auth/user/").status_code == 401


def test_a_cached_session_ends_on_time(ada, monkeypatch):
    client = client_of(ada)
    assert client.get("/api/auth/user/").status_code == 200
    end = Session.objects.get().expires_at.timestamp()

    monkeypatch.setattr("apps.users.authentication.time.time", lambda: end)

    assert client.get("/api/auth/user/").status_code == 401


def test_a_role_change_takes_effect_at_once(ada, admin):
    client, other = client_of(ada), make_admin()
    assert client.post("/api/users/", {}).status_code == 403

    client_of(admin).patch(f"/api/users/{ada.id}/", {"is_admin": True})
    assert client.post("/api/users/", {}).status_code == 400

    client_of(other).patch(f"/api/users/{ada.id}/", {"is_admin": False})
    assert client.post("/api/users/", {}).status_code == 403


def test_a_token_is_verified_until_its_session_ends(ada, anonymous):
    tokens = services.open_session(user=ada)

    def verify(token: str) -> int:
        return anonymous.post("/api/auth/token/verify/", {"token": token}).status_code

    assert verify(tokens.access) == verify(tokens.refresh) == 200
    assert verify("x") == 401
    services.end_all_sessions(account_id=Session.objects.get().account_id)
    assert verify(tokens.access) == verify(tokens.refresh) == 401


def test_a_refresh_returns_a_new_pair_and_reusing_the_old_token_ends_the_session(ada):
    first = login().data
    second = refresh(first["refresh"])

    assert second.status_code == 200
    assert set(second.data) == {"access", "refresh", "user"}
    assert refresh(first["refresh"]).status_code == 401
    assert refresh(second.data["refresh"]).status_code == 401
    assert bearer(second.data["access"]).get("/api/auth/user/").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", 5, None, ["x"]], ids=str)
def test_an_invalid_refresh_token_is_rejected(token, anonymous):
    response = anonymous.post("/api/auth/token/refresh/", {"refresh": token})
    assert response.status_code in (400, 401)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_fifty_concurrent_refreshes_succeeds(settings):
    settings.RATE_LIMITED = True
    token = services.open_session(user=make_student()).refresh

    statuses = [answer.status_code for answer in race(50, lambda n: refresh(token))]

    assert sorted(statuses) == [200] + [401] * 49
