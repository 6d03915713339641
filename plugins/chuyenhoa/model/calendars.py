"""The two calendars of reports, windows moved through the years, and when a last day ends."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)
# The day on which an administrative month begins (Decree 09/2019/NĐ-CP, article 12).
FIRST_DAY = 15


class Calendar(StrEnum):
    """How a year is cut into windows."""

    ADMINISTRATIVE = "administrative"
    """Months from the 15th to the 14th, years from 15 December to 14 December (Decree 09/2019)."""
    CALENDAR = "calendar"
    """Months from the first to the last day, as statistics count them (Decree 60/2018)."""


@dataclass(frozen=True)
class Window:
    """A stretch of days; both ends belong to it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Length in days, both ends counted."""
        return (self.end - self.start).days + 1

    def contains(self, other: Window) -> bool:
        """Whether every day of `other` is a day of this window."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Window) -> bool:
        """Whether the two have a day in common."""
        return self.start <= other.end and other.start <= self.end


def month_window(year: int, month: int, calendar: Calendar = Calendar.ADMINISTRATIVE) -> Window:
    """The month of that name: administrative June runs from 15 May to 14 June."""
    if calendar is Calendar.CALENDAR:
        return Window(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    return Window(move_months(date(year, month, FIRST_DAY), -1), date(year, month, FIRST_DAY - 1))


def year_window(year: int, calendar: Calendar = Calendar.ADMINISTRATIVE) -> Window:
    """A whole year; the administrative one ends on 14 December."""
    return Window(month_window(year, 1, calendar).start, month_window(year, 12, calendar).end)


def is_cut_by(window: Window, calendar: Calendar) -> bool:
    """Whether a window begins and ends where months of a calendar do."""
    # The day after the end is looked at, since months end on 28 to 31: 28/2 ends February, 15/4 follows
    # 14/4.
    after = window.end + DAY
    first = 1 if calendar is Calendar.CALENDAR else FIRST_DAY
    return window.start.day == first and after.day == first


def calendar_of(window: Window) -> Calendar | None:
    """The calendar whose months make up a window; None where it is neither's."""
    return next((calendar for calendar in Calendar if is_cut_by(window, calendar)), None)


def same_window(window: Window, years_back: int = 1) -> Window:
    """The same days of an earlier year; a window to the end of a month goes to the end of that month.

    So 1 to 28 February 2021 is compared with 1 to 29 February 2020, and 29 February with 28.
    """
    start = move_months(window.start, -12 * years_back)
    # The day after is moved, not the end: 28/2/2021 is the end of its month, and so is 29/2/2020.
    after = move_months(window.end + DAY, -12 * years_back)
    return Window(start, after - DAY)


def preceding_window(window: Window) -> Window:
    """The equal window that ends on the day before: as many months where it is whole months, else days."""
    before = window.start - DAY
    if calendar_of(window) is None:
        return Window(window.start - timedelta(days=window.days), before)
    after = window.end + DAY
    months = 12 * (after.year - window.start.year) + after.month - window.start.month
    return Window(move_months(window.start, -months), before)


def year_before(window: Window) -> Window:
    """The whole year before the one in which a window ends, by the window's own calendar."""
    calendar = calendar_of(window) or Calendar.ADMINISTRATIVE
    year = window.end.year
    # The administrative year 2021 ends on 14/12/2021: a window to 31/12 ends in the year 2022.
    ends_in = year if window.end <= year_window(year, calendar).end else year + 1
    return year_window(ends_in - 1, calendar)


def last_day_before(day: date) -> date:
    """The last day on time where an order says "trước ngày": "trước ngày 18/12" is 17/12."""
    return day - DAY


def is_after(moment: datetime, last_day: date) -> bool:
    """Whether a moment lies after the end of a day in Asia/Ho_Chi_Minh; the day itself is on time to its end.

    Raises:
        ValueError: the moment does not say of which zone it is.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} names no time zone")
    return moment.astimezone(ZONE).date() > last_day


def move_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
