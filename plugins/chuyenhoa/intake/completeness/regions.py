"""Which cells of a sheet its tables account for: heads, names, codes, totals, numbering; all else is told.

    STT | Địa bàn   | Xảy ra | Ghi chú           head
    1   | Vĩnh Lạc  | 10     | số đúng là 15     nobody reads remarks: told (D124), here asked (D125)
        | Tổng cộng | 10     |                   a total, checked elsewhere
                    | 15     |                   a number below the table: told (D122)

A table says by itself what its head and its codes are; what was read is known cell by cell (`Scope.cells`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.tables.form_rows import ReadCell, Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.free_tables import FreeTable
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.header_labels import LOCALITY_HEADS, OTHER_HEADS, Meaning
from chuyenhoa.intake.tables.table_header import BASES
from chuyenhoa.intake.tables.totals import is_total
from chuyenhoa.intake.tables.view import View
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.kit.readers.book import CellValue, Sheet
from chuyenhoa.model.submissions import Finding
from chuyenhoa.plan.names import plain_key

REMARK_HEADS = frozenset({"ghi chu"})
"""A column of remarks is known and not read: its texts are told."""
OWN_COLUMNS = frozenset({"kiem tra", "so o con trong"})
"""The columns of checks that our form ends with; Excel computes them."""
SILENT = frozenset({Meaning.COMPARED, Meaning.PERCENT})
Spot = tuple[int, int]
"""Row and column of a sheet, counted from 0."""


@dataclass(frozen=True)
class Region:
    """A table's part of a sheet, in the direction in which the table is read."""

    scope: Scope
    view: View
    top: int
    """The first row of the head."""
    bottom: int
    """The last row of the head; above it nothing is data."""
    end: int
    known: frozenset[int]
    """Columns that are no figures for certain: codes, numbering, percentages that are worked out again."""
    names: frozenset[int]
    first: int
    """Its first column; of a table on its side lines of titles come before it."""
    cells: Mapping[Spot, ReadCell]
    """The cells of the sheet that were looked at as figures."""
    is_words: bool = False
    """Whether its columns hold words (the form's sheet "Định tính") and no figures."""

    @cached_property
    def rows(self) -> frozenset[int]:
        """Its rows that hold figures of a locality."""
        return frozenset(self.view.turn(*spot)[0] for spot in self.cells)

    @cached_property
    def last_figure(self) -> int:
        """Its last column of figures; of a table on its side the lines behind it are no heads."""
        return max((self.view.turn(*spot)[1] for spot in self.cells), default=self.view.width)

    @cached_property
    def totals(self) -> frozenset[int]:
        """Rows of totals, districts' lines among them."""
        gazetteer = gazetteer_of(self.scope.plan)
        return frozenset(
            row
            for row in range(self.bottom + 1, min(self.end, len(self.view.rows)))
            for column in range(self.first, max(self.names, default=self.view.width - 1) + 1)
            # In front of the figures alone: the head of a letter, "CỘNG HÒA XÃ HỘI …", opens as a sum does.
            if is_total(text := self.view.text(row, column)) or gazetteer.is_district(text)
        )

    @cached_property
    def ordinals(self) -> frozenset[int]:
        """Columns left of the names that count 1, 2, 3 …, whatever they are headed."""
        first = min(self.names, default=0)
        rows = range(self.bottom + 1, min(self.end, len(self.view.rows)))
        return frozenset(
            column
            for column in range(first)
            if counts_lines(
                [self.view.label(row, column) for row in rows if not self.view.is_blank(row, column)]
            )
        )

    @cached_property
    def compared(self) -> frozenset[int]:
        """Rows that compare: in a table on its side "Tăng, giảm" heads a column of the sheet."""
        part = vocabulary_of(self.scope.plan).part
        rows = range(self.bottom + 1, min(self.end, len(self.view.rows)))
        return frozenset(
            row for row in rows if any(part(text).meaning in SILENT for text in self.view.texts(row))
        )

    @cached_property
    def signed(self) -> int:
        """The row of the sheet in which signatures begin, below a table on its side as well."""
        sheet = self.view.sheet
        is_signature = load_words().is_signature
        end = len(sheet.rows) if self.view.is_turned else min(self.end, len(sheet.rows))
        for row in range(max((row for row, _ in self.cells), default=self.bottom) + 1, end):
            if any(is_signature(value) for value in sheet.rows[row] if isinstance(value, str) and value):
                return row
        return end

    def holds(self, spot: Spot) -> bool:
        """Whether a cell lies in the rows that are the table's."""
        row, _ = self.view.turn(*spot)
        return row < self.end

    def is_head(self, spot: Spot) -> bool:
        """Whether a cell belongs to the head or to what stands over it."""
        row, column = self.view.turn(*spot)
        if not self.view.is_turned:
            return row <= self.bottom
        return column < self.first or (row <= self.bottom and column <= self.last_figure)

    def is_recognised_number(self, spot: Spot) -> bool:
        """Whether a number is none that anybody reports: in the head, numbering, a code, a total."""
        row, column = self.view.turn(*spot)
        if self.is_head(spot) or column in self.known | self.ordinals or row in self.totals | self.compared:
            return True
        if column in self.names:
            return gazetteer_of(self.scope.plan).known(self.view.label(row, column))
        # "(1) (2) (3)" stands right below the head; further down 1 and 2 are figures of a small place.
        return row == self.bottom + 1 and self.view.is_numbering(row)

    def is_read_text(self, spot: Spot) -> bool:
        """Whether a text is read by somebody: a head, a figure, a column of a table of words."""
        if self.is_head(spot) or spot in self.cells:
            return True
        return self.is_words and self.view.turn(*spot)[1] in self.known

    def is_recognised_text(self, spot: Spot) -> bool:
        """Whether a text needs no word: a heading, a name, a total, a signature."""
        row, column = self.view.turn(*spot)
        if self.is_read_text(spot) or row in self.totals or spot[0] >= self.signed:
            return True
        gazetteer = gazetteer_of(self.scope.plan)
        text = self.view.text(row, column)
        # "Kỳ này", "Cùng kỳ" in a column of their own, or over the columns of a table on its side.
        if vocabulary_of(self.scope.plan).part(text).meaning in BASES | SILENT:
            return True
        # Numbers of lines and groups: "I", "a)", "1.1".
        if len(plain_key(text)) <= 2 or gazetteer.known(text) or load_words().is_signature(text):
            return True
        return column in self.known | self.names and row in self.rows


def counts_lines(labels: Sequence[str]) -> bool:
    """Whether labels number lines: one after the other from 1, beginning anew in another group."""
    last = 0
    for label in labels:
        number = int(label) if label.isdigit() and len(label) <= 3 else None
        if number is not None and number not in (last + 1, 1):
            return False
        last = number if number is not None else last
    return last > 0


def regions_of(
    scope: Scope, sheet: Sheet, coded: Collection[Table], free: Collection[FreeTable]
) -> list[Region]:
    """The regions of one sheet, from its tables; several tables below or beside each other have one each."""
    own = [table for table in coded if table.sheet.name == sheet.name]
    loose = [table for table in free if table.name == sheet.name]
    if not own and not loose:
        return []
    cells = {(row, column): cell for (name, row, column), cell in scope.cells.items() if name == sheet.name}
    found = [_coded_region(scope, table, cells) for table in own]
    return found + [_free_region(scope, table, cells) for table in loose]


def _coded_region(scope: Scope, table: Table, cells: Mapping[Spot, ReadCell]) -> Region:
    """A table under a code row: whatever code a column has, it is read or was asked about."""
    view = View(table.sheet)
    indicators = scope.plan.indicator_by_code
    known = frozenset(
        column for code, places in table.columns.items() if code not in indicators for column in places
    )
    heads = _own_columns(tuple(map(tuple, table.sheet.rows[: table.code_row])), table.sheet.merges)
    names = [column for code in ("MA_DIA_BAN", "TEN_DIA_BAN") for column in table.columns.get(code, ())]
    return Region(
        scope,
        view,
        0,
        table.code_row,
        len(view.rows),
        known | heads,
        frozenset(names),
        0,
        cells,
        is_words=not any(code in indicators for code in table.columns),
    )


@lru_cache(maxsize=64)
def _own_columns(
    rows: tuple[tuple[CellValue, ...], ...], merges: tuple[tuple[int, int, int, int], ...]
) -> frozenset[int]:
    """The columns of checks under a head, which is the same in every file of one form."""
    found = {
        (row, column)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value and isinstance(value, str) and plain_key(value) in OWN_COLUMNS
    }
    merged = {
        column for top, left, _, right in merges if (top, left) in found for column in range(left, right + 1)
    }
    return frozenset(column for _, column in found) | merged


def _free_region(scope: Scope, table: FreeTable, cells: Mapping[Spot, ReadCell]) -> Region:
    known = set()
    for column in table.head.columns:
        keys = set(column.keys)
        is_listed = bool(keys) and keys <= (OTHER_HEADS | LOCALITY_HEADS) - REMARK_HEADS
        if column.meanings & SILENT or is_listed or (column.unit and not keys):
            known.add(column.index)
    names = frozenset(table.names) | frozenset(table.districts)
    return Region(
        scope,
        table.view,
        table.head.top,
        table.head.bottom,
        table.end,
        frozenset(known),
        names,
        table.first,
        cells,
    )


def first_data_row(regions: Sequence[Region]) -> int:
    """The first row of a sheet in which anything may be data; above it stand titles and heads alone."""
    if not regions or any(region.view.is_turned for region in regions):
        return 0
    return min(region.bottom for region in regions) + 1


@dataclass(frozen=True)
class Told:
    """What findings have told of one sheet already."""

    is_whole: bool
    cells: frozenset[Spot]
    rows: frozenset[int]
    columns: frozenset[int]

    def covers(self, spot: Spot) -> bool:
        """Whether a finding named a cell, its line, its column or the whole sheet."""
        return self.is_whole or spot in self.cells or spot[0] in self.rows or spot[1] in self.columns


def told_of(
    sheet: Sheet, findings: Collection[Finding], regions: Sequence[Region], whole: Collection[str]
) -> Told:
    """What some findings say of a sheet.

    A finding on a heading speaks of its column ("cột “Dân số” không phải chỉ tiêu"), one on the name of a
    place of its row; one on a figure of this figure alone.
    """
    cells: set[Spot] = set()
    rows: set[int] = set()
    columns: set[int] = set()
    is_whole = False
    for finding in findings:
        if finding.sheet != sheet.name:
            continue
        is_whole = is_whole or finding.rule_id in whole
        for name in finding.cells:
            spot = parse_cell(name)
            if spot is None:
                continue
            cells.add(spot)
            if any(spot in region.cells for region in regions) or _is_plain_number(sheet, spot, regions):
                continue
            lines = [region for region in regions if region.holds(spot)]
            is_head = any(region.is_head(spot) for region in lines)
            is_turned = any(region.view.is_turned for region in lines)
            (columns if is_head != is_turned else rows).add(spot[1] if is_head != is_turned else spot[0])
    return Told(is_whole, frozenset(cells), frozenset(rows), frozenset(columns))


def _is_plain_number(sheet: Sheet, spot: Spot, regions: Sequence[Region]) -> bool:
    """Whether a cell holds a number that is neither a heading nor a name."""
    value = sheet.value(*spot)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and not any(region.is_recognised_number(spot) for region in regions)


def parse_cell(name: str) -> Spot | None:
    """The place of an address like `D7`, counted from 0."""
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if not letters.isalpha() or not digits or not letters.isascii():
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
