"""A blank workbook as a district fills it in, for the tests of the reader."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.workbooks import write_workbook
from tests.office import convert

BLANKS: dict[tuple[str, str], bytes] = {}
"""Blank workbooks written so far, by submitter and period."""


class Draft:
    """A blank workbook opened with openpyxl; cells are named by row key and column code."""

    def __init__(self, plan: Plan, submitter: str = "899", period: str = "2021-6t") -> None:
        if (submitter, period) not in BLANKS:
            created = datetime(2021, 10, 1, tzinfo=UTC)
            whose = plan.submitter_by_code[submitter]
            BLANKS[submitter, period] = write_workbook(plan, plan.period_by_id[period], whose, (), created)
        self.book = openpyxl.load_workbook(BytesIO(BLANKS[submitter, period]))

    def sheet(self, name: str) -> Worksheet:
        sheet = self.book[name]
        assert isinstance(sheet, Worksheet)
        return sheet

    def code_row(self, name: str) -> int:
        heads = {form.NARRATIVE_SHEET: form.ITEM_CODE, form.JUSTIFICATION_SHEET: form.RULE_CODE}
        wanted = heads.get(name, form.LOCALITY_CODE)
        return next(c.row for row in self.sheet(name).iter_rows() for c in row if c.value == wanted)

    def column(self, name: str, code: str) -> int:
        return next(c.column for c in self.sheet(name)[self.code_row(name)] if c.value == code)

    def cell(self, name: str, row: int, code: str) -> Cell:
        """The cell of the row-th line below the code row (from 1) under a code."""
        cell = self.sheet(name).cell(self.code_row(name) + row, self.column(name, code))
        assert isinstance(cell, Cell)
        return cell

    def put(self, name: str, row: int, code: str, value: object) -> str:
        """Fill a cell; returns its address."""
        cell = self.cell(name, row, code)
        cell.value = value  # type: ignore[assignment]
        return cell.coordinate

    def fill_all(self, plan: Plan) -> None:
        """Distinct figures in every cell of both sheets, and an answer in every row of words."""
        for sheet in form.SHEET_OF_BASIS.values():
            for row in range(1, 3):
                for number, indicator in enumerate(plan.indicators):
                    value = number * 10 + row + (0.25 if indicator.decimals else 0)
                    # One figure of each row differs, or the baseline would seem copied (D145).
                    is_last = number == len(plan.indicators) - 1
                    value += 5 if is_last and sheet == form.BASELINE_SHEET else 0
                    self.put(sheet, row, indicator.code, value)
        for row in range(1, 2 * len(plan.declared_criteria) + 1):
            self.put(form.DECLARATIONS_SHEET, row, form.ANSWER, "Có")
            self.put(form.DECLARATIONS_SHEET, row, form.DOCUMENT_NUMBER, f"{row:02}/KH-UBND")
            self.put(form.DECLARATIONS_SHEET, row, form.DOCUMENT_DATE, "05/01/2021")
        for row in range(1, len(plan.narrative_items) + 1):
            self.put(form.NARRATIVE_SHEET, row, form.ITEM_TEXT, f"Nội dung số {row}\nđoạn hai")
        self.put(form.JUSTIFICATION_SHEET, 1, form.RULE_CODE, "W01")
        self.put(form.JUSTIFICATION_SHEET, 1, form.LOCALITY_CODE, "30745")
        self.put(form.JUSTIFICATION_SHEET, 1, form.REASON, "Một đối tượng gây nhiều vụ")

    def set_meta(self, key: str, value: object) -> None:
        for row in self.sheet(form.META_SHEET).iter_rows():
            if row[0].value == key:
                self.sheet(form.META_SHEET)[f"B{row[0].row}"] = value  # type: ignore[assignment]

    def save(self) -> bytes:
        buffer = BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


def change_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same archive with parts replaced or added."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


def read_part(content: bytes, name: str) -> bytes:
    """One part of an archive."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name)


def save_with_libreoffice(content: bytes, folder: Path) -> bytes:
    """Open and save a workbook with LibreOffice, as an office without Excel does."""
    source = folder / "in" / "bao-cao.xlsx"
    source.parent.mkdir()
    source.write_bytes(content)
    (saved,) = convert([source], "xlsx", folder / "out")
    return saved.read_bytes()
