"""Counts the numbers of a file: how many stand in its grid, how many were read; the others are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from chuyenhoa.intake.completeness.regions import Region, Spot, Told, counts_lines, first_data_row
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.kit.readers.book import CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.submissions import ReadCount

# "1.234", "02", "12,5%": digits and what parts them. "02 vụ" counts where it is read, "15/KH-UBND" nowhere.
NUMBER = re.compile(r"[-–+]?[0-9][0-9., ]*%?")
MAX_SHOWN = 6
"""Cells that a message names with their numbers; the finding lists all of them."""


def is_number(value: CellValue) -> bool:
    """Whether a cell holds a number, typed or as text."""
    if isinstance(value, str):
        return bool(value) and NUMBER.fullmatch(clean_text(value)) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def count_numbers(scope: Scope, sheet: Sheet, regions: Sequence[Region], told: Told) -> ReadCount:
    """Count the numbers of a sheet, and tell those that nothing accounts for.

    Args:
        scope: takes the finding: D123 where nothing of a table was read, D122 for single cells.
        sheet: the sheet.
        regions: its tables.
        told: what earlier findings say of it.

    Returns:
        How many stand in its grid as figures, and how many of these were read: what is missing between the
        two has been told.
    """
    present = 0
    read: Counter[str] = Counter()
    silent: list[Spot] = []
    lines: set[int] = set() if regions else _line_numbers(sheet)
    for row in range(first_data_row(regions), len(sheet.rows)):
        for column, value in enumerate(sheet.rows[row]):
            if value == "":
                continue
            cell = scope.cells.get((sheet.name, row, column))
            is_typed = value.__class__ is float
            if cell is not None and cell.has_value and (is_typed or any(map(str.isdigit, str(value)))):
                present += 1
                read[cell.locality] += 1
            elif is_number(value) and column not in lines and not _is_recognised((row, column), regions):
                present += 1
                # A figure of a locality that could not be read has its own finding.
                if cell is None and not told.covers((row, column)):
                    silent.append((row, column))
    if silent:
        _tell(scope, sheet, silent, is_lost=bool(regions) and not read)
    return ReadCount(present, read.total(), dict(read))


def _is_recognised(spot: Spot, regions: Sequence[Region]) -> bool:
    return any(region.holds(spot) and region.is_recognised_number(spot) for region in regions)


def _tell(scope: Scope, sheet: Sheet, silent: Sequence[Spot], *, is_lost: bool) -> None:
    cells = tuple(name_cell(*spot) for spot in silent)
    shown = [f"{name_cell(*spot)}: {show_number(sheet.value(*spot))}" for spot in silent[:MAX_SHOWN]]
    scope.findings.add(
        Code.TABLE_NOT_READ if is_lost else Code.NUMBERS_NOT_READ,
        sheet=sheet.name,
        cells=cells,
        # It holds no locality: what else the file says stands (docs/decisions/0022).
        locality=sheet.name if is_lost else "",
        value="; ".join(shown) + ("; …" if len(silent) > MAX_SHOWN else ""),
        count=len(silent),
    )


def show_number(value: CellValue) -> str:
    """A number as the submitter sees it: 10 and not 10.0, 0,9 with a comma."""
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return clean_text(value)


def find_figures(scope: Scope, sheet: Sheet) -> list[Spot]:
    """The numbers of a sheet that was not read, when it looks like a table of figures of localities.

        Địa bàn         | Dân số      a name with a number in its row, whatever the column is headed
        Phường Vĩnh Lạc | 12000

    Returns:
        The numbers in the line of a name or below a label; nothing for a sheet of other things, as a list of
        the officers in charge, whose only numbers count its lines.
    """
    gazetteer, words = gazetteer_of(scope.plan), vocabulary_of(scope.plan)
    rows: set[int] = set()
    columns: set[int] = set()
    numbers: list[Spot] = []
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            text = clean_text(value) if isinstance(value, str) and value else ""
            if text and (gazetteer.known(text) or words.is_hit(text)):
                rows.add(row)
                columns.add(column)
            elif is_number(value):
                numbers.append((row, column))
    lines = _line_numbers(sheet)
    return [spot for spot in numbers if spot[1] not in lines and (spot[0] in rows or spot[1] in columns)]


def _line_numbers(sheet: Sheet) -> set[int]:
    """The columns of a sheet without a known table that count its lines."""
    by_column: dict[int, list[str]] = {}
    for values in sheet.rows:
        for column, value in enumerate(values):
            if is_number(value):
                by_column.setdefault(column, []).append(show_number(value))
    return {column for column, labels in by_column.items() if counts_lines(labels)}
