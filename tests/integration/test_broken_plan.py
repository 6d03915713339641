"""One plan that is broken stops itself alone: status tells it, files of it wait, all others go on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chuyenhoa.cli import main
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.receive.batches import IntakeError
from chuyenhoa.plan import load_plan
from chuyenhoa.store import ledger
from chuyenhoa.store.tables import SubmissionRow
from tests.homes import add_next_year, copy_home
from tests.integration.forms import fill
from tests.integration.prepared import open_periods
from tests.integration.rehearsal import run_intake

RACH_GIA, HA_TIEN = "899-rach-gia", "900-ha-tien"
TOLD = "2022/criteria.yaml"


@pytest.fixture
def home(root: Path, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Plans of two years in October of the second, with the forms of both handed out."""
    home = copy_home(root, tmp_path / "home")
    add_next_year(home / "plans")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    monkeypatch.setenv("CHUYENHOA_NOW", "2022-10-12T09:00:00+07:00")
    open_periods(data_folder, "2021-6t", "2022-6t")
    yield home
    load_plan.cache_clear()


def damage(home: Path, year: str = "2022") -> str:
    """Break a plan as half an edit does; what stood there before."""
    path = home / "plans" / year / "criteria.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("measure:", "mesure:", 1), encoding="utf-8")
    load_plan.cache_clear()
    return text


def form_of(data: Path, period: str, folder: str = RACH_GIA) -> bytes:
    return fill(data / "outbox" / folder / f"BIEU-MAU-{period}-{folder}.xlsx")


def drop(data: Path, name: str, content: bytes, folder: str = RACH_GIA) -> None:
    (data / "inbox" / folder / name).write_bytes(content)


def by_hand(form: bytes, *, says_year: bool = True) -> bytes:
    """The same tables without what a form states of itself, as somebody's own workbook has them."""
    book = load_workbook(io.BytesIO(form))
    del book["_meta"]
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=8):
            for cell in row:
                if isinstance(cell.value, str) and not says_year:
                    cell.value = cell.value.replace(" năm 2022", "").replace("/2022", "")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows() -> dict[str, SubmissionRow]:
    with open_context().store.reading() as session:
        return {row.file_name: row for row in session.query(SubmissionRow)}


def test_a_file_of_a_broken_plan_waits_and_the_others_are_answered(home: Path, data_folder: Path) -> None:
    drop(data_folder, "nam-nay.xlsx", form_of(data_folder, "2022-6t"))
    drop(data_folder, "nam-truoc.xlsx", form_of(data_folder, "2021-6t"))
    drop(data_folder, "nam-truoc.xlsx", form_of(data_folder, "2021-6t", HA_TIEN), HA_TIEN)
    drop(data_folder, "rac.xlsx", b"no workbook", HA_TIEN)
    sound = damage(home)
    # More often than a file may fail: it is not the file's fault, so it is never set aside.
    for _ in range(4):
        with pytest.raises(IntakeError, match=r"(?s)nam-nay\.xlsx .*2022/criteria\.yaml") as failed:
            run_intake()
        assert "nam-truoc" not in str(failed.value)
        assert "will be tried again" in str(failed.value)
    found = rows()
    assert {name: row.status for name, row in found.items()} == {
        "nam-nay.xlsx": "claimed",
        "nam-truoc.xlsx": "accepted",
        "rac.xlsx": "refused",
    }
    told = [
        page
        for page in (data_folder / "outbox" / RACH_GIA).glob("PHIEU-TIEP-NHAN-*.html")
        if "lỗi của hệ thống, không phải do đơn vị" in page.read_text(encoding="utf-8")
    ]
    assert len(told) == 1
    (home / "plans" / "2022" / "criteria.yaml").write_text(sound, encoding="utf-8")
    assert run_intake() == [ledger.submission_id(found["nam-nay.xlsx"].number)]
    assert rows()["nam-nay.xlsx"].status == "accepted"


@pytest.mark.parametrize("says_year", [True, False])
def test_a_file_without_a_form_is_not_taken_for_another_year(
    says_year: bool, home: Path, data_folder: Path
) -> None:
    content = by_hand(form_of(data_folder, "2022-6t"), says_year=says_year)
    sound = damage(home)
    drop(data_folder, "tu-lam.xlsx", content)
    with pytest.raises(IntakeError, match=r"(?s)tu-lam\.xlsx .*2022/criteria\.yaml"):
        run_intake()
    (home / "plans" / "2022" / "criteria.yaml").write_text(sound, encoding="utf-8")
    assert len(run_intake()) == 1
    row = rows()["tu-lam.xlsx"]
    assert (row.plan, row.period, row.status) == ("2022", "2022-6t", "accepted_with_warnings")


def test_a_plan_that_is_being_prepared_holds_nothing_up(
    home: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHUYENHOA_NOW", "2021-10-12T09:00:00+07:00")
    damage(home)
    drop(data_folder, "tu-lam.xlsx", by_hand(form_of(data_folder, "2021-6t")))
    assert len(run_intake()) == 1
    assert rows()["tu-lam.xlsx"].plan == "2021"


def test_status_and_trace_go_on_and_tell_the_broken_plan_first(
    home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(data_folder, "nam-nay.xlsx", form_of(data_folder, "2022-6t"))
    run_intake()
    damage(home)
    capsys.readouterr()
    assert main(["status"]) == 0
    first, problem, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("! kế hoạch 2022 hỏng")
    assert problem.startswith(f"!   {TOLD}:")
    assert any(line.startswith("2021-6t: ") for line in rest)
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (fault,) = found["plan_faults"]
    assert fault["plan"] == "2022"
    assert fault["problems"][0].startswith(TOLD)
    assert [entry["period"] for entry in found["periods"]] == ["2021-6t", "2021-nam"]
    digest = rows()["nam-nay.xlsx"].sha256
    assert main(["trace", digest]) == 0
    assert "nam-nay.xlsx" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        ["status", "--period", "2022-6t"],
        ["assess", "--milestone", "2022-6t"],
        ["workbook", "--period", "2022-6t", "--submitter", "899", "-o", "nowhere.xlsx"],
        ["lifecycle", "--plan", "2022"],
    ],
)
def test_a_command_on_a_broken_plan_says_what_is_wrong_with_it(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(home)
    capsys.readouterr()
    assert main(command) == 2
    printed = capsys.readouterr()
    assert (printed.out, TOLD in printed.err) == ("", True)
    assert main(["plan", "check"]) == 1


def test_no_verdict_without_the_reports_of_a_broken_plan(
    home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = damage(home)
    assert main(["assess", "--milestone", "2021-6t"]) == 0  # of the broken plan nothing has come
    (home / "plans" / "2022" / "criteria.yaml").write_text(sound, encoding="utf-8")
    drop(data_folder, "nam-nay.xlsx", form_of(data_folder, "2022-6t"))
    run_intake()
    damage(home)
    capsys.readouterr()
    assert main(["assess", "--milestone", "2021-6t"]) == 2
    assert TOLD in capsys.readouterr().err


def test_without_any_sound_plan_files_wait_and_status_says_why(
    home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop(data_folder, "nam-nay.xlsx", form_of(data_folder, "2022-6t"))
    (home / "plans" / "units" / "units.csv").rename(home / "units.csv")
    load_plan.cache_clear()
    with pytest.raises(IntakeError, match=r"(?s)nam-nay\.xlsx .*2021/units\.csv"):
        run_intake()
    capsys.readouterr()
    assert main(["status"]) == 0
    told = capsys.readouterr().out
    assert "! kế hoạch 2021 hỏng" in told
    assert "nam-nay.xlsx" in told
    (home / "units.csv").rename(home / "plans" / "units" / "units.csv")
    assert len(run_intake()) == 1
