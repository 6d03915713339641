"""What the receipt of a later file says: what changed, what stays, what the report still lacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.feedback import list_changes, render_letter, render_receipt
from chuyenhoa.feedback.listing import ListedChange
from chuyenhoa.feedback.receipt import MAX_CHANGES
from chuyenhoa.model.figures import Basis, CellRef, Declaration, Observation
from chuyenhoa.model.history import Change, Owed
from chuyenhoa.model.submissions import Receipt
from tests.unit.feedback.test_receipt_answers import read_head, read_text

CELL, BEFORE = CellRef("Số liệu", "D7"), CellRef("Số liệu", "D9")


def change(old: str | None, new: str | None, **others: object) -> Change:
    base = Change("30766", "TTXH_XR", Basis.CURRENT, old, new, CELL, BEFORE, "tháng 9 - 0912345678.xlsx")
    return replace(base, **others)  # type: ignore[arg-type]


@pytest.fixture
def later(clean_receipt: Receipt) -> Receipt:
    """A later file: one figure changed, one added, one declaration changed; 70 stay."""
    return replace(
        clean_receipt,
        version=2,
        kept=70,
        changes=(
            change("1250.5", "1251"),
            change(None, "3", window=Basis.BASELINE, old_ref=None, old_file=""),
            change("Có, 12/KH-UBND", "Không", subject="I.1", window=None),
            change("x" * 300, "Mới", locality="", subject="KET_QUA", window=None),
        ),
        owed=(Owed("30766", 2, 1, ("I.2", "II.5")), Owed("30745", 0, 4)),
    )


def test_changes_are_listed_with_both_cells_and_additions_counted(later: Receipt, templates: Path) -> None:
    text = read_text(render_receipt(later, templates))
    assert "Thay đổi so với số liệu đã nhận (3)" in text
    assert "70 số liệu giữ nguyên, 3 thay đổi, 1 bổ sung mới" in text
    assert "1.250,5 Số liệu!D9, tháng 9 - [đã che" in text
    assert "1.251 Số liệu!D7" in text
    assert "Tiêu chí I.1 Có, 12/KH-UBND" in text
    assert f"Thuyết minh KET_QUA {'x' * 119}…" in text
    assert "0912345678" not in text
    assert "tệp này không nhắc tới vẫn giữ nguyên" in read_head(render_receipt(later, templates))


def test_what_is_owed_is_said_by_locality(later: Receipt, templates: Path) -> None:
    text = read_text(render_receipt(later, templates))
    assert "Kỳ này còn thiếu" in text
    assert ": 2 số liệu; 1 số cùng kỳ; tiêu chí I.2, II.5" in text
    assert ": 4 số cùng kỳ" in text


def test_the_letter_says_the_same(later: Receipt, templates: Path) -> None:
    _, text = render_letter(later, templates)
    assert "1.250,5 → 1.251 (Số liệu!D7)" in text
    assert "Giữ nguyên 70 số liệu đã nhận trước." in text
    assert "Kỳ này còn thiếu: " in text


def test_a_withdrawal_is_told_first_and_is_not_green(later: Receipt, templates: Path) -> None:
    gone = replace(later, changes=(change("4", None),))
    page = render_receipt(gone, templates)
    assert "ĐÃ TIẾP NHẬN, CÓ SỐ LIỆU BỊ RÚT" in read_head(page)
    assert "Kiểm tra 1 chỗ đã rút" in read_head(page)
    assert 'class="status ask"' in page
    assert "đã rút Số liệu!D7" in read_text(page)
    assert 'class="status good"' in render_receipt(later, templates)


def test_of_a_first_report_additions_are_nothing_to_tell(clean_receipt: Receipt, templates: Path) -> None:
    first = replace(clean_receipt, changes=(change(None, "3"),))
    text = read_text(render_receipt(first, templates))
    assert "bổ sung" not in text
    assert "giữ nguyên" not in text
    assert list_changes(first) == ()


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_workbook(later: Receipt, templates: Path) -> None:
    many = replace(later, changes=tuple(change(str(n), str(n + 1)) for n in range(MAX_CHANGES + 5)))
    assert "Còn 5 thay đổi khác chưa in ở đây." in read_text(render_receipt(many, templates))
    listed = list_changes(many)
    assert len(listed) == MAX_CHANGES + 5
    first = listed[0]
    assert isinstance(first, ListedChange)
    assert (first.sheet, first.cell, first.new) == ("Số liệu", "D7", "1")
    assert first.old.startswith("0 (Số liệu!D9, tháng 9 - [đã che")


def test_only_a_value_or_a_withdrawal_states_anything() -> None:
    blank = Observation("1", "X", Basis.CURRENT, None, CELL)
    silent = Declaration("1", "I.1", None, "12/KH", None, "", CELL)
    assert not blank.is_statement
    assert replace(blank, withdrawn=True).is_statement
    assert not silent.is_statement
    assert replace(silent, withdrawn=True).is_statement
