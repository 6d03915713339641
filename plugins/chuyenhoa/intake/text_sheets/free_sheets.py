"""Finds declarations, reasons and texts on sheets without our codes: by the headings that people write.

    Địa bàn     | Tiêu chí             | Kết quả | Số văn bản | Ngày văn bản
    P. Vĩnh Lạc | Nghị quyết, kế hoạch | có      | 12/KH-UBND | 5/1/2021

Names of localities and criteria are replaced by codes; `form_sheets` reads the table as one of the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.form_tables import Table
from chuyenhoa.intake.tables.gazetteer import gazetteer_of
from chuyenhoa.intake.tables.header_labels import LOCALITY_HEADS, NUMBERING
from chuyenhoa.intake.values.personal import report_text
from chuyenhoa.kit.readers.book import CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.normal_form import clean_text, is_withdrawal, read_code
from chuyenhoa.model import form
from chuyenhoa.model.criteria import Criterion
from chuyenhoa.model.figures import CellRef, Narrative, Normalisation
from chuyenhoa.model.plan import Plan
from chuyenhoa.plan.names import plain_key

MAX_HEAD_ROWS = 60
MAX_NUMBER_LENGTH = 4
"""Characters of the number of a line, as in "VIII" or "1.2."."""
# One or two words ("kế hoạch") could be part of many titles.
MIN_WORDS = 3
"""Words of a title that name its criterion, when no other title holds them."""
PLACE_HEADS = LOCALITY_HEADS | {"ma dia ban", "ma", "xa phuong thi tran", "phuong", "xa"}
DECLARATION_HEADS: Mapping[str, frozenset[str]] = {
    form.LOCALITY_CODE: PLACE_HEADS,
    form.CRITERION_CODE: frozenset(
        {"ma tieu chi", "tieu chi", "ten tieu chi", "noi dung tieu chi", "tieu chi dinh tinh", "cac tieu chi"}
        | {"noi dung", "tieu chi danh gia"}
    ),
    form.ANSWER: frozenset(
        {"ket qua", "ket qua thuc hien", "danh gia", "tu danh gia", "ket qua co khong", "co khong"}
        | {"ket qua tu danh gia", "ket qua danh gia", "tra loi"}
    ),
    form.DOCUMENT_NUMBER: frozenset(
        {"so van ban", "so hieu van ban", "so ky hieu", "so ky hieu van ban", "van ban", "van ban so"}
        | {"so hieu", "so van ban minh chung"}
    ),
    form.DOCUMENT_DATE: frozenset(
        {"ngay van ban", "ngay ban hanh", "ngay thang", "ngay ky", "ngay thang nam", "ngay ban hanh van ban"}
        | {"ngay thang van ban", "ngay"}
    ),
    form.NOTE: frozenset({"ghi chu", "ghi chu neu co", "giai trinh them"}),
}
REASON_HEADS: Mapping[str, frozenset[str]] = {
    form.RULE_CODE: frozenset({"ma quy tac", "quy tac", "ma canh bao", "canh bao", "ma", "ma loi"}),
    form.LOCALITY_CODE: PLACE_HEADS - {"ma"},
    form.REASON: frozenset({"ly do", "giai trinh", "noi dung giai trinh", "nguyen nhan", "ly do giai trinh"}),
}
HEADS_OF: Mapping[str, tuple[Mapping[str, frozenset[str]], tuple[str, ...]]] = {
    form.DECLARATIONS_SHEET: (DECLARATION_HEADS, (form.CRITERION_CODE, form.ANSWER)),
    form.JUSTIFICATION_SHEET: (REASON_HEADS, (form.RULE_CODE, form.REASON)),
}
"""For each sheet of words how its columns are headed, and which of them it cannot do without."""
WORD_SHEETS = frozenset({"dinh tinh", "tieu chi", "tieu chi dinh tinh", "giai trinh", "thuyet minh"})


@dataclass(frozen=True)
class WordTables:
    """The sheets of words of a file that were found by headings."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    """By official sheet name; localities and criteria that were named stand in them by their codes."""
    texts: tuple[Sheet, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tables or self.texts)

    def titles(self, plan: Plan) -> list[tuple[str, str, str]]:
        """What stands over them as sheet, cell and text, for a file that holds nothing else."""
        ends = [(table.sheet, table.code_row) for table in self.tables.values()]
        ends += [(sheet, first_item(sheet, plan)) for sheet in self.texts]
        found = [(sheet.name, "", text) for sheet, _ in ends for text in (sheet.name, *sheet.above)]
        return found + [
            (sheet.name, name_cell(row, column), clean_text(value))
            for sheet, end in ends
            for row, values in enumerate(sheet.rows[:end])
            for column, value in enumerate(values)
            if isinstance(value, str) and value.strip()
        ]

    @property
    def sheets(self) -> frozenset[str]:
        """The names of these sheets."""
        return frozenset({t.sheet.name for t in self.tables.values()} | {sheet.name for sheet in self.texts})


def find_word_tables(sheets: Sequence[Sheet], missing: Sequence[str], plan: Plan) -> WordTables:
    """Look for sheets of words that have no code row.

    Args:
        sheets: the sheets on which nothing else was found.
        missing: official names of the sheets of words that the file lacks.
        plan: the plan whose criteria and items count.
    """
    tables: dict[str, Table] = {}
    texts: list[Sheet] = []
    for sheet in sheets:
        for official in (name for name in HEADS_OF if name in missing and name not in tables):
            table = _find_head(sheet, *HEADS_OF[official])
            if table is not None and _is_meant(table, official, plan):
                tables[official] = table
                break
        else:
            if form.NARRATIVE_SHEET in missing and holds_texts(sheet, plan):
                texts.append(sheet)
    return WordTables(tables, tuple(texts))


def _find_head(sheet: Sheet, heads: Mapping[str, frozenset[str]], needed: Sequence[str]) -> Table | None:
    """The first row that heads every needed column; of two headings for one column the code's."""
    for row, values in enumerate(sheet.rows[:MAX_HEAD_ROWS]):
        columns: dict[str, tuple[int, ...]] = {}
        for column, value in enumerate(values):
            key = plain_key(value) if isinstance(value, str) and len(value) <= 60 else ""
            code = next((code for code, keys in heads.items() if key in keys), "")
            # "Mã tiêu chí" beside "Tiêu chí": both head the column of the criterion, and the code is surer.
            if code and (code not in columns or key.startswith("ma ")):
                columns[code] = (column,)
        if set(needed) <= set(columns):
            return Table(sheet, row, columns, by_labels=True)
    return None


def _is_meant(table: Table, official: str, plan: Plan) -> bool:
    """Whether criteria or codes of rules stand below: "Nội dung" and "Kết quả" head other tables too."""
    if official == form.JUSTIFICATION_SHEET:
        # "Nguyên nhân" heads columns of many tables; "W01" below "Mã" heads ours alone.
        return any(re.match(r"[A-Z][0-9]{2,3}\b", table.code(row, form.RULE_CODE)) for row in table.rows())
    find = criterion_finder(plan)
    return any(find(table.text(row, form.CRITERION_CODE)) for row in table.rows())


def criterion_finder(plan: Plan) -> Callable[[str], str]:
    """What finds the code of a declared criterion by its code, title or short title; "" for no or several."""
    known = {entry.code: entry for entry in plan.declared_criteria}

    def find(text: str) -> str:
        first = read_code(text.split()[0]).strip(".:)-") if text else ""
        if read_code(text) in known:
            return read_code(text)
        if first in known:
            return first
        key = plain_key(NUMBERING.sub("", text))
        exact = [entry.code for entry in known.values() if key in map(plain_key, (entry.title, entry.short))]
        near = [entry.code for entry in known.values() if key and _names(key, entry)]
        found = exact or near
        return found[0] if len(found) == 1 else ""

    return find


def _names(key: str, criterion: Criterion) -> bool:
    """Whether a text is a piece of a criterion's title, or holds its short title."""
    title, short = plain_key(criterion.title), plain_key(criterion.short)
    enough = len(key.split()) >= MIN_WORDS
    return enough and (f" {key} " in f" {title} " or f" {short} " in f" {key} ")


def replace_names_by_codes(scope: Scope, table: Table, notes: list[Normalisation]) -> Table:
    """The table with codes in place of the names of localities and criteria.

    A blank name beside a criterion means the one above it, as under merged cells; a line with nothing but the
    name of a locality heads the lines below it. What is not known stays as it was
    typed, for its reader to ask about.

    Args:
        scope: the plan and the submitter.
        table: a table found by headings.
        notes: takes what was read for what.
    """
    sheet = table.sheet
    width = max(map(len, sheet.rows), default=0)
    own_column = table.column(form.LOCALITY_CODE)
    column = width if own_column is None else own_column
    subject = table.column(form.CRITERION_CODE)
    find = criterion_finder(scope.plan)
    rows: list[list[CellValue]] = [[*row, *[""] * (width + 1 - len(row))] for row in sheet.rows]
    last: CellValue = "" if own_column is not None else _locality_in_titles(scope, table)
    for row in table.rows():
        texts = [clean_text(value) for value in rows[row]]
        # "Người lập biểu | Trưởng ban" below the table would be taken for a row of a locality.
        if any(SIGNATURE.match(plain_key(text)) for text in texts):
            break
        filled = [text for text in texts if text]
        named = [text for text in filled if len(text) > MAX_NUMBER_LENGTH]
        # "I | Phường Vĩnh Lạc": a name alone in its line, behind a number at most, heads the lines below it.
        if len(named) == 1 and filled[-1] == named[0] and _locality(scope, named[0]):
            last = _locality(scope, named[0])
            rows[row] = [""] * (width + 1)
            continue
        typed = texts[column]
        if typed:
            code = _locality(scope, typed)
            last = code or typed
            if code and code != typed:
                notes.append(_note(sheet, row, column, typed, code, "theo tên địa bàn"))
        # Under a merged name the cells below are blank; a table of reasons has no such lines, there blank
        # means the whole file.
        if typed or (filled and subject is not None):
            rows[row][column] = last
        criterion = find(texts[subject]) if subject is not None else ""
        if subject is not None and criterion and criterion != texts[subject]:
            notes.append(_note(sheet, row, subject, texts[subject], criterion, "theo tên tiêu chí"))
            rows[row][subject] = criterion
    columns = {**table.columns, form.LOCALITY_CODE: (column,)}
    return replace(table, sheet=replace(sheet, rows=rows), columns=columns)


def _note(sheet: Sheet, row: int, column: int, before: str, after: str, why: str) -> Normalisation:
    return Normalisation(CellRef(sheet.name, name_cell(row, column)), before, after, why)


def _locality(scope: Scope, text: str) -> str:
    """The code of the locality that a text names or is; "" when it is not certain."""
    known = scope.find(text) if text.isdigit() else None
    if known is not None:
        return known.code
    found = gazetteer_of(scope.plan).resolve(text, scope.owner.submitter, scope.district)
    if found.locality:
        return found.locality.code
    return found.other.code if found.other and found.other.code in scope.plan.locality_by_code else ""


def _locality_in_titles(scope: Scope, table: Table) -> str:
    """The one own locality that the sheet's name and the lines over the table name."""
    gazetteer = gazetteer_of(scope.plan)
    above = [value for row in table.sheet.rows[: table.code_row] for value in row if isinstance(value, str)]
    named = gazetteer.resolve(table.sheet.name, scope.owner.submitter, scope.district).locality
    codes = {code for text in (*table.sheet.above, *above) for code in gazetteer.mentioned(text)}
    codes = {code for code in codes if code in scope.own} | ({named.code} if named else set())
    return codes.pop() if len(codes) == 1 else ""


def looks_like_words(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet that could not be read seems to hold declarations, reasons or texts."""
    find = criterion_finder(plan)
    texts = [clean_text(value) for row in sheet.rows[:500] for value in row if isinstance(value, str)]
    named = {find(text) for text in texts if text} - {""}
    return plain_key(sheet.name) in WORD_SHEETS or len(named) > 1 or has_item_headings(sheet, plan)


SIGNATURE = re.compile(r"(?:noi nhan|nguoi lap|tm |kt |thu truong|truong ban|chu tich)\b")
"""How the lines below a text begin."""
TEXT_SHEETS = frozenset({"thuyet minh", "noi dung thuyet minh", "bao cao thuyet minh", "nhan xet danh gia"})
MAX_HEADING_LENGTH = 90


def item_names(plan: Plan) -> dict[str, str]:
    """The codes of the plan's items of text by every name of theirs."""
    return {
        plain_key(name): item.code
        for item in plan.narrative_items
        for name in (item.code, item.title, *item.aliases)
    }


def _item(value: CellValue, names: Mapping[str, str]) -> tuple[str, str]:
    """The item that a cell heads, with the text behind its colon; "" when it heads none.

    "II. Hạn chế, tồn tại: Còn thiếu kinh phí." → ("TON_TAI", "Còn thiếu kinh phí.")
    """
    if not isinstance(value, str) or not value.strip():
        return "", ""
    text = clean_text(value)
    if len(text) < MAX_HEADING_LENGTH:
        code = names.get(plain_key(NUMBERING.sub("", text)), "")
        if code:
            return code, ""
    head, _, rest = text.partition(":")
    code = names.get(plain_key(NUMBERING.sub("", head)), "") if len(head) < MAX_HEADING_LENGTH else ""
    return (code, rest.strip()) if code else ("", "")


def has_item_headings(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds texts under the headings of the plan's items: two, or one on a sheet named so."""
    names = item_names(plan)
    found = {code for row in sheet.rows for value in row[:3] if (code := _item(value, names)[0])}
    return len(found) >= (1 if plain_key(sheet.name) in TEXT_SHEETS else 2)


def first_item(sheet: Sheet, plan: Plan) -> int:
    """The first row that heads a text."""
    names = item_names(plan)
    rows = (
        row for row, values in enumerate(sheet.rows) if any(_item(value, names)[0] for value in values[:3])
    )
    return next(rows, 0)


def holds_texts(sheet: Sheet, plan: Plan) -> bool:
    """Whether a sheet holds texts under such headings, and not the headings alone."""
    return has_item_headings(sheet, plan) and any(True for _ in _texts(sheet, plan))


def _texts(sheet: Sheet, plan: Plan) -> Iterator[tuple[str, int, int, str]]:
    """Every text with its item, row and column, to the signatures."""
    names = item_names(plan)
    # What the form itself prints as a hint is no text of the submitter.
    hints = {clean_text(item.hint) for item in plan.narrative_items}
    current = ""
    for row, values in enumerate(sheet.rows):
        if any(isinstance(value, str) and SIGNATURE.match(plain_key(value)) for value in values):
            return
        heads = [column for column, value in enumerate(values[:3]) if _item(value, names)[0]]
        for column, value in enumerate(values):
            code, text = _item(value, names) if column in heads else ("", clean_text(value))
            current = code or current
            is_text = any(map(str.isalpha, text)) and text not in hints
            if current and is_text and not (heads and column < heads[-1]):
                yield current, row, column, text


def read_texts(scope: Scope, sheet: Sheet) -> list[Narrative]:
    """The texts of a sheet: behind a heading's colon, beside the heading, or in the lines below it.

    A text with personal data is not taken, with a finding on its cell.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for item, row, column, text in _texts(sheet, scope.plan):
        if not report_text(scope.findings, sheet, row, column):
            found.setdefault(item, []).append((text, name_cell(row, column)))
    return [_narrative(sheet, code, parts) for code, parts in found.items()]


def _narrative(sheet: Sheet, item: str, parts: Sequence[tuple[str, str]]) -> Narrative:
    text, where = "\n".join(text for text, _ in parts), CellRef(sheet.name, parts[0][1])
    return Narrative(item, "", where, withdrawn=True) if is_withdrawal(text) else Narrative(item, text, where)
