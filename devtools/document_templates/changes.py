"""The template of the list of changes that goes with a new version of a document."""

from __future__ import annotations

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.pieces import (
    LEFT,
    add_grid_table,
    add_line,
    add_loop,
    add_page_number,
    add_row,
    add_styles,
    add_tag_row,
    set_fonts,
    set_page,
)


def build_changes() -> WordDocument:
    """A working paper of the office: no number and no signature, so not laid out as an official document."""
    document = Document()
    set_fonts(document)
    add_styles(document)
    set_page(document.sections[0], landscape=True)
    add_page_number(document.sections[0])
    add_line(document, "{{ subject }}", bold=True, size=14)
    add_line(document, "{{ document }}", size=14)
    add_line(document, "{{ previous }}", italic=True, size=13).paragraph_format.space_after = Pt(8)
    add_loop(document, "summary", "- {{ line }}")
    _add_verdicts(document)
    _add_rows(
        document,
        "Số liệu, nội dung kê khai thay đổi",
        "figure_rows",
        (
            ("STT", "number", 12, "c"),
            ("Địa bàn", "name", 44, "l"),
            ("Chỉ tiêu, tiêu chí", "label", 74, "l"),
            ("Bản đã ban hành", "before", 28, "c"),
            ("Bản này", "after", 28, "c"),
            ("Nguồn số liệu mới", "source", 66, "l"),
        ),
    )
    _add_rows(
        document,
        "Tệp báo cáo nhận thêm",
        "file_rows",
        (
            ("STT", "number", 12, "c"),
            ("Tệp", "file", 60, "l"),
            ("Đơn vị", "submitter", 40, "l"),
            ("Nhận lúc", "received", 34, "c"),
            ("Địa bàn được nhận", "localities", 46, "l"),
            ("SHA-256", "sha256", 60, "l"),
        ),
    )
    return document


def _add_verdicts(document: WordDocument) -> None:
    document.add_paragraph("{%p if verdict_rows %}")
    _head(document, "Kết quả đánh giá thay đổi")
    widths = (12, 50, 44, 38, 38, 70)
    table = add_grid_table(document, widths)
    heads = ("STT", "Địa bàn", "Đơn vị", "Bản đã ban hành", "Bản này", "Tiêu chí thay đổi")
    add_row(table, widths, heads, style="Đầu bảng", is_head=True)
    add_tag_row(table, "{%tr for row in verdict_rows %}")
    texts = ("number", "name", "submitter", "before", "after")
    cells = (*(f"{{{{ row.{name} }}}}" for name in texts), "{{ row.criteria|join('; ') }}")
    add_row(table, widths, cells, aligns="cllccl")
    add_tag_row(table, "{%tr endfor %}")
    document.add_paragraph("{%p endif %}")


def _add_rows(
    document: WordDocument, title: str, source: str, columns: tuple[tuple[str, str, float, str], ...]
) -> None:
    document.add_paragraph(f"{{%p if {source} %}}")
    _head(document, title)
    widths = tuple(width for _, _, width, _ in columns)
    table = add_grid_table(document, widths)
    add_row(table, widths, tuple(head for head, *_ in columns), style="Đầu bảng", is_head=True)
    add_tag_row(table, f"{{%tr for row in {source} %}}")
    cells = tuple(f"{{{{ row.{name} }}}}" for _, name, _, _ in columns)
    add_row(table, widths, cells, aligns="".join(letter for *_, letter in columns))
    add_tag_row(table, "{%tr endfor %}")
    document.add_paragraph("{%p endif %}")


def _head(document: WordDocument, text: str) -> None:
    line = add_line(document, text, bold=True, size=13, align=LEFT, keep=True)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(10), Pt(4)
