"""Runs the gate of completeness over a file that was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from chuyenhoa.intake.completeness.numbers import count_numbers
from chuyenhoa.intake.completeness.regions import Region, regions_of, told_of
from chuyenhoa.intake.completeness.texts import ask_words
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.free_tables import FreeTable
from chuyenhoa.kit.readers.book import Sheet, name_cell
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.submissions import ReadCount

WHOLE_SHEET = frozenset(
    {
        Code.LIST_OF_PERSONS,
        Code.UNREADABLE_TEXT_SHEET,
        Code.WRONG_BASELINE_WINDOW,
        Code.TABLE_WITHOUT_LOCALITY,
        Code.SHEET_WITHOUT_FIGURES,
        Code.FIGURES_NOT_READ,
        Code.TABLE_NOT_READ,
        Code.COPY_OF_HIDDEN_SHEET,
        Code.FOREIGN_DISTRICT,
    }
)
"""Findings that tell of everything on their sheet."""


def check_completeness(
    scope: Scope,
    sheets: Sequence[Sheet],
    coded: Mapping[str, Table],
    free: Sequence[FreeTable],
    words: Collection[str],
) -> ReadCount:
    """Compare what stands in a file with what was read of it.

    Args:
        scope: the file after its figures were read; takes the findings.
        sheets: its sheets but for those that we write ourselves.
        coded: its tables under code rows by official name.
        free: its tables found by labels.
        words: names of the sheets of words, in which numbers are no figures.

    Returns:
        The numbers that stand in the grid and those that were read, over all sheets of figures. Every number
        between the two is named by a finding.
    """
    present = read = 0
    by_locality: Counter[str] = Counter()
    # A sheet that says nothing new (a copy with the same figures) was not read and has no finding.
    named = {finding.sheet for finding in scope.findings.found}
    for sheet in sheets:
        regions = regions_of(scope, sheet, coded.values(), free)
        told = told_of(sheet, tuple(scope.findings.found), regions, WHOLE_SHEET)
        if sheet.name not in words and (regions or sheet.name in named):
            count = count_numbers(scope, sheet, regions, told)
            present, read = present + count.present, read + count.read
            by_locality.update(count.by_locality)
        ask_words(scope, sheet, regions, told)
        _note_hidden_columns(scope, sheet, regions)
    return ReadCount(present, read, dict(by_locality))


def _note_hidden_columns(scope: Scope, sheet: Sheet, regions: Sequence[Region]) -> None:
    """A note on hidden columns whose figures are read all the same, as on hidden rows (D32)."""
    if not sheet.hidden_columns:
        return
    hidden = {
        spot[1]: (spot, cell.indicator)
        for region in regions
        for spot, cell in region.cells.items()
        if spot[1] in sheet.hidden_columns and cell.has_value
    }
    for _, (spot, indicator) in sorted(hidden.items()):
        label = scope.plan.indicator_by_code[indicator].label
        scope.findings.add(
            Code.HIDDEN_COLUMN,
            sheet=sheet.name,
            cells=(name_cell(*spot),),
            indicator=indicator,
            value=label,
        )
