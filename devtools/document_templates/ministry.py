"""The template of the board's annual report to the ministry."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.annexes import open_annex
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


def build_ministry() -> WordDocument:
    """A report of a few pages with one annex."""
    document = open_document()
    write_head(document)
    write_title(document, "BÁO CÁO", notice=True)
    write_address(document)
    for text in ("{{ opening }}", "{{ data_note }}"):
        add_line(document, text, "Thân văn bản")
    add_line(document, "I. TÌNH HÌNH AN NINH, TRẬT TỰ TẠI CÁC ĐỊA BÀN CHUYỂN HÓA", "Đề mục lớn")
    add_line(document, "{{ locality_intro }}", "Thân văn bản")
    add_loop(document, "situation", "- {{ line }}")
    add_loop(document, "ranking", "- {{ line }}")
    add_line(document, "II. KẾT QUẢ THỰC HIỆN", "Đề mục lớn")
    add_loop(document, "results", "{{ loop.index }}. {{ line }}")
    add_line(document, "III. KẾT QUẢ ĐÁNH GIÁ ĐỊA BÀN", "Đề mục lớn")
    add_line(document, "1. Kết quả theo nhóm tiêu chí (số địa bàn)", "Đề mục")
    write_group_table(document)
    heading = add_line(document, "2. Kết quả từng địa bàn", "Đề mục")
    heading.paragraph_format.space_before = Pt(8)
    add_loop_with_intro(document, "verdict_lines")
    add_line(document, "3. Chỉ tiêu của tỉnh", "Đề mục")
    add_loop(document, "target_lines", "- {{ line }}")
    add_line(document, "IV. NHẬN XÉT, ĐÁNH GIÁ", "Đề mục lớn")
    add_line(document, "1. Ưu điểm", "Đề mục")
    add_loop(document, "strengths", "- {{ line }}")
    add_line(document, "2. Tồn tại, hạn chế", "Đề mục")
    add_loop(document, "shortcomings", "- {{ line }}")
    add_line(document, "3. Nguyên nhân", "Đề mục")
    add_loop_with_intro(document, "causes")
    add_line(document, "V. PHƯƠNG HƯỚNG, NHIỆM VỤ", "Đề mục lớn")
    add_loop(document, "directions", "{{ loop.index }}. {{ line }}")
    add_line(document, "VI. KIẾN NGHỊ, ĐỀ XUẤT", "Đề mục lớn")
    add_loop_with_intro(document, "requests")
    write_closing(document)
    write_signature(document)
    open_annex(document, "", "DANH SÁCH ĐỊA BÀN VÀ KẾT QUẢ ĐÁNH GIÁ")
    columns = (
        ("STT", "number", 14.0, "c"),
        ("Địa bàn", "name", 48.0, "l"),
        ("Đơn vị cấp huyện", "submitter", 42.0, "l"),
        ("Loại", "types", 20.0, "c"),
        ("Kết quả", "verdict", 34.0, "c"),
        ("Lý do", "remark", 94.0, "l"),
    )
    total = ("", "Tổng cộng", "{{ locality_count }} địa bàn", "", "", "{{ locality_total }}")
    write_rows(document, "locality_rows", columns, total=total)
    return document
