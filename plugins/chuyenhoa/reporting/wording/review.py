"""The board's review: strengths, shortcomings, causes, directions, and what submitters wrote themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chuyenhoa.reporting.snapshot import submission_counts
from chuyenhoa.reporting.snapshot.frozen import FrozenLocality, FrozenTitle
from chuyenhoa.reporting.snapshot.view import SnapshotView, lower_first
from chuyenhoa.reporting.wording.numbers import format_count
from chuyenhoa.reporting.wording.prose import describe_change
from chuyenhoa.reporting.wording.provenance import Figure, seal_lines

_END = (".", "!", "?", "…", ":", ";")
# Alt+Enter in a cell is \n; texts pasted from Word bring \v (Shift+Enter) and \u2028.
_BREAK = re.compile(r"\s*(?:\r\n|\r|\n|\v|\f|\u2028|\u2029)\s*")


def quote_narratives(chapter: str, view: SnapshotView, about: Sequence[str] = ()) -> list[str]:
    """The texts of all submitters for a chapter, each under those who wrote it; [] when there is none.

    Args:
        chapter: a name of `narratives` in the wording, as in `causes`.
        view: the snapshot.
        about: only texts that speak of one of these; all when empty.
    """
    item = view.phrases.text(f"narratives.{chapter}")
    places: dict[tuple[str, ...], list[str]] = {}
    for code, place in view.places.items():
        # An agency's text stands with its tasks.
        if code not in view.boards:
            continue
        text = str(view.snapshot.narratives.get(code, {}).get(item) or "")
        # The key is the text: districts that copied one sentence from a model share a line.
        parts = tuple(split_lines(text))
        if parts and (not about or any(name in text for name in about)):
            places.setdefault(parts, []).append(place)
    lines: list[str] = []
    for parts, who in places.items():
        names = view.phrases.enumerate([who[0], *map(lower_first, who[1:])])
        lines += [view.phrases.say("quotes.line", place=names, text=parts[0]), *parts[1:]]
    return [view.phrases.text(f"quotes.{chapter}"), *lines] if lines else []


def split_lines(text: str) -> list[str]:
    """A text's lines, each closed with a full stop where it has no end of its own."""
    return [_close(part) for part in _BREAK.split(text.strip()) if part]


def _close(text: str) -> str:
    return text if text.endswith(_END) else f"{text}."


def write_strengths(view: SnapshotView) -> list[str]:
    """What went well: groups that most localities pass, a fall of crime, reports on time."""
    lines = _praise_groups(view) + _write_trend(view, falls=True)
    on_time = view.count_submitters(submission_counts.ON_TIME)
    if on_time:
        count, expected = (
            format_count(on_time),
            format_count(view.count_submitters(submission_counts.EXPECTED)),
        )
        lines.append(view.phrases.say("review.on_time", count=count, total=expected))
    return seal_lines(lines or [view.phrases.text("review.strong_none")])


def _praise_groups(view: SnapshotView) -> list[str]:
    """The criteria groups that enough localities pass, in one sentence."""
    total, limit = view.locality_count, view.phrases.number("review.strong_percent")
    strong = [
        (group, met)
        for group in view.snapshot.groups
        # Whole numbers on both sides: 12 of 16 is exactly 75 percent.
        if (met := view.count_verdicts("met", group=group.code)) and met * 100 >= limit * total
    ]

    def say(pattern: str, group: FrozenTitle, met: Figure) -> str:
        title = lower_first(group.title)
        counts = {"met": format_count(met), "total": format_count(total)}
        return view.phrases.say(pattern, code=group.code, title=title, **counts)

    if len(strong) < 2:
        return [say("review.strong", *entry) for entry in strong]
    groups = [say("review.strong_group", *entry) for entry in strong]
    return [view.phrases.say("review.strong_several", groups="; ".join(groups))]


def write_shortcomings(view: SnapshotView) -> list[str]:
    """What fell short: criteria not met, a rise of crime, late or missing reports, missing figures."""
    lines = _write_weak(view, "review.weak") + _write_trend(view, falls=False)
    for pattern, state in (
        ("review.late", submission_counts.LATE),
        ("review.absent", submission_counts.ABSENT),
    ):
        codes = submission_counts.list_submitters(view.snapshot, state)
        if codes:
            names = view.phrases.enumerate([lower_first(view.places[code]) for code in codes])
            count = format_count(view.count_submitters(state))
            lines.append(view.phrases.say(pattern, count=count, names=names))
    gaps = _incomplete(view)
    if gaps:
        lines.append(
            view.phrases.say(
                "review.unknown",
                count=format_count(view.count_named(gaps)),
                total=format_count(view.locality_count),
                names=view.name_list(gaps),
            )
        )
    return seal_lines(lines) or [view.phrases.text("review.weak_none")]


def write_directions(view: SnapshotView) -> list[str]:
    """What comes next: the plan's standing tasks, the criteria to improve, the figures to supply."""
    number = str(view.snapshot.plan.number)
    lines = view.phrases.say_all("directions.standing", number=number)
    lines += _write_weak(view, "directions.focus")
    gaps = _incomplete(view)
    if gaps:
        lines.append(view.phrases.say("directions.supply", names=view.name_list(gaps)))
    return lines + view.phrases.say_all("directions.closing", number=number)


def _write_weak(view: SnapshotView, pattern: str) -> list[str]:
    """The criteria that localities do not meet, the most frequent first: one sentence for all of them."""
    found = [(code, view.with_verdict("not_met", code)) for code in view.criteria]
    # `sorted` is stable: of two criteria that equally many fail, the plan's order decides.
    weak = sorted((entry for entry in found if entry[1]), key=lambda entry: -len(entry[1]))
    # One criterion has a sentence of its own, several share one.
    if len(weak) < 2:
        return [_format_weak(pattern, code, entries, view) for code, entries in weak]
    most = view.phrases.number("review.most")
    said = [
        _format_weak(f"{pattern}_criterion{'_one' if len(entries) == 1 else ''}", code, entries, view)
        for code, entries in weak[:most]
    ]
    form = "most" if len(weak) > most and pattern == "review.weak" else "several"
    return [view.phrases.say(f"{pattern}_{form}", number=format_count(len(weak)), criteria="; ".join(said))]


def _format_weak(pattern: str, code: str, entries: Sequence[FrozenLocality], view: SnapshotView) -> str:
    return view.phrases.say(
        pattern,
        code=code,
        short=lower_first(view.criteria[code].short),
        count=format_count(view.count_verdicts("not_met", code)),
        total=format_count(view.locality_count),
        names=view.name_list([entry.code for entry in entries]),
    )


def _write_trend(view: SnapshotView, *, falls: bool) -> list[str]:
    """The trend of the indicator that localities are ranked by, if it goes the way asked for."""
    code = view.phrases.text("ranking.indicator")
    pair = view.pair(code) if code in view.indicators else None
    # An equal number is neither a strength nor a shortcoming.
    if pair is None or pair.current == pair.baseline or (pair.current < pair.baseline) is not falls:
        return []
    change = describe_change(pair.current, pair.baseline, view.unit(code), view)
    return [view.phrases.say("review.fewer" if falls else "review.more", change=change)]


def _incomplete(view: SnapshotView) -> list[str]:
    """Localities with results that lack figures (a letter still awaited is nobody's gap)."""
    return [
        entry.code for entry in view.localities if any(reason != "no_guidance" for reason in entry.reasons)
    ]


def list_late(view: SnapshotView) -> list[str]:
    """Submitters whose first accepted file came after the deadline."""
    return submission_counts.list_submitters(view.snapshot, submission_counts.LATE)


def count_reporting(view: SnapshotView) -> tuple[Figure, Figure, Figure]:
    """How many boards reported, how many were to, and how many were late; agencies are named elsewhere."""
    return (
        view.count_submitters(submission_counts.REPORTED),
        view.count_submitters(submission_counts.EXPECTED),
        view.count_submitters(submission_counts.LATE),
    )
