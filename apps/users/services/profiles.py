"""Profiles follow accounts: one that is missing is made, one without an account goes."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from math import ceil

from bson import ObjectId
from django.utils import timezone
from mongoengine import NotUniqueError, Q, QuerySet

from apps.common.errors import NotFound
from apps.common.normalization import search_words
from apps.common.storage.documents import insert
from apps.common.storage.pictures import remove_pictures
from apps.users import selectors
from apps.users.documents import User
from apps.users.models import Account

AT_ONCE = 500
RECENT = timedelta(hours=1)
UNDISTURBED = timedelta(minutes=1)  # what is just being made is not repaired


def make_profile(account: Account, **fields) -> User:
    """
    Insert an account's profile, or return the one that an unfinished try has made.

    :raises NotUniqueError: the profile of another account holds its name or its address
    """
    profile = User(id=ObjectId(account.profile_id), **shared_fields(account), **fields)
    try:
        made = insert(profile)
    except NotUniqueError:
        in_the_way = Q(username_key=account.username_key) | Q(email_key=account.email_key)
        if not _remove_orphans(User.objects(in_the_way)):
            raise
        made = insert(profile)
    selectors.invalidate_user(made.id)
    return made


def ensure_profile(account: Account) -> User:
    """
    Return the account's profile, made anew if it was lost.

    :raises NotFound: the account has gone meanwhile
    """
    if profile := User.objects(id=account.profile_id).first():
        return profile
    made = make_profile(account)
    if not Account.objects.filter(pk=account.pk, erasing_since=None).exists():
        remove_profile(made)  # whoever erases may have looked for it before it was there
        raise NotFound()
    return made


def sync_profile(profile: User) -> User:
    """
    Return the profile as it repeats what the account says now.

    A write that began earlier may have put what the account said then into it. Whoever writes the
    profile last looks at the account after that, so it ends up right.
    """
    while True:
        account = Account.objects.filter(profile_id=str(profile.id), erasing_since=None).first()
        if account is None or not _differs(profile, account):
            return profile
        changes = {f"set__{name}": value for name, value in shared_fields(account).items()}
        corrected = User.objects(id=profile.id).modify(new=True, **changes)
        selectors.invalidate_user(profile.id)
        if corrected is None:
            return profile
        profile = corrected


def shared_fields(account: Account) -> dict:
    """Return the fields of a profile that repeat what the account says."""
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


def remove_profile(profile: User) -> None:
    gone = User.objects(id=profile.id).modify(remove=True)
    if gone is not None:  # with the pictures that it had at the end, not when it was read
        remove_pictures(gone.profile_picture, gone.profile_picture_small)
    selectors.invalidate_user(profile.id)


def repair_profiles() -> int:
    """
    Make missing profiles, correct those unlike their account, remove orphans; return how many.

    Each call looks at new accounts and at a batch of all accounts and profiles. The minute decides
    which batch, so that no position needs to be stored and every worker can go on.
    """
    now = timezone.now()
    settled = Account.objects.filter(date_joined__lt=now - UNDISTURBED, erasing_since=None)
    recent = settled.filter(date_joined__gte=now - RECENT)
    repaired = sum(_repair_some(some) for some in _batches(recent.iterator(AT_ONCE)))
    minute = int(now.timestamp()) // 60
    ordered = settled.order_by("pk")
    repaired += _repair_some(list(ordered[_batch_of(minute, ordered.count())]))
    ids = sorted(one["_id"] for one in User._get_collection().find({}, {"_id": 1}))
    return repaired + _remove_orphans_among(ids[_batch_of(minute, len(ids))])


def _batch_of(minute: int, number: int) -> slice:
    """Return which of so many rows have their turn in a minute."""
    batches = max(1, ceil(number / AT_ONCE))
    start = minute % batches * AT_ONCE
    return slice(start, start + AT_ONCE)


def _repair_some(accounts: list[Account]) -> int:
    profiles = User.objects(id__in=[account.profile_id for account in accounts])
    known = {str(profile.id): profile for profile in profiles}
    wrong = [account for account in accounts if _differs(known.get(account.profile_id), account)]
    for account in wrong:
        _repair(account.pk)
    return len(wrong)


def _repair(account_id: int) -> None:
    """Read again: between the first two reads somebody may have changed both."""
    account = Account.objects.filter(pk=account_id, erasing_since=None).first()
    if account is None:
        return
    with suppress(NotFound):
        sync_profile(ensure_profile(account))


def _differs(profile: User | None, account: Account) -> bool:
    shared = shared_fields(account)
    return profile is None or any(profile[name] != value for name, value in shared.items())


def _remove_orphans(profiles: QuerySet) -> int:
    return _remove_orphans_among(list(profiles.scalar("id")))


def _remove_orphans_among(ids: list[ObjectId]) -> int:
    """Remove those without an account: its row is made before a profile, and goes after it."""
    texts = [str(one) for one in ids]
    owned = set(Account.objects.filter(profile_id__in=texts).values_list("profile_id", flat=True))
    orphan_ids = [one for one in ids if str(one) not in owned]
    orphans = list(User.objects(id__in=orphan_ids)) if orphan_ids else []
    for profile in orphans:
        remove_profile(profile)
    return len(orphans)


def _batches(rows: Iterable) -> Iterator[list]:
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        yield some
