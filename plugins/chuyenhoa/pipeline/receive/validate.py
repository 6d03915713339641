"""Step 2 of 5, validate: checks a batch by the rules of its plans, on the figures as they would stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.history import Accepted, FileHistory
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.parts import compare_parts
from chuyenhoa.pipeline.receive.read import Part
from chuyenhoa.store import Store
from chuyenhoa.store.evidence import Wanted, load_in_force
from chuyenhoa.store.tables import SubmissionRow
from chuyenhoa.validation import (
    ValidationReport,
    build_history,
    carry_over,
    find_repeated,
    is_related,
    join_histories,
    validate,
)

ReportKey = tuple[str, str, str, int]
"""Plan, period, submitter and pass: what the files of one report share."""


@dataclass(frozen=True)
class FileToCheck:
    """One file of a batch, in the order of receipt."""

    number: int
    """Below 1 for a file that is only checked and never stored."""
    reading: Reading
    claimed_with: int | None = None
    """The first file of its pass, or of the check: files of one submitter and period in it are one report."""

    @cached_property
    def report(self) -> ReportKey | None:
        """What files of one report share; None for a file that stands by itself, as a refused one does."""
        reading = self.reading
        if reading.refused or self.claimed_with is None or not (reading.submitter and reading.period):
            return None
        return (reading.plan, reading.period, reading.submitter, self.claimed_with)


def files_of(rows: Sequence[SubmissionRow], readings: Mapping[int, Reading]) -> list[FileToCheck]:
    """The files that were read, each with the pass that claimed it, in the order of the readings."""
    claimed_with = {row.number: row.claimed_with for row in rows}
    return [FileToCheck(n, reading, claimed_with[n]) for n, reading in readings.items()]


@dataclass
class BatchCheck:
    """The rules over a batch: one run for all, and more for files that depend on earlier ones.

    Rules see the figures as they would stand after a file: what it states, beside what stays in force of its
    report and what other files of the same report state. So they depend on the files before it, and what an
    earlier file of the same batch says counts only once it is accepted. Two kinds of files wait for that:

    - one on the same period as an earlier file (a second version): all of its rules are postponed;
    - one on a related period (the month after): its history rules are.

    Call `findings_of` for one file after the other, in the order of receipt. Then the findings do not depend
    on how files fell into batches (docs/decisions/0013).
    """

    ctx: Context
    store: Store | None
    """None where there is no store yet; then no report is compared with another."""
    files: Sequence[FileToCheck]
    reports: dict[str, ValidationReport] = field(default_factory=dict)
    """By plan."""
    _postponed: set[int] = field(default_factory=set)
    """Numbers of the files of which no rule has run yet."""
    _without_history: set[int] = field(default_factory=set)
    """Numbers of the files whose history rules have not run yet, though the others have."""
    _by_number: dict[int, FileToCheck] = field(default_factory=dict)
    _reports: dict[ReportKey | None, list[FileToCheck]] = field(default_factory=dict)
    """The files that make one report, in the order of receipt."""
    _compared: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    """What the files of one report say against each other."""
    _repeated: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    """The warning that a file repeats the report before it."""
    _held: frozenset[tuple[int, str]] = frozenset()
    """Files and localities that an error holds back in one part of a report."""

    def __post_init__(self) -> None:
        self._by_number = {file.number: file for file in self.files}
        for file in self.files:
            if file.report is not None:
                self._reports.setdefault(file.report, []).append(file)
        for file in self.files:
            if file.number not in self._compared:
                parts = [(part.number, part.reading) for part in self._parts_of(file)]
                self._compared.update(compare_parts(self.ctx, parts))
        for index, file in enumerate(self.files):
            earlier = self.files[:index]
            if any(self._is_same_period(file, other) for other in earlier):
                self._postponed.add(file.number)
            elif any(self._is_related_report(file, other) for other in earlier):
                self._without_history.add(file.number)
        # Files of one report are checked together: when one of them waits, all do.
        for waiting in (self._postponed, self._without_history):
            waiting |= {part.number for n in tuple(waiting) for part in self._parts_of(self._by_number[n])}
        self._without_history -= self._postponed
        self._run([file for file in self.files if file.number not in self._postponed])

    def is_postponed(self, number: int) -> bool:
        """Whether a file depends on earlier files of the batch, which must be answered first."""
        return number in self._postponed or number in self._without_history

    def parts_of(self, number: int) -> list[FileToCheck]:
        """The files of the batch that make one report, this one among them, in the order of receipt."""
        return self._parts_of(self._by_number[number])

    def settle(self, part: Part, number: int) -> None:
        """Note in a part the findings of a file and of the others of its report, as decisions need them."""
        numbers = tuple(file.number for file in self.parts_of(number))
        for other in numbers:
            part.reports[other] = numbers
            part.findings[other] = self.findings_of(other)

    def findings_of(self, number: int) -> tuple[Finding, ...]:
        """All findings of one file: of its reader, between the parts of its report, and of the rules."""
        file = self._by_number[number]
        if self.is_postponed(number):
            self._run_postponed(file)
        return self._found_in(file)

    def _run_postponed(self, file: FileToCheck) -> None:
        """Run what was postponed of a file and the other parts of its report."""
        parts = self._parts_of(file)
        is_whole = file.number in self._postponed
        numbers = {part.number for part in parts}
        self._postponed -= numbers
        self._without_history -= numbers
        self._run(parts, only_history=not is_whole)

    def _run(self, files: Sequence[FileToCheck], *, only_history: bool = False) -> None:
        """Run the rules over some files; what they find is added to the reports."""
        usable = [file for file in files if _is_usable(file.reading)]
        histories = self._load_histories(usable)
        for plan in self.ctx.plans.values():
            readings = [file.reading for file in usable if file.reading.plan == plan.id]
            if readings:
                rules = self.ctx.rules_of(plan)
                found = validate(readings, plan, rules, histories, only_history=only_history)
                known = self.reports.get(plan.id)
                self.reports[plan.id] = known.joined(found) if known else found
        if not only_history:
            for file in usable:
                if self._parts_of(file)[0].number == file.number:
                    self._check_without_held(file)

    def _check_without_held(self, first: FileToCheck) -> None:
        """Check the parts of a report again without what an error holds back in other parts.

        The police's table states 3 cases and the health office's 5 of them solved: together they are wrong.
        When the first is held back, the second must fit what stood before it.
        """
        parts = self._parts_of(first)
        checked: frozenset[tuple[int, str]] = frozenset()
        # Each round holds back more, so it ends; a single file is never checked again.
        while len(parts) > 1:
            held = frozenset(
                (part.number, code)
                for part in parts
                for finding in self._found_in(part)
                if finding.severity is Severity.ERROR
                for code in ([finding.locality] if finding.locality else part.reading.localities)
            )
            again = [
                part
                for part in parts
                if _is_usable(part.reading)
                and any(
                    code in part.reading.localities and (part.number, code) not in held
                    for _, code in held - checked
                )
            ]
            if not again:
                return
            checked = held
            self._held |= held
            plan = self.ctx.plans[first.reading.plan]
            histories = self._load_histories(again)
            readings = [part.reading for part in again]
            found = validate(readings, plan, self.ctx.rules_of(plan), histories)
            self.reports[plan.id] = self.reports[plan.id].corrected(found)

    def _found_in(self, file: FileToCheck) -> tuple[Finding, ...]:
        """What is known of a file so far."""
        reading = file.reading
        report = self.reports.get(reading.plan)
        by_rules = report.findings_of(reading.sha256) if report and _is_usable(reading) else ()
        beside = (*self._compared.get(file.number, ()), *self._repeated.get(file.number, ()))
        return (*reading.findings, *beside, *by_rules)

    def _parts_of(self, file: FileToCheck) -> list[FileToCheck]:
        return self._reports.get(file.report, [file])

    def _is_same_period(self, file: FileToCheck, other: FileToCheck) -> bool:
        """Whether an earlier file may change what stands beside the figures of this one."""
        one, two = file.reading, other.reading
        if not (_is_usable(one) and not two.refused) or (one.plan, one.period) != (two.plan, two.period):
            return False
        is_part = file.report is not None and file.report == other.report
        return not is_part and self._concerns(one, two)

    def _is_related_report(self, file: FileToCheck, other: FileToCheck) -> bool:
        """Whether an earlier file may be part of what this one is compared with."""
        period, other_period = self._period_of(file.reading), self._period_of(other.reading)
        if period is None or other_period is None or not _is_usable(file.reading) or other.reading.refused:
            return False
        return is_related(period, other_period) and self._concerns(file.reading, other.reading)

    def _concerns(self, reading: Reading, other: Reading) -> bool:
        """Whether another file is of the same submitter or on one of the same localities.

        History follows the locality, whoever reports it: its past may be in another submitter's file.
        """
        return other.submitter == reading.submitter or not set(other.localities).isdisjoint(
            reading.localities
        )

    def _period_of(self, reading: Reading) -> Period | None:
        plan: Plan | None = self.ctx.plans.get(reading.plan)
        return plan.period_by_id.get(reading.period) if plan else None

    def _load_histories(self, files: Sequence[FileToCheck]) -> Mapping[str, FileHistory]:
        """By sha256, the figures beside those of each file: of other reports, and what stands of its own."""
        known = [(file, period) for file in files if (period := self._period_of(file.reading)) is not None]
        if not known:
            return {}
        found = {}
        for (file, period), accepted in zip(known, self._load_accepted(known), strict=True):
            reading = file.reading
            if file.number not in self._without_history:
                self._repeated[file.number] = _find_repeated(reading, period, accepted)
            standing = [entry for entry in accepted if entry.period.id == period.id]
            others = [self._without_held(p) for p in self._parts_of(file) if p.number != file.number]
            history = join_histories(
                # Without its history rules the figures of other reports are left out for now.
                {} if file.number in self._without_history else build_history(period, accepted),
                carry_over(reading, standing, others),
            )
            if history:
                found[reading.sha256] = history
        return found

    def _without_held(self, part: FileToCheck) -> Reading:
        """What another part of a report states, without the localities that an error holds back in it."""
        kept = tuple(o for o in part.reading.observations if (part.number, o.locality) not in self._held)
        return replace(part.reading, observations=kept)

    def _load_accepted(self, known: Sequence[tuple[FileToCheck, Period]]) -> Iterable[tuple[Accepted, ...]]:
        """The figures in force when each file came, of its own period and of all that it is compared with."""
        if self.store is None:
            return [() for _ in known]
        periods = {p.id: p for plan in self.ctx.plans.values() for p in plan.periods}
        wanted = [
            Wanted(
                self._first_of(file),
                frozenset(n for n, other in periods.items() if n == period.id or is_related(period, other)),
                frozenset(file.reading.localities),
            )
            for file, period in known
        ]
        with self.store.reading() as session:
            in_force = load_in_force(session, wanted, periods)
        return [
            self._of_same_units(file.reading, period, accepted)
            for (file, period), accepted in zip(known, in_force, strict=True)
        ]

    def _first_of(self, file: FileToCheck) -> int | None:
        """The first file of the same report: what stood before it is what stood before all of them.

        None, for all that is in force today, where the file is only checked.
        """
        first = min(part.number for part in self._parts_of(file))
        return first if first > 0 else None

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
        (entry.locality, entry.indicator): entry.value
        for entry in reading.observations
        if entry.basis is Basis.CURRENT and entry.value is not None
    }
    same = find_repeated(period, figures, known)
    if same is None:
        return ()
    findings = FindingList(reading.file_name)
    newest = max(same.figures.values(), key=lambda figure: figure.number)
    findings.add(Code.REPEATS_LAST_REPORT, value=mask_personal(newest.file_name), expected=same.period.label)
    return tuple(findings.found)


def _is_usable(reading: Reading) -> bool:
    return not reading.refused and bool(reading.observations)
