"""Authentication by access tokens."""

import time

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from apps.common.storage import rate_limits
from apps.users import selectors
from apps.users.tokens import Claims, InvalidToken, read_access
from apps.users.viewer import Bearer, SignedInViewer


class BearerAuthentication(BaseAuthentication):
    """Accept an access token of an active session of an active user."""

    def authenticate(self, request) -> tuple[SignedInViewer, Bearer] | None:
        """
        :raises AuthenticationFailed: the token is invalid
        """
        scheme, *rest = get_authorization_header(request).split() or [b""]
        if scheme.lower() != b"bearer":
            return None
        if len(rest) != 1:
            raise _failure()
        return self._load_viewer(_claims(rest[0]))

    def authenticate_header(self, request) -> str:
        return "Bearer"

    def _load_viewer(self, claims: Claims) -> tuple[SignedInViewer, Bearer]:
        counting = rate_limits.counter_key("signed_in", claims.user_id)
        session, user, requests = selectors.cached_session_and_user(
            claims.session_id,
            claims.user_id,
            counting=counting if settings.RATE_LIMITED else None,
        )
        if not session or session["expires_at"] <= time.time() or not (user and user["is_active"]):
            # Requests with an invalid token must not use up the limit of its owner. The view
            # counts them for the client's network.
            if requests is not None:
                rate_limits.undo_count("signed_in", claims.user_id)
            raise _failure()
        viewer = SignedInViewer(
            id=user["id"],
            account_id=session["account"],
            username=user["username"],
            is_instructor=user["is_instructor"],
            is_admin=user["is_admin"],
            language=user["language"],
        )
        return viewer, Bearer(session_id=claims.session_id, requests=requests)


class LenientAuthentication(BearerAuthentication):
    """Treat an invalid token as none, because signing out must work after the session ended."""

    def authenticate(self, request) -> tuple[SignedInViewer, Bearer] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            return None


def _claims(token: bytes) -> Claims:
    try:
        return read_access(token.decode("ascii"))
    except (InvalidToken, UnicodeDecodeError) as error:
        raise _failure() from error


def _failure() -> AuthenticationFailed:
    return AuthenticationFailed(_("Sign in again."), code="token_not_valid")
