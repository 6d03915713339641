"""The tables that several templates share."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.table import Table

from devtools.document_templates.pieces import add_grid_table, add_row, add_tag_row

Column = tuple[str, str, float, str]
"""Head, field of the row, width in millimetres, and how it is aligned (`l`, `c`, `r`)."""


def write_group_table(document: WordDocument, *, together: bool = True) -> None:
    """How many localities carry each verdict, by group of criteria; `together` on one page."""
    columns = (
        ("Nhóm tiêu chí", "title", 85.0, "l"),
        ("Đạt", "met", 20.0, "c"),
        ("Không đạt", "not_met", 20.0, "c"),
        ("Không áp dụng", "not_applicable", 20.0, "c"),
        ("Chưa đủ số liệu", "insufficient", 20.0, "c"),
    )
    table = write_rows(document, "group_rows", columns)
    # Six short rows stand with the paragraph behind them, rather than one of them alone on the next page.
    for cell in (cell for row in table.rows if together for cell in row.cells):
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def write_rows(
    document: WordDocument,
    source: str,
    columns: tuple[Column, ...],
    *,
    total: tuple[str, ...] = (),
    size: float | None = None,
) -> Table:
    """A table with a row for each entry of a list, and a line of totals where there is one."""
    widths = tuple(width for _, _, width, _ in columns)
    table = add_grid_table(document, widths)
    add_row(table, widths, tuple(head for head, *_ in columns), style="Đầu bảng", is_head=True, size=size)
    add_tag_row(table, f"{{%tr for row in {source} %}}")
    cells = tuple(f"{{{{ row.{name} }}}}" for _, name, *_ in columns)
    add_row(table, widths, cells, aligns="".join(letter for *_, letter in columns), size=size)
    add_tag_row(table, "{%tr endfor %}")
    if total:
        add_row(table, widths, total, bold=True, size=size)
    return table
