"""Workbooks as districts make them themselves, without any of our codes: grids of cells with merged heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO

import openpyxl

from chuyenhoa.intake import read_submission
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading

Grid = Sequence[Sequence[object]]
WINDOW = "Số liệu từ ngày 15/4/2021 đến hết ngày 14/10/2021"
FOLDER = "899-rach-gia"
TITLES: Grid = (
    ["BCĐ THÀNH PHỐ RẠCH GIÁ", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["", "", "", "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["BIỂU SỐ LIỆU CHUYỂN HÓA ĐỊA BÀN 06 THÁNG NĂM 2021"],
    [f"({WINDOW})"],
    [],
)
FOOT: Grid = (
    [],
    ["", "", "", "Rạch Giá, ngày 16 tháng 10 năm 2021"],
    ["Nơi nhận:", "", "", "TM. BAN CHỈ ĐẠO"],
    ["- Như trên;", "", "", "TRƯỞNG BAN"],
    ["- Lưu: VT.", "", "", "Nguyễn Văn A"],
)


def book(sheets: Mapping[str, Grid], merges: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A workbook of grids; a merged area keeps the value of its first cell."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, grid in sheets.items():
        sheet = made.create_sheet(name)
        for row in grid:
            sheet.append([None if value == "" else value for value in row])
        for area in (merges or {}).get(name, ()):
            sheet.merge_cells(area)
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def read(content: bytes, plan: Plan, folder: str = FOLDER, name: str = "bao cao.xlsx") -> Reading:
    return read_submission(content, name, plan, folder)


def codes(reading: Reading) -> list[str]:
    """The codes of the findings, without the notes on what a small table lacks and how it was matched."""
    return [finding.rule_id for finding in reading.findings if finding.rule_id not in {"D20", "D31", "D89"}]


def values(reading: Reading, basis: Basis = Basis.CURRENT) -> dict[tuple[str, str], int | Decimal | None]:
    """The figures by locality and indicator."""
    return {
        (entry.locality, entry.indicator): entry.value
        for entry in reading.observations
        if entry.basis is basis and entry.value is not None
    }


def flip(grid: Grid) -> list[list[object]]:
    """A grid on its side."""
    width = max(map(len, grid))
    rows = [[*row, *[""] * (width - len(row))] for row in grid]
    return [list(column) for column in zip(*rows, strict=True)]
