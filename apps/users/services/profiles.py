"""Profiles follow accounts: missing ones are created, those without an account are deleted."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from math import ceil

from bson import ObjectId
from django.utils import timezone
from mongoengine import NotUniqueError, Q

from apps.common.errors import NotFound
from apps.common.normalization import search_words
from apps.common.storage.documents import insert
from apps.common.storage.pictures import remove_pictures
from apps.users import selectors
from apps.users.documents import User
from apps.users.models import Account

AT_ONCE = 500
RECENT = timedelta(hours=1)
GRACE_PERIOD = timedelta(minutes=1)  # A request that still runs creates its own profile.


def create_profile(account: Account, **fields) -> User:
    """
    Insert an account's profile, or return the one that an interrupted call has inserted.

    :raises NotUniqueError: the profile of another account has its username or email address
    """
    profile = User(id=ObjectId(account.profile_id), **shared_fields(account), **fields)
    try:
        inserted = insert(profile)
    except NotUniqueError:
        conflicts = Q(username_key=account.username_key) | Q(email_key=account.email_key)
        if not _delete_orphans(list(User.objects(conflicts).scalar("id"))):
            raise
        inserted = insert(profile)
    selectors.invalidate_user(inserted.id)
    return inserted


def ensure_profile(account: Account) -> User:
    """
    Return the account's profile, created again if it was lost.

    :raises NotFound: the account was deleted in the meantime
    """
    if profile := User.objects(id=account.profile_id).first():
        return profile
    created = create_profile(account)
    if not Account.objects.filter(pk=account.pk, erasing_since=None).exists():
        delete_profile(created)  # The erasure may have looked for it before it was inserted.
        raise NotFound()
    return created


def sync_profile(profile: User) -> User:
    """
    Return the profile, updated with the shared fields of the account as they are now.

    A concurrent write may have copied older values into the profile. The last writer reads the
    account after its write, so the profile ends up correct.
    """
    while True:
        account = Account.objects.filter(profile_id=str(profile.id), erasing_since=None).first()
        if account is None or not _is_outdated(profile, account):
            return profile
        changes = {f"set__{name}": value for name, value in shared_fields(account).items()}
        corrected = User.objects(id=profile.id).modify(new=True, **changes)
        selectors.invalidate_user(profile.id)
        if corrected is None:
            return profile
        profile = corrected


def shared_fields(account: Account) -> dict:
    """Return the fields of a profile that are copies of the account's."""
    return {
        "username": account.username,
        "username_key": account.username_key,
        "words": search_words(account.username),
        "email": account.email,
        "email_key": account.email_key,
        "email_verified": account.email_verified,
        "is_admin": account.is_superuser,
        "is_active": account.is_active,
    }


def delete_profile(profile: User) -> None:
    deleted = User.objects(id=profile.id).modify(remove=True)
    if deleted is not None:  # Its pictures may have changed since it was read.
        remove_pictures(deleted.profile_picture, deleted.profile_picture_small)
    selectors.invalidate_user(profile.id)


def repair_profiles() -> int:
    """
    Create missing profiles, update outdated ones, delete orphans; return how many.

    Each call checks the new accounts and one batch of all accounts and profiles. The current
    minute decides which batch, so that no position is stored and any worker can continue.
    """
    now = timezone.now()
    settled = Account.objects.filter(date_joined__lt=now - GRACE_PERIOD, erasing_since=None)
    recent = settled.filter(date_joined__gte=now - RECENT)
    repaired = sum(_repair_batch(batch) for batch in _batches(recent.iterator(AT_ONCE)))
    minute = int(now.timestamp()) // 60
    ordered = settled.order_by("pk")
    repaired += _repair_batch(list(ordered[_batch_of(minute, ordered.count())]))
    ids = sorted(row["_id"] for row in User._get_collection().find({}, {"_id": 1}))
    return repaired + _delete_orphans(ids[_batch_of(minute, len(ids))])


def _batch_of(minute: int, number: int) -> slice:
    """Return which of this number of rows are checked in this minute."""
    batches = max(1, ceil(number / AT_ONCE))
    start = minute % batches * AT_ONCE
    return slice(start, start + AT_ONCE)


def _repair_batch(accounts: list[Account]) -> int:
    profiles = User.objects(id__in=[account.profile_id for account in accounts])
    known = {str(profile.id): profile for profile in profiles}
    outdated = [
        account for account in accounts if _is_outdated(known.get(account.profile_id), account)
    ]
    for account in outdated:
        _repair(account.pk)
    return len(outdated)


def _repair(account_id: int) -> None:
    """Repair one profile. Read both again, because they may have changed between the reads."""
    account = Account.objects.filter(pk=account_id, erasing_since=None).first()
    if account is None:
        return
    with suppress(NotFound):
        sync_profile(ensure_profile(account))


def _is_outdated(profile: User | None, account: Account) -> bool:
    shared = shared_fields(account)
    return profile is None or any(profile[name] != value for name, value in shared.items())


def _delete_orphans(profile_ids: list[ObjectId]) -> int:
    """
    Delete those profiles that have no account, and return their number.

    An account is created before its profile and deleted after it.
    """
    owned = Account.objects.filter(profile_id__in=[str(profile_id) for profile_id in profile_ids])
    owned_ids = set(owned.values_list("profile_id", flat=True))
    orphan_ids = [profile_id for profile_id in profile_ids if str(profile_id) not in owned_ids]
    orphans = list(User.objects(id__in=orphan_ids)) if orphan_ids else []
    for profile in orphans:
        delete_profile(profile)
    return len(orphans)


def _batches(rows: Iterable) -> Iterator[list]:
    rows = iter(rows)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch
