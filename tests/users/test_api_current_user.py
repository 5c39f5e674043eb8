"""The current user's profile, export and erasure."""

import json

import pytest
from django.core import mail
from rest_framework.test import APIClient

from apps.users import selectors, services
from apps.users.documents import User
from apps.users.models import Account
from tests.exports import export_of
from tests.factories import PASSWORD, client_of, make_course
from tests.users.auth_client import ADA, login


def test_the_current_user_can_be_put_back_as_it_was_read(ada):
    client = client_of(ada)
    client.patch(
        "/api/auth/user/", {"bio": "Hello", "language": "es", "instructor_requested": True}
    )
    before = client.get("/api/auth/user/").json()

    response = client.put("/api/auth/user/", before)

    assert response.status_code == 200
    assert response.json() == before


def test_a_user_changes_their_own_profile(ada):
    client = client_of(ada)
    changes = {"bio": "Two\nlines", "language": "es", "instructor_requested": True}

    response = client.patch("/api/auth/user/", changes)

    assert response.status_code == 200
    assert {name: response.data[name] for name in changes} == changes
    assert client.get("/api/auth/user/").data == response.data
    assert client.put("/api/auth/user/", {}).data["bio"] == ""


@pytest.mark.parametrize(
    "bio",
    [
        "👩‍👩‍👧‍👦 family",
        "שלום, עולם",
        "e\u0301 and Z\u0351\u036b",
        "one\ntwo\n\n  three",
        "<b>&amp;",
        "👋" * 2000,
    ],
    ids=["emoji", "right to left", "combining", "lines", "markup", "longest"],
)
def test_a_bio_is_stored_as_it_was_written(ada, bio):
    client = client_of(ada)

    assert client.patch("/api/auth/user/", {"bio": bio}).data["bio"] == bio
    assert client.get("/api/auth/user/").json()["bio"] == bio
    assert client.patch("/api/auth/user/", {"bio": "👋" * 2001}).status_code == 400


def test_only_supported_languages_are_accepted(ada):
    for language in ("tlh", "EN", "", None, ["es"], 1):
        response = client_of(ada).patch("/api/auth/user/", {"language": language})
        assert (response.status_code, list(response.data)) == (400, ["language"]), language


def test_users_cannot_grant_themselves_a_role(ada):
    client = client_of(ada)
    rights = {"is_instructor": True, "is_admin": True, "is_active": True, "username": "root"}

    response = client.patch("/api/auth/user/", rights | {"id": "0" * 24})
    assert response.status_code == 200
    assert (response.data["is_instructor"], response.data["is_admin"]) == (False, False)
    assert response.data["username"] == "ada"
    for field in ("is_staff", "is_superuser", "role", "profile_id", "_cls", "$set", "revision"):
        assert client.patch("/api/auth/user/", {field: True}).status_code == 400, field
    assert client.patch(f"/api/users/{ada.id}/", {"is_instructor": True}).status_code == 403
    assert not Account.objects.get().is_superuser


def test_a_new_email_address_requires_the_password(ada):
    client = client_of(ada)
    new = {"email": "new@example.org"}

    def patch(**body):
        return client.patch("/api/auth/user/", body)

    assert list(patch(**new).data) == ["password"]
    assert list(patch(**new, password="wrong").data) == ["password"]
    assert list(patch(password=PASSWORD).data) == ["password"]
    assert list(patch(email=ada.email, password=PASSWORD).data) == ["password"]
    assert patch(email=ada.email).status_code == 200
    assert User.objects.get().email == ada.email

    response = patch(**new, password=PASSWORD)

    assert (response.status_code, response.data["email"]) == (200, "new@example.org")
    assert response.data["email_verified"] is False
    assert mail.outbox[-1].to == ["new@example.org"]
    assert login(username="", email="new@example.org").status_code == 200


def test_another_users_email_address_is_rejected(ada, student):
    response = client_of(ada).patch(
        "/api/auth/user/", {"email": student.email.upper(), "password": PASSWORD}
    )
    assert (response.status_code, list(response.data)) == (400, ["email"])


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_without_the_password_nothing_reveals_whether_an_email_address_is_taken(ada, student, verb):
    send = getattr(client_of(ada), verb)

    for password in ({}, {"password": ""}, {"password": "wrong"}):
        taken, free = (
            send("/api/auth/user/", {"email": email} | password)
            for email in (student.email.upper(), "nobody@example.org")
        )
        assert taken.status_code == free.status_code == 400
        assert taken.content == free.content
        assert list(taken.data) == ["password"]


def test_email_changes_with_the_correct_password_are_limited(ada, student, limited):
    client = client_of(ada)
    body = {"email": student.email, "password": PASSWORD}

    answers = [client.patch("/api/auth/user/", body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert [list(answer.data) for answer in answers[:3]] == [["email"]] * 3
    assert client.patch("/api/auth/user/", {"bio": "Hello"}).status_code == 200


def test_a_stale_edit_of_the_current_user_changes_nothing(ada):
    client = client_of(ada)
    tag = client.get("/api/auth/user/")["ETag"]
    assert client.get("/api/auth/user/", HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert client.patch("/api/auth/user/", {"bio": "1"}, HTTP_IF_MATCH=tag).status_code == 200

    stale = [
        client.patch("/api/auth/user/", {"bio": "2"}, HTTP_IF_MATCH=tag),
        client.put("/api/auth/user/", {"bio": "2"}, HTTP_IF_MATCH=f"W/{tag}"),
        client.delete("/api/auth/user/", HTTP_IF_MATCH=tag),
        client.patch(
            "/api/auth/user/",
            {"email": "new@example.org", "password": PASSWORD},
            HTTP_IF_MATCH=tag,
        ),
    ]

    assert [answer.status_code for answer in stale] == [412] * 4
    assert (User.objects.get().bio, User.objects.get().email) == ("1", ada.email)
    assert Account.objects.get().email == ada.email


def test_users_erase_themselves_and_free_their_names(ada):
    client = client_of(ada)

    assert client.delete("/api/auth/user/").status_code == 204

    assert client.get("/api/auth/user/").status_code == 401
    assert login().status_code == 401
    assert APIClient().post("/api/auth/registration/", ADA).status_code == 201


def test_the_last_admin_cannot_be_erased(admin):
    response = client_of(admin).delete("/api/auth/user/")

    assert (response.status_code, response.data["code"]) == (409, "last_admin")
    assert client_of(admin).get("/api/auth/user/").status_code == 200


def test_the_export_contains_everything_stored_about_the_user(instructor):
    course = make_course(instructor=instructor, title="Logic")
    services.request_password_reset(email=instructor.email)
    client = client_of(instructor)

    response = client.get("/api/auth/user/export/")

    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    written = response.getvalue().decode()
    data = json.loads(written)
    assert data["profile"]["email"] == instructor.email
    assert [row["kind"] for row in data["mails"]] == ["reset"]
    assert len(data["sessions"]) == 1
    assert data["account"]["is_staff"] is False
    assert set(data) >= {"revoked_tokens", "mail_requests", "staff_actions"}
    assert [row["id"] for row in data["courses"]] == [str(course.id)]
    assert "password" not in written
    assert APIClient().get("/api/auth/user/export/").status_code == 401


def test_exports_are_limited_per_hour_and_in_number_at_the_same_time(
    instructor, settings, monkeypatch
):
    settings.RATE_LIMITED = True
    monkeypatch.setattr(selectors.EXPORTS, "_wait", 0.01)
    client = client_of(instructor)
    open_exports = [client.get("/api/auth/user/export/") for _ in range(4)]
    refused = client.get("/api/auth/user/export/")
    for export in open_exports:
        export.getvalue()
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    for _ in range(5):
        export_of(client)

    assert client.get("/api/auth/user/export/").status_code == 429
