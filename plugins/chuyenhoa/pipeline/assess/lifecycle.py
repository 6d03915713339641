"""Records what people decided on localities: chosen, proposed, recognised or not, followed up, relapsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from chuyenhoa import clock
from chuyenhoa.assessment.labels import VERDICTS
from chuyenhoa.model import lifecycle, results
from chuyenhoa.model.plan import Period, Plan
from chuyenhoa.pipeline.assess import assessing, locality_status
from chuyenhoa.pipeline.context import Context, open_context
from chuyenhoa.store import documents
from chuyenhoa.store.lifecycle import add_transition
from chuyenhoa.store.results import load_verdicts
from chuyenhoa.validation.justifications import JustificationRules, load_justification_rules

RECOGNITION = "quyet_dinh_cong_nhan"
"""The kind of document that recognises; its name may go on, as for one on a single locality."""
MATCHING = {
    lifecycle.State.RECOGNISED: results.Verdict.MET,
    lifecycle.State.NOT_RECOGNISED: results.Verdict.NOT_MET,
}
"""The verdict that each decision on recognition agrees with."""
_LISTED = frozenset({lifecycle.State.SELECTED, lifecycle.State.TRANSFORMING, lifecycle.State.PROPOSED})
"""States in which a locality is on the list of the plan that a record names."""


@dataclass(frozen=True)
class Act:
    """One decision as a person entered it; `line` says where it stands in a file of them."""

    locality: str
    state: lifecycle.State
    number: str
    day: date | None
    reason: str = ""
    line: str = ""


def recognise(milestone_id: str, acts: Sequence[Act], by: str) -> list[lifecycle.Transition]:
    """Record decisions on recognition at a milestone: all of them, or none.

    Each is kept beside the verdict that is computed from today's figures; one that differs from it needs a
    reason. A locality on the plan's list with no record yet is first entered as chosen and under way, by the
    plan itself. Where this system issued the decision on recognition, number and date must be that one's.

    Raises:
        UnknownPeriodError: there is no such milestone.
        TransitionError: every act that cannot be recorded, with what is allowed.
    """
    ctx = open_context()
    milestone = ctx.milestone(milestone_id)
    plan = ctx.plan_of(milestone_id)
    refuse_milestone(plan, milestone)
    # The verdict that is kept beside the decision is that of today's figures, not of the last assessment.
    assessing.assess_milestone(milestone_id)
    with ctx.store.writing() as session:
        row = documents.latest_assessment(session, milestone_id)
        computed = {} if row is None else load_verdicts(session, row.id)
        issued = _issued_decisions(session, milestone_id)
        draft = lifecycle.Transition(
            0, "", plan.id, plan.year, None, "", plan.issued_on, by, _now(), milestone_id
        )
        draft = replace(draft, assessment=row.id if row else None)
        recorder = _Recorder(session, ctx, plan.year, draft)
        for act in acts:
            # The plan chose the locality: its own number enters the first two states (docs/decisions/0026).
            recorder.begin(act, plan)
            recorder.add(act, computed.get(act.locality, ""), issued)
        return recorder.finish()


def record_states(plan_id: str, acts: Sequence[Act], by: str) -> list[lifecycle.Transition]:
    """Record other states of localities for a plan, or the history of a plan from before this system.

    Raises:
        TransitionError: every act that cannot be recorded, with what is allowed.
    """
    ctx = open_context()
    year = _year_of(ctx, plan_id)
    with ctx.store.writing() as session:
        draft = lifecycle.Transition(0, "", plan_id, year, None, "", date.min, by, _now())
        recorder = _Recorder(session, ctx, year, draft)
        for act in acts:
            recorder.move(act, ctx.plans.get(plan_id))
        return recorder.finish()


def withdraw(number: int, by: str, reason: str) -> lifecycle.Transition:
    """Take a record back by another one that says why; only the last record of a locality can be.

    Raises:
        TransitionError: there is no such record, it is not the last one, or no reason was given.
    """
    ctx = open_context()
    with ctx.store.writing() as session:
        listed = locality_status.load_records(ctx, session)
        target = next((entry for entry in listed if entry.transition.number == number), None)
        if target is None:
            raise lifecycle.TransitionError(f"không có bản ghi số {number}")
        if not by.strip() or not reason.strip():
            raise lifecycle.TransitionError("phải ghi người hủy và lý do hủy")
        old = target.transition
        entry = replace(old, number=0, state=None, by=by, recorded_at=_now(), reason=reason, withdraws=number)
        # Of the unit: a code that is issued again begins a life of its own (docs/decisions/0026).
        known = [
            e
            for e in locality_status.transitions_of(listed)
            if (e.locality, e.unit) == (old.locality, old.unit)
        ]
        lifecycle.check_transition(known, entry)
        return add_transition(session, entry, target.name)


class _Recorder:
    """Adds records one after the other, and collects every error, so that all is recorded or nothing."""

    def __init__(self, session: Session, ctx: Context, year: int, draft: lifecycle.Transition) -> None:
        self._session, self._ctx, self._draft = session, ctx, draft
        self._names, self._reasons = locality_status.names_of(ctx), load_decision_reasons(ctx)
        self._is_past = draft.plan not in ctx.plans and all(p.year > year for p in ctx.plans.values())
        self._records: dict[tuple[str, str], list[lifecycle.Transition]] = {}
        for entry in locality_status.transitions_of(locality_status.load_records(ctx, session)):
            self._records.setdefault((entry.locality, entry.unit), []).append(entry)
        self._added: list[lifecycle.Transition] = []
        self._faults: list[str] = []

    def begin(self, act: Act, plan: Plan) -> None:
        """Enter a locality of the plan's list as chosen and under way, unless records say where it stands."""
        known = lifecycle.in_force(self._known(act.locality))
        listed = act.locality in plan.locality_by_code
        if not listed:
            self._fail(act, f"không có trong danh sách của kế hoạch {plan.id}")
        elif not any(entry.plan == plan.id for entry in known):
            for state in (lifecycle.State.SELECTED, lifecycle.State.TRANSFORMING):
                entry = replace(self._draft, state=state, decision_number=plan.number, milestone="")
                self._try(act, replace(entry, assessment=None))

    def move(self, act: Act, plan: Plan | None) -> None:
        """Add the record of another state; `plan` is None for one from before this system."""
        faults = state_faults(act, plan)
        if faults:
            self._fail(act, "; ".join(faults))
        else:
            self.add(act, "", {})

    def add(self, act: Act, computed: str, issued: Mapping[str, tuple[str, date]]) -> None:
        """Add the record of one act."""
        number, day, document = act.number.strip(), act.day, ""
        if issued and act.state is lifecycle.State.RECOGNISED:
            document, number, day = _bind(issued, number, day)
        faults = date_faults(number, day)
        if not self._draft.by.strip():
            faults.append("không rõ ai ghi nhận")
        if act.locality not in self._names and not self._is_past:
            faults.append("không có địa bàn này")
        # People decide, and may decide otherwise than the figures say: the reason is kept beside both.
        faults += self._reasons.faults(act, computed)
        if issued and act.state is lifecycle.State.RECOGNISED and not document:
            faults.append(_format_issued(issued))
        if faults or day is None:
            self._fail(act, "; ".join(faults))
            return
        self._try(
            act,
            replace(
                self._draft,
                state=act.state,
                decision_number=number,
                decision_date=day,
                computed=computed,
                reason=act.reason.strip(),
                document=document,
            ),
        )

    def finish(self) -> list[lifecycle.Transition]:
        """The records that were made.

        Raises:
            TransitionError: with every fault; nothing is kept then.
        """
        # The session is left by the exception, so that nothing of a list with one mistake is recorded.
        if self._faults:
            raise lifecycle.TransitionError("\n".join(dict.fromkeys(self._faults)))
        return self._added

    def _try(self, act: Act, entry: lifecycle.Transition) -> None:
        known = self._known(act.locality)
        entry = replace(entry, locality=act.locality, unit=self._unit_of(act.locality))
        try:
            lifecycle.check_transition(known, entry, is_past=self._is_past)
        except lifecycle.TransitionError as error:
            self._fail(act, str(error) + ("" if known else self._format_other_units(act.locality)))
            return
        added = add_transition(self._session, entry, self._name_of(act.locality))
        known.append(added)
        self._added.append(added)

    def _known(self, code: str) -> list[lifecycle.Transition]:
        """The records of the unit that bears a code in the plan's windows."""
        return self._records.setdefault((code, self._unit_of(code)), [])

    def _unit_of(self, code: str) -> str:
        return locality_status.unit_of(self._ctx, self._draft.plan, self._draft.year, code)

    def _name_of(self, code: str) -> str:
        return locality_status.name_in(
            self._ctx, self._draft.plan, self._draft.year, code
        ) or self._names.get(code, "")

    def _format_other_units(self, code: str) -> str:
        """Whose the records of a code are that belong to a unit of before."""
        plans = {e.plan: e.year for (c, _), found in self._records.items() if c == code for e in found}
        said = [
            f"{locality_status.name_in(self._ctx, p, y, code) or code} (kế hoạch {p})"
            for p, y in plans.items()
        ]
        if not said:
            return ""
        return f"; các bản ghi trước của mã này là của {', '.join(said)}: ghi tiếp theo kế hoạch đó"

    def _fail(self, act: Act, what: str) -> None:
        name = self._name_of(act.locality)
        self._faults.append(f"{act.line}{act.locality}{f' ({name})' if name else ''}: {what}")


def _bind(
    issued: Mapping[str, tuple[str, date]], number: str, day: date | None
) -> tuple[str, str, date | None]:
    """The issued document that a decision names, with its number and date; the only one if none is named."""
    if not number and len(issued) == 1:
        (document, (found, on)), *_ = issued.items()
        return document, found, on
    # Typed as "7/QĐ-BCĐ" or "07": the document carries "07", since numbers below 10 are written with a 0.
    bare = number.partition("/")[0].strip().lstrip("0")
    for document, (found, on) in issued.items():
        if found.partition("/")[0].lstrip("0") == bare and on == day:
            return document, number, day
    return "", number, day


def _issued_decisions(session: Session, milestone: str) -> dict[str, tuple[str, date]]:
    """Number and date of every decision on recognition that was issued for a milestone, by document."""
    return {
        row.id: (row.number, date.fromisoformat(row.date))
        for row in documents.list_documents(session, milestone)
        if row.kind.startswith(RECOGNITION) and row.state == documents.DocumentState.ISSUED
    }


def _year_of(ctx: Context, plan_id: str) -> int:
    if plan_id in ctx.plans:
        return ctx.plans[plan_id].year
    ctx.refuse_broken(plan_id)
    if plan_id.isdecimal() and len(plan_id) == 4:
        return int(plan_id)
    known = ", ".join(ctx.plans)
    raise lifecycle.TransitionError(
        f"không có kế hoạch {plan_id!r} (có {known}); kế hoạch cũ ghi bằng năm, như 2019"
    )


def _now() -> str:
    return clock.now().isoformat()


def refuse_milestone(plan: Plan, milestone: Period) -> None:
    """Refuse a milestone that only shows progress: recognition rests on the plan's last one.

    Raises:
        TransitionError: which milestone it rests on.
    """
    last = plan.milestones[-1]
    if milestone.id != last.id:
        raise lifecycle.TransitionError(
            f"{milestone.id} là mốc sơ kết, chỉ cho biết tiến độ; công nhận theo kết quả của mốc {last.id}"
        )


def state_faults(act: Act, plan: Plan | None) -> list[str]:
    """What stands against a state in the plan that is named; None is a plan from before this system."""
    if plan is None:
        return []
    if act.state in MATCHING:
        return [
            f"“{lifecycle.STATE_WORDS[act.state]}” của kế hoạch {plan.id} ghi bằng lệnh chuyenhoa recognise, "
            "để lưu cùng kết quả tính toán"
        ]
    if act.state in _LISTED and act.locality not in plan.locality_by_code:
        return [f"không có trong danh sách của kế hoạch {plan.id}"]
    return []


def date_faults(number: str, day: date | None) -> list[str]:
    """Every record rests on a decision with a number and a date that has come."""
    faults = [] if number else ["chưa có số quyết định"]
    if day is None:
        faults.append("chưa có ngày quyết định hợp lệ (dd/mm/yyyy)")
    elif day > clock.today():
        faults.append(f"ngày quyết định {day:%d/%m/%Y} sau ngày hôm nay")
    return faults


@dataclass(frozen=True)
class DecisionReasons:
    """Asks for a reason where a decision differs from the computed verdict, and tells one from a filler."""

    rules: JustificationRules

    def faults(self, act: Act, computed: str) -> list[str]:
        """What is wrong with the reason of an act; nothing where none is needed."""
        matching = MATCHING.get(act.state)
        if not computed or matching is None or computed == matching:
            return []
        differs = f"quyết định khác kết quả tính toán ({VERDICTS[computed]})"
        if not act.reason.strip():
            return [f"{differs}: phải ghi lý do"]
        flaw = self.rules.flaw_of(act.reason)
        return [f"{differs}: lý do “{act.reason.strip()}” {self.rules.why[flaw]}"] if flaw else []


def load_decision_reasons(ctx: Context) -> DecisionReasons:
    """The office's reasons are held to the same rules as those of submitters."""
    return DecisionReasons(load_justification_rules(ctx.settings.templates / "messages" / "reasons.yaml"))


def _format_issued(issued: Mapping[str, tuple[str, date]]) -> str:
    """Number and date of the decisions that this system issued."""
    known = ", ".join(f"{number} ngày {day:%d/%m/%Y}" for number, day in issued.values())
    return f"quyết định công nhận đã ban hành là số {known}"
