"""Chooses, among the figures in force, those that a report is compared with and those that stay beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from chuyenhoa.model.calendars import DAY
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.form import WITHDRAWAL_RULE
from chuyenhoa.model.history import Accepted, FileHistory, PastFigure, PastSource
from chuyenhoa.model.plan import Period, Window
from chuyenhoa.model.rules import BASELINE_PREFIX
from chuyenhoa.model.submissions import Reading

WindowOf = Callable[[Period], Window]
WINDOW_OF: Mapping[Basis, WindowOf] = {
    Basis.CURRENT: lambda period: period.window,
    Basis.BASELINE: lambda period: period.baseline,
}


def is_related(period: Period, other: Period) -> bool:
    """Whether reports on `period` are compared with `other`: just before, overlapping, or the baseline."""
    if other.id == period.id:
        return False
    if other.window == period.baseline:
        return True
    window, near = period.window, other.window
    return near.end + DAY == window.start or (near.start <= window.end and window.start <= near.end)


MIN_REPEATED = 10
"""Figures above zero that must be the same before a report is said to repeat the one before it."""


def find_repeated(
    period: Period, figures: Mapping[tuple[str, str], Decimal], known: Sequence[Accepted]
) -> Accepted | None:
    """The report just before `period` that states the same in every figure that both state.

    Args:
        period: what the new report is on.
        figures: its figures of the period by locality and indicator.
        known: the figures in force when the report came, one entry a period and locality.

    Returns:
        One entry of that report; None where a figure differs, or too few can be compared.
    """
    before = [entry for entry in known if entry.period.window.end + DAY == period.window.start]
    # A six-month report ends on the same day as its last month: only one of the same kind can be a copy.
    before = [entry for entry in before if entry.period.kind == period.kind]
    pairs = [
        (figures[entry.locality, code], past.value)
        for entry in before
        for (code, basis), past in entry.figures.items()
        if basis is Basis.CURRENT and (entry.locality, code) in figures
    ]
    is_copy = all(now == then for now, then in pairs) and sum(now > 0 for now, _ in pairs) >= MIN_REPEATED
    return max(before, key=lambda entry: entry.number) if is_copy else None


def build_history(period: Period, known: Sequence[Accepted]) -> FileHistory:
    """The figures of other reports for every row of a report on `period`.

    Args:
        period: what the report is on.
        known: the figures in force when the report came, one entry a period and locality.

    Returns:
        Columns as `model.rules.HISTORY_PREFIXES` names them. Where nothing was accepted there is no column.
    """
    history: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    by_locality: dict[str, list[Accepted]] = {}
    for entry in known:
        if entry.period.id != period.id:
            by_locality.setdefault(entry.locality, []).append(entry)
    for locality, others in by_locality.items():
        for basis, window_of in WINDOW_OF.items():
            columns = _relate(window_of(period), others, window_of, basis)
            if basis is Basis.BASELINE:
                columns |= _year_earlier(period.baseline, others)
            if columns:
                history[locality, basis] = columns
    return history


def carry_over(reading: Reading, standing: Sequence[Accepted], parts: Sequence[Reading] = ()) -> FileHistory:
    """The figures that stay beside those of a file: what stands in its report where the file is silent.

    Rules run on the figures as they would stand after the file, so these are columns without a prefix, and
    the baseline's also `prev__<CODE>` of the current row.

    Args:
        reading: the file; what it states or withdraws itself is left out.
        standing: what was in force in its own report before it came.
        parts: other files of the same report that came with it, in the order of receipt; what they state
            goes before what stood.
    """
    silent = _standing_beside(reading, standing)
    for part in parts:
        for seen in part.observations:
            key = (seen.locality, seen.indicator, seen.basis)
            if seen.value is not None:
                source = PastSource("", part.file_name, seen.cell_ref, seen.value)
                silent[key] = PastFigure(seen.value, (source,))
            elif seen.withdrawn:
                silent.pop(key, None)
    own = {(seen.locality, seen.indicator, seen.basis) for seen in reading.observations if seen.is_statement}
    localities = {locality for locality, _, _ in own}
    carried: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    for (locality, code, basis), figure in silent.items():
        if locality in localities and (locality, code, basis) not in own:
            carried.setdefault((locality, basis), {})[code] = figure
            if basis is Basis.BASELINE:
                row = carried.setdefault((locality, Basis.CURRENT), {})
                row[BASELINE_PREFIX + code] = figure
    return carried


def _standing_beside(
    reading: Reading, standing: Sequence[Accepted]
) -> dict[tuple[str, str, Basis], PastFigure]:
    """What was in force of the localities that a file does not take back as a whole (rule RUT)."""
    taken_back = {j.locality for j in reading.justifications if j.rule_id == WITHDRAWAL_RULE}
    return {
        (entry.locality, code, basis): PastFigure(
            known.value, (PastSource(entry.period.label, known.file_name, known.cell_ref, known.value),)
        )
        for entry in standing
        if entry.locality not in taken_back
        for (code, basis), known in entry.figures.items()
    }


def join_histories(*found: FileHistory) -> FileHistory:
    """What several histories of one file hold, row by row; their columns differ."""
    joined: dict[tuple[str, Basis], dict[str, PastFigure]] = {}
    for history in found:
        for row, columns in history.items():
            joined.setdefault(row, {}).update(columns)
    return joined


def _relate(
    window: Window, others: Sequence[Accepted], window_of: WindowOf, basis: Basis
) -> dict[str, PastFigure]:
    """The columns of one row: single reports by their place in time, and the sums of shorter ones."""
    spans = [(entry, window_of(entry.period)) for entry in others]
    before = [part for part in spans if part[1].end + DAY == window.start]
    inside = [part for part in spans if part[1].start == window.start and part[1].end < window.end]
    around = [part for part in spans if part[1].contains(window) and part[1] != window]
    end = [part for part in spans if part[1].end == window.end and part[1] != window]
    columns: dict[str, PastFigure] = {}
    for prefix, found, weight in (
        ("before__", before, 0),
        ("inside__", inside, 1),
        ("around__", around, -1),
        ("end__", end, 0),
    ):
        # For 15/4–14/12: inside is 15/4–14/10 and not the first month; around is the nearest longer one.
        # The longest, the shortest, or of any length; then the newest. Figure by figure: a report that
        # leaves a cell blank hides nothing that another one states.
        for entry, _ in sorted(found, key=lambda part: (weight * part[1].days, part[0].number)):
            columns |= {prefix + code: figure for code, figure in _single(entry, basis)}
    parts = [(span, entry) for entry, span in spans if window.contains(span) and span != window]
    return columns | _sums(window, parts, basis)


def _single(entry: Accepted, basis: Basis) -> Iterable[tuple[str, PastFigure]]:
    """Every figure of one report in one of its windows."""
    for (code, stated), known in entry.figures.items():
        if stated is basis:
            source = PastSource(entry.period.label, known.file_name, known.cell_ref, known.value)
            yield code, PastFigure(known.value, (source,))


def _sums(window: Window, parts: Sequence[tuple[Window, Accepted]], basis: Basis) -> dict[str, PastFigure]:
    """Sums of disjoint shorter reports: `tiled` where they cover the window and none is blank, else `parts`.

    One report with the same start is left to `inside`.
    """
    chosen: list[tuple[Window, Accepted]] = []
    free = window.start
    # Longest first at each start: a half year (15/4–14/10) goes before its months, which would count twice.
    for span, entry in sorted(parts, key=lambda part: (part[0].start, -part[0].days, -part[1].number)):
        if span.start >= free:
            chosen.append((span, entry))
            free = span.end + DAY
    covers = sum(span.days for span, _ in chosen) == window.days
    by_code: dict[str, list[tuple[Window, PastFigure]]] = {}
    for span, entry in chosen:
        for code, figure in _single(entry, basis):
            by_code.setdefault(code, []).append((span, figure))
    sums: dict[str, PastFigure] = {}
    for code, filled in by_code.items():
        if len(filled) == 1 and filled[0][0].start == window.start:
            continue
        total = sum((figure.value for _, figure in filled), Decimal(0))
        prefix = "tiled__" if covers and len(filled) == len(chosen) else "parts__"
        sums[prefix + code] = PastFigure(total, tuple(s for _, figure in filled for s in figure.sources))
    return sums


def _year_earlier(baseline: Window, others: Sequence[Accepted]) -> dict[str, PastFigure]:
    """What was accepted a year earlier for the very window that now is the baseline."""
    same = [entry for entry in others if entry.period.window == baseline]
    return {
        "year__" + code: figure
        for entry in sorted(same, key=lambda entry: entry.number)
        for code, figure in _single(entry, Basis.CURRENT)
    }
