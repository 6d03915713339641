"""Write the first edition of the report templates: `python -m templates.documents.build`.

From then on the office edits the .docx in Word; running this again overwrites what it did there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.shared import Pt

from templates.documents.annexes import write_annexes
from templates.documents.changes import build_changes
from templates.documents.pieces import (
    LEFT,
    add_grid_table,
    add_line,
    add_loop,
    add_loop_with_intro,
    add_page_number,
    add_plain_table,
    add_row,
    add_styles,
    add_tag_row,
    append_row,
    clear_cell,
    draw_rule,
    fit_row,
    set_fonts,
    set_page,
)


def build_template(kind: str) -> WordDocument:
    """The template of one kind of report, laid out by Decree 30/2020/NĐ-CP, annex I."""
    document = Document()
    set_fonts(document)
    add_styles(document)
    set_page(document.sections[0], landscape=False)
    add_page_number(document.sections[0])
    _write_front(document)
    _write_body(document, annual=kind == "bao_cao_tong_ket")
    _write_signature(document)
    write_annexes(document)
    return document


def _write_front(document: WordDocument) -> None:
    table = add_plain_table(document, (65, 100))
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
    fit_row(number.cells, (65, 100))
    left, right = number.cells
    clear_cell(left)
    add_line(left, "{{ number_line }}", size=13).paragraph_format.space_before = Pt(6)
    clear_cell(right)
    add_line(right, "{{ date_line }}", size=14, italic=True).paragraph_format.space_before = Pt(6)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    _write_title(document)


def _write_title(document: WordDocument) -> None:
    document.add_paragraph("{%p if is_draft %}")
    add_line(document, "DỰ THẢO", size=13, bold=True, align=LEFT).paragraph_format.space_before = Pt(6)
    document.add_paragraph("{%p endif %}")
    add_line(document, "BÁO CÁO", size=14, bold=True).paragraph_format.space_before = Pt(12)
    add_line(document, "{{ subject }}", size=14, bold=True)
    draw_rule(document, "Kẻ dưới trích yếu", 3, 60, 14, drop=4)
    document.add_paragraph("{%p if notice %}")
    add_line(document, "({{ notice }})", size=13, italic=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p endif %}")
    for text in ("{{ opening }}", "{{ data_note }}"):
        add_line(document, text, "Thân văn bản")


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
    widths = (85, 20, 20, 20, 20)
    table = add_grid_table(document, widths)
    heads = ("Nhóm tiêu chí", "Đạt", "Không đạt", "Không áp dụng", "Chưa đủ số liệu")
    add_row(table, widths, heads, style="Đầu bảng", is_head=True)
    add_tag_row(table, "{%tr for row in group_rows %}")
    cells = ("title", "met", "not_met", "not_applicable", "insufficient")
    add_row(table, widths, tuple(f"{{{{ row.{name} }}}}" for name in cells), aligns="lcccc")
    add_tag_row(table, "{%tr endfor %}")
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
    add_line(document, f"{6 if annual else 4}. Kết quả thực hiện các nhiệm vụ đo được", "Đề mục")
    add_loop(document, "task_lines")


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
    closing = add_line(document, "{{ closing }}", "Thân văn bản", keep=True)
    closing.paragraph_format.keep_together = True


def _write_signature(document: WordDocument) -> None:
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
    add_line(right, "{{ board.office }}", size=14, bold=True)
    add_line(right, "{{ board.signer }}", size=14, bold=True)


def main() -> int:
    """Write the templates beside this script, or into the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for kind in ("bao_cao_so_ket", "bao_cao_tong_ket"):
        build_template(kind).save(str(folder / f"{kind}.docx"))
    build_changes().save(str(folder / "bang_ke_thay_doi.docx"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
