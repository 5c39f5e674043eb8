"""What all routes below `/api/auth/` have in common."""

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from apps.users import selectors, services
from apps.users.models import Session
from tests.factories import PASSWORD, client_of
from tests.users.auth_client import ADA, bearer, link_in, login, refresh


def test_errors_are_in_the_language_of_the_request(anonymous):
    weak = ADA | {"password1": "1234567890123", "password2": "1234567890123"}

    for route, body in {"login/": {}, "registration/": weak}.items():
        english, spanish = (
            anonymous.post(f"/api/auth/{route}", body, HTTP_ACCEPT_LANGUAGE=language).json()
            for language in ("en", "es, en;q=0.5")
        )
        assert set(english) == set(spanish)
        for field, messages in english.items():
            assert spanish[field] != messages, field


def test_answers_about_users_are_not_cached_by_clients(ada):
    for answer in (client_of(ada).get("/api/auth/user/"), login()):
        assert answer["Cache-Control"] == "private, no-store"


def test_an_unknown_parameter_is_rejected(ada):
    assert client_of(ada).get("/api/auth/user/?nosuch=1").status_code == 400
    assert APIClient().post("/api/auth/login/?next=/", {}).status_code == 400


def test_logs_and_email_headers_contain_no_secrets(ada, caplog):
    caplog.set_level("DEBUG")
    login(password="my secret guess")
    tokens = login().data
    refresh(tokens["refresh"])
    APIClient().post("/api/auth/password/reset/", {"email": ada.email})
    token = link_in(mail.outbox[0])["token"]

    written = caplog.text + str(mail.outbox[0].message().items())
    metrics = APIClient().get("/metrics").content.decode()
    for secret in ("my secret guess", PASSWORD, tokens["access"], tokens["refresh"], token):
        assert secret not in written + metrics
    assert ada.email not in caplog.text + metrics
    assert str(ada.id) not in metrics


@pytest.mark.parametrize("ended_by", ["signing out", "expiry", "deactivation"])
def test_requests_with_an_invalid_token_do_not_use_up_the_limit_of_its_owner(
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


def test_requests_with_an_invalid_token_count_for_the_network(ada, limited, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {
        "anonymous": (4, 60)
    }  # The sign-in is counted, too.
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
def test_a_request_refused_to_a_network_does_not_use_up_the_limit_of_an_address(
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
