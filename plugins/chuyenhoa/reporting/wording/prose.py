"""Paragraphs of facts: figures of the province said in sentences, with what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.reporting.snapshot.submission_counts import INVOLVED
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first, upper_first
from chuyenhoa.reporting.wording.numbers import format_count, format_share
from chuyenhoa.reporting.wording.patterns import Fact, Paragraph, Part
from chuyenhoa.reporting.wording.phrases import fill
from chuyenhoa.reporting.wording.provenance import seal_lines


@dataclass(frozen=True)
class Statement:
    """A fact as it is said; without `text` it is not worth saying, and not `known` means never reported."""

    name: str
    text: str
    missing: tuple[str, ...] | None = None
    """The localities that the fact leaves out; None where it names them itself."""
    known: bool = True
    change: str = ""


def write_chapter(name: str, view: SnapshotView) -> list[str]:
    """The paragraphs of a chapter of `report.yaml`, one line each, ready to print."""
    written = (
        _write_paragraph(entry, view) for entry in view.phrases.patterns(f"chapters.{name}", Paragraph)
    )
    return seal_lines(line for line in written if line)


def state_facts(patterns: Sequence[Fact], view: SnapshotView) -> list[str]:
    """The facts of a list that are known and worth saying, one text each, without full stops."""
    facts = (_state(pattern, view) for pattern in patterns)
    return [f"{fact.text}{fact.change}" for fact in facts if fact is not None and fact.known and fact.text]


def name_baseline(view: SnapshotView) -> str:
    """What the window compared with is called, as in `cùng kỳ năm 2020`."""
    return view.phrases.say("period.baseline_year", year=str(view.baseline_window[1].year))


def describe_change(current: Decimal, baseline: Decimal, unit: str, view: SnapshotView) -> str:
    """`giảm 849 vụ (13,42%) so với cùng kỳ năm 2020`; empty when there was nothing then and now.

    A rise from nothing has no percentage: `tăng 03 vụ (cùng kỳ năm 2020 không xảy ra)`.
    """
    then = name_baseline(view)
    if current == baseline:
        return view.phrases.say("change.same", then=then) if current else ""
    if baseline == 0:
        return describe_difference(current, baseline, unit, view)
    return view.phrases.say(
        "change.against", difference=describe_difference(current, baseline, unit, view), then=then
    )


def describe_difference(current: Decimal, baseline: Decimal, unit: str, view: SnapshotView) -> str:
    """`giảm 849 vụ (13,42%)`, without saying against what; the two must differ."""
    difference = f"{format_count(abs(current - baseline))} {unit}"
    if baseline == 0:
        absent, then = view.phrases.word("absent", unit), name_baseline(view)
        return view.phrases.say("change.from_nothing", difference=difference, then=then, absent=absent)
    pattern = "change.less" if current < baseline else "change.more"
    share = format_share(abs(current - baseline), baseline)
    return view.phrases.say(pattern, difference=difference, share=share)


def name_gap(missing: Sequence[str], view: SnapshotView) -> str:
    """Which localities a sum leaves out; empty when it leaves out none.

    Those that sent nothing at all are named once, at the head of the document, which says it of every sum.
    """
    more = [code for code in missing if code not in view.silent]
    if not more:
        return ""
    pattern = f"coverage.{'besides' if view.silent else 'plain'}_{'one' if len(more) == 1 else 'several'}"
    count = format_count(view.count_named(more))
    return view.phrases.say(pattern, count=count, names=view.name_list(more))


def _write_paragraph(entry: Paragraph, view: SnapshotView) -> str:
    facts = [fact for pattern in entry.facts if (fact := _state(pattern, view)) is not None]
    if not facts:
        return ""
    known = [fact for fact in facts if fact.known and fact.text]
    unknown = [fact.name for fact in facts if not fact.known]
    lead = entry.lead
    text = _join(known, view)
    if unknown:
        lacking = view.phrases.say("unknown", names=view.phrases.enumerate(unknown))
        # "Cháy, nổ: chưa có số liệu về số vụ cháy, nổ, số người chết" repeats what the lead says already.
        lacking = view.phrases.text("nothing_known") if lead and not known else lacking
        text = f"{text}; {lacking}" if text else lacking
    if not text:
        return ""
    return f"{lead}: {text}." if lead else f"{upper_first(text)}."


def _join(facts: Sequence[Statement], view: SnapshotView) -> str:
    """Facts in a row; a gap that they share is named once, at the end."""
    summed = [fact for fact in facts if fact.missing is not None]
    # "xảy ra 70 vụ (chưa gồm số liệu của xã A); làm chết 02 người (chưa gồm số liệu của xã A)" is said once:
    # "xảy ra 70 vụ; làm chết 02 người (chưa gồm số liệu của xã A)".
    gaps = {fact.missing for fact in summed}
    last = summed[-1] if len(gaps) == 1 and len(summed) > 1 else None
    said = []
    for fact in facts:
        gap = name_gap(fact.missing or (), view) if last is None or fact is last else ""
        tail = f" {gap}" if gap else ""
        said.append(f"{fact.text}{fact.change}{tail}" if last else f"{fact.text}{tail}{fact.change}")
    return "; ".join(said)


def _state(pattern: Fact, view: SnapshotView) -> Statement | None:
    """Say one fact; None when the plan does not know what it is about."""
    if pattern.criterion:
        return _state_criterion(pattern, view)
    if pattern.ratio is not None:
        return _state_ratio(pattern, pattern.ratio, view)
    return _state_figure(pattern, view)


def _state_figure(pattern: Fact, view: SnapshotView) -> Statement | None:
    code, name = pattern.of, pattern.name
    if code not in view.indicators:
        return None
    total, unit = view.total(code), view.unit(code)
    if total.value is None:
        return Statement(name, "", known=False)
    count = f"{format_count(total.value)} {unit}"
    values = {"count": count, "number": format_count(total.value)}
    text = fill(pattern.some, code, values) if total.value else pattern.none
    change = _compare(code, len(total.missing), view) if pattern.compare else ""
    change = _set_beside(code, view) if pattern.beside else change
    # "không xảy ra tai nạn; không có người chết; không có người bị thương" says one thing three times.
    if not (total.value or change) and _is_nothing(pattern.within, view):
        return Statement(name, "")
    return Statement(name, text, total.missing, change=change)


def _is_nothing(code: str | None, view: SnapshotView) -> bool:
    """Whether an indicator is known and zero."""
    return code in view.indicators and view.total(code).value == 0


def _set_beside(code: str, view: SnapshotView) -> str:
    """` (cùng kỳ 02 người)`: what it was in the window compared with, without the difference."""
    pair, unit = view.pair(code), view.unit(code)
    if pair is None:
        return ""
    then = f"{format_count(pair.baseline)} {unit}" if pair.baseline else view.phrases.word("absent", unit)
    return view.phrases.say("change.beside", then=then)


def _compare(code: str, missing: int, view: SnapshotView) -> str:
    """The comparison of an indicator, over the localities that have both windows and no others."""
    pair, unit = view.pair(code), view.unit(code)
    if pair is None:
        return view.phrases.say("change.no_baseline", then=name_baseline(view))
    change = describe_change(pair.current, pair.baseline, unit, view)
    # The figure before it is over all that reported: a comparison over fewer has to say so.
    if pair.counted == len(view.names) - missing:
        return f", {change}" if change else ""
    if not change:
        return ""
    return view.phrases.say("change.partial", localities=format_count(pair.counted), change=change)


def _state_ratio(pattern: Fact, of: Part, view: SnapshotView) -> Statement | None:
    part, whole, name = of.part, of.whole, pattern.name
    if any(term.removeprefix("-") not in view.indicators for term in [*part, *whole]):
        return None
    ratio = view.ratio(part, whole)
    if ratio is None:
        return Statement(name, "", known=False)
    # A whole with `-CODE` in it can fall below zero: no share can be said of that either.
    if ratio.whole <= 0:
        return Statement(name, pattern.none, ratio.missing)
    some = pattern.nil if ratio.part == 0 and pattern.nil is not None else pattern.some
    values = {
        "part": format_count(ratio.part),
        "whole": format_count(ratio.whole),
        "share": format_share(ratio.part, ratio.whole),
    }
    return Statement(name, fill(some, name, values), ratio.missing)


def _state_criterion(pattern: Fact, view: SnapshotView) -> Statement | None:
    """How many localities pass a criterion, and which do not or have not said.

    Localities that sent nothing at all are named at the head of the document, and not again here.
    """
    code, name = pattern.criterion, pattern.name
    if code not in view.criteria:
        return None
    # "00/16 địa bàn đã …" would accuse those who were only not heard.
    if len(view.with_verdict("insufficient", code)) == len(view.names):
        return Statement(name, "", known=False)
    said = _count_passing(pattern, code, view)
    left = {
        verdict: [e.code for e in view.with_verdict(verdict, code) if e.code not in view.silent]
        for verdict in ("not_met", "insufficient")
    }
    words = {
        "not_met": pattern.left,
        "insufficient": view.phrases.text("criterion_fact.unknown"),
    }
    named = [f"{words[verdict]}: {view.name_list(codes)}" for verdict, codes in left.items() if codes]
    if len(view.names) == 1 or not named:
        return Statement(name, said)
    return Statement(name, view.phrases.say("criterion_fact.left", said=said, left="; ".join(named)))


def _count_passing(pattern: Fact, code: str, view: SnapshotView) -> str:
    """`12/16 địa bàn đã …`; the only locality is named, and none of several is said in words."""
    met = view.count_verdicts("met", code)
    values = {"met": format_count(met), "total": format_count(view.locality_count)}
    if len(view.names) == 1:
        (values["name"],) = map(lower_first, view.names.values())
    if len(view.names) == 1:
        return fill(pattern.only if met else pattern.only_not, code, values)
    return fill(pattern.some if met else pattern.some_not, code, values)


def list_by_place(view: SnapshotView) -> tuple[str, list[str]]:
    """The localities by district, each with its types."""
    by_place: dict[str, list[str]] = {}
    for entry in view.localities:
        types = ", ".join(str(kind) for kind in entry.types)
        name = lower_first(entry.name)
        named = view.phrases.say("localities.named_types", name=name, types=types) if types else name
        by_place.setdefault(view.place(entry.submitter), []).append(named)
    if not by_place:
        year = str(view.snapshot.plan.year)
        return view.phrases.say("localities.intro_none", year=year), []
    (intro,) = seal_lines(
        [
            view.phrases.say(
                "localities.intro",
                year=str(view.snapshot.plan.year),
                board=view.snapshot.board.short_name,
                count=format_count(view.locality_count),
                districts=format_count(view.count_submitters(INVOLVED)),
            )
        ]
    )
    lines = [
        view.phrases.say("localities.line", place=place, names=view.phrases.enumerate(names))
        for place, names in by_place.items()
    ]
    return intro, lines


def rank_localities(view: SnapshotView) -> list[str]:
    """Which localities have most cases, and which fell or rose, over those with the figures."""
    code = view.phrases.text("ranking.indicator")
    if code not in view.indicators:
        return []
    unit, top = view.unit(code), view.phrases.number("ranking.top")
    # Neither blanks nor zeros: "nhiều vụ nhất: xã A (0 vụ)" is no news.
    counts = [(name, value) for name in view.names if (value := view.figure(name, code))]
    highest = _pick_highest(counts, top)
    named = [_named(view, name, f"{format_count(value)} {unit}") for name, value in highest]
    lines = [view.phrases.say("ranking.highest", names=view.phrases.enumerate(named))] if named else []
    return seal_lines([*lines, *_rank_changes(code, unit, view)])


def _pick_highest(counts: Sequence[tuple[str, Decimal]], top: int) -> list[tuple[str, Decimal]]:
    """The first `top` by figure, never cutting between equal ones; [] where there is nothing to rank."""
    ranked = sorted(counts, key=lambda entry: -entry[1])
    # One commune, or all with 12 cases: nothing to rank.
    if len({value for _, value in ranked}) < 2:
        return []
    if len(ranked) <= top:
        return ranked
    # Three places, and five communes with 14 cases from the second on: all five are named, or none.
    last = ranked[top - 1][1]
    whole = [entry for entry in ranked if entry[1] >= last]
    # Fourteen communes with one case each are no ranking: then only those above them.
    return whole if len(whole) <= 2 * top else [entry for entry in ranked if entry[1] > last]


def _rank_changes(code: str, unit: str, view: SnapshotView) -> list[str]:
    codes: dict[str, list[str]] = {"fewer": [], "more": [], "same": []}
    groups: dict[str, list[str]] = {"fewer": [], "more": [], "same": []}
    for name in view.names:
        now, then = view.figure(name, code), view.figure(name, code, "baseline")
        if now is None or then is None:
            continue
        which = "same" if now == then else "fewer" if now < then else "more"
        text = "" if which == "same" else describe_difference(now, then, unit, view)
        codes[which].append(name)
        groups[which].append(f"{lower_first(view.names[name])} {text}".strip())
    known = [name for name in view.names if any(name in found for found in codes.values())]
    if len(view.names) < 2 or not any(
        view.figure(n, code) or view.figure(n, code, "baseline") for n in known
    ):
        return []  # what there is to say was said with the province's figure
    return [
        view.phrases.say(
            f"ranking.{which}{'_all' if len(found) == len(known) > 1 else ''}",
            count=format_count(view.count_named(codes[which])),
            total=format_count(view.count_named(known)),
            then=name_baseline(view),
            names=view.phrases.enumerate(found),
        )
        for which, found in groups.items()
        if found
    ]


def _named(view: SnapshotView, code: str, what: str) -> str:
    return view.phrases.say("list.named", name=lower_first(view.names[code]), what=what)
