"""Sessions. Without its row, every token of a session is invalid."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from apps.common.errors import DomainError, NotFound
from apps.common.storage import rate_limits
from apps.users import selectors
from apps.users.documents import User
from apps.users.models import Account, Session, new_session_id, session_end
from apps.users.services.password_checks import is_password_right
from apps.users.services.profiles import ensure_profile
from apps.users.tokens import Claims, InvalidToken, Tokens, make_tokens, read_access, read_refresh

ROWS_PER_TRANSACTION = 500
MOST_RECORDED_TOKENS = 100  # per account


class InvalidCredentials(DomainError):
    status = 401
    code = "invalid_credentials"
    detail = _("The username or password is incorrect.")


class SessionEnded(DomainError):
    status = 401
    code = "token_not_valid"
    detail = _("Your session has ended. Sign in again.")


def sign_in(
    *, password: str, username: str = "", email: str = "", user_agent: str = "", address: str = ""
) -> tuple[User, Tokens]:
    """
    Check the password and open a session.

    :raises InvalidCredentials: the account is unknown or inactive, or the password is incorrect
    :raises Throttled: too many sign-ins have failed
    :raises Busy: too many passwords are being checked
    """
    account = authenticate(password=password, username=username, email=email, address=address)
    # Before the session is opened, so that none is left behind if MongoDB is unavailable.
    user = ensure_profile(account)
    return user, _open(account, user_agent=user_agent, address=address)


def authenticate(
    *, password: str, username: str = "", email: str = "", address: str = ""
) -> Account:
    """
    Return the account with this password. A wrong name takes as long as a wrong password.

    :param username: a username or an email address
    :param email: an email address, if `username` is empty
    :param address: the client's IP address
    :raises InvalidCredentials: the account is unknown or inactive, or the password is incorrect
    :raises Throttled: too many sign-ins have failed
    :raises Busy: too many passwords are being checked
    """
    if username:
        account = selectors.find_account_for_sign_in(username)
    else:
        account = selectors.find_account(email=email)
    typed = username or email
    is_right = is_password_right(account=account, password=password, address=address, typed=typed)
    if account is None or not is_right:
        raise InvalidCredentials()
    return account


def open_session(*, user: User, user_agent: str = "", address: str = "") -> Tokens:
    """
    Open a session for a user whose identity was checked by other means.

    :raises NotFound: the user has no account
    """
    return _open(selectors.get_account(user.id), user_agent=user_agent, address=address)


def open_staff_session(*, account: Account, user_agent: str = "", address: str = "") -> str:
    """
    Record a sign-in to the staff site among the account's sessions; return the session's id.

    :raises InvalidCredentials: the account was changed since its password was checked
    """
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    session = Session(account=account, expires_at=until, refresh_jti="")
    _insert(session, user_agent=user_agent, address=address)
    return session.pk


def refresh_session(*, token: str) -> tuple[User, Tokens]:
    """
    Exchange a refresh token for a new pair of tokens.

    A token that is used twice ends its session, even in a race: it may have been stolen, and the
    thief cannot be told from the owner.

    :raises SessionEnded: the token or its session is invalid
    :raises Throttled: the session was refreshed too often; the token remains valid
    """
    claims = _claims(token)
    session = Session.objects.alive().select_related("account").filter(pk=claims.session_id).first()
    if session is None or not session.account.is_active:
        raise SessionEnded()
    account = session.account
    tokens = make_tokens(
        session_id=session.pk,
        user_id=account.profile_id,
        account_id=account.pk,
        until=session.expires_at,
    )
    if claims.jti == session.refresh_jti:  # A revoked token ends the session, whatever the limit.
        rate_limits.check_reached("refreshes", session.pk)
    # Before the rotation, so that no token is used up if MongoDB is unavailable.
    user = ensure_profile(account)
    if not _rotate(session, claims.jti, tokens.refresh_jti):
        _end(Session.objects.filter(pk=session.pk))
        raise SessionEnded()
    # Only now: requests that race with the same token must end the session, not reach the limit.
    rate_limits.count_attempt("refreshes", session.pk)
    return user, tokens


def verify_token(*, token: str) -> None:
    """
    :raises SessionEnded: the token or its session is invalid
    """
    try:
        claims = read_access(token)
        sessions = Session.objects.filter(pk=claims.session_id)
    except InvalidToken:
        claims = _claims(token)
        sessions = Session.objects.alive().filter(pk=claims.session_id, refresh_jti=claims.jti)
    if not sessions.filter(expires_at__gt=timezone.now(), account__is_active=True).exists():
        raise SessionEnded()


def end_session(*, account_id: int, session_id: str) -> None:
    """
    :raises NotFound: the account has no such session
    """
    if not _end(Session.objects.filter(account=account_id, pk=session_id)):
        raise NotFound()


def sign_out(*, session_id: str | None, refresh: str) -> None:
    """End a session, and that of a refresh token, used or not; ignore an invalid token."""
    ids = [session_id] if session_id else []
    with suppress(InvalidToken):
        ids += [read_refresh(refresh).session_id] if refresh else []
    if ids:
        _end(Session.objects.filter(pk__in=ids))


def end_all_sessions(*, account_id: int) -> None:
    """End all sessions, in the API and on the staff site."""
    _end_with_cookies(account_id, Session.objects.filter(account=account_id))


def end_staff_sessions(*, account_id: int) -> None:
    """End the sessions on the staff site only."""
    _end_with_cookies(account_id, Session.objects.filter(account=account_id, refresh_jti=""))


def delete_sessions(sessions) -> list[str]:
    """Delete rows within the caller's transaction; return the ids to invalidate after it."""
    rows = list(sessions.values_list("pk", "refresh_jti", "account_id"))
    ids = [pk for pk, _jti, _account in rows]
    Session.objects.filter(pk__in=ids).delete()
    _blacklist([(jti, account_id) for _pk, jti, account_id in rows])
    return ids


def end_expired_sessions() -> int:
    """Delete the rows of expired sessions; return their number."""
    expired = Session.objects.exclude(pk__in=Session.objects.alive().values("pk"))
    return sum(_end(expired.filter(pk__in=ids)) for ids in _batches(expired))


def delete_expired_tokens() -> int:
    """Delete the records of expired refresh tokens; return their number."""
    expired = OutstandingToken.objects.filter(expires_at__lte=timezone.now())
    return sum(_delete_tokens(ids) for ids in _batches(expired))


def _delete_tokens(ids: list[int]) -> int:
    with transaction.atomic():
        BlacklistedToken.objects.filter(token__in=ids).delete()
        OutstandingToken.objects.filter(pk__in=ids).delete()
    return len(ids)


def _batches(rows: QuerySet) -> Iterator[list]:
    """Yield the keys of all rows, a few at a time: each transaction blocks other writers."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), ROWS_PER_TRANSACTION):
        yield keys[start : start + ROWS_PER_TRANSACTION]


def _open(account: Account, *, user_agent: str, address: str) -> Tokens:
    until = session_end()
    tokens = make_tokens(
        session_id=new_session_id(),
        user_id=account.profile_id,
        account_id=account.pk,
        until=until,
    )
    session = Session(
        pk=tokens.session_id, account=account, expires_at=until, refresh_jti=tokens.refresh_jti
    )
    _insert(session, user_agent=user_agent, address=address)
    return tokens


def _insert(session: Session, *, user_agent: str, address: str) -> None:
    """
    Insert a session. Past the maximum, end the least recently used sessions.

    :raises InvalidCredentials: the account was changed since its password was checked
    """
    account = session.account
    session.user_agent, session.address = user_agent[:255], address[:45]
    with transaction.atomic():
        # The password may have been changed, and all sessions ended, since it was checked.
        unchanged = Account.objects.select_for_update().filter(
            pk=account.pk, password=account.password, is_active=True
        )
        if not unchanged.first():
            raise InvalidCredentials()
        # The account's row is locked, so no other session is inserted meanwhile.
        ids = Session.objects.filter(account=account).values_list("pk", flat=True)
        surplus = list(ids[settings.MAX_SESSIONS - 1 :])  # The last used come first.
        ended = delete_sessions(Session.objects.filter(pk__in=surplus)) if surplus else []
        session.save(force_insert=True)
    selectors.invalidate_sessions(ended)


def _rotate(session: Session, old: str, new: str) -> bool:
    """
    Replace the old token, which only one of several concurrent requests can do.

    This alone revokes the old token. Nothing would read a row in the blacklist.
    """
    rotated = Session.objects.filter(pk=session.pk, refresh_jti=old).update(
        refresh_jti=new, last_used_at=timezone.now()
    )
    return bool(rotated)


def _end(sessions) -> int:
    with transaction.atomic():
        ended = delete_sessions(sessions)
    selectors.invalidate_sessions(ended)
    return len(ended)


def _end_with_cookies(account_id: int, sessions) -> None:
    with transaction.atomic():
        ended = delete_sessions(sessions)
        _invalidate_cookies(account_id)
    selectors.invalidate_sessions(ended)


def _invalidate_cookies(account_id: int) -> None:
    """Invalidate all of the account's cookies of the staff site."""
    Account.objects.filter(pk=account_id).update(session_version=F("session_version") + 1)


def _blacklist(used: list[tuple[str, int]]) -> None:
    """
    Record used refresh tokens, by their ids only, until they expire.

    The session's row alone decides whether a token is valid. So only the last records of an account
    are kept, because there is no limit on how often a user may sign in and out.
    """
    until = timezone.now() + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
    rows = [
        OutstandingToken(jti=jti, user_id=account_id, token="", expires_at=until)
        for jti, account_id in used
        if jti
    ]
    OutstandingToken.objects.bulk_create(rows, ignore_conflicts=True)
    recorded = OutstandingToken.objects.filter(jti__in=[row.jti for row in rows])
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in recorded], ignore_conflicts=True
    )
    for account_id in {account_id for _jti, account_id in used}:
        newest_first = OutstandingToken.objects.filter(user_id=account_id).order_by("-pk")
        if older := list(newest_first.values_list("pk", flat=True)[MOST_RECORDED_TOKENS:]):
            _delete_tokens(older)


def _claims(token: str) -> Claims:
    try:
        return read_refresh(token)
    except InvalidToken as error:
        raise SessionEnded() from error
