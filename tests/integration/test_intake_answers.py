"""Every dropped file is answered by what it is, and only accepted figures count."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chuyenhoa.kit.sandbox import FaultError
from chuyenhoa.model.submissions import Reading
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.receive import answer, read
from chuyenhoa.pipeline.receive.batches import (
    IntakeError,
    batch,
    claim_drops,
    process_batch,
    summarise_intake,
)
from chuyenhoa.pipeline.receive.read import FileToRead
from chuyenhoa.pipeline.receive.workbooks import open_period, periods_opening
from chuyenhoa.plan import PlanError
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.forms import columns, fill
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake

RACH_GIA = "899-rach-gia"


@pytest.fixture
def forms(data_folder: Path) -> Path:
    """The outboxes with the blank workbooks of the six-month period."""
    open_periods(data_folder, "2021-6t")
    return data_folder / "outbox"


def blank(forms: Path, folder: str = RACH_GIA) -> Path:
    return forms / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"


def drop(data: Path, name: str, content: bytes, folder: str = RACH_GIA) -> SubmissionRow:
    """Drop one file, run intake, and return its line in the ledger."""
    path = data / "inbox" / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    (answered,) = run_intake()
    assert not path.exists()
    with open_context().store.reading() as session:
        (row,) = ledger.find_submissions(session, [ledger.submission_number(answered)])
    assert (data / row.receipt).is_file()
    return row


def known(locality: str, indicator: str) -> str | None:
    """The figure in force, through the command that officials use."""
    from chuyenhoa.model.figures import Basis
    from chuyenhoa.store.evidence import load_evidence

    ctx = open_context()
    with ctx.store.reading() as session:
        figure = load_evidence(session, ctx.plan, "2021-6t")[locality].figures.get((indicator, Basis.CURRENT))
    return None if figure is None else str(figure.value)


def test_a_clean_file_is_accepted(forms: Path, data_folder: Path) -> None:
    row = drop(data_folder, "bao-cao.xlsx", fill(blank(forms)))
    assert (row.status, row.version, row.is_late) == ("accepted", 1, False)
    assert row.marked_workbook == ""
    assert known("30745", "TTXH_KP") == "17"


def test_an_error_holds_its_locality_and_the_marked_workbook_can_be_mended(
    forms: Path, data_folder: Path
) -> None:
    row = drop(data_folder, "bao-cao.xlsx", fill(blank(forms), {("30745", "TTXH_KP"): 25}))
    assert (row.status, row.version) == ("partly_accepted", 1)
    assert known("30745", "TTXH_KP") is None
    assert known("30754", "TTXH_KP") == "17"
    marked = data_folder / row.marked_workbook
    book = load_workbook(marked)
    assert book.sheetnames[0] == "Cần sửa"
    sheet = book["Số liệu"]
    top, codes = columns(sheet, "MA_DIA_BAN")
    cell = sheet.cell(top + 1, codes["TTXH_KP"])
    assert cell.comment is not None
    cell.value = 18
    book.save(marked)
    mended = drop(data_folder, "CAN-SUA.xlsx", marked.read_bytes())
    assert (mended.status, mended.version) == ("accepted", 2)
    assert known("30745", "TTXH_KP") == "18"


def test_the_same_bytes_twice_change_nothing(forms: Path, data_folder: Path) -> None:
    content = fill(blank(forms))
    drop(data_folder, "a.xlsx", content)
    again = drop(data_folder, "b.xlsx", content)
    assert (again.status, again.duplicate_of, again.version) == ("duplicate", 1, None)
    assert "a.xlsx" in (data_folder / again.receipt).read_text(encoding="utf-8")


def test_the_same_name_twice_in_one_second_has_two_receipts(forms: Path, data_folder: Path) -> None:
    content = fill(blank(forms))
    rows = [drop(data_folder, "a.xlsx", content) for _ in range(3)]
    assert [row.status for row in rows] == ["accepted", "duplicate", "duplicate"]
    receipts = [data_folder / row.receipt for row in rows]
    assert len(set(receipts)) == len(list(receipts[0].parent.glob("PHIEU-TIEP-NHAN-*.html"))) == 3
    assert "ĐÃ TIẾP NHẬN" in receipts[0].read_text(encoding="utf-8")


def test_an_older_version_sent_again_changes_nothing(forms: Path, data_folder: Path) -> None:
    older = fill(blank(forms))
    drop(data_folder, "a.xlsx", older)
    drop(data_folder, "b.xlsx", fill(blank(forms), {("30745", "TTXH_KP"): 19}))
    assert drop(data_folder, "a.xlsx", older).status == "duplicate"
    assert known("30745", "TTXH_KP") == "19"


def test_a_version_held_back_leaves_the_accepted_one_in_force(forms: Path, data_folder: Path) -> None:
    drop(data_folder, "a.xlsx", fill(blank(forms)))
    drop(data_folder, "b.xlsx", fill(blank(forms), {("30745", "TTXH_KP"): 99}))
    assert known("30745", "TTXH_KP") == "17"


def test_an_untouched_form_does_not_replace_what_was_sent(forms: Path, data_folder: Path) -> None:
    drop(data_folder, "a.xlsx", fill(blank(forms)))
    assert drop(data_folder, "b.xlsx", blank(forms).read_bytes()).status == "accepted"
    assert known("30745", "TTXH_KP") == "17"


def test_an_untouched_form_that_comes_first_is_missing_data(forms: Path, data_folder: Path) -> None:
    drop(data_folder, "b.xlsx", blank(forms).read_bytes())
    assert known("30745", "TTXH_KP") == "None"


def test_a_warning_with_its_reason_is_not_asked_again(forms: Path, data_folder: Path) -> None:
    book = load_workbook(io.BytesIO(fill(blank(forms), {("30745", "TTXH_LRC"): 8})))
    sheet = book["Giải trình"]
    top, codes = columns(sheet, "MA_QUY_TAC")
    for code, value in (
        ("MA_QUY_TAC", "W02"),
        ("MA_DIA_BAN", "30745"),
        ("LY_DO", "Án cũ từ 2019 được làm rõ"),
    ):
        sheet.cell(top + 1, codes[code], value)
    buffer = io.BytesIO()
    book.save(buffer)
    row = drop(data_folder, "a.xlsx", buffer.getvalue())
    assert row.status == "accepted_with_warnings"
    assert row.marked_workbook == ""
    with open_context().store.reading() as session:
        (finding,) = ledger.load_findings(session, row.number)
    assert finding.justification == "Án cũ từ 2019 được làm rõ"
    assert "Án cũ từ 2019 được làm rõ" in (data_folder / row.receipt).read_text(encoding="utf-8")


def test_a_returned_version_says_what_stays_in_force(forms: Path, data_folder: Path) -> None:
    drop(data_folder, "tốt.xlsx", fill(blank(forms)))
    wrong: dict[tuple[str, str], object] = {(code, "TTXH_KP"): 99 for code in ("30745", "30754")}
    row = drop(data_folder, "sai.xlsx", fill(blank(forms), wrong))
    assert (row.status, row.version) == ("returned", 2)
    assert "tốt.xlsx" in (data_folder / row.receipt).read_text(encoding="utf-8")


def test_a_warning_without_a_reason_holds_its_locality_alone(forms: Path, data_folder: Path) -> None:
    row = drop(data_folder, "a.xlsx", fill(blank(forms), {("30745", "TTXH_LRC"): 8}))
    assert row.status == "partly_accepted"
    assert row.marked_workbook
    assert known("30745", "TTXH_LRC") is None
    assert known("30754", "TTXH_LRC") == "1"


def test_a_late_file_is_accepted_and_marked_late(
    forms: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-17T23:59:59+07:00")
    assert not drop(data_folder, "a.xlsx", fill(blank(forms))).is_late
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-18T00:00:00+07:00")
    assert drop(data_folder, "b.xlsx", fill(blank(forms), {("30745", "TTXH_KP"): 19})).is_late


def test_a_file_in_a_strange_folder_is_refused_and_new_in_the_right_one(
    forms: Path, data_folder: Path
) -> None:
    content = fill(blank(forms))
    wrong = drop(data_folder, "a.xlsx", content, "900-ha-tien")
    assert wrong.status == "refused"
    assert wrong.receipt.startswith("outbox/900-ha-tien/")
    assert drop(data_folder, "a.xlsx", content).status == "accepted"


def test_both_at_once_end_the_same(forms: Path, data_folder: Path) -> None:
    # In the order of the ledger the wrong folder comes first.
    content = fill(blank(forms, "900-ha-tien"))
    for folder in (RACH_GIA, "900-ha-tien"):
        (data_folder / "inbox" / folder / "a.xlsx").write_bytes(content)
    run_intake()
    with open_context().store.reading() as session:
        rows = ledger.find_submissions(session, [1, 2])
        found = {row.folder: [f.rule_id for f in ledger.load_findings(session, row.number)] for row in rows}
    assert {row.folder: row.status for row in rows} == {RACH_GIA: "refused", "900-ha-tien": "accepted"}
    assert found == {RACH_GIA: ["D16"], "900-ha-tien": []}


def test_a_file_outside_every_folder_is_answered(forms: Path, data_folder: Path) -> None:
    (data_folder / "inbox" / "lac.xlsx").write_bytes(fill(blank(forms)))
    run_intake()
    assert list((data_folder / "outbox" / "khong-ro-don-vi").glob("PHIEU-TIEP-NHAN-lac-*.html"))


def test_rubbish_is_refused_with_a_receipt(forms: Path, data_folder: Path) -> None:
    for name, content in (
        ("rong.xlsx", b""),
        ("anh.xlsx", b"\x89PNG\r\n\x1a\n0000"),
        ("ghi chú.txt", b"xin chao"),
    ):
        row = drop(data_folder, name, content)
        assert row.status == "refused", name


def test_a_file_that_we_fail_on_is_kept_and_the_others_are_answered(
    forms: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = read.read_files

    def fail_on_poison(ctx: Context, files: Sequence[FileToRead]) -> list[Reading | FaultError | PlanError]:
        broken = FaultError("builtins:RuntimeError", "reader broke", "")
        outcomes = real(ctx, files)
        return [broken if f.name == "poison.xlsx" else o for f, o in zip(files, outcomes, strict=True)]

    inbox = data_folder / "inbox" / RACH_GIA
    (inbox / "good.xlsx").write_bytes(fill(blank(forms)))
    (inbox / "poison.xlsx").write_bytes(fill(blank(forms), {("30745", "TTXH_KP"): 19}))
    with monkeypatch.context() as patch:
        patch.setattr(read, "read_files", fail_on_poison)
        with pytest.raises(IntakeError, match="reader broke"):
            run_intake()
    (waiting,) = claim_drops()
    with open_context().store.reading() as session:
        rows = {row.file_name: row for row in ledger.find_submissions(session, [1, 2])}
    assert rows["good.xlsx"].status == "accepted"
    assert rows["poison.xlsx"].answered_at is None
    assert process_batch([waiting]) == [waiting]
    assert known("30745", "TTXH_KP") == "19"


def test_an_answer_cut_short_is_given_once(
    forms: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    (data_folder / "inbox" / RACH_GIA / "a.xlsx").write_bytes(fill(blank(forms)))
    with monkeypatch.context() as patch:
        patch.setattr(answer, "answer_submissions", cut)
        with pytest.raises(PowerCutError):
            run_intake()
    assert len(run_intake()) == 1
    assert run_intake() == []
    assert len(list((data_folder / "outbox" / RACH_GIA).glob("PHIEU-TIEP-NHAN-*"))) == 1
    assert known("30745", "TTXH_KP") == "17"


def test_intake_is_idempotent_and_counts(forms: Path, data_folder: Path) -> None:
    drop(data_folder, "a.xlsx", fill(blank(forms)))
    assert run_intake() == []
    assert process_batch(["S000001"]) == ["S000001"]
    assert summarise_intake(["S000001"]) == {"accepted": 1}


def test_opening_a_period_twice_writes_nothing_new(forms: Path, data_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in forms.rglob("*.xlsx")}
    assert len(before) == 15
    assert periods_opening() == []
    assert len(open_period("2021-6t")) == 15
    assert {path: path.stat().st_mtime_ns for path in forms.rglob("*.xlsx")} == before
    next(iter(before)).unlink()
    assert periods_opening() == ["2021-6t"]


def test_batches_keep_a_folder_together(forms: Path, data_folder: Path) -> None:
    for number in range(5):
        for folder in (RACH_GIA, "900-ha-tien", "902-kien-luong"):
            (data_folder / "inbox" / folder / f"{number}.txt").write_text(
                f"{folder}{number}", encoding="utf-8"
            )
    ids = claim_drops()
    assert len(ids) == 15
    batches = batch(ids, 8)
    assert [len(members) for members in batches] == [5, 5, 5]
    assert sorted(name for members in batches for name in members) == sorted(ids)
    assert [len(members) for members in batch(ids, 10)] == [10, 5]
