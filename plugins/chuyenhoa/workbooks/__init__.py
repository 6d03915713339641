"""The blank workbook that a submitter fills in; what Great Expectations checks, it checks in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chuyenhoa.model.plan import Period, Plan, Submitter
from chuyenhoa.model.rules import Rule
from chuyenhoa.workbooks.layout import Filled

__all__ = ["Filled", "write_filled", "write_workbook"]


def write_workbook(
    plan: Plan, period: Period, submitter: Submitter, rules: Sequence[Rule], created: datetime
) -> bytes:
    """The blank workbook of one submitter and period; see `chuyenhoa.workbooks.writer.write_workbook`."""
    # XlsxWriter is loaded on first use, so that importing this package stays cheap.
    from chuyenhoa.workbooks import writer

    return writer.write_workbook(plan, period, submitter, rules, created)


def write_filled(
    plan: Plan,
    period: Period,
    submitter: Submitter,
    rules: Sequence[Rule],
    created: datetime,
    filled: Filled,
) -> tuple[bytes, Mapping[tuple[str, str, str], str]]:
    """The same form with cells filled in; see `chuyenhoa.workbooks.writer.write_filled`."""
    from chuyenhoa.workbooks import writer

    return writer.write_filled(plan, period, submitter, rules, created, filled)
