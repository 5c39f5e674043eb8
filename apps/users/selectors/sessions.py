"""Every read of sessions."""

from collections.abc import Iterable
from functools import partial

from apps.common.storage.cache import (
    Json,
    Lookup,
    Uncached,
    invalidate,
    read_all,
    read_through,
)
from apps.common.storage.pagination import Page, Paging, page_of
from apps.users.models import Session
from apps.users.representations import UserRepresentation, represent_session
from apps.users.selectors.users import user_lookup

A_DAY = 24 * 60 * 60


def cached_session_and_user(
    session_id: str, user_id: str, *, counting: tuple[str, int] | None
) -> tuple[Json, UserRepresentation | None, int | None]:
    """
    Return a session and a user, each None if it does not exist, and the incremented counter.

    If both are cached, this takes one round trip to the cache.

    :param counting: the counter to increment, and its lifetime in seconds
    """
    (session, user), number = read_all(
        _session_lookup(session_id), user_lookup(user_id), counting=counting
    )
    return session, user, number


def is_session_active(session_id: str) -> bool:
    """Return whether the session has not ended, as of the last write to it."""
    return read_through(**vars(_session_lookup(session_id))) is not None


def list_sessions(account_id: int, *, current_id: str | None, paging: Paging) -> Page:
    """
    Return a page of the account's active sessions, the last used first.

    :raises NotFound: the page is past the end
    """
    sessions = Session.objects.alive().filter(account=account_id)
    return page_of(_Rows(sessions), paging, partial(represent_session, current_id=current_id))


def has_session(account_id: int, session_id: str) -> bool:
    """Return whether a session of the account is active, as the database has it now."""
    return Session.objects.alive().filter(account=account_id, pk=session_id).exists()


def invalidate_sessions(session_ids: Iterable[str]) -> None:
    keys = [_session_key(session_id) for session_id in session_ids]
    if keys:
        invalidate(*keys)


class _Rows:
    """A Django query with the paging methods of a MongoEngine query."""

    def __init__(self, rows):
        self._rows = rows
        self._start = 0

    def count(self) -> int:
        return self._rows.count()

    def skip(self, number: int) -> "_Rows":
        self._start = number
        return self

    def limit(self, number: int):
        return self._rows[self._start : self._start + number]


def _session_lookup(session_id: str) -> Lookup:
    return Lookup(_session_key(session_id), lambda: _load_session(session_id), A_DAY)


def _load_session(session_id: str) -> Json:
    session = Session.objects.filter(
        id=session_id, account__is_active=True, account__erasing_since=None
    ).first()
    if session is None:
        return Uncached(None)  # The session is active again if its account is reactivated.
    return {"account": session.account_id, "expires_at": session.expires_at.timestamp()}


def _session_key(session_id: str) -> str:
    return f"session:{session_id}"
