"""Step 2 of 5, validate: checks a batch by the rules of its plans, and against other reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.history import Accepted, FileHistory
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context
from chuyenhoa.store import Store
from chuyenhoa.store.evidence import Wanted, load_in_force
from chuyenhoa.validation import ValidationReport, build_history, find_repeated, is_related, validate


@dataclass
class BatchCheck:
    """The rules over a batch: one run for all, and one more for each file that depends on an earlier one.

    What an earlier file of the same batch says counts only once it is accepted: of the reports on two months
    in one batch, the second is compared with the first only if that was taken. So the history rules of such a
    file are postponed until the files before it are answered; call `findings_of` for one file after the
    other, in the order of receipt. Then the findings do not depend on how files fell into batches
    (docs/decisions/0013).
    """

    ctx: Context
    store: Store | None
    """None where there is no store yet; then no report is compared with another."""
    files: Sequence[tuple[int | None, Reading]]
    """With their numbers, in the order of receipt; None for a file that is only checked and never stored."""
    reports: dict[str, ValidationReport] = field(default_factory=dict)
    """By plan."""
    _postponed: set[int | None] = field(default_factory=set)
    """Numbers of the files whose history rules have not run yet."""
    _repeated: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    """By sha256, the warning that a file repeats the report before it."""
    _readings: dict[int | None, Reading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._readings = dict(self.files)
        readings = list(self._readings.values())
        self._postponed = {n for i, (n, r) in enumerate(self.files) if self._depends_on(r, readings[:i])}
        ready = [(n, r) for n, r in self.files if n not in self._postponed and _is_usable(r)]
        histories = self._load_histories(ready)
        for plan in self.ctx.plans.values():
            usable = [r for r in readings if r.plan == plan.id and _is_usable(r)]
            if usable:
                self.reports[plan.id] = validate(usable, plan, self.ctx.rules_of(plan), histories)

    def is_postponed(self, number: int) -> bool:
        """Whether a file is compared with earlier files of the batch, which must be answered first."""
        return number in self._postponed

    def findings_of(self, number: int | None) -> tuple[Finding, ...]:
        """All findings of one file of the batch: those of its reader, then those of the rules."""
        reading = self._readings[number]
        if reading.refused or reading.plan not in self.reports:
            return reading.findings
        if number in self._postponed:
            self._run_history_rules(number, reading)
            self._postponed.discard(number)
        repeated = self._repeated.get(reading.sha256, ())
        by_rules = self.reports[reading.plan].findings_of(reading.sha256) if _is_usable(reading) else ()
        return (*reading.findings, *repeated, *by_rules)

    def _run_history_rules(self, number: int | None, reading: Reading) -> None:
        """Run the history rules for one file, now that the files before it are answered."""
        plan = self.ctx.plans[reading.plan]
        histories = self._load_histories([(number, reading)])
        if histories:
            rules = self.ctx.rules_of(plan)
            later = validate([reading], plan, rules, histories, only_history=True)
            self.reports[plan.id] = self.reports[plan.id].joined(later)

    def _depends_on(self, reading: Reading, earlier: Sequence[Reading]) -> bool:
        """Whether an earlier file of the batch may be part of what this one is compared with."""
        period = self._period_of(reading)
        if period is None or not _is_usable(reading):
            return False
        for other in earlier:
            other_period = self._period_of(other)
            is_related_report = (
                not other.refused and other_period is not None and is_related(period, other_period)
            )
            # History follows the locality, whoever reports it: its past may be in another submitter's file.
            if is_related_report and (
                other.submitter == reading.submitter
                or not set(other.localities).isdisjoint(reading.localities)
            ):
                return True
        return False

    def _period_of(self, reading: Reading) -> Period | None:
        plan: Plan | None = self.ctx.plans.get(reading.plan)
        return plan.period_by_id.get(reading.period) if plan else None

    def _load_histories(self, files: Sequence[tuple[int | None, Reading]]) -> Mapping[str, FileHistory]:
        """The figures of other reports in force when each file came, by sha256; none without a store."""
        known = [(n, r, period) for n, r in files if (period := self._period_of(r)) is not None]
        if self.store is None or not known:
            return {}
        periods = {p.id: p for plan in self.ctx.plans.values() for p in plan.periods}
        wanted = [
            Wanted(
                number,
                frozenset(name for name, other in periods.items() if is_related(period, other)),
                frozenset(reading.localities),
            )
            for number, reading, period in known
        ]
        with self.store.reading() as session:
            in_force = load_in_force(session, wanted, periods)
        histories = {}
        for (_, reading, period), accepted in zip(known, in_force, strict=True):
            same_units = self._of_same_units(reading, period, accepted)
            histories[reading.sha256] = build_history(period, same_units)
            self._repeated[reading.sha256] = _find_repeated(reading, period, same_units)
        return {sha256: history for sha256, history in histories.items() if history}

    def _of_same_units(
        self, reading: Reading, period: Period, accepted: Sequence[Accepted]
    ) -> tuple[Accepted, ...]:
        """The reports on the same units: codes are reused, and another unit may have had one before."""
        key_of = self.ctx.plans[reading.plan].register.key_of
        return tuple(
            entry
            for entry in accepted
            if key_of(entry.locality, entry.period.window.end) == key_of(entry.locality, period.window.end)
        )


def _find_repeated(reading: Reading, period: Period, known: Sequence[Accepted]) -> tuple[Finding, ...]:
    """The warning on a report that is the one before it in every figure, sent again by mistake."""
    figures = {
        (entry.locality, entry.indicator): Decimal(entry.value)
        for entry in reading.observations
        if entry.basis is Basis.CURRENT and entry.value is not None
    }
    same = find_repeated(period, figures, known)
    if same is None:
        return ()
    findings = FindingList(reading.file_name)
    name = mask_personal(same.file_name)
    findings.add(Code.REPEATS_LAST_REPORT, value=name, expected=same.period.label)
    return tuple(findings.found)


def _is_usable(reading: Reading) -> bool:
    return not reading.refused and bool(reading.observations)
