"""Spoiled files of every format, opened by the readers as they are: none of them may raise."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.fuzzing import decode_mutants
from tests.unit.intake.formats_made import (
    convert,
    make_csv,
    make_docx,
    make_html,
    make_spreadsheet_xml,
    make_xlsb,
    make_zip,
)
from tests.unit.intake.handmade import FOOT, TITLES, Grid, book
from tests.unit.intake.letters_made import make_eml, make_msg

MUTANTS = 2_000
TABLE: Grid = (
    *TITLES,
    ["TT", "Xã, phường", "Phạm pháp hình sự", "", "", "Tai nạn giao thông"],
    ["", "", "Xảy ra", "Khám phá", "Tỷ lệ (%)", "Số vụ"],
    [1, "P. Vĩnh Lạc", 10, "08 vụ", "80%", 3],
    [2, "P. Rạch Sỏi", 5, 4, 80, "-"],
    ["", "Tổng cộng", "=SUM(C9:C10)", 12, "", 3],
    *FOOT,
)
ROWS = [("Biểu 1", [[value or None for value in row] for row in TABLE])]
STYLES = {(8, 2): 5, (8, 5): 6, (9, 2): 7, (9, 3): 1}


def workbook() -> bytes:
    """The table as a workbook."""
    return book({"Biểu 1": TABLE})


MAKE: Mapping[str, Callable[[Path], bytes]] = {
    "xlsx": lambda folder: workbook(),
    "xls": lambda folder: convert(workbook(), folder, "xls"),
    "ods": lambda folder: convert(workbook(), folder, "ods"),
    "xlsb": lambda folder: make_xlsb(ROWS, STYLES),
    "csv": lambda folder: make_csv(TABLE),
    "docx": lambda folder: make_docx([(["Kỳ báo cáo: 06 tháng năm 2021"], TABLE)]),
    "html": lambda folder: make_html(ROWS),
    "xml": lambda folder: make_spreadsheet_xml(ROWS),
    "zip": lambda folder: make_zip({"a.xlsx": workbook(), "b.zip": make_zip({"c.csv": make_csv(TABLE)})}),
    "eml": lambda folder: make_eml(("Báo cáo.xlsx", workbook()), ("a.csv", make_csv(TABLE))),
    "msg": lambda folder: make_msg(("Báo cáo.xlsx", workbook()), inner=[("a.csv", make_csv(TABLE))]),
}
"""A small table in every format that is opened; two of them are written by LibreOffice."""


def bench_formats(folder: Path) -> None:
    """Open spoiled files of every format; the same ones every time."""
    print(f"\nSpoiled files of every format, {MUTANTS} each (aim: no exception)")
    failures: list[str] = []
    for kind, make in MAKE.items():
        original = make(folder / f"made-{kind}")
        started = time.perf_counter()
        found = decode_mutants(original, MUTANTS)
        each = (time.perf_counter() - started) * 1000 / MUTANTS
        print(f"  {kind:5} {len(found):4} failures {each:8.1f} ms per file, with the making of it")
        failures += [f"{kind}: {failure}" for failure in found]
    if failures:
        raise SystemExit("\n".join(failures))
