"""The staff site."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from apps.common.errors import Invalid
from apps.users import services
from apps.users.documents import User
from apps.users.models import Account, AccountMail, Session
from apps.users.staff_site import LimitedPasswordChangeForm
from tests.factories import PASSWORD, client_of, make_admin, make_student


@pytest.fixture(autouse=True)
def _uncollected(settings):
    """Do not add hashes to the names of static files, which the tests do not collect."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def account_of(user) -> Account:
    return Account.objects.get(profile_id=str(user.id))


def staff(*permissions: str) -> Client:
    """Return a browser signed in as staff with these permissions."""
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


def test_staff_see_only_pages_that_they_have_permission_for(student, chief):
    account = account_of(student)
    services.open_session(user=student)
    services.request_password_reset(email=student.email)
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


def test_no_page_shows_a_password_hash_or_token(chief):
    user = make_student(password=PASSWORD)
    account, tokens = account_of(user), services.open_session(user=user)

    for page in (
        "account/",
        f"account/{account.pk}/change/",
        f"account/{account.pk}/delete/",
        "session/",
        f"session/{tokens.session_id}/change/",
    ):
        content = chief.get(f"/admin/users/{page}").content.decode()
        assert "argon2" not in content, page
        assert tokens.refresh_jti not in content, page


def test_a_deactivation_ends_sessions_and_updates_the_profile(chief, student):
    services.open_session(user=student)
    account = account_of(student)

    response = chief.post(f"/admin/users/account/{account.pk}/change/", {})

    assert response.status_code == 302
    assert Session.objects.count() == 0
    assert not User.objects.get(id=student.id).is_active
    assert not account_of(student).is_active


def test_a_promotion_to_admin_counts_everywhere(chief, student):
    account = account_of(student)

    chief.post(
        f"/admin/users/account/{account.pk}/change/",
        {"is_active": "on", "is_superuser": "on", "is_staff": "on"},
    )

    assert User.objects.get(id=student.id).is_admin
    assert account_of(student).is_staff


def test_the_last_admin_cannot_be_removed(chief, admin):
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
        assert "The last admin cannot be removed or deactivated." in answer.content.decode()
    assert account_of(admin).is_active
    assert User.objects.get(id=admin.id).is_active


def test_deleting_an_account_erases_the_user(chief, student):
    account = account_of(student)

    chief.post(f"/admin/users/account/{account.pk}/delete/", {"post": "yes"})

    assert not Account.objects.filter(pk=account.pk).exists()
    assert User.objects(id=student.id).first() is None


def test_deleting_a_session_ends_it(chief, student):
    tokens = services.open_session(user=student)

    chief.post(f"/admin/users/session/{tokens.session_id}/delete/", {"post": "yes"})

    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)


def test_only_admins_change_admins_or_grant_permissions(admin, student):
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


def test_only_admins_delete_sessions_and_emails_of_admins(admin, student):
    client = staff("view_session", "delete_session", "view_accountmail", "delete_accountmail")
    for user in (admin, student):
        services.open_session(user=user)
        services.request_password_reset(email=user.email)

    for model, name in ((Session, "session"), (AccountMail, "accountmail")):
        [of_admin] = model.objects.filter(account=account_of(admin))
        [of_student] = model.objects.filter(account=account_of(student))
        pages = f"/admin/users/{name}"
        action = {"action": "delete_selected", "post": "yes"}
        both = action | {"_selected_action": [of_admin.pk, of_student.pk]}

        deletion = client.post(f"{pages}/{of_admin.pk}/delete/", {"post": "yes"})
        assert deletion.status_code == 403
        assert client.post(f"{pages}/", both).status_code in (200, 403)
        assert model.objects.filter(account=account_of(admin)).exists()

        client.post(f"{pages}/", action | {"_selected_action": of_student.pk})
        assert not model.objects.filter(pk=of_student.pk).exists()


def test_only_admins_grant_permissions_to_groups(chief):
    group = Group.objects.create(name="tutors")
    erase = Permission.objects.get(codename="delete_account")
    client = staff("view_group", "add_group", "change_group")
    change = f"/admin/auth/group/{group.pk}/change/"

    added = client.post("/admin/auth/group/add/", {"name": "new", "permissions": erase.pk})
    changed = client.post(change, {"name": "mentors", "permissions": erase.pk})

    assert (added.status_code, changed.status_code) == (302, 302)
    assert not Group.objects.filter(permissions=erase).exists()
    group.refresh_from_db()
    assert group.name == "mentors"

    chief.post(change, {"name": "mentors", "permissions": erase.pk})
    assert list(group.permissions.all()) == [erase]
    client.post(change, {"name": "tutors"})
    assert list(group.permissions.all()) == [erase]


def test_password_guessing_is_limited(settings):
    settings.RATE_LIMITED = True
    make_admin(username="root", password=PASSWORD)

    def sign_in(password: str, **headers) -> int:
        body = {"username": "ROOT", "password": password}
        return Client().post("/admin/login/?next=/admin/", body, **headers).status_code

    assert [sign_in(str(number)) for number in range(7)] == [200] * 5 + [429] * 2
    assert sign_in(PASSWORD) == 429
    assert sign_in(PASSWORD, REMOTE_ADDR="10.9.9.9") == 302


def test_spaces_around_a_name_do_not_bypass_the_limit(settings):
    settings.RATE_LIMITED = True
    make_admin(username="root")

    def sign_in(name: str) -> int:
        body = {"username": name, "password": "wrong"}
        return Client().post("/admin/login/?next=/admin/", body).status_code

    names = ("root", " root", "root ", "\troot", "  ＲＯＯＴ  ", " root  ")
    assert [sign_in(name) for name in names] == [200] * 5 + [429]


def test_guessing_the_old_password_is_limited(settings):
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
def test_deactivation_and_demotion_sign_out(chief, admin, change):
    make_admin()
    assert chief.get("/admin/").status_code == 200

    services.update_user(user_id=str(admin.id), **change)

    assert chief.get("/admin/").status_code == 302
    assert chief.get("/admin/users/account/").status_code == 302


def test_a_password_reset_signs_out(chief, admin):
    services.reset_password(account=account_of(admin), new_password="a whole new phrase")
    assert chief.get("/admin/").status_code == 302


def test_an_admin_created_on_the_command_line_can_sign_in_everywhere(monkeypatch, anonymous):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", username="Root", email="r@example.org", interactive=False, verbosity=0
    )

    response = anonymous.post("/api/auth/login/", {"username": "root", "password": PASSWORD})

    assert response.status_code == 200
    assert response.data["user"]["is_admin"] is True


def test_a_password_change_ends_the_other_sessions():
    user = make_admin(password=PASSWORD)
    tokens = services.open_session(user=user)
    body = {"old_password": PASSWORD, "new_password1": "a whole new phrase"}
    client = signed_in(account_of(user))

    response = client.post(
        "/admin/password_change/", body | {"new_password2": "a whole new phrase"}
    )

    assert response.status_code == 302
    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)


# Sessions of the staff site and of the API are one list


def sign_in_here(username: str, **environment) -> Client:
    client = Client(**environment)
    body = {"username": username, "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", body).status_code == 302
    assert client.get("/admin/").status_code == 200
    return client


def test_a_sign_in_is_listed_and_can_be_ended_in_the_api():
    user = make_admin(username="root", password=PASSWORD)
    api = client_of(user)
    here = sign_in_here("root", HTTP_USER_AGENT="x" * 300, REMOTE_ADDR="::ffff:10.1.2.3")

    [row] = [row for row in api.get("/api/auth/sessions/").data["results"] if not row["current"]]
    assert (row["address"], row["user_agent"]) == ("10.1.2.3", "x" * 255)
    assert api.delete(f"/api/auth/sessions/{row['id']}/").status_code == 204

    assert here.get("/admin/").status_code == 302
    assert here.get("/admin/users/account/").status_code == 302
    assert api.get("/api/auth/user/").status_code == 200


def test_signing_in_again_in_the_same_browser_replaces_the_listed_session():
    make_admin(username="root", password=PASSWORD)
    client = sign_in_here("root")
    [replaced] = Session.objects.all()

    body = {"username": "root", "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", body).status_code == 302

    [session] = Session.objects.all()
    assert session.pk != replaced.pk
    assert client.get("/admin/").status_code == 200


def test_signing_out_removes_the_listed_session():
    make_admin(username="root", password=PASSWORD)
    here = sign_in_here("root")
    assert Session.objects.count() == 1

    here.post("/admin/logout/")

    assert Session.objects.count() == 0


def end_by_the_api(user) -> None:
    client_of(user).post("/api/auth/logout/all/")


def end_by_password(user) -> None:
    body = {"old_password": PASSWORD, "new_password1": "a whole new phrase"}
    client_of(user).post(
        "/api/auth/password/change/", body | {"new_password2": "a whole new phrase"}
    )


def end_by_reset(user) -> None:
    services.reset_password(account=account_of(user), new_password="a whole new phrase")


def end_by_deactivation(user) -> None:
    for is_active in (False, True):
        services.update_user(user_id=str(user.id), is_active=is_active)


def deactivate(user) -> None:
    services.update_user(user_id=str(user.id), is_active=False)


def end_by_demotion(user) -> None:
    for is_admin in (False, True):
        services.update_user(user_id=str(user.id), is_admin=is_admin)


def end_by_erasure(user) -> None:
    services.erase(user_id=str(user.id))


@pytest.mark.parametrize(
    "end",
    [
        end_by_the_api,
        end_by_password,
        end_by_reset,
        end_by_deactivation,
        end_by_demotion,
        end_by_erasure,
    ],
)
def test_ending_all_sessions_ends_those_of_the_staff_site(end):
    make_admin()
    user = make_admin(username="root", password=PASSWORD)
    here, forced = sign_in_here("root"), signed_in(account_of(user))

    end(user)

    for client in (here, forced):
        assert client.get("/admin/").status_code == 302
    assert not Session.objects.filter(refresh_jti="").exists()


def test_a_demotion_keeps_the_sessions_in_the_api():
    make_admin()
    user = make_admin()
    api = client_of(user)

    services.update_user(user_id=str(user.id), is_admin=False)

    assert api.get("/api/auth/user/").data["is_admin"] is False


def test_a_password_change_keeps_the_current_session():
    make_admin(username="root", password=PASSWORD)
    here, there = sign_in_here("root"), sign_in_here("root")
    body = {"old_password": PASSWORD, "new_password1": "a whole new phrase"}

    here.post("/admin/password_change/", body | {"new_password2": "a whole new phrase"})

    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    assert Session.objects.count() == 1


def test_an_email_address_can_be_used_to_sign_in():
    make_admin(username="root", email="root@example.org", password=PASSWORD)

    sign_in_here("root@example.org")


def test_a_session_of_the_staff_site_lasts_hours(settings):
    make_admin(username="root", password=PASSWORD)

    sign_in_here("root")

    left = Session.objects.get().expires_at - timezone.now()
    assert left <= timedelta(hours=8)
    assert settings.SESSION_COOKIE_AGE == 8 * 60 * 60


# The account may be changed or erased while its password is being hashed


def password_form(account):
    data = {"old_password": PASSWORD, "new_password1": "a whole new phrase"}
    form = LimitedPasswordChangeForm(
        account, data | {"new_password2": "a whole new phrase"}, address="", session_id=None
    )
    assert form.is_valid(), form.errors
    return form


def test_a_password_change_does_not_restore_revoked_permissions():
    make_admin()
    account = account_of(make_admin(username="root", password=PASSWORD))
    form = password_form(account)
    services.update_user(user_id=account.profile_id, is_admin=False)

    form.save()

    stored = Account.objects.get(pk=account.pk)
    assert (stored.is_superuser, stored.is_staff) == (False, False)
    assert stored.check_password("a whole new phrase")


@pytest.mark.parametrize("remove", [end_by_erasure, deactivate], ids=["erased", "deactivated"])
def test_a_password_change_does_not_restore_an_account(remove):
    make_admin()
    user = make_admin(username="root", password=PASSWORD)
    form = password_form(account_of(user))
    remove(user)

    with pytest.raises(Invalid):
        form.save()

    assert not Account.objects.filter(username="root", is_active=True).exists()


def test_an_erased_account_is_not_saved_again():
    make_admin()
    account = account_of(make_admin(username="root"))
    services.erase(user_id=account.profile_id)

    with pytest.raises(DatabaseError), transaction.atomic():
        account.save()

    assert not Account.objects.filter(username="root").exists()


def test_the_log_contains_no_name_of_an_erased_user():
    root = make_admin(username="root", password=PASSWORD)
    here = sign_in_here("root")
    user = make_student(username="erasemenow")
    client_of(user)
    session = Session.objects.get(account=account_of(user))
    for address in (
        f"/admin/users/session/{session.pk}/delete/",
        f"/admin/users/account/{account_of(user).pk}/delete/",
    ):
        assert here.post(address, {"post": "yes"}).status_code == 302

    assert LogEntry.objects.count() == 2
    assert not LogEntry.objects.filter(object_repr__contains="erasemenow").exists()
    assert account_of(root).username == "root"


@pytest.mark.parametrize("typed", ["ada@bücher.example", "ada@xn--bcher", "ADA@", "STRASSE"])
def test_staff_find_usernames_and_email_addresses_in_any_spelling(typed):
    make_student(username="Straße", email="ada@xn--bcher-kva.example")

    page = staff("view_account").get("/admin/users/account/", {"q": typed})

    assert [account.username for account in page.context["cl"].result_list] == ["Straße"]
