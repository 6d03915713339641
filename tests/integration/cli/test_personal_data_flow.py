"""Personal data in a dropped file reaches nothing that we write."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chuyenhoa.model import form
from chuyenhoa.model.personal import MASK
from chuyenhoa.model.plan import Plan
from tests.integration.cli.conftest import RACH_GIA, Call
from tests.unit.intake.drafts import Draft
from tests.unit.intake.handmade import TITLES, Grid, book

SECRETS = (
    "0912345678",
    "912345678",
    "079091234567",
    "79091234567",
    "0297 3812345",
    "370123456",
    "Nguyễn Văn Kín",
    "NguyÔn V¨n KÝn",
)
S, D, T, G = form.FIGURES_SHEET, form.DECLARATIONS_SHEET, form.NARRATIVE_SHEET, form.JUSTIFICATION_SHEET


def build(plan: Plan) -> bytes:
    """A file with personal data in every place where a submitter can type."""
    draft = Draft(plan)
    draft.fill_all(plan)
    draft.put(S, 1, "TTXH_XR", "0912345678")
    draft.put(S, 1, "TTXH_KP", 79091234567)
    draft.put(S, 3, form.LOCALITY_CODE, "079091234567")
    draft.put(S, 3, "TTXH_XR", 5)
    draft.put(S, 4, form.LOCALITY_NAME, "Nguyễn Văn Kín 370123456")
    draft.put(S, 4, "TTXH_XR", 5)
    draft.put(D, 1, form.NOTE, "Nguyễn Văn Kín, CCCD 079091234567")
    draft.put(D, 2, form.DOCUMENT_NUMBER, "0912345678")
    draft.put(D, 3, form.ANSWER, "Có, 0912345678")
    draft.put(D, 4, form.CRITERION_CODE, "0912345678")
    draft.put(T, 1, form.ITEM_TEXT, "Nguyễn Văn Kín (0297 3812345) cầm đầu")
    draft.put(T, 3, form.ITEM_TEXT, "®èi t\u00adîng NguyÔn V¨n KÝn, 0912345678")
    draft.put(D, 5, form.NOTE, "x" * 60 + " Nguyễn Văn Kín 0912345678")
    draft.put(D, 6, form.CRITERION_CODE, "Nguyễn Văn Kín " + "x" * 60 + " 0912345678")
    draft.put(T, 2, form.ITEM_CODE, "0912345678")
    draft.put(G, 1, form.REASON, "Do Nguyễn Văn Kín, 0912 345 678")
    draft.put(G, 2, form.RULE_CODE, "W02 Nguyễn Văn Kín 0912345678")
    draft.put(G, 2, form.REASON, "Lý do")
    draft.put(G, 3, form.RULE_CODE, "W02")
    draft.put(G, 3, form.LOCALITY_CODE, "370123456")
    draft.put(G, 3, form.REASON, "Lý do")
    sheet = draft.sheet(S)
    sheet["A3"] = f"{sheet['A3'].value} – liên hệ 0912345678"
    sheet.cell(draft.code_row(S), sheet.max_column + 1, "0912345678")
    people = draft.book.create_sheet("Danh sách")
    for row in range(1, 6):
        people.cell(row, 1, "Nguyễn Văn Kín")
        people.cell(row, 2, "079091234567")
    return draft.save()


def build_by_hand(_plan: Plan) -> bytes:
    """A table without our codes with personal data in heads, names, notes, figures, totals and below it."""
    head = ["TT", "Địa bàn", "Số vụ phạm pháp hình sự xảy ra", "Khám phá"]
    head += ["Nguyễn Văn Kín 0912345678", "Ghi chú"]
    people: Grid = [[f"{number}", "Nguyễn Văn Kín", "079091234567"] for number in range(5)]
    grid: Grid = [
        *TITLES,
        ["Người lập: Nguyễn Văn Kín, 0297 3812345"],
        head,
        [1, "Phường Vĩnh Lạc", 10, 8, 1, "Nguyễn Văn Kín 370123456"],
        [2, "Phường Rạch Sỏi", "0912345678", 79091234567, 1, ""],
        [3, "Nguyễn Văn Kín 0912345678", 1, 1, 1, ""],
        ["", "Tổng cộng", "Nguyễn Văn Kín 0912345678", 8, "", ""],
        ["", "Người lập biểu", "Nguyễn Văn Kín", "0912345678"],
    ]
    words: Grid = [
        ["Địa bàn", "Tiêu chí", "Kết quả", "Số văn bản", "Ngày văn bản", "Ghi chú"],
        ["Phường Vĩnh Lạc", "I.1", "Có", "Nguyễn Văn Kín 0912345678", "05/01/2021", ""],
        ["Phường Rạch Sỏi", "I.1", "Có", "", "", "Nguyễn Văn Kín 370123456"],
    ]
    texts: Grid = [["Nội dung", "Thuyết minh"], ["Nguyên nhân", "Nguyễn Văn Kín (0297 3812345) cầm đầu"]]
    return book(
        {"Biểu 1": grid, "Tiêu chí": words, "Thuyết minh": texts, "Danh sách": people, "Kín 0912345678": grid}
    )


def shown_by(path: Path) -> str:
    """All that a file says, without the submitter's own sheets of a marked workbook."""
    content = path.read_bytes()
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    book = load_workbook(path)
    listing = [str(cell.value) for row in book[form.LISTING_SHEET].iter_rows() for cell in row]
    comments = [
        cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    ]
    with zipfile.ZipFile(path) as archive:
        drawn = [
            archive.read(name).decode() for name in archive.namelist() if "comment" in name or "vml" in name
        ]
    return "\n".join([*listing, *comments, *drawn])


@pytest.mark.scene
@pytest.mark.parametrize(
    ("make", "expected"),
    [(build, {"D55", "D56"}), (build_by_hand, {"D55", "D56", "D57"})],
    ids=["our form", "a table of their own"],
)
def test_no_output_repeats_personal_data(
    make: Callable[[Plan], bytes],
    expected: set[str],
    call: Call,
    data_folder: Path,
    tmp_path: Path,
    plan: Plan,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    content = make(plan)
    dropped = data_folder / "inbox" / RACH_GIA / "bao-cao 0912345678.xlsx"
    dropped.parent.mkdir(parents=True)
    dropped.write_bytes(content)
    loose = tmp_path / "bao-cao.xlsx"
    loose.write_bytes(content)
    said = {
        "check": call("check", loose, "--submitter", "899"),
        "check --json": call("check", loose, "--submitter", "899", "--json"),
        "intake": call("intake", "--json"),
        "trace": call("trace", loose),
        "trace --json": call("trace", loose, "--json"),
        "status": call("status"),
    }
    texts = {name: called.out + called.err for name, called in said.items()}
    written = [path for path in data_folder.rglob("*") if path.is_file() and "archive" not in path.parts]
    texts |= {path.relative_to(data_folder).as_posix(): shown_by(path) for path in written}
    texts["log"] = caplog.text
    found = {finding["rule_id"] for finding in said["trace --json"].json["findings"]}
    assert expected <= found
    assert any(name.startswith("outbox") and name.endswith(".html") for name in texts)
    assert any("CAN-SUA" in name for name in texts)
    assert MASK in texts["check --json"]
    own_name = "bao-cao 0912345678"
    for name, text in texts.items():
        # The store alone holds the name under which a file came.
        left = text.replace(own_name, "") if name.startswith("chuyenhoa.db") else text
        assert [secret for secret in SECRETS if secret in left] == [], name
    statuses = said["trace --json"].json
    assert statuses["status"] in {"partly_accepted", "returned"}
