"""Verdicts of criteria, groups and localities, with the reason and the figures behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """The four answers of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT = "insufficient"

    # As in `Basis`: sets of verdicts are made for every result.
    __hash__ = str.__hash__


class InsufficiencyReason(StrEnum):
    """Why a verdict is `insufficient`."""

    NOT_SUBMITTED = "not_submitted"
    BLANK = "blank"
    HELD_BY_FINDINGS = "held_by_findings"
    GAP_IN_WINDOW = "gap_in_window"
    NO_BASELINE = "no_baseline"
    NO_GUIDANCE = "no_guidance"
    UNIT_CHANGED = "unit_changed"
    CONFLICTING_SOURCES = "conflicting_sources"
    WITHDRAWN = "withdrawn"
    """The submitter took back what it had stated, and stated nothing since."""


class Actor(StrEnum):
    """Who must act before an insufficient result can be decided."""

    SUBMITTER = "submitter"
    OFFICE = "office"
    """The committee's office, which keeps the plan's data."""
    GUIDING_AGENCY = "guiding_agency"
    """The agency whose letter is awaited: the provincial police."""


# Who acts by default; a figure that the plan or earlier years' reports hold is the office's.
ACTORS: Mapping[InsufficiencyReason, Actor] = {
    InsufficiencyReason.NOT_SUBMITTED: Actor.SUBMITTER,
    InsufficiencyReason.BLANK: Actor.SUBMITTER,
    InsufficiencyReason.HELD_BY_FINDINGS: Actor.SUBMITTER,
    InsufficiencyReason.GAP_IN_WINDOW: Actor.SUBMITTER,
    # "Cùng kỳ" is a sheet of the submitter's own form; for other windows `verdicts` asks the office instead.
    InsufficiencyReason.NO_BASELINE: Actor.SUBMITTER,
    InsufficiencyReason.NO_GUIDANCE: Actor.GUIDING_AGENCY,
    InsufficiencyReason.UNIT_CHANGED: Actor.OFFICE,
    InsufficiencyReason.CONFLICTING_SOURCES: Actor.SUBMITTER,
    InsufficiencyReason.WITHDRAWN: Actor.SUBMITTER,
}


@dataclass(frozen=True)
class Step:
    """The least whole number by which one sum must change for a measure to be met, all else as it is.

    `change` is positive where something is wanting and negative where there is too much; `terms` names the
    figures that may change, as in `TTXH_KP`, and `unit` is theirs.
    """

    terms: tuple[str, ...]
    change: int
    unit: str


@dataclass(frozen=True)
class Guard:
    """Why a percentage is to be read with care: one case more or fewer decides, or there are few in all."""

    total: str
    on_the_edge: bool
    few: bool


@dataclass(frozen=True)
class Input:
    """One figure that went into a result, down to its cell; `value` None is missing."""

    name: str
    """`TTXH_XR` for the period, `baseline.TTXH_XR` for the window compared with, or a criterion code."""
    value: str | None
    unit: str = ""
    submission: str = ""
    sha256: str = ""
    file_name: str = ""
    sheet: str = ""
    cell: str = ""
    reason: InsufficiencyReason | None = None
    """Why it has no value; None where it has one."""
    of_unit: str = ""
    """The former unit that it is of, where a baseline was summed over those that were merged."""
    low: str | None = None
    """The least that it can be, where only a part of it is known: one month says 1, the next is blank."""
    high: str | None = None
    """The most that it can be, where that is known."""


@dataclass(frozen=True)
class CriterionResult:
    """The verdict on one criterion for one locality.

    `formula` is the comparison with the numbers put in ("81 × 100 ≥ 80 × 100"); `figure` is what a
    table shows ("81/100 = 81,00%" or "không xảy ra"); `missing` names the inputs that were blank, and
    `matters` those of them that can still change the verdict. `possible` holds the verdicts that are left,
    one where it is decided. `steps` is the nearest way to be met where it is not.
    """

    locality: str
    criterion: str
    verdict: Verdict
    reason: InsufficiencyReason | None = None
    figure: str = ""
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    missing: tuple[str, ...] = ()
    edition: str = ""
    """The edition of the criterion, or the letter, by which it was assessed."""
    actor: Actor | None = None
    possible: tuple[Verdict, ...] = ()
    matters: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    guard: Guard | None = None
    needs: tuple[str, ...] = ()
    """Missing inputs on which it still depends once the steps are taken; none where the steps are enough."""
    is_wide: bool = False
    """The work on it ended at the limit: `possible` and `matters` hold what was not ruled out until then."""


@dataclass(frozen=True)
class GroupResult:
    """The verdict on one group of criteria for one locality."""

    locality: str
    group: str
    verdict: Verdict


@dataclass(frozen=True)
class LocalityResult:
    """The verdict on one locality with all that it was made from."""

    locality: str
    verdict: Verdict
    groups: tuple[GroupResult, ...]
    criteria: tuple[CriterionResult, ...]
    possible: tuple[Verdict, ...] = ()
    """What the locality's verdict can still become once everything missing is there."""
    is_wide: bool = False
    """The work on `possible` ended at the limit: it holds what was not ruled out until then."""

    @property
    def reasons(self) -> tuple[InsufficiencyReason, ...]:
        """The distinct reasons for insufficient results, in the order of the criteria."""
        return tuple(dict.fromkeys(r.reason for r in self.criteria if r.reason is not None))


@dataclass(frozen=True)
class TargetResult:
    """A target of the province: `reached` of `total`, against the number `needed` (exact integers)."""

    code: str
    total: int
    reached: int
    needed: int
    verdict: Verdict


@dataclass(frozen=True)
class Assessment:
    """All verdicts at one milestone."""

    plan: str
    milestone: str
    localities: tuple[LocalityResult, ...]
    targets: tuple[TargetResult, ...]
    notes: Mapping[str, str] = field(default_factory=dict)

    def counts(self) -> Mapping[Verdict, int]:
        """How many criterion results carry each verdict; they add up to localities times criteria."""
        found = dict.fromkeys(Verdict, 0)
        for locality in self.localities:
            for result in locality.criteria:
                found[result.verdict] += 1
        return found
