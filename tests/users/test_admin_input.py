"""Unexpected URLs and forms on the staff site."""

import re
from itertools import product
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client

from apps.users import services
from apps.users.admin import StrictAdmin
from apps.users.models import Account, AccountMail, Session
from tests.factories import PASSWORD, make_admin, make_student

LISTS = ("users/account", "users/session", "users/accountmail", "auth/group")
HUGE = "9" * 20


@pytest.fixture(autouse=True)
def _uncollected(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def account_of(user) -> Account:
    return Account.objects.get(profile_id=str(user.id))


def browser(account: Account) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


@pytest.fixture
def viewers() -> dict[str, Client]:
    """An admin, and a member of staff who may only view."""
    clerk = account_of(make_student(username="clerk"))
    Account.objects.filter(pk=clerk.pk).update(is_staff=True)
    views = Permission.objects.filter(codename__startswith="view_")
    clerk.user_permissions.set(views)
    return {"admin": browser(account_of(make_admin())), "clerk": browser(clerk)}


@pytest.fixture
def things() -> dict[str, object]:
    user = make_student(username="ada", password=PASSWORD)
    session = services.open_session(user=user).session_id
    services.request_password_reset(email=user.email)
    return {
        "users/account": account_of(user).pk,
        "users/session": session,
        "users/accountmail": AccountMail.objects.get().pk,
        "auth/group": Group.objects.create(name="tutors").pk,
    }


# Lookups


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        *product(
            ["users/account"],
            [
                "password__regex=^argon2",
                "password__startswith=argon2",
                "password=x",
                "password__isnull=false",
                "username=ada",
                "username__regex=[",
                "username__regex=(a%2B)%2B$",
                "username_key__startswith=a",
                "email_key__gt=a",
                "session_version=0",
                "profile_id__startswith=6",
                "erasing_since__isnull=true",
                "date_joined__year=999999999999",
                "date_joined__week_day=1",
                "last_login__date=2020-01-01",
                f"id__in={HUGE}",
                "pk=1",
                "sessions__refresh_jti__startswith=a",
                "sessions__isnull=true",
                "mails__kind=reset",
                "logentry__change_message__contains=x",
                "outstandingtoken__jti__startswith=a",
                "groups__user__password__startswith=a",
                "user_permissions__codename=add_account",
                "is_active__exact__exact=1",
                "is_active__regex=[",
                "is_active__in=1",
                "nosuch=1",
                "a%00b=1",
                "__=1",
                "q__x=1",
                "date_hierarchy=date_joined",
            ],
        ),
        *product(
            ["users/session", "users/accountmail"],
            [
                "account__password__startswith=argon2",
                "account__password__regex=[",
                "account__username_key=ada",
                "account=1",
                "created_at__year=999999999999",
            ],
        ),
        ("users/session", "refresh_jti__startswith=a"),
        ("users/session", "user_agent__regex=["),
        ("users/accountmail", "attempts__gt=" + HUGE),
        ("users/accountmail", "kind__regex=["),
        ("users/accountmail", "sent_at__year=999999999999"),
        ("auth/group", "user__password__startswith=argon2"),
        ("auth/group", "name__regex=["),
        ("auth/group", "permissions=" + HUGE),
        ("auth/group", "permissions__content_type__model=account"),
    ],
)
def test_lists_reject_filters_that_they_do_not_offer(viewers, page, lookup):
    for who, client in viewers.items():
        assert client.get(f"/admin/{page}/?{lookup}").status_code == 400, who


def test_the_filters_that_lists_offer_work(viewers, things):
    client = viewers["clerk"]
    for page in LISTS:
        content = client.get(f"/admin/{page}/").content.decode()
        links = set(re.findall(r'href="(\?[^"]+)"', content))
        for link in (link for link in links if "__" in link):
            address = f"/admin/{page}/{link.replace('&amp;', '&')}"
            assert client.get(address).status_code == 200, address


def test_every_admin_is_strict():
    loose = [
        model for model, page in admin.site._registry.items() if not isinstance(page, StrictAdmin)
    ]
    assert loose == []


# Malformed values


LIST_QUERIES = [
    *("o=999", f"o={HUGE}", "o=-1.x.2", "o=%00", "o=password"),
    *(f"p={HUGE}{HUGE}", "p=-1", "p=x", "p=0", "p=" + "9" * 5000),
    *("q=%00", "q=%ED%A0%80", "q=" + "a" * 10_000, "q=" + "a+" * 5_000, "q=" + "%22" * 3_000),
    *("q=" + quote("森"), "q='%22", "q=%25", "q=" + HUGE),
    *("_to_field=password", "_to_field=id", "_to_field=nosuch", "_to_field=%00", "_popup=1"),
    *("_changelist_filters=%00", "_changelist_filters=password__regex%3D[", "_facets=1"),
    *("e=1", "e=%00", "all=", "all=x", "is_active__exact=" + HUGE, "is_active__exact=x"),
    *("is_active__exact=%00", "kind__exact=%00"),
    *("is_active__isnull=x", "is_active__exact=", "kind__exact=x", "sent_at__isempty=x"),
    *("is_active__exact=1&is_active__exact=0", "sent_at__isempty=", "_embed=1", "lang=x"),
]
IDS = [
    "0",
    "-1",
    "x",
    HUGE,
    HUGE * 3,
    "%00",
    "1%00",
    "_00",
    "_",
    "%ED%A0%80",
    "森",
    "1.5",
    "a" * 5_000,
]
FORMS = ["change", "delete", "history"]


def assert_sound(response, address: str) -> None:
    assert response.status_code < 500, address[:200]
    assert b"argon2" not in response.content, address[:200]


@pytest.mark.parametrize("page", LISTS)
def test_no_query_breaks_a_list(viewers, things, page):
    client = viewers["clerk" if page == "users/account" else "admin"]
    for query in LIST_QUERIES:
        assert_sound(client.get(f"/admin/{page}/?{query}"), query)


@pytest.mark.parametrize("page", LISTS)
def test_no_id_breaks_a_page(viewers, things, page):
    for form, id in product(FORMS, IDS):
        address = f"/admin/{page}/{id}/{form}/"
        assert_sound(viewers["clerk"].get(address), address)
        assert_sound(viewers["admin"].post(address, {"post": "yes"}), address)


@pytest.mark.parametrize("page", LISTS)
def test_no_query_breaks_a_page(viewers, things, page):
    queries = ("_to_field=password", "_changelist_filters=%00%26", "_popup=x", f"p={HUGE}", "e=1")
    for form, query in product(FORMS, queries):
        address = f"/admin/{page}/{things[page]}/{form}/?{query}"
        assert_sound(viewers["admin"].get(address), address)


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize(
    "body",
    [
        *({"action": "delete_selected", "_selected_action": id} for id in ("x", HUGE, "", "\0")),
        *({"action": action, "_selected_action": "1"} for action in ("nosuch", "", "\0", "delete")),
        {"action": "delete_selected"},
        {"action": "delete_selected", "_selected_action": "1", "index": HUGE},
        {"action": "delete_selected", "_selected_action": "1", "index": "x", "post": "yes"},
        {"action": "delete_selected", "_selected_action": ["1"] * 900, "select_across": "x"},
        {"_save": "1", "form-TOTAL_FORMS": HUGE},
        {"_save": "1"},
        {"q": "\0"},
    ],
    ids=lambda body: str(body)[:60],
)
def test_no_form_breaks_a_list(viewers, things, page, body):
    for client in viewers.values():
        assert_sound(client.post(f"/admin/{page}/", body), str(body))
    assert Account.objects.filter(username="ada").exists()
    assert Session.objects.exists()


def test_no_choice_breaks_a_form(viewers, things):
    address = f"/admin/users/account/{things['users/account']}/change/"
    for name, value in product(
        ["groups", "user_permissions", "is_active", "password", "username"], ["x", HUGE, "\0", "-1"]
    ):
        response = viewers["admin"].post(address, {"is_active": "on", name: value})
        assert_sound(response, f"{name}={value}")
    assert Account.objects.get(username="ada").check_password(PASSWORD)


def test_no_input_breaks_the_other_pages(viewers, things):
    asked = "app_label=users&model_name=account&field_name="
    for client, address in product(
        viewers.values(),
        [
            "autocomplete/",
            f"autocomplete/?{asked}password&term=a",
            f"autocomplete/?{asked}groups&term=%00",
            f"autocomplete/?{asked}groups&term={'a+' * 5_000}",
            f"autocomplete/?{asked}groups&page={HUGE}",
            f"autocomplete/?{asked}groups&page=x",
            "autocomplete/?app_label=%00&model_name=x&field_name=y&term=a",
            "autocomplete/?app_label=users&model_name=session&field_name=account&term=a",
            "jsi18n/",
            "jsi18n/?language=%00",
            "r/x/y/",
            f"r/{HUGE}/{HUGE}/",
            "r/%00/%00/",
            f"r/1/{HUGE}/",
            "nosuch/",
            "users/",
            "users/%00/",
            "users/mailrequest/",
            "token_blacklist/outstandingtoken/",
            "users/account/add/",
            "password_change/?next=%00",
            "login/?next=//evil.example/",
        ],
    ):
        assert_sound(client.get(f"/admin/{address}"), address)


@pytest.mark.parametrize("name", ["\0", "a" * 10_000, "森", "a\r\nb", "", HUGE])
def test_no_username_breaks_the_sign_in(name):
    client = Client(raise_request_exception=False)

    response = client.post("/admin/login/", {"username": name, "password": name})

    assert response.status_code == 200
