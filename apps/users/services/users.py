"""Changes of users by themselves and by admins: in the account and in the profile."""

from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    StaleRevision,
    check_expected,
)
from apps.common.normalization import normalize_email_key
from apps.common.storage import rate_limits
from apps.common.storage.documents import replace
from apps.common.storage.pictures import remove_pictures, remove_unused_pictures, store_picture
from apps.common.storage.undelivered import deliver, deliver_again
from apps.common.tasks import enqueue
from apps.users import selectors
from apps.users.documents import PICTURES, User
from apps.users.emails import normalize_email
from apps.users.events import InstructorGranted
from apps.users.models import Account, AccountMail
from apps.users.services.mails import put_in_outbox
from apps.users.services.password_checks import is_password_right
from apps.users.services.profiles import ensure_profile, shared_fields, sync_profile
from apps.users.services.sessions import end_all_sessions, end_staff_sessions
from apps.users.viewer import Viewer

PROFILE_FIELDS = ("bio", "language", "is_instructor", "instructor_requested")
ROLE_FIELDS = ("is_instructor", "is_admin", "is_active")  # only admins change them


class AdminsOnly(Forbidden):
    detail = _("Only admins can do this.")


class LastAdmin(Conflict):
    code = "last_admin"
    detail = _("The last admin cannot be removed or deactivated.")


class WrongPassword(Invalid):
    """The password is not the account's."""


def update_current_user(
    *,
    user_id: str,
    password: str = "",
    address: str = "",
    expected: list[int] | None = None,
    **changes: Any,
) -> User:
    """
    Change the fields that users may change of themselves; a new email requires the password.

    Whether the email address is taken is checked after the password, and only as many times an
    hour as verification emails are sent.

    :param address: the client's IP address
    :raises WrongPassword: the password is incorrect
    :raises Throttled: too many passwords were incorrect, or too many email addresses were tried
    :raises Invalid: the password is missing or not needed, or the email address is taken
    :raises StaleRevision: the profile was changed in the meantime
    """
    account = selectors.get_account(user_id)
    is_new_email = _changes_email(account, changes)
    if is_new_email and not password:
        raise Invalid(password=_("Enter your password to change your email address."))
    if password and not is_new_email:
        raise Invalid(password=_("The password is only needed to change your email address."))
    if is_new_email:
        if not is_password_right(account=account, password=password, address=address):
            raise WrongPassword(password=_("The password is incorrect."))
        rate_limits.check_and_count("verification", account.pk)
    user = update_user(user_id=user_id, expected=expected, **changes)
    if is_new_email:
        enqueue("apps.users.tasks.send_account_mails")
    return user


def edit_user(
    user_id: str, *, viewer: Viewer, expected: list[int] | None = None, **changes: Any
) -> User:
    """
    Change fields of a user, as the viewer may: admins all, users some of themselves.

    :raises NotFound: there is no such user that the viewer may see
    :raises AdminsOnly: the viewer may not edit the user, or not change a role
    :raises StaleRevision: the profile was changed in the meantime
    :raises LastAdmin: no other active admin would be left
    """
    _check_may_edit(user_id, viewer)
    if not viewer.is_admin:
        changes = _without_roles(user_id, changes)
    return update_user(user_id=user_id, expected=expected, **changes)


def update_user(*, user_id: str, expected: list[int] | None = None, **changes: Any) -> User:
    """
    Change fields of a user; the caller has checked the permission.

    :raises NotFound: there is no such user
    :raises StaleRevision: the profile was changed in the meantime
    :raises LastAdmin: no other active admin would be left
    :raises Invalid: the email address is taken
    """
    account = selectors.get_account(user_id)
    before = ensure_profile(account)
    is_new_email = _changes_email(account, changes)
    is_demoted = account.is_superuser and changes.get("is_admin") is False
    check_expected(before.revision, expected)
    user = _write_both(account, before, expected, changes)
    if changes.get("is_active") is False:
        end_all_sessions(account_id=account.pk)
    elif is_demoted:
        end_staff_sessions(account_id=account.pk)
    if is_new_email:
        put_in_outbox(AccountMail.Kind.VERIFY, user_id=user_id, address_is_new=True)
    if user.undelivered_since:
        _deliver_grant(user)
    return user


def upload_picture(
    user_id: str, upload: UploadedFile, *, viewer: Viewer, expected: list[int] | None = None
) -> User:
    """
    Store a user's picture, as the viewer may: admins any, users their own.

    :raises NotFound: there is no such user that the viewer may see
    :raises AdminsOnly: the viewer may not edit the user
    :raises Invalid: the upload is not a picture in an accepted format
    :raises Busy: too many pictures are being decoded
    :raises Throttled: the viewer uploads too many pictures
    :raises StaleRevision: the profile was changed in the meantime
    """
    _check_may_edit(user_id, viewer)
    return set_picture(user_id=user_id, upload=upload, by=viewer.id, expected=expected)


def set_picture(
    *, user_id: str, upload: UploadedFile, by: str, expected: list[int] | None = None
) -> User:
    """
    Store a user's picture and delete the previous one; the caller has checked the permission.

    :param by: the id of the user who uploads it
    :raises Invalid: the upload is not a picture in an accepted format
    :raises Busy: too many pictures are being decoded
    :raises Throttled: `by` uploads too many pictures
    :raises StaleRevision: the profile was changed in the meantime
    """
    user = selectors.get_user(user_id)
    check_expected(user.revision, expected)
    picture, small = store_picture(upload, folder=PICTURES, field="picture", by=by)
    try:
        return _replace_profile(
            user, expected, profile_picture=picture, profile_picture_small=small
        )
    except DomainError:  # After other errors the profile may use them, which the sweep checks.
        remove_pictures(picture, small)
        raise
    finally:
        selectors.invalidate_user(user_id)


def remove_unused_profile_pictures() -> int:
    """Delete stored pictures that no profile uses any more; return their number."""
    return remove_unused_pictures(PICTURES, selectors.picture_names)


def repair_grants() -> int:
    """Deliver grants of the instructor role that are undelivered; return their number."""
    return deliver_again(User, _deliver_grant)


def check_not_last_admin(account: Account) -> None:
    """
    Check that other admins remain, and lock their rows until the transaction ends.

    Without the lock, two admins could be removed at the same time.

    :raises LastAdmin: no other active admin would be left
    """
    admins = Account.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if [admin.pk for admin in admins.order_by("pk")] == [account.pk]:
        raise LastAdmin()


def _check_may_edit(user_id: str, viewer: Viewer) -> None:
    if not viewer.is_admin and user_id != viewer.id:
        selectors.get_visible_user(user_id, viewer=viewer)
        raise AdminsOnly()


def _without_roles(user_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """
    Return the changes without roles, which users may only send back as they are.

    :raises AdminsOnly: a role would change
    """
    roles = {name: changes[name] for name in ROLE_FIELDS if name in changes}
    if roles:
        user = selectors.get_user(user_id)
        if any(value != user[name] for name, value in roles.items()):
            raise AdminsOnly()
    return {name: value for name, value in changes.items() if name not in roles}


def _write_both(account: Account, before: User, expected: list[int] | None, changes: dict) -> User:
    """Write the account, then the profile; if the profile fails, undo the change of the account."""
    fields = _account_fields(account, changes)
    undo = {name: getattr(account, name) for name in fields}
    _write_account(account, fields)
    try:
        fields = shared_fields(account) | _profile_fields(before, changes)
        user = _write_profile(before, expected, fields)
    except BaseException:
        _write_account(account, undo)
        raise
    finally:
        selectors.invalidate_user(before.id)
    return sync_profile(user)


def _write_profile(before: User, expected: list[int] | None, fields: dict) -> User:
    """Write the profile; only one of several concurrent grants of the role counts."""
    if fields.get("is_instructor") and not before.is_instructor:
        now = now_in_milliseconds()
        grant = {"granted_at": now, "undelivered_since": now}
        with suppress(StaleRevision):  # The role was granted meanwhile, or `expected` is stale.
            return _replace_profile(
                before, expected, condition={"is_instructor": False}, **fields, **grant
            )
    return _replace_profile(before, expected, **fields)


def _replace_profile(
    user: User, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> User:
    """Write, and delete the pictures that this write has replaced."""
    before, after = replace(user, expected=expected, condition=condition, **fields)
    if before.profile_picture != after.profile_picture:
        remove_pictures(before.profile_picture, before.profile_picture_small)
    return after


def _deliver_grant(user: User) -> None:
    event = InstructorGranted(user_id=str(user.id), granted_at=format_timestamp(user.granted_at))
    deliver(event, source=user)


def _write_account(account: Account, fields: dict) -> None:
    removes_admin = fields.get("is_superuser") is False or fields.get("is_active") is False
    try:
        with transaction.atomic():
            if removes_admin:
                check_not_last_admin(account)
            if fields:
                Account.objects.filter(pk=account.pk).update(**fields)
    except IntegrityError as error:
        raise Invalid(email=_("This email address is taken.")) from error
    for name, value in fields.items():
        setattr(account, name, value)


def _changes_email(account: Account, changes: dict) -> bool:
    """Return whether the email changes; a stored one may be older than today's normalization."""
    email = changes.get("email", account.email)
    return normalize_email(email) != normalize_email(account.email)


def _account_fields(account: Account, changes: dict) -> dict:
    """Return the changes of the account's fields, without those that have the same value."""
    fields = {}
    if _changes_email(account, changes):
        email = normalize_email(changes["email"])
        fields |= {"email": email, "email_key": normalize_email_key(email), "email_verified": False}
    if (is_admin := changes.get("is_admin", account.is_superuser)) != account.is_superuser:
        fields |= {"is_superuser": is_admin, "is_staff": is_admin}
    if (is_active := changes.get("is_active", account.is_active)) != account.is_active:
        fields["is_active"] = is_active
    return fields


def _profile_fields(before: User, changes: dict) -> dict:
    fields = {name: changes[name] for name in PROFILE_FIELDS if name in changes}
    if fields.get("is_instructor", before.is_instructor):
        fields["instructor_requested"] = False  # The request is granted.
    if fields.get("is_instructor") is False:
        fields["undelivered_since"] = None  # A revoked grant is not delivered.
    if "profile_picture" in changes:
        fields |= {"profile_picture": None, "profile_picture_small": None}
    return fields
