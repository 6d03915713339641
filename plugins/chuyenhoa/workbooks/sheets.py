"""Writes the sheets that a submitter fills in: figures with their checks, declarations, texts, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis, Declaration
from chuyenhoa.model.plan import Indicator
from chuyenhoa.model.rules import BASELINE_PREFIX, Rule
from chuyenhoa.model.submissions import Severity
from chuyenhoa.plan.rules import CELLWISE
from chuyenhoa.workbooks import layout
from chuyenhoa.workbooks.checks import build_blank_count, build_check, cell_condition
from chuyenhoa.workbooks.layout import FIRST_INDICATOR, Form

WIDTHS = {"code": 8, "name": 20, "indicator": 10, "check": 22, "blank": 9}
# Points of the five rows of the head: section, label, unit, kind, code.
HEIGHTS = (46, 92, 18, 18, 16)
SCALE = 70
# Indicator columns that fit on a page at this scale, beside code and name.
PAGE_INDICATORS = 12


def write_figures(
    sheet: Any, styles: dict[str, Any], paper: Form, basis: Basis, rules: Sequence[Rule]
) -> None:
    """Fill one sheet of figures; the localities of the submitter are prefilled and locked."""
    top = layout.write_title(sheet, styles, paper, *_describe(paper, basis))
    code_row = _write_head(sheet, styles, paper, top)
    localities = paper.localities()
    last = code_row + len(localities)
    _write_rows(sheet, styles, paper, code_row, basis, rules)
    if localities:
        _validate(sheet, paper, code_row + 1, last)
        _colour(sheet, styles, paper, basis, rules, (code_row + 1, last))
    check = FIRST_INDICATOR + len(paper.plan.indicators)
    sheet.freeze_panes(code_row + 1, FIRST_INDICATOR)
    layout.set_page(sheet, paper, last, check + 1, (top, code_row))
    sheet.repeat_columns(0, FIRST_INDICATOR - 1)
    sheet.set_print_scale(SCALE)
    sheet.set_v_pagebreaks(page_breaks(paper.plan.indicators))
    layout.protect(sheet)


def _describe(paper: Form, basis: Basis) -> tuple[str, list[str]]:
    """Title and lines above the table."""
    hint = "figures_hint" if paper.localities() else "no_localities"
    if basis is Basis.CURRENT:
        return "figures_title", [paper.text("window"), paper.text(hint)]
    window = paper.period.baseline
    dates = {"start": f"{window.start:%d/%m/%Y}", "end": f"{window.end:%d/%m/%Y}"}
    return "baseline_title", [paper.text("baseline_window", **dates), paper.text(hint)]


def page_breaks(indicators: Sequence[Indicator]) -> list[int]:
    """Columns before which a new page begins: between sections where it can be, else where a page is full."""
    breaks = []
    start = 0
    while len(indicators) - start > PAGE_INDICATORS:
        end = start + PAGE_INDICATORS
        borders = [i for i in range(start + 1, end + 1) if indicators[i].section != indicators[i - 1].section]
        # A page less than half full is worse than a section cut in two.
        start = borders[-1] if borders and borders[-1] - start > PAGE_INDICATORS // 2 else end
        breaks.append(FIRST_INDICATOR + start)
    return breaks


def _write_head(sheet: Any, styles: dict[str, Any], paper: Form, top: int) -> int:
    """Section, label, unit, kind and code row, and the heads of the check columns outside of the code row.

    Returns:
        The code row.
    """
    head = layout.build_figure_head(paper)
    sections, *others = head
    _write_sections(sheet, styles, sections, top)
    for offset, (row, style) in enumerate(
        zip(others, ("label", "minor", "minor", "code"), strict=True), start=1
    ):
        for column, text in enumerate(row):
            sheet.write_string(top + offset, column, text, styles[style])
    for column in range(FIRST_INDICATOR):
        sheet.merge_range(top + 1, column, top + 3, column, head[1][column], styles["label"])
    for offset, height in enumerate(HEIGHTS):
        sheet.set_row(top + offset, height)
    check = len(sections)
    sheet.write_string(top, check, paper.text("head_check"), styles["section"])
    sheet.merge_range(top + 1, check, top + 3, check, paper.text("head_check_hint"), styles["label"])
    sheet.merge_range(top, check + 1, top + 3, check + 1, paper.text("head_blank"), styles["label"])
    for column, name in ((0, "code"), (1, "name"), (check, "check"), (check + 1, "blank")):
        sheet.set_column(column, column, WIDTHS[name])
    sheet.set_column(FIRST_INDICATOR, check - 1, WIDTHS["indicator"])
    return top + len(head) - 1


def _write_sections(sheet: Any, styles: dict[str, Any], sections: Sequence[str], row: int) -> None:
    """The titles of the sections, each merged over its columns."""
    sheet.merge_range(row, 0, row, FIRST_INDICATOR - 1, "", styles["section"])
    starts = [i for i, title in enumerate(sections) if title]
    for first, after in zip(starts, [*starts[1:], len(sections)], strict=True):
        if after - first > 1:
            sheet.merge_range(row, first, row, after - 1, sections[first], styles["section"])
        else:
            sheet.write_string(row, first, sections[first], styles["section"])


def _write_rows(
    sheet: Any, styles: dict[str, Any], paper: Form, code_row: int, basis: Basis, rules: Sequence[Rule]
) -> None:
    """The localities with blank cells and their checks."""
    columns = paper.columns()
    check = FIRST_INDICATOR + len(columns)
    for row, locality in enumerate(paper.localities(), start=code_row + 1):
        sheet.set_row(row, 30)
        sheet.write_string(row, 0, locality.code, styles["locked"])
        sheet.write_string(row, 1, locality.name, styles["locked"])
        for code, column in columns.items():
            _write_figure(sheet, styles["number"], paper, (row, column), (locality.code, basis, code))
            paper.places[sheet.get_name(), locality.code, code] = xl_rowcol_to_cell(row, column)
        formula = build_check(rules, columns, row + 1, basis is Basis.BASELINE)
        sheet.write_formula(row, check, formula, styles["check"], "")
        sheet.write_formula(
            row, check + 1, build_blank_count(columns, row + 1), styles["count"], len(columns)
        )


def _write_figure(
    sheet: Any, style: Any, paper: Form, spot: tuple[int, int], key: tuple[str, Basis, str]
) -> None:
    """One cell of a locality: a value, a text that is yet to be made one, or blank."""
    value, typed = paper.filled.figures.get(key), paper.filled.typed.get(key, "")
    if value is not None:
        sheet.write_number(*spot, float(value), style)
    elif typed:
        sheet.write_string(*spot, typed, style)
    else:
        sheet.write_blank(*spot, None, style)


def _validate(sheet: Any, paper: Form, first: int, last: int) -> None:
    """Whole numbers of zero or more; amounts of money may have decimals."""
    columns = paper.columns()
    for indicator in paper.plan.indicators:
        kind = "decimal" if indicator.decimals else "whole"
        column = columns[indicator.code]
        sheet.data_validation(
            first,
            column,
            last,
            column,
            {
                "validate": "custom",
                "value": _figure_or_withdrawal(xl_rowcol_to_cell(first, column), is_whole=kind == "whole"),
                "ignore_blank": True,
                "error_title": paper.text(f"{kind}_title"),
                "error_message": paper.text(f"{kind}_message"),
            },
        )


def _figure_or_withdrawal(cell: str, *, is_whole: bool) -> str:
    """What a cell of figures may hold: a number from 0 on, or the word by which a value is taken back."""
    number = f"ISNUMBER({cell}),{cell}>=0" + (f",{cell}=INT({cell})" if is_whole else "")
    # Both spellings of the tone: which one a keyboard types depends on its setting.
    words = ",".join(f'LOWER(TRIM({cell}))="{word}"' for word in ("xóa", "xoá"))
    # IFERROR: INT of a word is an error, and an error would forbid the word as well.
    return f"=OR({words},IFERROR(AND({number}),FALSE))"


def _colour(
    sheet: Any,
    styles: dict[str, Any],
    paper: Form,
    basis: Basis,
    rules: Sequence[Rule],
    rows: tuple[int, int],
) -> None:
    """Colour the cells that take part in a broken rule, errors over warnings."""
    columns = paper.columns()
    check = f"${xl_col_to_name(FIRST_INDICATOR + len(columns))}{rows[0] + 1}"
    # Errors first: of two formats that apply to one cell Excel lets the earlier one win.
    for rule in sorted(rules, key=lambda entry: entry.severity is not Severity.ERROR):
        if rule.needs_history or (basis is Basis.BASELINE and rule.needs_baseline):
            continue
        own = [columns[code] for code in rule.columns if not code.startswith(BASELINE_PREFIX)]
        style = styles["error" if rule.severity is Severity.ERROR else "warning"]
        for column in own:
            # The check column names the rule, not the cell: a rule on single cells is asked of each of them.
            if rule.kind in CELLWISE:
                criteria = f"={cell_condition(rule, column, rows[0] + 1)}"
            else:
                criteria = f'=ISNUMBER(SEARCH("{rule.rule_id} ",{check}&" "))'
            rule_format = {"type": "formula", "criteria": criteria, "format": style}
            sheet.conditional_format(rows[0], column, rows[1], column, rule_format)


# Free rows on sheet "Giải trình".
REASON_ROWS = 24
# Characters that Excel takes in a drop-down list without a range.
MAX_LIST_LENGTH = 255


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
            "source": [*words, "xóa"],
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
    top = layout.write_title(sheet, styles, paper, title, [paper.text("window"), paper.text(hint)])
    labels, code_row = layout.build_plain_head(paper, codes)
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
    layout.set_page(sheet, paper, max(first, last), len(widths) - 1, (first - 2, first - 1))
    sheet.fit_to_pages(1, 0)
    layout.protect(sheet)


def _advise(
    sheet: Any, paper: Form, area: tuple[int, int, int, int], key: str, choices: Sequence[str] = ()
) -> None:
    """A hint beside the cell and, where there are few choices, a list that does not forbid other words."""
    rule: dict[str, object] = {"validate": "any"}
    if choices and len(",".join(choices)) <= MAX_LIST_LENGTH:
        rule = {"validate": "list", "source": list(choices), "error_type": "information"}
    rule["input_title"], rule["input_message"] = paper.text(f"{key}_title"), paper.text(f"{key}_message")
    sheet.data_validation(*area, rule)
