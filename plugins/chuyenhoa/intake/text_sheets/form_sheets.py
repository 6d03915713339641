"""Reads the sheets of words of our form: declarations, narratives and the reasons for warnings.

The same readers take the tables that `free_sheets` found by their headings, with codes put in place of names.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from chuyenhoa.intake.tables.figures import FLAW_CODES, check_columns, show_value
from chuyenhoa.intake.tables.form_rows import Scope, cell_ref, identify_row
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.text_sheets.free_sheets import criterion_finder, item_names
from chuyenhoa.intake.values.personal import report_row, report_text
from chuyenhoa.kit.readers.book import CellValue, Flaw
from chuyenhoa.kit.vietnamese_text.normal_form import (
    MISSING_KEYS,
    clean_text,
    fold,
    is_withdrawal,
    strip_marks,
)
from chuyenhoa.model import form
from chuyenhoa.model.criteria import Criterion, DeclarationMeasure
from chuyenhoa.model.figures import Answer, CellRef, Declaration, Justification, Narrative, Normalisation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.form import ANSWER_WORDS
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


ANSWERS = {strip_marks(word): answer for answer, word in ANSWER_WORDS.items()}
_LEAD = r"(?:[^0-9]*\bngay )?"
_YEAR = r"([0-9]{4}|[0-9]{2})"
_TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?\.?"
# "05/01/2021", "5.1.21", "ngày 5 tháng 1 năm 2021", "Rạch Giá, ngày 05/01/2021".
DAY_FIRST = re.compile(
    rf"{_LEAD}([0-9]{{1,2}}) ?(?:[/.-]|thang) ?([0-9]{{1,2}}),? ?(?:[/.-]|nam) ?{_YEAR}{_TIME}"
)
# "2021-01-05", "2021-01-05 00:00:00": what other programs write into a text cell.
YEAR_FIRST = re.compile(rf"([0-9]{{4}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{1,2}}){_TIME}")
ENGLISH = re.compile(rf"([0-9]{{1,2}})[ -]([a-z]{{3}})[a-z]*[ -]{_YEAR}{_TIME}")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LAST_MONTH = 12
PLAIN_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
YEARS = range(1990, 2100)
"""The years in which a document of a plan can have been signed."""


@dataclass(frozen=True)
class WordReading:
    """An answer or a date as read; no value and no problem is a blank cell.

    `problem` is a finding code; `why` says why it was read otherwise than typed.
    """

    value: Answer | date | None = None
    problem: str = ""
    why: str = ""
    readings: str = ""
    """How a date that is asked or warned about could be meant."""
    warning: str = ""
    """Finding code of a warning beside a value that is taken."""

    @property
    def shown(self) -> str:
        """The value as the form would show it."""
        if isinstance(self.value, Answer):
            return ANSWER_WORDS[self.value]
        return f"{self.value:%d/%m/%Y}" if self.value else ""


def read_answer(value: CellValue) -> WordReading:
    """Read cell KET_QUA; case, Unicode form and missing tone marks do not matter."""
    text = clean_text(value)
    if not text:
        return WordReading()
    if fold(text) in MISSING_KEYS:
        return WordReading(why="chưa có số liệu, để trống")
    answer = None if isinstance(value, bool) else ANSWERS.get(strip_marks(text))
    if answer is None:
        return WordReading(problem=Code.UNKNOWN_ANSWER)
    return WordReading(answer, why="" if text == ANSWER_WORDS[answer] else "viết lại theo biểu mẫu")


def read_date(value: CellValue, is_us: bool = False, latest: date | None = None) -> WordReading:
    """Read cell NGAY_VAN_BAN: a date cell, or a text with day, month and year in this order.

    Args:
        value: what the cell holds; "" is blank.
        is_us: whether the cell shows the month before the day, so that Excel may have swapped what was typed.
        latest: the last day that makes sense; a date cell behind it that makes sense the other way round is
            gets a warning as well.
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return _warn_of_future(_warn_of_swap(day, is_us, latest), latest)
    text = clean_text(value)
    return _warn_of_future(_read_date_text(text), latest) if text else WordReading()


def _warn_of_future(reading: WordReading, latest: date | None) -> WordReading:
    """A date that is read, with a warning when it lies behind the last day that makes sense."""
    day = reading.value
    if latest is None or not isinstance(day, date) or day <= latest or reading.warning:
        return reading
    return replace(reading, warning=Code.DOCUMENT_DATED_AFTER_DEADLINE, readings=f"{latest:%d/%m/%Y}")


def _warn_of_swap(day: date, is_us: bool, latest: date | None) -> WordReading:
    """The date of a date cell, with a warning when day and month may be swapped."""
    if day.year not in YEARS:
        return WordReading(problem=Code.UNREADABLE_DATE)
    # Excel of English settings turns a typed 03/04/2021 into 4 March; 25/4 it leaves as text, so a day
    # above 12 was never swapped.
    if day.day > LAST_MONTH or day.day == day.month:
        return WordReading(day)
    other = day.replace(day=day.month, month=day.day)
    if is_us or (latest is not None and other <= latest < day):
        return WordReading(
            day, warning=Code.POSSIBLY_SWAPPED_DATE, readings=f"{day:%d/%m/%Y} hoặc {other:%d/%m/%Y}"
        )
    return WordReading(day)


def _read_date_text(text: str) -> WordReading:
    """A date typed as text; month before day is asked."""
    plain = " ".join(strip_marks(text).split())
    found = _split_date(plain)
    if found is None or found[2] not in YEARS:
        return WordReading(problem=Code.UNREADABLE_DATE)
    day, month, year = found
    try:
        value = date(year, month, day)
    except ValueError:
        return _read_swapped(day, month, year)
    return WordReading(value, why="" if PLAIN_DATE.fullmatch(text) else "viết lại theo dạng ngày/tháng/năm")


def _split_date(plain: str) -> tuple[int, int, int] | None:
    """Day, month and year of a text in plain letters; a year of two digits is of this century."""
    match = YEAR_FIRST.fullmatch(plain)
    if match:
        return int(match[3]), int(match[2]), int(match[1])
    match = ENGLISH.fullmatch(plain)
    if match and match[2] in MONTH_NAMES:
        return int(match[1]), MONTH_NAMES.index(match[2]) + 1, _full_year(match[3])
    match = DAY_FIRST.fullmatch(plain)
    return (int(match[1]), int(match[2]), _full_year(match[3])) if match else None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) > len("21") else 2000 + int(digits)


def _read_swapped(day: int, month: int, year: int) -> WordReading:
    """A text that is a date only with the month in front, as Americans write it."""
    try:
        other = date(year, day, month)
    except ValueError:
        return WordReading(problem=Code.UNREADABLE_DATE)
    return WordReading(problem=Code.MONTH_BEFORE_DAY, readings=f"{other:%d/%m/%Y}")
