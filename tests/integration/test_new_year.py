"""A new year and a new criterion are data: no Python changes, and both years run side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chuyenhoa.cli import main
from chuyenhoa.pipeline.assess.assessing import assess_milestone, milestones_to_assess
from chuyenhoa.pipeline.context import open_context
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.pipeline.receive.workbooks import open_period, periods_opening
from chuyenhoa.plan import load_plan
from chuyenhoa.store import ledger
from tests.homes import add_next_year, copy_home
from tests.integration.forms import fill
from tests.integration.rehearsal import run_intake


@pytest.fixture
def home(root: Path, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's data in which a plan of 2022 stands beside that of 2021."""
    home = copy_home(root, tmp_path / "home")
    add_next_year(home / "plans")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    return home


def drop(data: Path, period: str) -> str:
    """Drop a filled form of a period; the status it is answered with."""
    blank = data / "outbox" / "899-rach-gia" / f"BIEU-MAU-{period}-899-rach-gia.xlsx"
    (data / "inbox" / "899-rach-gia" / f"{period}.xlsx").write_bytes(fill(blank))
    (name,) = run_intake()
    with open_context().store.reading() as session:
        (row,) = ledger.find_submissions(session, [ledger.submission_number(name)])
    assert row.period == period
    return row.status


def test_two_years_run_side_by_side(
    home: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "check"]) == 0
    assert periods_opening() == ["2021-6t"]
    open_period("2021-6t")
    monkeypatch.setenv("CHUYENHOA_NOW", "2022-10-12T09:00:00+07:00")
    assert open_context().plan.id == "2022"
    assert periods_opening() == ["2022-6t"]
    open_period("2022-6t")
    assert drop(data_folder, "2022-6t") == "accepted"
    assert drop(data_folder, "2021-6t") == "accepted"  # late by a year, and still of its own plan
    assert milestones_to_assess() == ["2021-6t", "2021-nam", "2022-6t", "2022-nam"]
    assess_milestone("2022-6t")
    documents = render_drafts(freeze_snapshot("2022-6t"))
    assert "2022-6t.bao_cao_so_ket.v1" in documents
    assert check_drafts(documents) == documents
    capsys.readouterr()
    assert main(["status", "--period", "2022-6t", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["submitters"][0]
    assert (first["code"], first["status"], first["is_late"]) == ("899", "accepted", False)


def test_a_new_criterion_is_an_entry(
    home: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "plans" / "2021" / "criteria.yaml"
    text = path.read_text(encoding="utf-8")
    entry = """  - code: IV.4
    group: IV
    short: Không có vụ cháy, nổ
    title: Không để xảy ra cháy, nổ
    legal_basis: Kế hoạch số 121/KH-BCĐ, mục III.5
    measure: {kind: value, of: [CHAY_VU]}
    threshold: {value: 0, unit: vụ, direction: equal}
    applies_to_types: [1, 2, 3, 4]
    status: unverified
  - code: V.1
"""
    path.write_text(text.replace("  - code: V.1\n", entry, 1), encoding="utf-8")
    load_plan.cache_clear()
    open_period("2021-6t")
    assert drop(data_folder, "2021-6t") == "accepted"
    capsys.readouterr()
    assert (
        main(["explain", "--milestone", "2021-6t", "--locality", "30745", "--criterion", "IV.4", "--json"])
        == 0
    )
    (result,) = json.loads(capsys.readouterr().out)["criteria"]
    assert (result["verdict"], result["inputs"][0]["value"]) == ("met", "0")
    documents = check_drafts(render_drafts(freeze_snapshot("2021-6t")))
    assert "2021-6t.bao_cao_so_ket.v1" in documents
