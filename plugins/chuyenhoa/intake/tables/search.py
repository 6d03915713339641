"""Decides which sheet of a file holds which table: by code row first, then by labels, then by headings.

`reading` has found the tables on the form's own sheets already; this finds what lies beside them or instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.header.document_header import HeaderText
from chuyenhoa.intake.tables.form_tables import Table, find_table
from chuyenhoa.intake.tables.free_tables import FreeTable, find_tables
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.vocabulary import vocabulary_of
from chuyenhoa.intake.text_sheets.free_sheets import WordTables, find_word_tables, looks_like_words
from chuyenhoa.kit.readers.book import Book, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, strip_marks
from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan

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
    words: WordTables = field(default_factory=WordTables)

    def __bool__(self) -> bool:
        return bool(self.coded or self.free or self.words)

    @property
    def sheet_names(self) -> frozenset[str]:
        """The names of the sheets on which they stand."""
        figures = {t.sheet.name for t in self.coded.values()} | {t.name for t in self.free}
        return self.words.sheets | figures

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
        unread = [sheet for sheet in rest if not _take_coded(sheet, found)]
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
    return FoundTables(found, tuple(free), find_word_tables(left, missing, plan))


def _take_coded(sheet: Sheet, found: dict[str, Table]) -> bool:
    """Take the table with a code row on a sheet of another name; False when there is none, or a second one."""
    for official, codes in WORD_TABLES.items():
        table = find_table(sheet, codes)
        if table is not None:
            return found.setdefault(official, table) is table
    # After the words: their code rows hold MA_DIA_BAN as well, and would be taken for figures.
    table = find_table(sheet, (form.LOCALITY_CODE,))
    if table is None:
        return False
    texts = [sheet.name, *sheet.above, *(text for _, text in _titles_above(table))]
    is_baseline = any(word in strip_marks(text) for text in texts for word in BASELINE_WORDS)
    official = form.SHEET_OF_BASIS[Basis.BASELINE if is_baseline else Basis.CURRENT]
    # A second one is left for the labels, which hold both tables together (D82 where they differ).
    return found.setdefault(official, table) is table


def report_unread(found: FoundTables, book: Book, plan: Plan, findings: FindingList) -> None:
    """Sheets that seem to hold words and could not be read, and others of a hand-made file."""
    for sheet in book.sheets:
        is_filled = any(str(value).strip() for row in sheet.rows for value in row)
        if sheet.name in found.sheet_names or strip_marks(sheet.name) in OWN_SHEETS or not is_filled:
            continue
        has_form = any(name in found.coded for name in FIGURE_SHEETS)
        if has_form and _holds_figures(sheet, plan):
            findings.add(Code.FIGURES_NOT_READ, sheet=sheet.name, expected=form.FIGURES_SHEET)
        elif looks_like_words(sheet, plan):
            findings.add(Code.UNREADABLE_TEXT_SHEET, sheet=sheet.name)
        else:
            findings.add(Code.SHEET_WITHOUT_FIGURES, sheet=sheet.name)


def _holds_figures(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds a table of figures with anything in it, ours or hand-made."""
    coded = find_table(sheet, (form.LOCALITY_CODE,))
    if coded is not None:
        columns = [place for code in plan.indicator_by_code for place in coded.columns.get(code, ())]
        return any(not sheet.is_blank(row, column) for row in coded.rows() for column in columns)
    tables = find_tables(sheet, vocabulary_of(plan), gazetteer_of(plan), ())
    return any(table.holds_figures(row) for table in tables for row in table.rows)


def report_nothing(book: Book, plan: Plan, has_meta: bool, findings: FindingList) -> None:
    """Nothing was found: in a form of ours the code row is gone, in any other file the labels."""
    gazetteer = gazetteer_of(plan)
    # Names without a column of ours ("TT | Địa bàn | Dân số") need another answer than a file of anything.
    texts: Sequence[str] = [v for s in book.sheets for row in s.rows for v in row if isinstance(v, str)]
    if not has_meta and any(gazetteer.known(text) for text in texts[:5000]):
        findings.add(Code.UNREADABLE_TABLE, missing="cột chỉ tiêu nào của biểu mẫu (chỉ thấy tên địa bàn)")
    else:
        findings.add(Code.NO_TABLE_FOUND, expected=form.LOCALITY_CODE)
