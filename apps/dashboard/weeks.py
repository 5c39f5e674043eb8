"""Twelve weeks, the last of them this one; each begins on Monday, in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

WEEKS = 12


def weeks_until(today: date) -> list[date]:
    """Return the Mondays of the weeks, the first first."""
    this_week = monday_of(today)
    return [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def beginning_of(week: date) -> datetime:
    return datetime.combine(week, time(), UTC)


def by_week(counts: Mapping[str, int]) -> dict[date, int]:
    """Fold counts by day, as `{"2026-03-02": 3}`, into counts by week."""
    folded: dict[date, int] = {}
    for day, count in counts.items():
        week = monday_of(date.fromisoformat(day))
        folded[week] = folded.get(week, 0) + count
    return folded


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
