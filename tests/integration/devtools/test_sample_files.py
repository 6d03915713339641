"""Districts' files are made from the official workbook in the outbox, and dropped whole or not at all."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import SubmissionStatus
from chuyenhoa.workbooks import write_workbook
from devtools import sample_files
from devtools.sample import Change, Drop, Explanation, SampleError, load_sample, load_scenario
from devtools.sample_files import SampleFiles, period_of
from tests.integration.independent import read_workbook, rows_by_code

PERIOD, SUBMITTER, LOCALITY = "2021-6t", "906", "30904"
WRONG = Drop(
    submitter=SUBMITTER,
    file="so lieu.xlsx",
    status=SubmissionStatus.RETURNED,
    changes=(Change((Basis.CURRENT, LOCALITY, "TTXH_KP"), 99),),
    explanations=(Explanation("W02", LOCALITY, "Làm rõ án cũ"),),
)
RIGHT = Drop(
    submitter=SUBMITTER, file="da sua.xlsx", status=SubmissionStatus.ACCEPTED, corrects="so lieu.xlsx"
)


@pytest.fixture
def files(root: Path, plan: Plan, rules: tuple[Rule, ...], tmp_path: Path) -> SampleFiles:
    """Files of one submitter whose blank workbook lies in the outbox."""
    folder = root / "demo" / "2021" / PERIOD
    scenario = load_scenario(folder)
    wave = replace(scenario.waves[0], drops=(WRONG, RIGHT))
    submitter = plan.submitter_by_code[SUBMITTER]
    outbox = tmp_path / "outbox" / submitter.folder
    outbox.mkdir(parents=True)
    for period in plan.milestones:
        content = write_workbook(plan, period, submitter, rules, datetime(2021, 10, 1, tzinfo=UTC))
        (outbox / f"{period.id}.xlsx").write_bytes(content)
    return SampleFiles(plan, replace(scenario, waves=(wave,)), load_sample(folder), tmp_path)


def test_a_dropped_file_holds_the_sample_and_its_mistakes(files: SampleFiles, tmp_path: Path) -> None:
    path = files.drop(WRONG)
    assert path == tmp_path / "inbox" / "906-giong-rieng" / "so lieu.xlsx"
    assert [entry.name for entry in path.parent.iterdir()] == ["so lieu.xlsx"]
    assert period_of(path) == PERIOD
    found = read_workbook(path)[LOCALITY]
    assert found.current["TTXH_KP"] == 99
    for basis, shown in ((Basis.CURRENT, found.current), (Basis.BASELINE, found.baseline)):
        for (window, locality, code), value in files.sample.figures.items():
            if (window, locality) == (basis, LOCALITY) and code != "TTXH_KP":
                assert shown[code] == value, code
    book = openpyxl.load_workbook(path)
    assert rows_by_code(book["Giải trình"], "MA_QUY_TAC")[0]["LY_DO"] == "Làm rõ án cũ"
    texts = {str(row["MA_MUC"]): row["NOI_DUNG"] for row in rows_by_code(book["Thuyết minh"], "MA_MUC")}
    assert texts["TON_TAI"] == files.sample.narratives[SUBMITTER]["TON_TAI"]
    assert texts["KIEN_NGHI"] is None


def test_the_correction_mends_the_workbook_that_came_back(files: SampleFiles, tmp_path: Path) -> None:
    wrong = files.drop(WRONG)
    book = openpyxl.load_workbook(wrong)
    book.create_sheet("Cần sửa", 0)
    marked = tmp_path / "outbox" / "906-giong-rieng" / "CAN-SUA-so lieu.xlsx"
    book.save(marked)
    mended = openpyxl.load_workbook(io.BytesIO(files.make(RIGHT)))
    assert mended.sheetnames[0] == "Cần sửa"
    (row,) = rows_by_code(mended["Số liệu"], "MA_DIA_BAN")
    assert row["TTXH_KP"] == files.sample.figures[Basis.CURRENT, LOCALITY, "TTXH_KP"]


def test_a_file_of_reasons_holds_nothing_else(files: SampleFiles, tmp_path: Path) -> None:
    reasons = replace(WRONG, file="giai trinh.xlsx", changes=(), explains=WRONG.file)
    (tmp_path / "reasons.xlsx").write_bytes(files.make(reasons))
    found = read_workbook(tmp_path / "reasons.xlsx")[LOCALITY]
    assert set(found.current.values()) == {None}
    book = openpyxl.load_workbook(tmp_path / "reasons.xlsx")
    (row,) = rows_by_code(book["Giải trình"], "MA_QUY_TAC")
    assert (row["MA_QUY_TAC"], row["LY_DO"]) == ("W02", "Làm rõ án cũ")


def test_without_a_marked_workbook_nothing_is_mended(files: SampleFiles) -> None:
    with pytest.raises(SampleError, match="no marked workbook of period 2021-6t"):
        files.make(RIGHT)


def test_a_copy_has_the_same_bytes(files: SampleFiles) -> None:
    copy = replace(RIGHT, corrects="", same_as=WRONG.file)
    assert files.make(WRONG) == files.make(copy)


def test_a_workbook_without_meta_belongs_to_no_period(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    openpyxl.Workbook().save(path)
    assert period_of(path) == ""


def test_libreoffice_saves_the_same_figures(files: SampleFiles, tmp_path: Path) -> None:
    plain, resaved = tmp_path / "plain.xlsx", tmp_path / "resaved.xlsx"
    plain.write_bytes(files.make(WRONG))
    resaved.write_bytes(files.make(replace(WRONG, writer="libreoffice")))
    assert plain.read_bytes() != resaved.read_bytes()
    assert read_workbook(plain) == read_workbook(resaved)


def test_without_libreoffice_the_file_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert sample_files.save_with_libreoffice(b"content") == b"content"


def test_libreoffice_that_writes_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/bin/false")
    with pytest.raises(SampleError, match="LibreOffice wrote no workbook"):
        sample_files.save_with_libreoffice(b"content")
