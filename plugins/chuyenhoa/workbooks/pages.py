"""What every sheet of the form has in common: title rows, page set-up, protection without a password."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chuyenhoa.workbooks.heads import Form

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
    label = paper.text("footer").replace("&", "&&")
    sheet.set_footer(f'&L&"Times New Roman"&9{label}, &A&R&"Times New Roman"&9&P/&N')


def protect(sheet: Any) -> None:
    """Lock the head without a password; widths and heights may be changed."""
    sheet.protect("", {"format_columns": True, "format_rows": True})
