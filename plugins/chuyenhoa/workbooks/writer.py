"""Writes the blank workbook of one submitter and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from chuyenhoa import settings
from chuyenhoa.model import form
from chuyenhoa.model.plan import Period, Plan, Submitter
from chuyenhoa.model.rules import Rule
from chuyenhoa.plan.messages import load_texts
from chuyenhoa.workbooks import layout, sheets
from chuyenhoa.workbooks.layout import Filled, Form

# A text that begins like a formula, an address or a number stays a text, however it is written.
PLAIN_TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# Characters of the guide that fit on a line.
GUIDE_LINE = 145


def write_workbook(
    plan: Plan, period: Period, submitter: Submitter, rules: Sequence[Rule], created: datetime
) -> bytes:
    """The blank workbook that a submitter fills in for a period.

    Args:
        plan: the year's programme.
        period: the reporting window; its baseline window heads sheet "Cùng kỳ".
        submitter: whose localities are prefilled; one without localities gets heads and the sheets of words.
        rules: the rules of the plan's suites, checked in Excel as well.
        created: the time to note in the file; the same arguments give the same bytes.

    Returns:
        An .xlsx file. Heads are locked without a password; sheet `_meta` is hidden.

    Raises:
        CheckError: a rule cannot be written as an Excel formula.
        MessageError: the texts of the form cannot be read.
    """
    paper = Form(plan, period, submitter, _load_texts())
    return _write(paper, rules, created)


def write_filled(
    plan: Plan,
    period: Period,
    submitter: Submitter,
    rules: Sequence[Rule],
    created: datetime,
    filled: Filled,
) -> tuple[bytes, Mapping[tuple[str, str, str], str]]:
    """The same workbook with cells filled in.

    Returns:
        The .xlsx file, and the address of each cell to fill in by sheet, locality, indicator or criterion.
    """
    paper = Form(plan, period, submitter, _load_texts(), filled)
    return _write(paper, rules, created), paper.places


def _load_texts() -> Mapping[str, str]:
    return load_texts(settings.load().templates / "messages" / "workbook.yaml")


def _write(paper: Form, rules: Sequence[Rule], created: datetime) -> bytes:
    plan, period = paper.plan, paper.period
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **PLAIN_TEXTS})
    book.set_properties(
        {
            "title": f"{paper.text('figures_title')}, {period.label}",
            "author": plan.board.short_name,
            "company": plan.board.standing_agency,
            # Without it XlsxWriter writes the time of the machine; it wants no zone.
            "created": created.astimezone(UTC).replace(tzinfo=None) if created.tzinfo else created,
        }
    )
    # Formats, then sheets, always in this order: XlsxWriter numbers them as they come, and the bytes repeat.
    styles = layout.add_styles(book)
    for basis, name in form.SHEET_OF_BASIS.items():
        sheets.write_figures(book.add_worksheet(name), styles, paper, basis, rules)
    sheets.write_declarations(book.add_worksheet(form.DECLARATIONS_SHEET), styles, paper)
    sheets.write_narratives(book.add_worksheet(form.NARRATIVE_SHEET), styles, paper)
    sheets.write_justifications(book.add_worksheet(form.JUSTIFICATION_SHEET), styles, paper, rules)
    _write_guide(book.add_worksheet(form.GUIDE_SHEET), styles, paper, rules)
    _write_meta(book.add_worksheet(form.META_SHEET), paper)
    book.close()
    return buffer.getvalue()


def _write_guide(sheet: Any, styles: dict[str, Any], paper: Form, rules: Sequence[Rule]) -> None:
    """How to fill in the form and what the check codes mean."""
    baseline = paper.period.baseline
    guide = paper.text(
        "guide",
        figures=form.FIGURES_SHEET,
        baseline=form.BASELINE_SHEET,
        declarations=form.DECLARATIONS_SHEET,
        narrative=form.NARRATIVE_SHEET,
        justification=form.JUSTIFICATION_SHEET,
        flow=paper.text("kind_flow"),
        stock=paper.text("kind_stock"),
        start_stock=paper.text("kind_start"),
        distinct=paper.text("kind_distinct"),
        baseline_start=f"{baseline.start:%d/%m/%Y}",
        baseline_end=f"{baseline.end:%d/%m/%Y}",
        answers=", ".join(f"“{word}”" for word in form.ANSWER_WORDS.values()),
        check=paper.text("head_check"),
        folder=paper.submitter.folder,
    )
    lines = guide.strip().splitlines()
    if paper.plan.board.contact:
        lines.append(paper.text("guide_contact", contact=paper.plan.board.contact))
    row = layout.write_title(sheet, styles, paper, "guide_title", [paper.text("window")])
    for line in lines:
        sheet.merge_range(row, 0, row, 2, line, styles["guide"])
        sheet.set_row(row, 17 * (1 + len(line) // GUIDE_LINE) + 4)
        row += 1
    row = _write_rules(sheet, styles, paper, rules, row + 1)
    for column, width in enumerate((10, 14, 100)):
        sheet.set_column(column, column, width)
    layout.set_page(sheet, paper, row - 1, 2, (0, 0))
    sheet.fit_to_pages(1, 0)
    layout.protect(sheet)


def _write_rules(sheet: Any, styles: dict[str, Any], paper: Form, rules: Sequence[Rule], row: int) -> int:
    """The table of check codes; returns the first row below it."""
    sheet.write_string(row, 0, paper.text("guide_rules_title"), styles["title"])
    for column, key in enumerate(("guide_rule_code", "guide_rule_severity", "guide_rule_meaning")):
        sheet.write_string(row + 1, column, paper.text(key), styles["label"])
    row += 2
    for rule in rules:
        cells = (rule.rule_id, paper.text(f"severity_{rule.severity.value}"), rule.title)
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, styles["cell"])
        row += 1
    return row


def _write_meta(sheet: Any, paper: Form) -> None:
    """Key/value rows by which the pipeline knows the file again."""
    values = {
        "plan": paper.plan.id,
        "period": paper.period.id,
        "submitter": paper.submitter.code,
        "edition": paper.plan.edition,
        "checksum": form.head_checksum(layout.build_heads(paper)),
    }
    for row, key in enumerate(form.META_KEYS):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, values[key])
    layout.protect(sheet)
    sheet.hide()
