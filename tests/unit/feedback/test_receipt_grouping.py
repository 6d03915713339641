"""How findings are ordered, grouped, and parted into what is wrong and what to do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chuyenhoa.feedback.grouping import (
    Item,
    Labels,
    drop_name,
    group_findings,
    order_findings,
    places_of,
    split_message,
)
from chuyenhoa.kit.ooxml.xlsx_cells import CellAddress, column_letters, parse_address
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Finding, Severity
from chuyenhoa.plan.rules import PAIRWISE

NAMES = {"30763": "Phường Vĩnh Lạc", "30766": "Phường An Hòa"}
ERROR = Finding("E01", Severity.ERROR, "Sai. Sửa lại.", "Số liệu", ("D7",), "30766")


@pytest.mark.parametrize(
    ("message", "problem", "remedy"),
    [
        ("Ô C12 ghi “hai”. Nhập bằng chữ số; ví dụ 12.", "Ô C12 ghi “hai”.", "Nhập bằng chữ số; ví dụ 12."),
        ("Sai cột. Kiểm tra lại. Nếu đúng, ghi lý do.", "Sai cột.", "Kiểm tra lại. Nếu đúng, ghi lý do."),
        ("Ghi 0. Nơi nào cũng có hộ dân; nhập số hộ.", "Ghi 0.", "Nơi nào cũng có hộ dân; nhập số hộ."),
        ("TP. Rạch Giá, P. An Hòa: sai số. Sửa lại.", "TP. Rạch Giá, P. An Hòa: sai số.", "Sửa lại."),
        ("Thiếu ngày", "Thiếu ngày", "Sửa theo số liệu đúng, lưu rồi nộp lại tệp."),
        ("Dòng một\nSửa dòng hai", "Dòng một", "Sửa dòng hai"),
        ("Thiếu ở P. An Hòa", "Thiếu ở P. An Hòa", "Sửa theo số liệu đúng, lưu rồi nộp lại tệp."),
    ],
)  # fmt: skip
def test_messages_are_parted_before_the_advice(message: str, problem: str, remedy: str) -> None:
    assert split_message(replace(ERROR, message=message)) == (problem, remedy)


def test_advice_that_is_not_written_depends_on_the_severity() -> None:
    warning = Finding("W03", Severity.WARNING, "Tăng đột biến")
    assert warning.needs_reason
    assert "mã quy tắc W03" in split_message(warning)[1]
    assert not replace(warning, rule_id="D09").needs_reason
    assert split_message(replace(warning, rule_id="D09"))[1].startswith("Kiểm tra lại")
    note = replace(warning, severity=Severity.NOTE)
    assert not note.needs_reason
    assert split_message(replace(note, message="Dòng ẩn. Vẫn được đọc.")) == ("Dòng ẩn. Vẫn được đọc.", "")


def test_sheets_come_in_the_order_of_the_form() -> None:
    names = ["Giải trình", "Cùng kỳ", "Số liệu", "Biểu 2", "Định tính"]
    ordered = order_findings([replace(ERROR, sheet=name) for name in names], NAMES)
    assert [f.sheet for f in ordered] == ["Biểu 2", "Số liệu", "Cùng kỳ", "Định tính", "Giải trình"]


@pytest.mark.parametrize(
    "problem", ["P: sai.", "P, sai.", "P (sheet Cùng kỳ): sai.", "P (số liệu cùng kỳ): sai.", "sai."]
)
def test_the_locality_is_named_once(problem: str) -> None:
    full = problem.replace("P", "Phường An Hòa")
    assert drop_name(full, "Phường An Hòa") == "Sai."
    assert drop_name("Phường An Hòa (30766) sai.", "Phường An Hòa") == "Phường An Hòa (30766) sai."


def test_the_order_is_that_of_the_work() -> None:
    findings = [
        replace(ERROR, severity=Severity.NOTE),
        replace(ERROR, severity=Severity.WARNING, locality="30763"),
        ERROR,
        replace(ERROR, cells=("C10",)),
        replace(ERROR, cells=("C7",)),
        replace(ERROR, cells=()),
        replace(ERROR, locality="30763", cells=("Z9",)),
        replace(ERROR, locality="", sheet=""),
        replace(ERROR, locality="99999"),
    ]
    ordered = order_findings(findings, NAMES)
    assert [(f.severity.value, f.locality, f.cell) for f in ordered] == [
        ("error", "", "D7"), ("error", "30763", "Z9"), ("error", "30766", "C7"), ("error", "30766", "D7"),
        ("error", "30766", "C10"), ("error", "30766", ""), ("error", "99999", "D7"),
        ("warning", "30763", "D7"), ("note", "30766", "D7"),
    ]  # fmt: skip


def test_identical_findings_become_one_group_for_each_locality() -> None:
    twins = [
        replace(ERROR, cells=("E7",), value="x"),
        ERROR,
        replace(ERROR, cells=("D7", "Cùng kỳ!D7")),
        replace(ERROR, locality="30763"),
    ]
    first, second = group_findings(twins, Labels(NAMES))
    assert (first.locality, first.locality_code, first.items) == ("Phường Vĩnh Lạc", "30763", (Item("D7"),))
    assert (second.locality, second.window) == ("Phường An Hòa", "Số liệu kỳ này")
    assert second.items == (Item("D7"), Item("Cùng kỳ!D7"), Item("E7", "", "x"))
    assert group_findings([replace(ERROR, locality="99999")], Labels(NAMES))[0].locality == "99999"


def test_a_name_shown_beside_is_not_repeated() -> None:
    assert drop_name("Phường An Hòa: số vụ sai.", "Phường An Hòa") == "Số vụ sai."
    assert drop_name("Phường An Hòa, Số vụ: sai.", "Phường An Hòa") == "Số vụ: sai."
    assert drop_name("Phường An Hòa Đông: sai.", "Phường An Hòa") == "Phường An Hòa Đông: sai."
    assert drop_name("Số vụ sai.", "") == "Số vụ sai."


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("A1", CellAddress(1, 1)),
        ("$AB$12", CellAddress(12, 28)),
        (" xfd1048576 ", CellAddress(1_048_576, 16_384)),
    ],
)
def test_addresses_are_read(text: str, cell: CellAddress) -> None:
    assert parse_address(text) == cell
    assert parse_address(cell.address) == cell


@pytest.mark.parametrize("text", ["", "A0", "A1:B2", "XFE1", "A1048577", "7D", "R1C1", "Số liệu"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


def test_column_letters_go_round() -> None:
    for column in (1, 26, 27, 52, 702, 703, 16_384):
        assert parse_address(f"{column_letters(column)}1") == CellAddress(1, column)


def test_a_cell_may_name_its_own_sheet() -> None:
    finding = replace(ERROR, cells=("D7", "'Cùng ''kỳ'!E8"))
    assert list(places_of(finding)) == [("Số liệu", "D7"), ("Cùng 'kỳ", "E8")]


def test_a_rule_on_pairs_tells_the_other_figure_at_every_cell(rules: tuple[Rule, ...]) -> None:
    """Several cells share a line under the rule's title; what each is held against must not get lost."""
    compared = [rule for rule in rules if rule.kind in PAIRWISE]
    assert len(compared) == 11
    words = {
        "dia_ban": "Phường An Hòa",
        "gia_tri": "1.234,5",
        "gia_tri_kia": "77",
        "o": "D7",
        "chi_tieu": "Số vụ",
    }
    for rule in compared:
        text = re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], "báo cáo tháng 5 (a)"), rule.message)
        first = replace(ERROR, rule_id=rule.rule_id, message=text, value="1234.5", indicator="THT")
        second = replace(first, message=text.replace("D7", "E7").replace("77", "78"), cells=("E7",))
        (group,) = group_findings(
            [first, second], Labels(NAMES, {"THT": "Số vụ"}, {rule.rule_id: rule.title})
        )
        assert group.problem == f"{rule.title}."
        assert ["77" in group.items[0].note, "78" in group.items[1].note] == [True, True], rule.rule_id
        assert "ô D7" not in group.items[0].note


def test_a_single_finding_says_it_in_its_own_words() -> None:
    finding = replace(ERROR, message="“Số vụ” (ô D7) ghi 2, nhỏ hơn số 3. Sửa.", value="2")
    (group,) = group_findings([finding], Labels(titles={"E01": "Nhỏ hơn"}))
    assert (group.problem, group.items[0].note) == ("“Số vụ” (ô D7) ghi 2, nhỏ hơn số 3.", "")


@pytest.mark.parametrize(
    ("locality", "shown"),
    [
        ("30766", "Phường An Hòa"),
        ("Xã Lạ", "Xã Lạ"),
        ("Số liệu D7", ""),
        ("Số liệu D8", "Số liệu D8"),
        ("", ""),
    ],
)
def test_a_cell_is_not_shown_as_a_locality(locality: str, shown: str) -> None:
    (group,) = group_findings([replace(ERROR, locality=locality)], Labels(NAMES))
    assert group.locality == shown


def test_questions_on_columns_come_in_the_order_of_sheets_and_columns() -> None:
    cells = [("Cùng kỳ", "B11"), ("Số liệu", "AA11"), ("Số liệu", "Z11"), ("Số liệu", "C11")]
    asked = [Finding("D74", Severity.ERROR, "Hỏi.", s, (c,), f"{s} {c}") for s, c in cells]
    ordered = order_findings([*asked, ERROR], NAMES)
    places = [(finding.sheet, finding.cell) for finding in ordered]
    assert places[:4] == [("Số liệu", "C11"), ("Số liệu", "Z11"), ("Số liệu", "AA11"), ("Cùng kỳ", "B11")]
    assert places[4] == ("Số liệu", "D7")


def test_hand_made_sheets_come_as_a_person_counts() -> None:
    names = ["Biểu 10", "Biểu 2", "Biểu 1 cùng kỳ"]
    ordered = order_findings([replace(ERROR, sheet=name) for name in names], NAMES)
    assert [finding.sheet for finding in ordered] == ["Biểu 2", "Biểu 10", "Biểu 1 cùng kỳ"]
