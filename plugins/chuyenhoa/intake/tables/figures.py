"""Reads figures: the sheets of the form row by row, and one cell for whoever found it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chuyenhoa.intake.tables.column_units import read_column_units
from chuyenhoa.intake.tables.form_columns import check_head
from chuyenhoa.intake.tables.form_rows import (
    ReadCell,
    Scope,
    identify_row,
    report_absent,
    report_repeats,
)
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.totals import check_totals, coded_grid, total_rows
from chuyenhoa.intake.values.cell_values import NumberReading, read_in_unit
from chuyenhoa.intake.values.personal import is_masked, report_row
from chuyenhoa.intake.values.shown_values import compare_with_shown
from chuyenhoa.intake.values.units import OWN, StatedUnit
from chuyenhoa.kit.readers.book import CellValue, Flaw, Mark, Sheet, name_cell
from chuyenhoa.kit.readers.texts import SHEET
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, is_withdrawal
from chuyenhoa.model.figures import Basis, CellRef, Normalisation, Observation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import FIGURES_SHEET, HEAD_ROWS, LOCALITY_CODE, LOCALITY_NAME, NAME_OF_CODE
from chuyenhoa.model.plan import Indicator, Locality

FLAW_CODES: Mapping[Flaw, Code] = {
    Flaw.ERROR: Code.FORMULA_ERROR,
    Flaw.UNCALCULATED: Code.FORMULA_NOT_CALCULATED,
    Flaw.RECALCULATED: Code.FORMULA_RESULT_DIFFERS,
    Flaw.UNCERTAIN: Code.FORMULA_RESULT_UNCERTAIN,
    Flaw.PERCENT: Code.PERCENTAGE_FOR_COUNT,
    Flaw.US_DATE: Code.DATE_FOR_NUMBER,
    Flaw.STRUCK: Code.STRUCK_OUT_NUMBER,
    Flaw.SHARED: Code.NUMBER_IN_MERGED_CELL,
    Flaw.PERSONAL: Code.PERSONAL_DATA_IN_TABLE,
}


@dataclass
class Figures:
    """What one sheet of figures says."""

    localities: list[str] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)


def read_figures(scope: Scope, table: Table, basis: Basis) -> Figures:
    """Read one sheet of figures.

    Args:
        scope: the file's plan, owner and findings; every bad cell becomes a finding.
        table: the table of sheet "Số liệu" or "Cùng kỳ".
        basis: which window the sheet speaks of.

    Returns:
        An observation for every readable cell of an own locality, blank ones included (value None). A bad
        cell has none, and of a duplicate locality only the first row is read.
    """
    check_columns(scope, table, (LOCALITY_CODE, LOCALITY_NAME, *scope.plan.indicator_by_code))
    asked = check_head(scope, table)
    table = replace(table, columns={code: at for code, at in table.columns.items() if code not in asked})
    found = Figures()
    # Which rows count is known only after all of them were seen: a locality may be a duplicate.
    rows: dict[str, list[int]] = {}
    others = []
    for row in table.rows():
        filled = _holds_number(scope, table, row)
        locality = identify_row(scope, table, row, filled)
        if locality and not filled and locality.code in rows and not table.code(row, LOCALITY_CODE):
            # "Phường Vĩnh Lạc, ngày 16 tháng 10" below the table is no second row of it.
            continue
        if locality is not None:
            rows.setdefault(locality.code, []).append(row)
        elif filled:
            others.append(row)
    table = _with_shared_cells(scope, table, [row for places in rows.values() for row in places])
    last = last_headed(table)
    units = read_column_units(scope, table)
    for code, places in rows.items():
        locality = scope.own[code]
        report_repeats(scope, table, locality, places)
        if report_spilled(scope, table.sheet, places[0], last, locality):
            found.localities.append(code)
            continue
        _read_row(scope, table, places[0], locality, basis, units, found)
    report_absent(scope, table.sheet.name, rows)
    if others:
        owners = {row: scope.own[code] for code, places in rows.items() for row in places}
        _check_totals(scope, table, owners, others)
    return found


def _with_shared_cells(scope: Scope, table: Table, rows: Sequence[int]) -> Table:
    columns = [column for code in scope.plan.indicator_by_code for column in table.columns.get(code, ())]
    sheet = mark_shared_cells(table.sheet, [(row, column) for row in rows for column in columns])
    return table if sheet is table.sheet else replace(table, sheet=sheet)


def _check_totals(scope: Scope, table: Table, owners: Mapping[int, Locality], others: Sequence[int]) -> None:
    """Lines of totals under the code row against what they add up; other filled lines count as well."""
    columns = [
        (places[0], scope.plan.indicator_by_code[code])
        for code, places in table.columns.items()
        if len(places) == 1 and code in scope.plan.indicator_by_code
    ]
    totals = total_rows(table, others, [column for column, _ in columns])
    if totals:
        rows = sorted({*owners, *others} - set(totals))
        check_totals(scope, coded_grid(table), rows, totals, columns, owners)


def check_columns(scope: Scope, table: Table, known: Iterable[str]) -> None:
    """Columns that the form does not have, that it has and the file has not, and duplicate ones."""
    expected = dict.fromkeys(known)
    sheet = table.sheet.name
    for code, places in table.columns.items():
        cells = tuple(name_cell(table.code_row, column) for column in places)
        if code not in expected:
            scope.findings.add(Code.UNKNOWN_COLUMN_CODE, sheet=sheet, cells=cells, value=code)
        elif len(places) > 1:
            scope.findings.add(Code.DUPLICATE_COLUMN_CODE, sheet=sheet, cells=cells, value=code)
    # Names stand for codes: such a column is not missed, nor is the one of names beside its codes.
    named = {code for code, name in NAME_OF_CODE.items() if name in table.columns}
    missing = [code for code in expected if code not in {*table.columns, *named, LOCALITY_NAME}]
    if missing:
        scope.findings.add(Code.MISSING_COLUMNS, sheet=sheet, value=", ".join(missing))


def _holds_number(scope: Scope, table: Table, row: int) -> bool:
    """Whether a row shows a number under any indicator; names of signatories below the table do not count."""
    for code in scope.plan.indicator_by_code:
        for column in table.columns.get(code, ()):
            value = table.sheet.value(row, column)
            is_number = isinstance(value, int | float) or any(sign.isdigit() for sign in clean_text(value))
            mark = table.sheet.marks.get((row, column))
            if (is_number or mark) and not is_masked(mark):
                return True
    return False


def _read_row(
    scope: Scope,
    table: Table,
    row: int,
    locality: Locality,
    basis: Basis,
    units: Mapping[str, StatedUnit],
    found: Figures,
) -> None:
    found.localities.append(locality.code)
    if row in table.sheet.hidden_rows:
        cells = (table.cell(row, LOCALITY_CODE),)
        scope.findings.add(
            Code.HIDDEN_ROW, sheet=table.sheet.name, cells=cells, locality=locality.code, name=locality.name
        )
    indicators = [indicator.code for indicator in scope.plan.indicators]
    report_row(scope, table, row, locality, but=indicators)
    for indicator in scope.plan.indicators:
        columns = table.columns.get(indicator.code, ())
        unit = units.get(indicator.code)
        if len(columns) == 1 and unit is not None:
            read_cell(scope, found, (table.sheet, row, columns[0]), locality, indicator, basis, unit)


def read_cell(
    scope: Scope,
    found: Figures,
    spot: tuple[Sheet, int, int],
    locality: Locality,
    indicator: Indicator,
    basis: Basis,
    unit: StatedUnit = OWN,
) -> None:
    """One cell: an observation, or a finding.

    Args:
        scope: takes the finding.
        found: takes the observation.
        spot: the cell as sheet, row and column, counted from 0.
        locality: whose figure it is.
        indicator: what it counts.
        basis: in which window.
        unit: the unit that is stated for it.
    """
    sheet, row, column = spot
    value = sheet.value(row, column)
    where = CellRef(sheet.name, name_cell(row, column))
    mark = sheet.marks.get((row, column))
    if not mark and is_withdrawal(value):
        scope.cells[sheet.name, row, column] = ReadCell(locality.code, indicator.code, has_value=False)
        found.observations.append(
            Observation(locality.code, indicator.code, basis, None, where, withdrawn=True)
        )
        return
    if mark:
        reading = NumberReading(problem=FLAW_CODES[mark.flaw], readings=mark.text)
    else:
        reading = _read_value(value, sheet.shown.get((row, column)), indicator, unit)
    has_value = not reading.problem and reading.value is not None
    scope.cells[sheet.name, row, column] = ReadCell(locality.code, indicator.code, has_value)
    if reading.problem:
        scope.findings.add(
            reading.problem,
            sheet=where.sheet,
            cells=(where.cell,),
            locality=locality.code,
            indicator=indicator.code,
            value=show_value(value, mark),
            name=locality.name,
            label=f"chỉ tiêu “{indicator.label}”",
            unit=indicator.unit,
            readings=reading.readings,
        )
        return
    found.observations.append(Observation(locality.code, indicator.code, basis, reading.value, where))
    if reading.why:
        after = "" if reading.value is None else str(reading.value)
        found.normalisations.append(Normalisation(where, show_value(value), after, reading.why))


def _read_value(value: CellValue, shown: str | None, indicator: Indicator, unit: StatedUnit) -> NumberReading:
    """The number of an unmarked cell, or the question on it."""
    if shown is not None:
        asked = compare_with_shown(value, shown, indicator.unit, indicator.decimals)
        if asked.problem:
            return asked
    # The format says whether the number is what was signed; a head or title, in which unit it stands.
    return read_in_unit(value, indicator.unit, indicator.decimals, unit)


def show_value(value: CellValue, mark: Mark | None = None) -> str:
    """What the submitter sees in a cell: 12,5 with a comma, 80% and not 0.8, a date as 03/01/2021."""
    # Beside the result that its formula gives, a cell is told with the one that it holds.
    if mark and mark.text and mark.flaw is not Flaw.RECALCULATED:
        return mark.text
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        number = Decimal(repr(value)) * (100 if mark and mark.flaw is Flaw.PERCENT else 1)
        sign = "%" if mark and mark.flaw is Flaw.PERCENT else ""
        return f"{number.normalize():f}".replace(".", ",") + sign
    if hasattr(value, "strftime"):
        return value.strftime("%d/%m/%Y") if hasattr(value, "year") else str(value)
    return clean_text(value)


Spot = tuple[int, int]


def mark_shared_cells(sheet: Sheet, spots: Collection[Spot]) -> Sheet:
    """The sheet with every figure marked that stands in a merged area over several figures.

        1 | Phường Vĩnh Lạc | ┌ 10 ┐ | 8
        2 | Phường Rạch Sỏi | └    ┘ | 4      10 of which of the two? Both are asked (D98).

    Args:
        sheet: the sheet.
        spots: the cells of figures as row and column, counted from 0.

    Returns:
        The sheet itself when there is none; a blank area is no figure.
    """
    found: dict[Spot, Mark] = {}
    first, last = min(spots, default=(0, 0))[0], max(spots, default=(0, 0))[0]
    for top, left, bottom, right in sheet.merges:
        # Nearly all merged areas are headings, and a sheet may have hundreds of them.
        if bottom < first or top > last or sheet.is_blank(top, left):
            continue
        inside = [(row, column) for row, column in spots if top <= row <= bottom and left <= column <= right]
        if len(inside) > 1:
            found |= dict.fromkeys(inside, Mark(Flaw.SHARED, shown(sheet, top, left)))
    return replace(sheet, marks={**found, **sheet.marks}) if found else sheet


def shown(sheet: Sheet, row: int, column: int) -> str:
    """What a merged cell shows, for a message: 8 and not 8.0."""
    value = sheet.value(row, column)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def report_spilled(scope: Scope, sheet: Sheet, row: int, last: int, locality: Locality) -> bool:
    """An error on a row of a text file that goes on behind its head: `1,234` without quotes is two fields.

        STT,Địa bàn,Xảy ra,Khám phá
        1,Phường Vĩnh Lạc,1,234,8             every figure of the row may have moved

    Args:
        scope: takes the finding.
        sheet: the sheet; in a spreadsheet nothing can move.
        row: the row, counted from 0.
        last: the last column that has a heading.
        locality: whose row it is; it is held back.

    Returns:
        Whether the row is one; none of its figures is certain.
    """
    if sheet.name != SHEET or locality.code not in scope.own:
        return False
    extra = [column for column in range(last + 1, len(sheet.rows[row])) if not sheet.is_blank(row, column)]
    if extra:
        cells = tuple(name_cell(row, column) for column in extra)
        scope.findings.add(
            Code.ROW_LONGER_THAN_HEAD,
            sheet=sheet.name,
            cells=cells,
            locality=locality.code,
            name=locality.name,
            row=row + 1,
        )
    return bool(extra)


def last_headed(table: Table) -> int:
    """The last column of a table with a code row that its head says anything about; 0 but in a text file."""
    if table.sheet.name != SHEET:  # nothing can move there, and no row is asked about
        return 0
    rows = range(max(0, table.code_row + 1 - HEAD_ROWS[FIGURES_SHEET]), table.code_row + 1)
    widths = [
        column
        for row in rows
        for column in range(len(table.sheet.rows[row]))
        if not table.sheet.is_blank(row, column)
    ]
    return max(widths, default=0)
