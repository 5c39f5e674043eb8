from datetime import UTC, datetime
from typing import overload


def now_in_milliseconds() -> datetime:
    """Return the current time in MongoDB's precision, so that later reads return the same time."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@overload
def format_timestamp(moment: datetime) -> str: ...


@overload
def format_timestamp(moment: None) -> None: ...


def format_timestamp(moment: datetime | None) -> str | None:
    """Return a time in the API's format: ISO 8601, in UTC, ending in `Z`."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
