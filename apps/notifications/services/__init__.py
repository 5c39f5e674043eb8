"""Every change of notifications and of preferences, and the emails about notifications."""

from apps.notifications.services.inbox import (
    delete_notification,
    erase,
    mark_all_read,
    notify,
    set_read,
)
from apps.notifications.services.mails import send_mails
from apps.notifications.services.preferences import mute_mail, read_token, set_preferences

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
