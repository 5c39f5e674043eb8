"""Every change of notifications and of preferences, and the emails about notifications."""

from apps.notifications.services.inbox import (
    delete_notification,
    erase,
    mark_all_read,
    notify,
    update_notification,
)
from apps.notifications.services.mails import send_mails
from apps.notifications.services.preferences import read_token, set_preferences, unsubscribe

__all__ = [
    "delete_notification",
    "erase",
    "mark_all_read",
    "notify",
    "read_token",
    "send_mails",
    "set_preferences",
    "unsubscribe",
    "update_notification",
]
