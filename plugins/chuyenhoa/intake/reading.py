"""Gates and reads one file: safe? ours? readable? Whatever the file is, the answer is a Reading.

On the way it decides which sheet holds which table (`search_tables`): tables of our form by their code rows,
then free tables by labels, then texts by headings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuyenhoa.intake.completeness.copies import report_copy
from chuyenhoa.intake.completeness.gate import check_completeness
from chuyenhoa.intake.completeness.numbers import find_figures
from chuyenhoa.intake.copied_figures import report_copies
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header import document_header, ownership
from chuyenhoa.intake.header.document_header import HeaderText
from chuyenhoa.intake.header.statements import StatementReader
from chuyenhoa.intake.legacy import convert_book, plan_words
from chuyenhoa.intake.structural import join_findings
from chuyenhoa.intake.tables import figures, free_figures
from chuyenhoa.intake.tables.form_columns import find_coded
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table, find_word_table
from chuyenhoa.intake.tables.free_tables import FreeTable, find_tables
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.intake.text_sheets import form_sheets, free_sheets
from chuyenhoa.intake.values import personal
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Book, Kind, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, strip_marks
from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis, Normalisation, Observation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading, Severity

NEEDED_CODES: Mapping[str, tuple[str, ...]] = {
    form.FIGURES_SHEET: (form.LOCALITY_CODE,),
    form.BASELINE_SHEET: (form.LOCALITY_CODE,),
    form.DECLARATIONS_SHEET: (form.LOCALITY_CODE, form.CRITERION_CODE, form.ANSWER),
    form.NARRATIVE_SHEET: (form.ITEM_CODE, form.ITEM_TEXT),
    form.JUSTIFICATION_SHEET: (form.RULE_CODE, form.REASON),
}
"""The codes that make a row the code row of a sheet's table."""
FORM_SHEETS = (*form.HEAD_ROWS, form.META_SHEET)
EXTRA_SHEETS = (form.GUIDE_SHEET, form.LISTING_SHEET)
"""What we write beside the form; nothing is filled in there."""
LOCALITY_SHEETS = (form.FIGURES_SHEET, form.BASELINE_SHEET, form.DECLARATIONS_SHEET)
FIGURE_SHEETS = tuple(form.SHEET_OF_BASIS.values())
WORD_TABLES: Mapping[str, tuple[str, ...]] = {
    form.DECLARATIONS_SHEET: (form.CRITERION_CODE, form.ANSWER),
    form.NARRATIVE_SHEET: (form.ITEM_CODE, form.ITEM_TEXT),
    form.JUSTIFICATION_SHEET: (form.RULE_CODE, form.REASON),
}
# A marked workbook that comes back corrected still carries our sheet "Cần sửa", which quotes its cells.
OWN_SHEETS = frozenset(map(strip_marks, (form.META_SHEET, form.GUIDE_SHEET, form.LISTING_SHEET)))
BASELINE_WORDS = ("cung ky", "ky goc")


@dataclass(frozen=True)
class FoundTables:
    """The tables of a file: those of the form by official sheet name, and those found by labels."""

    coded: Mapping[str, Table]
    free: tuple[FreeTable, ...] = ()
    words: free_sheets.WordTables = field(default_factory=free_sheets.WordTables)

    def __bool__(self) -> bool:
        return bool(self.coded or self.free or self.words)

    @property
    def sheet_names(self) -> frozenset[str]:
        """The names of the sheets on which they stand."""
        tables = {t.sheet.name for t in self.coded.values()} | {t.name for t in self.free}
        return self.words.sheets | tables

    def free_titles(self) -> list[HeaderText]:
        """What stands over the tables found by labels."""
        return [
            HeaderText(table.name, title.cell, title.text) for table in self.free for title in table.titles
        ]

    def titles(self, plan: Plan) -> list[HeaderText]:
        """What stands over all tables, sheets' names included; over words where there is nothing else."""
        stated = self.free_titles()
        if not self.coded and not self.free:
            stated = [HeaderText(*title) for title in self.words.titles(plan)]
        for official, table in self.coded.items():
            name = table.sheet.name
            is_baseline = official == form.BASELINE_SHEET
            texts = [("", text) for text in (name, *table.sheet.above)] + _titles_above(table)
            stated += [HeaderText(name, cell, text, is_baseline) for cell, text in texts]
        return list(dict.fromkeys(stated))


def _titles_above(table: Table) -> list[tuple[str, str]]:
    """The texts over a code row with their addresses; a hand-made head may be lower than the form's."""
    return [
        (name_cell(row, column), clean_text(value))
        for row, values in enumerate(table.sheet.rows[: table.code_row])
        for column, value in enumerate(values)
        if isinstance(value, str) and value.strip()
    ]


def read_submission(content: bytes, file_name: str, plan: Plan, folder: str | None) -> Reading:
    """Gate and read one file.

    Args:
        content: the bytes of the file; its name is not trusted.
        file_name: the name to call it by in messages.
        plan: the plan whose files are taken.
        folder: the inbox folder in which the file lay; None when it lay in none (`chuyenhoa check`).

    Returns:
        Typed values with their cells, and every finding of the gates and of the reader. `refused` is set when
        the file cannot be used at all. A bad file never raises.
    """
    findings = FindingList(file_name)
    # The order is that of the docstring above: an unsafe file is not looked into, another submitter's
    # figures are not read, and what was not read is not said to be missing.
    sha256 = hashlib.sha256(content).hexdigest()
    book = open_book(content, findings, form=FORM_SHEETS, extras=EXTRA_SHEETS)
    if book is None:
        return _refuse(sha256, findings)
    _report_hidden(book, findings)
    # Before any text is cleaned: U+00AD, which looks invisible, is a letter of TCVN3.
    book, converted = convert_book(book, plan_words(plan))
    book = personal.withhold_personal(book)
    sheets = _known_sheets(book)
    meta = ownership.read_meta(sheets)
    tables = _find_tables(sheets, plan)
    found = search_tables(book, tables, plan)
    titles = [] if meta and not found.free else found.titles(plan)
    # A file without our form may be called by its period: the name proves nothing, but must not contradict
    # (D73).
    titles += [HeaderText("", "", file_name, is_hint=True)] if not meta else []
    owner = ownership.find_owner(meta, titles, plan, folder, findings) if meta or found else None
    if not found and (owner or not meta):
        _report_no_table(book, plan, bool(meta), findings)
    if owner is None or not found:
        return _refuse(sha256, findings, owner)
    ownership.check_form_heads(meta, found.coded, plan, findings)
    ownership.check_form_titles(owner, found.coded, plan, findings)
    statements = StatementReader(plan, owner.period, findings)
    statements.ask_titles(found.free_titles())
    for table in found.coded.values():
        statements.ask_head(table.sheet, table.code_row)
    if meta:
        document_header.check_against_form(found.free_titles(), owner.submitter, owner.period, plan, findings)
    personal.report_lists(findings, book, found.sheet_names)
    # A form of ours is made for one submitter; any other file must name the district itself.
    district = (
        gazetteer_of(plan).home_of(owner.submitter)
        if meta
        else document_header.find_district(titles, owner.submitter, plan)
    )
    scope = Scope(plan, owner, findings, district)
    _report_unread_sheets(found, book, scope)
    sheets_of_others = [sheet for sheet in book.sheets if strip_marks(sheet.name) not in OWN_SHEETS]
    reading = _read_tables(scope, found, titles, sha256, sheets_of_others)
    return replace(reading, normalisations=(*converted, *reading.normalisations))


def _refuse(sha256: str, findings: FindingList, owner: ownership.Owner | None = None) -> Reading:
    return Reading(
        sha256=sha256,
        file_name=findings.file_name,
        period=owner.period.id if owner else "",
        submitter=owner.submitter.code if owner else "",
        refused=True,
        findings=tuple(findings.found),
    )


def _report_hidden(book: Book, findings: FindingList) -> None:
    """Report sheets of the form that are hidden, where the file is a workbook as we issue it."""
    names = {strip_marks(name) for name in form.HEAD_ROWS}
    for sheet in book.sheets if book.kind == Kind.XLSX else ():
        if sheet.hidden and strip_marks(sheet.name) in names:
            findings.add(Code.HIDDEN_SHEET, sheet=sheet.name)


def _known_sheets(book: Book) -> Mapping[str, Sheet]:
    """The sheets of the form by official name; of two spellings of one name the first counts."""
    # Without marks and in any case: "so lieu" is sheet "Số liệu" as well.
    known = {strip_marks(name): name for name in (*NEEDED_CODES, form.META_SHEET)}
    found: dict[str, Sheet] = {}
    for sheet in book.sheets:
        official = known.get(strip_marks(sheet.name))
        if official is not None:
            found.setdefault(official, sheet)
    return found


def _find_tables(sheets: Mapping[str, Sheet], plan: Plan) -> dict[str, Table]:
    """The tables of the form by official sheet name, in the order of the form."""
    found = {
        name: find_coded(sheets[name], plan)
        if name in FIGURE_SHEETS
        else find_word_table(sheets[name], codes)
        for name, codes in NEEDED_CODES.items()
        if name in sheets
    }
    return {name: table for name, table in found.items() if table is not None}


def search_tables(book: Book, coded: Mapping[str, Table], plan: Plan) -> FoundTables:
    """Add to the tables of the form what other sheets hold.

        sheets "Số liệu" and "Cùng kỳ" with code rows, "Số liệu (2)" with one → the copy is not read (D101)
        sheet "Sheet1" with a code row                                → taken as "Số liệu"
        sheet "Biểu 1" headed "TT | Địa bàn | Xảy ra | Khám phá"       → a free table
        sheet "Tiêu chí" headed "Địa bàn | Tiêu chí | Kết quả"         → declarations

    Args:
        book: the file.
        coded: the tables that the form's own sheets hold; a sheet of figures among them ends the search but
            for the other one of the two, whose code row may be lost.
        plan: the plan whose labels count.
    """
    if all(name in coded for name in (*FIGURE_SHEETS, *WORD_TABLES)):
        return FoundTables(coded)
    found = dict(coded)
    used = {id(table.sheet) for table in coded.values()}
    has_figures = any(name in coded for name in FIGURE_SHEETS)
    is_figure_sheet = set(map(strip_marks, FIGURE_SHEETS))
    rest = [s for s in book.sheets if id(s) not in used and strip_marks(s.name) not in OWN_SHEETS]
    free: list[FreeTable] = []
    # Figures come from the form or from free tables, not from both: beside the form's own sheet a copy with
    # last month's figures is usual, and nothing says which of the two is right (D101 asks).
    if not all(name in coded for name in FIGURE_SHEETS):
        unread = _take_figures(_take_words(rest, found), found, plan, is_alone=not has_figures)
        if has_figures:
            # Only the other one of "Số liệu" and "Cùng kỳ" may still be read by its labels: its code row was
            # deleted, while its sheet kept its name.
            unread = [sheet for sheet in unread if strip_marks(sheet.name) in is_figure_sheet]
        if any(name not in found for name in FIGURE_SHEETS):
            for sheet in unread:
                free += find_tables(sheet, vocabulary_of(plan), gazetteer_of(plan), ())
    used |= {id(table.view.sheet) for table in free} | {id(table.sheet) for table in found.values()}
    # Last, for their headings are the weakest signs: "Nội dung" and "Kết quả" head tables of figures too.
    missing = [name for name in WORD_TABLES if name not in found]
    left = [s for s in rest if id(s) not in used and strip_marks(s.name) not in is_figure_sheet]
    return FoundTables(found, tuple(free), free_sheets.find_word_tables(left, missing, plan))


def _take_words(sheets: Sequence[Sheet], found: dict[str, Table]) -> list[Sheet]:
    """Take the tables of words with code rows on sheets of other names; returns the sheets that are left."""
    left = []
    for sheet in sheets:
        tables = ((name, find_word_table(sheet, codes)) for name, codes in WORD_TABLES.items())
        official, table = next(((name, table) for name, table in tables if table is not None), ("", None))
        # A second one is left, for `find_word_tables` or for a note.
        if table is None or found.setdefault(official, table) is not table:
            left.append(sheet)
    return left


def _take_figures(
    sheets: Sequence[Sheet], found: dict[str, Table], plan: Plan, *, is_alone: bool
) -> list[Sheet]:
    """Take the sheets of figures with code rows under other names; returns the sheets that are left.

    Where several hold the same window, as with a sheet for each commune, all of them are left for the labels,
    which hold them together (D82 where they differ); codes are labels there. Beside a sheet of the form
    (`is_alone` false) the first is taken, and the others are copies (D101).
    """
    tables: dict[str, list[Table]] = {}
    for table in filter(None, (find_coded(sheet, plan) for sheet in sheets)):
        texts = [table.sheet.name, *table.sheet.above, *(text for _, text in _titles_above(table))]
        is_baseline = any(word in strip_marks(text) for text in texts for word in BASELINE_WORDS)
        official = form.SHEET_OF_BASIS[Basis.BASELINE if is_baseline else Basis.CURRENT]
        if official not in found:
            tables.setdefault(official, []).append(table)
    if not is_alone or all(len(group) == 1 for group in tables.values()):
        found |= {official: group[0] for official, group in tables.items()}
    taken = {id(table.sheet) for table in found.values()}
    return [sheet for sheet in sheets if id(sheet) not in taken]


def _report_unread_sheets(found: FoundTables, book: Book, scope: Scope) -> None:
    """Sheets that seem to hold figures or words and could not be read, and others of a hand-made file."""
    plan, findings = scope.plan, scope.findings
    for sheet in book.sheets:
        is_filled = any(str(value).strip() for row in sheet.rows for value in row)
        if sheet.name in found.sheet_names or strip_marks(sheet.name) in OWN_SHEETS or not is_filled:
            continue
        has_form = any(name in found.coded for name in FIGURE_SHEETS)
        if has_form and _holds_figures(sheet, plan):
            report_copy(sheet, found.coded, plan, findings)
        elif numbers := find_figures(scope, sheet):
            cells = tuple(name_cell(*spot) for spot in numbers)
            findings.add(
                Code.TABLE_NOT_READ, sheet=sheet.name, cells=cells, locality=sheet.name, count=len(cells)
            )
        elif free_sheets.looks_like_words(sheet, plan):
            findings.add(Code.UNREADABLE_TEXT_SHEET, sheet=sheet.name)
        else:
            findings.add(Code.SHEET_WITHOUT_FIGURES, sheet=sheet.name)


def _holds_figures(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds a table of figures with anything in it, ours or hand-made."""
    coded = find_coded(sheet, plan)
    if coded is not None:
        columns = [place for code in plan.indicator_by_code for place in coded.columns.get(code, ())]
        return any(not sheet.is_blank(row, column) for row in coded.rows() for column in columns)
    tables = find_tables(sheet, vocabulary_of(plan), gazetteer_of(plan), ())
    return any(table.holds_figures(row) for table in tables for row in table.rows)


def _report_no_table(book: Book, plan: Plan, has_meta: bool, findings: FindingList) -> None:
    """Nothing was found: in a form of ours the code row is gone, in any other file the labels."""
    gazetteer = gazetteer_of(plan)
    # Names without a column of ours ("TT | Địa bàn | Dân số") need another answer than a file of anything.
    texts: Sequence[str] = [v for s in book.sheets for row in s.rows for v in row if isinstance(v, str)]
    if not has_meta and any(gazetteer.known(text) for text in texts[:5000]):
        findings.add(Code.UNREADABLE_TABLE, missing="cột chỉ tiêu nào của biểu mẫu (chỉ thấy tên địa bàn)")
    else:
        findings.add(Code.NO_TABLE_FOUND, expected=form.LOCALITY_CODE)


def _read_tables(
    scope: Scope,
    found: FoundTables,
    titles: Sequence[HeaderText],
    sha256: str,
    sheets: Sequence[Sheet],
) -> Reading:
    named: list[Normalisation] = []
    by_labels = {
        name: free_sheets.replace_names_by_codes(scope, table, named)
        for name, table in found.words.tables.items()
    }
    tables = {**found.coded, **by_labels}
    _report_missing(scope, found)
    current, baseline = (
        figures.read_figures(scope, tables[sheet], basis) if sheet in tables else figures.Figures()
        for basis, sheet in form.SHEET_OF_BASIS.items()
    )
    if found.free:
        wrong = document_header.find_wrong_baselines(titles, scope.owner.period, scope.plan, scope.findings)
        coded = {Basis.CURRENT: current, Basis.BASELINE: baseline}
        read = free_figures.read_free_tables(scope, found.free, wrong, coded)
        current, baseline = read[Basis.CURRENT], read[Basis.BASELINE]
    declared = form_sheets.Declarations()
    if form.DECLARATIONS_SHEET in tables:
        declared = form_sheets.read_declarations(scope, tables[form.DECLARATIONS_SHEET])
    narrative, reasons = tables.get(form.NARRATIVE_SHEET), tables.get(form.JUSTIFICATION_SHEET)
    narratives = form_sheets.read_narratives(scope, narrative) if narrative else []
    narratives += [text for sheet in found.words.texts for text in free_sheets.read_texts(scope, sheet)]
    justifications = form_sheets.read_justifications(scope, reasons, named) if reasons else []
    localities = tuple(dict.fromkeys((*current.localities, *baseline.localities, *declared.localities)))
    observations = (*current.observations, *baseline.observations)
    if localities and _is_untouched(scope, observations, declared):
        # With words beside them, blank cells mean "as sent before", not "no longer known".
        if narratives or justifications:
            localities, observations, declared = (), (), form_sheets.Declarations()
        else:
            scope.findings.add(Code.BLANK_FORM)
    if not localities and not (narratives or justifications):
        _report_no_own_locality(scope, found)
    words = found.words.sheets | {tables[name].sheet.name for name in WORD_TABLES if name in tables}
    numbers = check_completeness(scope, sheets, found.coded, found.free, words)
    report_copies(scope.findings, observations)
    join_findings(scope.findings, {entry.code: entry.name for entry in scope.plan.localities})
    owner = scope.owner
    return Reading(
        sha256=sha256,
        file_name=scope.findings.file_name,
        plan=scope.plan.id,
        period=owner.period.id,
        submitter=owner.submitter.code,
        edition=owner.edition,
        localities=localities,
        observations=observations,
        declarations=tuple(declared.declarations),
        narratives=tuple(narratives),
        justifications=tuple(justifications),
        normalisations=(*current.normalisations, *baseline.normalisations, *named, *declared.normalisations),
        findings=tuple(scope.findings.found),
        numbers=numbers,
    )


def _is_untouched(
    scope: Scope, observations: Sequence[Observation], declared: form_sheets.Declarations
) -> bool:
    """Whether nobody typed a figure or an answer anywhere, not even one that could not be read."""
    return (
        not any(entry.is_statement for entry in observations)
        and not any(entry.is_statement for entry in declared.declarations)
        and not any(finding.severity is Severity.ERROR for finding in scope.findings.found)
    )


def _report_no_own_locality(scope: Scope, found: FoundTables) -> None:
    """A table with none of the submitter's localities, or a blank form of a submitter that has none."""
    has_figures = bool(found.free) or any(name in found.coded for name in form.SHEET_OF_BASIS.values())
    has_error = any(finding.severity is Severity.ERROR for finding in scope.findings.found)
    if scope.own and has_figures and not has_error and not scope.seen:
        scope.findings.add(Code.NO_OWN_LOCALITY, expected=scope.own_codes)
    elif not scope.own and scope.owner.has_meta and not has_error:
        scope.findings.add(Code.BLANK_FORM)


def _report_missing(scope: Scope, found: FoundTables) -> None:
    """Tables on localities that the file lacks; a file of reasons alone need not have them.

    Tables found by labels may hold both windows; which figures they lack is reported figure by figure.
    """
    tables = {**found.coded, **found.words.tables}
    if found.free:
        return
    only_words = not scope.owner.has_meta and not any(name in tables for name in LOCALITY_SHEETS)
    if not scope.own or only_words:
        return
    for name in LOCALITY_SHEETS:
        if name not in tables:
            scope.findings.add(Code.MISSING_FORM_TABLE, sheet=name, expected=", ".join(NEEDED_CODES[name]))
