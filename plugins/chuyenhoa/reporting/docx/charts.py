"""What the charts of a report show: series over categories, with the figures in words beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.provenance import CLOSE, MIDDLE, OPEN

CHART = "G="
"""Opens the mark of a chart, see `provenance.mark`."""


@dataclass(frozen=True)
class Series:
    """One row of columns; None is a gap, never a zero."""

    name: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True)
class Chart:
    """A bar chart ready to be drawn."""

    name: str
    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    is_stacked: bool
    """Bars lying, one upon another; columns side by side otherwise."""
    description: str
    """The figures in words."""
    note: str = ""
    """What is missing; empty when nothing is."""


def place_chart(name: str, view: SnapshotView) -> str:
    """What a template prints where it wants a chart; empty when there is nothing to draw."""
    chart = CHARTS[name](view)
    return f"{OPEN}{CHART}{name}{MIDDLE}{chart.description}{CLOSE}" if chart else ""


def note_chart(name: str, view: SnapshotView) -> str:
    """What a chart leaves out; empty when it leaves out nothing or is not drawn."""
    chart = CHARTS[name](view)
    return chart.note if chart else ""


def compare_with_baseline(view: SnapshotView) -> Chart | None:
    """Main indicators against the same window of the year before, over localities that have both."""
    say, labels = view.phrases.say, view.phrases.labels("charts.comparison.bars")
    bars = {code: label for code, label in labels.items() if code in view.indicators}
    pairs = {code: view.pair(code) for code in bars}
    # One number of localities goes into the title; where the indicators differ, each note would need its own.
    counted = {pair.counted for pair in pairs.values() if pair}
    if not counted:
        return None
    then = str(view.baseline_window[1].year)
    facts = [
        say(
            "charts.comparison.fact",
            label=lower_first(bars[code]),
            current=format_number(Decimal(pair.current)),
            baseline=format_number(Decimal(pair.baseline)),
        )
        if pair
        else say("charts.comparison.unknown", label=lower_first(bars[code]))
        for code, pair in pairs.items()
    ]
    missing = [lower_first(bars[code]) for code, pair in pairs.items() if pair is None]
    title = "title" if len(counted) == 1 else "title_mixed"
    return Chart(
        name="comparison",
        title=say(f"charts.comparison.{title}", then=then, counted=str(min(counted))),
        categories=list(bars.values()),
        series=[
            Series(
                view.phrases.text("charts.comparison.current"),
                [pair.current if pair else None for pair in pairs.values()],
            ),
            Series(
                say("charts.comparison.baseline", then=then),
                [pair.baseline if pair else None for pair in pairs.values()],
            ),
        ],
        is_stacked=False,
        description=say("charts.comparison.about", then=then, facts="; ".join(facts)),
        note=say("charts.comparison.note", names=view.phrases.enumerate(missing)) if missing else "",
    )


def show_groups(view: SnapshotView) -> Chart | None:
    """How many localities carry each verdict, by criteria group; verdicts that none carries are left out."""
    if not view.localities:
        return None
    say, verdicts = view.phrases.say, view.phrases.labels("charts.groups.verdicts")
    groups = [str(group.code) for group in view.snapshot.groups]
    counts = {
        verdict: [Decimal(view.count_verdicts(verdict, group=code)) for code in groups]
        for verdict in verdicts
    }
    # A verdict that nobody carries would stand in the legend without a bar.
    shown = {verdict: row for verdict, row in counts.items() if any(row)}
    facts = []
    for index, code in enumerate(groups):
        said = [
            say("charts.groups.count", count=str(row[index]), verdict=verdicts[verdict].lower())
            for verdict, row in shown.items()
            if row[index]
        ]
        facts.append(say("charts.groups.fact", code=code, counts=", ".join(said)))
    return Chart(
        name="groups",
        title=view.phrases.text("charts.groups.title"),
        categories=[say("charts.groups.category", code=code) for code in groups],
        series=[Series(verdicts[verdict], row) for verdict, row in shown.items()],
        is_stacked=True,
        description=say("charts.groups.about", facts="; ".join(facts)),
    )


CHARTS: Mapping[str, Callable[[SnapshotView], Chart | None]] = {
    "comparison": compare_with_baseline,
    "groups": show_groups,
}
"""The charts by the name that their marks carry."""
