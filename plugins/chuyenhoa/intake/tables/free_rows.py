"""Finds which locality every row of a free table speaks of, in which window, and which rows speak of none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chuyenhoa.intake.header import periods
from chuyenhoa.intake.tables.form_rows import Scope, report_unit
from chuyenhoa.intake.tables.free_tables import FreeTable
from chuyenhoa.intake.tables.gazetteer import Named, Resolved, gazetteer_of
from chuyenhoa.intake.tables.header_labels import VALUE_HEADS, Meaning
from chuyenhoa.intake.tables.totals import is_total
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.kit.vietnamese_text.normal_form import is_foot, strip_marks
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Locality


@dataclass(frozen=True)
class DataRow:
    """A row with figures of one place; `locality` None when the place is none of ours."""

    row: int
    column: int
    text: str
    cell: str
    locality: Locality | None
    basis: Basis | None


@dataclass
class RowReader:
    """Reads the rows of a file's tables; rows of other submitters are reported together.

    1 | P. Vĩnh Lạc        | 10 | 8    a row of its locality
      | Thành phố Rạch Giá | 15 | 12   a district's line: its sum is checked, and the rows below lie in it
      | Tổng cộng          | 15 | 12   a total
    3 | P. Vĩnh Thanh      | 7  | 7    a unit outside of the programme (D79)
    4 | Khu vực 3 cảng     | 1  | 1    nobody's name (D80)
    """

    scope: Scope
    foreign: list[tuple[FreeTable, str, Locality]] = field(default_factory=list)
    has_own: bool = False

    def read(self, table: FreeTable) -> tuple[list[DataRow], list[int]]:
        """The rows with figures, and the rows of totals."""
        if not table.names:
            return self._read_single(table)
        gazetteer, words = gazetteer_of(self.scope.plan), vocabulary_of(self.scope.plan)
        rows: list[DataRow] = []
        totals: list[int] = []
        district = ""
        last: DataRow | None = None
        for row, filled, (column, text) in self._lines(table):
            basis = table.basis_of(words, row)
            if basis and column not in table.names:
                # "Cùng kỳ" in a column beside the name is the window of the row, and not what it is called.
                text = ""
            if text and is_foot(text):
                totals += [row] if filled else []
            elif text and gazetteer.is_district(text):
                district = gazetteer.district_of(text)
                totals += [row] if filled else []
            elif not text and last and basis and filled:
                # "Vĩnh Lạc | Kỳ này | 10" and below it "| Cùng kỳ | 12": two rows of one locality.
                rows.append(DataRow(row, last.column, last.text, last.cell, last.locality, basis))
            elif (text or filled) and not table.view.is_numbering(row):
                found = self._row(table, row, (column, text), basis, district, filled)
                if found is None and filled and text and column not in table.names and last:
                    # A nameless line goes on with the place above it, as its months do.
                    # Which one is the figure of the period, the sum or the first? (docs/decisions/0020)
                    self._report_continuation(table, row, last, text)
                last = found or last
                rows += [found] if found else []
        return rows, totals

    def _lines(self, table: FreeTable) -> Iterator[tuple[int, bool, tuple[int, str]]]:
        """The lines of a table with whether they hold figures, and their labels.

        Below a signature only a named line with figures is one: the table goes on behind a page break, and
        the signatures between its halves were printed on the first page.
        """
        known = gazetteer_of(self.scope.plan).known
        is_signed = False
        for row in table.rows:
            filled, label = table.holds_figures(row), table.label(row)
            # Below a total another group of rows may follow, named or not.
            is_signed = is_signed or (is_foot(label[1]) and not is_total(label[1]))
            if not is_signed or (filled and known(label[1])):
                yield row, filled, label

    def _row(
        self,
        table: FreeTable,
        row: int,
        label: tuple[int, str],
        basis: Basis | None,
        district: str,
        filled: bool,
    ) -> DataRow | None:
        """One row by its name or code; None when it is no row of a unit."""
        column, text = label
        cell = table.view.name(row, column if column >= 0 else table.names[0])
        found = self._resolve(table, row, text, district)
        if found.locality or found.other:
            if found.locality:
                self.has_own = True
                self.scope.seen.add(found.locality.code)
                if filled:
                    report_row_time(self.scope, table, row, found.locality)
            elif found.other and filled:
                self._report_other_unit(table, cell, found.other)
            return DataRow(row, column, text, cell, found.locality, basis)
        if filled:
            report_unit(self.scope, table.name, cell, text, found)
        return None

    def _resolve(self, table: FreeTable, row: int, text: str, district: str) -> Resolved:
        """What a row's code and name mean together: a code decides, unless a name contradicts it.

        "30745 | Rạch Sỏi" → 30745, with an error (D30); "Bình An" below "Huyện Kiên Lương" → the one there.
        """
        scope = self.scope
        gazetteer = gazetteer_of(scope.plan)
        beside = (gazetteer.district_of(table.shown(row, column)) for column in table.districts)
        district = next(filter(None, beside), "") or district
        stated = district or scope.district
        texts = [table.shown(row, column) for column in table.names]
        # A code is typed on purpose and decides; a name beside it is only compared (D30).
        codes = [text for text in texts if text.isdigit() and gazetteer.known(text)]
        names = [text for text in texts if text and not text.isdigit()]
        if not codes:
            namesakes = () if district else gazetteer.namesakes(text)
            if namesakes:
                # The district's sum may bear no kind, and a commune the name of its district.
                return Resolved(several=namesakes)
            return self._agreed(
                gazetteer.resolve(name, scope.owner.submitter, stated) for name in names or [text]
            )
        locality = scope.find(codes[0])
        named = gazetteer.resolve(names[0], scope.owner.submitter, stated) if names else Resolved()
        other = named.locality or named.other
        if named.former or (other and other.code.zfill(5) != codes[0].zfill(5)):
            where = table.view.name(row, table.names[0])
            scope.findings.add(
                Code.NAME_CONTRADICTS_CODE,
                sheet=table.name,
                cells=(where,),
                locality=locality.code if locality else codes[0],
                value=names[0],
                name=locality.name if locality else codes[0],
            )
        if locality is not None and locality.code in scope.own:
            return Resolved(locality=locality)
        return Resolved(other=gazetteer.unit(codes[0]))

    def _agreed(self, readings: Iterable[Resolved]) -> Resolved:
        """What the names of a row mean; several places where they stand for different ones."""
        found = list(readings)
        codes = {
            unit.code for entry in found for unit in (entry.locality, entry.other, *entry.several) if unit
        }
        if len(found) == 1 or len(codes) < 2:
            return next((entry for entry in found if entry.locality or entry.other), found[0])
        return Resolved(several=tuple(map(gazetteer_of(self.scope.plan).unit, sorted(codes))))

    def _report_other_unit(self, table: FreeTable, cell: str, unit: Named) -> None:
        """A unit that the submitter does not report: another one's, or nobody's."""
        locality = self.scope.plan.locality_by_code.get(unit.code)
        if locality is not None:
            self.foreign.append((table, cell, locality))
            return
        home = next(entry.district_name for entry in self.scope.plan.units if entry.code == unit.code)
        self.scope.findings.add(
            Code.UNIT_OUTSIDE_PROGRAMME,
            sheet=table.name,
            cells=(cell,),
            locality=unit.code,
            value=unit.name,
            name=unit.name,
            owner=home,
        )

    def report_foreign(self) -> None:
        """Rows of other submitters: each by itself, or the whole file at once when it holds nothing else."""
        by_code = self.scope.plan.submitter_by_code
        owners = {locality.submitter for _, _, locality in self.foreign}
        # All of one other submitter: the file lies in the wrong folder, and one sentence says so.
        if owners and not self.has_own and len(owners) == 1:
            table, cell, _ = self.foreign[0]
            owner = by_code[owners.pop()]
            self.scope.findings.add(
                Code.FOREIGN_DISTRICT,
                sheet=table.name,
                cells=(cell,),
                value=owner.name,
                owner=owner.name,
                name=self.scope.owner.submitter.name,
                expected=owner.folder,
            )
            return
        for table, cell, locality in self.foreign:
            self.scope.findings.add(
                Code.FOREIGN_LOCALITY,
                sheet=table.name,
                cells=(cell,),
                locality=locality.code,
                value=locality.name,
                owner=by_code[locality.submitter].name,
                name=locality.name,
            )

    def _report_continuation(self, table: FreeTable, row: int, last: DataRow, text: str) -> None:
        """Lines below a named one that seem to belong to it: which of them is the figure of the period?"""
        if last.locality and last.locality.code in self.scope.own:
            cells = (last.cell, table.view.name(row, table.names[0]))
            self.scope.findings.add(
                Code.DUPLICATE_LOCALITY,
                sheet=table.name,
                cells=cells,
                locality=last.locality.code,
                value=text,
                name=last.locality.name,
            )

    def _read_single(self, table: FreeTable) -> tuple[list[DataRow], list[int]]:
        """The rows of a table that names no locality: its sheet's name or its titles do."""
        rows = []
        words = vocabulary_of(self.scope.plan)
        filled = [row for row in table.rows if table.holds_figures(row)]
        unit = self._unit_of(table) if filled else Resolved()
        if filled and not (unit.locality or unit.other):
            if not unit.several:
                self.scope.findings.add(Code.TABLE_WITHOUT_LOCALITY, sheet=table.name)
            return [], []
        if unit.other:
            self._report_other_unit(table, table.view.name(filled[0], 0), unit.other)
            return [], []
        for row in filled:
            _, text = table.label(row)
            part = words.part(text) if text else None
            known = not part or part.meaning in {Meaning.CURRENT, Meaning.BASELINE}
            if part and is_foot(text) and part.key not in VALUE_HEADS:
                break
            if known or (part and part.key in VALUE_HEADS):
                basis = table.basis_of(words, row)
                name = unit.locality.name if unit.locality else ""
                rows.append(DataRow(row, 0, name, table.view.name(row, 0), unit.locality, basis))
            elif part and not part.meaning:
                cell = table.view.name(row, max(table.label(row)[0], 0))
                self.scope.findings.add(Code.NOT_AN_INDICATOR, sheet=table.name, cells=(cell,), value=text)
        self.has_own = self.has_own or bool(rows)
        self.scope.seen.update(row.locality.code for row in rows if row.locality)
        return rows, []

    def _unit_of(self, table: FreeTable) -> Resolved:
        """The one unit that the sheet's name and titles name; nothing when they name none or two."""
        gazetteer = gazetteer_of(self.scope.plan)
        submitter = self.scope.owner.submitter
        home = gazetteer.home_of(submitter)
        # One sheet a commune is usual: "Vĩnh Lạc", "P. Rạch Sỏi". A slip in its name is asked like one in a
        # row.
        named = gazetteer.resolve(table.name, submitter, self.scope.district)
        if named.several or named.near:
            report_unit(self.scope, table.name, "A1", table.name, named)
            return Resolved(several=named.several or (_as_named(named.near),))
        codes = {code for title in table.titles for code in gazetteer.mentioned(title.text)}
        at_home = {code for code in codes if gazetteer.homes.get(code) == home}
        # "Phường Vĩnh Lạc, phường Rạch Sỏi" over one row of figures is nobody's (D83); a district named in
        # the file decides between namesakes.
        codes = at_home if len(codes) > 1 and self.scope.district else codes
        mine = named.locality or named.other
        if mine:
            return named if codes <= {mine.code} else Resolved()
        if len(codes) != 1:
            return Resolved()
        (code,) = codes
        if code in self.scope.own:
            return Resolved(locality=self.scope.own[code])
        return Resolved(other=gazetteer.unit(code))


def _as_named(locality: Locality | None) -> Named:
    """A locality as one of several that were asked about."""
    return Named(locality.code if locality else "", locality.name if locality else "", "", "", "", "")


# "Tháng 5", "T5/2021", "Quý II" in a cell of its own: one month is not the period (D73).
ROW_TIME = re.compile(r"(?:thang|t\.?|quy) ?(?:[0-9]{1,2}|i{1,3}|iv)(?:[-/ ](?:nam )?[0-9]{4})?")
"""A cell that says of what month or quarter its row is."""


def report_row_time(scope: Scope, table: FreeTable, row: int, locality: Locality) -> None:
    """An error on a cell of a locality's row that names a month or quarter that is not the file's period."""
    period = scope.owner.period
    for column in table.columns:
        text = "" if column in table.figures else table.view.text(row, column)
        if not ROW_TIME.fullmatch(strip_marks(text)):
            continue
        statements = periods.read_statements(text, scope.plan)
        if statements and all(entry.period != period for entry in statements):
            scope.findings.add(
                Code.SEVERAL_PERIODS,
                sheet=table.name,
                cells=(table.view.name(row, column),),
                locality=locality.code,
                value=f"{text}, {period.label}",
            )
