"""A marked workbook repeats no personal number, wherever the submitter wrote it, and keeps the words."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from chuyenhoa.feedback import MarkError, mark_workbook
from chuyenhoa.intake.findings import FindingList
from chuyenhoa.intake.values.personal import withhold_personal
from chuyenhoa.kit.readers import open_book
from chuyenhoa.kit.readers.book import Flaw
from chuyenhoa.model import form
from chuyenhoa.model.personal import MASK
from chuyenhoa.model.submissions import Finding, Severity

SECRETS = (b"912345678", b"79091234567", b"987654321")
FINDING = Finding(
    "D55", Severity.ERROR, "Ô B2 có số giống dữ liệu cá nhân. Xóa đi.", sheet="Biểu", cells=("B2",)
)


def make(title: str = "Biểu") -> bytes:
    book = Workbook()
    sheet = book.create_sheet(title, 0)
    del book["Sheet"]
    sheet.append(["Nơi nhận; điện thoại 0912345678", 12, 3.5])
    sheet.append(["Phường A", "0912345678", 79091234567])
    sheet.append(["Phường B", '="0"&"912345678"', "0912345678,0987654321"])
    sheet["C1"].comment = Comment("Gọi 0912345678 nhé", "Nam 0987654321")
    sheet.oddFooter.center.text = "0912345678"
    book.properties.creator = "Nam 0912345678"
    guide = book.create_sheet(form.GUIDE_SHEET)
    guide["A1"] = "Liên hệ: điện thoại 02973.862058"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_no_part_repeats_a_personal_number() -> None:
    marked = mark_workbook(make(), [FINDING], {})
    leaking = [name for name, part in parts_of(marked).items() for secret in SECRETS if secret in part]
    assert leaking == []
    sheet = load_workbook(io.BytesIO(marked))["Biểu"]
    assert sheet["A1"].value == f"Nơi nhận; điện thoại {MASK}"
    assert [cell.value for cell in sheet[2]] == ["Phường A", MASK, MASK]
    assert [cell.value for cell in sheet[3]] == ["Phường B", MASK, f"{MASK},{MASK}"]
    assert (sheet["B1"].value, sheet["C1"].value) == (12, 3.5)
    assert sheet["C1"].comment is not None
    assert sheet["C1"].comment.text == f"Gọi {MASK} nhé"


def test_whom_to_call_stays_on_the_sheet_of_guidance() -> None:
    book = load_workbook(io.BytesIO(mark_workbook(make(), [FINDING], {})))
    assert book[form.GUIDE_SHEET]["A1"].value == "Liên hệ: điện thoại 02973.862058"


def test_a_notice_that_comes_back_is_still_no_figure() -> None:
    marked = mark_workbook(make(), [FINDING], {})
    book = open_book(marked, FindingList("a.xlsx"))
    assert book is not None
    (sheet,) = (sheet for sheet in withhold_personal(book).sheets if sheet.name == "Biểu")
    personal = {place for place, mark in sheet.marks.items() if mark.flaw is Flaw.PERSONAL}
    assert personal == {(0, 0), (1, 1), (1, 2), (2, 1), (2, 2)}


def test_a_sheet_named_after_a_person_is_not_sent_back() -> None:
    with pytest.raises(MarkError, match="the name of a sheet"):
        mark_workbook(make("Biểu 0912345678"), [FINDING], {})
