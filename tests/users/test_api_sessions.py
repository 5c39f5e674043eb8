"""Signing out, and the list of sessions."""

from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.users import services
from apps.users.models import Session
from tests.factories import client_of
from tests.users.auth_client import bearer, expired, login, refresh


def test_signing_out_needs_no_body(ada):
    tokens = login().data

    response = bearer(tokens["access"]).post("/api/auth/logout/")

    assert response.status_code == 200
    assert refresh(tokens["refresh"]).status_code == 401
    assert Session.objects.count() == 0


def test_signing_out_works_with_an_expired_access_token(ada):
    tokens = login().data

    response = bearer(expired(tokens["access"])).post(
        "/api/auth/logout/", {"refresh": tokens["refresh"]}
    )

    assert response.status_code == 200
    assert refresh(tokens["refresh"]).status_code == 401


def test_signing_out_anonymously_stores_nothing(anonymous, ada):
    for number in range(100):
        assert anonymous.post("/api/auth/logout/", {"refresh": f"{number}"}).status_code == 200
        assert anonymous.post("/api/auth/logout/").status_code == 200

    assert OutstandingToken.objects.count() == Session.objects.count() == 0


def test_signing_out_everywhere_ends_only_the_users_own_sessions(ada, student):
    own, other = [login().data for _ in range(2)], client_of(student)

    assert bearer(own[0]["access"]).post("/api/auth/logout/all/").status_code == 200

    for tokens in own:
        assert bearer(tokens["access"]).get("/api/auth/user/").status_code == 401
    assert other.get("/api/auth/user/").status_code == 200
    assert APIClient().post("/api/auth/logout/all/").status_code == 401


def test_sessions_are_listed_and_can_be_ended_individually(ada, student):
    client = bearer(login(APIClient(HTTP_USER_AGENT="Firefox")).data["access"])
    login(APIClient(HTTP_USER_AGENT="Safari"))
    foreign = services.open_session(user=student).session_id

    sessions = client.get("/api/auth/sessions/").data

    assert sessions["count"] == 2
    rows = {row["user_agent"]: row for row in sessions["results"]}
    assert rows["Firefox"]["current"] is True
    assert rows["Safari"]["current"] is False
    assert set(rows["Safari"]) == {
        *("id", "created_at", "last_used_at", "user_agent", "address", "current")
    }
    assert client.delete(f"/api/auth/sessions/{rows['Safari']['id']}/").status_code == 204
    assert client.delete(f"/api/auth/sessions/{rows['Safari']['id']}/").status_code == 404
    assert client.delete(f"/api/auth/sessions/{foreign}/").status_code == 404
    assert client.get("/api/auth/sessions/?page_size=1").data["next"] is None
    assert Session.objects.count() == 2


def test_an_expired_session_is_not_listed_and_its_tokens_are_invalid(ada):
    client, other = client_of(ada), services.open_session(user=ada)
    Session.objects.filter(pk=other.session_id).update(expires_at=timezone.now())

    assert client.get("/api/auth/sessions/").data["count"] == 1
    assert bearer(other.access).get("/api/auth/user/").status_code == 401


def test_ending_the_current_session_signs_out(ada):
    client = bearer(login().data["access"])
    [here] = client.get("/api/auth/sessions/").data["results"]

    assert client.delete(f"/api/auth/sessions/{here['id']}/").status_code == 204
    assert client.get("/api/auth/user/").status_code == 401
