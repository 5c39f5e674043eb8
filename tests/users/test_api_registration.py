"""Registration and verification of email addresses."""

import json

import pytest
from django.core import mail

from apps.users.documents import User
from apps.users.models import Account, AccountMail
from tests.factories import PASSWORD
from tests.users.auth_client import ADA, bearer, link_in


def test_registration_creates_a_student_and_signs_in(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA | {"bio": "Hello"})

    assert response.status_code == 201
    assert set(response.data) == {"access", "refresh", "user"}
    user = response.data["user"]
    assert set(user) == {
        *("id", "username", "email", "email_verified", "language", "bio", "profile_picture"),
        *("profile_picture_small", "is_student", "is_instructor", "is_admin"),
        *("instructor_requested", "is_active", "created_at"),
    }
    assert (user["username"], user["bio"], user["is_student"]) == ("ada", "Hello", True)
    assert bearer(response.data["access"]).get("/api/auth/user/").json() == json.loads(
        json.dumps(user)
    )


def test_registration_stores_a_request_for_the_instructor_role_without_granting_it(anonymous):
    user = anonymous.post("/api/auth/registration/", ADA | {"is_instructor": True}).data["user"]

    assert (user["is_instructor"], user["instructor_requested"]) == (False, True)


@pytest.mark.parametrize(
    "field", ["is_staff", "is_superuser", "is_admin", "role", "id", "profile_id"]
)
def test_registration_cannot_set_roles_or_ids(anonymous, field):
    response = anonymous.post("/api/auth/registration/", ADA | {field: True})

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Account.objects.count() == User.objects.count() == 0


def test_registration_reports_all_invalid_fields_together(anonymous, ada):
    response = anonymous.post(
        "/api/auth/registration/",
        {
            "username": "ＡＤＡ",
            "email": "ada@EXAMPLE.org",
            "password1": "12345678",
            "password2": "1",
            "bio": "x" * 2001,
            "role": "admin",
        },
    )

    assert response.status_code == 400
    assert set(response.data) == {"username", "email", "password1", "password2", "bio", "role"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "al"),
        ("username", "a" * 151),
        ("username", "a b c"),
        ("username", "ada\r\nBcc: x@y.z"),
        ("username", "a\x00da"),
        ("username", {"$ne": None}),
        ("username", 12345),
        ("username", "ﷺ" * 20),
        ("username", "ß" * 150),  # which is 300 letters when it is folded
        ("email", f"a@{'.'.join(['ß' * 60] * 3)}.org"),
        ("username", "ad\ud800a"),
        ("password1", "a long pass\ud800word"),
        ("email", "nobody"),
        ("email", "a@b.c\r\nBcc: x@y.z"),
        ("email", f"{'a' * 250}@example.org"),
        ("password1", "12345678"),
        ("password1", "adaadaada1"),
        ("password1", "1234567890123"),
        ("password1", "x" * 4096),
        ("password1", ["a long enough password"]),
        ("bio", "\x00"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_registration_rejects_an_invalid_field(anonymous, field, value):
    body = ADA | {"username": "adaadaada"} | {field: value}
    if field == "password1":
        body["password2"] = value

    response = anonymous.post(
        "/api/auth/registration/", json.dumps(body), content_type="application/json"
    )

    assert response.status_code == 400
    assert field in response.data
    assert Account.objects.count() == User.objects.count() == 0


def test_a_password_that_is_too_long_is_not_compared_with_other_fields(anonymous):
    body = ADA | {"username": "x" * 150, "password1": "x" * 129, "password2": "x" * 129}

    response = anonymous.post("/api/auth/registration/", body)

    assert response.data["password1"] == ["Your password must have at most 128 characters."]


def test_a_password_is_not_compared_with_names_that_are_too_long(anonymous):
    body = ADA | {"username": "x-" * 200 + PASSWORD.replace(" ", "_"), "email": PASSWORD * 100}

    response = anonymous.post("/api/auth/registration/", body)

    assert set(response.data) == {"username", "email"}


def test_usernames_may_use_letters_of_any_script(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA | {"username": "森.陽翔@x+-_"})

    assert response.status_code == 201
    assert response.data["user"]["username"] == "森.陽翔@x+-_"


def test_registration_sends_a_verification_email(anonymous):
    anonymous.post("/api/auth/registration/", ADA, HTTP_HOST="localhost")
    [message] = mail.outbox

    response = anonymous.post("/api/auth/registration/verify-email/", link_in(message))

    assert response.status_code == 200
    assert User.objects.get().email_verified
    assert "http://127.0.0.1" in message.body


def test_an_invalid_key_verifies_nothing(anonymous):
    response = anonymous.post("/api/auth/registration/verify-email/", {"key": "x:y"})

    assert (response.status_code, response.data["code"]) == (404, "not_found")


def test_resending_a_verification_does_not_reveal_whether_an_account_exists(anonymous, ada):
    answers = [
        anonymous.post("/api/auth/registration/resend-email/", {"email": address})
        for address in (ada.email, "nobody@example.org")
    ]

    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].data == answers[1].data
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_an_unavailable_mail_server_delays_the_email_and_not_the_registration(anonymous, settings):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"

    response = anonymous.post("/api/auth/registration/", ADA | {"email": "refused@example.org"})

    assert response.status_code == 201
    assert AccountMail.objects.filter(sent_at=None).count() == 1


def test_registrations_are_limited_per_network(anonymous, limited):
    for number in range(60):
        assert anonymous.post("/api/auth/registration/", {}).status_code == 400, number

    response = anonymous.post("/api/auth/registration/", ADA)

    assert (response.status_code, response.data["code"]) == (429, "throttled")
    assert int(response["Retry-After"]) > 0
    elsewhere = anonymous.post("/api/auth/registration/", ADA, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 201
