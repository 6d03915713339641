"""What is said of reasons that come to nothing: which of them, and what the localities still wait for."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from chuyenhoa.model import form
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.test_history_and_reasons import (
    DOUBTFUL,
    ONE,
    REASON,
    TWO,
    message_of,
    report,
    rules_of,
    send,
    supplement,
)
from tests.integration.test_history_and_reasons import forms as forms
from tests.unit.feedback.test_receipt_page import read_page


def page_of(data: Path, row: SubmissionRow) -> str:
    return read_page((data / row.receipt).read_text(encoding="utf-8"))[0]


def test_a_reason_for_the_wrong_rule_is_told_in_the_report_itself(forms: Path, data_folder: Path) -> None:
    (row,) = send(data_folder, report(forms, "2021-6t", DOUBTFUL, [("W03", ONE, REASON)]))
    assert rules_of(row) == {("W02", ONE), ("G02", ONE)}
    assert "lý do ghi cho W03 (Phường Vĩnh Lạc) không gắn với cảnh báo nào" in message_of(row, "G02")


def test_an_error_is_not_explained_away(forms: Path, data_folder: Path) -> None:
    wrong = {(ONE, "TTXH_KP"): 99}
    (row,) = send(data_folder, report(forms, "2021-6t", wrong, [("E03", ONE, REASON), ("E03", TWO, REASON)]))
    assert rules_of(row) == {("E03", ONE), ("G03", ONE), ("G02", TWO)}
    (later,) = send(data_folder, supplement(forms, "2021-6t", ("E03", "", REASON)))
    assert rules_of(later) == {("G03", "")}
    text = page_of(data_folder, later)
    assert "CÒN ĐỊA BÀN BỊ GIỮ LẠI" in text
    assert "Phường Vĩnh Lạc: sửa E03 (Khám phá lớn hơn xảy ra)" in text
    assert f"theo phiếu của tệp đó ({row.file_name})" in text
    assert "giải trình W" not in text


def test_reasons_left_in_a_report_that_was_mended_are_not_told(forms: Path, data_folder: Path) -> None:
    (row,) = send(data_folder, report(forms, "2021-6t", None, [("W02", ONE, REASON), ("E03", ONE, REASON)]))
    assert (row.status, rules_of(row)) == ("accepted", set())


def test_a_file_of_reasons_says_what_still_waits(forms: Path, data_folder: Path) -> None:
    doubtful = {**DOUBTFUL, (TWO, "TTXH_LRC"): 9, (TWO, "TNGT_CHET"): 0, (TWO, "TNGT_BTH"): 0}
    send(data_folder, report(forms, "2021-6t", doubtful))
    first, second, third = send(
        data_folder,
        supplement(forms, "2021-6t", ("W02", "", "ok")),
        supplement(forms, "2021-6t", ("W02", "", REASON)),
        supplement(forms, "2021-6t", ("W03", TWO, "Va chạm nhẹ, chỉ hư hỏng xe, không ai bị thương")),
    )
    texts = [page_of(data_folder, row) for row in (first, second, third)]
    assert ["CÒN ĐỊA BÀN BỊ GIỮ LẠI" in text for text in texts] == [True, True, False]
    assert "Phường Vĩnh Lạc: giải trình W02 (Làm rõ nhiều hơn xảy ra)" in texts[0]
    assert "Còn giữ lại (2)" in texts[0]
    assert "Còn giữ lại (1) Phường Rạch Sỏi: giải trình W03" in texts[1]
    assert "số liệu đã gửi của Phường Vĩnh Lạc nay được ghi nhận" in texts[1]
    assert "Đơn vị không phải làm gì thêm" in texts[2]


def test_a_faulty_file_sent_again_leads_to_its_receipt(forms: Path, data_folder: Path) -> None:
    content = report(forms, "2021-6t", DOUBTFUL)
    first, again = send(data_folder, content, content)
    text = page_of(data_folder, again)
    assert again.status == "duplicate"
    assert Path(first.receipt).name in text
    assert "Đơn vị không phải làm gì." not in text
    (_, later) = send(data_folder, supplement(forms, "2021-6t", ("W02", ONE, REASON)), content)
    assert "Đơn vị không phải làm gì." in page_of(data_folder, later)


def test_one_text_for_everything_is_taken_and_told(forms: Path, data_folder: Path) -> None:
    doubtful = {**DOUBTFUL, (ONE, "TNGT_CHET"): 0, (ONE, "TNGT_BTH"): 0, (ONE, "TTXH_DT"): 3}
    two, three = send(
        data_folder,
        report(forms, "2021-6t", {**doubtful, (ONE, "TTXH_DT"): 30}, [("W02 W03", ONE, REASON)]),
        report(forms, "2021-6t", doubtful, [(rule, ONE, REASON) for rule in ("W01", "W02", "W03")]),
    )
    assert (two.status, three.status) == ("accepted_with_warnings",) * 2
    assert ("G04", "") not in rules_of(two)
    assert ("G04", "") in rules_of(three)
    assert "3 loại cảnh báo (W01, W02, W03)" in message_of(three, "G04")


def with_total(content: bytes, stated: int) -> bytes:
    """A filled form with a line of totals below its localities, which says something of the cases."""
    workbook = load_workbook(BytesIO(content))
    sheet = workbook[form.FIGURES_SHEET]
    head = next(row for row in sheet.iter_rows() if form.LOCALITY_CODE in [cell.value for cell in row])
    codes = [cell.value for cell in head]
    total: list[object] = [None] * len(codes)
    total[codes.index(form.LOCALITY_NAME)], total[codes.index("TTXH_XR")] = "Tổng cộng", stated
    sheet.append(total)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_a_total_that_its_lines_do_not_make_waits_for_a_reason(forms: Path, data_folder: Path) -> None:
    (row,) = send(data_folder, with_total(report(forms, "2021-6t"), 999))
    assert (row.status, rules_of(row)) == ("returned", {("D81", ONE), ("D81", TWO)})
    assert "Giải trình" in page_of(data_folder, row)
    first, second = send(
        data_folder,
        supplement(forms, "2021-6t", ("D81", ONE, "Tổng gồm cả 02 vụ ở phường ngoài danh sách")),
        supplement(forms, "2021-6t", ("D81", TWO, "Tổng gồm cả 02 vụ ở phường ngoài danh sách")),
    )
    assert "Còn giữ lại (1) Phường Rạch Sỏi: giải trình D81 (Dòng cộng khác tổng các dòng)" in page_of(
        data_folder, first
    )
    assert "Đơn vị không phải làm gì thêm" in page_of(data_folder, second)
