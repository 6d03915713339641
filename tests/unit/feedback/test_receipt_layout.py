"""What an officer sees first, what is put together, and what a receipt of an archive or of our fault says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chuyenhoa.feedback import MarkedAs, marked_name, render_letter, render_receipt
from chuyenhoa.feedback.grouping import Item, Labels, group_findings
from chuyenhoa.feedback.receipt import MAX_GROUPS, MAX_NORMALISATIONS, group_normalisations
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.submissions import Finding, Receipt, ReceiptMember, Severity, SubmissionStatus
from tests.unit.feedback.test_receipt_answers import read_head, read_text

UNCLEAR = Finding(
    "D41", Severity.ERROR, "Phường An Hòa: XHD, ô F7 ghi “x”, không rõ. Nhập 0 hoặc để trống.", "Số liệu",
    ("F7",), "30766", "XHD", "x",
)  # fmt: skip
LABELS = {"XHD": "Số vụ xã hội đen", "THT": "Người tha tù"}
JUMP = Finding(
    "W01", Severity.WARNING, "Tăng gấp 9,7 lần. Kiểm tra; nếu đúng, ghi lý do.", "Số liệu", ("D7",), "30766"
)


def test_the_same_mistake_in_several_cells_is_one_line_with_indicators() -> None:
    twin = replace(
        UNCLEAR, message=UNCLEAR.message.replace("F7", "G7"), cells=("G7",), indicator="THT", value="/"
    )
    before = replace(UNCLEAR, sheet="Cùng kỳ")
    labels = Labels({"30766": "Phường An Hòa"}, LABELS, {"D41": "Ký hiệu không rõ nghĩa"})
    first, second = group_findings([UNCLEAR, twin, before], labels)
    assert (second.window, second.problem) == ("Số liệu cùng kỳ", "XHD, ô F7 ghi “x”, không rõ.")
    assert (first.window, first.problem) == ("Số liệu kỳ này", "Ký hiệu không rõ nghĩa.")
    assert first.remedy == "Nhập 0 hoặc để trống."
    assert first.items == (
        Item("F7", "Số vụ xã hội đen", "x", "không rõ"),
        Item("G7", "Người tha tù", "/", "không rõ"),
    )


def test_cells_that_only_take_part_stand_on_one_line(receipt: Receipt, templates: Path) -> None:
    finding = Finding(
        "E08", Severity.ERROR, "Không cân. Kiểm tra.", "Số liệu", ("F7", "G7", "H7"), "30766", "THT"
    )
    shown = replace(receipt, findings=(finding,), indicator_labels={"THT": "Người tha tù"})
    page = render_receipt(shown, templates)
    assert page.count('class="item') == 2
    assert "cùng ô <b>G7</b>, <b>H7</b>" in page


def test_codes_that_a_text_was_read_as_are_told_in_words(receipt: Receipt, templates: Path) -> None:
    read = [
        ("D3", "Khám phá", "THT"),
        ("B4", "Lạc và Hòa", "30763, 30766"),
        ("G6", "02 vụ", "2"),
        ("E1", "x", "30763, 2"),
    ]
    entries = tuple(Normalisation(CellRef("CSV", cell), before, after, "vì") for cell, before, after in read)
    page = read_text(
        render_receipt(replace(receipt, normalisations=entries, indicator_labels=LABELS), templates)
    )
    for shown in (
        "Người tha tù (THT)",
        "Phường Vĩnh Lạc (30763), Phường An Hòa (30766)",
        "02 vụ 2 vì",
        "30763, 2",
    ):
        assert shown in page, shown


def test_many_cells_take_the_width_of_two_columns(receipt: Receipt, templates: Path) -> None:
    many = [
        replace(UNCLEAR, cells=(cell,), message=f"{cell} ghi “x”, không rõ. Sửa.")
        for cell in ("D7", "E7", "F7", "G7")
    ]
    shown = replace(receipt, indicator_labels=LABELS, rule_titles={"D41": "Ký hiệu"})
    pages = [render_receipt(replace(shown, findings=tuple(many[:count])), templates) for count in (3, 4)]
    assert [page.count('<td colspan="2">Ký hiệu.') for page in pages] == [0, 1]
    assert [page.count("đang ghi: x, không rõ") for page in pages] == [3, 4]


def test_without_a_title_different_texts_stay_apart() -> None:
    twin = replace(UNCLEAR, message="Khác. Nhập 0 hoặc để trống.", cells=("G7",))
    assert len(group_findings([UNCLEAR, twin], Labels())) == 2


def test_different_advice_stays_apart() -> None:
    twin = replace(UNCLEAR, message="Phường An Hòa: khác. Nhập số vụ.", cells=("G7",))
    assert len(group_findings([UNCLEAR, twin], Labels(titles={"D41": "Ký hiệu"}))) == 2


def test_the_columns_follow_the_order_of_the_officers_questions(receipt: Receipt, templates: Path) -> None:
    page = render_receipt(receipt, templates)
    row = page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))]
    words = ("Phường Vĩnh Lạc", "Số liệu kỳ này", "lớn hơn", "E6", "Sửa một", "E02")
    places = [row.index(word) for word in words]
    assert places == sorted(places)


def test_each_held_locality_says_what_it_waits_for(receipt: Receipt, templates: Path) -> None:
    text = read_text(render_receipt(receipt, templates))
    assert "Giữ lại (2) Phường Vĩnh Lạc (sửa 1 chỗ); Phường An Hòa (sửa 1 chỗ, giải trình 1 chỗ)" in text


def test_a_reason_that_was_given_is_not_counted_as_owed(receipt: Receipt, templates: Path) -> None:
    error = Finding("E02", Severity.ERROR, "Sai. Sửa.", "Số liệu", ("E6",), "30766")
    text = read_text(
        render_receipt(
            replace(receipt, findings=(error, replace(JUMP, justification="Do lễ hội."))), templates
        )
    )
    assert "Phường An Hòa (sửa 1 chỗ)" in text


def test_the_head_names_the_last_day(receipt: Receipt, templates: Path) -> None:
    assert "càng sớm càng tốt vì đã quá hạn từ hết ngày 17/10/2021" in read_head(
        render_receipt(receipt, templates)
    )
    on_time = replace(receipt, is_late=False, received_at=datetime(2021, 10, 16, tzinfo=UTC))
    assert "chậm nhất hết ngày 17/10/2021" in read_head(render_receipt(on_time, templates))


def test_a_file_held_back_for_reasons_alone_says_so(receipt: Receipt, templates: Path) -> None:
    waiting = replace(receipt, findings=(JUMP,), status=SubmissionStatus.RETURNED, taken=())
    head = read_head(render_receipt(waiting, templates))
    assert "CHƯA GHI NHẬN, CHỜ GIẢI TRÌNH" in head
    assert "Địa bàn giữ lại được ghi nhận khi có lý do." in head
    partly = read_head(render_receipt(replace(waiting, status=SubmissionStatus.PARTLY_ACCEPTED), templates))
    assert "cho đến khi có giải trình" in partly
    assert "Phải sửa" not in partly


def test_reasons_in_a_later_file_release_localities(clean_receipt: Receipt, templates: Path) -> None:
    supplement = replace(clean_receipt, taken=(), version=None, released=("Phường An Hòa",))
    head = read_head(render_receipt(supplement, templates))
    assert "Nhờ giải trình trong tệp này, số liệu đã gửi của Phường An Hòa nay được ghi nhận." in head
    assert "không phải làm gì thêm" in head


def test_an_archive_lists_its_files_with_their_receipts(clean_receipt: Receipt, templates: Path) -> None:
    members = (
        ReceiptMember("Rạch Giá/bc.xlsx", SubmissionStatus.ACCEPTED, "PHIEU-TIEP-NHAN-bc-1.html"),
        ReceiptMember("0912 345 678.jpg", SubmissionStatus.REFUSED, ""),
    )
    archive = replace(clean_receipt, members=members, taken=(), version=None)
    page = render_receipt(archive, templates)
    text = read_text(page)
    assert "TỆP NÉN ĐÃ ĐƯỢC MỞ" in read_head(page)
    assert "Trong tệp nén có 2 tệp" in read_head(page)
    assert "Mở phiếu của từng tệp còn chỗ phải sửa" in read_head(page)
    assert "Rạch Giá/bc.xlsx Đã tiếp nhận PHIEU-TIEP-NHAN-bc-1.html" in text
    assert "Không nhận được đang xử lý" in text
    assert "0912" not in text
    good = read_head(render_receipt(replace(archive, members=members[:1]), templates))
    assert "giữ các phiếu làm căn cứ đã nộp" in good
    inside = read_text(render_receipt(replace(clean_receipt, container="quý III.zip"), templates))
    assert "trong tệp nén quý III.zip" in inside


def test_our_fault_asks_for_nothing(clean_receipt: Receipt, templates: Path) -> None:
    ours = replace(clean_receipt, status=SubmissionStatus.CLAIMED, taken=(), version=None, period_label="")
    page = render_receipt(ours, templates)
    assert "lỗi của hệ thống, không phải do đơn vị" in read_head(page)
    assert "không cần gửi lại; giờ nhận tệp vẫn là giờ ghi trong phiếu này" in read_head(page)
    assert "Đơn vị cần làm" not in page
    assert "chưa xác định được kỳ" not in page
    assert clean_receipt.sha256 in page


def test_a_refusal_with_one_reason_gives_it_at_once(clean_receipt: Receipt, templates: Path) -> None:
    refused = replace(
        clean_receipt,
        status=SubmissionStatus.REFUSED,
        findings=(Finding("D04", Severity.ERROR, "Tệp được đặt mật khẩu. Bỏ mật khẩu rồi gửi lại."),),
    )
    head = read_head(render_receipt(refused, templates))
    assert "Lý do: Tệp được đặt mật khẩu." in head
    assert "Bỏ mật khẩu rồi gửi lại." in head


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (MarkedAs.ORIGINAL, "các ô đã được tô màu và có ghi chú"),
        (MarkedAs.FORM, "biểu mẫu đã điền sẵn những gì đọc được"),
    ],
)
def test_the_steps_say_what_lies_beside_the_receipt(
    receipt: Receipt, templates: Path, kind: MarkedAs, said: str
) -> None:
    name = marked_name(receipt, kind)
    head = read_head(render_receipt(replace(receipt, marked_workbook=name), templates))
    assert said in head
    assert name in head
    again = replace(receipt, file_name=name)
    assert marked_name(again) == marked_name(receipt)


def test_cells_read_in_the_same_way_are_one_line() -> None:
    cells = [f"{letter}12" for letter in "HIJKLMNOPQRSTU"]
    entries = [Normalisation(CellRef("Số liệu", cell), "-", "0", "dấu gạch") for cell in cells]
    other = Normalisation(CellRef("Số liệu", "D12"), "hỏi 0912 345 678", "2", "bỏ chữ")
    first, second = group_normalisations([entries[0], other, *entries[1:]])
    assert (first.cells, first.more_cells, first.after) == (tuple(cells[:12]), 2, "0")
    assert second.cells == ("D12",)
    assert "0912" not in second.before


def test_a_receipt_stays_readable_however_much_is_wrong(receipt: Receipt, templates: Path) -> None:
    many = tuple(
        replace(UNCLEAR, message=f"Sai {n}. Sửa.", cells=(f"F{n}",)) for n in range(1, MAX_GROUPS + 8)
    )
    read = tuple(
        Normalisation(CellRef("Số liệu", f"F{n}"), str(n), f"{n}0", "") for n in range(MAX_NORMALISATIONS + 3)
    )
    text = read_text(render_receipt(replace(receipt, findings=many, normalisations=read), templates))
    assert (
        f"Còn 7 mục nữa chưa in ở đây; sheet “Cần sửa” của tệp “{receipt.marked_workbook}” liệt kê đủ" in text
    )
    assert "Còn 3 cách đọc khác cùng loại" in text


def test_the_letter_says_what_the_receipt_says(receipt: Receipt, templates: Path) -> None:
    subject, text = render_letter(receipt, templates)
    assert subject == f"TIẾP NHẬN MỘT PHẦN – {receipt.file_name} – {receipt.period_label}"
    assert "Kính gửi Ban Chỉ đạo thành phố Rạch Giá," in text
    assert "Đã ghi nhận: Xã Phi Thông.\nGiữ lại: Phường Vĩnh Lạc, Phường An Hòa." in text
    assert (
        "- Phường Vĩnh Lạc, số liệu kỳ này: Số vụ khám phá (13) lớn hơn số vụ xảy ra (12). (E6, D6) →" in text
    )
    assert receipt.sha256 in text
    assert "&" not in text
    assert "{" not in text
    assert "\n\n\n" not in text


def test_the_letter_repeats_no_personal_data_and_no_markup(receipt: Receipt, templates: Path) -> None:
    attack = replace(receipt, file_name="<b>Nguyễn Văn A</b> 0912345678.xlsx", contact="Đội 2 & văn phòng")
    subject, text = render_letter(attack, templates)
    assert "0912345678" not in subject + text
    assert "<b>Nguyễn Văn A</b>" in subject  # plain text: nothing to escape
    assert "Hỏi: Đội 2 & văn phòng" in text


@pytest.mark.parametrize("status", list(SubmissionStatus))
def test_every_status_has_a_letter(receipt: Receipt, templates: Path, status: SubmissionStatus) -> None:
    subject, text = render_letter(replace(receipt, status=status), templates)
    assert receipt.file_name in subject
    assert "KẾT QUẢ: " in text
    assert "1. " in text
