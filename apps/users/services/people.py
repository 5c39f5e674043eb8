"""What people change of themselves, and admins of others: in the account and in the profile."""

from contextlib import suppress
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import Conflict, DomainError, Invalid, StaleRevision, check_expected
from apps.common.events import publish
from apps.common.normalization import normalize_email_key
from apps.common.storage import rate_limits
from apps.common.storage.documents import for_each, replace
from apps.common.storage.pictures import remove_pictures, remove_unused_pictures, store_picture
from apps.users import selectors
from apps.users.documents import PICTURES, User
from apps.users.emails import normalize_email
from apps.users.events import InstructorGranted
from apps.users.models import Account, AccountMail
from apps.users.services.attempts import is_password_right
from apps.users.services.mails import put_in_outbox
from apps.users.services.profiles import ensure_profile, shared_fields, sync_profile
from apps.users.services.sessions import end_all_sessions, end_staff_sessions

PROFILE_FIELDS = ("bio", "language", "is_instructor", "instructor_requested")
A_MINUTE = timedelta(minutes=1)


class LastAdmin(Conflict):
    code = "last_admin"
    detail = _("The last admin cannot go.")


class WrongPassword(Invalid):
    """The password is not the account's."""


def update_current_user(
    *,
    user_id: str,
    password: str = "",
    address: str = "",
    expected: list[int] | None = None,
    **changes,
) -> User:
    """
    Change what one may change of oneself; a new address needs the password.

    Whether the email address is taken is looked up after the password, and so few times an hour
    as verification emails are sent.

    :param address: the client's IP address
    :raises WrongPassword: the password is wrong
    :raises Throttled: too many passwords were wrong, or too many email addresses were tried
    :raises Invalid: it is missing or not needed, or the address is taken
    :raises StaleRevision: somebody has changed the profile since
    """
    account = selectors.get_account(user_id)
    moves = _moves(account, changes)
    if moves and not password:
        raise Invalid(password=_("A new address needs your password."))
    if password and not moves:
        raise Invalid(password=_("Only a new address needs your password."))
    if moves and not is_password_right(account=account, password=password, address=address):
        raise WrongPassword(password=_("The password is wrong."))
    if moves:
        rate_limits.check_and_count("verification", account.pk)
    return update_user(user_id=user_id, expected=expected, **changes)


def update_user(*, user_id: str, expected: list[int] | None = None, **changes) -> User:
    """
    Change what is named of a person.

    :raises NotFound: it does not exist
    :raises StaleRevision: somebody has changed the profile since
    :raises LastAdmin: nobody would be left to run the place
    :raises Invalid: the address is taken
    """
    account = selectors.get_account(user_id)
    before = ensure_profile(account)
    moved = _moves(account, changes)
    demoted = account.is_superuser and changes.get("is_admin") is False
    # Checked before the account is written; the write of the profile decides races.
    check_expected(before.revision, expected)
    user = _write_both(account, before, expected, changes)
    if changes.get("is_active") is False:
        end_all_sessions(account_id=account.pk)
    elif demoted:
        end_staff_sessions(account_id=account.pk)
    if moved:
        put_in_outbox(AccountMail.Kind.VERIFY, user_id=user_id, address_is_new=True)
    if user.pending_since:
        _tell_grant(user)
    return user


def set_picture(
    *, user_id: str, upload: UploadedFile, by: str, expected: list[int] | None = None
) -> User:
    """
    Store a user's picture in the place of the one before.

    :param by: the id of the user who uploads it
    :raises Invalid: it is no PNG, JPEG or WebP, is damaged, or has too many pixels
    :raises Busy: too many pictures are being decoded
    :raises Throttled: `by` uploads too many
    :raises StaleRevision: somebody has changed the profile since
    """
    user = selectors.get_user(user_id)
    check_expected(user.revision, expected)
    picture, small = store_picture(upload, folder=PICTURES, field="picture", by=by)
    try:
        return _replace_profile(
            user, expected, profile_picture=picture, profile_picture_small=small
        )
    except DomainError:  # after another failure the profile may show them: the sweep finds out
        remove_pictures(picture, small)
        raise
    finally:
        selectors.invalidate_user(user_id)


def remove_unused_profile_pictures() -> int:
    """Remove stored pictures that no profile shows any more; return how many."""
    return remove_unused_pictures(PICTURES, selectors.picture_names)


def repair_grants() -> int:
    """Tell again of the grants that were cut off a minute ago or more; say how many."""
    before = now_in_milliseconds() - A_MINUTE
    return for_each(User.objects(pending_since__lt=before), _tell_grant)


def refuse_last_admin(account: Account) -> None:
    """
    Hold the rows of all admins until the transaction ends, so that two cannot go at once.

    :raises LastAdmin: no other active admin would be left
    """
    admins = Account.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if [admin.pk for admin in admins.order_by("pk")] == [account.pk]:
        raise LastAdmin()


def _write_both(account: Account, before: User, expected: list[int] | None, changes: dict) -> User:
    """Write the account, then the profile; what the profile refuses is undone in the account."""
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
    """Write the profile; of several who make an instructor of somebody at once, one grants it."""
    if fields.get("is_instructor") and not before.is_instructor:
        now = now_in_milliseconds()
        grant = {"granted_at": now, "pending_since": now}
        with suppress(StaleRevision):  # somebody has granted it meanwhile, or `expected` is stale
            return _replace_profile(
                before, expected, condition={"is_instructor": False}, **fields, **grant
            )
    return _replace_profile(before, expected, **fields)


def _replace_profile(
    user: User, expected: list[int] | None, *, condition: dict | None = None, **fields
) -> User:
    """Write, and remove the pictures that this write has replaced."""
    before, after = replace(user, expected=expected, condition=condition, **fields)
    if before.profile_picture != after.profile_picture:
        remove_pictures(before.profile_picture, before.profile_picture_small)
    return after


def _tell_grant(user: User) -> None:
    if publish(
        InstructorGranted(user_id=str(user.id), granted_at=format_timestamp(user.granted_at))
    ):
        told = User.objects(id=user.id, granted_at=user.granted_at)
        told.update_one(unset__pending_since=True)


def _write_account(account: Account, fields: dict) -> None:
    leaves = fields.get("is_superuser") is False or fields.get("is_active") is False
    try:
        with transaction.atomic():
            if leaves:
                refuse_last_admin(account)
            if fields:
                Account.objects.filter(pk=account.pk).update(**fields)
    except IntegrityError as error:
        raise Invalid(email=_("This address is taken.")) from error
    for name, value in fields.items():
        setattr(account, name, value)


def _moves(account: Account, changes: dict) -> bool:
    """Say whether the address changes; a stored one may be older than how they are stored now."""
    email = changes.get("email", account.email)
    return normalize_email(email) != normalize_email(account.email)


def _account_fields(account: Account, changes: dict) -> dict:
    """Return those of the changes that the account holds, and that differ from what it holds."""
    fields = {}
    if _moves(account, changes):
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
        fields["instructor_requested"] = False  # it is granted
    if fields.get("is_instructor") is False:
        fields["pending_since"] = None  # of what is taken away again nobody is told
    if "profile_picture" in changes:
        fields |= {"profile_picture": None, "profile_picture_small": None}
    return fields
