"""The sample year is complete and consistent: what districts know never contradicts itself by accident."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from chuyenhoa.model.figures import Basis
from chuyenhoa.model.plan import IndicatorKind, Plan
from devtools.sample import Sample, SampleError, load_sample, load_scenario

MILESTONES = ("2021-6t", "2021-nam")
AT_THE_START = ("NGHIEN_DAU", "TGTB_TON")


@pytest.fixture(scope="module")
def samples(root: Path) -> dict[str, Sample]:
    return {name: load_sample(root / "demo" / "2021" / name) for name in MILESTONES}


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_locality_has_every_figure_and_declaration(
    plan: Plan, samples: dict[str, Sample], milestone: str
) -> None:
    sample = samples[milestone]
    assert set(sample.figures) == {
        (basis, locality.code, indicator.code)
        for basis in Basis
        for locality in plan.localities
        for indicator in plan.indicators
    }
    declared = {criterion.code for criterion in plan.criteria if criterion.is_declared}
    assert {(entry.locality, entry.criterion) for entry in sample.declarations} == {
        (locality.code, criterion) for locality in plan.localities for criterion in declared
    }


@pytest.mark.parametrize("basis", Basis)
def test_the_year_holds_the_six_months(plan: Plan, samples: dict[str, Sample], basis: Basis) -> None:
    six, year = (samples[name].figures for name in MILESTONES)
    for locality in plan.localities:
        for indicator in plan.indicators:
            part, whole = (
                six[basis, locality.code, indicator.code],
                year[basis, locality.code, indicator.code],
            )
            if part is None or whole is None:
                continue
            if indicator.kind is IndicatorKind.FLOW:
                assert part <= whole, (locality.code, indicator.code)
            if indicator.code in AT_THE_START:
                assert part == whole, (locality.code, indicator.code)


def test_only_money_has_decimals(plan: Plan, samples: dict[str, Sample]) -> None:
    for sample in samples.values():
        for (_, _, code), value in sample.figures.items():
            assert value is None or plan.indicator_by_code[code].decimals or value == value.to_integral()


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_submitter_drops_a_file_or_is_silent(plan: Plan, root: Path, milestone: str) -> None:
    scenario = load_scenario(root / "demo" / "2021" / milestone)
    senders = {drop.submitter for drop in scenario.drops}
    assert senders | set(scenario.silent) == set(plan.submitter_by_code)
    assert not senders & set(scenario.silent)
    period = plan.period_by_id[milestone]
    for wave in scenario.waves:
        for drop in wave.drops:
            assert drop.is_late == (wave.at.date() > period.deadline), drop.file
    assert sum(scenario.verdicts.values()) == len(plan.localities)
    assert scenario.forms_at < scenario.waves[0].at < scenario.waves[-1].at < scenario.report_at


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_kind_of_file_is_there(root: Path, milestone: str) -> None:
    scenario = load_scenario(root / "demo" / "2021" / milestone)
    kinds = {drop.status.value for drop in scenario.drops}
    assert {"accepted", "accepted_with_warnings", "returned", "duplicate"} <= kinds
    assert any(drop.corrects for drop in scenario.drops)
    assert any(drop.is_late for drop in scenario.drops)
    assert any(drop.explanations for drop in scenario.drops)
    assert scenario.silent


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_sender_writes_its_own_texts(
    root: Path, plan: Plan, samples: dict[str, Sample], milestone: str
) -> None:
    scenario = load_scenario(root / "demo" / "2021" / milestone)
    narratives = samples[milestone].narratives
    assert {drop.submitter for drop in scenario.drops} == set(narratives)
    known = {item.code for item in plan.narrative_items}
    assert all(set(texts) <= known for texts in narratives.values())
    written = [text for texts in narratives.values() for text in texts.values()]
    assert len(written) == len(set(written))


def test_a_blank_cell_is_no_figure(samples: dict[str, Sample]) -> None:
    figures = samples["2021-nam"].figures
    assert figures[Basis.CURRENT, "30985", "KDC_ATANTT"] is None
    assert figures[Basis.CURRENT, "30985", "XHD"] == Decimal(0)


def test_the_quick_form_plays_fewer_submitters(root: Path) -> None:
    folder = root / "demo" / "2021" / "2021-6t"
    quick, full = load_scenario(folder, quick=True), load_scenario(folder)
    assert {drop.submitter for drop in quick.drops} == {"899", "903", "905", "906", "908"}
    assert len(quick.drops) < len(full.drops)
    assert quick.verdicts != full.verdicts


def test_a_scenario_without_a_quick_form_says_so(root: Path) -> None:
    with pytest.raises(SampleError, match="no part `quick`"):
        load_scenario(root / "demo" / "2021" / "2021-nam", quick=True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("report_at:", "reported_at:", "report_at"),
        ("status: returned", "status: lost", "lost"),
        ("sheet: current", "sheet: currents", "currents"),
        ('same_as: "HonDat_6thang_2021.xlsx"', "same_as: nothing.xlsx", "nothing.xlsx"),
    ],
)
def test_a_wrong_scenario_is_named(root: Path, tmp_path: Path, old: str, new: str, told: str) -> None:
    text = (root / "demo" / "2021" / "2021-6t" / "scenario.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "scenario.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SampleError, match=told):
        load_scenario(tmp_path)
