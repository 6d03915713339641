"""A decision, a letter and a submission laid out by Decree 30/2020, as an office would type them."""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.shared import Pt

from devtools.document_templates.pieces import (
    LEFT,
    add_grid_table,
    add_line,
    add_page_number,
    add_plain_table,
    add_row,
    add_styles,
    append_row,
    clear_cell,
    draw_rule,
    fit_row,
    set_fonts,
    set_page,
)

BOARD = "BAN CHỈ ĐẠO PHÒNG, CHỐNG TỘI PHẠM TỈNH KIÊN GIANG"


def write_decision() -> bytes:
    """A quyết định with its authority, căn cứ and articles, and the list that goes with it."""
    document = _open("Số: 08/QĐ-BCĐ")
    add_line(document, "QUYẾT ĐỊNH", size=14, bold=True)
    subject = "Về việc công nhận xã, phường, thị trấn chuyển hóa đạt năm 2021"
    add_line(document, subject, size=14, bold=True)
    draw_rule(document, "Kẻ", 3, 60, 14)
    add_line(document, "TRƯỞNG BAN CHỈ ĐẠO TỈNH KIÊN GIANG", size=14, bold=True)
    for text in (
        "Căn cứ Quyết định số 141-QĐ/TU ngày 22/02/2021 của Ban Thường vụ Tỉnh ủy;",
        "Căn cứ Kế hoạch số 121/KH-BCĐ ngày 14/6/2021;",
        "Xét đề nghị của Giám đốc Công an tỉnh.",
    ):
        add_line(document, text, "Thân văn bản", italic=True)
    add_line(document, "QUYẾT ĐỊNH:", size=14, bold=True)
    for number, text in enumerate(("Công nhận 10 địa bàn.", "Trách nhiệm duy trì.", "Hiệu lực thi hành."), 1):
        paragraph = add_line(document, f"Điều {number}.", "Thân văn bản", bold=True)
        paragraph.add_run(f" {text}")
    add_line(document, "1. Khoản một của điều này.", "Thân văn bản")
    _close(document)
    document.add_section()
    set_page(document.sections[-1], landscape=True)
    add_line(document, "Phụ lục", size=14, bold=True)
    add_line(document, "DANH SÁCH ĐỊA BÀN ĐƯỢC CÔNG NHẬN", size=14, bold=True)
    add_line(document, "(Kèm theo Quyết định số 08/QĐ-BCĐ ngày 20 tháng 12 năm 2021)", size=14, italic=True)
    table = add_grid_table(document, (20, 100))
    add_row(table, (20, 100), ("STT", "Địa bàn"), style="Đầu bảng", is_head=True)
    add_row(table, (20, 100), ("1", "Phường Vĩnh Lạc"))
    return save(document)


def write_letter() -> bytes:
    """A công văn to two addressees: no title, its subject under the number."""
    document = _open("Số: 152/BCĐ-PV01", about="V/v đôn đốc gửi báo cáo kết quả chuyển hóa địa bàn")
    add_line(document, "Kính gửi:", "Thân văn bản", size=14).paragraph_format.space_before = Pt(12)
    add_line(document, "- Ban Chỉ đạo thành phố Rạch Giá;", "Thân văn bản")
    add_line(document, "- Ban Chỉ đạo huyện Kiên Hải.", "Thân văn bản")
    add_line(
        document, "Ban Chỉ đạo tỉnh đề nghị các đơn vị gửi báo cáo trước ngày 18/12/2021./.", "Thân văn bản"
    )
    _close(document, capacity=("TL. TRƯỞNG BAN", "CHÁNH VĂN PHÒNG"))
    return save(document)


def write_submission() -> bytes:
    """A tờ trình to one addressee."""
    document = _open("Số: 45/TTr-CAT-PV01", own="CÔNG AN TỈNH")
    add_line(document, "TỜ TRÌNH", size=14, bold=True)
    add_line(document, "Về việc đề nghị công nhận địa bàn chuyển hóa đạt", size=14, bold=True)
    draw_rule(document, "Kẻ", 3, 50, 14)
    add_line(document, "Kính gửi: Trưởng Ban Chỉ đạo tỉnh", size=14)
    for text in ("Căn cứ Kế hoạch số 121/KH-BCĐ ngày 14/6/2021;", "Căn cứ kết quả thẩm định."):
        add_line(document, text, "Thân văn bản", italic=True)
    add_line(document, "I. QUÁ TRÌNH THỰC HIỆN", "Đề mục lớn")
    add_line(document, "1. Chỉ đạo", "Đề mục")
    add_line(document, "Công an tỉnh kính trình./.", "Thân văn bản")
    _close(document, capacity=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), name="Đại tá Nguyễn Văn B")
    return save(document)


def _open(number: str, about: str = "", own: str = BOARD) -> WordDocument:
    document = Document()
    set_fonts(document)
    add_styles(document)
    set_page(document.sections[0], landscape=False)
    add_page_number(document.sections[0])
    table = add_plain_table(document, (65, 100))
    left, right = table.rows[0].cells
    clear_cell(left)
    add_line(left, "ỦY BAN NHÂN DÂN TỈNH KIÊN GIANG", size=12)
    add_line(left, own, size=12, bold=True)
    draw_rule(left, "Kẻ dưới tên cơ quan", 1, 25 if own == BOARD else 16, 8)
    clear_cell(right)
    add_line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=13, bold=True)
    add_line(right, "Độc lập - Tự do - Hạnh phúc", size=14, bold=True)
    draw_rule(right, "Kẻ dưới Tiêu ngữ", 2, 60.5, 8)
    cells = append_row(table).cells
    fit_row(cells, (65, 100))
    clear_cell(cells[0])
    add_line(cells[0], number, size=13)
    if about:
        add_line(cells[0], about, size=12).paragraph_format.space_before = Pt(6)
    clear_cell(cells[1])
    add_line(cells[1], "Kiên Giang, ngày 05 tháng 12 năm 2021", size=14, italic=True)
    return document


def _close(
    document: WordDocument,
    capacity: tuple[str, ...] = ("TRƯỞNG BAN",),
    name: str = "Lâm Minh Thành",
) -> None:
    table = add_plain_table(document, (80, 85))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = table.rows[0].cells
    clear_cell(left)
    add_line(left, "Nơi nhận:", "Nơi nhận", size=12, bold=True, italic=True, align=LEFT)
    add_line(left, "- Như trên;", "Nơi nhận")
    add_line(left, "- Lưu: VT, PV01.", "Nơi nhận")
    clear_cell(right)
    for line in capacity:
        add_line(right, line, size=14, bold=True)
    for _ in range(4):
        add_line(right, "", size=14)
    add_line(right, name, size=14, bold=True)


def save(document: WordDocument) -> bytes:
    """The file of a document."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
