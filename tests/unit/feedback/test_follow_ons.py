"""What only follows from a faulty cell is left out, with the cell named; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chuyenhoa.feedback import LeftOut, part_follow_ons, render_receipt
from chuyenhoa.model.submissions import Finding, Receipt, Severity
from tests.unit.feedback.test_receipt_answers import read_text

UNREADABLE = Finding("D33", Severity.ERROR, "Không phải là số. Nhập số.", "Số liệu", ("D7",), "30766")
NEGATIVE = Finding("E01", Severity.ERROR, "Số âm. Nhập lại.", "Số liệu", ("E7",), "30766")
SUM = Finding("E08", Severity.ERROR, "Không cân. Kiểm tra.", "Số liệu", ("F7", "E7", "G7"), "30766")
JUMP = Finding("W07", Severity.WARNING, "Tăng. Kiểm tra.", "Số liệu", ("D7", "Cùng kỳ!D7"), "30766")
CELLWISE = frozenset({"E01", "E19"})


def test_rules_on_a_faulty_cell_follow_from_it() -> None:
    kept, left = part_follow_ons([JUMP, UNREADABLE, SUM, NEGATIVE], CELLWISE)
    assert kept == (UNREADABLE, NEGATIVE)
    assert left == LeftOut((JUMP, SUM), ("Số liệu!D7", "Số liệu!E7"))


def test_sound_cells_held_against_each_other_are_all_shown() -> None:
    other = replace(SUM, rule_id="E10", cells=("E7", "H7"))
    assert part_follow_ons([SUM, other, JUMP], CELLWISE) == ((SUM, other, JUMP), LeftOut())


def test_a_rule_with_one_cell_is_a_root_only_when_it_judges_that_cell_alone() -> None:
    against_last_year = replace(NEGATIVE, rule_id="E30")
    assert part_follow_ons([against_last_year, SUM], CELLWISE)[0] == (against_last_year, SUM)
    assert part_follow_ons([against_last_year, SUM], {"E30"})[0] == (against_last_year,)


def test_of_two_rules_on_one_cell_the_first_is_shown() -> None:
    households = replace(NEGATIVE, rule_id="E19")
    assert part_follow_ons([NEGATIVE, households], CELLWISE) == (
        (NEGATIVE,),
        LeftOut((households,), ("Số liệu!E7",)),
    )


def test_all_that_the_reader_says_is_shown() -> None:
    twice = replace(UNREADABLE, rule_id="D28")
    note = replace(UNREADABLE, rule_id="D32", severity=Severity.NOTE)
    assert part_follow_ons([twice, UNREADABLE, note], CELLWISE)[0] == (twice, UNREADABLE, note)


def test_a_warning_or_note_is_no_root() -> None:
    warning = replace(UNREADABLE, severity=Severity.WARNING)
    assert part_follow_ons([warning, SUM, JUMP], CELLWISE)[1] == LeftOut()


def test_cells_of_other_sheets_are_other_cells() -> None:
    before = replace(UNREADABLE, sheet="Cùng kỳ", cells=("E7",))
    assert part_follow_ons([before, SUM], CELLWISE)[1] == LeftOut()
    spelled = replace(UNREADABLE, sheet=" số LIỆU", cells=("$e$7",))
    assert part_follow_ons([spelled, SUM], CELLWISE)[1].findings == (SUM,)


def test_the_receipt_says_how_many_were_left_out_and_why(receipt: Receipt, templates: Path) -> None:
    kept, left = part_follow_ons([UNREADABLE, SUM, NEGATIVE], CELLWISE)
    page = render_receipt(
        replace(receipt, findings=kept, left_out=left.findings, left_out_cells=left.cells), templates
    )
    text = read_text(page)
    assert "Đã lược 1 lỗi, cảnh báo chỉ kéo theo từ ô Số liệu!E7 nêu trên" in text
    assert "Không cân" not in text
    assert "Đã lược" not in read_text(render_receipt(receipt, templates))
