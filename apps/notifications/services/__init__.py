"""Verbs that tell people, and that change what they were told and want to be told."""

from apps.notifications.services.mails import send_mails
from apps.notifications.services.preferences import mute_mail, read_token, set_preferences
from apps.notifications.services.telling import (
    delete_notification,
    erase,
    mark_all_read,
    notify,
    set_read,
)

__all__ = [
    "delete_notification",
    "erase",
    "mark_all_read",
    "mute_mail",
    "notify",
    "read_token",
    "send_mails",
    "set_preferences",
    "set_read",
]
