"""Peers of the intake: frictionless only validating the same sheets, Great Expectations file by file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from frictionless import Check, Checklist, Dialect, Field, Resource, Schema, fields
from frictionless.checks.row.row_constraint import row_constraint
from frictionless.formats import ExcelControl
from python_calamine import load_workbook as load_raw

from chuyenhoa.model import form
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Reading
from chuyenhoa.validation import validate

PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
SIGNED_SUM = "expect_signed_sum_to_be_between"


class Frictionless:
    """Validates "Số liệu" and "Cùng kỳ" of a workbook with the types and rules that it can express."""

    def __init__(self, plan: Plan, rules: Sequence[Rule], blank: bytes) -> None:
        raw = load_raw(io.BytesIO(blank))
        rows = raw.get_sheet_by_name(form.FIGURES_SHEET).to_python(skip_empty_area=False)
        self._head = next(number for number, row in enumerate(rows, 1) if form.LOCALITY_CODE in row)
        labels = [str(label) for label in rows[self._head - 1]]
        self._columns = [label for label in labels if label]
        self._plan = plan
        self.rules = [text for rule in rules if (text := _formula(rule))]

    def _resource(self, path: Path, sheet: str) -> Resource:
        control = ExcelControl(sheet=sheet)
        dialect = Dialect(header_rows=[self._head], controls=[control], skip_blank_rows=True)
        return Resource(path=path.name, basepath=str(path.parent), dialect=dialect, schema=self._schema())

    def _schema(self) -> Schema:
        known = self._plan.indicator_by_code
        described: list[Field] = []
        for label in self._columns:
            if label not in known:
                described.append(fields.AnyField(name=label))
            elif known[label].decimals:
                described.append(fields.NumberField(name=label, constraints={"minimum": 0}))
            else:
                described.append(fields.IntegerField(name=label, constraints={"minimum": 0}))
        return Schema(fields=described, missing_values=[""])

    def validate(self, path: Path) -> list[str]:
        """The types of the errors of one file; an empty list when it has none."""
        found: list[str] = []
        for sheet in form.SHEET_OF_BASIS.values():
            wanted: list[Check] = [row_constraint(formula=text) for text in self.rules]
            checklist = Checklist(checks=wanted, skip_errors=["extra-label"])
            report = self._resource(path, sheet).validate(checklist)
            found += [str(error[0]) for error in report.flatten(["type"])]
        return found


def _formula(rule: Rule) -> str:
    """A rule as frictionless writes constraints of a row; empty for kinds that it cannot say."""
    kwargs: Mapping[str, object] = rule.kwargs
    if rule.kind == PAIR:
        return f"{kwargs['column_A']} >= {kwargs['column_B']}"
    if rule.kind == SIGNED_SUM:
        columns, weights = kwargs["column_list"], kwargs["weights"]
        assert isinstance(columns, list | tuple)
        assert isinstance(weights, list | tuple)
        total = " ".join(f"{'+' if w > 0 else '-'} {c}" for c, w in zip(columns, weights, strict=True))
        total = total.removeprefix("+ ")
        return f"{total} {'==' if kwargs.get('max_value') == 0 else '>='} 0"
    return ""


def judge_one_by_one(readings: Sequence[Reading], plan: Plan, rules: Sequence[Rule]) -> None:
    """A run of Great Expectations for each file: context, frame, suite, results."""
    for reading in readings:
        validate([reading], plan, rules)
