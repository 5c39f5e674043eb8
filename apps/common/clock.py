from datetime import UTC, datetime


def now_in_milliseconds() -> datetime:
    """Return now as MongoDB keeps it, so that an answer equals the next one."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
