"""The last twelve weeks, with the current one; a week begins on Monday in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

WEEKS = 12


def weeks_until(today: date) -> list[date]:
    """Return the Mondays of the weeks, oldest first."""
    this_week = monday_of(today)
    return [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def beginning_of(week: date) -> datetime:
    return datetime.combine(week, time(), UTC)


def by_week(counts: Mapping[str, int]) -> dict[date, int]:
    """Sum up counts by day, such as `{"2026-03-02": 3}`, by week."""
    by_monday: dict[date, int] = {}
    for day, count in counts.items():
        week = monday_of(date.fromisoformat(day))
        by_monday[week] = by_monday.get(week, 0) + count
    return by_monday


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
