"""Holds the figures of a batch against the rules of their plans and against earlier reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chuyenhoa.model.history import Accepted, FileHistory
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.justifications import justification_check_of, justify
from chuyenhoa.store import MissingStoreError, Store
from chuyenhoa.store.evidence import Wanted, load_in_force
from chuyenhoa.validation import ValidationReport, build_history, is_related, validate


@dataclass(frozen=True)
class Numbered:
    """A reading with its place in the order of receipt; None for a file that is only looked at."""

    number: int | None
    reading: Reading


@dataclass
class BatchCheck:
    """The rules over a batch: one run for all of it, and one more for each file that rests on an earlier one.

    What an earlier file of the same batch says counts only once it is known to be accepted. So the rules on
    history wait for such a file until the files before it are stored; `findings_of` is therefore asked for
    one file after the other, in the order of receipt. The findings do not depend on how files fell into
    batches.
    """

    ctx: Context
    store: Store | None
    """None where there is no store yet; then no report is held against another."""
    files: Sequence[Numbered]
    reports: dict[str, ValidationReport] = field(default_factory=dict)
    """By plan."""
    _late: set[int | None] = field(default_factory=set)
    """Numbers of the files that wait."""
    _by_number: dict[int | None, Numbered] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_number = {entry.number: entry for entry in self.files}
        self._late = {e.number for n, e in enumerate(self.files) if self._rests_on_earlier(n, e)}
        ready = [entry for entry in self.files if entry.number not in self._late]
        histories = self._load_histories([entry for entry in ready if _is_usable(entry.reading)])
        for plan in self.ctx.plans.values():
            usable = [e.reading for e in self.files if e.reading.plan == plan.id and _is_usable(e.reading)]
            if usable:
                self.reports[plan.id] = validate(usable, plan, self.ctx.rules_of(plan), histories)

    def waits(self, number: int) -> bool:
        """Whether a file is to be held against files of the batch before it, which must be stored first."""
        return number in self._late

    def findings_of(self, number: int | None) -> tuple[Finding, ...]:
        """All findings of one file of the batch: those of its reader, then those of the rules."""
        entry = self._by_number[number]
        reading = entry.reading
        if reading.refused or reading.plan not in self.reports:
            return reading.findings
        if number in self._late:
            self._late.discard(number)
            self._check_again(entry)
        by_rules = self.reports[reading.plan].findings_of(reading.sha256) if _is_usable(reading) else ()
        return (*reading.findings, *by_rules)

    def _check_again(self, entry: Numbered) -> None:
        """Run the rules on history for one file, now that the files before it are stored."""
        plan = self.ctx.plans[entry.reading.plan]
        histories = self._load_histories([entry])
        if histories:
            rules = self.ctx.rules_of(plan)
            later = validate([entry.reading], plan, rules, histories, only_history=True)
            self.reports[plan.id] = self.reports[plan.id].joined(later)

    def _rests_on_earlier(self, position: int, entry: Numbered) -> bool:
        """Whether an earlier file of the batch may be part of what this one is held against."""
        period = self._period_of(entry.reading)
        if period is None or not _is_usable(entry.reading):
            return False
        return any(
            other is not None
            and is_related(period, other)
            and (
                earlier.reading.submitter == entry.reading.submitter
                or not set(earlier.reading.localities).isdisjoint(entry.reading.localities)
            )
            for earlier in self.files[:position]
            if not earlier.reading.refused and (other := self._period_of(earlier.reading)) is not None
        )

    def _period_of(self, reading: Reading) -> Period | None:
        plan: Plan | None = self.ctx.plans.get(reading.plan)
        return plan.period_by_id.get(reading.period) if plan else None

    def _load_histories(self, files: Sequence[Numbered]) -> Mapping[str, FileHistory]:
        """What other reports said when each file came, by sha256; nothing where there is no store."""
        known = [(entry, period) for entry in files if (period := self._period_of(entry.reading)) is not None]
        if self.store is None or not known:
            return {}
        periods = {p.id: p for plan in self.ctx.plans.values() for p in plan.periods}
        wanted = [
            Wanted(
                entry.number,
                frozenset(name for name, other in periods.items() if is_related(period, other)),
                frozenset(entry.reading.localities),
            )
            for entry, period in known
        ]
        with self.store.reading() as session:
            in_force = load_in_force(session, wanted, periods)
        histories = {
            entry.reading.sha256: build_history(period, self._of_same_units(entry.reading, period, accepted))
            for (entry, period), accepted in zip(known, in_force, strict=True)
        }
        return {sha256: history for sha256, history in histories.items() if history}

    def _of_same_units(
        self, reading: Reading, period: Period, accepted: Sequence[Accepted]
    ) -> tuple[Accepted, ...]:
        """Reports on the units that the file speaks of: another one may have borne the same code before."""
        key_of = self.ctx.plans[reading.plan].register.key_of
        return tuple(
            entry
            for entry in accepted
            if key_of(entry.locality, entry.period.window.end) == key_of(entry.locality, period.window.end)
        )


def _is_usable(reading: Reading) -> bool:
    return not reading.refused and bool(reading.observations)


def look_at(ctx: Context, reading: Reading) -> tuple[Finding, ...]:
    """All findings of a file that is only looked at: nothing is stored, and a store that exists is read.

    Its own reasons answer its warnings; a file of reasons alone is not held against what waits for it.
    """
    try:
        store = ctx.store
    except MissingStoreError:
        store = None
    findings = BatchCheck(ctx, store, [Numbered(None, reading)]).findings_of(None)
    plan = ctx.plans.get(reading.plan)
    if plan is None or not any(finding.needs_reason for finding in findings):
        return findings
    outcome = justify(findings, reading.justifications, justification_check_of(ctx, plan))
    return (*outcome.findings, *outcome.remarks)
