"""Asks about rows that say that they are of another time than the file, as those of a single month."""

from __future__ import annotations

import re

from chuyenhoa.intake.header.periods import read_statements
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.found_tables import FreeTable
from chuyenhoa.kit.vietnamese_text.normal_form import strip_marks
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Locality

ROW_TIME = re.compile(r"(?:thang|t\.?|quy) ?(?:[0-9]{1,2}|i{1,3}|iv)(?:[-/ ](?:nam )?[0-9]{4})?")
"""A cell that says of what month or quarter its row is."""


def ask_month(scope: Scope, table: FreeTable, row: int, locality: Locality) -> None:
    """An error on a cell of a locality's row that names a month or quarter that is not the file's period."""
    period = scope.owner.period
    for column in table.columns:
        text = "" if column in table.figures else table.view.text(row, column)
        if not ROW_TIME.fullmatch(strip_marks(text)):
            continue
        said = read_statements(text, scope.plan)
        if said and all(entry.period != period for entry in said):
            scope.findings.add(
                Code.SEVERAL_PERIODS,
                sheet=table.name,
                cells=(table.view.name(row, column),),
                locality=locality.code,
                value=f"{text}, {period.label}",
            )
