"""How people come in: an account and its profile, made together."""

from bson import ObjectId
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from mongoengine import NotUniqueError

from apps.common.errors import Invalid
from apps.common.events import publish
from apps.common.normalization import normalize_name
from apps.users import selectors
from apps.users.documents import User
from apps.users.emails import normalize_email
from apps.users.events import UserRegistered
from apps.users.models import Account, AccountMail
from apps.users.services.mails import put_in_outbox
from apps.users.services.profiles import make_profile
from apps.users.services.sessions import open_session
from apps.users.tokens import Tokens


def register(
    *, username: str, email: str, password: str, user_agent: str = "", address: str = "", **profile
) -> tuple[User, Tokens]:
    """
    Take in a student and sign them in; a mail offers to verify the address.

    :raises Invalid: the name or the address is taken
    """
    user = create_account(username=username, email=email, password=password, **profile)
    put_in_outbox(AccountMail.Kind.VERIFY, user_id=user.id)
    return user, open_session(user=user, user_agent=user_agent, address=address)


def invite(*, username: str, email: str, profile_id: ObjectId, **profile) -> User:
    """
    Make an account for somebody, who is mailed a link to set its password.

    :raises Invalid: the name or the address is taken
    """
    user = create_account(username=username, email=email, profile_id=profile_id, **profile)
    put_in_outbox(AccountMail.Kind.INVITE, user_id=user.id)
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
    Make an account and its profile; what an unfinished try has made of the same id is taken over.

    :raises Invalid: the name or the address is taken
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
        user = make_profile(account, **profile)
    except BaseException as error:
        if account is new:  # one of an earlier try may have its profile already
            account.delete()
        if isinstance(error, NotUniqueError):
            raise Invalid(username=_("This name or the address is taken.")) from error
        raise
    publish(UserRegistered(user_id=str(user.id)))
    return user


def _insert_account(account: Account) -> Account:
    """Insert the row, which decides who has the names, and commit it."""
    try:
        with transaction.atomic():
            account.save(force_insert=True)
        return account
    except IntegrityError as error:
        made = Account.objects.filter(profile_id=account.profile_id, erasing_since=None).first()
        if made and made.username_key == normalize_name(account.username):
            return made
        messages = selectors.taken_names(username=account.username, email=account.email)
        raise Invalid(**messages) from error
