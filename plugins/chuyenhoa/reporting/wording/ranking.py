"""The localities by place and by rank, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chuyenhoa.reporting.snapshot.submission_counts import INVOLVED
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.numbers import format_count
from chuyenhoa.reporting.wording.prose import describe_difference, name_baseline
from chuyenhoa.reporting.wording.provenance import seal_lines


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
    counts = [(name, value) for name in view.names if (value := view.figure(name, code))]
    highest = _pick_highest(counts, top)
    named = [_named(view, name, f"{format_count(value)} {unit}") for name, value in highest]
    lines = [view.phrases.say("ranking.highest", names=view.phrases.enumerate(named))] if named else []
    return seal_lines([*lines, *_rank_changes(code, unit, view)])


def _pick_highest(counts: Sequence[tuple[str, Decimal]], top: int) -> list[tuple[str, Decimal]]:
    """The first `top` by figure, never cutting between equal ones; [] where there is nothing to rank."""
    ranked = sorted(counts, key=lambda entry: -entry[1])
    if len({value for _, value in ranked}) < 2:
        return []
    if len(ranked) <= top:
        return ranked
    last = ranked[top - 1][1]
    whole = [entry for entry in ranked if entry[1] >= last]
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
