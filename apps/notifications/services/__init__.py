"""Verbs that tell people, and that change what they were told and want to be told."""

from apps.notifications.services.mails import send_mails
from apps.notifications.services.preferences import mute_mail, read_token, set_preferences
from apps.notifications.services.telling import erase, mark, mark_all_read, notify, remove

__all__ = [
    "erase",
    "mark",
    "mark_all_read",
    "mute_mail",
    "notify",
    "read_token",
    "remove",
    "send_mails",
    "set_preferences",
]
