"""How people go: decided in one step, done in several that a sweep can finish."""

import logging
from datetime import timedelta

from bson import ObjectId
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone

from apps.common.clock import now_in_milliseconds
from apps.common.errors import check_expected
from apps.common.events import publish
from apps.common.storage import idempotency_keys
from apps.users import selectors
from apps.users.documents import Erasure, User
from apps.users.events import UserErased
from apps.users.models import Account
from apps.users.services.people import refuse_last_admin
from apps.users.services.profiles import ensure_profile, remove_profile
from apps.users.services.sessions import end_all_sessions

logger = logging.getLogger(__name__)

LONGEST_REQUEST = timedelta(minutes=1)


def erase(*, user_id: str, expected: list[int] | None = None) -> None:
    """
    Erase a person. What fails on the way is left to the sweep; nobody can sign in meanwhile.

    :raises NotFound: the user does not exist
    :raises StaleRevision: the profile was edited in the meantime
    :raises LastAdmin: nobody would be left to run the place
    """
    account = selectors.get_account(user_id)
    check_expected(ensure_profile(account).revision, expected)
    with transaction.atomic():
        refuse_last_admin(account)
        Account.objects.filter(pk=account.pk).update(is_active=False, erasing_since=timezone.now())
    end_all_sessions(account_id=account.pk)
    _finish_or_leave(account.pk)


def finish_erasures() -> int:
    """Finish interrupted erasures and erase late writes; return how many are complete now."""
    begun = Account.objects.exclude(erasing_since=None).values_list("pk", flat=True)
    finished = sum(_finish_or_leave(account_id) for account_id in list(begun))
    for erasure in Erasure.objects(erased_at__lt=now_in_milliseconds() - LONGEST_REQUEST):
        if _erase_again(str(erasure.id)):
            erasure.delete()
    return finished


def erase_late_writes(*, user_id: str, session_id: str) -> None:
    """
    Erase what a request has written if its user was erased while it ran.

    An erasure ends the sessions before it erases the documents. So it has either found what the
    request wrote, or the request finds its session ended. What fails here is left to the sweep.
    """
    try:
        if not selectors.is_session_active(session_id):
            _erase_again(user_id)
    except Exception:
        logger.exception("Late writes of an ended session wait for the sweep.")


def finish_erasure(account_id: int) -> bool:
    """Remove all that is stored of a person, the account last; say whether all is gone."""
    account = Account.objects.exclude(erasing_since=None).filter(pk=account_id).first()
    if account is None:
        return False
    Erasure(id=ObjectId(account.profile_id)).save()
    User.objects(id=account.profile_id).update(set__is_active=False)
    selectors.invalidate_user(account.profile_id)
    if not _erase_documents(account.profile_id):
        return False
    account.delete()
    _clear_log()
    return True


def _erase_documents(user_id: str) -> bool:
    """Remove the documents of a user, or their name from them; return whether all apps did so."""
    if not publish(UserErased(user_id=user_id)):
        return False
    idempotency_keys.delete_keys_of(user_id)
    if profile := User.objects(id=user_id).first():
        remove_profile(profile)
    return True


def _erase_again(user_id: str) -> bool:
    """Erase the documents of a user who has no account now; return whether all apps did so."""
    if Account.objects.filter(profile_id=user_id, erasing_since=None).exists():
        return False
    _clear_log()
    return _erase_documents(user_id)


def _clear_log() -> None:
    """Remove the names of accounts that are gone from the admin's log."""
    accounts = Account.objects.annotate(key=Cast("pk", CharField()))
    named = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Account))
    gone = named.exclude(object_repr="").filter(~Exists(accounts.filter(key=OuterRef("object_id"))))
    gone.update(object_repr="")


def _finish_or_leave(account_id: int) -> bool:
    try:
        return finish_erasure(account_id)
    except Exception:  # it is decided: the sweep tries again
        logger.exception("The erasure of account %s waits for the sweep.", account_id)
        return False
