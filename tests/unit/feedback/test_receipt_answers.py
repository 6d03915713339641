"""What the receipt says of warnings with a reason, and of files that replace no figures."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from chuyenhoa.feedback import render_receipt
from chuyenhoa.feedback.grouping import Labels, group_findings, is_explained
from chuyenhoa.model.submissions import Finding, Receipt, Severity, SubmissionStatus, Waiting

EXPLAINED_HEAD = "Đã giải trình, văn phòng Ban Chỉ đạo xem xét"
EARLIER = "Báo cáo 6 tháng.xlsx (16:40, 15/10/2021)"
REASON = "Có 20 vụ của tháng 9 nhập dồn, đã đối chiếu với sổ thụ lý."
WARNING = Finding(
    "W01", Severity.WARNING, "Tăng gấp 9,7 lần. Kiểm tra; nếu đúng, ghi lý do.", "Số liệu", ("D7",), "30766"
)
EXPLAINED = replace(WARNING, justification=REASON)


def read_text(page: str) -> str:
    """The words of a page, without tags and style."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def read_head(page: str) -> str:
    """The words of the box with the status and the steps."""
    return read_text(page[page.index("<section") : page.index("</section>")])


@pytest.fixture
def warned(clean_receipt: Receipt) -> Receipt:
    """Accepted with one explained and one open warning."""
    return replace(
        clean_receipt,
        status=SubmissionStatus.ACCEPTED_WITH_WARNINGS,
        findings=(EXPLAINED, replace(WARNING, locality="30763", cells=("D6",))),
        marked_workbook="CAN-SUA-bc-ab12cd34.xlsx",
    )


def test_an_explained_warning_is_not_asked_for_again(warned: Receipt, templates: Path) -> None:
    text = read_text(render_receipt(warned, templates))
    assert "Cần giải trình (1)" in text
    assert f"{EXPLAINED_HEAD} (1)" in text
    asked, answered = text.split(EXPLAINED_HEAD)
    assert "Phường Vĩnh Lạc" in asked[asked.index("Cần giải trình (1)") :]
    assert "Phường An Hòa" not in asked[asked.index("Cần giải trình (1)") :]
    assert f"“{REASON}”" in answered
    assert "Phường An Hòa" in answered
    assert "ghi lý do" not in answered


def test_open_warnings_beside_explained_ones_are_still_asked_for(warned: Receipt, templates: Path) -> None:
    head = read_head(render_receipt(warned, templates))
    assert "ĐÃ TIẾP NHẬN, CÒN CHỖ CẦN GIẢI TRÌNH" in head
    assert "ghi lý do vào sheet “Giải trình”" in head


def test_reasons_given_leave_only_the_checks_open(warned: Receipt, templates: Path) -> None:
    macro = Finding("D09", Severity.WARNING, "Tệp có macro.")
    page = render_receipt(replace(warned, findings=(EXPLAINED, macro)), templates)
    assert "ĐÃ TIẾP NHẬN, CÒN CHỖ CẦN KIỂM TRA" in read_head(page)
    assert "ghi lý do" not in read_text(page)


def test_nothing_remains_to_be_done_when_all_is_explained(warned: Receipt, templates: Path) -> None:
    macro = Finding("D09", Severity.WARNING, "Tệp có macro.", justification="Biểu mẫu của phòng.")
    page = render_receipt(replace(warned, findings=(EXPLAINED, macro), marked_workbook=""), templates)
    head = read_head(page)
    assert "Đã tiếp nhận; các cảnh báo đã có giải trình." in head
    assert "không phải làm gì thêm" in head
    assert "CÒN CHỖ" not in page
    assert "Đơn vị cần làm" not in head
    assert '<section class="status good">' in page
    text = read_text(page)
    assert "Cần giải trình" not in text
    assert "Cần kiểm tra lại" not in text
    assert f"{EXPLAINED_HEAD} (2)" in text


@pytest.mark.parametrize("status", [SubmissionStatus.PARTLY_ACCEPTED, SubmissionStatus.RETURNED])
def test_the_steps_of_a_file_to_mend_leave_explained_warnings_out(
    receipt: Receipt, templates: Path, status: SubmissionStatus
) -> None:
    error = Finding("E02", Severity.ERROR, "Sai. Sửa ô.", "Số liệu", ("E6",), "30763")
    asked = replace(receipt, status=status, findings=(error, WARNING))
    assert "Cần giải trình" in read_head(render_receipt(asked, templates))
    head = read_head(render_receipt(replace(asked, findings=(error, EXPLAINED)), templates))
    assert "Cần giải trình" not in head
    assert "Sửa hết các chỗ ở mục “Phải sửa”" in head


def test_a_reason_is_escaped_and_masked(warned: Receipt, templates: Path) -> None:
    attack = "<script>alert(1)</script> {{ 7*7 }}, hỏi 0912 345 678"
    page = render_receipt(replace(warned, findings=(replace(WARNING, justification=attack),)), templates)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}, hỏi [đã che" in page
    assert "0912 345 678" not in page


def test_only_warnings_can_be_explained(warned: Receipt, templates: Path) -> None:
    error = replace(EXPLAINED, rule_id="E02", severity=Severity.ERROR)
    assert not is_explained(error)
    text = read_text(
        render_receipt(replace(warned, status=SubmissionStatus.RETURNED, findings=(error,)), templates)
    )
    assert "Phải sửa (1)" in text
    assert EXPLAINED_HEAD not in text


def test_a_blank_reason_is_none() -> None:
    assert is_explained(EXPLAINED)
    assert not EXPLAINED.needs_reason
    blank = replace(WARNING, justification=" \n")
    assert not is_explained(blank)
    assert blank.needs_reason


def test_identical_findings_with_different_reasons_stay_apart() -> None:
    groups = group_findings(
        [
            EXPLAINED,
            replace(EXPLAINED, cells=("E7",), justification=f" {REASON}\n"),
            replace(EXPLAINED, cells=("F7",), justification="Do lễ hội."),
            replace(WARNING, cells=("G7",)),
        ],
        Labels({"30766": "Phường An Hòa"}),
    )
    assert [
        (tuple(item.cell for item in group.items), group.justification, group.needs_reason)
        for group in groups
    ] == [
        (("D7", "E7"), REASON, False),
        (("F7",), "Do lễ hội.", False),
        (("G7",), "", True),
    ]


def test_identical_errors_are_one_group_whatever_reason_stands_at_them() -> None:
    error = replace(WARNING, severity=Severity.ERROR)
    groups = group_findings([error, replace(error, cells=("E7",), justification=REASON)], Labels())
    assert [(tuple(item.cell for item in group.items), group.justification) for group in groups] == [
        (("D7", "E7"), "")
    ]


def test_a_returned_version_replaces_nothing(receipt: Receipt, templates: Path) -> None:
    returned = replace(receipt, status=SubmissionStatus.RETURNED, taken=(), in_force=EARLIER, kept=140)
    page = render_receipt(returned, templates)
    head = read_head(page)
    assert "Trong lúc chờ, 140 số liệu đã nhận trước đây của kỳ này vẫn có hiệu lực" in head
    assert EARLIER in head
    text = read_text(page)
    assert "thay bản" not in text
    assert "Bản thứ 2" in text
    assert "Đã ghi nhận (" not in text
    assert "Giữ lại (2) Phường Vĩnh Lạc" in text


def test_a_returned_version_with_nothing_before_promises_nothing(receipt: Receipt, templates: Path) -> None:
    text = read_text(
        render_receipt(replace(receipt, status=SubmissionStatus.RETURNED, taken=(), version=1), templates)
    )
    assert "vẫn có hiệu lực" not in text


def test_figures_in_force_are_named_safely(receipt: Receipt, templates: Path) -> None:
    page = render_receipt(
        replace(
            receipt,
            status=SubmissionStatus.RETURNED,
            taken=(),
            in_force="<b>bc</b> 0912345678.xlsx",
            kept=1,
        ),
        templates,
    )
    assert "&lt;b&gt;bc&lt;/b&gt; [đã che" in page
    assert "0912345678" not in page


def test_a_partly_accepted_version_leaves_in_force_what_it_does_not_change(
    receipt: Receipt, templates: Path
) -> None:
    text = read_text(render_receipt(replace(receipt, in_force=EARLIER, kept=70), templates))
    assert "Bản thứ 2, sau bản" in text
    assert "70 số liệu đã nhận trước đây của kỳ này vẫn có hiệu lực" in text


@pytest.mark.parametrize("version", [None, 3])
@pytest.mark.parametrize("status", [SubmissionStatus.ACCEPTED, SubmissionStatus.ACCEPTED_WITH_WARNINGS])
def test_a_file_of_reasons_or_texts_changes_no_figures(
    clean_receipt: Receipt, templates: Path, status: SubmissionStatus, version: int | None
) -> None:
    page = render_receipt(replace(clean_receipt, status=status, taken=(), version=version), templates)
    said = "Tệp này bổ sung giải trình / thuyết minh; số liệu đã gửi không thay đổi."
    assert said in read_head(page)
    text = read_text(page)
    assert "thay bản" not in text
    assert "Đã ghi nhận (" not in text
    assert ("Bản thứ 3" in text) is (version == 3)


@pytest.mark.parametrize(("version", "supersedes"), [(1, ""), (2, EARLIER)])
def test_a_submitter_without_localities_sends_versions_of_its_texts(
    clean_receipt: Receipt, templates: Path, version: int, supersedes: str
) -> None:
    texts = replace(clean_receipt, taken=(), version=version, supersedes=supersedes)
    text = read_text(render_receipt(texts, templates))
    assert "số liệu đã gửi không thay đổi" not in text
    assert "Tệp không có địa bàn; phần thuyết minh đã được ghi nhận" in text
    assert (f"Bản thứ 2, sau bản {EARLIER}" in text) is (version == 2)


def test_a_form_that_came_back_blank_replaces_nothing(clean_receipt: Receipt, templates: Path) -> None:
    blank = replace(clean_receipt, version=2, supersedes=EARLIER, taken=(), held=clean_receipt.taken)
    text = read_text(render_receipt(blank, templates))
    assert f"thay bản {EARLIER}" not in text
    assert "Tệp không có địa bàn" not in text
    text = read_text(render_receipt(replace(blank, supersedes=""), templates))
    assert "bổ sung" not in text


@pytest.mark.parametrize(
    "status",
    sorted(set(SubmissionStatus) - {SubmissionStatus.ACCEPTED, SubmissionStatus.ACCEPTED_WITH_WARNINGS}),
)
def test_a_file_of_texts_of_which_nothing_counts_supplements_and_replaces_nothing(
    clean_receipt: Receipt, templates: Path, status: SubmissionStatus
) -> None:
    texts = replace(clean_receipt, status=status, taken=(), version=None)
    assert "Tệp này bổ sung" not in read_text(render_receipt(texts, templates))


def test_returned_texts_replace_nothing(clean_receipt: Receipt, templates: Path) -> None:
    texts = replace(clean_receipt, status=SubmissionStatus.RETURNED, taken=(), version=2, supersedes=EARLIER)
    text = read_text(render_receipt(texts, templates))
    assert "Bản thứ 2" in text
    assert "thay bản" not in text


UNTOUCHED = Finding("D54", Severity.NOTE, "Tệp “bc.xlsx”: chưa nhập số liệu nào. Nhập số liệu rồi gửi lại.")


def test_a_form_without_figures_is_not_called_taken(clean_receipt: Receipt, templates: Path) -> None:
    page = render_receipt(replace(clean_receipt, findings=(UNTOUCHED,)), templates)
    head = read_head(page)
    assert "ĐÃ NHẬN TỆP, BIỂU MẪU CHƯA ĐIỀN" in head
    assert "Nhập số liệu vào biểu mẫu (không phát sinh thì ghi 0)" in head
    assert "chậm nhất hết ngày 20/10/2021" in head
    assert "không phải làm gì thêm" not in head
    assert "Đã ghi nhận" not in read_text(page)


def test_a_form_without_figures_beside_figures_that_wait_says_so(
    clean_receipt: Receipt, templates: Path
) -> None:
    waiting = (Waiting("Phường Vĩnh Lạc", ("W02",), file_name="số liệu.xlsx"),)
    blank = replace(clean_receipt, findings=(UNTOUCHED,), taken=(), version=None, waiting=waiting)
    head = read_head(render_receipt(blank, templates))
    assert "ĐÃ NHẬN TỆP, BIỂU MẪU CHƯA ĐIỀN" in head
    assert "bổ sung giải trình" not in head


def test_a_file_in_the_wrong_folder_goes_to_the_right_one_as_it_is(
    clean_receipt: Receipt, templates: Path
) -> None:
    wrong = Finding(
        "D16", Severity.ERROR, "Tệp “bc.xlsx” là báo cáo của nơi khác. Thả lại tệp vào thư mục “900-ha-tien”."
    )
    refused = replace(
        clean_receipt, status=SubmissionStatus.REFUSED, findings=(wrong,), taken=(), version=None
    )
    head = read_head(render_receipt(refused, templates))
    assert "Thả lại tệp vào thư mục “900-ha-tien”." in head
    assert "Thả tệp đã sửa" not in head
    other = replace(refused, findings=(replace(wrong, rule_id="D05"),))
    assert "Thả tệp đã sửa vào thư mục nộp, chậm nhất" in read_head(render_receipt(other, templates))
