"""The tokens of a session: signed, short-lived, and invalid without the session's row."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token


class InvalidToken(Exception):
    """A token that is malformed, forged, expired, or of another kind or audience."""


@dataclass(frozen=True)
class Claims:
    session_id: str
    user_id: str
    account_id: int
    jti: str


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str
    session_id: str
    refresh_jti: str
    refresh_until: datetime


class SessionRefreshToken(RefreshToken):
    """A refresh token that is checked against the session's row, not against the blacklist."""

    def verify(self) -> None:
        Token.verify(self)


def make_tokens(*, session_id: str, user_id: str, account_id: int, until: datetime) -> Tokens:
    """Return a new pair; the refresh token expires with the session at the latest."""
    refresh = SessionRefreshToken()
    refresh["session_id"] = session_id
    refresh["user_id"] = user_id
    refresh["account_id"] = account_id
    refresh["exp"] = min(refresh["exp"], int(until.timestamp()))
    return Tokens(
        access=str(refresh.access_token),
        refresh=str(refresh),
        session_id=session_id,
        refresh_jti=refresh["jti"],
        refresh_until=datetime.fromtimestamp(refresh["exp"], UTC),
    )


def read_access(token: str) -> Claims:
    """
    :raises InvalidToken: it is forged, or expired
    """
    return _read(AccessToken, token)


def read_refresh(token: str) -> Claims:
    """
    Return the claims of a refresh token, which may have been used before.

    :raises InvalidToken: it is forged, or expired
    """
    return _read(SessionRefreshToken, token)


def _read(kind: type[Token], token: str) -> Claims:
    try:
        payload = kind(token).payload
        return Claims(
            session_id=payload["session_id"],
            user_id=payload["user_id"],
            account_id=payload["account_id"],
            jti=payload["jti"],
        )
    except (TokenError, KeyError, UnicodeError) as error:
        raise InvalidToken from error
