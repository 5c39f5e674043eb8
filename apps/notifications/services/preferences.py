"""What people want to hear of, and the links in mails by which they say that they do not."""

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
    :raises StaleRevision: they were edited in the meantime
    """
    try:
        return update(_made(user_id), expected=expected, muted=muted, mail_muted=mail_muted)
    finally:
        selectors.invalidate_notifications(user_id)


def unsubscribe_token(*, user_id: str, kinds: Sequence[str]) -> str:
    """Return what lets its holder stop the mails of these kinds to this person, nothing else."""
    return signing.dumps([user_id, *kinds], salt=SALT)


def read_token(token: str) -> tuple[User, list[str]]:
    """
    Return whose mails of which kinds a token is about. It does not expire: mails are kept for long.

    :raises NotFound: it is none of ours, or the person is gone
    """
    try:
        user_id, *kinds = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound() from error
    return users.get_user(user_id), kinds


def mute_mail(*, user_id: str, kinds: Sequence[str]) -> None:
    """Send somebody no more mails of these kinds."""
    preferences = _made(user_id)
    for kind in kinds:
        unmuted = Preferences.objects(id=preferences.id, mail_muted__ne=kind)
        unmuted.update_one(push__mail_muted=kind, inc__revision=1)
    selectors.invalidate_notifications(user_id)


def _made(user_id: str) -> Preferences:
    """Return somebody's preferences, made where they have none: all on, as without."""
    with suppress(NotUniqueError):
        return Preferences(user=user_id, revision=0).save(force_insert=True)
    return Preferences.objects.get(user=user_id)
