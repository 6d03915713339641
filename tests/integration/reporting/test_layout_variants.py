"""Correct documents as other hands and older editions of Word lay them out pass; their faults are found."""

from __future__ import annotations

import pytest

from chuyenhoa.reporting import check_layout
from tests.integration.reporting import layout_edits as edits
from tests.integration.reporting import model_documents
from tests.integration.reporting.layout_edits import (
    TEXT,
    Edit,
    binding,
    header,
    join,
    page_number,
    space,
    split_text,
)
from tests.integration.reporting.word_edits import WordFile

MODELS = {
    "decision": model_documents.write_decision(),
    "letter": model_documents.write_letter(),
    "submission": model_documents.write_submission(),
}

CORRECT: dict[str, tuple[str, Edit]] = {
    "rules drawn by Word 2007": ("decision", edits.connectors_of_2007),
    "page number in a frame": (
        "letter",
        lambda f: header(f, edits.frame),
    ),
    "room for binding": ("letter", binding("1134", "567")),
    "a tab for the indent": ("letter", edits.tab_instead_of_indent),
    "title and subject in one paragraph": ("submission", join("TỜ TRÌNH", "Về việc đề nghị")),
    "nation and motto in one paragraph": ("letter", join("CỘNG HÒA", "Độc lập")),
    "head in one row": ("submission", edits.head_in_one_row),
    "automatic spaces": (
        "letter",
        space(before="0", after="0", afterAutospacing="1"),
    ),
    "spaces in lines": ("letter", space(before="0", after="0", beforeLines="50")),
    "lines of at least a point": ("letter", space(line="20", lineRule="atLeast")),
    "letters drawn closer": ("letter", edits.draw_closer),
    "a signed copy": ("submission", edits.sign),
    "hard space in the number": ("letter", lambda f: f.say("Số:", "Số:\xa0152/BCĐ-PV01")),
    "dots for the number": ("letter", lambda f: f.say("Số:", "Số: …/BCĐ-PV01")),
    "dots for the day": ("letter", lambda f: f.replace("ngày 05 tháng", "ngày ... tháng")),
    "a remark in italics": ("decision", edits.remark_in_italics),
    "signature behind a gap": ("submission", edits.signature_behind_a_gap),
    "title with a wide gap": ("submission", lambda f: f.replace("TỜ TRÌNH", "TỜ  TRÌNH")),
    "an invitation": ("submission", edits.invite),
}  # fmt: skip


@pytest.mark.parametrize("variant", CORRECT)
def test_a_correct_document_laid_out_otherwise_passes(variant: str) -> None:
    model, edit = CORRECT[variant]
    file = WordFile(MODELS[model])
    edit(file)
    assert file.bytes() != MODELS[model]
    assert [str(problem) for problem in check_layout(file.bytes())] == []


FAULTS: dict[str, tuple[str, Edit, str, str]] = {
    "too much room for binding": ("letter", binding("1701", "567"), "lề trái", "40 mm"),
    "page number small": ("letter", page_number(sz="20"), "số trang", "cỡ chữ 10"),
    "page number italic": ("letter", page_number(i="1"), "số trang", "chữ nghiêng"),
    "page number bold": ("letter", page_number(b="1"), "số trang", "chữ đậm"),
    "page number with a word": ("letter", edits.say_page, "số trang", "“Trang2”"),
    "no such day": (
        "letter",
        lambda f: f.say("Kiên Giang, ngày", "Kiên Giang, ngày 31 tháng 11 năm 2021"),
        "địa danh, ngày tháng",
        "Kiên Giang, ngày 31 tháng 11 năm 2021",
    ),
    "whole paragraph indented": (
        "letter",
        lambda f: f.paragraph(TEXT, "ind", left="1701"),
        "nội dung",
        "cả đoạn lùi vào 30 mm ở bên trái, 0 mm ở bên phải",
    ),
    "table beyond the margins": ("decision", edits.widen_table, "bảng", "rộng 282 mm"),
    "plain head not repeated": ("decision", edits.plain_head, "bảng", "dòng tiêu đề không lặp lại"),
    "annex in the letter's section": (
        "decision", edits.annex_without_section, "phụ lục", "không đánh số trang riêng"
    ),
    "capacity with a stroke": (
        "submission", lambda f: f.replace("KT. GIÁM ĐỐC", "K/T GIÁM ĐỐC"), "quyền hạn, chức vụ người ký",
        "K/T GIÁM ĐỐC",
    ),
    "honour before the name": (
        "submission", lambda f: f.replace("Đại tá", "NGƯT"), "họ tên người ký", "NGƯT Nguyễn Văn B"
    ),
    "QUYẾT ĐỊNH without a colon": (
        "decision", lambda f: f.replace("QUYẾT ĐỊNH:", "QUYẾT ĐỊNH"), "lệnh ban hành", "QUYẾT ĐỊNH"
    ),
    "annex with an Arabic number": (
        "decision", lambda f: f.say("Phụ lục", "Phụ lục 01"), "phụ lục", "Phụ lục 01"
    ),
    "counted anew within the text": (
        "letter", split_text("pgNumType"), "số trang", "đánh số lại từ 1 giữa văn bản"
    ),
    "a page without number within the text": (
        "letter", split_text("titlePg"), "số trang", "trang đầu của phần không có số trang"
    ),
    "number apart from its stroke": (
        "letter", lambda f: f.replace("152/", "152 /"), "số, ký hiệu", "Số: 152 /BCĐ-PV01"
    ),
    "type in a letter's symbol": (
        "letter", lambda f: f.replace("/BCĐ-", "/CV-BCĐ-"), "số, ký hiệu", "Số: 152/CV-BCĐ-PV01"
    ),
    "no subject": ("submission", lambda f: f.remove("Về việc đề nghị"), "trích yếu", "không có"),
    "Điều in italics": ("decision", lambda f: f.run("Điều 2.", "i"), "Điều", "chữ nghiêng"),
    "connector of Word 2007 too long": (
        "decision",
        edits.long_connectors,
        "kẻ dưới Tiêu ngữ",
        "dài 121 mm (chữ dài 60 mm)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_its_faults_are_found_and_nothing_else(fault: str) -> None:
    model, edit, element, what = FAULTS[fault]
    file = WordFile(MODELS[model])
    edit(file)
    problems = check_layout(file.bytes())
    assert {problem.element for problem in problems} == {element}, [str(p) for p in problems]
    assert what in {problem.found for problem in problems}
