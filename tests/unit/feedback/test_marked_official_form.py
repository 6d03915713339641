"""The official form through the whole loop: filled, found faulty, marked, mended and dropped again."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from chuyenhoa.clock import ZONE
from chuyenhoa.feedback import mark_workbook
from chuyenhoa.feedback.labels import LISTING_NAME
from chuyenhoa.intake import read_submission
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.plan import load_plan
from chuyenhoa.plan.rules import load_rules
from chuyenhoa.workbooks import write_workbook

HOME = Path(__file__).parents[3]
FOLDER = "899-rach-gia"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(HOME / "plans", "2021")


@pytest.fixture(scope="module")
def blank_form(plan: Plan) -> bytes:
    rules = load_rules(HOME / "expectations", plan)
    submitter = plan.submitter_by_folder[FOLDER]
    created = datetime(2021, 10, 1, tzinfo=ZONE)
    return write_workbook(plan, plan.period_by_id["2021-6t"], submitter, rules, created)


def code_cells(sheet: Worksheet) -> dict[str, tuple[int, int]]:
    """Row and column of every code in a sheet's code row."""
    row = next(row for row in sheet.iter_rows() if any(cell.value == "MA_DIA_BAN" for cell in row))
    return {str(cell.value): (cell.row or 0, cell.column or 0) for cell in row if cell.value}


def put(
    content: bytes, values: dict[str, object], sheet_name: str = "Số liệu"
) -> tuple[bytes, dict[str, str]]:
    """Fill the first locality's cells; returns the file and the address of each code's cell."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Số liệu"]
    places = code_cells(sheet)
    cells = {code: sheet.cell(places[code][0] + 1, places[code][1]) for code in values}
    for code, value in values.items():
        cells[code].value = value  # type: ignore[assignment]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue(), {code: cell.coordinate for code, cell in cells.items()}


def drop_downs(sheet: Worksheet) -> list[tuple[str, str | None, str | None]]:
    return [(str(check.sqref), check.type, check.formula1) for check in sheet.data_validations.dataValidation]


def content_of(reading: Reading) -> Reading:
    """What a reading says, without the hash of its file."""
    return replace(reading, sha256="")


def test_a_marked_form_reads_as_before_and_is_accepted_once_mended(plan: Plan, blank_form: bytes) -> None:
    names = {locality.code: locality.name for locality in plan.localities}
    faulty, cells = put(blank_form, {"TTXH_XR": "hai mươi", "TTXH_KP": 13})
    reading = read_submission(faulty, "bc.xlsx", plan, FOLDER)
    errors = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
    assert [finding.cell for finding in errors] == [cells["TTXH_XR"]]
    marked = mark_workbook(faulty, reading.findings, names)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book["Số liệu"][cells["TTXH_XR"]].comment is not None
    assert content_of(read_submission(marked, "bc.xlsx", plan, FOLDER)) == content_of(reading)
    mended, _ = put(marked, {"TTXH_XR": 20})
    assert LISTING_NAME in openpyxl.load_workbook(io.BytesIO(mended)).sheetnames
    again = read_submission(mended, "bc.xlsx", plan, FOLDER)
    assert not [finding for finding in again.findings if finding.severity is Severity.ERROR]
    assert any(entry.indicator == "TTXH_XR" and entry.value == 20 for entry in again.observations)


def test_the_blank_form_keeps_its_checks_when_marked(blank_form: bytes) -> None:
    places = code_cells(openpyxl.load_workbook(io.BytesIO(blank_form))["Số liệu"])
    row, column = places["TTXH_XR"]
    address = get_column_letter(column) + str(row + 1)
    finding = Finding("E09", Severity.ERROR, "Ô để trống. Nhập số liệu.", "Số liệu", (address,))
    marked = mark_workbook(blank_form, [finding], {})
    old, new = (openpyxl.load_workbook(io.BytesIO(content)) for content in (blank_form, marked))
    for sheet in old.worksheets:
        twin = new[sheet.title]
        assert drop_downs(sheet) == drop_downs(twin)
        assert len(sheet.conditional_formatting) == len(twin.conditional_formatting)
        assert (sheet.protection.sheet, sheet.sheet_state) == (twin.protection.sheet, twin.sheet_state)
        assert list(sheet.iter_rows(values_only=True)) == list(
            twin.iter_rows(max_row=sheet.max_row, max_col=sheet.max_column, values_only=True)
        )
    assert new["_meta"].sheet_state == old["_meta"].sheet_state != "visible"
