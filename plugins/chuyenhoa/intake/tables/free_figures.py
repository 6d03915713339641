"""Reads the figures of free tables: rows as localities (`free_rows`), columns as indicators (`columns`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chuyenhoa.intake.tables import stated_percentages
from chuyenhoa.intake.tables.columns import Slot, read_columns
from chuyenhoa.intake.tables.figures import Figures, mark_shared_cells, read_cell, report_spilled
from chuyenhoa.intake.tables.form_rows import Scope, report_absent
from chuyenhoa.intake.tables.free_rows import DataRow, RowReader
from chuyenhoa.intake.tables.free_tables import FreeTable
from chuyenhoa.intake.tables.totals import Grid, check_totals
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.intake.values.cell_values import read_number
from chuyenhoa.intake.values.personal import is_masked, report_cells
from chuyenhoa.model.figures import Basis, CellRef, Normalisation, Observation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Indicator, Locality

WHOLE_FILE = frozenset({Code.TABLE_WITHOUT_LOCALITY, Code.FOREIGN_DISTRICT})
"""What holds the whole file back; that localities are missing follows from it."""


@dataclass
class _Reader:
    """What all free tables of one file say together."""

    scope: Scope
    figures: Mapping[Basis, Figures]
    """Begins with what tables under code rows gave, so that both are compared with each other."""
    taken: dict[tuple[str, str, Basis], Observation] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Codes of the indicators that have a column somewhere."""

    def read(
        self, table: FreeTable, rows: Sequence[DataRow], totals: Sequence[int], refused: frozenset[str]
    ) -> None:
        """Take over the figures of one table, and check its totals and percentages."""
        slots = read_columns(self.scope, table, [row.row for row in rows])
        table = _with_shared_cells(table, [row.row for row in rows], slots)
        self.known |= {slot.indicator.code for slot in slots}
        self._note_headings(table, slots)
        last = max(column.index for column in table.head.columns if column.parts)
        for row in self._without_repeats(table, rows):
            if row.locality is None or row.locality.code not in self.scope.own:
                continue
            self._note_name(table, row)
            self._report_personal(table, row, row.locality, {slot.column for slot in slots})
            if not table.view.is_turned and report_spilled(
                self.scope, table.view.sheet, row.row, last, row.locality
            ):
                self._add_locality(row.locality, row.basis or table.basis or Basis.CURRENT)
                continue
            for slot in slots:
                basis = slot.basis or row.basis or table.basis or Basis.CURRENT
                # Twelve months of the year before are no baseline of six: left out, already reported (D72).
                if not (basis is Basis.BASELINE and table.name in refused):
                    self._read_figure(table, row, row.locality, slot, basis)
        self._check_stated_percentages(table, rows, slots)
        columns = [(slot.column, slot.indicator) for slot in slots]
        owners = {
            row.row: row.locality for row in rows if row.locality and row.locality.code in self.scope.own
        }
        check_totals(self.scope, _grid(table), [row.row for row in rows], totals, columns, owners)

    def _check_stated_percentages(self, table: FreeTable, rows: Sequence[DataRow], slots: list[Slot]) -> None:
        """Percentages of the period that the table states against its own figures."""
        current = [slot for slot in slots if slot.basis in {None, Basis.CURRENT}]
        for percentage in stated_percentages.find_stated_percentages(
            table, current, vocabulary_of(self.scope.plan)
        ):
            for row in rows:
                if row.locality is None or row.locality.code not in self.scope.own:
                    continue
                if (row.basis or table.basis or Basis.CURRENT) is Basis.CURRENT:
                    normalisation = stated_percentages.check_stated_percentage(
                        self.scope, table, row, row.locality, percentage, self._figure_of(row.locality)
                    )
                    self.figures[Basis.CURRENT].normalisations += [normalisation] if normalisation else []

    def _figure_of(self, locality: Locality) -> stated_percentages.ValueOf:
        def value(code: str) -> Decimal | None:
            found = self.taken.get((locality.code, code, Basis.CURRENT))
            return None if found is None or found.value is None else Decimal(found.value)

        return value

    def _report_personal(
        self, table: FreeTable, row: DataRow, locality: Locality, figures: Collection[int]
    ) -> None:
        """Personal data anywhere in a locality's row; cells of figures are reported as they are read."""
        cells = [
            table.view.name(row.row, column)
            for column in range(table.first, table.view.width)
            if column not in figures and is_masked(table.view.mark(row.row, column))
        ]
        report_cells(self.scope, table.name, cells, locality)

    def _read_figure(
        self, table: FreeTable, row: DataRow, locality: Locality, slot: Slot, basis: Basis
    ) -> None:
        found = Figures()
        spot = (table.view.sheet, *table.view.turn(row.row, slot.column))
        read_cell(self.scope, found, spot, locality, slot.indicator, basis, slot.unit)
        figures = self._add_locality(locality, basis)
        for entry in found.observations:
            key = (entry.locality, entry.indicator, basis)
            first = self.taken.setdefault(key, entry)
            # The same figure on two sheets is usual (an annex repeats it): the first cell counts. A blank
            # one gives way to a filled one; two that differ are asked (D82).
            if first is entry:
                figures.observations.append(entry)
                figures.normalisations += found.normalisations
            elif entry.value is not None and first.value is None:
                figures.observations[figures.observations.index(first)] = self.taken[key] = entry
                figures.normalisations += found.normalisations
            elif entry.value is not None and entry.value != first.value:
                self._report_contradiction(first, entry, locality, slot)

    def _add_locality(self, locality: Locality, basis: Basis) -> Figures:
        """The figures of a window, with a locality among those that the file speaks of."""
        figures = self.figures[basis]
        if locality.code not in figures.localities:
            figures.localities.append(locality.code)
        return figures

    def _report_contradiction(
        self, first: Observation, entry: Observation, locality: Locality, slot: Slot
    ) -> None:
        self.scope.findings.add(
            Code.CONTRADICTING_FIGURES,
            sheet=entry.cell_ref.sheet,
            cells=(entry.cell_ref.cell,),
            locality=locality.code,
            indicator=entry.indicator,
            value=entry.value,
            name=locality.name,
            label=slot.indicator.label,
            expected=first.value,
            other=f"sheet “{first.cell_ref.sheet}”, ô {first.cell_ref.cell}",
        )

    def _without_repeats(self, table: FreeTable, rows: Sequence[DataRow]) -> list[DataRow]:
        """The rows of a table, of a duplicate locality only the first."""
        places: dict[tuple[str, Basis | None], list[DataRow]] = {}
        for row in rows:
            if row.locality is not None:
                places.setdefault((row.locality.code, row.basis), []).append(row)
        for group in places.values():
            locality = group[0].locality
            if len(group) > 1 and locality and locality.code in self.scope.own:
                cells = tuple(table.view.name(row.row, max(row.column, 0)) for row in group)
                self.scope.findings.add(
                    Code.DUPLICATE_LOCALITY,
                    sheet=table.name,
                    cells=cells,
                    locality=locality.code,
                    name=locality.name,
                )
        return [group[0] for group in places.values()]

    def _note_headings(self, table: FreeTable, slots: Sequence[Slot]) -> None:
        """Which heading was read as which indicator, once a column."""
        for slot in slots:
            if slot.shown != slot.indicator.label:
                self.figures[Basis.CURRENT].normalisations.append(
                    Normalisation(
                        CellRef(table.name, slot.cell),
                        slot.shown,
                        f"{slot.indicator.code} ({slot.indicator.label})",
                        "theo tiêu đề cột, dòng",
                    )
                )

    def _note_name(self, table: FreeTable, row: DataRow) -> None:
        """Which name was read as which locality, once a row."""
        locality = row.locality
        if locality is not None and row.text not in {locality.name, locality.code}:
            self.figures[Basis.CURRENT].normalisations.append(
                Normalisation(
                    CellRef(table.name, row.cell),
                    row.text,
                    f"{locality.code} ({locality.name})",
                    "theo tên địa bàn",
                )
            )
        if locality is not None and table.view.is_hidden(row.row):
            self.scope.findings.add(
                Code.HIDDEN_ROW,
                sheet=table.name,
                cells=(row.cell,),
                locality=locality.code,
                name=locality.name,
            )


def _with_shared_cells(table: FreeTable, rows: Sequence[int], slots: Sequence[Slot]) -> FreeTable:
    view = table.view
    sheet = mark_shared_cells(view.sheet, [view.turn(row, slot.column) for row in rows for slot in slots])
    return table if sheet is view.sheet else replace(table, view=replace(view, sheet=sheet))


def _grid(table: FreeTable) -> Grid:

    def value(row: int, column: int, indicator: Indicator) -> Decimal | None:
        mark = table.view.mark(row, column)
        if mark and not mark.leaves_number:
            return None
        return read_number(table.view.value(row, column), indicator.unit, indicator.decimals).value

    return Grid(table.name, len(table.view.rows), value, table.view.name)


def read_free_tables(
    scope: Scope, tables: Sequence[FreeTable], refused: frozenset[str], coded: Mapping[Basis, Figures]
) -> Mapping[Basis, Figures]:
    """Everything that the tables of one file say.

        TT | Địa bàn     | Số vụ phạm pháp hình sự xảy ra | Khám phá
        1  | P. Vĩnh Lạc | 10                             | 8
        → observations (30745, TTXH_XR, 10, C8) and (30745, TTXH_KP, 8, D8), and for the receipt that
          "P. Vĩnh Lạc" was read as 30745 and the headings as these codes

    Args:
        scope: the file's plan, owner and findings.
        tables: the tables found by labels.
        refused: names of the sheets whose baseline is of another window.
        coded: what tables under code rows gave already.

    Returns:
        All figures by window. A cell that two readings are possible for gives none, and a finding instead.
    """
    reader = _Reader(scope, coded)
    for basis, figures in coded.items():
        reader.taken |= {(entry.locality, entry.indicator, basis): entry for entry in figures.observations}
        reader.known |= {entry.indicator for entry in figures.observations}
    # All rows of all tables first: whether a row of another submitter is one slip or the whole file, only the
    # whole file shows.
    rows = RowReader(scope)
    found = [(table, *rows.read(table)) for table in tables]
    rows.report_foreign()
    for table, data, totals in found:
        reader.read(table, data, totals, refused)
    _drop_loose(reader)
    if tables and not any(finding.rule_id in WHOLE_FILE for finding in scope.findings.found):
        _report_missing(reader, tables[0])
    return reader.figures


def _drop_loose(reader: _Reader) -> None:
    """Blank the figures under a heading that means them only while they are not above another one.

    "Xảy ra" 10, "Làm rõ" 12: old cases are among the twelve, and how many is not known (D86).
    """
    words = vocabulary_of(reader.scope.plan)
    loose = {code for _, code in words.loose} & reader.scope.loose
    for basis, figures in reader.figures.items():
        for entry in [entry for entry in figures.observations if entry.indicator in loose]:
            indicator = words.plan.indicator_by_code[entry.indicator]
            limit = reader.taken.get((entry.locality, indicator.within, basis))
            if entry.value is None or limit is None or limit.value is None or entry.value <= limit.value:
                continue
            figures.observations[figures.observations.index(entry)] = replace(entry, value=None)
            reader.scope.findings.add(
                Code.INCLUDES_OLD_CASES,
                sheet=entry.cell_ref.sheet,
                cells=(entry.cell_ref.cell, limit.cell_ref.cell),
                locality=entry.locality,
                indicator=entry.indicator,
                value=entry.value,
                expected=limit.value,
                name=reader.scope.own[entry.locality].name,
            )


def _report_missing(reader: _Reader, table: FreeTable) -> None:
    """Indicators and localities that the file says nothing about."""
    scope = reader.scope
    # One note for all of them: a table of crime alone lacks dozens, and a finding for each would bury the
    # rest.
    missing = [entry.label for entry in scope.plan.indicators if entry.code not in reader.known]
    if missing:
        scope.findings.add(Code.MISSING_INDICATORS, value="; ".join(missing), count=len(missing))
    report_absent(scope, table.name, scope.seen)
