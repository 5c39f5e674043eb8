"""Registration and invitation: an account and its profile are created together."""

from bson import ObjectId
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from mongoengine import NotUniqueError

from apps.common.errors import Invalid
from apps.common.events import publish
from apps.common.normalization import normalize_name
from apps.common.tasks import enqueue
from apps.users import selectors
from apps.users.documents import User
from apps.users.emails import normalize_email
from apps.users.events import UserRegistered
from apps.users.models import Account, AccountMail
from apps.users.services.mails import put_in_outbox
from apps.users.services.profiles import create_profile
from apps.users.services.sessions import open_session
from apps.users.tokens import Tokens


def register(
    *, username: str, email: str, password: str, user_agent: str = "", address: str = "", **profile
) -> tuple[User, Tokens]:
    """
    Register a student and open a session; an email contains a link to verify the address.

    :raises Invalid: the username or the email address is taken
    """
    user = create_account(username=username, email=email, password=password, **profile)
    put_in_outbox(AccountMail.Kind.VERIFY, user_id=user.id)
    tokens = open_session(user=user, user_agent=user_agent, address=address)
    enqueue("apps.users.tasks.send_account_mails")
    return user, tokens


def invite(*, username: str, email: str, profile_id: ObjectId, **profile) -> User:
    """
    Create an account, whose owner receives an email with a link to set its password.

    :raises Invalid: the username or the email address is taken
    """
    user = create_account(username=username, email=email, profile_id=profile_id, **profile)
    put_in_outbox(AccountMail.Kind.INVITE, user_id=user.id)
    enqueue("apps.users.tasks.send_account_mails")
    return user


def create_account(
    *,
    username: str,
    email: str,
    password: str | None = None,
    is_admin: bool = False,
    profile_id: ObjectId | str | None = None,
    **profile,
) -> User:
    """
    Create an account and its profile, or complete those of an interrupted call with the same id.

    :raises Invalid: the username or the email address is taken
    """
    new = Account(
        username=Account.normalize_username(username),
        email=normalize_email(email),
        password=make_password(password),
        profile_id=str(profile_id or ObjectId()),
        is_superuser=is_admin,
        is_staff=is_admin,
    )
    account = _insert_account(new)
    try:
        user = create_profile(account, **profile)
    except BaseException as error:
        if account is new:  # An earlier call may have created the profile of its account.
            account.delete()
        if isinstance(error, NotUniqueError):
            raise Invalid(username=_("This username or email address is taken.")) from error
        raise
    publish(UserRegistered(user_id=str(user.id)))
    return user


def _insert_account(account: Account) -> Account:
    """Commit the row, whose unique keys reserve the username and the email address."""
    try:
        with transaction.atomic():
            account.save(force_insert=True)
        return account
    except IntegrityError as error:
        earlier = Account.objects.filter(profile_id=account.profile_id, erasing_since=None).first()
        if earlier and earlier.username_key == normalize_name(account.username):
            return earlier
        messages = selectors.taken_names(username=account.username, email=account.email)
        raise Invalid(**messages) from error
