"""Erasure of users: decided in one step, carried out in several that a sweep can finish."""

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
from apps.users.services.profiles import delete_profile, ensure_profile
from apps.users.services.sessions import end_all_sessions
from apps.users.services.users import AdminsOnly, check_not_last_admin
from apps.users.viewer import Viewer

logger = logging.getLogger(__name__)

LONGEST_REQUEST = timedelta(minutes=1)


def delete_user(user_id: str, *, viewer: Viewer, expected: list[int] | None = None) -> None:
    """
    Erase any user, which only admins may do; users erase themselves by `erase`.

    :raises NotFound: there is no such user that the viewer may see
    :raises AdminsOnly: the viewer is not an admin
    :raises StaleRevision: the profile was changed in the meantime
    :raises LastAdmin: no other active admin would be left
    """
    if not viewer.is_admin:
        selectors.get_visible_user(user_id, viewer=viewer)
        raise AdminsOnly()
    erase(user_id=user_id, expected=expected)


def erase(*, user_id: str, expected: list[int] | None = None) -> None:
    """
    Erase a user. The sweep finishes what fails, and the user cannot sign in meanwhile.

    :raises NotFound: there is no such user
    :raises StaleRevision: the profile was changed in the meantime
    :raises LastAdmin: no other active admin would be left
    """
    account = selectors.get_account(user_id)
    check_expected(ensure_profile(account).revision, expected)
    with transaction.atomic():
        check_not_last_admin(account)
        Account.objects.filter(pk=account.pk).update(is_active=False, erasing_since=timezone.now())
    end_all_sessions(account_id=account.pk)
    _try_to_finish(account.pk)


def finish_erasures() -> int:
    """Finish interrupted erasures and erase late writes; return how many were finished."""
    account_ids = Account.objects.exclude(erasing_since=None).values_list("pk", flat=True)
    finished = sum(_try_to_finish(account_id) for account_id in list(account_ids))
    for erasure in Erasure.objects(erased_at__lt=now_in_milliseconds() - LONGEST_REQUEST):
        if _erase_again(str(erasure.id)):
            erasure.delete()
    return finished


def erase_late_writes(*, user_id: str, session_id: str) -> None:
    """
    Erase what a request wrote if its user was erased while it ran.

    An erasure ends the sessions before it erases the documents. So either it found what the
    request wrote, or the request finds its session ended. The sweep finishes what fails here.
    """
    try:
        if not selectors.is_session_active(session_id):
            _erase_again(user_id)
    except Exception:
        logger.exception("Late writes of an ended session are left to the sweep.")


def finish_erasure(account_id: int) -> bool:
    """Delete everything stored about a user, the account last; return whether this succeeded."""
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
    """Delete or anonymize the documents of a user; return whether every app did so."""
    if not publish(UserErased(user_id=user_id)):
        return False
    idempotency_keys.delete_keys_of(user_id)
    if profile := User.objects(id=user_id).first():
        delete_profile(profile)
    return True


def _erase_again(user_id: str) -> bool:
    """Erase the documents of a user without an account; return whether every app did so."""
    if Account.objects.filter(profile_id=user_id, erasing_since=None).exists():
        return False
    _clear_log()
    return _erase_documents(user_id)


def _clear_log() -> None:
    """Remove the names of deleted accounts from the log of the staff site."""
    accounts = Account.objects.annotate(key=Cast("pk", CharField()))
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Account))
    account = accounts.filter(key=OuterRef("object_id"))
    entries.exclude(object_repr="").filter(~Exists(account)).update(object_repr="")


def _try_to_finish(account_id: int) -> bool:
    try:
        return finish_erasure(account_id)
    except Exception:
        logger.exception("The erasure of account %s is left to the sweep.", account_id)
        return False
