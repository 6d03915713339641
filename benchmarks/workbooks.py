"""Filled workbooks for measuring: every district's form with plausible whole numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from chuyenhoa import clock
from chuyenhoa.model import form
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.workbooks import write_workbook

WRITTEN = datetime(2021, 12, 1, 8, tzinfo=clock.ZONE)


def filled_workbooks(plan: Plan, period: Period, rules: Sequence[Rule], count: int) -> list[bytes]:
    """`count` workbooks, each different, over the submitters that have localities."""
    submitters = [entry for entry in plan.submitters if plan.localities_of(entry.code)]
    blanks = [write_workbook(plan, period, submitter, rules, WRITTEN) for submitter in submitters]
    return [_fill(plan, blanks[number % len(blanks)], number) for number in range(count)]


def _fill(plan: Plan, blank: bytes, number: int) -> bytes:
    book = load_workbook(io.BytesIO(blank))
    for name in form.SHEET_OF_BASIS.values():
        _fill_figures(plan, book[name], number)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill_figures(plan: Plan, sheet: Worksheet, number: int) -> None:
    """The same small number everywhere breaks few rules; its size tells the files apart."""
    rows = list(enumerate(sheet.iter_rows(values_only=True), start=1))
    top, codes = next((at, row) for at, row in rows if form.LOCALITY_CODE in row)
    columns = [index for index, code in enumerate(codes, start=1) if code in plan.indicator_by_code]
    key = codes.index(form.LOCALITY_CODE)
    for at, row in rows[top:]:
        if row[key]:
            for column in columns:
                sheet.cell(at, column, number + 5)
