"""A table of their own gives the same figures in every format, hidden rows and sheets included."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from chuyenhoa.model.plan import Plan
from tests.unit.intake.formats_made import convert, make_csv, make_docx, make_html, make_spreadsheet_xml
from tests.unit.intake.handmade import FOOT, TITLES, Grid, book, read, values

TABLE: Grid = (
    *TITLES,
    ["TT", "Xã, phường", "Phạm tội về TTXH", "", "Tai nạn giao thông", ""],
    ["", "", "Xảy ra", "Khám phá", "Số vụ", "Chết"],
    [1, "P. Vĩnh Lạc", 10, "08 vụ", 3, "-"],
    [2, "P. Rạch Sỏi", 5, 4, 1, 1],
    ["", "Tổng cộng", 15, 12, 4, 1],
    *FOOT,
)
ROWS = [("Biểu 1", [list(row) for row in TABLE])]
EXPECTED = {
    ("30745", "TTXH_XR"): 10,
    ("30745", "TTXH_KP"): 8,
    ("30745", "TNGT_VU"): 3,
    ("30745", "TNGT_CHET"): 0,
    ("30754", "TTXH_XR"): 5,
    ("30754", "TTXH_KP"): 4,
    ("30754", "TNGT_VU"): 1,
    ("30754", "TNGT_CHET"): 1,
}


def hidden() -> bytes:
    """The table on a hidden sheet, one of its lines hidden as well."""
    made = openpyxl.load_workbook(BytesIO(book({"Nháp": [["x"]], "Biểu 1": TABLE})))
    made["Biểu 1"].sheet_state = "hidden"
    row = next(c.row for c in made["Biểu 1"]["B"] if c.value == "P. Rạch Sỏi")
    made["Biểu 1"].row_dimensions[row].hidden = True
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


MAKE: dict[str, Callable[[Path], bytes]] = {
    "xls": lambda folder: convert(book({"Biểu 1": TABLE}), folder, "xls"),
    "ods": lambda folder: convert(book({"Biểu 1": TABLE}), folder, "ods"),
    "csv": lambda _: make_csv(ROWS[0][1]),
    "csv with semicolons in UTF-16": lambda _: make_csv(ROWS[0][1], ";", "utf-16"),
    "docx": lambda _: make_docx([([str(row[0]) for row in TITLES if row], TABLE[len(TITLES) :])]),
    "html": lambda _: make_html(ROWS),
    "xml": lambda _: make_spreadsheet_xml(ROWS),
    "hidden xlsx": lambda _: hidden(),
    "hidden xls": lambda folder: convert(hidden(), folder, "xls"),
    "hidden ods": lambda folder: convert(hidden(), folder, "ods"),
}


@pytest.mark.integration
@pytest.mark.parametrize("kind", MAKE)
def test_the_figures_do_not_depend_on_the_format(kind: str, plan: Plan, tmp_path: Path) -> None:
    reading = read(MAKE[kind](tmp_path), plan)
    assert values(reading) == EXPECTED
    rules = {finding.rule_id for finding in reading.findings}
    assert ("D32" in rules) == kind.startswith("hidden")
    assert rules <= {"D20", "D32", "D53", "D68", "D88", "D89"}
