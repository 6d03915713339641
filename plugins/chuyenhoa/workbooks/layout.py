"""What all sheets of the form share: what it is filled with, heads, look, page set-up and protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chuyenhoa.model import form
from chuyenhoa.model.figures import Basis, Declaration, Justification
from chuyenhoa.model.plan import Locality, Period, Plan, Submitter

# Codes of columns with the key of their label in `templates/messages/workbook.yaml`.
HEAD_KEYS: Mapping[str, str] = {
    form.LOCALITY_CODE: "head_locality_code",
    form.LOCALITY_NAME: "head_locality_name",
    form.CRITERION_CODE: "head_criterion_code",
    form.CRITERION_TITLE: "head_criterion_title",
    form.ANSWER: "head_answer",
    form.DOCUMENT_NUMBER: "head_document_number",
    form.DOCUMENT_DATE: "head_document_date",
    form.NOTE: "head_note",
    form.ITEM_CODE: "head_item_code",
    form.ITEM_TITLE: "head_item_title",
    form.ITEM_TEXT: "head_item_text",
    form.ITEM_HINT: "head_item_hint",
    form.RULE_CODE: "head_rule_code",
    form.REASON: "head_reason",
}

# Column of the first indicator, behind code and name of the locality.
FIRST_INDICATOR = 2


@dataclass(frozen=True)
class Filled:
    """What a form is filled with before it is handed out; nothing for a blank one."""

    localities: frozenset[str] | None = None
    """Codes of the localities that get rows; None for all of the submitter's."""
    figures: Mapping[tuple[str, Basis, str], Decimal] = field(default_factory=dict)
    """Values by locality, window and indicator."""
    typed: Mapping[tuple[str, Basis, str], str] = field(default_factory=dict)
    """Texts that are no values, to be corrected in their cells, by the same."""
    declarations: Mapping[tuple[str, str], Declaration] = field(default_factory=dict)
    """By locality and criterion."""
    narratives: Mapping[str, str] = field(default_factory=dict)
    """Texts by item."""
    reasons: tuple[Justification, ...] = ()


@dataclass(frozen=True)
class Form:
    """What a workbook is written for, with its wording; `places` is noted while it is written."""

    plan: Plan
    period: Period
    submitter: Submitter
    texts: Mapping[str, str]
    filled: Filled = field(default_factory=Filled)
    places: dict[tuple[str, str, str], str] = field(default_factory=dict, compare=False)
    """Addresses by sheet, locality and indicator or criterion."""

    def localities(self) -> tuple[Locality, ...]:
        """The localities that get rows."""
        wanted = self.filled.localities
        return tuple(
            entry
            for entry in self.plan.localities_of(self.submitter.code)
            if wanted is None or entry.code in wanted
        )

    def text(self, key: str, **words: object) -> str:
        """A text of the form with its placeholders filled."""
        window = self.period.window
        filled = {
            "number": self.plan.number,
            "title": self.plan.title,
            "submitter": self.submitter.name,
            "period": self.period.label,
            "start": f"{window.start:%d/%m/%Y}",
            "end": f"{window.end:%d/%m/%Y}",
            "deadline": f"{self.period.deadline:%d/%m/%Y}",
        }
        return self.texts[key].format_map({**filled, **words})

    def columns(self) -> dict[str, int]:
        """The column of every indicator, counted from 0."""
        return {entry.code: FIRST_INDICATOR + i for i, entry in enumerate(self.plan.indicators)}


def build_figure_head(paper: Form) -> list[list[str]]:
    """Section, label, unit, kind and code row; a section's title is in its first column only."""
    titles = {entry.code: entry.title for entry in paper.plan.sections}
    sections, units, kinds = ["", ""], ["", ""], ["", ""]
    labels = [paper.text(HEAD_KEYS[code]) for code in (form.LOCALITY_CODE, form.LOCALITY_NAME)]
    before = ""
    for entry in paper.plan.indicators:
        sections.append("" if entry.section == before else titles[entry.section])
        labels.append(entry.label)
        units.append(paper.text("unit", unit=entry.unit))
        kinds.append(paper.text("kind_start" if entry.at_start else f"kind_{entry.kind.value}"))
        before = entry.section
    codes = [form.LOCALITY_CODE, form.LOCALITY_NAME, *(entry.code for entry in paper.plan.indicators)]
    return [sections, labels, units, kinds, codes]


def build_plain_head(paper: Form, codes: tuple[str, ...]) -> list[list[str]]:
    """Label and code row of a sheet of words."""
    return [[paper.text(HEAD_KEYS[code]) for code in codes], list(codes)]


def build_heads(paper: Form) -> dict[str, list[list[str]]]:
    """The head of every table by sheet, as `model.form.head_checksum` wants it."""
    figures = build_figure_head(paper)
    return {
        form.FIGURES_SHEET: figures,
        form.BASELINE_SHEET: figures,
        form.DECLARATIONS_SHEET: build_plain_head(paper, form.DECLARATION_COLUMNS),
        form.NARRATIVE_SHEET: build_plain_head(paper, form.NARRATIVE_COLUMNS),
        form.JUSTIFICATION_SHEET: build_plain_head(paper, form.JUSTIFICATION_COLUMNS),
    }


FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
BORDER = {"border": 1, "border_color": "#808080"}
HEAD = {**FONT, **BORDER, "align": "center", "text_wrap": True}
INPUT = {**FONT, **BORDER, "bg_color": "#FFFBE6", "locked": False}

ERROR_FILL = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
WARNING_FILL = {"bg_color": "#FFD8A8", "font_color": "#7A4100"}

STYLES: Mapping[str, Mapping[str, object]] = {
    "base": FONT,
    "title": {**FONT, "font_size": 13, "bold": True},
    "line": FONT,
    "hint": {**FONT, "italic": True, "font_color": "#7A4100"},
    "section": {**HEAD, "bold": True, "bg_color": "#D9E2F3"},
    "label": {**HEAD, "bold": True, "bg_color": "#EDF1F9", "font_size": 10},
    "minor": {**HEAD, "italic": True, "font_size": 9},
    "code": {**HEAD, "text_wrap": False, "font_size": 8, "font_color": "#606060", "bg_color": "#F2F2F2"},
    "locked": {**FONT, **BORDER, "text_wrap": True, "bg_color": "#F2F2F2", "num_format": "@"},
    "number": {**INPUT, "align": "center"},
    "text": {**INPUT, "text_wrap": True, "num_format": "@"},
    "prose": {**INPUT, "text_wrap": True, "valign": "top", "num_format": "@"},
    "check": {**FONT, **BORDER, "text_wrap": True, "bold": True, "font_color": "#9C0006"},
    "count": {**FONT, **BORDER, "align": "center", "font_color": "#606060"},
    "guide": {**FONT, "font_size": 12, "text_wrap": True, "valign": "top"},
    "cell": {**FONT, **BORDER, "text_wrap": True},
    "error": ERROR_FILL,
    "warning": WARNING_FILL,
}


def add_styles(book: Any) -> dict[str, Any]:
    """Register every style with a workbook; in a fixed order, so that the bytes are the same each time."""
    return {name: book.add_format(dict(style)) for name, style in STYLES.items()}


PAPER_A4 = 9


def write_title(sheet: Any, styles: dict[str, Any], paper: Form, title: str, lines: Sequence[str]) -> int:
    """Programme, title, submitter, period and further lines, one a row.

    Returns:
        The first row below them.
    """
    rows = [
        (paper.text("programme"), "line"),
        (paper.text(title), "title"),
        (paper.text("submitter"), "line"),
        (paper.text("period"), "line"),
        *((line, "line") for line in lines[:-1]),
        (lines[-1], "hint"),
    ]
    for row, (text, style) in enumerate(rows):
        sheet.write_string(row, 0, text, styles[style])
    return len(rows)


def set_page(sheet: Any, paper: Form, last_row: int, last_column: int, head: tuple[int, int]) -> None:
    """A4 landscape with narrow margins, the head repeated on each page, page numbers, and a print area."""
    sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(*head)
    sheet.print_area(0, 0, last_row, last_column)
    # In a footer "&" opens a code ("&P" is the page): one that is meant is doubled.
    label = paper.text("footer").replace("&", "&&")
    sheet.set_footer(f'&L&"Times New Roman"&9{label}, &A&R&"Times New Roman"&9&P/&N')


def protect(sheet: Any) -> None:
    """Lock the head without a password; widths and heights may be changed."""
    sheet.protect("", {"format_columns": True, "format_rows": True})
