"""Receipts, findings and workbooks as districts would send them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.submissions import Finding, Receipt, Severity, SubmissionStatus

TEMPLATES = Path(__file__).parents[3] / "templates"
NAMES = {"30763": "Phường Vĩnh Lạc", "30766": "Phường An Hòa", "30772": "Xã Phi Thông"}


@pytest.fixture
def templates() -> Path:
    return TEMPLATES


@pytest.fixture
def names() -> dict[str, str]:
    return NAMES


@pytest.fixture
def findings() -> tuple[Finding, ...]:
    """Two errors, one of them with two cells; a warning over two sheets; a note; a finding on the file."""
    return (
        Finding(
            rule_id="W01",
            severity=Severity.WARNING,
            message="Phường An Hòa: tăng từ 3 lên 29, gấp 9,7 lần cùng kỳ. Kiểm tra; nếu đúng, ghi lý do.",
            sheet="Số liệu",
            cells=("D7", "Cùng kỳ!D7"),
            locality="30766",
            indicator="TTXH_XR",
            value="29",
        ),
        Finding(
            rule_id="E02",
            severity=Severity.ERROR,
            message="Phường Vĩnh Lạc: số vụ khám phá (13) lớn hơn số vụ xảy ra (12). Sửa một trong hai ô.",
            sheet="Số liệu",
            cells=("E6", "D6"),
            locality="30763",
            indicator="TTXH_KP",
            value="13",
        ),
        Finding(
            rule_id="D33",
            severity=Severity.ERROR,
            message="Phường An Hòa: ô ghi chữ, không phải là số. Nhập bằng chữ số, ví dụ 12.",
            sheet="Số liệu",
            cells=("F7",),
            locality="30766",
            value="=cmd|' /C calc'!A0",
        ),
        Finding(
            "D32",
            Severity.NOTE,
            "Dòng của địa bàn đang bị ẩn; số liệu vẫn được đọc.",
            "Số liệu",
            ("A8",),
            "30772",
        ),
        Finding("D18", Severity.WARNING, "Phần đầu bảng khác với biểu mẫu đã cấp."),
    )


@pytest.fixture
def receipt(findings: tuple[Finding, ...]) -> Receipt:
    return Receipt(
        file_name="Báo cáo 6 tháng - Rạch Giá.xlsx",
        folder="899-rach-gia",
        sha256="ab12cd34" + "5" * 56,
        size=18_204,
        received_at=datetime(2021, 10, 18, 1, 5, tzinfo=UTC),
        status=SubmissionStatus.PARTLY_ACCEPTED,
        version=2,
        submitter_name="Ban Chỉ đạo thành phố Rạch Giá",
        period_id="2021-6t",
        period_label="Sơ kết 6 tháng (15/4/2021 - 14/10/2021)",
        deadline=date(2021, 10, 17),
        is_late=True,
        taken=("Xã Phi Thông",),
        held=("Phường Vĩnh Lạc", "Phường An Hòa"),
        findings=findings,
        normalisations=(Normalisation(CellRef("Số liệu", "G6"), "02 vụ", "2", "bỏ đơn vị “vụ”"),),
        supersedes="Báo cáo 6 tháng.xlsx nhận lúc 15/10/2021 16:40",
        marked_workbook="CAN-SUA-Báo-cáo-6-tháng-Rạch-Giá-ab12cd34.xlsx",
        locality_names=NAMES,
    )


@pytest.fixture
def clean_receipt(receipt: Receipt) -> Receipt:
    return replace(
        receipt,
        status=SubmissionStatus.ACCEPTED,
        version=1,
        is_late=False,
        deadline=date(2021, 10, 20),
        taken=tuple(NAMES.values()),
        held=(),
        findings=(),
        normalisations=(),
        supersedes="",
        marked_workbook="",
    )


@pytest.fixture
def xlsxwriter_form() -> bytes:
    """The likes of the official form: drop-downs, protection, formulas, merged heads, comments."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True})
    entry = book.add_format({"locked": False, "num_format": "#,##0", "border": 1, "bg_color": "#F7FBFF"})
    _write_figures(book.add_worksheet("Số liệu"), head, entry, with_extras=True)
    _write_figures(book.add_worksheet("Cùng kỳ"), head, entry, with_extras=False)
    reasons = book.add_worksheet("Giải trình")
    reasons.write_row(0, 0, ["MA_QUY_TAC", "MA_DIA_BAN", "LY_DO"], head)
    meta = book.add_worksheet("_meta")
    for row, pair in enumerate([("plan", "2021"), ("period", "2021-6t"), ("submitter", "899")]):
        meta.write_row(row, 0, pair)
    meta.very_hidden()
    book.define_name("'Cùng kỳ'!TY_LE", "='Cùng kỳ'!$H$6")
    book.define_name("NGUONG", "='Số liệu'!$D$6")
    book.get_worksheet_by_name("Cùng kỳ").activate()
    book.close()
    return buffer.getvalue()


def _write_figures(
    sheet: xlsxwriter.worksheet.Worksheet,
    head: xlsxwriter.format.Format,
    entry: xlsxwriter.format.Format,
    *,
    with_extras: bool,
) -> None:
    sheet.merge_range("A1:H1", "SỐ LIỆU CHUYỂN HÓA ĐỊA BÀN", head)
    sheet.merge_range("D3:E3", "Trật tự xã hội", head)
    sheet.write_row(
        4, 0, ["MA_DIA_BAN", "TEN_DIA_BAN", "LOAI", "TTXH_XR", "TTXH_KP", "XHD", "THT", "TY_LE"], head
    )
    for row, (code, name) in enumerate(NAMES.items(), start=5):
        sheet.write_row(row, 0, [code, name, 1], head)
        sheet.write_row(row, 3, [12 + row, 13, "hai vụ"], entry)
        sheet.write_formula(row, 7, f"=E{row + 1}/D{row + 1}", entry, 0.75)
    sheet.set_column("B:B", 30)
    sheet.set_column("G:G", 12, entry)
    if with_extras:
        sheet.data_validation("D6:G8", {"validate": "integer", "criteria": ">=", "value": 0})
        sheet.conditional_format("D6:D8", {"type": "cell", "criteria": "<", "value": 0, "format": head})
        sheet.write_comment("D5", "Số vụ phạm pháp về trật tự xã hội xảy ra")
        sheet.write_comment("F7", "Ghi chú của đơn vị: chờ xác minh")
        sheet.protect("", {"format_columns": True})
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.freeze_panes(5, 2)


@pytest.fixture
def openpyxl_form() -> bytes:
    """A workbook that a program wrote with openpyxl: comments with absolute targets, a chart sheet."""
    book = openpyxl.Workbook()
    figures = book.worksheets[0]
    figures.title = "Số liệu"
    for row in (["MA_DIA_BAN", "TTXH_XR"], ["30763", 12], ["30766", 3]):
        figures.append(row)
    figures["B2"].comment = Comment("xem lại", "Cán bộ huyện")
    figures["B2"].number_format = "0.00"
    book.create_sheet("Cùng kỳ").append(["MA_DIA_BAN", "TTXH_XR"])
    chart = BarChart()
    chart.add_data(Reference(figures, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    book.create_chartsheet("Biểu đồ").add_chart(chart)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def load() -> Callable[[bytes], openpyxl.Workbook]:
    return lambda content: openpyxl.load_workbook(io.BytesIO(content))
