"""Files of other formats, archives and poison through the whole of intake."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import pytest

from chuyenhoa import cli
from chuyenhoa.kit import sandbox
from chuyenhoa.model.submissions import ReceiptMember
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive import answer, read
from chuyenhoa.pipeline.receive.answer import build_receipt
from chuyenhoa.pipeline.receive.batches import IntakeError
from chuyenhoa.store import archive, claims, ledger
from chuyenhoa.store import content as stored
from chuyenhoa.store.tables import SubmissionRow
from tests.integration.forms import fill
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake
from tests.unit.intake.drafts import change_parts
from tests.unit.intake.formats_made import convert, make_xlsb, make_zip, rows_of

RACH_GIA, HA_TIEN = "899-rach-gia", "900-ha-tien"


@pytest.fixture
def good(data_folder: Path) -> bytes:
    """A filled form of Rạch Giá that breaks no rule."""
    open_periods(data_folder, "2021-6t")
    return fill(data_folder / "outbox" / RACH_GIA / f"BIEU-MAU-2021-6t-{RACH_GIA}.xlsx")


def drop(data: Path, files: dict[str, bytes], folder: str = RACH_GIA) -> dict[str, SubmissionRow]:
    """Drop files, run intake once; every line of the ledger by the path inside its archive, or its name."""
    for name, content in files.items():
        path = data / "inbox" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    run_intake()
    return everything()


def everything() -> dict[str, SubmissionRow]:
    with open_context().store.reading() as session:
        rows = ledger.find_submissions(session, range(1, 200))
    return {row.member or row.file_name: row for row in rows}


@cache
def heavy_xml() -> bytes:
    """55 MB of elements that pack into 5 MB, as no plain repetition does, and take gigabytes as a tree."""
    count = 13_700_000
    letters = bytes(b"abcd"[number % 4] for number in range(256))
    tags = bytearray(b"<a/>" * count)
    tags[1::4] = random.Random(1).randbytes(count).translate(letters)
    return b"<x>" + bytes(tags) + b"</x>"


def poison() -> bytes:
    """A spreadsheet of 5 MB that no check forbids, and that takes more memory than a reader may have."""
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    return make_zip({"mimetype": mimetype, "content.xml": heavy_xml()})


def poison_workbook(good: bytes) -> bytes:
    """A workbook whose styles alone take more memory than a reader may have."""
    return change_parts(good, {"xl/styles.xml": heavy_xml()})


def test_a_poison_file_in_a_batch_of_sixteen_costs_itself_only(good: bytes, data_folder: Path) -> None:
    files = {f"{number:02}.txt": f"thư số {number}".encode() for number in range(12)}
    heavy = {"00-poison.ods": poison(), "00-poison.xlsx": poison_workbook(good)}
    rows = drop(data_folder, {**heavy, **files, "good.xlsx": good, "x.pdf": b"%PDF-1.4"})
    assert len(rows) == 16
    for name in heavy:
        assert rows[name].status == "refused"
        with open_context().store.reading() as session:
            (finding,) = ledger.load_findings(session, rows[name].number)
        assert finding.rule_id == "D60"
        assert "cần quá nhiều bộ nhớ" in finding.message
    assert rows["good.xlsx"].status == "accepted"
    assert all(rows[name].status == "refused" for name in (*files, "x.pdf"))
    assert all((data_folder / row.receipt).is_file() for row in rows.values())


def test_every_format_is_accepted_and_counts(good: bytes, data_folder: Path, tmp_path: Path) -> None:
    first = {name: convert(good, tmp_path, name) for name in ("xls", "ods")}
    first["xlsb"] = make_xlsb(rows_of(good))
    rows = drop(data_folder, {f"bao-cao.{kind}": content for kind, content in first.items()})
    assert {row.status for row in rows.values()} == {"accepted"}
    with open_context().store.reading() as session:
        figures = [ledger.load_observations(session, row.number) for row in rows.values()]
    assert figures[0]
    assert figures[0] == figures[1] == figures[2]


def test_the_files_of_an_archive_are_submissions_of_their_own(good: bytes, data_folder: Path) -> None:
    inner = make_zip({"ghi chú.txt": b"x"})
    content = make_zip({"Quý 3/báo cáo.xlsx": good, "quét.pdf": b"%PDF-1.4", "a.zip": inner})
    rows = drop(data_folder, {"tất cả.zip": content})
    assert {name: row.status for name, row in rows.items()} == {
        "tất cả.zip": "partly_accepted",
        "Quý 3/báo cáo.xlsx": "accepted",
        "quét.pdf": "refused",
        "a.zip/ghi chú.txt": "refused",
    }
    whole, report = rows["tất cả.zip"], rows["Quý 3/báo cáo.xlsx"]
    assert report.container == whole.number
    assert report.file_name == "báo cáo.xlsx"
    assert (whole.period, whole.submitter, whole.version) == ("2021-6t", "899", None)
    assert archive.read_archived(data_folder / "archive", report.sha256) == good
    assert archive.read_archived(data_folder / "archive", whole.sha256) == content
    assert len({row.receipt for row in rows.values()}) == 4
    assert all((data_folder / row.receipt).is_file() for row in rows.values())
    members = build_receipt(open_context(), whole.number).members
    assert [member.path for member in members] == ["Quý 3/báo cáo.xlsx", "quét.pdf", "a.zip/ghi chú.txt"]
    assert all(isinstance(member, ReceiptMember) and member.receipt for member in members)


def test_an_archive_is_judged_by_its_files(good: bytes, data_folder: Path) -> None:
    content = make_zip({"1.xlsx": good})
    rows = drop(data_folder, {"a.zip": content})
    assert rows["a.zip"].status == "accepted"
    rows = drop(data_folder, {"b.zip": make_zip({"../1.xlsx": good})})
    assert rows["b.zip"].status == "refused"
    rows = drop(data_folder, {"c.zip": make_zip({"x.txt": b"letter"})})
    assert rows["c.zip"].status == "refused"
    rows = drop(data_folder, {"d.zip": content})
    assert rows["d.zip"].status == "duplicate"
    assert len(rows) == 6
    rows = drop(data_folder, {"e.zip": make_zip({"2.xlsx": good})}, HA_TIEN)
    assert (rows["e.zip"].status, rows["2.xlsx"].status) == ("refused", "refused")


@pytest.mark.parametrize("step", ["archive_all", "add_members", "save_answer", "answer_submissions"])
def test_an_archive_cut_short_ends_the_same(
    step: str, good: bytes, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCutError(BaseException):
        pass

    home = {"add_members": claims, "save_answer": stored, "answer_submissions": answer}.get(step, archive)
    real = getattr(home, step)

    def cut(*arguments: object, **more: object) -> object:
        if step == "save_answer" and getattr(arguments[1], "container", None):
            return real(*arguments, **more)
        if step == "answer_submissions" and arguments[1] != [1]:  # its files, not the archive
            return real(*arguments, **more)
        outcome = real(*arguments, **more) if step == "archive_all" else None
        assert outcome is not None or step != "archive_all"
        raise PowerCutError

    (data_folder / "inbox" / RACH_GIA).mkdir(parents=True, exist_ok=True)
    (data_folder / "inbox" / RACH_GIA / "a.zip").write_bytes(make_zip({"1.xlsx": good, "2.txt": b"letter"}))
    with monkeypatch.context() as patch:
        patch.setattr(home, step, cut)
        with pytest.raises(PowerCutError):
            run_intake()
    run_intake()
    assert {name: row.status for name, row in everything().items()} == {
        "a.zip": "partly_accepted",
        "1.xlsx": "accepted",
        "2.txt": "refused",
    }
    assert run_intake() == []
    assert len(list((data_folder / "outbox" / RACH_GIA).glob("PHIEU-TIEP-NHAN-*.html"))) == 3


def test_an_archive_waits_for_a_file_that_we_fail_on(
    good: bytes, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = sandbox.FaultError("builtins:LookupError", "reader broke", "")
    content = make_zip({"1.xlsx": good, "2.txt": b"letter"})
    path = data_folder / "inbox" / RACH_GIA / "a.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with monkeypatch.context() as patch:
        real = read.read_files
        patch.setattr(read, "read_files", lambda place, files: [fault, *real(place, files)[1:]])
        with pytest.raises(IntakeError, match="reader broke"):
            run_intake()
    rows = everything()
    assert (rows["a.zip"].answered_at, rows["1.xlsx"].answered_at) == (None, None)
    assert rows["2.txt"].status == "refused"
    run_intake()
    assert everything()["a.zip"].status == "partly_accepted"


def test_an_archive_can_be_checked_without_storing_it(
    good: bytes, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tất cả.zip"
    path.write_bytes(make_zip({"1.xlsx": good, "d/2.pdf": b"%PDF-1.4"}))
    assert cli.main(["check", str(path), "--submitter", "899", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["submitter"], said["period"]) == ("partly_accepted", "899", "2021-6t")
    assert [(m["path"], m["status"], m["kind"]) for m in said["members"]] == [
        ("1.xlsx", "accepted", "xlsx"),
        ("d/2.pdf", "refused", "pdf"),
    ]
    assert said["observations"] == said["members"][0]["observations"] != []
    assert [f["message"].split(":")[0] for f in said["findings"] if f["rule_id"] == "D61"] == ["d/2.pdf"]
    path.write_bytes(make_zip({"../1.xlsx": good}))
    assert cli.main(["check", str(path)]) == 2
    assert "D65" in capsys.readouterr().out
    assert everything() == {}
