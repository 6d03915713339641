"""Paragraphs of facts: figures of the province said in sentences, with what they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chuyenhoa.reporting.numbers import format_count, format_share
from chuyenhoa.reporting.phrases import fill
from chuyenhoa.reporting.traced import seal_lines
from chuyenhoa.reporting.view import SnapshotView, upper_first


@dataclass(frozen=True)
class Fact:
    """A said fact; `text` empty means that it is not worth saying, `known` False that nobody reported it."""

    name: str
    text: str
    missing: tuple[str, ...] | None = None
    """The localities that the fact leaves out; None where it names them itself."""
    known: bool = True
    change: str = ""


def write_chapter(name: str, view: SnapshotView) -> list[str]:
    """The paragraphs of a chapter of `report.yaml`, one line each, ready to print."""
    written = (_write_paragraph(entry, view) for entry in view.phrases.find("chapters")[name])
    return seal_lines(line for line in written if line)


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
        words, then = view.phrases.find("absent"), name_baseline(view)
        absent = str(words.get(unit, words["other"]))
        return view.phrases.say("change.from_nothing", difference=difference, then=then, absent=absent)
    pattern = "change.less" if current < baseline else "change.more"
    share = format_share(abs(current - baseline), baseline)
    return view.phrases.say(pattern, difference=difference, share=share)


def name_gap(missing: Sequence[str], view: SnapshotView) -> str:
    """Which localities a sum leaves out; empty when it leaves out none.

    Those that sent nothing at all are named once, at the head of the report, and only counted here.
    """
    if not missing:
        return ""
    count = format_count(view.count_named(missing))
    if tuple(missing) == view.silent:
        return view.phrases.say("coverage.counted", count=count)
    return view.phrases.say("coverage.named", count=count, names=view.name_list(missing))


def _write_paragraph(entry: Mapping[str, Any], view: SnapshotView) -> str:
    facts = [fact for pattern in entry["facts"] if (fact := _state(pattern, view)) is not None]
    if not facts:
        return ""
    known = [fact for fact in facts if fact.known and fact.text]
    unknown = [fact.name for fact in facts if not fact.known]
    lead = str(entry.get("lead", ""))
    text = _join(known, view)
    if unknown:
        lacking = view.phrases.say("unknown", names=view.phrases.enumerate(unknown))
        lacking = str(view.phrases.find("nothing_known")) if lead and not known else lacking
        text = f"{text}; {lacking}" if text else lacking
    if not text:
        return ""
    return f"{lead}: {text}." if lead else f"{upper_first(text)}."


def _join(facts: Sequence[Fact], view: SnapshotView) -> str:
    """Facts in a row; a gap that they share is named once, at the end."""
    summed = [fact for fact in facts if fact.missing is not None]
    gaps = {fact.missing for fact in summed}
    last = summed[-1] if len(gaps) == 1 and len(summed) > 1 else None
    said = []
    for fact in facts:
        gap = name_gap(fact.missing or (), view) if last is None or fact is last else ""
        tail = f" {gap}" if gap else ""
        said.append(f"{fact.text}{fact.change}{tail}" if last else f"{fact.text}{tail}{fact.change}")
    return "; ".join(said)


def _state(pattern: Mapping[str, Any], view: SnapshotView) -> Fact | None:
    """Say one fact; None when the plan does not know what it is about."""
    if "criterion" in pattern:
        return _state_criterion(pattern, view)
    if "ratio" in pattern:
        return _state_ratio(pattern, view)
    return _state_figure(pattern, view)


def _state_figure(pattern: Mapping[str, Any], view: SnapshotView) -> Fact | None:
    code, name = str(pattern["of"]), str(pattern["name"])
    if code not in view.indicators:
        return None
    total, unit = view.total(code), view.unit(code)
    if total.value is None:
        return Fact(name, "", known=False)
    count = f"{format_count(total.value)} {unit}"
    values = {"count": count, "number": format_count(total.value)}
    text = fill(str(pattern["some"]), code, values) if total.value else str(pattern["none"])
    change = _compare(code, total.value, len(total.missing), view) if pattern.get("compare") else ""
    return Fact(name, text, total.missing, change=change)


def _compare(code: str, total: Decimal, missing: int, view: SnapshotView) -> str:
    """The comparison of an indicator, over the localities that have both windows and no others."""
    pair, unit = view.pair(code), view.unit(code)
    if pair is None:
        return view.phrases.say("change.no_baseline", then=name_baseline(view))
    change = describe_change(pair.current, pair.baseline, unit, view)
    if pair.counted == len(view.names) - missing:
        return f", {change}" if change else ""
    if not change:
        return ""
    return view.phrases.say("change.partial", localities=format_count(pair.counted), change=change)


def _state_ratio(pattern: Mapping[str, Any], view: SnapshotView) -> Fact | None:
    part, whole, name = pattern["ratio"]["part"], pattern["ratio"]["whole"], str(pattern["name"])
    if any(term.removeprefix("-") not in view.indicators for term in [*part, *whole]):
        return None
    ratio = view.ratio(part, whole)
    if ratio is None:
        return Fact(name, "", known=False)
    if ratio.whole <= 0:
        return Fact(name, str(pattern["none"]), ratio.missing)
    some = str(pattern["nil"] if ratio.part == 0 and "nil" in pattern else pattern["some"])
    values = {
        "part": format_count(ratio.part),
        "whole": format_count(ratio.whole),
        "share": format_share(ratio.part, ratio.whole),
    }
    return Fact(name, fill(some, name, values), ratio.missing)


def _state_criterion(pattern: Mapping[str, Any], view: SnapshotView) -> Fact | None:
    """How many localities pass a criterion, and which do not or have not said."""
    code = str(pattern["criterion"])
    if code not in view.criteria or not view.names:
        return None
    met, total = view.count_verdicts("met", code), view.locality_count
    values = {"met": format_count(met), "total": format_count(total)}
    said = [fill(str(pattern["some"]), code, values)]
    for verdict in ("not_met", "insufficient"):
        left = [entry["code"] for entry in view.with_verdict(verdict, code)]
        if len(left) == len(view.names) and verdict == "insufficient":
            return Fact(str(pattern["name"]), "", known=False)
        if left:
            said.append(view.phrases.say(f"criterion_fact.{verdict}", names=view.name_list(left)))
    return Fact(str(pattern["name"]), "; ".join(said))
