"""One year's programme: who reports, on which localities, for which periods, on which indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from chuyenhoa.model.baselines import FixedFigure
from chuyenhoa.model.board import Board as Board
from chuyenhoa.model.board import Signatory as Signatory
from chuyenhoa.model.board import StandingAgency as StandingAgency
from chuyenhoa.model.calendars import Calendar, is_after
from chuyenhoa.model.calendars import Window as Window
from chuyenhoa.model.criteria import CriteriaGroup, Criterion, ProvinceTarget
from chuyenhoa.model.guidance import Guidance, criteria_in_force
from chuyenhoa.model.units import Unit as Unit
from chuyenhoa.model.units import UnitRegister


class Status(StrEnum):
    """Whether an entry was compared with the official text."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class IndicatorKind(StrEnum):
    """How an indicator is counted."""

    FLOW = "flow"
    """Events inside the window: summed over windows."""
    STOCK = "stock"
    """As it stands on a day, at the cut-off or at the start."""
    DISTINCT = "distinct"
    """People or households, each counted once since the programme began: the newest count, never a sum."""


class PeriodKind(StrEnum):
    """The length of a reporting window by its name, which need not be its length in months."""

    MONTH = "month"
    SIX_MONTH = "six_month"
    ANNUAL = "annual"


@dataclass(frozen=True)
class Submitter:
    """Who reports; `kind` is `district_board`, `commune_board` or `agency`: never assume "district"."""

    code: str
    name: str
    kind: str
    folder: str
    email: str = ""


@dataclass(frozen=True)
class Agency:
    """A provincial agency with a task in the plan."""

    code: str
    name: str


@dataclass(frozen=True)
class Locality:
    """A commune under transformation; `types` are the types 1 to 4 of the scheme."""

    code: str
    name: str
    submitter: str
    types: frozenset[int]
    status: Status
    aliases: tuple[str, ...] = ()
    """Other whole names under which it is reported, as the one before a change of kind."""


@dataclass(frozen=True)
class Period:
    """A reporting window, its last day on time, and the window it is compared with."""

    id: str
    label: str
    kind: PeriodKind
    window: Window
    deadline: date
    baseline: Window
    is_milestone: bool
    opens: date | None
    """The day on which blank workbooks are handed out; None where they are written on request only."""
    assumption: str = ""
    """Why a date that the plan does not state was chosen; empty when it states it."""
    calendar: Calendar = Calendar.ADMINISTRATIVE

    def is_late(self, received: datetime) -> bool:
        """Whether a file came after the end of the last day on time, in Asia/Ho_Chi_Minh."""
        return is_after(received, self.deadline)


@dataclass(frozen=True)
class Indicator:
    """A counted quantity, with the unit in which it is counted."""

    code: str
    label: str
    unit: str
    kind: IndicatorKind
    section: str
    decimals: bool = False
    """Only money may have decimals; everything else is a whole number."""
    note: str = ""
    at_start: bool = False
    """A stock that is counted at the start of the window, as in "đầu kỳ"; others at the cut-off."""
    aliases: tuple[str, ...] = ()
    """Other labels of its column in tables that are not our form, read with the section's heading."""
    loose_aliases: tuple[str, ...] = ()
    """Labels that mean it only while its figure is not above that of `within`, as a single "làm rõ"."""
    within: str = ""
    counts_events: bool = False
    """A flow of people said on purpose (`counts: events`): whoever is hurt twice in a year counts twice."""


@dataclass(frozen=True)
class Section:
    """A block of indicators in the workbook."""

    code: str
    title: str
    aliases: tuple[str, ...] = ()
    """Other headings over its columns."""


@dataclass(frozen=True)
class NarrativeItem:
    """A text that the submitter writes (sheet "Thuyết minh")."""

    code: str
    title: str
    hint: str
    aliases: tuple[str, ...] = ()
    """Other headings under which it is written."""


@dataclass(frozen=True)
class Task:
    """A task of parts III and IV of the plan, with the criterion that measures it where there is one."""

    code: str
    title: str
    lead: tuple[str, ...]
    criteria: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """The part of the plan that orders it: `III` of `III.3`."""
        return self.code.split(".")[0]


@dataclass(frozen=True)
class LegalAct:
    """A document that the plan rests on."""

    number: str
    issued_on: date
    title: str


@dataclass(frozen=True)
class Recipient:
    """Who gets issued documents by e-mail."""

    name: str
    email: str
    documents: frozenset[str]
    """Kinds of documents; all of them when empty."""


@dataclass(frozen=True)
class Plan:
    """Everything that one year's programme consists of."""

    id: str
    title: str
    number: str
    issued_on: date
    year: int
    edition: str
    """The version of the workbook form, as in `2021.1`; an older form is refused."""
    criteria_status: Status
    unverified_notice: str
    board: Board
    bases: tuple[LegalAct, ...]
    units: tuple[Unit, ...]
    """The units as they were named in the plan's windows, one a code."""
    submitters: tuple[Submitter, ...]
    agencies: tuple[Agency, ...]
    localities: tuple[Locality, ...]
    periods: tuple[Period, ...]
    sections: tuple[Section, ...]
    indicators: tuple[Indicator, ...]
    narrative_items: tuple[NarrativeItem, ...]
    groups: tuple[CriteriaGroup, ...]
    criteria: tuple[Criterion, ...]
    guidance: tuple[Guidance, ...]
    targets: tuple[ProvinceTarget, ...]
    tasks: tuple[Task, ...]
    suites: tuple[str, ...] = ()
    """Names of the Great Expectations suites that check this plan's figures."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Short official texts that documents and messages quote, by key."""
    fixed_figures: tuple[FixedFigure, ...] = ()
    """Figures to compare with that the plan itself states."""
    register: UnitRegister = field(default_factory=UnitRegister)
    """Every unit before, in and after the plan's windows, with what became of each."""

    @cached_property
    def submitter_by_code(self) -> Mapping[str, Submitter]:
        """Submitters by their code."""
        return {entry.code: entry for entry in self.submitters}

    @cached_property
    def submitter_by_folder(self) -> Mapping[str, Submitter]:
        """Submitters by the name of their inbox folder."""
        return {entry.folder: entry for entry in self.submitters}

    @cached_property
    def locality_by_code(self) -> Mapping[str, Locality]:
        """Localities by the code of their unit."""
        return {entry.code: entry for entry in self.localities}

    @cached_property
    def period_by_id(self) -> Mapping[str, Period]:
        """Periods by their id."""
        return {entry.id: entry for entry in self.periods}

    @cached_property
    def indicator_by_code(self) -> Mapping[str, Indicator]:
        """Indicators by their code."""
        return {entry.code: entry for entry in self.indicators}

    @cached_property
    def criterion_by_code(self) -> Mapping[str, Criterion]:
        """Criteria by their code, those that wait for guidance included; the oldest edition of each."""
        return _first_of_each(self.all_criteria)

    @cached_property
    def all_criteria(self) -> tuple[Criterion, ...]:
        """Every edition of every criterion, and behind them those that letters bring."""
        return self.criteria + tuple(entry for letter in self.guidance for entry in letter.criteria)

    @cached_property
    def milestones(self) -> tuple[Period, ...]:
        """The periods at which localities are assessed, in order of time."""
        # By the end: `2021-6t` and `2021-nam` begin on one day, 15/4.
        return tuple(sorted((p for p in self.periods if p.is_milestone), key=lambda p: p.window.end))

    def localities_of(self, submitter: str) -> tuple[Locality, ...]:
        """The localities that one submitter reports, in the order of the list."""
        return self._localities_by_submitter.get(submitter, ())

    @cached_property
    def _localities_by_submitter(self) -> Mapping[str, tuple[Locality, ...]]:
        found: dict[str, list[Locality]] = {}
        for entry in self.localities:
            found.setdefault(entry.submitter, []).append(entry)
        return {submitter: tuple(entries) for submitter, entries in found.items()}

    @cached_property
    def locality_names(self) -> Mapping[str, str]:
        """Names of localities by code."""
        return {entry.code: entry.name for entry in self.localities}

    @cached_property
    def indicator_labels(self) -> Mapping[str, str]:
        """Labels of indicators by code."""
        return {entry.code: entry.label for entry in self.indicators}

    def criteria_on(self, day: date) -> tuple[Criterion, ...]:
        """The edition of every criterion in force on `day`, with the guidance of that day in its place."""
        return criteria_in_force(self.criteria, self.guidance, day)

    @cached_property
    def declared_criteria(self) -> tuple[Criterion, ...]:
        """The criteria that a submitter declares (sheet "Định tính"), in order, each once."""
        return tuple(_first_of_each(entry for entry in self.all_criteria if entry.is_declared).values())


def _first_of_each(criteria: Iterable[Criterion]) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for entry in criteria:
        found.setdefault(entry.code, entry)
    return found
