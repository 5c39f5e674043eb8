from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from bson import ObjectId
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import Invalid, NotFound, StaleRevision
from apps.common.events import subscribe
from apps.common.storage.idempotency_keys import IdempotencyKey
from apps.users import selectors, services
from apps.users.documents import User
from apps.users.events import InstructorGranted, UserErased, UserRegistered
from apps.users.models import Account, AccountMail, Session
from apps.users.services import profiles, users
from apps.users.services.mails import verification_key
from apps.users.services.profiles import GRACE_PERIOD
from apps.users.tasks import repair_profiles
from tests.factories import PASSWORD, make_admin, make_instructor, make_student
from tests.users.pictures import png
from tests.users.racing import race

published = []
failing_users = set()


@subscribe(UserRegistered)
@subscribe(InstructorGranted)
def record(event) -> None:
    published.append(event)


@subscribe(UserErased)
@subscribe(InstructorGranted)
def fail_for_some(event: UserErased | InstructorGranted) -> None:
    if event.user_id in failing_users:
        raise RuntimeError("a store is away")


@pytest.fixture(autouse=True)
def _quiet():
    published.clear()
    failing_users.clear()


def account_of(user: User) -> Account:
    return Account.objects.get(profile_id=str(user.id))


def long_ago(**rows) -> None:
    Account.objects.filter(**rows).update(date_joined=timezone.now() - timedelta(hours=1))


# New accounts


def test_an_account_and_its_profile_are_created_together():
    user = services.create_account(username="ada", email="ada@example.org", password=PASSWORD)

    account = account_of(user)
    assert account.check_password(PASSWORD)
    assert account.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert (account.username, account.email) == (user.username, user.email)
    assert not account.is_staff
    assert User.objects.get(id=user.id).is_student
    assert published == [UserRegistered(user_id=str(user.id))]


@pytest.mark.parametrize(
    ("name", "address", "fields"),
    [
        ("AL", "other@example.org", ["username"]),
        ("ａｌ", "other@example.org", ["username"]),
        ("other", "AL@Example.org", ["email"]),
        ("Al", "ａl@example.org", ["username", "email"]),
    ],
)
def test_a_taken_name_is_rejected_in_any_case_and_width(name, address, fields):
    make_student(username="al", email="al@example.org")

    with pytest.raises(Invalid) as refusal:
        services.create_account(username=name, email=address)

    assert list(refusal.value.messages) == fields
    assert Account.objects.count() == User.objects.count() == 1


def test_an_account_is_deleted_if_its_profile_cannot_be_created():
    settled = make_student(username="ada")
    Account.objects.filter(profile_id=str(settled.id)).update(username="b", username_key="b")

    with pytest.raises(Invalid):
        services.create_account(username="ada", email="new@example.org")

    assert Account.objects.count() == 1
    assert User.objects.count() == 1


def test_an_orphaned_profile_does_not_block_a_new_account():
    orphan = make_student(username="ada")
    Account.objects.all().delete()

    user = services.create_account(username="ada", email="new@example.org")

    assert [user.id for user in User.objects] == [user.id]
    assert user.id != orphan.id


def test_a_retry_returns_what_the_first_call_created():
    fields = {"username": "ada", "email": "ada@example.org", "profile_id": ObjectId()}
    first = services.create_account(**fields)
    User.objects.delete()

    again = services.create_account(**fields)

    assert again.id == first.id
    assert Account.objects.count() == User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_concurrent_registrations_gets_a_username():
    outcomes = race(12, lambda n: services.create_account(username="ada", email=f"{n}@example.org"))

    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 11
    assert Account.objects.count() == User.objects.count() == 1


def test_a_failed_retry_keeps_what_the_first_call_created():
    fields = {"username": "ada", "email": "ada@example.org", "profile_id": ObjectId()}
    services.create_account(**fields)
    other = make_student(username="bob")
    User.objects(id=fields["profile_id"]).delete()
    User.objects(id=other.id).update(set__username_key="ada")

    with pytest.raises(Invalid):
        services.create_account(**fields)

    assert Account.objects.filter(username="ada").exists()


# Changes


def test_a_new_email_address_is_unverified_and_receives_a_verification_email(student):
    services.verify_email(key=verification_key(account_of(student)))

    services.update_user(user_id=str(student.id), bio="Hello", email="new@example.org")

    user = selectors.get_user(student.id)
    assert not user.email_verified
    assert not account_of(user).email_verified
    assert (user.bio, user.email, user.email_key) == ("Hello", *["new@example.org"] * 2)
    assert account_of(user).email == "new@example.org"
    assert list(AccountMail.objects.values_list("kind", flat=True)) == ["verify"]


def test_a_stale_change_changes_neither_store(student):
    with pytest.raises(StaleRevision):
        services.update_user(user_id=str(student.id), expected=[7], email="new@example.org")

    assert account_of(student).email == student.email
    assert selectors.get_user(student.id).email == student.email


def test_a_failed_write_of_the_profile_is_undone_in_the_account(student):
    other = make_student()
    Account.objects.filter(profile_id=str(other.id)).update(email="x@y.org", email_key="x@y.org")

    with pytest.raises(Exception):  # noqa: B017, PT011 - the other profile still has the email address
        services.update_user(user_id=str(student.id), email=other.email)

    assert account_of(student).email == student.email


def test_a_deactivation_that_is_undone_ends_no_sessions(student, monkeypatch):
    services.open_session(user=student)
    [session] = Session.objects.all()
    refuse = users._write_profile

    def lookup_meanwhile(*arguments):
        assert not selectors.is_session_active(session.pk)
        return refuse(*arguments)

    monkeypatch.setattr(users, "_write_profile", lookup_meanwhile)
    stale = [student.revision + 1]

    with pytest.raises(StaleRevision):
        users._write_both(account_of(student), student, stale, {"is_active": False})

    assert account_of(student).is_active
    assert selectors.is_session_active(session.pk)


def test_a_grant_is_published_once(student):
    services.update_user(user_id=str(student.id), instructor_requested=True)
    for _ in range(2):
        user = services.update_user(user_id=str(student.id), is_instructor=True)

    assert user.is_instructor
    assert user.is_student
    assert not user.instructor_requested
    assert published[1:] == [
        InstructorGranted(str(student.id), granted_at=format_timestamp(user.granted_at))
    ]
    assert user.granted_at


def test_an_undelivered_grant_is_delivered_again(student):
    failing_users.add(str(student.id))
    services.update_user(user_id=str(student.id), is_instructor=True)
    failing_users.clear()
    published.clear()
    assert services.repair_grants() == 0  # The grant may be being delivered.

    granted = User.objects(id=student.id)
    granted.update(set__undelivered_since=now_in_milliseconds() - timedelta(minutes=2))
    assert [services.repair_grants() for _ in range(2)] == [1, 0]

    assert len(published) == 1


def test_a_revoked_grant_is_not_delivered(student):
    failing_users.add(str(student.id))
    services.update_user(user_id=str(student.id), is_instructor=True)
    services.update_user(user_id=str(student.id), is_instructor=False)

    assert (
        User.objects(undelivered_since__gt=now_in_milliseconds() - timedelta(days=1)).count() == 0
    )


def test_a_second_grant_is_published_again(student):
    for is_instructor in (True, False, True):
        services.update_user(user_id=str(student.id), is_instructor=is_instructor)
        sleep(0.002)

    assert len({event.granted_at for event in published[1:]}) == 2


def test_only_one_of_two_concurrent_grants_counts(student):
    account, before = account_of(student), selectors.get_user(student.id)

    first, second = (
        users._write_both(account, before, None, {"is_instructor": True}) for _ in range(2)
    )

    assert first.granted_at == second.granted_at
    assert second.revision == first.revision + 1


def test_a_stale_grant_is_rejected(student):
    stale = student.revision
    services.update_user(user_id=str(student.id), bio="New")

    with pytest.raises(StaleRevision):
        users._write_both(
            account_of(student), selectors.get_user(student.id), [stale], {"is_instructor": True}
        )
    assert not selectors.get_user(student.id).granted_at


def test_deactivation_ends_all_sessions(student):
    services.open_session(user=student)

    services.update_user(user_id=str(student.id), is_active=False)

    assert Session.objects.count() == 0
    assert not selectors.get_user(student.id).is_active


def test_the_last_admin_cannot_be_removed_or_deactivated(admin):
    make_admin(username="retired")
    services.update_user(user_id=str(selectors.find_user(username="retired").id), is_active=False)

    for change in ({"is_admin": False}, {"is_active": False}):
        with pytest.raises(services.LastAdmin):
            services.update_user(user_id=str(admin.id), **change)
    with pytest.raises(services.LastAdmin):
        services.erase(user_id=str(admin.id))

    assert selectors.get_user(admin.id).is_admin
    assert account_of(admin).is_active


@pytest.mark.django_db(transaction=True)
def test_one_of_several_admins_demoted_concurrently_remains():
    admins = [make_admin() for _ in range(6)]

    outcomes = race(6, lambda n: services.update_user(user_id=str(admins[n].id), is_admin=False))

    assert sum(isinstance(outcome, services.LastAdmin) for outcome in outcomes) == 1
    assert Account.objects.filter(is_superuser=True).count() == 1
    assert User.objects(is_admin=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_admin_cannot_leave_while_the_only_other_admin_is_leaving():
    first, second = make_admin(), make_admin()
    going = Event()

    def act(n: int):
        if n == 0:
            with transaction.atomic():
                Account.objects.filter(profile_id=str(first.id)).update(is_superuser=False)
                going.set()
                sleep(0.3)  # The other demotion starts meanwhile.
        else:
            going.wait()
            services.update_user(user_id=str(second.id), is_admin=False)

    assert isinstance(race(2, act)[1], services.LastAdmin)
    assert account_of(second).is_superuser


def test_a_demoted_admin_is_no_longer_staff(admin):
    other = make_admin()

    services.update_user(user_id=str(other.id), is_admin=False)

    account = account_of(other)
    assert (account.is_staff, account.is_superuser) == (False, False)
    assert not selectors.get_user(other.id).is_admin


def test_a_new_picture_replaces_the_old_one(student):
    first = services.set_picture(user_id=str(student.id), by=str(student.id), upload=upload())
    second = services.set_picture(user_id=str(student.id), by=str(student.id), upload=upload())

    assert not default_storage.exists(first.profile_picture)
    assert default_storage.exists(second.profile_picture)
    assert default_storage.exists(second.profile_picture_small)

    services.update_user(user_id=str(student.id), profile_picture=None)

    assert not default_storage.exists(second.profile_picture)
    assert selectors.get_user(student.id).profile_picture is None


def test_a_picture_with_a_stale_revision_is_not_stored(student):
    with pytest.raises(StaleRevision):
        services.set_picture(
            user_id=str(student.id), by=str(student.id), upload=upload(), expected=[9]
        )

    assert not default_storage.exists("people") or default_storage.listdir("people") == ([], [])


# Erasure


def test_an_erased_user_leaves_nothing_and_frees_the_names():
    user = make_student(username="ada", email="ada@example.org")
    pictured = services.set_picture(user_id=str(user.id), by=str(user.id), upload=upload())
    services.open_session(user=user)
    IdempotencyKey(user=user.id, key="k", digest="d").save()

    services.erase(user_id=str(user.id))

    assert Account.objects.count() == Session.objects.count() == User.objects.count() == 0
    assert IdempotencyKey.objects.count() == 0
    assert not default_storage.exists(pictured.profile_picture)
    assert make_student(username="ada", email="ada@example.org")


def test_an_interrupted_erasure_is_finished_by_the_sweep(student):
    tokens = services.open_session(user=student)
    failing_users.add(str(student.id))

    services.erase(user_id=str(student.id))

    assert not account_of(student).is_active
    with pytest.raises(services.SessionEnded):
        services.refresh_session(token=tokens.refresh)
    with pytest.raises(NotFound):
        services.update_user(user_id=str(student.id), is_active=True)
    with pytest.raises(Invalid):
        make_student(username=student.username)
    assert repair_profiles() == 0

    failing_users.clear()

    assert repair_profiles() == 1
    assert Account.objects.count() == User.objects.count() == 0


# The sweep


def test_a_missing_profile_is_created_again(admin):
    User.objects.delete()
    assert services.repair_profiles() == 0  # The profile may be being created.

    long_ago()

    assert services.repair_profiles() == 1
    user = selectors.get_user(admin.id)
    assert (user.username, user.is_admin) == (admin.username, True)


def test_a_missing_profile_is_created_when_its_owner_signs_in():
    user = make_student(username="ada", password=PASSWORD)
    User.objects.delete()

    again, _ = services.sign_in(username="ada", password=PASSWORD)

    assert again.id == user.id


def test_profiles_follow_their_accounts(student):
    long_ago()
    Account.objects.update(is_superuser=True)
    orphan = make_student()
    Account.objects.filter(profile_id=str(orphan.id)).delete()

    assert services.repair_profiles() == 2

    assert selectors.get_user(student.id).is_admin
    with pytest.raises(NotFound):
        selectors.get_user(orphan.id)
    assert services.repair_profiles() == 0


# Races


def test_a_write_that_began_before_a_demotion_does_not_undo_it(admin):
    other = make_admin()
    as_it_was = account_of(other)
    services.update_user(user_id=str(other.id), is_admin=False)

    user = users._write_both(as_it_was, selectors.get_user(other.id), None, {"bio": "Still here"})

    assert (user.bio, user.is_admin) == ("Still here", False)
    assert not selectors.get_user(other.id).is_admin


def test_no_profile_is_created_for_a_user_erased_meanwhile(student):
    as_it_was = account_of(student)
    services.erase(user_id=str(student.id))

    with pytest.raises(NotFound):
        services.ensure_profile(as_it_was)

    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_that_races_with_an_erasure_leaves_nothing():
    user = make_student()

    def act(n: int):
        if n == 4:
            return services.erase(user_id=str(user.id))
        return services.update_user(user_id=str(user.id), bio=str(n))

    outcomes = race(8, act)

    assert outcomes[4] is None
    assert {type(outcome) for outcome in outcomes} <= {type(None), User, NotFound}
    assert User.objects.count() == Account.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_only_one_of_several_concurrent_uses_of_a_reset_link_sets_the_password():
    account = account_of(make_student())  # as it was when the link was checked

    outcomes = race(
        6, lambda n: services.reset_password(account=account, new_password=f"a new phrase {n}")
    )

    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 5
    assert account_of(User.objects.get()).check_password(f"a new phrase {outcomes.index(None)}")


def test_an_instructor_stays_a_student():
    assert make_instructor().is_student


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", png(), content_type="image/png")


def test_each_sweep_repairs_new_accounts_and_a_batch_of_the_others(monkeypatch):
    monkeypatch.setattr(profiles, "AT_ONCE", 2)
    made = [make_student() for _ in range(5)]
    now = timezone.now()
    Account.objects.update(date_joined=now - timedelta(days=1))
    new = make_student()
    Account.objects.filter(profile_id=str(new.id)).update(date_joined=now - timedelta(minutes=2))
    User.objects.update(set__language="es")
    User.objects(id__in=[one.id for one in (*made, new)]).delete()

    left = []
    for minute in range(3):
        monkeypatch.setattr(timezone, "now", lambda minute=minute: now + minute * GRACE_PERIOD)
        services.repair_profiles()
        left.append(6 - User.objects.count())
        assert User.objects(id=new.id).count() == 1

    assert left[0] >= 3
    assert left[-1] == 0


def test_each_profile_without_an_account_has_its_turn(monkeypatch):
    monkeypatch.setattr(profiles, "AT_ONCE", 2)
    for _ in range(5):
        make_student()
    Account.objects.all().delete()
    now, numbers = timezone.now(), []
    for minute in range(9):
        monkeypatch.setattr(timezone, "now", lambda minute=minute: now + minute * GRACE_PERIOD)
        numbers.append(services.repair_profiles())

    assert max(numbers) <= 2
    assert sum(numbers) == 5
    assert User.objects.count() == 0
