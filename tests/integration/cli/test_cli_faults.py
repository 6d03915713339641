"""What the caller gave wrongly is exit 2 with a clear text; a traceback and exit 3 are for our own faults."""

from __future__ import annotations

import errno
import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from chuyenhoa.cli.output import explain_os_error
from chuyenhoa.pipeline.receive import batches
from chuyenhoa.pipeline.receive.batches import IntakeError, process_batch
from chuyenhoa.store.archive import Incoming
from chuyenhoa.store.engine import HEAD
from tests.integration.cli.conftest import Call, Called


def assert_refused(answer: Called, *words: str) -> None:
    """The call ended with 2 and a text without a traceback that holds every word."""
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    assert [word for word in words if word not in answer.err] == []


def test_a_clock_file_that_is_missing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "@/nowhere/clock")
    assert_refused(call("status"), "CHUYENHOA_NOW", "/nowhere/clock", "No such file")


@pytest.mark.parametrize("url", ["nonsense", "nope://host/base", "sqlite://host:port/x"])
def test_a_store_url_that_is_none(call: Call, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CHUYENHOA_STORE", url)
    assert_refused(call("status"), "CHUYENHOA_STORE", "sqlite:////folder/file.db")


def test_a_store_whose_driver_is_missing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUYENHOA_STORE", "mysql://me:secret@host/base")
    answer = call("status")
    assert_refused(answer, "mysql://me:***@host/base", "driver")
    assert "secret" not in answer.err


def test_a_store_that_is_no_database(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database, but long enough to be taken for one" * 40)
    monkeypatch.setenv("CHUYENHOA_STORE", f"sqlite:///{tmp_path / 'notes.txt'}")
    assert_refused(call("status"), "notes.txt", "not a database", "CHUYENHOA_STORE")


def test_a_store_that_is_not_there_yet(call: Call, data_folder: Path) -> None:
    shutil.rmtree(data_folder)
    assert_refused(call("status"), str(data_folder), "chuyenhoa migrate")
    assert not data_folder.exists()
    assert call("migrate", "--json").json == {
        "store": f"sqlite:///{data_folder / 'chuyenhoa.db'}",
        "from": None,
        "to": HEAD,
    }
    assert call("status").code == 0
    again = call("migrate")
    assert (again.code, "nothing to do" in again.out) == (0, True)


def test_a_data_folder_that_is_a_file(call: Call, data_folder: Path) -> None:
    shutil.rmtree(data_folder)
    data_folder.write_text("in the way")
    assert_refused(call("status"), str(data_folder), "CHUYENHOA_DATA")


def test_a_data_folder_that_cannot_be_written(call: Call, data_folder: Path) -> None:
    (data_folder / "office").write_text("in the way")
    assert_refused(call("report", "--milestone", "2021-6t"), str(data_folder), "yours to write")


def workbook(call: Call, output: object, period: str = "2021-6t", submitter: str = "899") -> Called:
    return call("workbook", "--period", period, "--submitter", submitter, "-o", output)


def test_an_output_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert_refused(workbook(call, tmp_path / "file" / "form.xlsx"), str(tmp_path / "file"), "yours to write")
    assert_refused(workbook(call, "/proc/form.xlsx"), "/proc")


def test_an_output_that_is_a_folder(call: Call, tmp_path: Path) -> None:
    before = list(tmp_path.iterdir())
    assert_refused(workbook(call, tmp_path), "is a folder")
    assert list(tmp_path.iterdir()) == before


def test_a_workbook_for_nobody(call: Call, tmp_path: Path) -> None:
    output = tmp_path / "form.xlsx"
    assert_refused(workbook(call, output, period="2021-t99"), "'2021-t99'", "2021-6t")
    assert_refused(workbook(call, output, submitter="Rạch Giá"), "'Rạch Giá'", "899")
    assert not output.exists()


@pytest.mark.parametrize("command", ["assess", "report"])
def test_a_milestone_that_is_none(call: Call, command: str) -> None:
    assert_refused(call(command, "--milestone", "2021-t05"), "is no milestone", "2021-nam")
    assert_refused(call(command, "--milestone", "sáu tháng"), "'sáu tháng'", "2021-6t")


def test_explaining_what_is_not_there(call: Call) -> None:
    of = ("explain", "--milestone", "2021-6t", "--locality")
    assert_refused(call(*of, "1"), "no locality '1'", "30745")
    assert_refused(call(*of, "30745", "--criterion", "X"), "no criterion 'X'", "II.2")


def test_the_status_of_an_unknown_period(call: Call) -> None:
    assert_refused(call("status", "--period", "2021"), "'2021'", "2021-6t")


def test_a_fault_of_ours_is_exit_3(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise OSError(errno.EIO, "Input/output error", "/elsewhere/file")

    monkeypatch.setattr(batches, "claim_drops", fail)
    answer = call("intake")
    assert answer.code == 3
    assert "Traceback" in answer.err
    assert "our fault" in answer.err


def test_a_full_disk_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(batches, "claim_drops", fail)
    assert_refused(call("intake"), "No space left", "Make room")


def drop_two(data: Path) -> None:
    for folder in ("899-rach-gia", "900-ha-tien"):
        (data / "inbox" / folder).mkdir(parents=True)
        (data / "inbox" / folder / "a.txt").write_text(folder)


def test_a_batch_that_fails_costs_no_other_its_answers(
    call: Call, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_two(data_folder)
    real = process_batch

    def process(ids: Sequence[str]) -> list[str]:
        if list(ids) == ["S000001"]:
            raise IntakeError("S000001: a bug of ours")
        return real(ids)

    monkeypatch.setattr(batches, "batch", lambda ids: [[name] for name in ids])
    monkeypatch.setattr(batches, "process_batch", process)
    answer = call("intake")
    assert answer.code == 3
    assert "S000002" in answer.out
    assert "a bug of ours" in answer.err


def test_a_file_that_cannot_be_taken_is_exit_3(
    call: Call, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_two(data_folder)

    def copy(_incoming: Incoming, _descriptor: int) -> tuple[str, int]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Incoming, "copy", copy)
    answer = call("intake")
    assert answer.code == 3
    assert "899-rach-gia/a.txt': not_archived (No space left on device)" in answer.err


def test_an_error_without_a_path_is_ours() -> None:
    assert explain_os_error(OSError(errno.EIO, "Input/output error"), [Path("/data")]) == ""


def test_a_reader_that_stops_reading_is_no_fault(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    assert call("status").code == 0
    sys.stdout.close()
