"""Fills an official blank workbook with figures that break no rule, as a district would."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

# Stocks begin as they end, so that reports on months that follow one another fit together.
FIGURES = {
    "TTXH_XR": 20,
    "TTXH_KP": 17,
    "TTXH_LRC": 1,
    "TTXH_DT": 30,
    "TTXH_RNT_XR": 2,
    "TTXH_RNT_KP": 2,
    "TTXH_DBNT_XR": 0,
    "TTXH_DBNT_KP": 0,
    "XHD": 0,
    "NGHIEN_DAU": 30,
    "NGHIEN_MOI": 4,
    "NGHIEN_GIAM": 4,
    "NGHIEN_CUOI": 30,
    "DIEM_MT": 0,
    "TGTB_TON": 1,
    "TGTB_MOI": 20,
    "TGTB_CHUYEN": 1,
    "TGTB_GQ": 19,
    "TGTB_CON": 1,
    "TNGT_VU": 3,
    "TNGT_CHET": 1,
    "TNGT_BTH": 2,
    "CHAY_VU": 0,
    "CHAY_CHET": 0,
    "DIEM_NONG": 0,
    "THT": 20,
    "THT_TP": 1,
    "MH_TONG": 3,
    "MH_MOI": 1,
    "MH_CC": 1,
    "MH_HQ": 2,
    "HO_TONG": 3000,
    "HO_TT": 3000,
    "KDC_TONG": 8,
    "KDC_ATANTT": 7,
}
BEFORE = {"TTXH_XR": 24, "TTXH_KP": 20, "TNGT_VU": 4}


def columns(sheet: Worksheet, key: str) -> tuple[int, dict[str, int]]:
    """The number of the code row and the column of each code."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        codes = {str(cell.value): cell.column for cell in row if cell.value and cell.column}
        if key in codes:
            return number, codes
    raise LookupError(f"no code row with {key} on sheet {sheet.title}")


Changes = Mapping[tuple[str, str], object]


def fill(
    blank: Path, changes: Changes | None = None, declared: str = "Có", baseline: Changes | None = None
) -> bytes:
    """The bytes of a filled workbook; `changes` replaces values by (locality, indicator) on "Số liệu".

    `baseline` does so on "Cùng kỳ".
    """
    book = load_workbook(blank)
    for name, figures in (("Số liệu", FIGURES), ("Cùng kỳ", {**FIGURES, **BEFORE})):
        sheet = book[name]
        top, codes = columns(sheet, "MA_DIA_BAN")
        row = top + 1
        while locality := sheet.cell(row, codes["MA_DIA_BAN"]).value:
            for code, value in figures.items():
                sheet.cell(row, codes[code], value)
            if row > top + 1 and name == "Số liệu":
                # Localities that agree in every figure are warned of (D136); no criterion counts this one.
                sheet.cell(row, codes["XPVPHC"], 6 + row - top)
            for (place, code), changed in ((changes if name == "Số liệu" else baseline) or {}).items():
                if place == str(locality):
                    sheet.cell(row, codes[code]).value = changed  # type: ignore[assignment]
            row += 1
    sheet = book["Định tính"]
    top, codes = columns(sheet, "MA_TIEU_CHI")
    row = top + 1
    while sheet.cell(row, codes["MA_TIEU_CHI"]).value:
        sheet.cell(row, codes["KET_QUA"], declared)
        sheet.cell(row, codes["SO_VAN_BAN"], "12/KH-UBND")
        sheet.cell(row, codes["NGAY_VAN_BAN"], "10/5/2021")
        row += 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
