"""Takes personal data out of a file before anything else looks at it, and says in which cells it stood.

What is masked here can reach no receipt, log, store, page or answer for programs, whatever comes later.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from chuyenhoa.kit.readers.book import Book, CellValue, Flaw, Mark, Sheet, name_cell
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.personal import MASK, SMALLEST_NUMBER, is_personal_number, mask_personal
from chuyenhoa.model.plan import Locality

if TYPE_CHECKING:
    from chuyenhoa.intake.findings import FindingList
    from chuyenhoa.intake.tables.form_rows import Scope
    from chuyenhoa.intake.tables.form_tables import Table

PERSONAL_MARK = Mark(Flaw.PERSONAL, MASK)
MIN_OF_A_LIST = 3
"""Personal numbers on a sheet without a table of ours that make it a list of persons.

One or two are the telephone of who made the report, which is no matter there."""


def withhold_personal(book: Book) -> Book:
    """The book with every personal number masked and its cell marked; the book itself when there is none."""
    sheets = tuple(map(_withhold, book.sheets))
    return book if sheets == book.sheets else replace(book, sheets=sheets)


def _withhold(sheet: Sheet) -> Sheet:
    """One sheet; rows without personal data are shared with the sheet as it was."""
    found: dict[tuple[int, int], CellValue] = {}
    for row, column, text in sheet.texts:
        masked = mask_value(text)
        if masked is not text or MASK in text:
            found[row, column] = masked
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            # Nearly all cells are blank or small counts: decided here, without a call for each of them.
            if type(value) in (float, int) and mask_value(value) is MASK:
                found[row, column] = MASK
    above, name = tuple(map(mask_personal, sheet.above)), mask_personal(sheet.name)
    if sheet.notes or sheet.below:
        notes = {place: mask_personal(text) for place, text in sheet.notes.items()}
        sheet = replace(sheet, notes=notes, below=tuple(map(mask_personal, sheet.below)))
    if not found and above == sheet.above and name == sheet.name:
        return sheet
    rows = list(sheet.rows)
    for row in {row for row, _ in found}:
        rows[row] = [found.get((row, column), value) for column, value in enumerate(rows[row])]
    return replace(
        sheet, name=name, rows=rows, above=above, marks={**sheet.marks, **dict.fromkeys(found, PERSONAL_MARK)}
    )


def mask_value(value: CellValue) -> CellValue:
    """A cell's value without personal numbers; the very same object when it holds none."""
    if isinstance(value, str):
        # Nine digits are the shortest personal number: an old identity card, or a telephone without its zero.
        if len(value) < len("0912345678") - 1:
            return value
        masked = mask_personal(value)
        return value if masked == value else masked
    if isinstance(value, int | float) and not -SMALLEST_NUMBER < value < SMALLEST_NUMBER:
        return MASK if is_personal_number(value) else value
    return value


def is_masked(mark: Mark | None) -> bool:
    """Whether a mark says that the cell held personal data."""
    return mark is not None and mark.flaw is Flaw.PERSONAL


def report_row(scope: Scope, table: Table, row: int, locality: Locality, but: Collection[str] = ()) -> bool:
    """An error on every cell of a locality's row that held personal data.

    Args:
        scope: takes the findings.
        table: the table of the row.
        row: the row, counted from 0.
        locality: whose row it is; it is held back.
        but: codes of columns whose cells are reported by their own reader.

    Returns:
        Whether there was any.
    """
    marks = table.sheet.marks
    if PERSONAL_MARK not in marks.values():
        return False
    left_out = {column for code in but for column in table.columns.get(code, ())}
    cells = [
        name_cell(row, column)
        for column in range(len(table.sheet.rows[row]))
        if is_masked(marks.get((row, column))) and column not in left_out
    ]
    report_cells(scope, table.sheet.name, cells, locality)
    return bool(cells)


def report_cells(scope: Scope, sheet: str, cells: Collection[str], locality: Locality) -> None:
    """An error on each of the cells of a locality's row that held personal data."""
    for cell in cells:
        scope.findings.add(
            Code.PERSONAL_DATA_IN_TABLE,
            sheet=sheet,
            cells=(cell,),
            locality=locality.code,
            value=MASK,
            name=locality.name,
        )


def report_text(findings: FindingList, sheet: Sheet, row: int, column: int | None) -> bool:
    """An error on a text about the whole file that held personal data; it holds back nothing but that text.

    Returns:
        Whether it did, so that the text is not taken.
    """
    if column is None or not is_masked(sheet.marks.get((row, column))):
        return False
    cell = name_cell(row, column)
    # A finding without a locality would hold back the whole file.
    findings.add(
        Code.PERSONAL_DATA_IN_TEXT,
        sheet=sheet.name,
        cells=(cell,),
        locality=f"{sheet.name} {cell}",
        value=MASK,
    )
    return True


def report_lists(findings: FindingList, book: Book, used: Collection[str]) -> None:
    """A warning on every sheet without a table of ours that looks like a list of persons.

    Args:
        findings: takes the warnings.
        book: the file, after `withhold_personal`.
        used: names of the sheets whose tables are read.
    """
    for sheet in book.sheets:
        cells = [place for place, mark in sheet.marks.items() if is_masked(mark)]
        if sheet.name not in used and len(cells) >= MIN_OF_A_LIST:
            findings.add(
                Code.LIST_OF_PERSONS,
                sheet=sheet.name,
                cells=[name_cell(*place) for place in sorted(cells)][:1],
            )
