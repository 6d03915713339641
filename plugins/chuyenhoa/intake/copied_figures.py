"""Warns where figures look copied and not counted: two windows, or all localities, that agree in everything.

A form is often filled by copying last year's sheet or the row above, and then forgotten; each figure by
itself is plausible.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.model.figures import Basis, Observation
from chuyenhoa.model.finding_codes import Code

MIN_FIGURES = 10
"""Figures above zero that must agree: a quiet commune repeats a handful of zeros and its number of homes."""

Rows = dict[tuple[str, Basis], dict[str, Decimal]]


def report_copies(findings: FindingList, observations: Sequence[Observation]) -> None:
    """One warning for each kind of copy that a file is in all of its figures.

    Args:
        findings: takes the warnings.
        observations: the figures of the file; blank ones say nothing.
    """
    rows: Rows = {}
    for entry in observations:
        if entry.value is not None:
            rows.setdefault((entry.locality, entry.basis), {})[entry.indicator] = entry.value
    current = {locality: row for (locality, basis), row in rows.items() if basis is Basis.CURRENT}
    pairs = [(row, rows.get((locality, Basis.BASELINE), {})) for locality, row in current.items()]
    sheets = {entry.basis: entry.cell_ref.sheet for entry in observations}
    if pairs and all(are_copies(row, before) for row, before in pairs):
        findings.add(
            Code.BASELINE_REPEATS_PERIOD,
            sheet=sheets[Basis.BASELINE],
            value=sheets[Basis.CURRENT],
            count=sum(len(row) for row, _ in pairs),
        )
    first, *others = current.values() or ({},)
    if others and all(are_copies(first, row) and first.keys() == row.keys() for row in others):
        findings.add(Code.LOCALITIES_REPEAT_EACH_OTHER, sheet=sheets[Basis.CURRENT], count=len(current))


def are_copies(one: dict[str, Decimal], other: dict[str, Decimal]) -> bool:
    """Whether two rows agree in every figure that both state, and in enough of them."""
    both = one.keys() & other.keys()
    return (
        all(one[code] == other[code] for code in both) and sum(one[code] > 0 for code in both) >= MIN_FIGURES
    )
