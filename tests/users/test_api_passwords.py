"""Password changes and resets."""

import re

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.users.documents import User
from apps.users.models import Account, MailRequest
from apps.users.tasks import send_account_mails
from tests.factories import PASSWORD, client_of
from tests.users.auth_client import bearer, link_in, login, refresh


def test_a_password_change_requires_the_old_password_and_ends_other_sessions(ada):
    here, there = login().data, login().data
    client = bearer(here["access"])
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    for old in ({}, {"old_password": "wrong"}):
        response = client.post("/api/auth/password/change/", new | old)
        assert (response.status_code, list(response.data)) == (400, ["old_password"])

    response = client.post("/api/auth/password/change/", new | {"old_password": PASSWORD})

    assert response.status_code == 200
    assert client.get("/api/auth/user/").status_code == 200
    assert refresh(here["refresh"]).status_code == 200
    assert bearer(there["access"]).get("/api/auth/user/").status_code == 401
    assert login().status_code == 401
    assert login(password="a whole new phrase").status_code == 200


@pytest.mark.parametrize("weak", ["12345678", "ada@example.org", "short", "x" * 129])
def test_a_weak_new_password_is_rejected(ada, weak):
    response = client_of(ada).post(
        "/api/auth/password/change/",
        {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak},
    )
    assert (response.status_code, list(response.data)) == (400, ["new_password1"])


def test_a_reset_answers_alike_for_all_addresses_and_its_link_works_once(anonymous, ada):
    session = login().data
    answers = [
        anonymous.post("/api/auth/password/reset/", {"email": address}, HTTP_HOST="localhost")
        for address in ("nobody@example.org", "ADA@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].content == answers[1].content
    [message] = mail.outbox
    assert message.body.count("http://127.0.0.1") == 1
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    confirm = "/api/auth/password/reset/confirm/"
    assert anonymous.post(confirm, link_in(message) | new | {"token": "x-y"}).status_code == 400
    assert anonymous.post(confirm, link_in(message) | new | {"extra": 1}).status_code == 400
    assert anonymous.post(confirm, link_in(message) | new).status_code == 200
    assert anonymous.post(confirm, link_in(message) | new).status_code == 400

    assert bearer(session["access"]).get("/api/auth/user/").status_code == 401
    assert login(password="a whole new phrase").status_code == 200
    assert User.objects.get().email_verified


def test_a_reset_link_is_invalid_once_the_account_is_inactive(anonymous, ada):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    Account.objects.update(is_active=False)
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    response = anonymous.post("/api/auth/password/reset/confirm/", link_in(mail.outbox[0]) | new)

    assert (response.status_code, list(response.data)) == (400, ["token"])


def test_resets_are_limited_per_email_address(anonymous, limited):
    answers = [
        anonymous.post("/api/auth/password/reset/", {"email": "a@b.org"}).status_code
        for _ in range(4)
    ]
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_resets_are_limited_alike_for_known_and_unknown_addresses(ada, limited, email):
    spellings = [email, email.upper(), f" {email} ", email.title()]
    networks = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]

    answers = [
        APIClient(REMOTE_ADDR=network).post("/api/auth/password/reset/", {"email": spelling})
        for spelling, network in zip(spellings, networks, strict=True)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].data["detail"] == "Too many requests. Try again in 60 minutes."


def test_resets_are_limited_per_network(anonymous, limited):
    answers = [
        anonymous.post("/api/auth/password/reset/", {"email": f"a{number}@example.org"})
        for number in range(31)
    ]

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]


@pytest.mark.parametrize("route", ["password/reset/", "registration/resend-email/"])
def test_an_email_request_does_the_same_work_for_known_and_unknown_addresses(
    ada, anonymous, settings, route
):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.CELERY_BROKER_URL = None
    queries = []
    for email in ("ada@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as captured:
            anonymous.post(f"/api/auth/{route}", {"email": email})
        queries.append([re.sub("'[^']*'", "?", query["sql"]) for query in captured])

    assert queries[0] == queries[1]
    assert len(mail.outbox) == 0
    send_account_mails()
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert MailRequest.objects.count() == 0


def test_a_reset_fails_alike_for_a_wrong_token_and_an_unknown_account(ada, anonymous):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    known = link_in(mail.outbox[0])
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    def confirm(**fields):
        return anonymous.post("/api/auth/password/reset/confirm/", known | new | fields)

    token = known["token"][:-1] + ("a" if known["token"][-1] != "a" else "b")
    answers = [
        *(confirm(token=token), confirm(token=token, uid="zzz"), confirm(uid="zzz")),
        *(confirm(token="x"), confirm(token="x", uid="zzz"), confirm(uid="z" * 13)),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1


def test_a_link_created_by_allauth_is_still_valid(ada, anonymous):
    account = Account.objects.get()
    token = EmailAwarePasswordResetTokenGenerator().make_token(account)
    EmailAddress.objects.all().delete()  # as the migration does
    body = {"uid": user_pk_to_url_str(account), "token": token}
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    response = anonymous.post("/api/auth/password/reset/confirm/", body | new)

    assert response.status_code == 200


def test_former_email_addresses_are_not_stored(ada, anonymous):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    moved = client_of(ada).patch(
        "/api/auth/user/", {"email": "new@example.org", "password": PASSWORD}
    )
    anonymous.post("/api/auth/password/reset/", {"email": "new@example.org"})
    former, *_ = mail.outbox
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    assert moved.status_code == 200
    assert EmailAddress.objects.count() == 0
    # The change invalidates the link that was sent to the former address.
    response = anonymous.post("/api/auth/password/reset/confirm/", link_in(former) | new)
    assert response.status_code == 400
    assert (
        anonymous.post(
            "/api/auth/password/reset/confirm/", link_in(mail.outbox[-1]) | new
        ).status_code
        == 200
    )
    assert EmailAddress.objects.count() == 0


def test_verifications_are_limited_per_email_address_and_separately_from_resets(anonymous, limited):
    body = {"email": "a@b.org"}
    answers = [anonymous.post("/api/auth/registration/resend-email/", body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert anonymous.post("/api/auth/password/reset/", body).status_code == 200
