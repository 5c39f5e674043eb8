"""Signing in, and the limits of failed password checks."""

import json

import pytest
from rest_framework.test import APIClient

from apps.common.capacity import Capacity
from apps.users import passwords
from apps.users.models import Account, Session
from tests.factories import PASSWORD, client_of, make_student
from tests.users.auth_client import bearer, login
from tests.users.racing import race


@pytest.mark.parametrize("who", [{"username": "ADA"}, {"username": "", "email": "Ada@example.ORG"}])
def test_sign_in_accepts_a_username_or_an_email_address(ada, who):
    response = login(**who)

    assert response.status_code == 200
    assert response.data["user"]["id"] == str(ada.id)
    assert bearer(response.data["access"]).get("/api/auth/user/").status_code == 200


def test_sign_in_fails_alike_for_wrong_passwords_and_unknown_or_inactive_accounts(ada):
    make_student(username="gone", password=PASSWORD)
    Account.objects.filter(username="gone").update(is_active=False)

    answers = [login(password="wrong"), login(username="nobody"), login(username="gone")]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.data["code"] for answer in answers} == {"invalid_credentials"}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"username": {"$ne": None}, "password": PASSWORD},
        {"username": "ada", "password": {"$ne": None}},
        {"username": "ada", "password": 12345},
        {"username": "ada", "password": "x" * 4097},
        {"username": "ada"},
        {"password": PASSWORD},
        {"username": "ada", "password": PASSWORD, "remember": True},
        [1],
        "x",
        None,
    ],
    ids=lambda body: str(body)[:40],
)
def test_sign_in_rejects_malformed_bodies(ada, body):
    response = APIClient().post(
        "/api/auth/login/", json.dumps(body), content_type="application/json"
    )
    assert response.status_code == 400


def test_guessing_is_stopped_and_the_owner_can_still_sign_in_elsewhere(ada, limited):
    answers = [
        APIClient().post(
            "/api/auth/login/",
            {"username": "ada", "password": str(number)},
            HTTP_X_FORWARDED_FOR=f"10.1.1.{number}",
        )
        for number in range(40)
    ]

    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert {answer.status_code for answer in answers[9:]} == {429}
    assert all("Retry-After" in answer for answer in answers[9:])
    owner = APIClient().post(
        "/api/auth/login/", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9"
    )
    assert owner.status_code == 200


def test_five_failures_lock_an_account_for_a_network_in_any_spelling(ada, limited):
    for name in ("ada", "ADA", "ａｄａ", "Ada", "adA"):
        assert login(username=name, password="wrong").status_code == 401

    assert login().status_code == 429
    make_student(username="bob", password=PASSWORD)
    assert login(username="bob").status_code == 200


def test_username_and_email_of_an_account_share_a_failure_counter(ada, limited):
    names = [{"username": "ada"}, {"username": "", "email": "ada@example.org"}]

    answers = [login(**names[n % 2], password="wrong").status_code for n in range(6)]

    assert answers == [401] * 6
    assert [login(**name).status_code for name in names] == [401, 401]


def test_a_rate_limit_does_not_reveal_the_owner_of_an_email_address(ada, student, limited):
    for _ in range(5):
        login(username="ada", password="wrong")
    emails = ["ada@example.org", student.email, "nobody@example.org"]

    answers = [login(username="", email=email, password="wrong") for email in emails]

    assert [(answer.status_code, answer.data["code"]) for answer in answers] == [
        (401, "invalid_credentials")
    ] * 3


def test_successful_sign_ins_are_not_counted(ada, limited):
    for _ in range(4):
        assert login(password="wrong").status_code == 401
    assert [login().status_code for _ in range(8)] == [200] * 8
    assert login(password="wrong").status_code == 401
    assert login().status_code == 429


def test_a_user_locked_out_of_password_checks_can_still_edit_other_fields(ada, limited):
    client = client_of(ada)
    guess = {"email": "new@example.org", "password": "wrong"}
    answers = [client.patch("/api/auth/user/", guess).status_code for _ in range(6)]

    assert answers == [400] * 5 + [429]
    assert client.patch("/api/auth/user/", {"bio": "x"}).status_code == 200


def test_a_wrong_old_password_counts_as_a_failure(ada, limited):
    client = client_of(ada)
    body = {"old_password": "wrong", "new_password1": "a new passphrase", "new_password2": ""}
    body["new_password2"] = body["new_password1"]

    answers = [client.post("/api/auth/password/change/", body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [400] * 5 + [429]


def failures(number: int, **credentials) -> list[int]:
    return [login(**credentials, password="wrong").status_code for _ in range(number)]


@pytest.mark.parametrize("typed", ["ada@example.org", "nobody@example.org"])
@pytest.mark.parametrize("fields", [("email", "username"), ("username", "email")])
def test_the_failure_counter_does_not_reveal_whether_an_account_exists(ada, limited, typed, fields):
    first, second = fields
    assert failures(5, **{"username": "", first: typed}) == [401] * 5

    refused = login(**{"username": "", second: typed.upper()})

    assert refused.status_code == 429
    assert refused.data["detail"] == "Too many requests. Try again in 15 minutes."


def test_a_hundred_failures_lock_one_network_only(limited, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_student(username="ada", password=PASSWORD)
    settings.TRUSTED_PROXIES = 1

    def sign_in(hop: str, **credentials):
        client = APIClient(HTTP_X_FORWARDED_FOR=hop)
        return login(client, **credentials).status_code

    wrong = [
        sign_in(f"2001:db8::{number:x}", username=f"nobody{number}", password="wrong")
        for number in range(101)
    ]

    assert wrong == [401] * 100 + [429]
    assert sign_in("[2001:db8::beef]:443") == 429
    assert sign_in("2001:db8:0:1::1") == 200


def test_addresses_of_one_network_share_a_failure_counter(ada, limited, settings):
    settings.TRUSTED_PROXIES = 1
    hops = ("2001:db8::1", "2001:DB8::2", "[2001:db8::3]:9", "2001:db8::4%eth0", "2001:db8::5")

    statuses = [
        login(APIClient(HTTP_X_FORWARDED_FOR=hop), password="wrong").status_code for hop in hops
    ]

    assert statuses == [401] * 5
    assert login(APIClient(HTTP_X_FORWARDED_FOR="2001:db8::6")).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_concurrent_guesses_are_limited_like_sequential_ones(ada, limited, monkeypatch):
    monkeypatch.setattr(passwords.hashing, "_wait", 60)  # however busy the machine is
    answers = race(12, lambda number: login(password=f"wrong{number}").status_code)

    assert sorted(answers) == [401] * 5 + [429] * 7


def test_all_password_checks_share_a_failure_counter(ada, limited, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    client = client_of(ada)
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}
    change, move = "/api/auth/password/change/", {"email": "new@example.org", "password": "wrong"}
    site = {"username": "ada", "password": "wrong"}

    assert client.post(change, new | {"old_password": "wrong"}).status_code == 400
    assert client.patch("/api/auth/user/", move).status_code == 400
    assert failures(2) == [401] * 2
    assert APIClient().post("/admin/login/", site, format="multipart").status_code == 200

    assert login().status_code == 401  # a 429 would tell whose other name has failed
    assert login(username="", email="ada@example.org").status_code == 401
    answer = client.post(change, new | {"old_password": PASSWORD})
    assert answer.status_code == 429
    assert 840 < int(answer["Retry-After"]) <= 900
    assert client.patch("/api/auth/user/", move | {"password": PASSWORD}).status_code == 429
    answer = APIClient().post("/admin/login/", site | {"password": PASSWORD}, format="multipart")
    assert answer.status_code == 200  # The form again, with the error for a wrong password.
    assert not Session.objects.filter(refresh_jti="").exists()


def test_concurrent_password_hashing_is_limited(ada, monkeypatch):
    """Each hash takes 19 MiB; requests that wait too long answer 503."""
    monkeypatch.setattr("apps.users.passwords.hashing", Capacity(1, wait=0.05))
    with passwords.hashing:
        answer = login()
        site = APIClient().post(
            "/admin/login/", {"username": "ada", "password": PASSWORD}, format="multipart"
        )

    assert (answer.status_code, answer.data["code"]) == (503, "busy")
    assert answer["Retry-After"] == site["Retry-After"] == "5"
    assert site.status_code == 503
    assert login().status_code == 200
