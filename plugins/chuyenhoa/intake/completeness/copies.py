"""A sheet with a table of figures beside the form's own sheets: does it repeat them or say something else?"""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.tables.form_tables import Table, find_table
from chuyenhoa.kit.readers.book import CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import LOCALITY_CODE, SHEET_OF_BASIS
from chuyenhoa.model.plan import Plan

Figures = Mapping[tuple[str, str], tuple[str, CellValue]]


def report_copy(sheet: Sheet, coded: Mapping[str, Table], plan: Plan, findings: FindingList) -> None:
    """A table of figures that is not read since the form's own sheets are.

        the same figures                                     → nothing: nothing is lost
        others, while the form's own sheet is hidden         → D126: the signer saw these
        others, both visible (last month's copy "Số liệu (2)") → D101

    Args:
        sheet: the sheet that is not read.
        coded: the form's own tables by official name.
        plan: whose indicators count.
        findings: takes the question.
    """
    own = [coded[name] for name in SHEET_OF_BASIS.values() if name in coded]
    stated = _figures_of(find_table(sheet, (LOCALITY_CODE,)), plan)
    differing = [(table, _first_difference(stated, _figures_of(table, plan))) for table in own]
    if stated and any(not difference for _, difference in differing):
        return
    hidden = next((entry for entry in differing if entry[0].sheet.hidden), None)
    if hidden is None or sheet.hidden:
        # It holds no locality: the form's own figures stand.
        expected = own[0].sheet.name if own else ""
        findings.add(Code.FIGURES_NOT_READ, sheet=sheet.name, locality=sheet.name, expected=expected)
        return
    table, difference = hidden
    cell, value, other = difference or ("", "", "")
    findings.add(
        Code.COPY_OF_HIDDEN_SHEET,
        sheet=sheet.name,
        cells=(cell,) if cell else (),
        value=value,
        expected=table.sheet.name,
        other=other,
    )


def _figures_of(table: Table | None, plan: Plan) -> Figures:
    """The filled cells of a table under a code row, by the codes of locality and indicator."""
    if table is None:
        return {}
    return {
        (table.code(row, LOCALITY_CODE).zfill(5), code): (name_cell(row, places[0]), value)
        for row in table.rows()
        for code, places in table.columns.items()
        if code in plan.indicator_by_code and clean_text(value := table.sheet.value(row, places[0]))
    }


def _first_difference(stated: Figures, own: Figures) -> tuple[str, str, str] | None:
    """The first cell of a copy that says something else: its address, its value, the other one."""
    for key, (cell, value) in stated.items():
        other = own.get(key, ("", ""))[1]
        if value != other:
            return cell, _show(value), _show(other) or "trống"
    return None


def _show(value: CellValue) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else clean_text(value)
