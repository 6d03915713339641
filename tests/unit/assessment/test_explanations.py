"""Every stored result follows from its explanation alone: an independent recomputation from the JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuyenhoa.assessment.verdicts import assess
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence
from chuyenhoa.model.explanation import describe_rules
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.results import InsufficiencyReason
from tests.unit.assessment import plan_oracle as oracle
from tests.unit.assessment.building import PLACE, SOURCE
from tests.unit.assessment.recompute import faults_of
from tests.unit.assessment.test_generated_plans import (
    Entry,
    _answers,
    _build,
    _criteria,
    _evidence,
    _figures,
    _terms_named,
)


def _store(plan: Plan, evidence: dict[str, LocalityEvidence]) -> Any:
    """What is kept of an assessment, as JSON and back."""
    day = plan.milestones[-1].window.end
    found = assess(plan, plan.milestones[-1], evidence, day)
    return json.loads(json.dumps({**asdict(found), "explanation": describe_rules(plan, day)}))


def _made_up(plan: Plan, seed: int) -> tuple[Plan, dict[str, LocalityEvidence]]:
    """The plan's localities with other types, and figures with blanks, parts and contradictions."""
    chance = random.Random(seed)
    evidence, localities = {}, []
    for locality in plan.localities:
        types = frozenset(chance.sample([1, 2, 3, 4], chance.randint(1, 3)))
        localities.append(replace(locality, types=types))
        blank, top = chance.choice([0, 0, 0.1, 0.4]), chance.choice([2, 5, 40])
        figures = {}
        for code in plan.indicator_by_code:
            for basis in Basis:
                value = None if chance.random() < blank else Decimal(chance.randint(0, top))
                parts: tuple[KnownFigure, ...] = ()
                if value is not None and chance.random() < 0.3:
                    parts = (KnownFigure(value, SOURCE), KnownFigure(Decimal(0), SOURCE))
                figures[code, basis] = KnownFigure(value, SOURCE, parts)
        said = {
            entry.code: KnownDeclaration(
                chance.choice([*Answer, Answer.YES, None]),
                chance.choice(["", "12/KH-UBND"]),
                chance.choice([None, date(2021, 5, 17)]),
                "",
                SOURCE,
            )
            for entry in plan.declared_criteria
        }
        absence = chance.choice([None] * 9 + [InsufficiencyReason.NOT_SUBMITTED])
        evidence[locality.code] = (
            LocalityEvidence(locality.code, absence=absence)
            if absence
            else LocalityEvidence(locality.code, figures, said)
        )
    return replace(plan, localities=tuple(localities)), evidence


@pytest.mark.parametrize("seed", range(12))
def test_every_result_of_the_plan_follows_from_its_explanation(plan: Plan, seed: int) -> None:
    assert faults_of(_store(*_made_up(plan, seed))) == []


def _flip(stored: Any) -> None:
    result = next(r for e in stored["localities"] for r in e["criteria"] if r["verdict"] == "met")
    result["verdict"] = "not_met"


def _raise_a_part(stored: Any) -> None:
    entry = next(
        i
        for e in stored["localities"]
        for r in e["criteria"]
        for i in r["inputs"]
        if i["unit"] and i["name"].endswith(".2")
    )
    entry["value"] = "1"


def _move_a_threshold(stored: Any) -> None:
    stored["explanation"]["rules"]["II.2"]["measure"]["threshold"]["value"] = "1000"


def _drop_a_hash(stored: Any) -> None:
    entry = next(i for e in stored["localities"] for r in e["criteria"] for i in r["inputs"] if i["cell"])
    entry["sha256"] = ""


def _other_group(stored: Any) -> None:
    stored["localities"][0]["groups"][0]["verdict"] = "not_applicable"


@pytest.mark.parametrize("spoil", [_flip, _raise_a_part, _move_a_threshold, _drop_a_hash, _other_group])
def test_the_recomputation_notices_what_was_changed(plan: Plan, spoil: Callable[[Any], None]) -> None:
    stored = _store(*_made_up(plan, 3))
    spoil(stored)
    assert faults_of(stored)


@settings(max_examples=100)
@given(entry=_criteria(), figures=_figures, answer=_answers, has_document=st.booleans(), data=st.data())
def test_results_of_generated_plans_follow_from_their_explanations(
    plan: Plan, entry: Entry, figures: list[int], answer: str | None, has_document: bool, data: st.DataObject
) -> None:
    named = _terms_named(entry)
    known = dict(zip(named, map(Fraction, figures), strict=False))
    blanks = data.draw(st.sets(st.sampled_from(named), max_size=2)) if named else set()
    evidence = _evidence(oracle.World(known, answer, has_document), blanks, as_cells=data.draw(st.booleans()))
    in_part = {
        key: replace(known, low=Decimal(data.draw(st.integers(1, 3)))) if known.value is None else known
        for key, known in evidence.figures.items()
    }
    evidence = replace(evidence, figures=in_part)
    criterion = _build(entry)
    small = replace(
        plan,
        indicators=tuple(replace(plan.indicators[0], code=code) for code in "ABC"),
        groups=(replace(plan.groups[0], code=criterion.group),),
        criteria=(criterion,),
        guidance=(),
        localities=(replace(plan.localities[0], types=PLACE.types),),
    )
    code = small.localities[0].code
    assert faults_of(_store(small, {code: replace(evidence, locality=code)})) == []
