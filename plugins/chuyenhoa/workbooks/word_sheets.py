"""Writes the sheets of words: "Định tính", "Thuyết minh" and "Giải trình"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from chuyenhoa.model import form
from chuyenhoa.model.figures import Declaration
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Severity
from chuyenhoa.workbooks.heads import Form, build_plain_head
from chuyenhoa.workbooks.pages import protect, set_page, write_title

REASON_ROWS = 24
"""Free rows on sheet "Giải trình"."""
MAX_LIST_LENGTH = 255
"""Characters that Excel takes in a drop-down list without a range."""


def write_declarations(sheet: Any, styles: dict[str, Any], paper: Form) -> None:
    """A row per locality and declared criterion; answers are chosen from a list."""
    localities = paper.localities()
    hint = "declarations_hint" if localities else "no_localities"
    first = _begin(sheet, styles, paper, "declarations_title", hint, form.DECLARATION_COLUMNS)
    row = first
    for locality in localities:
        for criterion in paper.plan.declared_criteria:
            sheet.set_row(row, 45)
            for column, text in enumerate((locality.code, locality.name, criterion.code, criterion.title)):
                sheet.write_string(row, column, text, styles["locked"])
            said = paper.filled.declarations.get((locality.code, criterion.code))
            for column, text in enumerate(_declared(said), start=4):
                _write_text(sheet, row, column, text, styles["text"])
            paper.places[sheet.get_name(), locality.code, criterion.code] = xl_rowcol_to_cell(row, 4)
            row += 1
    if localities:
        words = list(form.ANSWER_WORDS.values())
        answer = {
            "validate": "list",
            "source": words,
            "error_title": paper.text("answer_title"),
            "error_message": paper.text("answer_message", answers=", ".join(words)),
        }
        sheet.data_validation(first, 4, row - 1, 4, answer)
        _advise(sheet, paper, (first, 6, row - 1, 6), "date")
    _end(sheet, paper, first, row - 1, (9, 22, 9, 55, 14, 18, 14, 28))


def write_narratives(sheet: Any, styles: dict[str, Any], paper: Form) -> None:
    """A row per item of the report, with a hint what to write."""
    first = _begin(sheet, styles, paper, "narrative_title", "narrative_hint", form.NARRATIVE_COLUMNS)
    row = first
    for item in paper.plan.narrative_items:
        sheet.set_row(row, 84)
        sheet.write_string(row, 0, item.code, styles["locked"])
        sheet.write_string(row, 1, item.title, styles["locked"])
        _write_text(sheet, row, 2, paper.filled.narratives.get(item.code, ""), styles["prose"])
        sheet.write_string(row, 3, item.hint, styles["locked"])
        row += 1
    _end(sheet, paper, first, row - 1, (15, 24, 90, 36))


def write_justifications(sheet: Any, styles: dict[str, Any], paper: Form, rules: Sequence[Rule]) -> None:
    """Free rows for the reasons of warnings."""
    first = _begin(
        sheet, styles, paper, "justification_title", "justification_hint", form.JUSTIFICATION_COLUMNS
    )
    given = [(entry.rule_id, entry.locality, entry.reason) for entry in paper.filled.reasons]
    last = first + REASON_ROWS + len(given) - 1
    for row in range(first, last + 1):
        sheet.set_row(row, 20)
        texts = given[row - first] if row - first < len(given) else ("", "", "")
        for column, text in enumerate(texts):
            _write_text(sheet, row, column, text, styles["text"])
    warnings = [rule.rule_id for rule in rules if rule.severity is Severity.WARNING]
    _advise(sheet, paper, (first, 0, last, 0), "rule", warnings)
    codes = [entry.code for entry in paper.localities()]
    _advise(sheet, paper, (first, 1, last, 1), "locality", codes)
    _end(sheet, paper, first, last, (14, 14, 120))


def _declared(said: Declaration | None) -> tuple[str, str, str, str]:
    """The cells of a declaration: answer, number, date, note."""
    if said is None:
        return ("", "", "", "")
    answer = form.ANSWER_WORDS[said.answer] if said.answer else ""
    day = f"{said.document_date:%d/%m/%Y}" if said.document_date else ""
    return (answer, said.document_number, day, said.note)


def _write_text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """A cell that the submitter fills in, with the text that is known already."""
    if text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def _begin(
    sheet: Any, styles: dict[str, Any], paper: Form, title: str, hint: str, codes: tuple[str, ...]
) -> int:
    """Title and head; returns the first row below the code row."""
    top = write_title(sheet, styles, paper, title, [paper.text("window"), paper.text(hint)])
    labels, code_row = build_plain_head(paper, codes)
    for column, (label, code) in enumerate(zip(labels, code_row, strict=True)):
        sheet.write_string(top, column, label, styles["label"])
        sheet.write_string(top + 1, column, code, styles["code"])
    sheet.set_row(top, 32)
    return top + 2


def _end(sheet: Any, paper: Form, first: int, last: int, widths: Sequence[float]) -> None:
    """Column widths, page and protection; one page wide, as many pages long as needed."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(first, 0)
    set_page(sheet, paper, max(first, last), len(widths) - 1, (first - 2, first - 1))
    sheet.fit_to_pages(1, 0)
    protect(sheet)


def _advise(
    sheet: Any, paper: Form, area: tuple[int, int, int, int], key: str, choices: Sequence[str] = ()
) -> None:
    """A hint beside the cell and, where there are few choices, a list that does not forbid other words."""
    rule: dict[str, object] = {"validate": "any"}
    if choices and len(",".join(choices)) <= MAX_LIST_LENGTH:
        rule = {"validate": "list", "source": list(choices), "error_type": "information"}
    rule["input_title"], rule["input_message"] = paper.text(f"{key}_title"), paper.text(f"{key}_message")
    sheet.data_validation(*area, rule)
