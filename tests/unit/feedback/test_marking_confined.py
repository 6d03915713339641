"""A file is marked in a process of its own: the same bytes as here, and a poison file harms nobody."""

from __future__ import annotations

import pytest

from chuyenhoa.feedback import mark_workbook
from chuyenhoa.feedback.marked import Marked, try_mark
from chuyenhoa.kit import sandbox
from chuyenhoa.model.submissions import Finding
from chuyenhoa.pipeline.receive.answer import MARK


@pytest.mark.integration
def test_the_confined_marking_is_the_same(
    xlsxwriter_form: bytes, findings: tuple[Finding, ...], names: dict[str, str]
) -> None:
    outcomes = sandbox.call_all(MARK, [(xlsxwriter_form, findings, names)] * 2)
    assert outcomes == [Marked(content=mark_workbook(xlsxwriter_form, findings, names))] * 2


@pytest.mark.integration
def test_what_cannot_be_marked_says_why(findings: tuple[Finding, ...]) -> None:
    (outcome,) = sandbox.call_all(MARK, [(b"PK no zip", findings, {})])
    assert isinstance(outcome, Marked)
    assert "not a readable .xlsx" in outcome.reason
    assert outcome == try_mark(b"PK no zip", findings, {})
    assert outcome.content == b""
