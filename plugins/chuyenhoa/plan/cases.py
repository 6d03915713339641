"""Case tables: what a criterion makes of figures, as data that the tests run and docs/criteria.md prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from chuyenhoa.model import criteria as measures
from chuyenhoa.model.results import Verdict
from chuyenhoa.plan.criterion_entries import CRITERION
from chuyenhoa.plan.shapes import TERM, Strict, Text
from chuyenhoa.plan.sources import Located, PlanError, Problems, parse, read_yaml

SAMPLE_EDITION = "mẫu"
FIGURE = TERM.removeprefix("^-?").removesuffix("$")
NUMBER = r"(\?|\d+(\.\d+)?)"


class DeclaredEntry(Strict):
    """A declaration as a submitter makes it; an answer that is left out is a blank cell."""

    answer: Literal["yes", "no", "not_applicable"] | None = None
    number: str = ""
    date_: Annotated[date | None, Field(alias="date")] = None


class CaseEntry(Strict):
    """One state of a locality and what a criterion makes of it.

    `given` lists figures as `TTXH_KP=81 baseline.TTXH_XR=?`, where `?` is a blank cell; a figure that is not
    there is not in the file at all. `figure` is what a table shows, `types` are those of the locality.
    """

    kind: Literal[
        "below", "at", "above", "zero", "missing", "decided", "contradictory", "not_applicable", "declared"
    ]
    given: Annotated[str, Field(pattern=rf"^({FIGURE}={NUMBER}( |$))*$")] = ""
    declared: DeclaredEntry | None = None
    types: tuple[Annotated[int, Field(ge=1, le=4)], ...] = (1,)
    verdict: Literal["met", "not_met", "not_applicable", "insufficient"]
    reason: str = ""
    figure: Text
    missing: tuple[str, ...] = ()


class CaseTableEntry(Strict):
    """`cases.yaml` of a plan: the cases of one of its criteria."""

    criterion: Text
    cases: Annotated[list[CaseEntry], Field(min_length=1)]


class SampleEntry(Strict):
    """`samples/measures.yaml`: a criterion that shows a kind of measure, with its cases."""

    criterion: Annotated[measures.Criterion, CRITERION]
    cases: Annotated[list[CaseEntry], Field(min_length=1)]


@dataclass(frozen=True)
class CaseTable:
    """A criterion and its cases; `kind` is the plan's word for its measure, where it shows a kind."""

    criterion: measures.Criterion
    cases: tuple[CaseEntry, ...]
    places: tuple[Located, ...]
    """Where each case stands."""
    kind: str = ""


ALL_TYPES = frozenset({1, 2, 3, 4})
_OF_FIGURES = frozenset({"below", "at", "above", "zero", "missing"})
_NOT_APPLICABLE = frozenset({"not_applicable"})


def kinds_asked(criterion: measures.Criterion) -> frozenset[str]:
    """The kinds of cases that a criterion must show: every state that its measure and types can be in.

    A count compared with zero has nothing below it, and its zero is the limit. Not applicable is asked where
    it can come about: of a declaration, by type, or with nothing to divide by.
    """
    if isinstance(criterion.measure, measures.AwaitedMeasure):
        return frozenset({"missing"})
    # A table that shows 81, 80 and 79 of 100 is what tells "từ 80%" from "trên 80%": the case on the limit.
    asked = _OF_FIGURES if criterion.terms else frozenset({"declared", "missing"})
    if isinstance(criterion.measure, measures.ValueMeasure) and criterion.measure.threshold.value == 0:
        asked -= {"below", "zero"}
    return asked | _NOT_APPLICABLE if _may_not_apply(criterion) else asked


def _may_not_apply(criterion: measures.Criterion) -> bool:
    nothing = [leaf.when_nothing for leaf in criterion.leaves if isinstance(leaf, measures.RatioMeasure)]
    return (
        criterion.applies_to_types != ALL_TYPES
        or isinstance(criterion.measure, measures.DeclarationMeasure)
        or any(entry.verdict is Verdict.NOT_APPLICABLE for entry in nothing)
    )


def _lacking(criterion: measures.Criterion, cases: Sequence[CaseEntry]) -> str:
    """What cases a table lacks, as a problem; empty where it has all."""
    shown = {case.kind for case in cases} | {
        "not_applicable" for case in cases if Verdict(case.verdict) is Verdict.NOT_APPLICABLE
    }
    lacking = ", ".join(sorted(kinds_asked(criterion) - shown))
    return f"cases: {criterion.code} has no case of kind {lacking}" if lacking else ""


def load_case_tables(
    plans: Path, plan_id: str, criteria: Sequence[measures.Criterion]
) -> tuple[CaseTable, ...]:
    """The tables of `plans/<plan_id>/cases.yaml` for criteria in force, in the order of the criteria.

    Raises:
        PlanError: an entry is wrong or of no criterion, or a criterion has none or lacks a kind of case;
            each with file and line.
    """
    problems = Problems()
    located = read_yaml(plans / plan_id / "cases.yaml", problems)
    found: dict[str, tuple[CaseTableEntry, Located]] = {}
    known = {criterion.code: criterion for criterion in criteria}
    for at in located.items():
        entry = parse(at, CaseTableEntry.model_validate, "cases", problems)
        if entry is not None and (entry.criterion not in known or entry.criterion in found):
            problems.add(at, f"cases: {entry.criterion} is not a criterion in force, or is duplicated")
        elif entry is not None:
            found[entry.criterion] = entry, at
            if lacks := _lacking(known[entry.criterion], entry.cases):
                problems.add(at, lacks)
    lacking = sorted(set(known) - set(found))
    if lacking and not problems.found:
        problems.add(located, f"cases: none for {', '.join(lacking)}")
    if told := problems.told():
        raise PlanError(told)
    return tuple(_table(criterion, *found[criterion.code]) for criterion in criteria)


def _table(
    criterion: measures.Criterion, entry: CaseTableEntry | SampleEntry, at: Located, kind: str = ""
) -> CaseTable:
    return CaseTable(criterion, tuple(entry.cases), tuple(at.part("cases").items()), kind)


def load_samples(plans: Path) -> tuple[CaseTable, ...]:
    """The criteria of `plans/samples/measures.yaml`, one for every kind of measure.

    Raises:
        PlanError: an entry is wrong, with file and line.
    """
    problems = Problems()
    located = read_yaml(plans / "samples" / "measures.yaml", problems)
    tables = []
    for at in located.items():
        entry = parse(at, SampleEntry.model_validate, "sample", problems)
        if entry is None:
            continue
        criterion = replace(entry.criterion, edition=entry.criterion.edition or SAMPLE_EDITION)
        kind = str(at.part("criterion").part("measure").part("kind").data)
        if lacks := _lacking(criterion, entry.cases):
            problems.add(at, lacks)
        tables.append(_table(criterion, entry, at, kind))
    if told := problems.told():
        raise PlanError(told)
    return tuple(tables)
