"""The ownership gate: whose file it is, for which plan and period, and whether it lies where it should."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header import document_header, periods
from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.tables import form_tables
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, fold
from chuyenhoa.model import form
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Period, Plan, Submitter, Window

PERIOD_WORDS = "kỳ báo cáo"
MAX_TITLES = 4096
"""Titles that are remembered; a form's own are a handful."""
INBOX = "inbox"
"""What the folder is called in which a file lies that is in no submitter's folder."""


@dataclass(frozen=True)
class Owner:
    """Whose figures a file holds, for which period, on which edition of the form."""

    submitter: Submitter
    period: Period
    edition: str
    has_meta: bool


def read_meta(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """The key/value rows of the hidden sheet; empty when the file has none."""
    sheet = sheets.get(form.META_SHEET)
    if sheet is None:
        return {}
    pairs = {fold(sheet.value(row, 0)): _plain(sheet.value(row, 1)) for row in range(len(sheet.rows))}
    return {key: pairs.get(key, "") for key in form.META_KEYS}


def _plain(value: object) -> str:
    """A value of `_meta` as text; a code that a program turned into a number loses its `.0`."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else clean_text(value)


def find_owner(
    meta: Mapping[str, str],
    titles: Sequence[document_header.HeaderText],
    plan: Plan,
    folder: str | None,
    findings: FindingList,
) -> Owner | None:
    """Whose file it is, or None with the reason among the findings.

    Args:
        meta: what `read_meta` read.
        titles: what stands over the file's tables.
        plan: the plan whose files are taken.
        folder: the inbox folder in which the file lay; None when it lay in none.
        findings: takes the reason for a refusal.
    """
    # What our form states of itself goes before its titles, which people edit (`check_form_titles` compares).
    owner = _from_meta(meta, plan, findings) if meta else _from_folder(titles, plan, folder, findings)
    if owner is None or folder is None or folder == owner.submitter.folder:
        return owner
    findings.add(
        Code.WRONG_FOLDER,
        value=folder,
        owner=owner.submitter.name,
        folder=folder or INBOX,
        expected=owner.submitter.folder,
    )
    return None


def _from_meta(meta: Mapping[str, str], plan: Plan, findings: FindingList) -> Owner | None:
    if meta["plan"] != plan.id:
        findings.add(Code.OTHER_PLAN, value=meta["plan"], expected=plan.id)
    elif meta["edition"] != plan.edition:
        findings.add(Code.OUTDATED_FORM, value=meta["edition"], expected=plan.edition)
    elif meta["period"] not in plan.period_by_id:
        findings.add(Code.PERIOD_NOT_IN_PLAN, value=meta["period"], expected=", ".join(plan.period_by_id))
    elif meta["submitter"] not in plan.submitter_by_code:
        findings.add(Code.SUBMITTER_NOT_IN_PLAN, value=meta["submitter"])
    else:
        submitter = plan.submitter_by_code[meta["submitter"]]
        return Owner(submitter, plan.period_by_id[meta["period"]], meta["edition"], has_meta=True)
    return None


def _from_folder(
    titles: Sequence[document_header.HeaderText], plan: Plan, folder: str | None, findings: FindingList
) -> Owner | None:
    """The owner of a file without `_meta`: the folder's submitter and the period that its titles state."""
    # The folder says who sends; titles may be another district's, and are asked about then (D85).
    submitter = plan.submitter_by_folder.get(folder or "")
    if submitter and document_header.report_other_district(titles, submitter, plan, findings):
        return None
    period = document_header.find_period(titles, plan, findings)
    missing = [] if submitter else ["đơn vị báo cáo"]
    missing += [] if period is not None else ["kỳ báo cáo"]
    if submitter is None or period is None:
        # "No period" beside "this is no period of the plan" would be said twice.
        if not submitter or not any(
            finding.rule_id in document_header.PERIOD_CODES for finding in findings.found
        ):
            findings.add(Code.OWNER_UNKNOWN, missing=" và ".join(missing))
        return None
    findings.add(Code.NO_FORM_IDENTITY, owner=submitter.name, period=period.label)
    return Owner(submitter, period, "", has_meta=False)


@dataclass(frozen=True)
class _Title:
    """What a text above a table names: times, a period, a submitter; "" for none."""

    statements: tuple[periods.TimeStatement, ...]
    mentions_baseline: bool
    period: str
    submitter: str


@dataclass(frozen=True)
class _TitleReader:
    """Reads titles; the same ones come again with every file. It is data: it goes to other processes."""

    plan: Plan
    known: dict[str, _Title] = field(default_factory=dict)

    def read(self, text: str) -> _Title:
        """What a title names."""
        title = self.known.get(text)
        if title is None:
            title = _Title(
                tuple(periods.read_statements(text, self.plan)),
                document_header.HeaderText("", "", text).mentions_baseline,
                _stated_period(text, self.plan),
                _submitter_names(self.plan).find(fold(text)),
            )
            if len(self.known) < MAX_TITLES:
                self.known[text] = title
        return title


@once_a_plan
def _title_reader(plan: Plan) -> _TitleReader:
    return _TitleReader(plan)


def _is_other_time(entry: periods.TimeStatement, right: Window, *, is_baseline: bool) -> bool:
    """Whether a title states another time than its form's: a window, last day, name, cumulative figures."""
    is_other_day = entry.end is not None and entry.end != right.end
    is_other = entry.window is not None and entry.window != right
    is_unnamed = entry.kind is periods.Kind.NO_PERIOD and not is_baseline
    return is_other or is_other_day or is_unnamed or entry.kind is periods.Kind.CUMULATIVE


def check_form_titles(
    owner: Owner, tables: Mapping[str, form_tables.Table], plan: Plan, findings: FindingList
) -> None:
    """Titles that name another window, period or submitter than the form was made for."""
    read = _title_reader(plan).read
    for official, table in tables.items():
        of_baseline = official == form.BASELINE_SHEET
        right = owner.period.baseline if of_baseline else owner.period.window
        titles = [
            (name_cell(row, column), read(text))
            for row, column, text in form_tables.read_title(table, official)
        ]
        found = [
            (cell, entry.shown, periods.show_window(right))
            for cell, title in titles
            for entry in title.statements
            if _is_other_time(entry, right, is_baseline=of_baseline and title.mentions_baseline)
        ]
        for cell, title in titles:
            if title.period and title.period != owner.period.label:
                found.append((cell, title.period, owner.period.label))
            if title.submitter and title.submitter != owner.submitter.name:
                found.append((cell, title.submitter, owner.submitter.name))
        for cell, stated, expected in found:
            findings.add(
                Code.TITLE_CONTRADICTS_FORM,
                sheet=table.sheet.name,
                cells=(cell,),
                value=stated,
                expected=expected,
            )


def _stated_period(text: str, plan: Plan) -> str:
    """The label of the period that stands behind “kỳ báo cáo”; "" where none is named so.

    It is read as any title is: "Kỳ báo cáo: Tháng 7 năm 2021" names the plan's "tháng 07 năm 2021".
    """
    behind = fold(text).partition(fold(PERIOD_WORDS))[2].strip(" :.-–")
    named = [entry.period for entry in periods.read_statements(behind, plan) if entry.period]
    return named[0].label if named else ""


@dataclass(frozen=True)
class _Labels:
    """Labels to find in titles, longest first, as one pattern."""

    pattern: re.Pattern[str]
    by_key: Mapping[str, str]

    def find(self, text: str) -> str:
        """The longest of the labels that stands in a folded text; empty when none does."""
        # "huyện Châu Thành" is also in "huyện Châu Thành A".
        return max((self.by_key[match[0]] for match in self.pattern.finditer(text)), key=len, default="")


def _make_labels(labels: Iterable[str]) -> _Labels:
    by_key = {fold(label): label for label in labels}
    words = "|".join(re.escape(key) for key in sorted(by_key, key=len, reverse=True))
    return _Labels(re.compile(rf"(?<!\w)(?:{words})(?!\w)"), by_key)


@once_a_plan
def _submitter_names(plan: Plan) -> _Labels:
    return _make_labels(entry.name for entry in plan.submitters)


def check_form_heads(
    meta: Mapping[str, str], tables: Mapping[str, form_tables.Table], plan: Plan, findings: FindingList
) -> None:
    """The locked heads against the checksum that the form carries.

    A sheet or column that was left out is missing data and reported as such; the checksum says nothing then.
    """
    if not meta or not _has_all_heads(tables, plan):
        return
    heads = tuple((official, form_tables.read_head(table, official)) for official, table in tables.items())
    if meta["checksum"] != _checksum(heads):
        findings.add(Code.FORM_HEAD_CHANGED)


@lru_cache(maxsize=64)
def _checksum(heads: tuple[tuple[str, form_tables.FormHead], ...]) -> str:
    """The checksum of the heads of a file; those of one form are the same in every file."""
    return form.head_checksum({official: form_tables.clean_head(head) for official, head in heads})


def _has_all_heads(tables: Mapping[str, form_tables.Table], plan: Plan) -> bool:
    """Whether every sheet of the form is there, with a column for every indicator."""
    return set(form.HEAD_ROWS) <= set(tables) and all(
        set(plan.indicator_by_code) <= set(tables[sheet].columns) for sheet in form.SHEET_OF_BASIS.values()
    )
