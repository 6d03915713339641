"""A wrong entry is refused with its file, its line and what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chuyenhoa.plan import PlanError, load_plan

FAULTS = [
    ("periods.yaml", "id: 2021-t07", "id: 2022-t07", "its id must begin with the plan's, 2021-"),
    (
        "criteria.yaml",
        "numerator: [TTXH_KP]",
        "numerator: [TTXH_KPP]",
        "criterion II.2: unknown indicator TTXH_KPP",
    ),
    (
        "criteria.yaml",
        "threshold: {value: 80, unit: percent, direction",
        "threshold: {value: 80, direction",
        "threshold.unit: Field required",
    ),
    (
        "criteria.yaml",
        "of: [XHD]}\n    threshold: {value: 0, unit: vụ",
        "of: [XHD]}\n    threshold: {value: 0, unit: người",
        "the threshold is in 'người'",
    ),
    ("criteria.yaml", "value: 80, unit: percent", "value: 80, unit: vụ", "a ratio is compared with percent"),
    ("criteria.yaml", "kind: decrease", "kind: fall", "`kind` must be declaration"),
    (
        "criteria.yaml",
        "  - code: I.2\n    group: I\n",
        "  - code: I.2\n    group: VII\n",
        "unknown group VII",
    ),
    (
        "criteria.yaml",
        "  - code: I.2\n    group: I\n",
        "  - code: I.1\n    group: I\n",
        "criterion I.1 is duplicated",
    ),
    (
        "criteria.yaml",
        "status: unverified\n  - code: I.2",
        "status: maybe\n  - code: I.2",
        "status: Input should be",
    ),
    ("criteria.yaml", "applies_to_types: [1, 2, 3, 4]", "applies_to_types: [5]", "less than or equal to 4"),
    ("criteria.yaml", "legal_basis: Kế hoạch số 121/KH-BCĐ, mục V.2", "legal_basis: ''", "legal_basis"),
    (
        "criteria.yaml",
        "    short: Nghị quyết, kế hoạch",
        "    shorter: Nghị quyết",
        "Extra inputs are not permitted",
    ),
    ("criteria.yaml", "groups:", "groups: [", "not readable as YAML"),
    (
        "criteria.yaml",
        "title: Tiêu chí khác theo văn bản hướng dẫn của Công an tỉnh",
        "title: A\n    title: B",
        "`title` is duplicated",
    ),
    (
        "periods.yaml",
        "deadline: 2021-12-17\n  baseline: {from: 2020-04-15",
        "deadline: 2021-12-13\n  baseline: {from: 2020-04-15",
        "the deadline is before the end",
    ),
    (
        "periods.yaml",
        "baseline: {from: 2020-04-15, to: 2020-12-14}",
        "baseline: {from: 2020-01-01, to: 2020-12-31}",
        "the baseline has 366 days and the window 244",
    ),
    (
        "periods.yaml",
        "baseline: {from: 2020-04-15, to: 2020-12-14}",
        "baseline: {from: 2021-01-15, to: 2021-09-15}",
        "the baseline runs into the window",
    ),
    (
        "periods.yaml",
        "from: 2021-05-15\n  to: 2021-06-14",
        "from: 2021-05-14\n  to: 2021-06-14",
        "its window overlaps that of 2021-t05",
    ),
    (
        "periods.yaml",
        "from: 2021-05-15\n  to: 2021-06-14",
        "from: 2021-06-15\n  to: 2021-06-14",
        "is before `from`",
    ),
    ("periods.yaml", "opens: 2021-12-01", "opens: 2021-12-31", "opens after its deadline"),
    ("periods.yaml", "milestone: true", "milestone: false", "no period is a milestone"),
    ("localities.csv", "30745,Phường Vĩnh Lạc", "99999,Phường Vĩnh Lạc", "no unit of this code"),
    ("localities.csv", "30745,Phường Vĩnh Lạc", "30745,Phường Vĩnh Lac", "is named 'Phường Vĩnh Lac' here"),
    (
        "localities.csv",
        "30745,Phường Vĩnh Lạc,899",
        "30745,Phường Vĩnh Lạc,900",
        "lies in district 899, not in that of 900",
    ),
    ("localities.csv", "30745,Phường Vĩnh Lạc,899", "30745,Phường Vĩnh Lạc,999", "unknown submitter 999"),
    (
        "localities.csv",
        "code,name,submitter,types,status",
        "code,name,submitter,kinds,status",
        "column missing: types",
    ),
    (
        "localities.csv",
        "30745,Phường Vĩnh Lạc,899,1;4,unverified",
        "30745,Phường Vĩnh Lạc,899",
        "not as many fields",
    ),
    ("localities.csv", "899,1;4", "899,1;9", "types"),
    ("submitters.csv", "900-ha-tien", "899-rach-gia", "belongs to 899 already"),
    ("indicators.csv", "TTXH_XR,Số vụ", "TTXH_KP,Số vụ", "indicator TTXH_KP is duplicated"),
    ("indicators.csv", "xảy ra,vụ,flow,TTXH", "xảy ra,vụ,flow,XXX", "unknown section XXX"),
    ("indicators.csv", "Xảy ra|Số vụ|Số vụ xảy ra|Số vụ phạm", "Xảy ra||Số vụ phạm", "an alias is empty"),
    ("indicators.csv", "Xảy ra|Số vụ|Số vụ xảy ra", "Xảy ra|XẢY RA", "'xay ra' repeats its label"),
    ("indicators.csv", "Khám phá|Số vụ khám phá", "Khám phá|Số vụ xảy ra", "belongs to TTXH_XR already"),
    ("indicators.csv", 'làm rõ",TTXH_XR', 'làm rõ",TTXH', "unknown indicator TTXH in within"),
    ("indicators.csv", 'làm rõ",TTXH_XR', 'làm rõ",', "loose_aliases and within belong together"),
    ("sections.csv", "Tệ nạn|TNXH", "Tệ nạn|Truy nã", "section TN: alias 'truy na' belongs to TNXH"),
    ("localities.csv", "unverified,Thị trấn Dương Đông", "unverified,Xã Cửa Cạn", "is the name of unit"),
    ("indicators.csv", "xảy ra,vụ,flow", "xảy ra,vụ,rate", "kind: Input should be"),
    ("guidance.yaml", "code: VI.1", "code: V.1", "does not wait for guidance"),
    ("guidance.yaml", "[KDC_TONG]", "[KDC_SO]", "unknown indicator KDC_SO"),
    ("tasks.yaml", "lead: [BDBP]", "lead: [HQ]", "unknown agency HQ"),
    ("tasks.yaml", "criteria: [V.2]", "criteria: [V.9]", "unknown criterion V.9"),
    ("plan.yaml", "year: 2021", "yeer: 2021", "yeer: Extra inputs are not permitted"),
]


@pytest.fixture
def plans(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "plans", tmp_path / "plans"))


@pytest.mark.parametrize(("file", "right", "wrong", "said"), FAULTS, ids=[f[3][:50] for f in FAULTS])
def test_a_wrong_entry_is_named(plans: Path, file: str, right: str, wrong: str, said: str) -> None:
    path = plans / "2021" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        load_plan(plans, "2021")
    found = [problem for problem in refused.value.problems if said in problem.text]
    assert found, str(refused.value)
    assert found[0].file == file
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 0 <= found[0].line <= len(lines)
    assert f"{file}" in str(refused.value)


def test_the_line_is_that_of_the_entry(plans: Path) -> None:
    path = plans / "2021" / "criteria.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(
        i
        for i, line in enumerate(lines, start=1)
        if "unit: percent, direction: at_least" in line and "80" in line
    )
    lines[number - 1] = lines[number - 1].replace("value: 80", "value: nhiều")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        load_plan(plans, "2021")
    assert [(p.file, p.line) for p in refused.value.problems] == [("criteria.yaml", number)]


def test_all_problems_are_told_at_once(plans: Path) -> None:
    for file, right, wrong, _ in (FAULTS[1], FAULTS[34]):
        path = plans / "2021" / file
        path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    with pytest.raises(PlanError) as refused:
        load_plan(plans, "2021")
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("file", ["periods.yaml", "submitters.csv"])
def test_a_missing_file_is_named(plans: Path, file: str) -> None:
    (plans / "2021" / file).unlink()
    with pytest.raises(PlanError, match=rf"{file}: cannot be read"):
        load_plan(plans, "2021")


def test_an_empty_file_is_named(plans: Path) -> None:
    (plans / "2021" / "tasks.yaml").write_text("", encoding="utf-8")
    with pytest.raises(PlanError, match=r"tasks\.yaml:1: the file is empty"):
        load_plan(plans, "2021")


def test_a_missing_plan_is_named(plans: Path) -> None:
    with pytest.raises(PlanError, match="there is no such plan folder"):
        load_plan(plans, "1999")


def test_a_plan_without_guidance_loads(plans: Path) -> None:
    (plans / "2021" / "guidance.yaml").unlink()
    assert load_plan(plans, "2021").guidance == ()


def test_a_combined_measure_needs_a_k_that_fits(plans: Path) -> None:
    path = plans / "2021" / "criteria.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("kind: all_of\n      parts:", "kind: at_least\n      k: 9\n      parts:", 1),
        encoding="utf-8",
    )
    with pytest.raises(PlanError, match="k is 9 and there are only 3 parts"):
        load_plan(plans, "2021")
    path.write_text(
        text.replace("kind: all_of\n      parts:", "kind: at_least\n      parts:", 1), encoding="utf-8"
    )
    with pytest.raises(PlanError, match="`k` belongs to at_least"):
        load_plan(plans, "2021")
