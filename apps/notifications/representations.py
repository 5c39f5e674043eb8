"""What the API answers about notifications and preferences, ready for JSON."""

from typing import Any, TypedDict

from apps.common.clock import format_timestamp
from apps.common.representations import Id, Revisioned, Timestamp
from apps.notifications.documents import Kind, Notification, Preferences
from apps.notifications.messages import format_message


class NotificationFacts(Revisioned):
    """A notification without its message, which depends on the reader's language."""

    id: Id
    recipient: Id
    kind: Kind
    params: dict[str, Any]
    link: str
    is_read: bool
    created_at: Timestamp
    emailed_at: Timestamp | None


class NotificationRepresentation(Revisioned):
    id: Id
    recipient: Id
    kind: Kind
    message: str
    link: str
    is_read: bool
    created_at: Timestamp
    emailed_at: Timestamp | None


class UnreadRepresentation(TypedDict):
    unread: int


class ChannelsRepresentation(TypedDict):
    """Where notifications of a kind are delivered."""

    app: bool
    mail: bool


class PreferencesRepresentation(Revisioned):
    """The channels of each kind."""

    enrolled: ChannelsRepresentation
    milestone: ChannelsRepresentation
    quiz_passed: ChannelsRepresentation
    quiz_failed: ChannelsRepresentation
    quiz_regraded: ChannelsRepresentation
    instructor_granted: ChannelsRepresentation


def represent_facts(notification: Notification) -> NotificationFacts:
    return {
        "id": str(notification.id),
        "recipient": str(notification.recipient),
        "kind": notification.kind,
        "params": dict(notification.params),
        "link": notification.link,
        "is_read": notification.is_read,
        "created_at": format_timestamp(notification.created_at),
        "emailed_at": format_timestamp(notification.emailed_at),
        "revision": notification.revision,
    }


def add_message(facts: NotificationFacts, *, language: str) -> NotificationRepresentation:
    return {
        "id": facts["id"],
        "recipient": facts["recipient"],
        "kind": facts["kind"],
        "message": format_message(facts["kind"], facts["params"], language=language),
        "link": facts["link"],
        "is_read": facts["is_read"],
        "created_at": facts["created_at"],
        "emailed_at": facts["emailed_at"],
        "revision": facts["revision"],
    }


def represent_notification(
    notification: Notification, *, language: str
) -> NotificationRepresentation:
    return add_message(represent_facts(notification), language=language)


def represent_preferences(preferences: Preferences) -> PreferencesRepresentation:
    def channels(kind: Kind) -> ChannelsRepresentation:
        return {"app": kind not in preferences.muted, "mail": kind not in preferences.mail_muted}

    return {
        "enrolled": channels("enrolled"),
        "milestone": channels("milestone"),
        "quiz_passed": channels("quiz_passed"),
        "quiz_failed": channels("quiz_failed"),
        "quiz_regraded": channels("quiz_regraded"),
        "instructor_granted": channels("instructor_granted"),
        "revision": preferences.revision,
    }
