"""What the dashboard asks of apps that are not there yet; until they are, it answers for them."""


def unread_count(user_id: str) -> int:
    return 0


def mails_waiting() -> int:
    return 0


def notifications_key(user_id: str) -> str:
    """Return the key whose stamp each change of the user's notifications raises."""
    return f"notifications:user:{user_id}"
