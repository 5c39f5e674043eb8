from datetime import UTC, datetime


def now_in_milliseconds() -> datetime:
    """Return now as MongoDB keeps it, so that an answer equals the next one."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def format_timestamp(moment: datetime | None) -> str | None:
    """Return a time as the API shows it: ISO 8601, in UTC, ending in `Z`."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
