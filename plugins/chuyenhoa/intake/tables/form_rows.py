"""Which locality a row of a form's table speaks of, and what is wrong with a row that speaks of none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header.ownership import Owner
from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.gazetteer import Resolved, gazetteer_of
from chuyenhoa.kit.vietnamese_text.formatting import format_date
from chuyenhoa.kit.vietnamese_text.normal_form import fold, is_foot
from chuyenhoa.model.figures import CellRef
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import LOCALITY_CODE, LOCALITY_NAME
from chuyenhoa.model.plan import Locality, Plan, Unit

ROW_QUESTIONS = frozenset(
    {
        Code.UNKNOWN_LOCALITY_CODE,
        Code.MISSING_LOCALITY_CODE,
        Code.NAME_CONTRADICTS_CODE,
        Code.AMBIGUOUS_LOCALITY_NAME,
        Code.MISSPELT_LOCALITY_NAME,
        Code.UNKNOWN_LOCALITY_NAME,
        Code.FORMER_UNIT_NAME,
        Code.TABLE_WITHOUT_LOCALITY,
    }
)
"""Questions about a row that is there, whosever it is."""
CODE_LENGTH = 5
"""Digits of a commune's code; a program that makes a number of it drops leading zeros."""


class ReadCell(NamedTuple):
    """Whose figure a cell was looked at for; it has no value when it is blank or was asked about."""

    locality: str
    indicator: str
    has_value: bool


@dataclass(frozen=True)
class Scope:
    """One file while it is read: its plan, whose it is, what it may speak of, and where findings go."""

    plan: Plan
    owner: Owner
    findings: FindingList
    district: str = ""
    """The district that the file itself names as its own; "" when it names none."""
    loose: set[str] = field(default_factory=set)
    """Indicators that were read under a loose alias, as “làm rõ” (see `Vocabulary.loose`)."""
    cells: dict[tuple[str, int, int], ReadCell] = field(default_factory=dict)
    """Every cell that was looked at as a figure, by sheet, row and column (`intake.completeness`)."""
    seen: set[str] = field(default_factory=set)
    """Own localities that have a row in a table of figures, readable or not."""

    @cached_property
    def own(self) -> Mapping[str, Locality]:
        """The submitter's localities by code, in the order of the list."""
        return {entry.code: entry for entry in self.plan.localities_of(self.owner.submitter.code)}

    @cached_property
    def known_names(self) -> frozenset[str]:
        """The folded names of every unit and locality of the plan."""
        return _known_names(self.plan)

    @property
    def own_codes(self) -> str:
        """The submitter's codes with their names, for a message."""
        return (
            ", ".join(f"{entry.code} ({entry.name})" for entry in self.own.values()) or "không có địa bàn nào"
        )

    def find(self, code: str) -> Locality | None:
        """A locality of the plan by the code as typed."""
        known = self.plan.locality_by_code
        return known.get(code) or known.get(code.zfill(CODE_LENGTH))


@once_a_plan
def _known_names(plan: Plan) -> frozenset[str]:
    names = [entry.name for entry in plan.localities] + [entry.name for entry in plan.units]
    return frozenset(map(fold, names))


def cell_ref(table: Table, row: int, code: str) -> CellRef:
    """A row's cell under a code as a place that the submitter can find."""
    return CellRef(table.sheet.name, table.cell(row, code))


def identify_row(scope: Scope, table: Table, row: int, filled: bool) -> Locality | None:
    """The submitter's own locality of a row.

    Args:
        scope: the file's plan, owner and findings.
        table: a table with a column of locality codes.
        row: the row, counted from 0.
        filled: whether the row holds something that would be lost if the row were passed over.

    Returns:
        None for a row of no own locality: blank, a total or signature below the table (without a word), or a
        row whose code is missing, unknown or another submitter's (with a finding on that row alone).
    """
    code = table.code(row, LOCALITY_CODE)
    locality = scope.find(code) if code else None
    if locality is not None and locality.code in scope.own:
        scope.seen.add(locality.code)
        return _check_name(scope, table, row, locality)
    name = table.text(row, LOCALITY_NAME)
    found = Resolved()
    if not code and name:
        # A blank code falls back to the name, as it does where there is no column of codes.
        found = gazetteer_of(scope.plan).resolve(name, scope.owner.submitter, scope.district)
        if found.locality is not None:
            scope.seen.add(found.locality.code)
            return found.locality
    # "Tổng cộng" and "Người lập biểu" below the table need no code.
    if filled and not any(is_foot(value) for value in table.sheet.rows[row] if isinstance(value, str)):
        if found.several or found.near or found.former:
            report_unit(scope, table.sheet.name, table.cell(row, LOCALITY_NAME), name, found)
        else:
            _report(scope, table, row, code, locality)
    return None


def _report(scope: Scope, table: Table, row: int, code: str, locality: Locality | None) -> None:
    """The finding on a filled row that cannot be taken."""
    sheet, cells = table.sheet.name, (table.cell(row, LOCALITY_CODE),)
    name = table.text(row, LOCALITY_NAME)
    if locality is not None:
        owner = scope.plan.submitter_by_code[locality.submitter].name
        scope.findings.add(
            Code.FOREIGN_LOCALITY,
            sheet=sheet,
            cells=cells,
            locality=locality.code,
            value=code,
            owner=owner,
            name=locality.name,
        )
    elif code:
        scope.findings.add(
            Code.UNKNOWN_LOCALITY_CODE,
            sheet=sheet,
            cells=cells,
            locality=code,
            value=table.shown(row, LOCALITY_CODE),
            expected=scope.own_codes,
        )
    else:
        known = [entry.code for entry in scope.own.values() if fold(entry.name) == fold(name)]
        # Without a locality the finding would hold back the whole file; an unknown name holds back nothing.
        held = known[0] if known else name or f"{sheet} {cells[0]}"
        scope.findings.add(Code.MISSING_LOCALITY_CODE, sheet=sheet, cells=cells, locality=held, value=name)


def report_unit(scope: Scope, sheet: str, cell: str, text: str, found: Resolved) -> None:
    """The question about a row with figures whose name is not certainly one place's.

    "Vĩnh Lục" is near Vĩnh Lạc, which waits for the answer; "Xã Hòn Thơm" belongs to another unit today;
    "Bình An" is two communes' name; "Khu vực 3 cảng" is nobody's, and holds back nothing.
    """
    districts = {unit.district_code: unit.district_name for unit in scope.plan.units}
    code, expected, held = Code.UNKNOWN_LOCALITY_NAME, scope.own_codes, f"{sheet} {cell}"
    if found.several:
        code = Code.AMBIGUOUS_LOCALITY_NAME
        expected = " hoặc ".join(
            entry.name if entry.code == entry.district else f"{entry.name} ({districts[entry.district]})"
            for entry in found.several
        )
        held = next((entry.code for entry in found.several if entry.code in scope.own), held)
    elif found.former:
        code, expected = Code.FORMER_UNIT_NAME, _heirs(scope, found.former)
        heirs = scope.plan.register.heirs(found.former, scope.owner.period.window.end)
        held = next((heir.code for heir in heirs if heir.code in scope.own), held)
    elif found.near:
        code, held = Code.MISSPELT_LOCALITY_NAME, found.near.code
        expected = f"{found.near.name} (mã {found.near.code})"
    scope.findings.add(code, sheet=sheet, cells=(cell,), locality=held, value=text, expected=expected)


def _heirs(scope: Scope, unit: Unit) -> str:
    """Where a former unit belongs now: "Phường Rạch Giá (mã 30742) từ ngày 01/7/2025"."""
    heirs = scope.plan.register.heirs(unit, scope.owner.period.window.end)
    return ", ".join(
        f"{heir.name} (mã {heir.code}) từ ngày {format_date(heir.valid_from)}"
        for heir in heirs
        if heir.valid_from is not None
    )


def _check_name(scope: Scope, table: Table, row: int, locality: Locality) -> Locality:
    """The locality itself, after a look whether the row carries the name of another one.

    Only a name that the plan knows is a contradiction (D30): people shorten names and add remarks to them.
    """
    name = fold(table.text(row, LOCALITY_NAME))
    if name in scope.known_names and name != fold(locality.name):
        scope.findings.add(
            Code.NAME_CONTRADICTS_CODE,
            sheet=table.sheet.name,
            cells=(table.cell(row, LOCALITY_NAME),),
            locality=locality.code,
            value=table.text(row, LOCALITY_NAME),
            name=locality.name,
        )
    return locality


def report_absent(scope: Scope, sheet: str, present: Collection[str]) -> None:
    """A note for every own locality that no row of a sheet of figures speaks of.

    A row that is asked about is there: the place that its question names is not absent, and a nameless row
    may be any of the others.
    """
    asked = [finding for finding in scope.findings.found if finding.rule_id in ROW_QUESTIONS]
    named = {finding.locality for finding in asked}
    unclear = sum(1 for finding in asked if finding.sheet == sheet and finding.locality not in scope.own)
    absent = [entry for entry in scope.own.values() if entry.code not in {*present, *named}]
    for locality in absent if len(absent) > unclear else ():
        scope.findings.add(Code.LOCALITY_WITHOUT_ROW, sheet=sheet, locality=locality.code, name=locality.name)


def report_repeats(scope: Scope, table: Table, locality: Locality, rows: list[int]) -> None:
    """A locality that stands in several rows of one table."""
    if len(rows) > 1:
        cells = tuple(table.cell(row, LOCALITY_CODE) for row in rows)
        scope.findings.add(
            Code.DUPLICATE_LOCALITY,
            sheet=table.sheet.name,
            cells=cells,
            locality=locality.code,
            name=locality.name,
        )
