"""All spellings of an email address are the same address."""

import importlib
import sys
from contextlib import suppress

import pytest
from django.apps import apps as registry
from django.core.exceptions import ValidationError

from apps.common.normalization import normalize_email_key
from apps.users import selectors, services
from apps.users.documents import User
from apps.users.emails import normalize_email, validate_email, validate_form
from apps.users.models import Account
from apps.users.services.profiles import repair_profiles
from tests.factories import PASSWORD, client_of, make_student
from tests.users.auth_client import ADA, login

IDN = "ada@bücher.example"
ENCODED = "ada@xn--bcher-kva.example"


def register(client, email: str, username: str = "ada"):
    return client.post("/api/auth/registration/", ADA | {"username": username, "email": email})


@pytest.mark.parametrize(
    "email",
    [
        *("victim@exam\u00adple.com", "victim@exam\u200dple.com", "victim@exam\u2060ple.com"),
        *("vic\u00adtim@example.com", "victim@example.com\u200b", "\u2066victim@example.com"),
        *("vic tim@example.com", "victim@exam\u00a0ple.com", "victim@example.com\x7f"),
        *('"victim"@example.com', '"vic tim"@example.com', "victim@[127.0.0.1]"),
        *(
            "a" * 65 + "@example.com",
            "x@xn--bcher-.example",
            "x@xn--\u00fc.example",
            "x@💩.example",
        ),
        *(f"{letter}am@example.org" for letter in ("\u017f", "\u0130", "\u0131", "\uff53", "ß")),
        *("x@a..example", "x", "x@", "@example.com", "x@\u0301a.example", "x@-bü.example"),
    ],
)
def test_invalid_email_addresses_are_rejected(anonymous, admin, email):
    with pytest.raises(ValidationError):
        validate_email(email)

    invited = client_of(admin).post("/api/users/", {"username": "ada", "email": email})
    for response in (register(anonymous, email), invited):
        assert (response.status_code, list(response.data)) == (400, ["email"])


@pytest.mark.parametrize(
    "email", ["a" * 64 + "@example.com", "o'x+y@sub.example.co.uk", IDN, ENCODED, "x@localhost"]
)
def test_valid_email_addresses_are_accepted(email):
    validate_email(email)


def test_no_two_accepted_email_addresses_have_the_same_key():
    """An address and its key differ only in case, whatever Django's pattern accepts."""
    names = (f"x{chr(number)}" for number in range(sys.maxunicode + 1))
    for email in (f"{name}@example.org" for name in names if validate_form.user_regex.match(name)):
        with suppress(ValidationError):
            validate_email(email)
            assert normalize_email_key(email) == normalize_email(email).lower(), ascii(email)


def test_an_email_address_is_stored_with_its_domain_in_ascii(anonymous):
    response = register(anonymous, "Ada@Bücher.example")

    assert response.data["user"]["email"] == "Ada@xn--bcher-kva.example"
    assert normalize_email("Ada@Example.ORG") == "Ada@Example.ORG"


@pytest.mark.parametrize(
    ("first", "second"), [(IDN, ENCODED), (ENCODED, IDN), (ENCODED, "ADA@BÜCHER.example")]
)
def test_all_spellings_of_an_email_address_count_as_one(anonymous, first, second):
    assert register(anonymous, first).status_code == 201

    response = register(anonymous, second, username="other")

    assert (response.status_code, list(response.data)) == (400, ["email"])
    assert response.data["email"][0] == "This email address is taken."


@pytest.mark.parametrize("typed", [IDN, ENCODED, "ADA@bü\u00adcher.example"])
def test_an_email_address_is_found_in_any_spelling(anonymous, admin, typed):
    ada = make_student(username="ada", email=ENCODED, password=PASSWORD)

    assert login(username=typed).data["user"]["id"] == str(ada.id)
    assert login(username="", email=typed).data["user"]["id"] == str(ada.id)
    rows = client_of(admin).get("/api/users/", {"search": typed}).data["results"]
    assert [row["id"] for row in rows] == [str(ada.id)]
    assert selectors.find_account(email=typed).profile_id == str(ada.id)


def test_another_spelling_of_an_email_address_is_not_a_change():
    ada = make_student(username="ada", password=PASSWORD)
    services.update_user(user_id=str(ada.id), email=IDN)
    account = selectors.get_account(ada.id)
    assert (account.email, account.email_key) == (ENCODED, ENCODED)

    Account.objects.filter(pk=account.pk).update(email=IDN, email_verified=True)  # an older account
    response = client_of(ada).patch("/api/auth/user/", {"email": IDN})

    assert response.status_code == 200
    assert selectors.get_account(ada.id).email_verified


@pytest.mark.parametrize("path", ["password/reset", "registration/resend-email"])
def test_all_spellings_of_an_email_address_share_a_limit(anonymous, settings, path):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"reset": (1, 3600), "verification": (1, 3600)}

    sent = [
        anonymous.post(f"/api/auth/{path}/", {"email": email}) for email in (IDN, ENCODED.title())
    ]

    assert [response.status_code for response in sent] == [200, 429]


def test_the_migration_updates_keys_unless_another_account_has_them():
    moved = make_student(email="moved@example.org")
    victim = make_student(email="victim@example.org")
    double = make_student(email="double@example.org")
    older = {moved: IDN, double: "victim@exam\u00adple.org"}
    for user, email in older.items():
        Account.objects.filter(profile_id=str(user.id)).update(email=email, email_key=email)
    Account.objects.update(date_joined="2020-01-01T00:00Z")

    migration = importlib.import_module("apps.users.migrations.0004_fold_emails")
    migration.fold_emails(registry, None)
    repair_profiles()

    keys = {
        moved: ENCODED,
        victim: "victim@example.org",
        double: "victim@exam\u00adple.org",
    }
    for user, key in keys.items():
        assert selectors.get_account(user.id).email_key == key
        assert User.objects.get(id=user.id).email_key == key
    assert selectors.find_account(email=IDN).profile_id == str(moved.id)
