"""The annexes of the report templates, each in a landscape section of its own."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.shared import Pt

from devtools.document_templates.grids import write_rows
from devtools.document_templates.pieces import (
    LEFT,
    add_grid_table,
    add_line,
    add_row,
    add_tag_row,
    set_page,
)


def open_annex(document: WordDocument, number: str, title: str, *, landscape: bool = True) -> None:
    """A section of its own, numbered from 1, with the decree's head; a single one has no number."""
    set_page(document.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)
    add_line(document, f"Phụ lục {number}".strip(), bold=True, keep=True)
    add_line(document, title, bold=True, keep=True)
    line = add_line(document, "{{ attachment_line }}", italic=True, keep=True)
    line.paragraph_format.space_after = Pt(8)


def write_annexes(document: WordDocument) -> None:
    """Write annexes I to VIII behind the signature."""
    _write_locality_annex(document)
    _write_comparison_annex(document)
    open_annex(document, "III", "KẾT QUẢ ĐIỀU TRA, KHÁM PHÁ TỘI PHẠM")
    write_column_table(document, "investigation_table", name_width=44, size=11)
    open_annex(document, "IV", "KẾT QUẢ ĐÁNH GIÁ THEO TỪNG TIÊU CHÍ")
    document.add_paragraph("{%p if notice %}")
    add_line(document, "({{ notice }})", italic=True, keep=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p endif %}")
    write_column_table(document, "matrix", name_width=44, size=10)
    open_annex(document, "V", "MÔ HÌNH TỰ QUẢN, CÔNG TÁC TUYÊN TRUYỀN")
    write_column_table(document, "movement_table", name_width=44, size=11)
    _write_submission_annex(document)
    _write_task_annex(document)
    _write_source_annex(document)


def _write_locality_annex(document: WordDocument) -> None:
    open_annex(document, "I", "DANH SÁCH ĐỊA BÀN VÀ KẾT QUẢ ĐÁNH GIÁ")
    widths = (14, 48, 42, 20, 34, 94)
    table = add_grid_table(document, widths)
    heads = ("STT", "Địa bàn", "Đơn vị cấp huyện", "Loại", "Kết quả", "Lý do")
    add_row(table, widths, heads, style="Đầu bảng", is_head=True)
    add_tag_row(table, "{%tr for row in locality_rows %}")
    cells = ("number", "name", "submitter", "types", "verdict", "remark")
    add_row(table, widths, tuple(f"{{{{ row.{name} }}}}" for name in cells), aligns="cllccl")
    add_tag_row(table, "{%tr endfor %}")
    add_row(
        table,
        widths,
        ("", "Tổng cộng", "{{ locality_count }} địa bàn", "", "", "{{ locality_total }}"),
        bold=True,
    )


def _write_comparison_annex(document: WordDocument) -> None:
    open_annex(document, "II", "SỐ LIỆU TÌNH HÌNH SO SÁNH VỚI CÙNG KỲ")
    note = "Kỳ này: {{ current_window }}. Cùng kỳ: {{ baseline_window }}."
    add_line(document, note, italic=True, keep=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p if comparison_note %}")
    add_line(document, "{{ comparison_note }}", italic=True, keep=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p endif %}")
    add_line(document, "A. Tổng hợp các địa bàn", bold=True, align=LEFT, keep=True)
    widths = (14, 82, 24, 24, 24, 22, 22, 40)
    table = add_grid_table(document, widths)
    heads = ("STT", "Chỉ tiêu", "Đơn vị tính", "Kỳ này", "Cùng kỳ", "+/-", "Tỷ lệ", "Ghi chú")
    add_row(table, widths, heads, style="Đầu bảng", is_head=True)
    add_tag_row(table, "{%tr for row in comparison_rows %}")
    add_tag_row(table, "{%tr if row.is_heading %}")
    add_row(table, widths, ("", "{{ row.label }}", "", "", "", "", "", ""), bold=True)
    heading = table.rows[-1].cells
    heading[1].merge(heading[7])
    for paragraph in heading[1].paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    heading[1].paragraphs[0].paragraph_format.keep_with_next = True
    add_tag_row(table, "{%tr else %}")
    cells = ("number", "label", "unit", "current", "baseline", "difference", "share", "remark")
    add_row(table, widths, tuple(f"{{{{ row.{name} }}}}" for name in cells), aligns="clcrrrrl")
    add_tag_row(table, "{%tr endif %}")
    add_tag_row(table, "{%tr endfor %}")
    title = add_line(
        document, "B. Số vụ phạm tội về trật tự xã hội theo địa bàn", bold=True, align=LEFT, keep=True
    )
    title.paragraph_format.space_before = Pt(12)
    write_column_table(document, "comparison_localities", name_width=80, size=11)


def write_column_table(
    document: WordDocument, name: str, *, name_width: float, size: float, width: float = 252
) -> None:
    """A table by locality whose other columns come from data; widths in millimetres, size in points."""
    rest = width - 13 - name_width
    widths = (13, name_width, rest / 3, rest / 3, rest / 3)
    table = add_grid_table(document, widths)
    opening, closing = "{{%tc for {item} in {source} %}}", "{%tc endfor %}"

    def row(first: str, second: str, item: str, source: str) -> tuple[str, ...]:
        return (first, second, opening.format(item=item, source=source), f"{{{{ {item} }}}}", closing)

    heads = row("STT", "Địa bàn", "head", f"{name}.heads")
    add_row(table, widths, heads, style="Đầu bảng", size=size, is_head=True)
    add_tag_row(table, f"{{%tr for row in {name}.table_rows %}}")
    cells = row("{{ row.number }}", "{{ row.name }}", "cell", "row.cells")
    add_row(table, widths, cells, aligns="clccc", size=size)
    add_tag_row(table, "{%tr endfor %}")
    totals = row("", "Tổng cộng", "cell", f"{name}.totals")
    add_row(table, widths, totals, aligns="clccc", size=size, bold=True)
    document.add_paragraph(f"{{%p for line in {name}.notes %}}")
    add_line(document, "{{ line }}", "Ghi chú bảng", size=size)
    document.add_paragraph("{%p endfor %}")


def _write_submission_annex(document: WordDocument) -> None:
    open_annex(document, "VI", "TÌNH HÌNH NỘP BÁO CÁO CỦA CÁC ĐƠN VỊ")
    widths = (14, 50, 20, 46, 44, 46, 32)
    table = add_grid_table(document, widths)
    heads = (
        "STT",
        "Đơn vị",
        "Bản nộp",
        "Thời điểm nhận",
        "Kết quả tiếp nhận",
        "Địa bàn bị giữ lại",
        "Ghi chú",
    )
    add_row(table, widths, heads, style="Đầu bảng", is_head=True)
    add_tag_row(table, "{%tr for row in submission_rows %}")
    cells = ("number", "submitter", "version", "received", "status", "held", "remark")
    add_row(table, widths, tuple(f"{{{{ row.{name} }}}}" for name in cells), aligns="clcclll")
    add_tag_row(table, "{%tr endfor %}")
    document.add_paragraph(style="Ghi chú bảng").add_run("Tổng cộng: {{ submission_total }}").bold = True


def _write_task_annex(document: WordDocument) -> None:
    open_annex(document, "VII", "KẾT QUẢ THỰC HIỆN NHIỆM VỤ THEO CƠ QUAN CHỦ TRÌ")
    columns = (
        ("Nhiệm vụ", "code", 18.0, "c"),
        ("Nội dung", "title", 92.0, "l"),
        ("Cơ quan chủ trì, phối hợp", "lead", 52.0, "l"),
        ("Kết quả theo tiêu chí", "result", 50.0, "l"),
        ("Báo cáo tiến độ", "report", 40.0, "l"),
    )
    write_rows(document, "task_rows", columns)


def _write_source_annex(document: WordDocument) -> None:
    open_annex(document, "VIII", "NGUỒN SỐ LIỆU")
    add_line(document, "{{ source_note }}", italic=True, keep=True).paragraph_format.space_after = Pt(6)
    document.add_paragraph("{%p if source_rows %}")
    columns = (
        ("STT", "number", 12.0, "c"),
        ("Tệp", "file", 50.0, "l"),
        ("Đơn vị", "submitter", 36.0, "l"),
        ("Bản nộp", "version", 16.0, "c"),
        ("Thời điểm nhận", "received", 30.0, "c"),
        ("Địa bàn sử dụng", "localities", 36.0, "l"),
        ("Mã rút gọn", "short", 26.0, "c"),
        ("SHA-256", "sha256", 46.0, "l"),
    )
    write_rows(document, "source_rows", columns, size=10)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if difference_lines %}")
    title = add_line(document, "Số liệu các nguồn ghi khác nhau", bold=True, align=LEFT, keep=True)
    title.paragraph_format.space_before = Pt(12)
    document.add_paragraph("{%p for line in difference_lines %}")
    add_line(document, "{{ line }}", align=LEFT)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if justification_rows %}")
    title = add_line(document, "Giải trình số liệu khác thường", bold=True, align=LEFT, keep=True)
    title.paragraph_format.space_before = Pt(12)
    reasons = (
        ("STT", "number", 12.0, "c"),
        ("Địa bàn", "name", 36.0, "l"),
        ("Chỉ tiêu", "label", 44.0, "l"),
        ("Số liệu", "value", 18.0, "r"),
        ("Quy tắc", "rule", 46.0, "l"),
        ("Lý do đơn vị nêu", "reason", 56.0, "l"),
        ("Nguồn", "source", 40.0, "l"),
    )
    write_rows(document, "justification_rows", reasons, size=10)
    document.add_paragraph("{%p endif %}")
