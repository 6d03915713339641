"""What is known of one locality at a milestone, and all that a milestone's documents are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from chuyenhoa.model.baselines import Baseline
from chuyenhoa.model.figures import Answer, Basis
from chuyenhoa.model.lifecycle import LocalityStatus
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.results import Assessment, InsufficiencyReason
from chuyenhoa.model.submissions import SubmissionStatus


@dataclass(frozen=True)
class Source:
    """Where a figure stands: the submission's id, its file and hash, sheet and cell."""

    submission: str
    sha256: str
    file_name: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class KnownFigure:
    """A stored figure in force; `value` None means that its cell was blank, or that `lacks` holds.

    `parts` are the figures it was summed from, where finer reports cover the window, or those known and those
    blank, where they do not; then `source` is the last of theirs. An average is `value` divided by `divisor`,
    which keeps it exact.
    """

    value: Decimal | None
    source: Source
    parts: tuple[KnownFigure, ...] = ()
    divisor: int = 1
    lacks: InsufficiencyReason | None = None
    """Why there is no value, where that is not a blank cell; a withdrawal stands at `source`."""
    unit: str = ""
    """The former unit whose figure it is, with its code, where it is a part of what came of it."""
    low: Decimal | None = None
    """The least that it can be where `value` is None and a part of it is known: a sum of which one month is
    blank is at least the rest. None is zero. Exact, and like `value` not yet divided by `divisor`."""
    high: Decimal | None = None
    """The most that it can be, where its parts or its indicator say so; None is without end."""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it: its value, or what bounds it."""
        return self.value is not None or self.low is not None or self.high is not None


@dataclass(frozen=True)
class KnownDeclaration:
    """A stored declaration in force; `answer` None means that its cell was blank, or `withdrawn`."""

    answer: Answer | None
    document_number: str
    document_date: date | None
    note: str
    source: Source
    withdrawn: bool = False
    """The submitter took back what it had declared."""


@dataclass(frozen=True)
class LocalityEvidence:
    """Everything accepted for one locality in a milestone's window.

    `absence` says why there is nothing at all, or with `is_partial` why some days of the window are in no
    accepted report (`gap_in_window`, `conflicting_sources`, `held_by_findings`; `not_submitted` where a later
    report alone tells of them). Else the rest is empty.
    A figure that is not in `figures` was not in the file (no such column or sheet): it is missing as well.
    """

    locality: str
    figures: Mapping[tuple[str, Basis], KnownFigure] = field(default_factory=dict)
    declarations: Mapping[str, KnownDeclaration] = field(default_factory=dict)
    absence: InsufficiencyReason | None = None
    baselines: Mapping[tuple[str, Baseline], KnownFigure] = field(default_factory=dict)
    """Figures of windows other than the period's and the same one of the year before."""
    is_partial: bool = False
    """Reports on a part of the window were accepted, or a later one tells of it: what they say bounds the
    figures, and may decide."""

    def known(self, indicator: str, basis: Basis | Baseline) -> KnownFigure | None:
        """The figure of an indicator in a window; None where nothing accepted says anything about it."""
        if isinstance(basis, Basis):
            return self.figures.get((indicator, basis))
        return self.baselines.get((indicator, basis))

    @property
    def is_measurable(self) -> bool:
        """Whether anything was said that a criterion can be measured by."""
        return self.absence is None or self.is_partial


@dataclass(frozen=True)
class JustifiedWarning:
    """A warning on a figure in force with the reason that its submitter gave."""

    rule_id: str
    locality: str
    indicator: str
    value: str
    reason: str
    figure: Source
    """Where the figure stands."""
    source: Source
    """Where the reason stands."""
    title: str = ""
    """What the rule asks, as its suite puts it."""


@dataclass(frozen=True)
class SubmissionRecord:
    """One file of a submitter for the milestone, as the annex on reporting lists it."""

    id: str
    submitter: str
    version: int | None
    status: SubmissionStatus
    file_name: str
    sha256: str
    received_at: datetime
    is_late: bool
    taken: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(frozen=True)
class MilestoneData:
    """What a snapshot freezes."""

    plan: Plan
    period: Period
    assessment: Assessment
    evidence: Mapping[str, LocalityEvidence]
    submissions: tuple[SubmissionRecord, ...]
    narratives: Mapping[str, Mapping[str, str]]
    """Texts in force: submitter code, then item code (`LANH_DAO`, …), then the text."""
    justifications: tuple[JustifiedWarning, ...]
    frozen_at: datetime
    locality_status: LocalityStatus | None = None
    """What people decided on its localities, and on those of earlier plans; None where nobody asked."""
