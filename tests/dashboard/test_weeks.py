from datetime import UTC, date, datetime

import pytest

from apps.dashboard.weeks import beginning_of, by_week, monday_of, weeks_until


def test_the_twelve_weeks_begin_on_mondays_and_end_with_the_current_week():
    weeks = weeks_until(date(2026, 3, 4))

    assert weeks[-1] == date(2026, 3, 2)
    assert weeks[0] == date(2025, 12, 15)
    assert len(weeks) == 12
    assert {week.weekday() for week in weeks} == {0}


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 8), date(2026, 3, 2)),
        (date(2027, 1, 1), date(2026, 12, 28)),
        (date(2024, 12, 31), date(2024, 12, 30)),
        (date(2023, 1, 1), date(2022, 12, 26)),
    ],
)
def test_a_day_belongs_to_the_week_of_its_monday(day, monday):
    assert monday_of(day) == monday


def test_counts_by_day_are_summed_by_week():
    days = {"2026-03-01": 1, "2026-03-02": 2, "2026-03-08": 4, "2026-03-09": 8}

    assert by_week(days) == {date(2026, 2, 23): 1, date(2026, 3, 2): 6, date(2026, 3, 9): 8}


def test_a_week_begins_at_midnight_in_utc():
    assert beginning_of(date(2026, 3, 2)) == datetime(2026, 3, 2, tzinfo=UTC)
