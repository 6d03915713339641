"""What titles say about the time that figures speak of: windows, names of periods, cumulative figures."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuyenhoa.kit.vietnamese_text.normal_form import strip_marks
from chuyenhoa.model.plan import Period, Plan, Window

DAY = (
    r"(?:ngay )?([0-9]{1,2}) ?(?:[/.-]| thang ) ?([0-9]{1,2})"
    r"(?: ?(?:[/.-]| nam ) ?([0-9]{4}|[0-9]{2}))?(?![0-9/])"
)
# "Từ ngày 15/4/2021 đến hết ngày 14/10/2021", "từ 15 tháng 4 đến 14 tháng 10 năm 2021", "từ 15/4 đến 14/10".
SPAN = re.compile(rf"(tu )?{DAY}(?: ?(?:-|–|—|den|toi) ?)(?:het )?{DAY}")
# "Từ tháng 4 đến tháng 10 năm 2021": whole months of the calendar, which are no period of the plan (D70).
MONTHS = re.compile(
    r"tu thang ([0-9]{1,2})(?:(?:/| nam )([0-9]{4}))? (?:den|-|–) (?:het )?"
    r"thang ([0-9]{1,2})(?:/| nam )([0-9]{4})"
)
# "(Số liệu tính đến ngày 30/9/2021)", "chốt đến ngày 31/12/2020".
CUT_OFF = re.compile(
    r"(?:\btinh|\bso lieu|\bchot|\bcong don)(?:[a-z ]{0,24} )?(?:den|toi|:) ?(?:het )?(?:ngay )?"
    r"([0-9]{1,2}) ?(?:[/.-]| thang ) ?([0-9]{1,2}) ?(?:[/.-]| nam ) ?([0-9]{4}|[0-9]{2})(?![0-9/])"
)
"""The last day of figures, without their first one."""
DATED = re.compile(r"(?:ngay )?[0-9]{1,2}(?:[/.-]| thang )[0-9]{1,2}(?:[/.-]| nam )[0-9]{2,4}")
CUMULATIVE = re.compile(r"\b(?:luy ke|cong don|tu dau nam)\b")
# The kind of a figure in the head of our own form (`kind_distinct` of workbook.yaml), and no title.
COUNTED_ONCE = "luy ke den cuoi ky"
# "6 THÁNG ĐẦU NĂM" is January to June and "quý III" July to September: the plan's windows begin on 15/4. Nor
# are other months a period: "10 THÁNG NĂM 2021". "Ngày 5 tháng … năm 2021" is the date of a letter.
NO_PERIOD = re.compile(
    r"\b(?:(?:0?6|sau) thang (?:dau|cuoi) nam|"
    r"(?<!ngay )(?:0?[1-57-9]|1[0-2]|hai|ba|bon|bay|tam|chin|muoi(?: mot| hai)?) thang(?! [0-9]{1,2}\b(?!/))|"
    r"quy (?:[1-4]|i{1,3}|iv)\b)"
)
SIX_MONTHS = re.compile(r"\b(?:0?6|sau) thang(?:(?:/| nam | )([0-9]{4}))?")
MONTH = re.compile(
    r"\bthang ([0-9]{1,2})(?:(?:/|-| nam | )([0-9]{4}))?(?! thang)|\bt([0-9]{1,2})(?:[-/. ]([0-9]{4}))?$"
)
# "Kế hoạch năm 2021" in the name of the programme is no period: a year counts behind these words alone.
YEAR = re.compile(r"(?:(?:tong ket|ca|bao cao|so lieu|ky|ky bao cao|ky bao cao:) |^)nam ([0-9]{4})")


class Kind(StrEnum):
    """What a text states."""

    WINDOW = "window"
    PERIOD = "period"
    NO_PERIOD = "no_period"
    CUMULATIVE = "cumulative"
    CUT_OFF = "cut_off"


@dataclass(frozen=True)
class TimeStatement:
    """One thing that a text says about the time, in its own words where it names no period of the plan."""

    kind: Kind
    shown: str
    window: Window | None = None
    period: Period | None = None
    end: date | None = None
    """The last day that a cut-off names."""


def read_statements(text: str, plan: Plan) -> list[TimeStatement]:
    """Everything that a title says about the time.

    Windows come first; a name of a period is read from what is left of the text, so that the date of a letter
    names no month.
    """
    plain = " ".join(strip_marks(text).split())
    is_silent = not any(sign.isdigit() for sign in plain) and not CUMULATIVE.search(plain)
    if is_silent or plain == COUNTED_ONCE:
        return []
    found = [
        TimeStatement(Kind.WINDOW, show_window(window), window)
        for match in SPAN.finditer(plain)
        if (window := _span(match, plan)) is not None
    ]
    found += [
        TimeStatement(Kind.WINDOW, show_window(window), window)
        for match in MONTHS.finditer(plain)
        if (window := _months(match)) is not None
    ]
    # "Lũy kế từ 15/4/2021 đến 14/10/2021" is the period itself; "lũy kế từ đầu năm" is not.
    if CUMULATIVE.search(plain) and not any(_is_period(entry.window, plan) for entry in found):
        found.append(TimeStatement(Kind.CUMULATIVE, text.strip()))
    # What is read goes out of the text: "đến ngày 14/10/2021" must not be read again as October.
    rest = MONTHS.sub(" ", SPAN.sub(" ", plain))
    found += [
        TimeStatement(Kind.CUT_OFF, f"đến ngày {end:%d/%m/%Y}", end=end)
        for match in CUT_OFF.finditer(rest)
        if (end := _day(match)) is not None
    ]
    rest = DATED.sub(" ", rest)
    return found + _named(" ".join(rest.split()), text.strip(), plan)


def _is_period(window: Window | None, plan: Plan) -> bool:
    """Whether a window is one of the plan's: cumulative figures over it are the period's own."""
    return any(window in (period.window, period.baseline) for period in plan.periods)


def _span(match: re.Match[str], plan: Plan) -> Window | None:
    """A window from two dates; the first may leave the year to the second."""
    begun, day, month, year, last_day, last_month, last_year = match.groups()
    # "từ 15/4 đến 14/10" means the plan's year; "15/4 - 14/10" without "từ" may be anything.
    if last_year is None and year is None:
        last_year = str(plan.year) if begun else None
    if last_year is None or (not begun and year is None):
        return None
    try:
        end = date(_year(last_year), int(last_month), int(last_day))
        start = date(_year(year or last_year), int(month), int(day))
    except ValueError:
        return None
    return Window(start, end) if start <= end else None


def _day(match: re.Match[str]) -> date | None:
    """The day of a cut-off; None when there is no such day."""
    try:
        return date(_year(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _months(match: re.Match[str]) -> Window | None:
    try:
        end_year, end_month = int(match[4]), int(match[3])
        start = date(int(match[2] or match[4]), int(match[1]), 1)
        end = date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
    return Window(start, end) if start <= end else None


def _named(plain: str, text: str, plan: Plan) -> list[TimeStatement]:
    odd = NO_PERIOD.search(plain)
    if odd:
        # A plan may have a period of an uncommon length: one that is called "5 tháng năm 2024" is no other.
        labels = ((period, strip_marks(period.label)) for period in plan.periods)
        own = next((p for p, label in labels if odd[0] in label and f" {label} " in f" {plain} "), None)
        return [
            TimeStatement(Kind.PERIOD, own.label, None, own) if own else TimeStatement(Kind.NO_PERIOD, text)
        ]
    for key in (_six_months, _month, _annual):
        stated = key(plain, plan)
        if stated:
            period = next((entry for entry in plan.periods if _key_of(entry, plan) == stated), None)
            return [
                TimeStatement(
                    Kind.PERIOD if period else Kind.NO_PERIOD,
                    period.label if period else stated[1],
                    None,
                    period,
                )
            ]
    return []


Key = tuple[str, str]


def _six_months(plain: str, plan: Plan) -> Key | None:
    match = SIX_MONTHS.search(plain)
    return ("six_month", f"06 tháng năm {match[1] or plan.year}") if match else None


def _month(plain: str, plan: Plan) -> Key | None:
    match = MONTH.search(plain)
    if not match or not 1 <= int(match[1] or match[3]) <= 12:
        return None
    return "month", f"tháng {int(match[1] or match[3]):02} năm {match[2] or match[4] or plan.year}"


def _annual(plain: str, plan: Plan) -> Key | None:
    match = YEAR.search(plain)
    return ("annual", f"năm {match[1]}") if match else None


def _key_of(period: Period, plan: Plan) -> Key | None:
    """The name of a period of the plan, read as a title would be."""
    plain = strip_marks(period.label)
    return _six_months(plain, plan) or _month(plain, plan) or _annual(plain, plan)


def periods_of(statements: Iterable[TimeStatement], plan: Plan) -> list[Period]:
    """The periods of the plan that statements name or whose window they state, each once."""
    found = []
    for entry in statements:
        period = entry.period or next((p for p in plan.periods if p.window == entry.window), None)
        if period and period not in found:
            found.append(period)
    return found


def show_window(window: Window) -> str:
    """A window as a title states it."""
    return f"từ ngày {window.start:%d/%m/%Y} đến ngày {window.end:%d/%m/%Y}"
