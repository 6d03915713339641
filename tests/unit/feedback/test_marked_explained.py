"""Warnings to which the submitter gave a reason are left out of the marked workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from chuyenhoa.feedback import MarkError, mark_workbook
from chuyenhoa.feedback.labels import LISTING_NAME
from chuyenhoa.model.submissions import Finding, Severity


def test_explained_warnings_are_neither_marked_nor_listed(
    xlsxwriter_form: bytes,
    findings: tuple[Finding, ...],
    names: dict[str, str],
    load: Callable[[bytes], openpyxl.Workbook],
) -> None:
    explained = [
        replace(finding, justification="Nhập dồn.") if finding.rule_id in ("W01", "E02") else finding
        for finding in findings
    ]
    book = load(mark_workbook(xlsxwriter_form, explained, names))
    listed = [
        row[0] for row in book[LISTING_NAME].iter_rows(min_row=6, min_col=9, max_col=9, values_only=True)
    ]
    assert [rule_id for rule_id in listed if rule_id] == ["E02", "D33", "D18"]
    assert book[LISTING_NAME]["A2"].value.startswith("2 lỗi phải sửa (ô nền đỏ); 1 chỗ")
    for sheet in ("Số liệu", "Cùng kỳ"):
        assert book[sheet]["D7"].comment is None
        assert book[sheet]["D7"].fill.fgColor.rgb == book[sheet]["D8"].fill.fgColor.rgb
    assert book["Số liệu"]["E6"].comment is not None


def test_a_workbook_with_all_warnings_explained_has_nothing_to_mark(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    warnings = [replace(f, justification="Nhập dồn.") for f in findings if f.severity is Severity.WARNING]
    with pytest.raises(MarkError, match="nothing to mark"):
        mark_workbook(xlsxwriter_form, warnings, names)
