"""A snapshot's data as types: what one milestone froze, and what every document is made from.

A class stands for one object of the JSON and a field for one key, so that a mistyped name is found by mypy
and not by the first milestone that prints it. Values stay as the JSON holds them: a figure is its exact text
(never a float), a date ISO text, a verdict its code.

Snapshots are kept for ever, and an issued document must come out of its own byte for byte: a key is never
renamed, removed or given another meaning (that would be a new `SCHEMA`), and one that came later has the
default `UNSET`, which is false and is left out again when the snapshot is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

SCHEMA: Literal["chuyenhoa.snapshot/1"] = "chuyenhoa.snapshot/1"
Codes = tuple[str, ...]
Later = UnsetType  # in `str | Later`: the key is not in snapshots from before it was introduced


class FrozenBasis(Struct, frozen=True):
    """An act that the plan rests on."""

    number: str
    issued_on: str
    title: str


class FrozenPlan(Struct, frozen=True):
    """The plan's identity and the texts that documents quote; `notice` is empty for verified criteria."""

    id: str
    title: str
    number: str
    issued_on: str
    year: int
    edition: str
    criteria_status: str
    notice: str
    bases: tuple[FrozenBasis, ...]
    texts: Mapping[str, str]


class FrozenBoard(Struct, frozen=True):
    """The steering committee with whoever signs for it."""

    parent: str
    name: str
    short_name: str
    standing_agency: str
    province: str
    place: str
    symbol: str
    capacity: str
    office: str
    signer: str
    recipients: Codes
    contact: str


class FrozenSignatory(Struct, frozen=True):
    """Whoever signs for the head: capacity, office, name."""

    capacity: str
    office: str
    name: str


class FrozenAgency(Struct, frozen=True):
    """The standing agency, which signs documents of its own; named as the board's fields are."""

    parent: str
    name: str
    short_name: str
    place: str
    symbol: str
    head: str
    capacity: str
    office: str
    signer: str
    deputy: FrozenSignatory
    recipients: Codes
    is_sample: bool


class FrozenPeriod(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The milestone's window (in the JSON `from` and `to`, of which one is no name in Python)."""

    id: str
    label: str
    kind: str
    start: str
    end: str
    deadline: str
    baseline_from: str
    baseline_to: str
    assumption: str
    past_deadline: bool | Later = UNSET


class FrozenTitle(Struct, frozen=True):
    """A code with its title: a section of the form, a group of criteria, a narrative item."""

    code: str
    title: str


class FrozenIndicator(Struct, frozen=True):
    """An indicator as the form names it."""

    code: str
    label: str
    unit: str
    kind: str
    section: str


class FrozenThreshold(Struct, frozen=True):
    """The limit of a criterion."""

    value: str
    unit: str
    direction: str


class FrozenRule(Struct, frozen=True):
    """A criterion of the plan, in force at the end of the window."""

    code: str
    group: str
    title: str
    short: str
    legal_basis: str
    status: str
    declared: bool
    threshold: FrozenThreshold | None


class FrozenLetter(Struct, frozen=True):
    """A guiding letter on the "other criteria"."""

    number: str
    issued_on: str
    issuer: str
    title: str
    status: str


class FrozenSubmitter(Struct, frozen=True):
    """Whoever reports: a district board, a commune's, or (`kind` "agency") an agency of the province."""

    code: str
    name: str
    kind: str


class FrozenName(Struct, frozen=True):
    """A code with its name: an agency that leads tasks."""

    code: str
    name: str


class FrozenTask(Struct, frozen=True):
    """A task of the plan with the agencies that lead it and the criteria that measure it."""

    code: str
    part: str
    title: str
    lead: Codes
    criteria: Codes


class FrozenTarget(Struct, frozen=True):
    """A target of the province in exact numbers of localities; `of` says of which ones."""

    code: str
    title: str
    percent: int | str | None
    of: str
    total: int
    reached: int
    needed: int
    verdict: str


class FrozenKind(Struct, frozen=True):
    """What the list of documents said of one kind."""

    title: str
    about: str
    goes_to: str
    symbol: str
    context: str
    issuer: str | Later = UNSET
    when: str | Later = UNSET
    recipients: Codes | Later = UNSET


class FrozenSource(Struct, frozen=True):
    """Where something stands: the submission, its file and hash, sheet and cell."""

    submission: str
    sha256: str
    file_name: str
    sheet: str
    cell: str


class FrozenInput(Struct, frozen=True):
    """One figure that went into a criterion's result; `value` None is missing, for the `reason` given."""

    name: str
    value: str | None
    submission: str
    sha256: str
    file_name: str
    sheet: str
    cell: str
    unit: str | Later = UNSET
    reason: str | Later | None = UNSET
    of_unit: str | Later = UNSET
    low: str | Later = UNSET  # left out where nothing is known in part, today as well
    high: str | Later = UNSET


class FrozenStep(Struct, frozen=True):
    """The least change by which a criterion would be met."""

    terms: Codes
    change: int
    unit: str


class FrozenGuard(Struct, frozen=True):
    """Why a percentage is to be read with care."""

    total: str
    on_the_edge: bool
    few: bool


class FrozenCriterion(Struct, frozen=True):
    """One criterion of one locality: its verdict, and the figures behind it."""

    criterion: str
    verdict: str
    reason: str | None
    actor: str | None
    figure: str
    formula: str
    missing: Codes
    inputs: tuple[FrozenInput, ...]
    edition: str | Later = UNSET
    possible: Codes | Later = UNSET
    matters: Codes | Later = UNSET
    steps: tuple[FrozenStep, ...] | Later = UNSET
    guard: FrozenGuard | Later | None = UNSET
    needs: Codes | Later = UNSET  # left out where it is empty, today as well
    is_wide: bool | Later = UNSET  # left out where it is false


class FrozenUnit(Struct, frozen=True):
    """A unit that a locality was made from, or belongs to now."""

    code: str
    name: str
    district: str
    until: str | None
    legal_basis: str


class FrozenPlace(Struct, frozen=True):
    """Where a locality lies; `former` is empty while it is what it was, and `now` while it is what it is."""

    district: str
    province: str
    former: tuple[FrozenUnit, ...]
    now: tuple[FrozenUnit, ...]


class FrozenLocality(Struct, frozen=True):
    """A locality with its results, in the order of the plan's list; `absence` says why nothing came of it."""

    code: str
    name: str
    submitter: str
    types: tuple[int, ...]
    status: str
    verdict: str
    reasons: Codes
    absence: str | None
    groups: Mapping[str, str]
    criteria: tuple[FrozenCriterion, ...]
    place: FrozenPlace | Later = UNSET
    possible: Codes | Later = UNSET
    is_wide: bool | Later = UNSET  # left out where it is false


class FrozenFigure(Struct, frozen=True):
    """A figure in force; `value` None is a blank cell, or a figure that was withdrawn there.

    `of_units` names the former units whose figures were added up; left out where there are none.
    """

    locality: str
    indicator: str
    basis: str
    value: str | None
    source: FrozenSource
    of_units: Codes | Later = UNSET
    withdrawn: bool | Later = UNSET  # left out where it is false, today as well


class FrozenDeclaration(Struct, frozen=True):
    """A declaration in force; `answer` None is a blank cell, or a declaration that was withdrawn there."""

    locality: str
    criterion: str
    answer: str | None
    document_number: str
    document_date: str | None
    note: str
    source: FrozenSource
    withdrawn: bool | Later = UNSET  # as of a figure


class FrozenSum(Struct, frozen=True):
    """A sum over the localities that have the figure; `missing` counts those that have not."""

    value: str | None
    counted: int
    missing: int


class FrozenPair(Struct, frozen=True):
    """Both windows, summed over the localities that have both figures."""

    counted: int
    current: str | None
    baseline: str | None


class FrozenTotal(Struct, frozen=True):
    """The province's sums of an indicator."""

    indicator: str
    current: FrozenSum
    baseline: FrozenSum
    comparable: FrozenPair


class FrozenSubmission(Struct, frozen=True):
    """One file of a submitter, with the localities that were taken from it and those that were held back."""

    id: str
    submitter: str
    version: int | None
    status: str
    file_name: str
    sha256: str
    received_at: str
    is_late: bool
    taken: Codes
    held: Codes


class FrozenJustification(Struct, frozen=True):
    """An unusual figure with its submitter's reason: where the figure stands, and where the reason."""

    rule_id: str
    locality: str
    indicator: str
    value: str
    reason: str
    figure: FrozenSource
    source: FrozenSource
    title: str | Later = UNSET


class FrozenRecord(Struct, frozen=True):
    """A decision that people took on a locality, with the verdict computed then."""

    state: str | None
    plan: str
    milestone: str
    decision_number: str
    decision_date: str
    by: str
    recorded_at: str
    computed: str
    reason: str
    document: str


class FrozenEarlier(Struct, frozen=True):
    """A locality that an earlier plan recognised, with what became of it."""

    locality: str
    state: str
    recognised: FrozenRecord


class FrozenKpi(Struct, frozen=True):
    """A target with its localities named: `origin` "computed" is a forecast, "recorded" is official."""

    code: str
    origin: str
    total: int
    reached: int
    needed: int
    verdict: str
    reached_localities: Codes
    failed_localities: Codes
    open_localities: Codes


@dataclass(frozen=True, slots=True)  # no Struct: of a dataclass mypy checks the names given to `replace`
class Snapshot:
    """The frozen data of one milestone; the sha256 of its canonical bytes is its name."""

    schema: Literal["chuyenhoa.snapshot/1"]
    frozen_at: str
    plan: FrozenPlan
    board: FrozenBoard
    agency: FrozenAgency
    period: FrozenPeriod
    sections: tuple[FrozenTitle, ...]
    indicators: tuple[FrozenIndicator, ...]
    groups: tuple[FrozenTitle, ...]
    criteria: tuple[FrozenRule, ...]
    guidance: tuple[FrozenLetter, ...]
    narrative_items: tuple[FrozenTitle, ...]
    submitters: tuple[FrozenSubmitter, ...]
    agencies: tuple[FrozenName, ...]
    tasks: tuple[FrozenTask, ...]
    targets: tuple[FrozenTarget, ...]
    documents: Mapping[str, FrozenKind]
    localities: tuple[FrozenLocality, ...]
    figures: tuple[FrozenFigure, ...]
    declarations: tuple[FrozenDeclaration, ...]
    totals: tuple[FrozenTotal, ...]
    verdict_counts: Mapping[str, int]
    notes: Mapping[str, str]
    submissions: tuple[FrozenSubmission, ...]
    not_reported: Codes
    narratives: Mapping[str, Mapping[str, str]]
    justifications: tuple[FrozenJustification, ...]
    phrases: Mapping[str, object]  # the wording as it was then: read it through `Phrases`
    recognitions: Mapping[str, FrozenRecord] | Later = UNSET
    earlier: tuple[FrozenEarlier, ...] | Later = UNSET
    states: Mapping[str, str | None] | Later = UNSET
    kpis: tuple[FrozenKpi, ...] | Later = UNSET
    # The rules in force, as `chuyenhoa explain --snapshot` reads them; no document prints them.
    explanation: Mapping[str, object] | Later = UNSET
