"""When we fail on an archived file, its submitter hears so once, and gets the real answer later."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chuyenhoa import cli, clock, feedback
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.pipeline.keep.auditing import audit_store
from chuyenhoa.pipeline.receive import answer, decide, read
from chuyenhoa.pipeline.receive.batches import IntakeError, claim_drops, process_batch
from chuyenhoa.pipeline.receive.read import Part
from chuyenhoa.store import ledger
from chuyenhoa.store.content import Answer
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.forms import fill
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake
from tests.unit.intake.formats_made import make_zip

RACH_GIA, HA_TIEN = "899-rach-gia", "900-ha-tien"


@pytest.fixture
def forms(data_folder: Path) -> Path:
    open_periods(data_folder, "2021-6t")
    return data_folder


def drop(data: Path, name: str, folder: str = RACH_GIA, content: bytes | None = None) -> Path:
    path = data / "inbox" / folder / name
    form = data / "outbox" / folder / f"BIEU-MAU-2021-6t-{folder}.xlsx"
    path.write_bytes(fill(form) if content is None else content)
    return path


def rows() -> list[SubmissionRow]:
    with open_context().store.reading() as session:
        return session.query(SubmissionRow).order_by(SubmissionRow.number).all()


def receipts(data: Path, folder: str = RACH_GIA) -> list[Path]:
    return sorted((data / "outbox" / folder).glob("PHIEU-TIEP-NHAN-*.html"))


def kinds(number: int) -> list[str]:
    with open_context().store.reading() as session:
        return [event.kind for event in ledger.load_events(session, number)]


def test_our_fault_is_told_once_and_replaced_by_the_answer(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(forms, "hong.xlsx")
    drop(forms, "tot.xlsx", HA_TIEN)
    real = decide.decide_file

    def decide_or_fail(ctx: Context, session: Session, part: Part, row: SubmissionRow) -> Answer:
        if row.file_name == "hong.xlsx":
            raise RuntimeError("a bug of ours")
        return real(ctx, session, part, row)

    with monkeypatch.context() as patch:
        patch.setattr(decide, "decide_file", decide_or_fail)
        with pytest.raises(IntakeError, match=r"hong\.xlsx .*a bug of ours") as failed:
            process_batch(claim_drops())
        assert failed.value.is_final
        (page,) = receipts(forms)
        text = page.read_text(encoding="utf-8")
        assert "lỗi của hệ thống, không phải do đơn vị" in text
        assert rows()[0].sha256 in text
        told = page.stat().st_mtime_ns
        with pytest.raises(IntakeError):
            run_intake()
        assert receipts(forms) == [page]
        assert page.stat().st_mtime_ns == told
    broken, good = rows()
    assert (broken.status, broken.answered_at) == ("claimed", None)
    assert (good.status, len(receipts(forms, HA_TIEN))) == ("accepted", 1)
    assert kinds(broken.number) == ["claimed", "failed", "fault_told", "failed"]
    run_intake()
    assert receipts(forms) == [page]
    text = page.read_text(encoding="utf-8")
    assert "ĐÃ TIẾP NHẬN" in text
    assert "lỗi của hệ thống" not in text
    assert rows()[0].status == "accepted"
    assert kinds(broken.number).count("fault_told") == 1


def test_an_answer_that_cannot_be_written_is_our_fault(forms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(forms, "a.xlsx")

    def fail(*args: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        with pytest.raises(IntakeError, match="no space left") as failed:
            process_batch(claim_drops())
        assert not failed.value.is_final
    (page,) = receipts(forms)
    text = page.read_text(encoding="utf-8")
    assert "lỗi của hệ thống" in text
    assert "ĐÃ TIẾP NHẬN</strong>" not in text  # judged, but nothing is promised before it is closed
    run_intake()
    assert "ĐÃ TIẾP NHẬN</strong>" in page.read_text(encoding="utf-8")
    assert receipts(forms) == [page]


def test_a_file_that_breaks_the_rules_engine_costs_nobody_elses_answer(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(forms, "hong.xlsx")
    drop(forms, "tot.xlsx", HA_TIEN)
    real = read.read_part

    def read_or_fail(ctx: Context, rows: list[SubmissionRow]) -> Part:
        if any(row.file_name == "hong.xlsx" for row in rows):
            raise RuntimeError("the rules broke")
        return real(ctx, rows)

    monkeypatch.setattr(read, "read_part", read_or_fail)
    with pytest.raises(IntakeError, match="the rules broke"):
        run_intake()
    assert [row.status for row in rows()] == ["claimed", "accepted"]
    assert "lỗi của hệ thống" in receipts(forms)[0].read_text(encoding="utf-8")


def test_telling_may_fail_too_and_is_made_up_for(forms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(forms, "a.xlsx")

    def fail(*args: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        patch.setattr(feedback, "render_receipt", fail)
        with pytest.raises(IntakeError, match="no space left"):
            run_intake()
        assert receipts(forms) == []
    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        with pytest.raises(IntakeError):
            run_intake()
    assert len(receipts(forms)) == 1


def test_a_pass_that_died_on_a_file_is_told_by_the_next(forms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T08:00:00+07:00")
    drop(forms, "a.xlsx")
    assert len(claim_drops()) == 1  # and the process is gone
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T08:15:00+07:00")
    claim_drops()
    assert receipts(forms) == []
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T08:30:00+07:00")
    assert len(claim_drops()) == 1
    (page,) = receipts(forms)
    assert "lỗi của hệ thống" in page.read_text(encoding="utf-8")
    assert clock.now().hour == 8
    assert audit_store(open_context()).faults == ()  # a name that waits for its answer is no change
    run_intake()
    assert receipts(forms) == [page]
    assert "ĐÃ TIẾP NHẬN" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.xlsx", b""),
        ("anh.jpg", b"\xff\xd8\xff\xe0" + bytes(50)),
        ("hong.xlsx", b"PK\x03\x04" + bytes(200)),
        ("cu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("thu\n\rBcc: x@y.z\x1b.xlsx", b"\x00\x01\x02"),
    ],
)
def test_what_no_reader_can_open_has_one_receipt(forms: Path, name: str, content: bytes) -> None:
    drop(forms, name, content=content)
    run_intake()
    (row,) = rows()
    assert row.status == "refused"
    (page,) = receipts(forms)
    text = page.read_text(encoding="utf-8")
    assert "KHÔNG NHẬN ĐƯỢC TỆP NÀY" in text
    assert row.sha256 in text
    assert "lỗi của hệ thống" not in text
    assert "\x1b" not in page.name
    run_intake()
    assert receipts(forms) == [page]


def fail_on(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    real = decide.decide_file

    def decide_or_fail(ctx: Context, session: Session, part: Part, row: SubmissionRow) -> Answer:
        if row.file_name == name:
            raise error
        return real(ctx, session, part, row)

    monkeypatch.setattr(decide, "decide_file", decide_or_fail)


def command(*arguments: str) -> tuple[int, dict[str, Any]]:
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(io.StringIO()):
        code = cli.main([*arguments, "--json"])
    return code, json.loads(text.getvalue())


def test_a_file_on_which_we_failed_three_times_is_set_aside(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(forms, "hong.xlsx")
    drop(forms, "tot.xlsx", HA_TIEN)
    with monkeypatch.context() as patch:
        fail_on(patch, "hong.xlsx", RuntimeError("a bug of ours"))
        code, said = command("intake")
        # What was answered beside it is listed, though the pass ends as our fault.
        assert (code, [entry["file_name"] for entry in said["answered"]]) == (3, ["tot.xlsx"])
        assert command("intake")[0] == command("intake")[0] == 3
        # The poison file holds up nobody any more: not the colour of later passes, nor its own folder.
        drop(forms, "sau.xlsx", content=b"\xff\xd8\xff\xe0")
        code, said = command("intake")
        assert (code, [entry["file_name"] for entry in said["answered"]]) == (0, ["sau.xlsx"])
        (waiting,) = said["set_aside"]
        assert waiting["id"] == "S000001"
        assert "a bug of ours" in waiting["why"]
    assert (rows()[0].status, rows()[0].answered_at) == ("set_aside", None)
    assert [entry["id"] for entry in command("status")[1]["set_aside"]] == ["S000001"]
    assert audit_store(open_context()).faults == ()
    # Once the cause is fixed an engineer lets it try again, and its submitter gets the real answer.
    assert command("retry") == (0, {"retried": ["S000001"]})
    assert command("retry", "S000001") == (1, {"retried": []})
    assert [entry["status"] for entry in command("intake")[1]["answered"]] == ["accepted"]
    assert audit_store(open_context()).faults == ()
    assert (rows()[0].status, rows()[0].version) == ("accepted", 1)


def test_a_file_that_only_its_answer_failed_is_judged_anew_after_a_retry(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(forms, "a.xlsx")

    def fail(*args: object) -> None:
        raise ValueError("a bug of ours")

    with monkeypatch.context() as patch:
        patch.setattr(answer, "make_workbooks", fail)
        assert [command("intake")[0] for _ in range(4)] == [3, 3, 3, 0]
    assert (rows()[0].status, rows()[0].version) == ("set_aside", None)
    assert audit_store(open_context()).faults == ()
    assert command("retry", "S000001")[0] == 0
    assert command("intake")[0] == 0
    assert (rows()[0].status, rows()[0].version) == ("accepted", 1)
    assert audit_store(open_context()).faults == ()


def test_a_full_disk_costs_no_file_its_tries(forms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(forms, "a.xlsx")
    with monkeypatch.context() as patch:
        fail_on(patch, "a.xlsx", OSError("no space left"))
        assert [command("intake")[0] for _ in range(4)] == [3, 3, 3, 3]
    assert [entry["status"] for entry in command("intake")[1]["answered"]] == ["accepted"]


def test_a_zip_is_answered_when_one_of_its_files_is_set_aside(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = forms / "outbox" / RACH_GIA / f"BIEU-MAU-2021-6t-{RACH_GIA}.xlsx"
    drop(forms, "goi.zip", content=make_zip({"hong.xlsx": fill(form), "anh.jpg": b"\xff\xd8\xff\xe0"}))
    with monkeypatch.context() as patch:
        fail_on(patch, "hong.xlsx", RuntimeError("a bug of ours"))
        assert [command("intake")[0] for _ in range(3)] == [3, 3, 3]
        assert [entry["file_name"] for entry in command("intake")[1]["answered"]] == ["goi.zip"]
    assert [row.status for row in rows()] == ["refused", "set_aside", "refused"]
