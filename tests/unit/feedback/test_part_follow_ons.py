"""`part_follow_ons`: what only follows from a faulty cell is left out, its cell named; nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chuyenhoa.feedback import part_follow_ons, render_receipt
from chuyenhoa.feedback.grouping import LeftOut
from chuyenhoa.model.submissions import Finding, Receipt, Severity
from tests.unit.feedback.test_receipt_answers import read_text

UNREADABLE = Finding("D33", Severity.ERROR, "Không phải là số. Nhập số.", "Số liệu", ("D7",), "30766")
NEGATIVE = Finding("E01", Severity.ERROR, "Số âm. Nhập lại.", "Số liệu", ("E7",), "30766")
HOUSEHOLDS = replace(NEGATIVE, rule_id="E19")
SUM = Finding("E08", Severity.ERROR, "Không cân. Kiểm tra.", "Số liệu", ("F7", "E7", "G7"), "30766")
OTHER_SUM = replace(SUM, rule_id="E10", cells=("E7", "H7"))
JUMP = Finding("W07", Severity.WARNING, "Tăng. Kiểm tra.", "Số liệu", ("D7", "Cùng kỳ!D7"), "30766")
NEGATIVE_THERE = replace(NEGATIVE, cells=("D7",))
"""A rule on single cells that refuses the cell which cannot be read either."""
UNREAD_NOTE = replace(UNREADABLE, rule_id="D32", severity=Severity.NOTE)
UNREAD_TWICE = replace(UNREADABLE, rule_id="D28")
CELLWISE = frozenset({"E01", "E19"})
D7, E7 = "Số liệu!D7", "Số liệu!E7"


@dataclass(frozen=True)
class Case:
    """Findings of a file, and which of them are left out, because of which cells."""

    findings: Sequence[Finding]
    left: Sequence[Finding] = ()
    cells: Sequence[str] = ()


CASES = {
    "no finding": Case([]),
    "a sum over a negative cell follows from it": Case([NEGATIVE, SUM], [SUM], [E7]),
    "a jump of an unreadable cell follows from it": Case([UNREADABLE, JUMP], [JUMP], [D7]),
    "follow-ons before their roots": Case([JUMP, UNREADABLE, SUM, NEGATIVE], [JUMP, SUM], [D7, E7]),
    "sums of sound cells are all shown": Case([SUM, OTHER_SUM, JUMP]),
    "of two rules on one cell the first is shown": Case([NEGATIVE, HOUSEHOLDS], [HOUSEHOLDS], [E7]),
    "and when they come the other way round": Case([HOUSEHOLDS, NEGATIVE], [NEGATIVE], [E7]),
    "the reader goes before a rule on its cell": Case([UNREADABLE, NEGATIVE_THERE], [NEGATIVE_THERE], [D7]),
    "also where the rule's finding comes first": Case([NEGATIVE_THERE, UNREADABLE], [NEGATIVE_THERE], [D7]),
    "all that the reader says is shown": Case([UNREAD_TWICE, UNREADABLE, UNREAD_NOTE]),
    "a warning is no root": Case([replace(UNREADABLE, severity=Severity.WARNING), SUM, JUMP]),
    "a note is no root": Case([UNREAD_NOTE, JUMP]),
    "a rule that compares one cell with others is no root": Case([replace(NEGATIVE, rule_id="E30"), SUM]),
    "the same cell of another sheet is another cell": Case([replace(NEGATIVE, sheet="Cùng kỳ"), SUM]),
    "a cell of another sheet by its name": Case(
        [replace(NEGATIVE, sheet="Cùng kỳ", cells=("D7",)), JUMP], [JUMP], ["Cùng kỳ!D7"]
    ),
    "sheets and cells however they are spelled": Case(
        [replace(UNREADABLE, sheet=" số LIỆU", cells=("$e$7",)), SUM], [SUM], [" số LIỆU!$e$7"]
    ),
    "a cell is named once, however much follows from it": Case(
        [NEGATIVE, SUM, OTHER_SUM], [SUM, OTHER_SUM], [E7]
    ),
    "a finding on the whole file": Case([replace(UNREADABLE, sheet="", cells=()), SUM]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_part_follow_ons(case: Case) -> None:
    kept, left = part_follow_ons(case.findings, CELLWISE)
    assert left == LeftOut(tuple(case.left), tuple(case.cells))
    assert list(kept) == [finding for finding in case.findings if finding not in case.left]


def test_a_rule_is_a_root_when_it_judges_a_cell_by_itself() -> None:
    against_last_year = replace(NEGATIVE, rule_id="E30")
    assert part_follow_ons([against_last_year, SUM], {"E30"})[0] == (against_last_year,)


def test_the_receipt_says_how_many_were_left_out_and_why(receipt: Receipt, templates: Path) -> None:
    kept, left = part_follow_ons([UNREADABLE, SUM, NEGATIVE], CELLWISE)
    page = render_receipt(
        replace(receipt, findings=kept, left_out=left.findings, left_out_cells=left.cells), templates
    )
    text = read_text(page)
    assert "Đã lược 1 lỗi, cảnh báo chỉ kéo theo từ ô Số liệu!E7 nêu trên" in text
    assert "Không cân" not in text
    assert "Đã lược" not in read_text(render_receipt(receipt, templates))
