"""The staff's pages."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

from apps.users import services
from apps.users.documents import User
from apps.users.models import Account, AccountMail, Session
from tests.factories import PASSWORD, make_admin, make_student


@pytest.fixture(autouse=True)
def _uncollected(settings):
    """Name static files as they are: nobody has collected them for the tests."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def account_of(user) -> Account:
    return Account.objects.get(profile_id=str(user.id))


def staff(*permissions: str) -> Client:
    """Return the browser of somebody of the staff who may do these things."""
    account = account_of(make_student())
    Account.objects.filter(pk=account.pk).update(is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return signed_in(account)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def chief(admin) -> Client:
    return signed_in(account_of(admin))


def test_staff_see_what_they_have_permission_for(student, chief):
    account = account_of(student)
    services.open_session(user=student)
    services.ask_for_reset(email=student.email)
    pages = {
        f"/admin/users/account/{account.pk}/change/": "view_account",
        "/admin/users/account/": "view_account",
        "/admin/users/session/": "view_session",
        f"/admin/users/session/{Session.objects.get().pk}/change/": "view_session",
        "/admin/users/accountmail/": "view_accountmail",
        f"/admin/users/accountmail/{AccountMail.objects.get().pk}/change/": "view_accountmail",
    }
    nobody = staff()

    for page, permission in pages.items():
        assert chief.get(page).status_code == 200, page
        assert staff(permission).get(page).status_code == 200, page
        assert nobody.get(page).status_code == 403, page
    assert "users/account" not in nobody.get("/admin/").content.decode()
    assert signed_in(account).get("/admin/users/account/").status_code == 302


def test_no_page_shows_a_hash_or_a_token(chief):
    user = make_student(password=PASSWORD)
    account, tokens = account_of(user), services.open_session(user=user)

    for page in (
        "account/",
        f"account/{account.pk}/change/",
        f"account/{account.pk}/delete/",
        "session/",
        f"session/{tokens.session_id}/change/",
    ):
        shown = chief.get(f"/admin/users/{page}").content.decode()
        assert "argon2" not in shown, page
        assert tokens.refresh_jti not in shown, page


def test_deactivating_here_ends_sessions_and_is_known_to_the_profile(chief, student):
    services.open_session(user=student)
    account = account_of(student)

    response = chief.post(f"/admin/users/account/{account.pk}/change/", {})

    assert response.status_code == 302
    assert Session.objects.count() == 0
    assert not User.objects.get(id=student.id).is_active
    assert not account_of(student).is_active


def test_an_admin_made_here_is_one_everywhere(chief, student):
    account = account_of(student)

    chief.post(
        f"/admin/users/account/{account.pk}/change/",
        {"is_active": "on", "is_superuser": "on", "is_staff": "on"},
    )

    assert User.objects.get(id=student.id).is_admin
    assert account_of(student).is_staff


def test_the_last_admin_cannot_go_here_either(chief, admin):
    address = f"/admin/users/account/{account_of(admin).pk}"
    answers = [
        chief.post(f"{address}/change/", {"is_staff": "on", "is_superuser": "on"}, follow=True),
        chief.post(f"{address}/delete/", {"post": "yes"}, follow=True),
        chief.post(
            "/admin/users/account/",
            {"action": "delete_selected", "_selected_action": account_of(admin).pk, "post": "yes"},
            follow=True,
        ),
    ]

    for answer in answers:
        assert "The last admin cannot go." in answer.content.decode()
    assert account_of(admin).is_active
    assert User.objects.get(id=admin.id).is_active


def test_deleting_here_erases(chief, student):
    account = account_of(student)

    chief.post(f"/admin/users/account/{account.pk}/delete/", {"post": "yes"})

    assert not Account.objects.filter(pk=account.pk).exists()
    assert User.objects(id=student.id).first() is None


def test_ending_a_session_here_ends_it(chief, student):
    tokens = services.open_session(user=student)

    chief.post(f"/admin/users/session/{tokens.session_id}/delete/", {"post": "yes"})

    with pytest.raises(services.SessionOver):
        services.refresh_session(token=tokens.refresh)


def test_nobody_but_an_admin_touches_an_admin_or_gives_rights(admin, student):
    client = staff("view_account", "change_account", "delete_account")
    chief, account = account_of(admin), account_of(student)

    assert client.post(f"/admin/users/account/{chief.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/users/account/{chief.pk}/delete/", {}).status_code == 403
    client.post(
        f"/admin/users/account/{account.pk}/change/",
        {"is_active": "on", "is_superuser": "on", "is_staff": "on"},
    )
    assert not account_of(student).is_superuser
    assert not account_of(student).is_staff
    assert client.get("/admin/users/account/add/").status_code == 403
    action = {"action": "delete_selected", "_selected_action": chief.pk, "post": "yes"}
    client.post("/admin/users/account/", action)
    assert account_of(admin).is_active


def test_guessing_is_stopped_here_too(settings):
    settings.RATE_LIMITED = True
    make_admin(username="root", password=PASSWORD)

    def sign_in(password: str, **headers) -> int:
        body = {"username": "ROOT", "password": password}
        return Client().post("/admin/login/?next=/admin/", body, **headers).status_code

    assert [sign_in(str(number)) for number in range(7)] == [200] * 5 + [429] * 2
    assert sign_in(PASSWORD) == 429
    assert sign_in(PASSWORD, REMOTE_ADDR="10.9.9.9") == 302


def test_spaces_around_a_name_make_it_no_other(settings):
    settings.RATE_LIMITED = True
    make_admin(username="root")

    def sign_in(name: str) -> int:
        body = {"username": name, "password": "wrong"}
        return Client().post("/admin/login/?next=/admin/", body).status_code

    names = ("root", " root", "root ", "\troot", "  ＲＯＯＴ  ", " root  ")
    assert [sign_in(name) for name in names] == [200] * 5 + [429]


def test_guessing_the_old_password_here_is_stopped_too(settings):
    settings.RATE_LIMITED = True
    user = make_admin(password=PASSWORD)
    client = signed_in(account_of(user))
    new = {"new_password1": "a whole new phrase", "new_password2": "a whole new phrase"}

    def change(old: str) -> int:
        return client.post("/admin/password_change/", new | {"old_password": old}).status_code

    assert [change(str(number)) for number in range(6)] == [200] * 5 + [429]
    assert change(PASSWORD) == 429
    assert account_of(user).check_password(PASSWORD)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_admin": False}])
def test_who_is_signed_in_here_is_out_once_deactivated_or_demoted(chief, admin, change):
    make_admin()
    assert chief.get("/admin/").status_code == 200

    services.change_person(user_id=str(admin.id), **change)

    assert chief.get("/admin/").status_code == 302
    assert chief.get("/admin/users/account/").status_code == 302


def test_who_is_signed_in_here_is_out_once_the_password_was_reset(chief, admin):
    services.reset_password(account=account_of(admin), new_password="a whole new phrase")
    assert chief.get("/admin/").status_code == 302


def test_an_admin_made_on_the_command_line_signs_in_everywhere(monkeypatch, anonymous):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", username="Root", email="r@example.org", interactive=False, verbosity=0
    )

    response = anonymous.post("/api/auth/login/", {"username": "root", "password": PASSWORD})

    assert response.status_code == 200
    assert response.data["user"]["is_admin"] is True


def test_a_password_changed_here_ends_the_sessions_elsewhere():
    user = make_admin(password=PASSWORD)
    tokens = services.open_session(user=user)
    body = {"old_password": PASSWORD, "new_password1": "a whole new phrase"}
    client = signed_in(account_of(user))

    response = client.post(
        "/admin/password_change/", body | {"new_password2": "a whole new phrase"}
    )

    assert response.status_code == 302
    with pytest.raises(services.SessionOver):
        services.refresh_session(token=tokens.refresh)
