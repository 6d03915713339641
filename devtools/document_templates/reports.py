"""The templates of the two reports of a milestone (báo cáo sơ kết, báo cáo tổng kết)."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.shared import Pt

from devtools.document_templates.annexes import write_annexes
from devtools.document_templates.front import (
    open_document,
    write_closing,
    write_head,
    write_signature,
    write_title,
)
from devtools.document_templates.grids import write_group_table
from devtools.document_templates.pieces import add_chart, add_line, add_loop, add_loop_with_intro


def build_report(*, annual: bool) -> WordDocument:
    """The six-month or the annual report with its annexes."""
    document = open_document()
    write_head(document)
    write_title(document, "BÁO CÁO", notice=True)
    for text in ("{{ opening }}", "{{ data_note }}"):
        add_line(document, text, "Thân văn bản")
    _write_body(document, annual=annual)
    write_closing(document)
    write_signature(document)
    write_annexes(document)
    return document


def _write_body(document: WordDocument, *, annual: bool) -> None:
    add_line(document, "I. ĐẶC ĐIỂM, TÌNH HÌNH", "Đề mục lớn")
    add_line(document, "1. Địa bàn thực hiện chuyển hóa", "Đề mục")
    add_line(document, "{{ locality_intro }}", "Thân văn bản", keep=True)
    add_loop(document, "locality_lines")
    document.add_paragraph("{%p if list_notice %}")
    add_line(document, "({{ list_notice }})", "Thân văn bản", italic=True)
    document.add_paragraph("{%p endif %}")
    add_line(document, "2. Tình hình an ninh, trật tự tại các địa bàn chuyển hóa", "Đề mục")
    add_loop(document, "situation", "- {{ line }}")
    add_loop(document, "ranking", "- {{ line }}")
    add_chart(document, "chart_comparison")
    document.add_paragraph("{%p if chart_comparison_note %}")
    add_line(document, "{{ chart_comparison_note }}", "Ghi chú bảng", italic=True)
    document.add_paragraph("{%p endif %}")
    add_line(document, "II. KẾT QUẢ THỰC HIỆN", "Đề mục lớn")
    for title, names in (
        ("1. Công tác lãnh đạo, chỉ đạo", "leadership"),
        ("2. Công tác tuyên truyền, phổ biến, giáo dục pháp luật", "propaganda"),
        ("3. Phong trào toàn dân bảo vệ an ninh Tổ quốc, xây dựng mô hình tự quản", "movement"),
        ("4. Quản lý nhà nước về an ninh, trật tự; giải quyết tranh chấp, khiếu kiện", "management"),
        ("5. Lập hồ sơ quản lý, giáo dục, cai nghiện", "rehabilitation"),
        ("6. Đấu tranh phòng, chống tội phạm; giải quyết tố giác, tin báo; truy nã", "investigation"),
        ("7. Củng cố lực lượng và hệ thống chính trị ở cơ sở", "forces"),
        ("8. Kết quả nổi bật của các địa phương", "highlights"),
    ):
        add_line(document, title, "Đề mục")
        add_loop_with_intro(document, names)
    _write_assessment(document, annual=annual)
    _write_review(document, annual=annual)
    _write_outlook(document, annual=annual)


def _write_assessment(document: WordDocument, *, annual: bool) -> None:
    add_line(document, "III. ĐÁNH GIÁ THEO TIÊU CHÍ", "Đề mục lớn")
    add_line(document, "1. Kết quả theo nhóm tiêu chí (số địa bàn)", "Đề mục")
    write_group_table(document)
    add_chart(document, "chart_groups")
    title = "2. Kết quả đánh giá từng địa bàn" if annual else "2. Tiến độ thực hiện của các địa bàn"
    add_line(document, title, "Đề mục").paragraph_format.space_before = Pt(8)
    add_loop_with_intro(document, "verdict_lines")
    if annual:
        add_line(document, "3. Đề nghị công nhận địa bàn chuyển hóa đạt", "Đề mục")
        add_loop(document, "proposal_lines")
        add_line(document, "4. Địa bàn tiếp tục thực hiện chuyển hóa, duy trì kết quả", "Đề mục")
        add_loop(document, "continue_lines")
        add_line(document, "5. Chỉ tiêu của tỉnh", "Đề mục")
        add_loop(document, "target_lines", "- {{ line }}")
    else:
        add_line(document, "3. Địa bàn có nguy cơ không đạt", "Đề mục")
        add_loop_with_intro(document, "risk_lines")
    number = 6 if annual else 4
    add_line(document, f"{number}. Kết quả thực hiện các nhiệm vụ gắn với tiêu chí", "Đề mục")
    add_loop(document, "task_lines")
    add_line(document, f"{number + 1}. Kết quả theo cơ quan được phân công chủ trì", "Đề mục")
    add_loop(document, "agency_lines")


def _write_review(document: WordDocument, *, annual: bool) -> None:
    add_line(document, "IV. NHẬN XÉT, ĐÁNH GIÁ", "Đề mục lớn")
    add_line(document, "1. Ưu điểm", "Đề mục")
    add_loop(document, "strengths", "- {{ line }}")
    add_line(document, "2. Tồn tại, hạn chế", "Đề mục")
    add_loop(document, "shortcomings", "- {{ line }}")
    add_loop_with_intro(document, "shortcoming_quotes")
    add_line(document, "3. Nguyên nhân", "Đề mục")
    add_loop_with_intro(document, "causes")
    if annual:
        add_line(document, "4. Bài học kinh nghiệm", "Đề mục")
        add_loop(document, "lessons", "- {{ line }}")


def _write_outlook(document: WordDocument, *, annual: bool) -> None:
    add_line(document, "V. PHƯƠNG HƯỚNG, NHIỆM VỤ", "Đề mục lớn")
    add_loop(document, "directions", "{{ loop.index }}. {{ line }}")
    add_line(document, "VI. KIẾN NGHỊ, ĐỀ XUẤT", "Đề mục lớn")
    add_loop_with_intro(document, "proposals")
    if annual:
        add_loop(document, "commendations")
