"""What the receipt says for every status, and that it is safe to open anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chuyenhoa.feedback import marked_name, receipt_name, render_letter, render_receipt
from chuyenhoa.feedback.receipt import ReceiptError
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.submissions import Finding, ReadCount, Receipt, Severity, SubmissionStatus


class _Words(HTMLParser):
    """The text of a page, and the tags and attributes it uses."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.text.append(data)


def read_page(html: str) -> tuple[str, set[str]]:
    parser = _Words()
    parser.feed(html)
    return re.sub(r"\s+", " ", " ".join(parser.text)), parser.tags


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (SubmissionStatus.ACCEPTED, "ĐÃ TIẾP NHẬN"),
        (SubmissionStatus.ACCEPTED_WITH_WARNINGS, "ĐÃ TIẾP NHẬN, CÒN CHỖ CẦN GIẢI TRÌNH"),
        (SubmissionStatus.PARTLY_ACCEPTED, "TIẾP NHẬN MỘT PHẦN"),
        (SubmissionStatus.RETURNED, "TRẢ LẠI ĐỂ SỬA"),
        (SubmissionStatus.REFUSED, "KHÔNG NHẬN ĐƯỢC TỆP NÀY"),
        (SubmissionStatus.DUPLICATE, "TỆP NÀY ĐÃ NỘP TRƯỚC ĐÓ"),
        (SubmissionStatus.CLAIMED, "ĐÃ NHẬN TỆP, HỆ THỐNG CHƯA XỬ LÝ XONG"),
        (SubmissionStatus.SET_ASIDE, "ĐÃ NHẬN TỆP, HỆ THỐNG CHƯA XỬ LÝ XONG"),
    ],
)
def test_every_status_has_its_word(
    receipt: Receipt, templates: Path, status: SubmissionStatus, word: str
) -> None:
    html = render_receipt(replace(receipt, status=status), templates)
    assert f'<strong class="word">{word}</strong>' in html
    text, _ = read_page(html)
    assert "{" not in text
    assert receipt.sha256 in text


def test_no_status_is_left_without_words() -> None:
    marks = test_every_status_has_its_word.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(SubmissionStatus)


def test_what_came_stands_at_the_foot(receipt: Receipt, templates: Path) -> None:
    foot = render_receipt(receipt, templates).partition("<footer>")[2]
    text, _ = read_page(foot)
    assert receipt.sha256 in text
    assert f"{receipt.size:,}".replace(",", ".") + " byte" in text


def test_facts_are_given_in_vietnamese(receipt: Receipt, templates: Path) -> None:
    text, _ = read_page(render_receipt(receipt, templates))
    assert "08:05 ngày 18/10/2021 (giờ Việt Nam)" in text
    assert "quá hạn 1 ngày (hạn nộp: hết ngày 17/10/2021)" in text
    assert "Bản thứ 2, sau bản Báo cáo 6 tháng.xlsx nhận lúc 15/10/2021 16:40" in text
    assert "17,8 KB (18.204 byte)" in text
    assert "Đã ghi nhận (1) Xã Phi Thông" in text
    assert "Giữ lại (2) Phường Vĩnh Lạc (sửa 1 chỗ); Phường An Hòa (sửa 1 chỗ, giải trình 1 chỗ)" in text
    assert receipt.marked_workbook in text


def test_what_stands_in_the_file_and_what_was_read_is_counted(receipt: Receipt, templates: Path) -> None:
    counted = replace(receipt, numbers=ReadCount(281, 280))
    assert "đọc 280/281 ô số" in render_receipt(counted, templates)
    assert "\nHệ thống đọc 280/281 ô số.\n" in render_letter(counted, templates)[1]
    assert "ô số" not in render_letter(receipt, templates)[1]
    for status in (SubmissionStatus.REFUSED, SubmissionStatus.DUPLICATE, SubmissionStatus.CLAIMED):
        assert "ô số" not in render_receipt(replace(counted, status=status), templates)
    assert "ô số" not in render_receipt(receipt, templates)


def test_a_receipt_on_time_says_so(clean_receipt: Receipt, templates: Path) -> None:
    text, _ = read_page(render_receipt(clean_receipt, templates))
    assert "đúng hạn (hạn nộp: hết ngày 20/10/2021)" in text
    assert "Phải sửa" not in text
    assert "không phải làm gì thêm" in text


def test_errors_come_before_warnings_before_notes(receipt: Receipt, templates: Path) -> None:
    text, _ = read_page(render_receipt(receipt, templates))
    order = [
        text.index(head)
        for head in ("Phải sửa (2)", "Cần giải trình (1)", "Cần kiểm tra lại (1)", "Để biết (1)")
    ]
    assert order == sorted(order)
    assert text.index("Đã hiểu là (1)") > order[-1]
    assert "02 vụ" in text
    assert "bỏ đơn vị" in text


def test_problem_and_remedy_stand_apart(receipt: Receipt, templates: Path) -> None:
    html = render_receipt(receipt, templates)
    assert "<td>Số vụ khám phá (13) lớn hơn số vụ xảy ra (12).</td>" in html
    assert '<td class="remedy">Sửa một trong hai ô.</td>' in html


def test_identical_findings_are_one_row_with_their_cells(receipt: Receipt, templates: Path) -> None:
    blank = Finding("D40", Severity.ERROR, "Ô để trống. Nhập số liệu.", "Số liệu", ("D7",), "30766")
    many = (
        blank,
        replace(blank, cells=("G7",)),
        replace(blank, cells=("F7",)),
        replace(blank, locality="30763"),
    )
    html = render_receipt(replace(receipt, findings=many), templates)
    assert html.count("<td>Ô để trống.</td>") == 2
    assert "D7 F7 G7" in read_page(html)[0]


def test_a_duplicate_names_the_first(receipt: Receipt, templates: Path) -> None:
    first = "bc.xlsx nhận lúc 16/10/2021 09:00"
    twin = replace(receipt, status=SubmissionStatus.DUPLICATE, duplicate_of=first, findings=(), version=None)
    text, _ = read_page(render_receipt(twin, templates))
    assert f"Tệp đã nhận: {first} ." in text
    assert "Đã ghi nhận (" not in text
    assert "quá hạn" not in text  # the first came on time, whenever its twin comes


def test_our_fault_is_not_put_on_the_submitter(receipt: Receipt, templates: Path) -> None:
    ours = replace(
        receipt, status=SubmissionStatus.CLAIMED, findings=(), taken=(), held=(), marked_workbook=""
    )
    text, _ = read_page(render_receipt(ours, templates))
    assert "do lỗi của hệ thống, không phải do đơn vị" in text
    assert "không cần gửi lại" in text
    assert "Đơn vị cần làm" not in text


def test_a_refused_file_of_an_unknown_sender(receipt: Receipt, templates: Path) -> None:
    finding = Finding("D04", Severity.ERROR, "Tệp “x” được đặt mật khẩu. Bỏ mật khẩu mở tệp rồi gửi lại.")
    refused = replace(
        receipt, status=SubmissionStatus.REFUSED, findings=(finding,), submitter_name="", period_label="",
        period_id="", is_late=False, version=None, taken=(), held=(), supersedes="", size=0,
        normalisations=(), marked_workbook="",
    )  # fmt: skip
    text, _ = read_page(render_receipt(refused, templates))
    assert "Chưa xác định được đơn vị nộp – chưa xác định được kỳ báo cáo" in text
    assert "Bỏ mật khẩu mở tệp rồi gửi lại." in text
    assert "Thời hạn" not in text
    assert "0 byte" in text


def test_warnings_of_the_gates_ask_for_no_reason(receipt: Receipt, templates: Path) -> None:
    finding = Finding("D09", Severity.WARNING, "Tệp có macro.")
    asked = replace(receipt, status=SubmissionStatus.ACCEPTED_WITH_WARNINGS, findings=(finding,))
    text, _ = read_page(render_receipt(asked, templates))
    assert "ĐÃ TIẾP NHẬN, CÒN CHỖ CẦN KIỂM TRA" in text
    assert "Giải trình" not in text


def test_hostile_names_and_values_stay_text(receipt: Receipt, templates: Path) -> None:
    attack = "<script>alert(1)</script>&{{ 7*7 }}"
    finding = Finding("E01", Severity.ERROR, attack, attack, (attack,), attack, attack, attack)
    hostile = replace(
        receipt, file_name=f"{attack}.xlsx", submitter_name=attack, supersedes=attack, duplicate_of=attack,
        findings=(finding,), held=(attack,),
        normalisations=(Normalisation(CellRef(attack, attack), attack, attack, attack),),
    )  # fmt: skip
    html = render_receipt(hostile, templates)
    text, tags = read_page(html)
    assert not tags & {"script", "img", "link", "iframe", "object", "a"}
    assert attack in text
    assert "49" not in text.replace(receipt.sha256, "")


def test_the_page_reaches_for_nothing_outside(receipt: Receipt, templates: Path) -> None:
    html = render_receipt(receipt, templates)
    assert not re.search(r"https?:|//|url\(|@import|src=|href=", html)


def test_the_page_is_made_for_print(receipt: Receipt, templates: Path) -> None:
    html = render_receipt(receipt, templates)
    assert "@page { size: A4;" in html
    assert 'content="width=device-width, initial-scale=1"' in html
    assert '<meta charset="utf-8">' in html


def test_personal_data_is_not_repeated(receipt: Receipt, templates: Path) -> None:
    number, phone = "091203004567", "0912 345 678"
    finding = Finding(
        "D50", Severity.ERROR, f"Ô ghi {phone}. Xóa.", "Số liệu", ("D7",), "30766", value=number
    )
    entry = Normalisation(CellRef("Số liệu", "G6"), f"CCCD {number}", phone, "…")
    html = render_receipt(replace(receipt, findings=(finding,), normalisations=(entry,)), templates)
    assert number not in html
    assert phone not in html
    assert html.count("đã che") == 4


@pytest.mark.parametrize(
    "kept", ["12.345", "1.234.567.890", "15/4/2021", "01-11-2021 08:30", "121/KH-BCĐ", "79,96 %"]
)
def test_figures_and_dates_are_not_taken_for_personal_data(
    receipt: Receipt, templates: Path, kept: str
) -> None:
    finding = Finding("E01", Severity.ERROR, f"Ghi {kept}. Sửa.", value=kept)
    assert kept in render_receipt(replace(receipt, findings=(finding,)), templates)


def test_a_missing_template_is_our_fault(receipt: Receipt, tmp_path: Path) -> None:
    with pytest.raises(ReceiptError, match="phieu_tiep_nhan"):
        render_receipt(receipt, tmp_path)


def test_a_template_that_asks_for_what_is_not_there_is_our_fault(receipt: Receipt, tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "phieu_tiep_nhan.html.j2").write_text(
        "{{ receipt.no_such_thing }}", encoding="utf-8"
    )
    with pytest.raises(ReceiptError, match="no_such_thing"):
        render_receipt(receipt, tmp_path)


def test_names_are_safe_and_distinct(receipt: Receipt) -> None:
    assert receipt_name(receipt) == "PHIEU-TIEP-NHAN-Báo-cáo-6-tháng-Rạch-Giá-ab12cd34-20211018-080500.html"
    other = replace(receipt, sha256="ff" * 32)
    assert receipt_name(other) != receipt_name(receipt)
    later = replace(receipt, received_at=datetime(2021, 10, 18, 1, 5, 1, tzinfo=UTC))
    assert receipt_name(later) != receipt_name(receipt)


@pytest.mark.parametrize(
    ("file_name", "stem"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\a:b*c?.xlsx", "a-b-c"),
        ("<script>.xlsx", "script"),
        ("Ba\u0301o ca\u0301o.xlsx", "Báo-cáo"),
        ("….xlsx", "tep"),
        ("x" * 300 + ".xlsx", "x" * 60),
        ("CAN-SUA-bc-ab12cd34.xlsx", "bc"),
        ("bc 0912345678.xlsx", "bc-đã-che-có-thể-là-dữ-liệu-cá-nhân"),
    ],
)
def test_marked_names(receipt: Receipt, file_name: str, stem: str) -> None:
    assert marked_name(replace(receipt, file_name=file_name)) == f"CAN-SUA-{stem}-ab12cd34.xlsx"


@pytest.mark.parametrize(
    ("before", "is_open"),
    [
        (SubmissionStatus.ACCEPTED, False),
        (SubmissionStatus.ACCEPTED_WITH_WARNINGS, False),
        (SubmissionStatus.PARTLY_ACCEPTED, True),
        (SubmissionStatus.RETURNED, True),
        (SubmissionStatus.REFUSED, True),
    ],
)
def test_a_repetition_of_what_is_to_be_mended_leads_to_its_receipt(
    receipt: Receipt, templates: Path, before: SubmissionStatus, *, is_open: bool
) -> None:
    twin = replace(
        receipt,
        status=SubmissionStatus.DUPLICATE,
        duplicate_of="bc.xlsx",
        duplicate_status=before,
        duplicate_receipt="PHIEU-TIEP-NHAN-bc.html",
        findings=(),
        version=None,
    )
    text, _ = read_page(render_receipt(twin, templates))
    assert ("CHƯA ĐƯỢC SỬA" in text) is is_open
    assert ("Mở phiếu “PHIEU-TIEP-NHAN-bc.html”" in text) is is_open
    assert ("Đơn vị không phải làm gì." in text) is not is_open
    assert ("CHƯA ĐƯỢC SỬA" in render_letter(twin, templates)[0]) is is_open
