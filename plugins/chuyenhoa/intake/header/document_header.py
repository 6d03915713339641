"""What a file without `_meta` states about itself in its titles: the period, the district.

CÔNG AN TP RẠCH GIÁ
BIỂU TỔNG HỢP SỐ LIỆU 6 THÁNG NĂM 2021
(Từ ngày 15/4/2021 đến ngày 14/10/2021)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header.periods import Kind, TimeStatement, periods_of, read_statements, show_window
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Period, PeriodKind, Plan, Submitter, Window
from chuyenhoa.plan.names import plain_key

PERIOD_CODES = frozenset({Code.WINDOW_NOT_IN_PLAN, Code.CUMULATIVE_FIGURES, Code.SEVERAL_PERIODS})
PERIOD_WORDS = "ky bao cao"
BASELINE_WORDS = ("cung ky", "ky goc", "nam truoc")


@dataclass(frozen=True)
class HeaderText:
    """A text over a table with its place; `cell` is "" for a sheet's name and words outside of the cells."""

    sheet: str
    cell: str
    text: str
    is_baseline: bool = False
    """Whether it stands over figures of the baseline alone."""
    is_hint: bool = False
    """Whether it only has to agree, as the name of the file."""

    def is_of_baseline(self, entry: TimeStatement, plan: Plan) -> bool:
        """Whether a statement in it speaks of the window that is compared with."""
        # "Kỳ báo cáo: 06 tháng năm 2021" stands over the form's sheet "Cùng kỳ" as well: it names the report.
        if entry.period is not None or any(entry.window == period.window for period in plan.periods):
            return False
        end = entry.window.end if entry.window else entry.end
        is_old = end is not None and end.year < plan.year
        return self.is_baseline or is_old or (end is not None and self.mentions_baseline)

    @property
    def mentions_baseline(self) -> bool:
        """Whether it calls what it speaks of the window that is compared with."""
        key = plain_key(self.text)
        return any(word in key for word in BASELINE_WORDS)


def find_period(titles: Sequence[HeaderText], plan: Plan, findings: FindingList) -> Period | None:
    """The one period that titles state; None with the reason, or without one when they state none.

        "(Từ ngày 15/4/2021 đến ngày 14/10/2021)"           → 2021-6t
        "BÁO CÁO 6 THÁNG ĐẦU NĂM 2021" or another last day   → no period of the plan (D70)
        "Số liệu lũy kế từ đầu năm 2021"                     → cumulative (D71)
        "Kỳ báo cáo: năm 2021" beside the window above       → two periods (D73)

    Args:
        titles: everything that stands over the tables, sheets' names included.
        plan: the plan whose periods count.
        findings: takes what is wrong with a window, a name of a period or cumulative figures.
    """
    statements = [(title, entry) for title in titles for entry in read_statements(title.text, plan)]
    # The name of a file ("so lieu thang 5-2021.xlsx") proves nothing, for people copy files; it only must not
    # contradict what the titles state (D73).
    firm = [(title, entry) for title, entry in statements if not title.is_hint]
    current = [(title, entry) for title, entry in firm if not title.is_of_baseline(entry, plan)]
    windows = [(title, entry) for title, entry in current if entry.kind is Kind.WINDOW]
    cumulative = [(title, entry) for title, entry in current if entry.kind is Kind.CUMULATIVE]
    odd = [(title, entry) for title, entry in windows if not periods_of([entry], plan)]
    unnamed = [(title, entry) for title, entry in current if entry.kind is Kind.NO_PERIOD]
    # A window in dates goes before a name; a firm name that contradicts it is asked below (D73).
    periods = periods_of([entry for _, entry in windows], plan) or periods_of(
        [entry for _, entry in current if entry.kind is Kind.PERIOD], plan
    )
    named = [entry for title, entry in current if entry.period and _is_firm(title, entry, bool(windows))]
    others = periods_of([entry for _, entry in windows] + named, plan)
    odd += unnamed if not periods else []
    if not periods and not odd:
        # Nothing but an old window: a file of another year, or one that forgot to state its own.
        odd = [
            (title, entry)
            for title, entry in firm
            if entry.window and not title.is_baseline and not _is_baseline(entry, plan)
        ]
    if len(periods) == 1:
        # "06 THÁNG NĂM 2021" over "(Số liệu tính đến ngày 30/9/2021)" is not the period's figures (D70).
        odd += [(title, entry) for title, entry in current if _ends_elsewhere(entry, periods[0].window)]
    for title, entry in odd:
        _report_header(Code.WINDOW_NOT_IN_PLAN, title, entry.shown, plan, findings)
    for title, entry in cumulative:
        _report_header(Code.CUMULATIVE_FIGURES, title, entry.shown, plan, findings)
    if odd or cumulative:
        return None
    hints = periods_of(
        [entry for title, entry in statements if title.is_hint and entry.kind is not Kind.NO_PERIOD], plan
    )
    clash = [
        entry for entry in dict.fromkeys((*periods, *others, *hints)) if periods and entry not in periods
    ]
    if len(periods) > 1 or clash:
        shown = dict.fromkeys((*(entry.label for entry in periods), *(entry.label for entry in clash)))
        findings.add(Code.SEVERAL_PERIODS, value=", ".join(shown))
        return None
    return periods[0] if periods else None


def _ends_elsewhere(entry: TimeStatement, window: Window) -> bool:
    """Whether a text names a last day of the figures that is not the window's."""
    return entry.end is not None and entry.end != window.end


def _is_firm(title: HeaderText, entry: TimeStatement, has_window: bool) -> bool:
    """Whether the name of a period may contradict a window: a month beside one is the date of a letter.

    "Kỳ báo cáo: tháng 10 năm 2021" contradicts a six-month window; "Rạch Giá, tháng 10 năm 2021" does not.
    """
    is_month = entry.period is not None and entry.period.kind is PeriodKind.MONTH
    return not (has_window and is_month) or PERIOD_WORDS in plain_key(title.text)


def _is_baseline(entry: TimeStatement, plan: Plan) -> bool:
    return any(entry.window == period.baseline for period in plan.periods)


def _report_header(code: str, title: HeaderText, shown: str, plan: Plan, findings: FindingList) -> None:
    expected = "; ".join(
        f"{period.label} ({show_window(period.window)})" for period in plan.periods if period.is_milestone
    )
    cells = (title.cell,) if title.cell else ()
    findings.add(code, sheet=title.sheet, cells=cells, value=shown, expected=expected)


def find_wrong_baselines(
    titles: Sequence[HeaderText], period: Period, plan: Plan, findings: FindingList
) -> frozenset[str]:
    """Names of the sheets whose baseline is not the period's, as twelve months beside eight, all reported."""
    wrong = set()
    for title in titles:
        for entry in read_statements(title.text, plan):
            if _is_wrong_baseline(title, entry, period, plan):
                wrong.add(title.sheet)
                findings.add(
                    Code.WRONG_BASELINE_WINDOW,
                    sheet=title.sheet,
                    cells=(title.cell,) if title.cell else (),
                    value=entry.shown,
                    expected=show_window(period.baseline),
                )
    return frozenset(wrong)


def _is_wrong_baseline(title: HeaderText, entry: TimeStatement, period: Period, plan: Plan) -> bool:
    """Whether a title states figures to compare with that are not of the period's own baseline."""
    if entry.kind is Kind.NO_PERIOD:
        return is_year_before(entry, period, plan) and not (title.mentions_baseline or title.is_hint)
    is_other = _ends_elsewhere(entry, period.baseline) or (
        entry.window is not None and entry.window != period.baseline
    )
    return is_other and title.is_of_baseline(entry, plan)


def is_year_before(entry: TimeStatement, period: Period, plan: Plan) -> bool:
    """Whether a text names the year before, or a part of it that is not the period's: “năm 2020”."""
    before = f"năm {plan.year - 1}"
    # "06 tháng năm 2020" in a report of the six months is its own baseline; "năm 2020" is twelve months.
    same = period.label.replace(f"năm {plan.year}", before)
    return before in entry.shown and (entry.shown == before or entry.shown != same)


def find_district(titles: Sequence[HeaderText], submitter: Submitter, plan: Plan) -> str:
    """The submitter's district when a title names it; "" otherwise."""
    gazetteer = gazetteer_of(plan)
    home = gazetteer.home_of(submitter)
    named = {code for title in titles for code in gazetteer.districts_in(title.text)}
    return home if home in named else ""


def check_against_form(
    titles: Sequence[HeaderText], submitter: Submitter, period: Period, plan: Plan, findings: FindingList
) -> None:
    """Titles of tables found by labels that name another window, period or district than `_meta` does."""
    gazetteer = gazetteer_of(plan)
    home = gazetteer.home_of(submitter)
    for title in titles:
        cells = (title.cell,) if title.cell else ()
        for entry in read_statements(title.text, plan):
            if entry.kind is Kind.CUMULATIVE:
                _report_header(Code.CUMULATIVE_FIGURES, title, entry.shown, plan, findings)
            elif not title.is_of_baseline(entry, plan) and _contradicts(title, entry, period):
                findings.add(
                    Code.TITLE_CONTRADICTS_FORM,
                    sheet=title.sheet,
                    cells=cells,
                    value=entry.shown,
                    expected=period.label,
                )
        named = gazetteer.districts_in(title.text)
        if home and named and home not in named:
            findings.add(
                Code.TITLE_CONTRADICTS_FORM,
                sheet=title.sheet,
                cells=cells,
                value=title.text,
                expected=submitter.name,
            )


def _contradicts(title: HeaderText, entry: TimeStatement, period: Period) -> bool:
    if entry.window is not None:
        return entry.window != period.window
    if entry.end is not None:
        return _ends_elsewhere(entry, period.window)
    return entry.period != period and (entry.period is None or _is_firm(title, entry, has_window=True))


def report_other_district(
    titles: Sequence[HeaderText], submitter: Submitter, plan: Plan, findings: FindingList
) -> bool:
    """Whether the titles name the district of another submitter and not this one's; it is reported."""
    gazetteer = gazetteer_of(plan)
    home = gazetteer.home_of(submitter) or submitter.code
    named = [(title, code) for title in titles for code in sorted(gazetteer.districts_in(title.text))]
    # Titles that name this submitter's district as well contradict nothing.
    if not named or home in {code for _, code in named}:
        return False
    homes = {gazetteer.home_of(entry) or entry.code: entry for entry in plan.submitters}
    for title, code in named:
        if code in homes:
            findings.add(
                Code.FOREIGN_DISTRICT,
                sheet=title.sheet,
                cells=(title.cell,) if title.cell else (),
                value=homes[code].name,
                owner=homes[code].name,
                name=submitter.name,
                expected=homes[code].folder,
            )
            return True
    return False
