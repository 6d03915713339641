"""The template of the sheet of one locality (phiếu đánh giá)."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.front import open_document, write_head, write_signature, write_title
from devtools.document_templates.grids import write_rows
from devtools.document_templates.pieces import (
    add_grid_table,
    add_line,
    add_loop,
    add_row,
    add_tag_row,
)

_WIDTHS = (12.0, 62.0, 37.0, 20.0, 34.0)
_SIZE = 10


def build_sheet() -> WordDocument:
    """Every criterion with figures, limit, verdict, clause and source; then what is missing."""
    document = open_document()
    write_head(document)
    write_title(document, "PHIẾU ĐÁNH GIÁ", notice=True)
    add_loop(document, "particulars", "{{ loop.index }}. {{ line }}")
    add_line(document, "I. KẾT QUẢ THEO TỪNG TIÊU CHÍ", "Đề mục lớn")
    _write_criteria(document)
    document.add_paragraph("{%p if missing_rows %}")
    heading = add_line(document, "Nội dung còn thiếu", "Đề mục")
    heading.paragraph_format.space_before = Pt(10)
    columns = (
        ("STT", "number", 12.0, "c"),
        ("Tiêu chí", "criterion", 20.0, "c"),
        ("Số liệu, nội dung còn thiếu", "what", 62.0, "l"),
        ("Lý do", "reason", 37.0, "l"),
        ("Bên phải thực hiện", "actor", 34.0, "l"),
    )
    write_rows(document, "missing_rows", columns, size=_SIZE)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if notes %}")
    heading = add_line(document, "Ghi chú số liệu", "Đề mục")
    heading.paragraph_format.space_before = Pt(10)
    add_loop(document, "notes", "- {{ line }}")
    document.add_paragraph("{%p endif %}")
    heading = add_line(document, "II. KẾT LUẬN", "Đề mục lớn")
    heading.paragraph_format.space_before = Pt(10)
    add_line(document, "{{ conclusion }}{% if closing %} {{ closing }}{% endif %}", "Thân văn bản", keep=True)
    write_signature(document)
    return document


def _write_criteria(document: WordDocument) -> None:
    table = add_grid_table(document, _WIDTHS)
    heads = ("Mã", "Tiêu chí, căn cứ, mức yêu cầu", "Số liệu, công thức", "Kết quả", "Nguồn")
    add_row(table, _WIDTHS, heads, style="Đầu bảng", is_head=True, size=_SIZE)
    add_tag_row(table, "{%tr for row in rows %}")
    add_tag_row(table, "{%tr if row.is_heading %}")
    add_row(
        table,
        _WIDTHS,
        ("", "{{ row.title }}", "", "{{ row.verdict }}", ""),
        bold=True,
        size=_SIZE,
        aligns="llccl",
    )
    for paragraph in (p for cell in table.rows[-1].cells for p in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
    add_tag_row(table, "{%tr else %}")
    texts = ("{{ row.code }}", "{{ row.title }}", "{{ row.figure }}", "{{ row.verdict }}", "")
    add_row(table, _WIDTHS, texts, aligns="clccl", size=_SIZE)
    cells = table.rows[-1].cells
    add_line(cells[1], "{{ row.basis }}", "Ô bảng", size=_SIZE, italic=True)
    cells[1].add_paragraph("{%p if row.threshold %}")
    add_line(cells[1], "{{ row.threshold }}", "Ô bảng", size=_SIZE)
    cells[1].add_paragraph("{%p endif %}")
    cells[2].add_paragraph("{%p if row.formula %}")
    add_line(cells[2], "{{ row.formula }}", size=_SIZE)
    cells[2].add_paragraph("{%p endif %}")
    cells[4].paragraphs[0].add_run("{%p for line in row.sources %}")
    add_line(cells[4], "{{ line }}", "Ô bảng", size=9)
    cells[4].add_paragraph("{%p endfor %}")
    add_line(cells[4], "", "Ô bảng", size=2)
    add_tag_row(table, "{%tr endif %}")
    add_tag_row(table, "{%tr endfor %}")
