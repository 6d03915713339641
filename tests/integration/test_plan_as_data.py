"""Letters, editions, thresholds by type and baselines are plan data: they count without a line of Python."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from chuyenhoa.cli import main
from chuyenhoa.pipeline.assess.assessing import milestones_to_assess
from chuyenhoa.pipeline.publish.rendering import check_drafts, freeze_snapshot, render_drafts
from chuyenhoa.pipeline.receive.workbooks import open_period
from chuyenhoa.plan import load_plan
from tests.homes import copy_home
from tests.integration.forms import fill
from tests.integration.rehearsal import run_intake

PLACE = "30745"
LETTER = """
- number: 812/CAT-PV01
  issued_on: 2021-09-20
  issuer: Công an tỉnh Kiên Giang
  title: Hướng dẫn xác định nhóm “tiêu chí khác”
  status: verified
  criteria:
    - code: VI.1
      group: VI
      short: Khu dân cư an toàn
      title: Ít nhất 70% khu dân cư đạt tiêu chuẩn “An toàn về an ninh, trật tự”
      legal_basis: Công văn số 812/CAT-PV01 ngày 20/9/2021
      measure:
        kind: ratio
        numerator: [KDC_ATANTT]
        denominator: [KDC_TONG]
        when_nothing: {verdict: not_applicable, text: không có khu dân cư}
      threshold: {value: 70, unit: percent, direction: at_least}
      applies_to_types: [1, 2, 3, 4]
      status: verified
    - code: VI.2
      group: VI
      short: Không có vụ cháy
      title: Không để xảy ra cháy, nổ
      legal_basis: Công văn số 812/CAT-PV01 ngày 20/9/2021
      measure: {kind: zero_event, of: [CHAY_VU]}
      threshold: {value: 0, unit: vụ, direction: equal}
      applies_to_types: [1, 2, 3, 4]
      status: verified
"""


@pytest.fixture
def plans(root: Path, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's data whose plan a test may change."""
    home = copy_home(root, tmp_path / "home")
    monkeypatch.setenv("CHUYENHOA_HOME", str(home))
    return home / "plans"


def write(plans: Path, name: str, text: str) -> None:
    (plans / "2021" / name).write_text(text, encoding="utf-8")
    load_plan.cache_clear()


def change(plans: Path, name: str, old: str, new: str) -> None:
    text = (plans / "2021" / name).read_text(encoding="utf-8")
    assert old in text
    write(plans, name, text.replace(old, new, 1))


def send(data: Path, period: str, changes: dict[tuple[str, str], object] | None = None) -> None:
    open_period(period)
    blank = data / "outbox" / "899-rach-gia" / f"BIEU-MAU-{period}-899-rach-gia.xlsx"
    (data / "inbox" / "899-rach-gia" / f"{period}.xlsx").write_bytes(fill(blank, changes))
    run_intake()


def explain(capsys: pytest.CaptureFixture[str], milestone: str, criterion: str = "") -> list[dict[str, Any]]:
    capsys.readouterr()
    arguments = ["explain", "--milestone", milestone, "--locality", PLACE, "--json"]
    assert main([*arguments, *(["--criterion", criterion] if criterion else [])]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["criteria"]
    return found


def test_a_letter_is_assessed_from_its_date_and_cited(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(plans, "guidance.yaml", LETTER.replace("2021-09-20", "2021-10-15"))
    send(data_folder, "2021-6t", {(PLACE, "CHAY_VU"): 1})
    (waiting,) = [r for r in explain(capsys, "2021-6t") if r["criterion"].startswith("VI.")]
    assert (waiting["verdict"], waiting["reason"], waiting["actor"]) == (
        "insufficient",
        "no_guidance",
        "guiding_agency",
    )
    write(plans, "guidance.yaml", LETTER)
    homes, fires = [r for r in explain(capsys, "2021-6t") if r["criterion"].startswith("VI.")]
    assert (homes["verdict"], homes["figure"]) == ("met", "7/8 = 87,50%")
    assert (fires["verdict"], fires["steps"][0]["change"]) == ("not_met", -1)
    assert homes["edition"] == "812/CAT-PV01, 20/9/2021, Công an tỉnh Kiên Giang"
    assert main(["explain", "--milestone", "2021-6t", "--locality", PLACE, "--criterion", "VI.1"]) == 0
    said = capsys.readouterr().out
    assert "ấn bản: 812/CAT-PV01, 20/9/2021, Công an tỉnh Kiên Giang" in said
    assert "căn cứ: Công văn số 812/CAT-PV01 ngày 20/9/2021" in said
    documents = check_drafts(render_drafts(freeze_snapshot("2021-6t")))
    assert documents == ["2021-6t.bao_cao_so_ket.v1"]  # nobody is late on 12/10


def test_a_letter_that_does_not_fit_is_refused_by_the_check(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(plans, "guidance.yaml", LETTER.replace("code: VI.2\n      group: VI", "code: V.1\n      group: V"))
    assert main(["plan", "check"]) == 1
    assert "guidance.yaml:21: guidance Hướng dẫn" in (said := capsys.readouterr().err)
    assert "criterion V.1 does not wait for guidance" in said


def test_an_edition_of_a_criterion_counts_from_its_day_on(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """80 % until the cut-off of the six months, 90 % from the day after: each milestone has its own."""
    text = (plans / "2021" / "criteria.yaml").read_text(encoding="utf-8")
    start = text.index("  - code: II.2\n")
    entry = text[start : text.index("  - code: II.3\n")]
    older = entry.replace("    status:", "    valid_to: 2021-10-14\n    status:")
    newer = entry.replace("value: 80", "value: 90").replace(
        "    status:", '    valid_from: 2021-10-15\n    edition: "2021.2"\n    status:'
    )
    write(plans, "criteria.yaml", text.replace(entry, older + newer))
    for period in ("2021-6t", "2021-nam"):
        send(data_folder, period)
    (half,), (year,) = (explain(capsys, period, "II.2") for period in ("2021-6t", "2021-nam"))
    assert (half["verdict"], half["edition"], half["formula"]) == (
        "met",
        "2021.1 (mẫu)",
        "17 × 100 ≥ 80 × 20",
    )
    assert (year["verdict"], year["edition"], year["formula"]) == ("not_met", "2021.2", "17 × 100 < 90 × 20")
    assert year["steps"] == [{"terms": ["TTXH_KP"], "change": 1, "unit": "vụ"}]
    change(plans, "criteria.yaml", "valid_to: 2021-10-14", "valid_to: 2021-10-15")
    assert main(["plan", "check"]) == 1
    assert "in force at the same time as another edition" in capsys.readouterr().err


def test_a_threshold_by_type_counts_for_localities_of_that_type(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Phường Vĩnh Lạc is of types 1 and 4: it must pass the 80 % of one and the 90 % of the other."""
    by_type = (
        "    by_type:\n      - {types: [4], threshold: {value: 90, unit: percent, direction: at_least}}\n"
    )
    old = "    threshold: {value: 80, unit: percent, direction: at_least}\n"
    change(plans, "criteria.yaml", old, old + by_type)
    send(data_folder, "2021-6t")
    (result,) = explain(capsys, "2021-6t", "II.2")
    assert (result["verdict"], result["formula"]) == ("not_met", "17 × 100 ≥ 80 × 20; 17 × 100 < 90 × 20")


def test_the_window_before_is_found_in_the_reports_of_another_period(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two months as milestones: the second is held against what was accepted for the first."""
    change(
        plans,
        "criteria.yaml",
        "{kind: decrease, of: [TTXH_XR]}",
        "{kind: decrease, of: [TTXH_XR], against: preceding}",
    )
    periods = (plans / "2021" / "periods.yaml").read_text(encoding="utf-8")
    start = periods.index("- id: 2021-t06")
    write(
        plans,
        "periods.yaml",
        periods[:start] + periods[start:].replace("milestone: false", "milestone: true", 1),
    )
    send(data_folder, "2021-t06", {(PLACE, "TTXH_XR"): 19})
    (alone,) = explain(capsys, "2021-t06", "II.1")
    assert (alone["reason"], alone["actor"], alone["missing"]) == (
        "no_baseline",
        "office",
        ["preceding.TTXH_XR"],
    )
    assert "2021-t06" not in milestones_to_assess()
    send(data_folder, "2021-t05")
    assert "2021-t06" in milestones_to_assess()  # the month before is news for it
    (result,) = explain(capsys, "2021-t06", "II.1")
    assert (result["verdict"], result["formula"]) == ("met", "19 < 20")
    assert [(entry["name"], entry["file_name"]) for entry in result["inputs"]] == [
        ("TTXH_XR", "2021-t06.xlsx"),
        ("preceding.TTXH_XR", "2021-t05.xlsx"),
    ]


def test_a_fixed_figure_of_the_plan_is_explained_by_its_line(
    plans: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        plans,
        "criteria.yaml",
        "{kind: decrease, of: [TTXH_XR]}",
        "{kind: decrease, of: [TTXH_XR], against: fixed.khoi_diem}",
    )
    assert main(["plan", "check"]) == 1
    assert "baselines.csv has no khoi_diem of TTXH_XR for 30745, " in capsys.readouterr().err
    localities = [
        line.split(",")[0]
        for line in (plans / "2021" / "localities.csv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    rows = [f"khoi_diem,{code},TTXH_XR,41,Quyết định số 93/QĐ-BCĐ" for code in localities]
    write(plans, "baselines.csv", "\n".join(["name,locality,indicator,value,legal_basis", *rows]) + "\n")
    assert main(["plan", "check"]) == 1
    assert "cases.yaml:29: cases: II.1, case `below`" in capsys.readouterr().err
    told = (plans / "2021" / "cases.yaml").read_text(encoding="utf-8")
    write(plans, "cases.yaml", told.replace("baseline.TTXH_XR", "fixed.khoi_diem.TTXH_XR"))
    assert main(["plan", "check"]) == 0
    send(data_folder, "2021-6t")
    (result,) = explain(capsys, "2021-6t", "II.1")
    assert (result["verdict"], result["formula"]) == ("met", "20 < 41")
    line = localities.index(PLACE) + 2
    assert result["inputs"][1]["file_name"] == f"baselines.csv:{line}"
    assert main(["explain", "--milestone", "2021-6t", "--locality", PLACE, "--criterion", "II.1"]) == 0
    assert f"fixed.khoi_diem.TTXH_XR = 41 vụ  baselines.csv:{line}" in capsys.readouterr().out


def test_a_change_is_rehearsed_and_flips_what_it_says(
    plans: Path, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the rehearsal predicts is what differs once the change is in force; it stores nothing."""
    send(data_folder, "2021-6t", {("30754", "TTXH_KP"): 20})
    draft = Path(shutil.copytree(plans, tmp_path / "draft" / "plans"))
    path = draft / "2021" / "criteria.yaml"
    text = path.read_text(encoding="utf-8").replace("value: 80, unit: percent", "value: 90, unit: percent", 1)
    path.write_text(text, encoding="utf-8")
    before = {r["criterion"]: r["verdict"] for r in explain(capsys, "2021-6t")}
    assert main(["plan", "compare", "2021", "2021"]) == 0
    assert capsys.readouterr().out.endswith("Số kết quả thay đổi: 0\n")
    assert main(["plan", "compare", "2021", str(draft / "2021"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    flips = told["flips"]
    assert (told["newly_insufficient"], told["files"]) == ([], [])
    assert [(f["milestone"], f["locality"], f["criterion"], f["before"], f["after"]) for f in flips] == [
        ("2021-6t", PLACE, "", "insufficient", "not_met"),
        ("2021-6t", PLACE, "II.2", "met", "not_met"),
    ]
    assert {r["criterion"]: r["verdict"] for r in explain(capsys, "2021-6t")} == before
    assert main(["plan", "compare", "2021", str(draft / "2021")]) == 1
    assert "Phường Vĩnh Lạc" in capsys.readouterr().out
    write(plans, "criteria.yaml", text)
    after = {r["criterion"]: r["verdict"] for r in explain(capsys, "2021-6t")}
    assert {code for code in before if before[code] != after[code]} == {"II.2"}
    for name, old, new in (
        ("plan.yaml", 'id: "2021"', 'id: "2022"'),
        ("periods.yaml", "id: 2021-", "id: 2022-"),
    ):
        other = draft / "2021" / name
        other.write_text(other.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    load_plan.cache_clear()
    assert main(["plan", "compare", "2021", str(draft / "2021")]) == 2
    assert "compare two wordings of it" in capsys.readouterr().err
    assert main(["plan", "compare", "2021", "1999"]) == 2
    assert "there is no such plan folder" in capsys.readouterr().err


def test_a_rehearsed_wait_for_guidance_names_what_it_leaves_open(
    plans: Path, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(data_folder, "2021-6t", {("30754", "TTXH_KP"): 20})
    draft = Path(shutil.copytree(plans, tmp_path / "draft" / "plans"))
    path = draft / "2021" / "criteria.yaml"
    old = "measure: {kind: value, of: [XHD]}\n    threshold: {value: 0, unit: vụ, direction: equal}"
    new = "measure: {kind: guidance}\n    threshold: {value: 0, unit: theo hướng dẫn, direction: at_least}"
    assert old in path.read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert main(["plan", "compare", "2021", str(draft / "2021"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {"milestone": "2021-6t", "locality": PLACE, "criteria": ["II.4"]} in told["newly_insufficient"]


def test_a_rehearsed_rule_names_the_files_that_it_would_hold_and_no_others(
    root: Path, plans: Path, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stricter suite in a folder of its own, over the files that were accepted by today's."""
    send(data_folder, "2021-6t", {("30754", "TTXH_KP"): 20})
    suites = Path(shutil.copytree(root / "expectations", tmp_path / "draft-expectations"))
    assert main(["plan", "compare", "2021", "2021", "--expectations", str(suites)]) == 0
    assert "Số tệp bị đánh giá khác: 0" in capsys.readouterr().out
    path = suites / "so_lieu.2021.json"
    suite = json.loads(path.read_text(encoding="utf-8"))
    (rule,) = [e for e in suite["expectations"] if e["meta"]["rule_id"] == "E08"]
    rule["kwargs"] |= {"min_value": 1, "max_value": 1}
    path.write_text(json.dumps(suite, ensure_ascii=False), encoding="utf-8")
    assert main(["plan", "compare", "2021", "2021", "--expectations", str(suites), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["flips"] == []
    (file,) = told["files"]
    assert (file["submission"], file["period"], file["gone"], file["is_held"]) == (
        "S000001",
        "2021-6t",
        [],
        True,
    )
    assert {rule for rule, _, _, _ in file["new"]} == {"E08"}
    assert PLACE in {locality for _, _, locality, _ in file["new"]}
