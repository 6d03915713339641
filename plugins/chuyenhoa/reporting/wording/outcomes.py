"""What the verdicts amount to, in sentences: groups, localities, targets, tasks, risks and proposals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from chuyenhoa.reporting.snapshot.frozen import FrozenCriterion, FrozenLocality, FrozenTarget, FrozenThreshold
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first, upper_first
from chuyenhoa.reporting.wording.fields import GroupRow
from chuyenhoa.reporting.wording.numbers import format_count, format_number
from chuyenhoa.reporting.wording.patterns import Fact, ResultPattern
from chuyenhoa.reporting.wording.prose import state_facts
from chuyenhoa.reporting.wording.provenance import Figure, quote_result, seal_lines

_AWAITED = "no_guidance"
_OF_THIS_YEAR = "recognised"
"""A target over this year's localities, which nobody has recognised yet when the report is written."""
_VERDICTS = ("met", "not_met", "not_applicable", "insufficient")


def list_groups(view: SnapshotView) -> list[GroupRow]:
    """For each criteria group, how many localities carry each verdict."""
    rows: list[GroupRow] = []
    for group in view.snapshot.groups:
        counts = {
            verdict: format_number(view.count_verdicts(verdict, group=group.code)) for verdict in _VERDICTS
        }
        title = view.phrases.say("assessment.group_title", code=group.code, title=group.title)
        rows.append(
            GroupRow(
                title=title,
                met=counts["met"],
                not_met=counts["not_met"],
                not_applicable=counts["not_applicable"],
                insufficient=counts["insufficient"],
            )
        )
    return rows


def explain_locality(locality: FrozenLocality, view: SnapshotView, skip: str = "") -> str:
    """Why a locality is not met or cannot be assessed; reasons with the code `skip` are left out."""
    # A month of eight may break a criterion: then that is why, and not the months that lack.
    if locality.absence and locality.verdict != "not_met":
        return view.phrases.word("reasons", locality.absence)
    failed = [
        view.phrases.say(
            "assessment.annual.failed",
            code=result.criterion,
            short=lower_first(view.criteria[result.criterion].short),
            figure=f": {text}" if (text := report_result(locality, result, view)) else "",
        )
        for result in locality.criteria
        if result.verdict == "not_met"
    ]
    return "; ".join(failed + _explain_gaps(locality, view, skip))


def _explain_gaps(locality: FrozenLocality, view: SnapshotView, skip: str) -> list[str]:
    """The criteria without enough data, put together by reason."""
    by_reason: dict[str, list[str]] = {}
    for result in locality.criteria:
        if result.verdict == "insufficient" and result.reason != skip:
            by_reason.setdefault(result.reason or "other", []).append(result.criterion)
    # All 18 criteria for one reason: "đơn vị chưa gửi báo cáo" says it without the list of codes.
    if len(by_reason) == 1 and len(next(iter(by_reason.values()))) == len(locality.criteria):
        return [view.phrases.word("reasons", next(iter(by_reason)))]
    return [
        view.phrases.say(
            "assessment.annual.lacking",
            codes=view.phrases.enumerate(codes),
            reason=view.phrases.word("reasons", reason),
        )
        for reason, codes in by_reason.items()
    ]


def write_verdicts(view: SnapshotView) -> list[str]:
    """The annual outcome: who is met, who is not and why, who lacks data."""
    if not view.localities:
        return [view.phrases.text("assessment.none")]
    met = view.with_verdict("met")
    # "Tất cả 01 địa bàn" is no Vietnamese: of one it is said as of some.
    every = "_all" if len(met) == len(view.localities) > 1 else ""
    lines = [_count(view, f"assessment.annual.met{every}", met)]
    if not met:
        lines = [view.phrases.text("assessment.annual.met_none")]
    for verdict in ("not_met", "insufficient"):
        lines += _list_with_reasons(view, f"assessment.annual.{verdict}_intro", view.with_verdict(verdict))
    outside = view.with_verdict("not_applicable")
    lines += [_count(view, "assessment.annual.not_applicable", outside)] if outside else []
    return seal_lines(lines)


def write_progress(view: SnapshotView) -> tuple[list[str], list[str]]:
    """The six-month outcome: what is on its way, and what is at risk or unknown."""
    none = [view.phrases.text("assessment.progress.risk_none")]
    if not view.localities:
        return [view.phrases.text("assessment.none")], none
    at_risk = [entry for entry in view.localities if _has(entry, "not_met")]
    rest = [entry for entry in view.localities if not _has(entry, "not_met")]
    # While the letter on "tiêu chí khác" is awaited, every locality lacks it: that is no gap of one.
    unknown = [entry for entry in rest if any(reason != _AWAITED for reason in entry.reasons)]
    waiting = [entry for entry in rest if entry.verdict == "insufficient" and entry not in unknown]
    met = [entry for entry in rest if entry.verdict == "met"]
    lines = [_count(view, "assessment.progress.met", met)] if met else []
    lines += [_count(view, "assessment.progress.on_track", waiting)] if waiting else []
    lines += _list_with_reasons(view, "assessment.progress.unknown_intro", unknown, _AWAITED)
    risks = _list_with_reasons(view, "assessment.progress.risk_intro", at_risk, _AWAITED)
    return seal_lines(lines), seal_lines(risks or none)


def _has(locality: FrozenLocality, verdict: str) -> bool:
    return any(result.verdict == verdict for result in locality.criteria)


def _count(view: SnapshotView, pattern: str, found: Sequence[FrozenLocality]) -> str:
    return view.phrases.say(
        pattern,
        count=format_count(view.count_named([entry.code for entry in found])),
        total=format_count(view.locality_count),
        names=view.name_list([entry.code for entry in found]),
    )


def _list_with_reasons(
    view: SnapshotView, intro: str, found: Sequence[FrozenLocality], skip: str = ""
) -> list[str]:
    if not found:
        return []
    return [_count(view, intro, found), *list_reasons(found, view, skip)]


def list_reasons(
    found: Sequence[FrozenLocality], view: SnapshotView, skip: str = "", otherwise: str = "reasons.other"
) -> list[str]:
    """A line for each locality with its reasons; those with the very same reasons share one."""
    by_reasons: dict[str, list[str]] = {}
    for entry in found:
        reasons = explain_locality(entry, view, skip) or view.phrases.text(otherwise)
        by_reasons.setdefault(reasons, []).append(entry.code)
    return [
        view.phrases.say(
            "assessment.annual.locality", name=upper_first(view.name_list(codes)), reasons=reasons
        )
        for reasons, codes in by_reasons.items()
    ]


def write_targets(view: SnapshotView) -> list[str]:
    """The province's targets, in exact numbers of localities; what is not decided yet is a forecast."""
    return seal_lines(_format_target(target, view) for target in view.snapshot.targets)


def _format_target(target: FrozenTarget, view: SnapshotView) -> str:
    outcome = view.phrases.words("assessment.target_outcome").get(target.verdict, "")
    numbers = {"reached": target.reached, "total": target.total, "needed": target.needed}
    counts = {
        key: format_count(Figure(number, f"TARGET({target.code};{key})")) for key, number in numbers.items()
    }
    # Before the decision nobody is recognised: the sentence says "dự kiến" of what the verdicts amount to.
    is_ours = target.of == _OF_THIS_YEAR
    if target.verdict == "insufficient":
        form = ("open" if is_ours else "unknown") if target.total else "no_list"
    elif not outcome:
        form = "nothing"
    else:
        form = "forecast" if is_ours else "decided"
    return view.phrases.say(f"assessment.target_{form}", title=target.title, outcome=outcome, **counts)


def write_tasks(view: SnapshotView) -> list[str]:
    """The measurable tasks of the plan's part III by the criteria that measure them."""
    if not view.localities:
        return [view.phrases.text("assessment.task_none")]
    lines = []
    for task in view.snapshot.tasks:
        counts = count_together([code for code in task.criteria if code in view.criteria], view)
        if task.code.startswith("III.") and counts:
            lines.append(view.phrases.say("assessment.task", title=task.title, code=task.code, counts=counts))
    return lines


def count_together(codes: list[str], view: SnapshotView) -> str:
    """Criteria with the same counts in one breath: `15/16 địa bàn đạt tiêu chí IV.1, IV.2 và IV.3`."""
    alike: dict[tuple[Figure, Figure], list[str]] = {}
    for code in codes:
        # Figures compare as numbers: criteria with equal counts fall together, with the trace of the first.
        key = (view.count_verdicts("met", code), view.count_verdicts("insufficient", code))
        alike.setdefault(key, []).append(code)
    return "; ".join(_format_counts(*key, found, view) for key, found in alike.items())


def _format_counts(met: Figure, unknown: Figure, codes: list[str], view: SnapshotView) -> str:
    """`12/16 địa bàn đạt tiêu chí …`, and how many cannot be assessed where there are any.

    The same count of several criteria need not be the same localities: it is said of each.
    """
    text = view.phrases.say(
        f"assessment.task_count{'_each' if len(codes) > 1 else ''}",
        met=format_count(met),
        total=format_count(view.locality_count),
        code=view.phrases.enumerate(codes),
    )
    gap = view.phrases.say("assessment.task_unknown", count=format_count(unknown)) if unknown else ""
    return text + gap


def write_annual_proposals(view: SnapshotView) -> dict[str, list[str]]:
    """Who is proposed for recognition, who goes on next year, and who may be commended."""
    year, few = view.snapshot.plan.year, view.phrases.number("annual.few")
    values = {
        "board": view.snapshot.board.short_name,
        "agency": view.snapshot.board.standing_agency,
        "year": str(year),
        "next_year": str(year + 1),
    }

    def say(pattern: str, verdict: str) -> list[str]:
        found = [entry.code for entry in view.with_verdict(verdict)]
        if not found:
            return []
        # "đối với 14 địa bàn nêu tại điểm 2" instead of 14 names that stand on the page before.
        form = "_many" if len(found) > few and view.phrases.has(f"annual.{pattern}_many") else ""
        count = format_count(view.count_named(found))
        line = view.phrases.say(f"annual.{pattern}{form}", names=view.name_list(found), count=count, **values)
        return seal_lines([line])

    def none(pattern: str) -> list[str]:
        return [view.phrases.text(f"annual.{pattern}")]

    going_on = say("continue", "not_met") + say("pending", "insufficient")
    return {
        "proposal_lines": say("proposal", "met") or none("proposal_none"),
        "continue_lines": (going_on or none("continue_none")) + say("keep", "met"),
        "commendations": say("commendation", "met") or none("commendation_none"),
    }


_CENT = Decimal("0.01")


def report_result(locality: FrozenLocality, result: FrozenCriterion, view: SnapshotView) -> str:
    """`khám phá 19/25 vụ (76,00%)`; the assessment's own words where the wording knows no sentence.

    A sentence belongs to a set of inputs (`results` of the wording) and not to a criterion's code, so that it
    stays true of the figures whatever limit a plan sets for them.
    """
    # By figures and not by code: plans give the same criterion other codes and limits.
    names = {entry.name for entry in result.inputs}
    told = view.phrases.patterns("results.told", ResultPattern)
    pattern = next((entry for entry in told if set(entry.inputs) == names), None)
    alone = view.only(locality.code)
    if pattern and _looks_met(pattern.facts, view.criteria[result.criterion].threshold, alone):
        pattern = None
    said = view.phrases.text("results.between").join(state_facts(pattern.facts, alone)) if pattern else ""
    if said or not result.figure:
        return said
    if view.criteria[result.criterion].declared and result.verdict == "not_met":
        return view.phrases.text("results.declared_not")
    return quote_result(locality.code, result.criterion, result.figure)


def _looks_met(facts: Sequence[Fact], threshold: FrozenThreshold | None, alone: SnapshotView) -> bool:
    """Whether a share would print as the limit that it misses, as 79,996 % of 80 % does."""
    if threshold is None or threshold.unit != "percent":
        return False
    limit = Decimal(threshold.value)
    for fact in facts:
        ratio = alone.ratio(fact.ratio.part, fact.ratio.whole) if fact.ratio else None
        if ratio is not None and ratio.whole > 0:
            share = Decimal(ratio.part) * 100 / Decimal(ratio.whole)
            # 79,996 % prints as 80,00 %, beside "không đạt": the assessment's fractions say why.
            if share != limit and share.quantize(_CENT, rounding=ROUND_HALF_UP) == limit:
                return True
    return False
