"""A later file changes what it states and nothing else; its receipt says what changed and what stays."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from sqlalchemy.orm import Session

from chuyenhoa.cli import main
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.keep.rebuilding import rebuild_store
from chuyenhoa.pipeline.receive.batches import batch, claim_drops, process_batch
from chuyenhoa.store import in_force, ledger, open_store
from chuyenhoa.store.evidence import load_evidence
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.forms import FIGURES, columns, fill
from tests.integration.prepared import open_periods

FOLDER = "899-rach-gia"
ONE, TWO = "30745", "30754"
Edit = Callable[[Workbook], None]


@pytest.fixture
def blank(data_folder: Path) -> Path:
    """The blank form of six months; 899 has two localities."""
    open_periods(data_folder, "2021-6t")
    return data_folder / "outbox" / FOLDER / f"BIEU-MAU-2021-6t-{FOLDER}.xlsx"


def edited(content: bytes, edit: Edit) -> bytes:
    book = load_workbook(io.BytesIO(content))
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def keep(*sheets: str) -> Edit:
    """Delete all sheets but some and the form's mark."""

    def edit(book: Workbook) -> None:
        for name in set(book.sheetnames) - {*sheets, "_meta"}:
            del book[name]

    return edit


def only_cells(cells: Mapping[tuple[str, str], object], sheet: str = "Số liệu") -> Edit:
    """A form with its sheets of figures blank but for some cells, and no declarations."""

    def edit(book: Workbook) -> None:
        for name in ("Số liệu", "Cùng kỳ"):
            table = book[name]
            top, codes = columns(table, "MA_DIA_BAN")
            for row in range(top + 1, top + 3):
                place = str(table.cell(row, codes["MA_DIA_BAN"]).value)
                for code, column in codes.items():
                    if not code.startswith(("MA_DIA", "TEN_DIA")) and code.isupper():
                        table.cell(row, column).value = cells.get((place, code)) if name == sheet else None  # type: ignore[assignment]
        del book["Định tính"]

    return edit


def send(data: Path, contents: Mapping[str, bytes]) -> list[SubmissionRow]:
    """Drop some files, run one pass, and give back their rows in the order of receipt."""
    inbox = data / "inbox" / FOLDER
    inbox.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (inbox / name).write_bytes(content)
    done = [name for members in batch(claim_drops()) for name in process_batch(members)]
    with open_context().store.reading() as session:
        return ledger.find_submissions(session, map(ledger.submission_number, done))


def figures(period: str = "2021-6t") -> dict[tuple[str, str, str], int]:
    ctx = open_context()
    with ctx.store.reading() as session:
        return _figures(session, ctx, period)


def _figures(session: Session, ctx: Context, period: str) -> dict[tuple[str, str, str], int]:
    return {
        (code, name, basis.value): int(figure.value)
        for code, known in load_evidence(session, ctx.plan_of(period), period).items()
        for (name, basis), figure in known.figures.items()
        if figure.value is not None
    }


def answers() -> dict[tuple[str, str], str]:
    ctx = open_context()
    with ctx.store.reading() as session:
        return {
            (code, criterion): said.document_number
            for code, known in load_evidence(session, ctx.plan_of("2021-6t"), "2021-6t").items()
            for criterion, said in known.declarations.items()
            if said.answer is not None
        }


def receipt(data: Path, row: SubmissionRow) -> str:
    page = re.sub(r"<style>.*?</style>", "", (data / row.receipt).read_text(encoding="utf-8"), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rules(row: SubmissionRow) -> list[tuple[str, str]]:
    with open_context().store.reading() as session:
        return [(f.rule_id, f.locality) for f in ledger.load_findings(session, row.number)]


def test_a_file_that_holds_less_takes_nothing_away(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)
    send(data_folder, {"a.xlsx": whole})
    before, declared = figures(), answers()
    assert len(before) >= 2 * 2 * 35
    assert declared

    (second,) = send(data_folder, {"b.xlsx": edited(whole, keep("Định tính"))})
    assert (figures(), answers()) == (before, declared)
    text = receipt(data_folder, second)
    assert f"{len(before) + len(declared)} số liệu giữ nguyên" in text
    assert "thay bản" not in text

    def empty_row(book: Workbook) -> None:
        table = book["Số liệu"]
        top, codes = columns(table, "MA_DIA_BAN")
        for code, column in codes.items():
            if not code.startswith(("MA_DIA", "TEN_DIA")):
                table.cell(top + 1, column).value = None

    send(data_folder, {"c.xlsx": edited(whole, empty_row)})
    assert (figures(), answers()) == (before, declared)

    # What changed is told with both cells, in the receipt and by `trace`.
    (last,) = send(data_folder, {"d.xlsx": edited(whole, only_cells({(ONE, "CHAY_VU"): 2}))})
    assert figures() == {**before, (ONE, "CHAY_VU", "current"): 2}
    text = receipt(data_folder, last)
    assert "Thay đổi so với số liệu đã nhận (1)" in text
    assert re.search(r"trong kỳ 0 Số liệu!\w+, a\.xlsx 2 Số liệu!\w+", text)
    assert main(["trace", ledger.submission_id(last.number), "--json"]) == 0


def test_a_copied_report_counts_with_warnings_and_stays_in_force(
    blank: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All rows of both windows are the same: each kind of copy is one warning, and no figure is held back."""
    whole = fill(blank)
    plan_codes = open_context().plan.indicator_by_code.keys()

    def copied(book: Workbook) -> None:
        for name in ("Số liệu", "Cùng kỳ"):
            table = book[name]
            top, codes = columns(table, "MA_DIA_BAN")
            for code in codes.keys() & plan_codes:
                for row in (top + 1, top + 2):
                    table.cell(row, codes[code]).value = FIGURES.get(code)

    def no_codes(book: Workbook) -> None:
        for name in ("Số liệu", "Cùng kỳ", "Định tính"):
            _, codes = columns(book[name], "MA_DIA_BAN")
            book[name].delete_cols(codes["MA_DIA_BAN"])

    def misspelt(book: Workbook) -> None:
        table = book["Số liệu"]
        top, codes = columns(table, "MA_DIA_BAN")
        table.cell(top + 1, codes["MA_DIA_BAN"]).value = None
        table.cell(top + 1, codes["TEN_DIA_BAN"], "Phường Vĩnh Lạcc")
        table.cell(top + 1, codes["TTXH_XR"], 40)

    (first,) = send(data_folder, {"a.xlsx": edited(whole, copied)})
    assert first.status == "accepted_with_warnings"
    assert sorted(code for code, _ in rules(first)) == ["D145", "D146"]
    before = figures()
    assert len(before) == 2 * 2 * len(FIGURES)
    asked = ["explain", "--milestone", "2021-6t", "--locality", ONE, "--criterion", "II.2", "--json"]
    for name, edit in (("b", keep("Định tính")), ("c", misspelt), ("d", no_codes)):
        send(data_folder, {f"{name}.xlsx": edited(edited(whole, copied), edit)})
        assert figures() == before, name
        capsys.readouterr()
        assert main(asked) == 0
        (result,) = json.loads(capsys.readouterr().out)["criteria"]
        assert (result["verdict"], result["reason"]) == ("met", None)


def test_trace_tells_what_counts_and_what_changed(
    blank: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = fill(blank)
    (first,) = send(data_folder, {"a.xlsx": whole})
    (second,) = send(data_folder, {"b.xlsx": edited(whole, only_cells({(ONE, "CHAY_VU"): 2}))})
    capsys.readouterr()
    assert main(["trace", ledger.submission_id(second.number), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (change,) = told["changes"]
    cell = change.pop("cell")
    assert change == {
        **{"locality": ONE, "indicator": "CHAY_VU", "window": "current"},
        **{"old": 0, "new": 2, "sheet": "Số liệu"},
    }
    assert [(o["cell"], o["value"]) for o in told["observations"] if o["in_force"]] == [(cell, 2)]
    assert main(["trace", ledger.submission_id(first.number), "--json"]) == 0
    older = json.loads(capsys.readouterr().out)
    assert [
        o["indicator"] for o in older["observations"] if not o["in_force"] and o["value"] is not None
    ] == ["CHAY_VU"]
    assert all(entry["in_force"] for entry in older["declarations"])


def test_rules_see_what_stays_beside_what_a_file_states(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)
    send(data_folder, {"a.xlsx": whole})
    before = figures()
    # 17 solved cases stand; 5 cases that happened cannot be: held back, and the message names the other file.
    (second,) = send(
        data_folder, {"b.xlsx": edited(whole, only_cells({(ONE, "TTXH_XR"): 5, (TWO, "TTXH_XR"): 19}))}
    )
    assert second.status == "partly_accepted"
    assert figures() == {**before, (TWO, "TTXH_XR", "current"): 19}
    text = receipt(data_folder, second)
    assert "(tệp “a.xlsx”)" in text
    assert "vẫn có hiệu lực" in text
    listing = load_workbook(data_folder / second.marked_workbook)["Cần sửa"]
    rows = [[str(cell.value) for cell in row[1:8]] for row in listing.iter_rows(min_row=6, max_col=9)]
    assert [row[0] for row in rows] == ["Phải sửa", "Thay đổi"]
    assert rows[1][3].startswith("Phường Rạch Sỏi")
    assert (rows[1][4], rows[1][6]) == ("19", "Để biết. Nếu thay không đúng ý thì sửa ô này rồi nộp lại.")
    assert "trước đã nhận 20 (Số liệu!" in rows[1][5]


def test_parts_of_one_report_are_joined_or_asked(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)
    police = edited(whole, only_cells({(ONE, "TTXH_XR"): 9, (ONE, "TTXH_KP"): 8, (ONE, "TTXH_DT"): 9}))
    health = edited(whole, only_cells({(ONE, "NGHIEN_DAU"): 5, (ONE, "NGHIEN_CUOI"): 5, (ONE, "TTXH_XR"): 9}))
    both = send(data_folder, {"cong-an.xlsx": police, "y-te.xlsx": health})
    assert {row.claimed_with for row in both} == {both[0].number}
    assert {key[1]: value for key, value in figures().items()} == {
        "TTXH_XR": 9, "TTXH_KP": 8, "TTXH_DT": 9, "NGHIEN_DAU": 5, "NGHIEN_CUOI": 5,
    }  # fmt: skip

    # A file that cannot be used beside a good one has its own answer.
    (refused, good) = send(
        data_folder, {"1.xlsx": whole[:5000], "2.xlsx": edited(whole, keep("Thuyết minh"))}
    )
    assert (refused.status, good.status) == ("refused", "accepted")
    assert rules(refused)

    # Together with the other part they are wrong: 8 solved of 3 that happened.
    before = figures()
    one = edited(whole, only_cells({(TWO, "TTXH_XR"): 3}))
    two = edited(whole, only_cells({(TWO, "TTXH_KP"): 8}))
    rows = send(data_folder, {"p.xlsx": one, "q.xlsx": two})
    assert figures() == before
    assert [row.status for row in rows] == ["partly_accepted", "partly_accepted"]
    assert "(tệp “q.xlsx”)" in receipt(data_folder, rows[0])

    # Two values of one figure: neither is believed, and each receipt names the other cell.
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("1.xlsx", edited(whole, only_cells({(ONE, "CHAY_VU"): 4, (TWO, "CHAY_VU"): 1})))
        packed.writestr("2.xlsx", edited(whole, only_cells({(ONE, "CHAY_VU"): 6})))
    rows = [row for row in send(data_folder, {"hai-nganh.zip": archive.getvalue()}) if row.member]
    assert figures() == {**before, (TWO, "CHAY_VU", "current"): 1}
    assert [("D104", ONE) in rules(row) for row in rows] == [True, True]
    assert "tệp “2.xlsx” gửi cùng lúc ghi 6 ở sheet “Số liệu”, ô " in receipt(data_folder, rows[0])


def as_csv(content: bytes) -> dict[str, bytes]:
    """The sheets of a workbook, each saved as a CSV file as the guide advises."""
    book = load_workbook(io.BytesIO(content), data_only=True)
    found = {}
    for name in ("Số liệu", "Cùng kỳ", "Định tính", "Thuyết minh"):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        for values in book[name].iter_rows(values_only=True):
            writer.writerow("" if value is None else value for value in values)
        found[f"{name}.csv"] = text.getvalue().encode("utf-8-sig")
    return found


def test_four_csv_files_give_what_the_workbook_gives(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)
    rows = send(data_folder, as_csv(whole))
    assert {row.status for row in rows} == {"accepted_with_warnings"}
    by_csv = (figures(), answers())
    (row,) = send(data_folder, {"a.xlsx": whole})
    assert (figures(), answers()) == by_csv
    assert "thay đổi" not in receipt(data_folder, row).split("Mã kiểm tra")[0].split("So với số đã nhận")[1]


def test_a_withdrawal_is_a_word_and_is_told_back(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)
    send(data_folder, {"a.xlsx": whole})
    before = figures()
    (cell,) = send(
        data_folder, {"b.xlsx": edited(whole, only_cells({(ONE, "CHAY_VU"): "xóa", (TWO, "DIEM_MT"): "Xoá"}))}
    )
    gone = {(ONE, "CHAY_VU", "current"), (TWO, "DIEM_MT", "current")}
    assert figures() == {key: value for key, value in before.items() if key not in gone}
    text = receipt(data_folder, cell)
    assert "ĐÃ TIẾP NHẬN, CÓ SỐ LIỆU BỊ RÚT" in text
    assert "D124" not in dict(rules(cell)), "the word is read, and no text that nobody understood"
    assert text.count("đã rút Số liệu!") == 2

    def take_back(book: Workbook) -> None:
        keep("Giải trình")(book)
        sheet = book["Giải trình"]
        top, codes = columns(sheet, "MA_QUY_TAC")
        for code, value in (
            ("MA_QUY_TAC", "RUT"),
            ("MA_DIA_BAN", ONE),
            ("LY_DO", "Gửi nhầm số liệu năm 2020"),
        ):
            sheet.cell(top + 1, codes[code], value)

    (line,) = send(data_folder, {"c.xlsx": edited(blank.read_bytes(), take_back)})
    assert {key[0] for key in figures()} == {TWO}
    assert {code for code, _ in answers()} == {TWO}
    assert "đã rút Giải trình!" in receipt(data_folder, line)

    def touch(book: Workbook) -> None:
        book["Hướng dẫn"].cell(60, 1, ".")

    # The same values in a new file are stated anew.
    (again,) = send(data_folder, {"d.xlsx": edited(whole, touch)})
    assert figures() == before
    assert again.status == "accepted"

    # From the archive alone the same figures come into force.
    ctx = open_context()
    url = f"sqlite:///{data_folder.parent / 'again.db'}"
    assert rebuild_store(ctx, url).differences == []
    with open_store(url).reading() as session:
        assert _figures(session, ctx, "2021-6t") == before


def test_what_was_withdrawn_is_told_apart_from_a_blank(
    blank: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = fill(blank)
    send(data_folder, {"a.xlsx": whole})
    send(data_folder, {"b.xlsx": edited(whole, only_cells({(TWO, "DIEM_MT"): "xóa"}))})

    def take_back(book: Workbook) -> None:
        keep("Định tính")(book)
        sheet = book["Định tính"]
        top, codes = columns(sheet, "MA_TIEU_CHI")
        for row in range(top + 1, sheet.max_row + 1):
            is_it = (sheet.cell(row, codes["MA_DIA_BAN"]).value, sheet.cell(row, codes["MA_TIEU_CHI"]).value)
            for code in ("KET_QUA", "SO_VAN_BAN", "NGAY_VAN_BAN"):
                sheet.cell(row, codes[code]).value = (
                    "xóa" if is_it == (TWO, "I.1") and code == "KET_QUA" else None
                )

    send(data_folder, {"c.xlsx": edited(whole, take_back)})
    asked = ["explain", "--milestone", "2021-6t", "--locality", TWO]
    capsys.readouterr()
    assert main([*asked, "--criterion", "III.2"]) == 0
    said = capsys.readouterr().out
    assert "CHƯA ĐỦ SỐ LIỆU, đã rút số liệu (withdrawn)" in said
    assert re.search(r"DIEM_MT = \(đã rút số liệu \(withdrawn\)\)  Số liệu![A-Z]+\d+, b\.xlsx", said)
    assert main([*asked, "--json"]) == 0
    results = {entry["criterion"]: entry for entry in json.loads(capsys.readouterr().out)["criteria"]}
    assert {code for code, entry in results.items() if entry["reason"] == "withdrawn"} == {"III.2", "I.1"}
    assert [entry["file_name"] for entry in results["I.1"]["inputs"]] == ["c.xlsx"]
    assert main(["assess", "--milestone", "2021-6t"]) == 0
    assert "đã rút số liệu (withdrawn)" in capsys.readouterr().out


def test_a_text_older_than_its_figures_is_marked_for_the_office(blank: Path, data_folder: Path) -> None:
    whole = fill(blank)

    def write(book: Workbook) -> None:
        sheet = book["Thuyết minh"]
        top, codes = columns(sheet, "MA_MUC")
        for row in range(top + 1, sheet.max_row + 1):
            if sheet.cell(row, codes["MA_MUC"]).value == "KET_QUA":
                sheet.cell(row, codes["NOI_DUNG"], "Trong kỳ không xảy ra cháy trên địa bàn.")

    send(data_folder, {"a.xlsx": edited(whole, write)})
    ctx = open_context()
    with ctx.store.reading() as session:
        assert in_force.outdated_texts(session, ctx.plan, ["2021-6t"]) == []
    send(data_folder, {"b.xlsx": edited(whole, only_cells({(ONE, "CHAY_VU"): 2}))})
    with ctx.store.reading() as session:
        ((text, count),) = in_force.outdated_texts(session, ctx.plan, ["2021-6t"])
    assert (text.text.item, text.number, count) == ("KET_QUA", 1, 1)
    # A text sent after the figures speaks of them as they are.
    send(data_folder, {"c.xlsx": edited(edited(whole, write), keep("Thuyết minh"))})
    with ctx.store.reading() as session:
        assert in_force.outdated_texts(session, ctx.plan, ["2021-6t"]) == []
