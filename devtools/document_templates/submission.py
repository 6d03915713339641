"""The template of the submission for recognition (tờ trình)."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.front import (
    open_document,
    write_address,
    write_closing,
    write_head,
    write_signature,
    write_title,
)
from devtools.document_templates.grids import write_group_table, write_rows
from devtools.document_templates.pieces import add_line, add_loop, add_loop_with_intro


def build_submission() -> WordDocument:
    """A submission by form 1.4 of Decree 30."""
    document = open_document()
    write_head(document)
    write_title(document, "TỜ TRÌNH", notice=True)
    write_address(document)
    add_line(document, "{{ opening }}", "Thân văn bản")
    add_line(document, "I. QUÁ TRÌNH THỰC HIỆN", "Đề mục lớn")
    add_loop(document, "process", "{{ loop.index }}. {{ line }}")
    add_line(document, "II. KẾT QUẢ THEO NHÓM TIÊU CHÍ", "Đề mục lớn")
    write_group_table(document, together=False)
    add_line(document, "", "Giữa", size=13)
    add_loop(document, "target_lines", "- {{ line }}")
    add_line(document, "III. ĐỊA BÀN ĐỀ NGHỊ CÔNG NHẬN", "Đề mục lớn")
    add_line(document, "{{ proposal_intro }}", "Thân văn bản")
    document.add_paragraph("{%p if proposed %}")
    columns = (
        ("STT", "number", 11.0, "c"),
        ("Địa bàn", "name", 34.0, "l"),
        ("Đơn vị cấp huyện", "submitter", 34.0, "l"),
        ("Loại", "types", 12.0, "c"),
        ("Kết quả chính", "remark", 74.0, "l"),
    )
    write_rows(document, "proposed", columns)
    document.add_paragraph("{%p endif %}")
    heading = add_line(document, "IV. ĐỊA BÀN CHƯA ĐỀ NGHỊ CÔNG NHẬN", "Đề mục lớn")
    heading.paragraph_format.space_before = Pt(10)
    add_loop_with_intro(document, "left_out")
    add_line(document, "V. HỒ SƠ KÈM THEO", "Đề mục lớn")
    add_loop(document, "enclosures", "{{ loop.index }}. {{ line }}")
    write_closing(document)
    write_signature(document)
    return document
