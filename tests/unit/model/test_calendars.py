"""Windows and last days at the boundaries of both calendars: June, December, leap years."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuyenhoa.clock import ZONE
from chuyenhoa.model.calendars import (
    Calendar,
    Window,
    calendar_of,
    is_after,
    last_day_before,
    month_window,
    move_months,
    preceding_window,
    same_window,
    year_before,
    year_window,
)
from chuyenhoa.model.plan import Plan

ADMINISTRATIVE, CALENDAR = Calendar.ADMINISTRATIVE, Calendar.CALENDAR


def span(text: str) -> Window:
    start, end = text.split("..")
    return Window(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (month_window(2021, 6), "2021-05-15..2021-06-14"),
        (month_window(2021, 7), "2021-06-15..2021-07-14"),
        (month_window(2021, 1), "2020-12-15..2021-01-14"),
        (month_window(2021, 12), "2021-11-15..2021-12-14"),
        (month_window(2024, 3), "2024-02-15..2024-03-14"),
        (month_window(2021, 6, CALENDAR), "2021-06-01..2021-06-30"),
        (month_window(2021, 12, CALENDAR), "2021-12-01..2021-12-31"),
        (month_window(2024, 2, CALENDAR), "2024-02-01..2024-02-29"),
        (month_window(2023, 2, CALENDAR), "2023-02-01..2023-02-28"),
        (year_window(2022), "2021-12-15..2022-12-14"),
        (year_window(2022, CALENDAR), "2022-01-01..2022-12-31"),
    ],
)
def test_windows_of_both_calendars(found: Window, expected: str) -> None:
    assert found == span(expected)


@pytest.mark.parametrize("calendar", list(Calendar))
@given(year=st.integers(2001, 2099))
def test_months_cover_a_year_without_gap_or_overlap(calendar: Calendar, year: int) -> None:
    months = [month_window(year, month, calendar) for month in range(1, 13)]
    whole = year_window(year, calendar)
    assert (months[0].start, months[-1].end) == (whole.start, whole.end)
    assert all(a.end + timedelta(days=1) == b.start for a, b in itertools.pairwise(months))
    assert whole.end + timedelta(days=1) == year_window(year + 1, calendar).start
    assert {calendar_of(month) for month in months} == {calendar}


@pytest.mark.parametrize(
    ("window", "calendar"),
    [
        ("2021-04-15..2021-12-14", ADMINISTRATIVE),
        ("2021-06-01..2021-06-30", CALENDAR),
        ("2024-02-01..2024-02-28", None),
        ("2024-02-01..2024-02-29", CALENDAR),
        ("2021-06-14..2021-07-14", None),
        ("2021-12-15..2021-12-31", None),
    ],
)
def test_the_calendar_of_a_window(window: str, calendar: Calendar | None) -> None:
    assert calendar_of(span(window)) is calendar


@pytest.mark.parametrize(
    ("window", "years", "before"),
    [
        ("2021-04-15..2021-12-14", 1, "2020-04-15..2020-12-14"),
        ("2021-04-15..2021-12-14", 3, "2018-04-15..2018-12-14"),
        ("2021-12-15..2022-06-14", 1, "2020-12-15..2021-06-14"),
        ("2021-02-01..2021-02-28", 1, "2020-02-01..2020-02-29"),
        ("2024-02-01..2024-02-29", 1, "2023-02-01..2023-02-28"),
        ("2024-02-29..2024-03-14", 1, "2023-02-28..2023-03-14"),
        ("2022-01-01..2022-12-31", 1, "2021-01-01..2021-12-31"),
    ],
)
def test_the_same_window_of_an_earlier_year(window: str, years: int, before: str) -> None:
    assert same_window(span(window), years) == span(before)


@pytest.mark.parametrize(
    ("window", "before"),
    [
        ("2021-05-15..2021-06-14", "2021-04-15..2021-05-14"),
        ("2021-04-15..2021-10-14", "2020-10-15..2021-04-14"),
        ("2021-12-15..2022-12-14", "2020-12-15..2021-12-14"),
        ("2024-03-01..2024-03-31", "2024-02-01..2024-02-29"),
        ("2021-06-03..2021-06-09", "2021-05-27..2021-06-02"),
    ],
)
def test_the_equal_window_right_before(window: str, before: str) -> None:
    assert preceding_window(span(window)) == span(before)


@pytest.mark.parametrize(
    ("window", "before"),
    [
        ("2021-04-15..2021-12-14", "2019-12-15..2020-12-14"),
        ("2021-12-15..2022-06-14", "2020-12-15..2021-12-14"),
        ("2021-11-15..2021-12-14", "2019-12-15..2020-12-14"),
        ("2020-12-15..2021-01-14", "2019-12-15..2020-12-14"),
        ("2021-12-15..2022-01-14", "2020-12-15..2021-12-14"),
        ("2021-12-01..2021-12-31", "2020-01-01..2020-12-31"),
        ("2021-12-16..2021-12-20", "2020-12-15..2021-12-14"),
    ],
)
def test_the_year_before(window: str, before: str) -> None:
    assert year_before(span(window)) == span(before)


def test_months_move_to_the_last_day_of_shorter_ones() -> None:
    assert move_months(date(2021, 3, 31), -1) == date(2021, 2, 28)
    assert move_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert move_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert move_months(date(2021, 12, 15), 1) == date(2022, 1, 15)


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        (datetime(2021, 12, 17, 0, 0, tzinfo=ZONE), False),
        (datetime(2021, 12, 17, 23, 59, 59, 999999, tzinfo=ZONE), False),
        (datetime(2021, 12, 18, 0, 0, tzinfo=ZONE), True),
        (datetime(2021, 12, 17, 16, 59, 59, tzinfo=UTC), False),  # 23:59:59 in Vietnam
        (datetime(2021, 12, 17, 17, 0, tzinfo=UTC), True),  # midnight in Vietnam
        (datetime(2021, 12, 18, 1, 0, tzinfo=ZoneInfo("Asia/Tokyo")), False),
        (datetime(2021, 12, 14, 9, 0, tzinfo=ZONE), False),
        (datetime(2022, 1, 1, 0, 0, tzinfo=ZONE), True),
    ],
)
def test_before_18_december_is_the_17th_to_its_end_in_vietnam(
    plan: Plan, moment: datetime, is_late: bool
) -> None:
    assert last_day_before(date(2021, 12, 18)) == date(2021, 12, 17)
    assert plan.period_by_id["2021-nam"].is_late(moment) is is_late
    assert is_after(moment, last_day_before(date(2021, 12, 18))) is is_late


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        is_after(datetime(2021, 12, 17), date(2021, 12, 17))  # noqa: DTZ001


def test_the_periods_of_2021_are_the_administrative_months(plan: Plan) -> None:
    for number in range(5, 13):
        period = plan.period_by_id[f"2021-t{number:02d}"]
        assert period.window == month_window(2021, number)
        assert period.baseline == same_window(period.window)
    for name in ("2021-6t", "2021-nam"):
        assert plan.period_by_id[name].baseline == same_window(plan.period_by_id[name].window)
        assert plan.period_by_id[name].calendar is ADMINISTRATIVE
