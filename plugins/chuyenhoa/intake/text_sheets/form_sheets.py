"""Reads the sheets of words of our form: declarations, narratives and the reasons for warnings.

The same readers take the tables that `free_sheets` found by their headings, with codes put in place of names.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from chuyenhoa.intake.tables.figures import FLAW_CODES, check_columns, show_value
from chuyenhoa.intake.tables.form_rows import Scope, cell_ref, identify_row
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.text_sheets.free_sheets import criterion_finder, item_names
from chuyenhoa.intake.values.answers_and_dates import WordReading, read_answer, read_date
from chuyenhoa.intake.values.personal import report_row, report_text
from chuyenhoa.kit.readers.book import CellValue, Flaw
from chuyenhoa.kit.vietnamese_text.normal_form import (
    is_withdrawal,
)
from chuyenhoa.model import form
from chuyenhoa.model.criteria import Criterion, DeclarationMeasure
from chuyenhoa.model.figures import Answer, CellRef, Declaration, Justification, Narrative, Normalisation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Locality
from chuyenhoa.plan.names import plain_key

DECLARED_CELLS = (form.ANSWER, form.DOCUMENT_NUMBER, form.DOCUMENT_DATE, form.NOTE)
# A document's number formatted as a percentage or date is still that text or date.
SHOWN = frozenset({Flaw.PERCENT, Flaw.US_DATE})
"""Flaws that concern how a number is shown; in a cell of words they are none."""
RULE_ID = re.compile(rf"[A-Z][0-9]{{2,3}}|{form.WITHDRAWAL_RULE}")
# "30745, Phường Rạch Sỏi", "30745 30754", "Phường Vĩnh Lạc và phường Rạch Sỏi".
SEVERAL = re.compile(r"[;,\n+/]|\s+và\s+|(?<=\d)\s+(?=\d)")
"""What stands between the localities of one reason."""
NAMED = "theo tên địa bàn"


@dataclass
class Declarations:
    """What sheet "Định tính" says."""

    localities: list[str] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)


def read_declarations(scope: Scope, table: Table) -> Declarations:
    """Read sheet "Định tính": one declaration a row, blank answers included.

    Of a criterion that a locality declares twice only the first row is read, with an error on both.
    """
    if not table.by_labels:
        check_columns(scope, table, form.DECLARATION_COLUMNS)
    found = Declarations()
    rows: dict[tuple[str, str], list[int]] = {}
    find = criterion_finder(scope.plan)
    for row in table.rows():
        criterion = table.code(row, form.CRITERION_CODE) or find(table.text(row, form.CRITERION_TITLE))
        filled = not table.is_blank(row, DECLARED_CELLS) and bool(criterion)
        locality = identify_row(scope, table, row, filled)
        if locality is not None and (criterion or not table.is_blank(row, DECLARED_CELLS)):
            rows.setdefault((locality.code, criterion), []).append(row)
    # Grouped first: of a duplicate criterion neither answer counts more than the other (D47).
    known = {entry.code: entry for entry in scope.plan.declared_criteria}
    for (code, criterion), places in rows.items():
        locality = scope.own[code]
        if code not in found.localities:
            found.localities.append(code)
        if criterion in known:
            _read_declaration(_Row(scope, table, places, locality, known[criterion]), found)
            continue
        for row in places:
            cells = (table.cell(row, form.CRITERION_CODE),)
            scope.findings.add(
                Code.UNKNOWN_CRITERION,
                sheet=table.sheet.name,
                cells=cells,
                locality=code,
                value=table.shown(row, form.CRITERION_CODE),
                name=locality.name,
                expected=", ".join(known),
            )
    return found


@dataclass(frozen=True)
class _Row:
    """A declaration's row; `rows` holds more than one when the criterion is declared twice."""

    scope: Scope
    table: Table
    rows: list[int]
    locality: Locality
    criterion: Criterion

    def value(self, code: str) -> CellValue:
        column = self.table.column(code)
        return "" if column is None else self.table.sheet.value(self.rows[0], column)

    def cell_ref(self, code: str) -> CellRef:
        return cell_ref(self.table, self.rows[0], code)

    def has_flaw(self, code: str, flaw: Flaw) -> bool:
        column = self.table.column(code)
        mark = None if column is None else self.table.sheet.marks.get((self.rows[0], column))
        return mark is not None and mark.flaw is flaw

    def report(
        self, code: str, cells: tuple[str, ...], value: str = "", missing: str = "", readings: str = ""
    ) -> None:
        self.scope.findings.add(
            code,
            sheet=self.table.sheet.name,
            cells=cells,
            locality=self.locality.code,
            value=value,
            name=self.locality.name,
            criterion=self.criterion.code,
            label=f"tiêu chí {self.criterion.code}",
            expected=", ".join(form.ANSWER_WORDS.values()),
            missing=missing,
            readings=readings,
        )


def _read_declaration(row: _Row, found: Declarations) -> None:
    """One row; a cell that cannot be read is a finding, and then the row gives no declaration."""
    if report_row(row.scope, row.table, row.rows[0], row.locality):
        return
    if len(row.rows) > 1:
        row.report(
            Code.DUPLICATE_DECLARATION,
            tuple(row.table.cell(index, form.CRITERION_CODE) for index in row.rows),
        )
    if is_withdrawal(row.value(form.ANSWER)):
        where = row.cell_ref(form.ANSWER)
        taken_back = Declaration(
            row.locality.code, row.criterion.code, None, "", None, "", where, withdrawn=True
        )
        found.declarations.append(taken_back)
        return
    readings = {
        form.ANSWER: read_answer(row.value(form.ANSWER)),
        form.DOCUMENT_DATE: read_date(
            row.value(form.DOCUMENT_DATE),
            is_us=row.has_flaw(form.DOCUMENT_DATE, Flaw.US_DATE),
            latest=row.scope.owner.period.deadline,
        ),
    }
    accepted = [_accept(row, code, reading, found) for code, reading in readings.items()]
    if not all(accepted):
        return
    answer, day = readings[form.ANSWER].value, readings[form.DOCUMENT_DATE].value
    declaration = Declaration(
        locality=row.locality.code,
        criterion=row.criterion.code,
        answer=answer if isinstance(answer, Answer) else None,
        document_number=_read_document_number(row),
        document_date=day if isinstance(day, date) else None,
        note=show_value(row.value(form.NOTE)),
        cell_ref=row.cell_ref(form.ANSWER),
    )
    found.declarations.append(declaration)
    _report_missing_document(row, declaration)


def _accept(row: _Row, code: str, reading: WordReading, found: Declarations) -> bool:
    """Whether a cell could be read; reports it when not, and when it was read otherwise than typed."""
    spot = row.cell_ref(code)
    column = row.table.column(code)
    mark = row.table.sheet.marks.get((row.rows[0], column)) if column is not None else None
    problem = FLAW_CODES[mark.flaw] if mark and mark.flaw not in SHOWN else reading.problem
    shown = show_value(row.value(code), mark)
    if problem:
        row.report(problem, (spot.cell,), shown, readings=reading.readings)
    elif reading.warning:
        row.report(reading.warning, (spot.cell,), shown, readings=reading.readings)
    elif reading.why:
        found.normalisations.append(Normalisation(spot, shown, reading.shown, reading.why))
    return not problem


def _read_document_number(row: _Row) -> str:
    """The number of a document; one that Excel turned into a date is missing, with a warning."""
    value = row.value(form.DOCUMENT_NUMBER)
    if isinstance(value, date | time | timedelta):
        row.report(
            Code.DOCUMENT_NUMBER_BECAME_DATE, (row.cell_ref(form.DOCUMENT_NUMBER).cell,), show_value(value)
        )
        return ""
    return show_value(value)


def _report_missing_document(row: _Row, declaration: Declaration) -> None:
    """A "Có" that counts only with number and date of its document."""
    measure = row.criterion.measure
    needed = isinstance(measure, DeclarationMeasure) and measure.needs_document
    missing = [] if declaration.document_number else ["số văn bản"]
    missing += [] if declaration.document_date else ["ngày văn bản"]
    if needed and declaration.answer is Answer.YES and missing:
        row.report(
            Code.MISSING_DOCUMENT_REFERENCE, (declaration.cell_ref.cell,), missing=" và ".join(missing)
        )


def read_narratives(scope: Scope, table: Table) -> list[Narrative]:
    """Read sheet "Thuyết minh"; blank texts are left out, and the texts of a repeated item are joined."""
    known = [entry.code for entry in scope.plan.narrative_items]
    rows: dict[str, list[int]] = {}
    titles = item_names(scope.plan)
    for row in table.rows():
        item = table.code(row, form.ITEM_CODE)
        item = item or titles.get(plain_key(table.text(row, form.ITEM_TITLE)), "")
        column = table.column(form.ITEM_TEXT)
        if (
            item
            and table.text(row, form.ITEM_TEXT)
            and not report_text(scope.findings, table.sheet, row, column)
        ):
            rows.setdefault(item, []).append(row)
    found = []
    for item, places in rows.items():
        cells = tuple(table.cell(row, form.ITEM_CODE) for row in places)
        if item not in known:
            scope.findings.add(
                Code.UNKNOWN_NARRATIVE_ITEM,
                sheet=table.sheet.name,
                cells=cells,
                value=item,
                expected=", ".join(known),
            )
            continue
        if len(places) > 1:
            scope.findings.add(Code.DUPLICATE_NARRATIVE_ITEM, sheet=table.sheet.name, cells=cells, value=item)
        text = "\n".join(table.text(row, form.ITEM_TEXT) for row in places)
        where = cell_ref(table, places[0], form.ITEM_TEXT)
        withdrawn = is_withdrawal(text)
        found.append(Narrative(item, "" if withdrawn else text, where, withdrawn))
    return found


def read_justifications(scope: Scope, table: Table, notes: list[Normalisation]) -> list[Justification]:
    """Read sheet "Giải trình"; a cell may name several rules or localities, none means all of the file.

    Args:
        scope: the file's plan, owner and findings.
        table: the sheet.
        notes: takes which names were read as which localities.
    """
    found = []
    for row in table.rows():
        code, reason = table.text(row, form.RULE_CODE), table.text(row, form.REASON)
        is_personal = report_text(scope.findings, table.sheet, row, table.column(form.REASON))
        if is_personal or (not code and not reason):
            continue
        rules = [part for part in re.split(r"[\s,;+]+", unicodedata.normalize("NFKC", code).upper()) if part]
        valid = [rule for rule in rules if RULE_ID.fullmatch(rule)]
        missing = [] if valid and len(valid) == len(rules) else ["mã quy tắc đúng"]
        missing += [] if reason else ["lý do"]
        if missing:
            cell = table.cell(row, form.RULE_CODE)
            scope.findings.add(
                Code.INCOMPLETE_JUSTIFICATION,
                sheet=table.sheet.name,
                cells=(cell,),
                value=code,
                missing=" và ".join(missing),
            )
            continue
        spot = cell_ref(table, row, form.REASON)
        localities = _localities_of(scope, table, row, notes)
        if form.WITHDRAWAL_RULE in valid and "" in localities:
            # A blank locality means all of the file elsewhere; a blank must not take a whole report back.
            scope.findings.add(
                Code.WITHDRAWAL_WITHOUT_LOCALITY,
                sheet=table.sheet.name,
                cells=(table.cell(row, form.RULE_CODE),),
            )
            continue
        found += [Justification(rule, locality, reason, spot) for locality in localities for rule in valid]
    return found


def _localities_of(scope: Scope, table: Table, row: int, notes: list[Normalisation]) -> tuple[str, ...]:
    """The own localities that a reason speaks of, "" for all of the file; none, with a warning, of others."""
    code, text = table.code(row, form.LOCALITY_CODE), table.text(row, form.LOCALITY_CODE)
    if not code:
        return ("",)
    pieces = [piece.strip() for piece in SEVERAL.split(text) if piece.strip()]
    # In pieces first; then whole, for a name may hold a comma or a slash itself.
    for parts in (pieces, [code], [text]):
        named = [_own_locality(scope, part) for part in parts]
        if named and all(named):
            codes = tuple(dict.fromkeys(named))
            if not re.fullmatch(r"[\d\W]+", text):
                shown = ", ".join(codes)
                notes.append(Normalisation(cell_ref(table, row, form.LOCALITY_CODE), text, shown, NAMED))
            return codes
    shown = text if SEVERAL.search(text) or not code.isdigit() else code
    cells = (table.cell(row, form.LOCALITY_CODE),)
    scope.findings.add(
        Code.JUSTIFICATION_FOR_FOREIGN_LOCALITY,
        sheet=table.sheet.name,
        cells=cells,
        value=shown,
        expected=scope.own_codes,
    )
    return ()


def _own_locality(scope: Scope, text: str) -> str:
    """The code of the submitter's own locality that a text is or names for certain, else ""."""
    locality = scope.find(text)
    if locality is None and not text.isdigit():
        gazetteer = gazetteer_of(scope.plan)
        locality = gazetteer.resolve(text, scope.owner.submitter, scope.district).locality
    return locality.code if locality is not None and locality.code in scope.own else ""
