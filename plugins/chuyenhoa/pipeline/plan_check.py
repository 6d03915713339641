"""Checks all that a plan says: its data, its rules, and what the engine makes of its own cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from chuyenhoa.assessment.verdicts import assess_criterion
from chuyenhoa.model import criteria as measures
from chuyenhoa.model.baselines import Baseline, read_against
from chuyenhoa.model.evidence import KnownDeclaration, KnownFigure, LocalityEvidence, Source
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.plan import Locality, Plan, Status
from chuyenhoa.model.results import CriterionResult
from chuyenhoa.model.submissions import Severity
from chuyenhoa.pipeline.assess import locality_status
from chuyenhoa.pipeline.context import Context
from chuyenhoa.plan import PlanError, Problem, cases, loader, rules
from chuyenhoa.settings import Settings
from chuyenhoa.store import MissingStoreError

SAMPLES = "samples"
HUNDRED = 100
CASE_FILE = Source("", "", "cases.yaml", "", "")


@dataclass(frozen=True)
class Checked:
    """A plan folder that was checked: its plan and the number of its rules, where it is sound."""

    problems: tuple[Problem, ...]
    plan: Plan | None = None
    rules: int = 0


def check_plans(where: Settings, *, strictly: bool = False) -> dict[str, Checked]:
    """Every folder of plans/ with what is wrong in it, errors first; warnings are errors when `strictly`."""
    loaded = {name: _load(where.plans, name) for name in loader.list_folders(where.plans)}
    plans = {name: one.plan for name, one in loaded.items() if isinstance(one, loader.Loaded)}
    found = {
        name: _check_plan(where, one, plans) if isinstance(one, loader.Loaded) else Checked(one)
        for name, one in loaded.items()
    }
    if (where.plans / SAMPLES).is_dir() and (problems := _check_samples(where.plans, plans)):
        found[SAMPLES] = Checked(problems)
    if strictly:
        for name, checked in found.items():
            errors = tuple(replace(entry, severity=Severity.ERROR) for entry in checked.problems)
            found[name] = replace(checked, problems=errors)
    return found


def _load(plans: Path, name: str) -> loader.Loaded | tuple[Problem, ...]:
    """A plan that can be run, or why it cannot."""
    if not (plans / name / "plan.yaml").exists():
        text = "there is no such file, so that the folder is no plan; write it, or move the folder away"
        return (Problem("plan.yaml", 0, text),)
    try:
        return loader.load_located(plans, name)
    except PlanError as error:
        return error.problems


def _check_plan(where: Settings, loaded: loader.Loaded, plans: Mapping[str, Plan]) -> Checked:
    plan, count = loaded.plan, 0
    # Folders are named after the year: the later one is the copy, and the earlier one is not to be blamed.
    others = {key: other for key, other in plans.items() if key < plan.id}
    problems = [*loaded.faults(), *loaded.doubts(others), *_omitted(Context(where), plan)]
    try:
        count = len(rules.load_rules(where.expectations, plan))
    except PlanError as error:
        problems += error.problems
    try:
        in_force = plan.criteria_on(plan.milestones[-1].window.end)
        tables = cases.load_case_tables(where.plans, plan.id, in_force)
        # Also where a limit is at fault: the cases tell what it should be.
        problems += [found for table in tables for found in run_table(table, _units_of(plan))]
    except PlanError as error:
        problems += error.problems
    try:
        loader.load_recipients(where.plans / plan.id)
    except PlanError as error:
        problems += error.problems
    return Checked(tuple(sorted(problems, key=lambda found: (found.severity, found))), plan, count)


def _check_samples(plans: Path, known: Mapping[str, Plan]) -> tuple[Problem, ...]:
    units = {code: unit for plan in known.values() for code, unit in _units_of(plan).items()}
    try:
        tables = cases.load_samples(plans)
    except PlanError as error:
        return error.problems
    # The samples name indicators of the plans; without a sound plan nobody can say in what they count.
    return tuple(found for table in tables if units for found in run_table(table, units))


def _units_of(plan: Plan) -> dict[str, str]:
    return {code: indicator.unit for code, indicator in plan.indicator_by_code.items()}


def run_table(table: cases.CaseTable, units: Mapping[str, str]) -> Iterator[Problem]:
    """What the engine makes otherwise of a table's cases, or a limit on which no case `at` stands."""
    code, wrong = table.criterion.code, []
    for case, at in zip(table.cases, table.places, strict=True):
        if text := _differences(case, run_case(table.criterion, case, units)):
            given = case.given or ("a declaration" if case.declared else "nothing")
            wrong.append((at, f"case `{case.kind}` with {given}: {text}"))
    if wrong:
        # One cause as a rule, a limit or a term: one case in full, where there is one with another verdict,
        # and the others by their lines.
        (at, text), *others = sorted(wrong, key=lambda pair: "verdict is" not in pair[1])
        lines = ", ".join(str(number) for number in sorted(other.line for other, _ in others))
        further = f"; also the case{'s' * (len(others) > 1)} of line {lines}" if others else ""
        yield Problem(at.file, at.line, f"cases: {code}, {text}{further}; correct criterion or cases")
    limits = [pair for pair in zip(table.cases, table.places, strict=True) if pair[0].kind == "at"]
    is_shown = any(_is_on_limit(table.criterion, case) for case, _ in limits)
    if table.criterion.terms and limits and not wrong and not is_shown:
        at = limits[0][1]
        yield Problem(at.file, at.line, f"cases: {code}: no case `at` is on the limit of the criterion")


def run_case(
    criterion: measures.Criterion, case: cases.CaseEntry, units: Mapping[str, str]
) -> CriterionResult:
    """What the engine makes of a case, in a locality of the case's types."""
    place = Locality("", "", "", frozenset(case.types), Status.UNVERIFIED)
    return assess_criterion(criterion, place, _evidence_of(criterion, case), units)


def _evidence_of(criterion: measures.Criterion, case: cases.CaseEntry) -> LocalityEvidence:
    figures, baselines = {}, {}
    for name, value in _given(case):
        window, _, indicator = name.rpartition(".")
        against = read_against(window) if window else Basis.CURRENT
        known = KnownFigure(value, CASE_FILE)
        if isinstance(against, Baseline):
            baselines[indicator, against] = known
        else:
            figures[indicator, against] = known
    said = case.declared
    answer = Answer(said.answer) if said and said.answer else None
    declared = KnownDeclaration(answer, said.number, said.date_, "", CASE_FILE) if said else None
    declarations = {criterion.code: declared} if declared else {}
    return LocalityEvidence("", figures, declarations, baselines=baselines)


def _given(case: cases.CaseEntry) -> Iterator[tuple[str, Decimal | None]]:
    """The figures of a case by the names of their terms; None for a blank cell."""
    for entry in case.given.split():
        name, _, value = entry.partition("=")
        yield name, None if value == "?" else Decimal(value)


def _differences(case: cases.CaseEntry, result: CriterionResult) -> str:
    """Where a result is not what its case says; empty where it is."""
    told = {
        "verdict": (result.verdict.value, case.verdict),
        "reason": (result.reason.value if result.reason else "", case.reason),
        "figure": (result.figure, case.figure),
        "missing": (", ".join(result.missing), ", ".join(case.missing)),
    }
    wrong = [
        f"{name} is {is_!r}, and the case says {says!r}" for name, (is_, says) in told.items() if is_ != says
    ]
    return "; ".join(wrong)


def _is_on_limit(criterion: measures.Criterion, case: cases.CaseEntry) -> bool:
    """Whether some measure of a criterion stands on its limit exactly: 80 of 100 with 80 percent."""
    figures = {name: value for name, value in _given(case) if value is not None}
    asked = criterion.for_types(frozenset(case.types))
    return any(_distance(leaf, figures) == 0 for leaf in asked.leaves)


def _distance(leaf: measures.Leaf, figures: Mapping[str, Decimal]) -> Decimal | None:
    """How far a measure is from its limit, in hundredfold for shares; None where a figure is missing."""

    def total(terms: tuple[measures.Term, ...]) -> Decimal:
        return sum((figures[term.name] * term.sign for term in terms), Decimal(0))

    try:
        match leaf:
            case measures.ValueMeasure():
                return total(leaf.terms) - leaf.threshold.value
            case measures.CompareMeasure():
                return total(leaf.left) - total(leaf.right)
            case measures.RatioMeasure():
                return total(leaf.numerator) * HUNDRED - leaf.threshold.value * total(leaf.denominator)
            case measures.ChangeMeasure():
                before = total(leaf.before)
                change = (total(leaf.terms) - before) * (1 if leaf.rises else -1)
                whole = before if leaf.threshold.in_percent else Decimal(HUNDRED)
                return change * HUNDRED - leaf.threshold.value * whole
            case _:
                return None
    except KeyError:
        return None


def _omitted(ctx: Context, plan: Plan) -> list[Problem]:
    """Localities that an earlier plan left "chưa đạt" and this one omits, with nothing decided since.

    Only where there is a store: plan data can be checked before there is one.
    """
    try:
        store = ctx.store
    # Plan data is checked on machines without a store as well (decision 0030).
    except MissingStoreError:
        return []
    with store.reading() as session:
        left_out = list(locality_status.not_carried_over(ctx, session, plan))
    return [
        Problem(
            "localities.csv",
            1,
            f"locality {entry.locality} was chưa đạt in plan {entry.plan} ({entry.decision_number}) and is "
            f"not on this list; list it, or record what was decided: chuyenhoa transition --plan {plan.id} "
            f"--state released --locality {entry.locality} …",
            Severity.WARNING,
        )
        for entry in left_out
    ]
