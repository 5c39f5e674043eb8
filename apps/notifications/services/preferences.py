"""Notification preferences, and the tokens of the unsubscribe links in emails."""

from collections.abc import Sequence
from contextlib import suppress

from django.core import signing
from mongoengine import NotUniqueError

from apps.common.errors import NotFound
from apps.common.storage.documents import update
from apps.notifications import selectors
from apps.notifications.documents import Preferences
from apps.users import selectors as users
from apps.users.documents import User

SALT = "notifications.unsubscribe"


def set_preferences(
    *, user_id: str, muted: list[str], mail_muted: list[str], expected: list[int] | None = None
) -> Preferences:
    """
    :raises StaleRevision: the preferences were edited in the meantime
    """
    try:
        preferences = _get_or_create(user_id)
        return update(preferences, expected=expected, muted=muted, mail_muted=mail_muted)
    finally:
        selectors.invalidate_notifications(user_id)


def unsubscribe_token(*, user_id: str, kinds: Sequence[str]) -> str:
    """Return a token that can only turn off emails of these kinds to this user."""
    return signing.dumps([user_id, *kinds], salt=SALT)


def read_token(token: str) -> tuple[User, list[str]]:
    """
    Return the user and the kinds of a token. It never expires, because people keep emails.

    :raises NotFound: the token is invalid, or the user was erased
    """
    try:
        user_id, *kinds = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound() from error
    return users.get_user(user_id), kinds


def unsubscribe(token: str) -> tuple[User, list[str]]:
    """
    Turn off emails of the kinds of a token; return the user and the kinds.

    :raises NotFound: the token is invalid, or the user was erased
    """
    user, kinds = read_token(token)
    preferences = _get_or_create(str(user.id))
    for kind in kinds:
        unmuted = Preferences.objects(id=preferences.id, mail_muted__ne=kind)
        unmuted.update_one(push__mail_muted=kind, inc__revision=1)
    selectors.invalidate_notifications(user.id)
    return user, kinds


def _get_or_create(user_id: str) -> Preferences:
    """Return the user's preferences; new ones have all kinds on, as without a document."""
    with suppress(NotUniqueError):
        return Preferences(user=user_id, revision=0).save(force_insert=True)
    return Preferences.objects.get(user=user_id)
