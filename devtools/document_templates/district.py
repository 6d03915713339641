"""The template of a district's annual report, which the district finishes."""

from __future__ import annotations

from docx.document import Document as WordDocument

from devtools.document_templates.annexes import open_annex, write_column_table
from devtools.document_templates.front import (
    open_document,
    write_address,
    write_closing,
    write_head,
    write_signature,
    write_title,
)
from devtools.document_templates.grids import write_rows
from devtools.document_templates.pieces import add_line, add_loop


def build_district() -> WordDocument:
    """A report of a few pages on the district's own localities, with two annexes."""
    document = open_document()
    write_head(document)
    write_title(document, "BÁO CÁO", notice=True)
    add_line(document, "({{ guide }})", size=13, italic=True)
    write_address(document)
    add_line(document, "{{ opening }}", "Thân văn bản")
    add_line(document, "I. ĐẶC ĐIỂM, TÌNH HÌNH", "Đề mục lớn")
    add_line(document, "1. Địa bàn thực hiện chuyển hóa", "Đề mục")
    add_loop(document, "localities", "- {{ line }}")
    add_line(document, "2. Tình hình an ninh, trật tự", "Đề mục")
    add_loop(document, "situation", "- {{ line }}")
    add_line(document, "II. KẾT QUẢ THỰC HIỆN", "Đề mục lớn")
    for number, (title, name) in enumerate(
        (
            ("Công tác lãnh đạo, chỉ đạo", "leadership"),
            ("Tuyên truyền, phổ biến, giáo dục pháp luật", "propaganda"),
            ("Phong trào toàn dân bảo vệ an ninh Tổ quốc", "movement"),
            ("Quản lý nhà nước về an ninh, trật tự", "management"),
            ("Lập hồ sơ quản lý, giáo dục, cai nghiện", "rehabilitation"),
            ("Đấu tranh phòng, chống tội phạm", "investigation"),
            ("Củng cố lực lượng, hệ thống chính trị ở cơ sở", "forces"),
            ("Kết quả nổi bật", "highlights"),
        ),
        start=1,
    ):
        add_line(document, f"{number}. {title}", "Đề mục")
        add_loop(document, name)
    add_line(document, "III. TỰ ĐÁNH GIÁ THEO TIÊU CHÍ", "Đề mục lớn")
    add_loop(document, "verdict_lines")
    add_line(document, "IV. TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN", "Đề mục lớn")
    add_line(document, "1. Tồn tại, hạn chế", "Đề mục")
    add_loop(document, "shortcomings", "- {{ line }}")
    add_line(document, "2. Nguyên nhân", "Đề mục")
    add_loop(document, "causes", "- {{ line }}")
    add_line(document, "V. PHƯƠNG HƯỚNG, NHIỆM VỤ", "Đề mục lớn")
    add_loop(document, "directions", "{{ loop.index }}. {{ line }}")
    add_line(document, "VI. KIẾN NGHỊ, ĐỀ XUẤT", "Đề mục lớn")
    add_loop(document, "proposals", "- {{ line }}")
    write_closing(document)
    write_signature(document)
    open_annex(document, "I", "SỐ LIỆU TÌNH HÌNH SO SÁNH VỚI CÙNG KỲ")
    columns = (
        ("STT", "number", 14.0, "c"),
        ("Chỉ tiêu", "label", 92.0, "l"),
        ("Đơn vị tính", "unit", 24.0, "l"),
        ("Kỳ này", "current", 24.0, "r"),
        ("Cùng kỳ", "baseline", 24.0, "r"),
        ("+/-", "difference", 22.0, "r"),
        ("Tỷ lệ", "share", 22.0, "r"),
        ("Ghi chú", "remark", 30.0, "l"),
    )
    write_rows(document, "comparison_rows", columns)
    open_annex(document, "II", "KẾT QUẢ TỰ ĐÁNH GIÁ THEO TỪNG TIÊU CHÍ")
    write_column_table(document, "matrix", name_width=44, size=10)
    return document
