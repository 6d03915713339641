"""Rows of a text file with more fields than their head: a separator in a number moved the rest along."""

from __future__ import annotations

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.kit.readers.texts import SHEET
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import FIGURES_SHEET, HEAD_ROWS
from chuyenhoa.model.plan import Locality


def report_spilled(scope: Scope, sheet: Sheet, row: int, last: int, locality: Locality) -> bool:
    """An error on a row of a text file that goes on behind its head: `1,234` without quotes is two fields.

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
