import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken

from apps.common.capacity import Capacity
from apps.users import passwords, selectors, services
from apps.users.documents import User
from apps.users.models import Account, AccountMail, MailRequest, Session
from apps.users.tasks import send_account_mails
from tests.exports import export_of
from tests.factories import PASSWORD, client_of, make_admin, make_course, make_student
from tests.users.racing import race

ADA = {
    "username": "ada",
    "email": "ada@example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
COOKIE_MODE = {"HTTP_X_AUTH_MODE": "cookie"}


@pytest.fixture
def limited(settings):
    settings.RATE_LIMITED = True


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def login(client=None, **given):
    body = {"username": "ada", "password": PASSWORD} | given
    return (client or APIClient()).post("/api/auth/login/", body)


def refresh(token: str, client=None, **headers):
    return (client or APIClient()).post("/api/auth/token/refresh/", {"refresh": token}, **headers)


def link(message) -> dict:
    """Return what the link in a mail holds behind its `#`."""
    [word] = [word for word in message.body.split() if word.startswith("http")]
    return {name: value for name, [value] in parse_qs(urlsplit(word).fragment).items()}


def expired(access: str) -> str:
    token = AccessToken(access)
    token.set_exp(from_time=timezone.now() - timedelta(hours=1))
    return str(token)


@pytest.fixture
def ada() -> User:
    return make_student(username="ada", email="ada@example.org", password=PASSWORD)


# Registration


def test_whoever_registers_is_a_student_and_signed_in(anonymous):
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


def test_a_request_to_be_instructor_is_filed_and_not_granted(anonymous):
    user = anonymous.post("/api/auth/registration/", ADA | {"is_instructor": True}).data["user"]

    assert (user["is_instructor"], user["instructor_requested"]) == (False, True)


@pytest.mark.parametrize(
    "field", ["is_staff", "is_superuser", "is_admin", "role", "id", "profile_id"]
)
def test_no_body_makes_its_sender_more_than_a_student(anonymous, field):
    response = anonymous.post("/api/auth/registration/", ADA | {field: True})

    assert (response.status_code, list(response.data)) == (400, [field])
    assert Account.objects.count() == User.objects.count() == 0


def test_all_that_is_wrong_is_said_at_once(anonymous, ada):
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
def test_a_bad_field_is_refused(anonymous, field, value):
    body = ADA | {"username": "adaadaada"} | {field: value}
    if field == "password1":
        body["password2"] = value

    response = anonymous.post(
        "/api/auth/registration/", json.dumps(body), content_type="application/json"
    )

    assert response.status_code == 400
    assert field in response.data
    assert Account.objects.count() == User.objects.count() == 0


def test_a_password_that_is_too_long_is_compared_with_nothing(anonymous):
    body = ADA | {"username": "x" * 150, "password1": "x" * 129, "password2": "x" * 129}

    response = anonymous.post("/api/auth/registration/", body)

    assert response.data["password1"] == ["Your password must have at most 128 characters."]


def test_a_password_is_compared_with_no_name_that_is_too_long(anonymous):
    body = ADA | {"username": "x-" * 200 + PASSWORD.replace(" ", "_"), "email": PASSWORD * 100}

    response = anonymous.post("/api/auth/registration/", body)

    assert set(response.data) == {"username", "email"}


def test_names_may_be_of_any_letters(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA | {"username": "森.陽翔@x+-_"})

    assert response.status_code == 201
    assert response.data["user"]["username"] == "森.陽翔@x+-_"


def test_a_mail_offers_to_verify_the_address(anonymous):
    anonymous.post("/api/auth/registration/", ADA, HTTP_HOST="localhost")
    [message] = mail.outbox

    response = anonymous.post("/api/auth/registration/verify-email/", link(message))

    assert response.status_code == 200
    assert User.objects.get().email_verified
    assert "http://127.0.0.1" in message.body


def test_a_key_that_is_none_verifies_nothing(anonymous):
    response = anonymous.post("/api/auth/registration/verify-email/", {"key": "x:y"})

    assert (response.status_code, response.data["code"]) == (404, "not_found")


def test_a_verification_is_sent_again_and_the_answer_tells_nothing(anonymous, ada):
    answers = [
        anonymous.post("/api/auth/registration/resend-email/", {"email": address})
        for address in (ada.email, "nobody@example.org")
    ]

    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].data == answers[1].data
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_a_mail_server_that_is_away_delays_the_mail_and_not_the_registration(anonymous, settings):
    settings.EMAIL_BACKEND = "tests.users.mailboxes.RefusesOne"

    response = anonymous.post("/api/auth/registration/", ADA | {"email": "refused@example.org"})

    assert response.status_code == 201
    assert AccountMail.objects.filter(sent_at=None).count() == 1


def test_registrations_are_limited_per_address(anonymous, limited):
    for number in range(60):
        assert anonymous.post("/api/auth/registration/", {}).status_code == 400, number

    response = anonymous.post("/api/auth/registration/", ADA)

    assert (response.status_code, response.data["code"]) == (429, "throttled")
    assert int(response["Retry-After"]) > 0
    elsewhere = anonymous.post("/api/auth/registration/", ADA, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.status_code == 201


# Signing in


@pytest.mark.parametrize("who", [{"username": "ADA"}, {"username": "", "email": "Ada@example.ORG"}])
def test_one_signs_in_by_name_or_address(ada, who):
    response = login(**who)

    assert response.status_code == 200
    assert response.data["user"]["id"] == str(ada.id)
    assert bearer(response.data["access"]).get("/api/auth/user/").status_code == 200


def test_wrong_unknown_and_inactive_are_refused_alike(ada):
    make_student(username="gone", password=PASSWORD)
    Account.objects.filter(username="gone").update(is_active=False)

    answers = [login(password="wrong"), login(username="nobody"), login(username="gone")]

    assert {one.status_code for one in answers} == {401}
    assert {one.data["code"] for one in answers} == {"invalid_credentials"}
    assert len({one.content for one in answers}) == 1


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
def test_a_sign_in_of_another_shape_is_refused(ada, body):
    response = APIClient().post(
        "/api/auth/login/", json.dumps(body), content_type="application/json"
    )
    assert response.status_code == 400


def test_guessing_is_stopped_and_the_owner_elsewhere_still_signs_in(ada, limited):
    answers = [
        APIClient().post(
            "/api/auth/login/",
            {"username": "ada", "password": str(number)},
            HTTP_X_FORWARDED_FOR=f"10.1.1.{number}",
        )
        for number in range(40)
    ]

    assert [one.status_code for one in answers[:5]] == [401] * 5
    assert {one.status_code for one in answers[9:]} == {429}
    assert all("Retry-After" in one for one in answers[9:])
    owner = APIClient().post(
        "/api/auth/login/", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR="10.9.9.9"
    )
    assert owner.status_code == 200


def test_five_failures_lock_an_account_for_an_address_whatever_its_spelling(ada, limited):
    for name in ("ada", "ADA", "ａｄａ", "Ada", "adA"):
        assert login(username=name, password="wrong").status_code == 401

    assert login().status_code == 429
    make_student(username="bob", password=PASSWORD)
    assert login(username="bob").status_code == 200


def test_name_and_address_of_an_account_share_its_failures(ada, limited):
    names = [{"username": "ada"}, {"username": "", "email": "ada@example.org"}]

    answers = [login(**names[n % 2], password="wrong").status_code for n in range(6)]

    assert answers == [401] * 6
    assert [login(**one).status_code for one in names] == [401, 401]


def test_a_limit_does_not_tell_whose_an_email_address_is(ada, student, limited):
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


def test_one_who_is_locked_out_of_guessing_still_edits_the_rest(ada, limited):
    client = client_of(ada)
    guess = {"email": "new@example.org", "password": "wrong"}
    answers = [client.patch("/api/auth/user/", guess).status_code for _ in range(6)]

    assert answers == [400] * 5 + [429]
    assert client.patch("/api/auth/user/", {"bio": "x"}).status_code == 200


def test_a_guess_at_the_old_password_counts_as_a_failure(ada, limited):
    client = client_of(ada)
    body = {"old_password": "wrong", "new_password1": "a new passphrase", "new_password2": ""}
    body["new_password2"] = body["new_password1"]

    answers = [client.post("/api/auth/password/change/", body) for _ in range(6)]

    assert [one.status_code for one in answers] == [400] * 5 + [429]


def failures(number: int, **given) -> list[int]:
    return [login(**given, password="wrong").status_code for _ in range(number)]


@pytest.mark.parametrize("typed", ["ada@example.org", "nobody@example.org"])
@pytest.mark.parametrize("fields", [("email", "username"), ("username", "email")])
def test_the_counter_of_failures_does_not_tell_who_has_an_account(ada, limited, typed, fields):
    first, second = fields
    assert failures(5, **{"username": "", first: typed}) == [401] * 5

    refused = login(**{"username": "", second: typed.upper()})

    assert refused.status_code == 429
    assert refused.data["detail"] == "Too many requests. Try again in 15 minutes."


def test_a_hundred_failures_lock_a_network_and_no_other(limited, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_student(username="ada", password=PASSWORD)
    settings.TRUSTED_PROXIES = 1

    def sign_in(hop: str, **given):
        client = APIClient(HTTP_X_FORWARDED_FOR=hop)
        return login(client, **given).status_code

    wrong = [
        sign_in(f"2001:db8::{number:x}", username=f"nobody{number}", password="wrong")
        for number in range(101)
    ]

    assert wrong == [401] * 100 + [429]
    assert sign_in("[2001:db8::beef]:443") == 429
    assert sign_in("2001:db8:0:1::1") == 200


def test_failures_are_counted_from_addresses_of_one_network_together(ada, limited, settings):
    settings.TRUSTED_PROXIES = 1
    hops = ("2001:db8::1", "2001:DB8::2", "[2001:db8::3]:9", "2001:db8::4%eth0", "2001:db8::5")

    statuses = [
        login(APIClient(HTTP_X_FORWARDED_FOR=hop), password="wrong").status_code for hop in hops
    ]

    assert statuses == [401] * 5
    assert login(APIClient(HTTP_X_FORWARDED_FOR="2001:db8::6")).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_answered_than_one_after_the_other(
    ada, limited, monkeypatch
):
    monkeypatch.setattr(passwords.hashing, "_wait", 60)  # however busy the machine is
    answers = race(12, lambda number: login(password=f"wrong{number}").status_code)

    assert sorted(answers) == [401] * 5 + [429] * 7


def test_all_places_that_ask_for_the_password_share_the_failures(ada, limited, settings):
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
    assert answer.status_code == 200  # the form again, with what a wrong password is told
    assert not Session.objects.filter(refresh_jti="").exists()


def test_passwords_are_hashed_by_few_threads_at_once(ada, monkeypatch):
    """Each takes 19 MB; who waits too long is asked to come again."""
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


# Void tokens


def test_a_void_bearer_is_refused_where_even_nobody_may_come(anonymous):
    response = bearer("x.y.z").get("/api/users/")

    assert (response.status_code, response.data["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == "Bearer"
    assert anonymous.get("/api/users/").status_code == 200


def test_a_void_bearer_counts_as_none_where_one_comes_in_or_goes(ada):
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
def test_a_bearer_of_another_shape_is_void(header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert client.get("/api/users/").status_code == 401


def test_a_refresh_token_is_no_bearer_and_an_access_token_refreshes_nothing(ada):
    tokens = services.open_session(user=ada)

    assert bearer(tokens.refresh).get("/api/auth/user/").status_code == 401
    assert refresh(tokens.access).status_code == 401
    assert refresh(tokens.refresh).status_code == 200


def test_an_access_token_is_void_after_each_thing_that_ends_its_session(ada, admin):
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


def test_who_is_inactive_in_either_store_is_out(ada):
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


def test_a_session_that_the_cache_still_holds_ends_in_time(ada, monkeypatch):
    client = client_of(ada)
    assert client.get("/api/auth/user/").status_code == 200
    end = Session.objects.get().expires_at.timestamp()

    monkeypatch.setattr("apps.users.authentication.time.time", lambda: end)

    assert client.get("/api/auth/user/").status_code == 401


def test_a_new_role_counts_at_once(ada, admin):
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


# Refreshing


def test_a_refresh_gives_a_new_pair_and_the_old_token_ends_the_session(ada):
    first = login().data
    second = refresh(first["refresh"])

    assert second.status_code == 200
    assert set(second.data) == {"access", "refresh", "user"}
    assert refresh(first["refresh"]).status_code == 401
    assert refresh(second.data["refresh"]).status_code == 401
    assert bearer(second.data["access"]).get("/api/auth/user/").status_code == 401


@pytest.mark.parametrize("given", ["", "x", "a.b.c", 5, None, ["x"]], ids=str)
def test_what_is_no_refresh_token_refreshes_nothing(given, anonymous):
    response = anonymous.post("/api/auth/token/refresh/", {"refresh": given})
    assert response.status_code in (400, 401)


@pytest.mark.django_db(transaction=True)
def test_one_refresh_token_shown_by_fifty_at_once(settings):
    settings.RATE_LIMITED = True
    token = services.open_session(user=make_student()).refresh

    statuses = [one.status_code for one in race(50, lambda n: refresh(token))]

    assert sorted(statuses) == [200] + [401] * 49


# Signing out


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


def test_nobody_signing_out_leaves_no_trace(anonymous, ada):
    for number in range(100):
        assert anonymous.post("/api/auth/logout/", {"refresh": f"{number}"}).status_code == 200
        assert anonymous.post("/api/auth/logout/").status_code == 200

    assert OutstandingToken.objects.count() == Session.objects.count() == 0


def test_signing_out_everywhere_ends_all_of_ones_own(ada, student):
    own, other = [login().data for _ in range(2)], client_of(student)

    assert bearer(own[0]["access"]).post("/api/auth/logout/all/").status_code == 200

    for tokens in own:
        assert bearer(tokens["access"]).get("/api/auth/user/").status_code == 401
    assert other.get("/api/auth/user/").status_code == 200
    assert APIClient().post("/api/auth/logout/all/").status_code == 401


def test_sessions_are_listed_and_ended_one_by_one(ada, student):
    client = bearer(login(APIClient(HTTP_USER_AGENT="Firefox")).data["access"])
    login(APIClient(HTTP_USER_AGENT="Safari"))
    foreign = services.open_session(user=student).session_id

    sessions = client.get("/api/auth/sessions/").data

    assert sessions["count"] == 2
    shown = {one["user_agent"]: one for one in sessions["results"]}
    assert shown["Firefox"]["current"] is True
    assert shown["Safari"]["current"] is False
    assert set(shown["Safari"]) == {
        *("id", "created_at", "last_used_at", "user_agent", "address", "current")
    }
    assert client.delete(f"/api/auth/sessions/{shown['Safari']['id']}/").status_code == 204
    assert client.delete(f"/api/auth/sessions/{shown['Safari']['id']}/").status_code == 404
    assert client.delete(f"/api/auth/sessions/{foreign}/").status_code == 404
    assert client.get("/api/auth/sessions/?page_size=1").data["next"] is None
    assert Session.objects.count() == 2


def test_a_session_that_is_over_is_not_listed_and_its_tokens_are_void(ada):
    client, other = client_of(ada), services.open_session(user=ada)
    Session.objects.filter(pk=other.session_id).update(expires_at=timezone.now())

    assert client.get("/api/auth/sessions/").data["count"] == 1
    assert bearer(other.access).get("/api/auth/user/").status_code == 401


def test_ending_ones_own_session_ends_this_one(ada):
    client = bearer(login().data["access"])
    [here] = client.get("/api/auth/sessions/").data["results"]

    assert client.delete(f"/api/auth/sessions/{here['id']}/").status_code == 204
    assert client.get("/api/auth/user/").status_code == 401


# In a browser


def test_in_cookie_mode_scripts_see_no_refresh_token(ada):
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
def test_the_cookie_is_secure_but_on_plain_http_to_this_machine(ada, host, secure, flagged):
    response = APIClient().post(
        "/api/auth/login/",
        {"username": "ada", "password": PASSWORD},
        HTTP_HOST=host,
        secure=secure,
        **COOKIE_MODE,
    )
    assert response.cookies["refresh"]["secure"] == flagged


def test_the_cookie_counts_with_its_header_and_from_its_own_pages_alone(ada, settings):
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


def test_a_cookie_alone_counts_as_none(ada):
    client = APIClient()
    client.post("/api/auth/login/", {"username": "ada", "password": PASSWORD}, **COOKIE_MODE)

    assert client.get("/api/users/").status_code == 200
    assert client.get("/api/auth/user/").status_code == 401
    client.cookies["refresh"] = "stale"
    assert client.get("/api/users/").status_code == 200
    assert login(client).status_code == 200
    assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401


def test_two_tabs_take_turns_at_refreshing(ada):
    client, late = APIClient(), APIClient()
    client.post("/api/auth/login/", {"username": "ada", "password": PASSWORD}, **COOKIE_MODE)
    late.cookies["refresh"] = client.cookies["refresh"].value

    for _ in range(2):  # they share the jar, so the second has what the first was given
        assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 200

    assert late.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401
    assert client.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401


def test_in_cookie_mode_one_may_register_and_leave_all_places(anonymous):
    response = anonymous.post("/api/auth/registration/", ADA, **COOKIE_MODE)
    assert (response.status_code, "refresh" in response.data) == (201, False)
    assert response.cookies["refresh"]["httponly"]

    out = bearer(response.data["access"]).post("/api/auth/logout/all/", **COOKIE_MODE)

    assert out.cookies["refresh"].value == ""
    assert anonymous.post("/api/auth/token/refresh/", **COOKIE_MODE).status_code == 401


# Passwords


def test_a_password_change_needs_the_old_one_and_ends_the_other_sessions(ada):
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
def test_a_weak_password_is_no_new_one(ada, weak):
    response = client_of(ada).post(
        "/api/auth/password/change/",
        {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak},
    )
    assert (response.status_code, list(response.data)) == (400, ["new_password1"])


def test_a_reset_answers_alike_and_its_link_is_good_once(anonymous, ada):
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
    assert anonymous.post(confirm, link(message) | new | {"token": "x-y"}).status_code == 400
    assert anonymous.post(confirm, link(message) | new | {"extra": 1}).status_code == 400
    assert anonymous.post(confirm, link(message) | new).status_code == 200
    assert anonymous.post(confirm, link(message) | new).status_code == 400

    assert bearer(session["access"]).get("/api/auth/user/").status_code == 401
    assert login(password="a whole new phrase").status_code == 200
    assert User.objects.get().email_verified


def test_a_reset_link_is_void_once_the_account_is_inactive(anonymous, ada):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    Account.objects.update(is_active=False)
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    response = anonymous.post("/api/auth/password/reset/confirm/", link(mail.outbox[0]) | new)

    assert (response.status_code, list(response.data)) == (400, ["token"])


def test_resets_are_limited_per_address(anonymous, limited):
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
def test_a_request_for_a_mail_does_the_same_for_known_and_unknown(ada, anonymous, settings, route):
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


def test_a_reset_is_refused_alike_for_a_wrong_token_and_an_unknown_account(ada, anonymous):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    known = link(mail.outbox[0])
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    def confirm(**given):
        return anonymous.post("/api/auth/password/reset/confirm/", known | new | given)

    token = known["token"][:-1] + ("a" if known["token"][-1] != "a" else "b")
    answers = [
        *(confirm(token=token), confirm(token=token, uid="zzz"), confirm(uid="zzz")),
        *(confirm(token="x"), confirm(token="x", uid="zzz"), confirm(uid="z" * 13)),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1


def test_a_link_that_allauth_has_made_is_still_good(ada, anonymous):
    account = Account.objects.get()
    token = EmailAwarePasswordResetTokenGenerator().make_token(account)
    EmailAddress.objects.all().delete()  # as the migration does
    body = {"uid": user_pk_to_url_str(account), "token": token}
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    response = anonymous.post("/api/auth/password/reset/confirm/", body | new)

    assert response.status_code == 200


def test_no_former_address_is_stored(ada, anonymous):
    anonymous.post("/api/auth/password/reset/", {"email": ada.email})
    moved = client_of(ada).patch(
        "/api/auth/user/", {"email": "new@example.org", "password": PASSWORD}
    )
    anonymous.post("/api/auth/password/reset/", {"email": "new@example.org"})
    former, *_ = mail.outbox
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    assert moved.status_code == 200
    assert EmailAddress.objects.count() == 0
    # The new address voids the link that was mailed to the former one.
    response = anonymous.post("/api/auth/password/reset/confirm/", link(former) | new)
    assert response.status_code == 400
    assert (
        anonymous.post("/api/auth/password/reset/confirm/", link(mail.outbox[-1]) | new).status_code
        == 200
    )
    assert EmailAddress.objects.count() == 0


def test_verifications_are_limited_per_address_and_apart_from_resets(anonymous, limited):
    body = {"email": "a@b.org"}
    answers = [anonymous.post("/api/auth/registration/resend-email/", body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert anonymous.post("/api/auth/password/reset/", body).status_code == 200


# Oneself


def test_what_was_read_of_oneself_can_be_put_back(ada):
    client = client_of(ada)
    client.patch(
        "/api/auth/user/", {"bio": "Hello", "language": "es", "instructor_requested": True}
    )
    before = client.get("/api/auth/user/").json()

    response = client.put("/api/auth/user/", before)

    assert response.status_code == 200
    assert response.json() == before


def test_one_changes_oneself(ada):
    client = client_of(ada)
    given = {"bio": "Two\nlines", "language": "es", "instructor_requested": True}

    response = client.patch("/api/auth/user/", given)

    assert response.status_code == 200
    assert {name: response.data[name] for name in given} == given
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
def test_a_bio_is_kept_as_it_was_written(ada, bio):
    client = client_of(ada)

    assert client.patch("/api/auth/user/", {"bio": bio}).data["bio"] == bio
    assert client.get("/api/auth/user/").json()["bio"] == bio
    assert client.patch("/api/auth/user/", {"bio": "👋" * 2001}).status_code == 400


def test_a_language_is_one_that_the_product_speaks(ada):
    for language in ("tlh", "EN", "", None, ["es"], 1):
        response = client_of(ada).patch("/api/auth/user/", {"language": language})
        assert (response.status_code, list(response.data)) == (400, ["language"]), language


def test_nobody_grants_themselves_a_role(ada):
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


def test_a_new_address_needs_the_password(ada):
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


def test_an_address_of_somebody_else_is_refused(ada, student):
    response = client_of(ada).patch(
        "/api/auth/user/", {"email": student.email.upper(), "password": PASSWORD}
    )
    assert (response.status_code, list(response.data)) == (400, ["email"])


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_who_does_not_know_the_password_is_not_told_which_addresses_are_taken(ada, student, verb):
    send = getattr(client_of(ada), verb)

    for password in ({}, {"password": ""}, {"password": "wrong"}):
        taken, free = (
            send("/api/auth/user/", {"email": email} | password)
            for email in (student.email.upper(), "nobody@example.org")
        )
        assert taken.status_code == free.status_code == 400
        assert taken.content == free.content
        assert list(taken.data) == ["password"]


def test_few_addresses_are_tried_with_the_right_password(ada, student, limited):
    client = client_of(ada)
    body = {"email": student.email, "password": PASSWORD}

    answers = [client.patch("/api/auth/user/", body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert [list(answer.data) for answer in answers[:3]] == [["email"]] * 3
    assert client.patch("/api/auth/user/", {"bio": "Hello"}).status_code == 200


def test_a_stale_edit_of_oneself_changes_nothing(ada):
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

    assert [one.status_code for one in stale] == [412] * 4
    assert (User.objects.get().bio, User.objects.get().email) == ("1", ada.email)
    assert Account.objects.get().email == ada.email


def test_one_erases_oneself_and_the_names_are_free(ada):
    client = client_of(ada)

    assert client.delete("/api/auth/user/").status_code == 204

    assert client.get("/api/auth/user/").status_code == 401
    assert login().status_code == 401
    assert APIClient().post("/api/auth/registration/", ADA).status_code == 201


def test_the_last_admin_is_not_erased(admin):
    response = client_of(admin).delete("/api/auth/user/")

    assert (response.status_code, response.data["code"]) == (409, "last_admin")
    assert client_of(admin).get("/api/auth/user/").status_code == 200


def test_all_that_is_stored_of_oneself_is_one_file(instructor):
    course = make_course(instructor=instructor, title="Logic")
    services.request_password_reset(email=instructor.email)
    client = client_of(instructor)

    response = client.get("/api/auth/user/export/")

    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    written = response.getvalue().decode()
    data = json.loads(written)
    assert data["profile"]["email"] == instructor.email
    assert [one["kind"] for one in data["mails"]] == ["reset"]
    assert len(data["sessions"]) == 1
    assert data["account"]["is_staff"] is False
    assert set(data) >= {"revoked_tokens", "mail_requests", "staff_actions"}
    assert [one["id"] for one in data["courses"]] == [str(course.id)]
    assert "password" not in written
    assert APIClient().get("/api/auth/user/export/").status_code == 401


def test_a_user_has_ten_exports_an_hour_and_few_are_made_at_the_same_time(
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


# Manners


def test_errors_speak_the_language_of_who_asks(anonymous):
    weak = ADA | {"password1": "1234567890123", "password2": "1234567890123"}

    for route, body in {"login/": {}, "registration/": weak}.items():
        english, spanish = (
            anonymous.post(f"/api/auth/{route}", body, HTTP_ACCEPT_LANGUAGE=language).json()
            for language in ("en", "es, en;q=0.5")
        )
        assert set(english) == set(spanish)
        for field, messages in english.items():
            assert spanish[field] != messages, field


def test_answers_about_people_are_kept_by_nobody(ada):
    for answer in (client_of(ada).get("/api/auth/user/"), login()):
        assert answer["Cache-Control"] == "private, no-store"


def test_an_unknown_parameter_is_refused(ada):
    assert client_of(ada).get("/api/auth/user/?nosuch=1").status_code == 400
    assert APIClient().post("/api/auth/login/?next=/", {}).status_code == 400


def test_logs_and_mail_headers_name_no_secret(ada, caplog):
    caplog.set_level("DEBUG")
    login(password="my secret guess")
    tokens = login().data
    refresh(tokens["refresh"])
    APIClient().post("/api/auth/password/reset/", {"email": ada.email})
    token = link(mail.outbox[0])["token"]

    written = caplog.text + str(mail.outbox[0].message().items())
    metrics = APIClient().get("/metrics").content.decode()
    for secret in ("my secret guess", PASSWORD, tokens["access"], tokens["refresh"], token):
        assert secret not in written + metrics
    assert ada.email not in caplog.text + metrics
    assert str(ada.id) not in metrics


@pytest.mark.parametrize("ended_by", ["signing out", "expiry", "deactivation"])
def test_requests_with_a_dead_token_do_not_use_up_the_limit_of_its_owner(
    ada, limited, settings, ended_by
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"signed_in": (3, 60)}
    dead = login().data["access"]
    if ended_by == "signing out":
        bearer(dead).post("/api/auth/logout/")
    elif ended_by == "expiry":
        Session.objects.update(expires_at=timezone.now())
    else:
        services.update_user(user_id=str(ada.id), is_active=False)
    statuses = [bearer(dead).get("/api/auth/user/").status_code for _ in range(5)]
    services.update_user(user_id=str(ada.id), is_active=True)
    own = [client_of(ada).get("/api/auth/user/").status_code for _ in range(4)]

    assert statuses == [401] * 5
    used = 1 if ended_by == "signing out" else 0  # the request that signed out
    assert own == [200] * (3 - used) + [429] * (1 + used)


def test_requests_with_a_dead_token_count_for_the_network(ada, limited, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (4, 60)}  # one is the sign-in
    dead = login().data["access"]
    services.end_all_sessions(account_id=selectors.get_account(ada.id).pk)

    statuses = [bearer(dead).get("/api/auth/user/").status_code for _ in range(4)]

    assert statuses == [401] * 3 + [429]


@pytest.mark.parametrize(
    ("limit", "route"),
    [
        ("network_resets", "password/reset/"),
        ("network_verifications", "registration/resend-email/"),
    ],
)
def test_what_a_network_is_refused_uses_up_no_limit_of_an_address(
    ada, limited, settings, limit, route
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {limit: (2, 3600)}
    reset = f"/api/auth/{route}"
    for number in range(2):
        APIClient().post(reset, {"email": f"junk{number}@example.org"}, REMOTE_ADDR="8.8.8.8")
    for _ in range(3):
        late = APIClient().post(reset, {"email": "ada@example.org"}, REMOTE_ADDR="8.8.8.8")
        assert late.status_code == 429

    own = APIClient().post(reset, {"email": "ada@example.org"}, REMOTE_ADDR="7.7.7.7")

    assert own.status_code == 200
