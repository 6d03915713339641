"""The head of a document, its title, whom it goes to, and the signature, by Decree 30/2020/NĐ-CP."""

from __future__ import annotations

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from devtools.document_templates.pieces import (
    LEFT,
    add_line,
    add_page_number,
    add_plain_table,
    add_styles,
    append_row,
    clear_cell,
    draw_rule,
    fit_row,
    set_fonts,
    set_page,
)

_COLUMNS = (65, 100)


def open_document() -> WordDocument:
    """An empty document with the decree's styles, paper and page number."""
    document = Document()
    set_fonts(document)
    add_styles(document)
    set_page(document.sections[0], landscape=False)
    add_page_number(document.sections[0])
    return document


def write_head(document: WordDocument, *, letter: bool = False) -> None:
    """Issuer, Quốc hiệu, number and date; a letter has its subject under the number."""
    table = add_plain_table(document, _COLUMNS)
    left, right = table.rows[0].cells
    clear_cell(left)
    add_line(left, "{{ board.parent }}", size=13)
    add_line(left, "{{ board.name }}", size=12, bold=True)
    draw_rule(left, "Kẻ dưới tên cơ quan", 1, 25, 8)
    clear_cell(right)
    add_line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=13, bold=True)
    add_line(right, "Độc lập - Tự do - Hạnh phúc", size=14, bold=True)
    draw_rule(right, "Kẻ dưới Tiêu ngữ", 2, 60.5, 8)
    number = append_row(table)
    fit_row(number.cells, _COLUMNS)
    left, right = number.cells
    clear_cell(left)
    add_line(left, "{{ number_line }}", size=13).paragraph_format.space_before = Pt(6)
    if letter:
        add_line(left, "{{ subject }}", size=12).paragraph_format.space_before = Pt(6)
    clear_cell(right)
    add_line(right, "{{ date_line }}", size=14, italic=True).paragraph_format.space_before = Pt(6)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    document.add_paragraph("{%p if is_draft %}")
    add_line(document, "DỰ THẢO", size=13, bold=True, align=LEFT).paragraph_format.space_before = Pt(6)
    document.add_paragraph("{%p endif %}")


def write_title(document: WordDocument, title: str, *, notice: bool = False) -> None:
    """The name of the type, the subject with its drawn rule, and that the criteria are a sample."""
    add_line(document, title, size=14, bold=True).paragraph_format.space_before = Pt(12)
    add_line(document, "{{ subject }}", size=14, bold=True)
    draw_rule(document, "Kẻ dưới trích yếu", 3, 60, 14, drop=4)
    if notice:
        write_notice(document)


def write_notice(document: WordDocument) -> None:
    """That the criteria are a sample, as long as they are."""
    document.add_paragraph("{%p if notice %}")
    add_line(document, "({{ notice }})", size=13, italic=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p endif %}")


def write_address(document: WordDocument) -> None:
    """Whom it goes to ("Kính gửi"): one addressee on the line itself, several below it."""
    line = add_line(document, "{{ address }}", size=14)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(6), Pt(6)
    document.add_paragraph("{%p for line in address_lines %}")
    entry = add_line(document, "{{ line }}", size=14, align=LEFT)
    entry.paragraph_format.left_indent = Mm(50)
    document.add_paragraph("{%p endfor %}")


def write_closing(document: WordDocument) -> None:
    """The last sentence, kept with the signature."""
    closing = add_line(document, "{{ closing }}", "Thân văn bản", keep=True)
    closing.paragraph_format.keep_together = True


def write_signature(document: WordDocument) -> None:
    """The signature at the right, level with "Nơi nhận:" at the left; both stay on one page."""
    table = add_plain_table(document, (80, 85))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = table.rows[0].cells
    clear_cell(left)
    add_line(left, "Nơi nhận:", "Nơi nhận", size=12, bold=True, italic=True)
    left.add_paragraph("{%p for line in recipients %}")
    add_line(left, "{{ line }}", "Nơi nhận")
    left.add_paragraph("{%p endfor %}")
    clear_cell(right)
    right.add_paragraph("{%p for line in board.capacity %}")
    add_line(right, "{{ line }}", size=14, bold=True)
    right.add_paragraph("{%p endfor %}")
    for _ in range(4):
        add_line(right, "", size=14)
    right.add_paragraph("{%p if board.office %}")
    add_line(right, "{{ board.office }}", size=14, bold=True)
    right.add_paragraph("{%p endif %}")
    add_line(right, "{{ board.signer }}", size=14, bold=True)
