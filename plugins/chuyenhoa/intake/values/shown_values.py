"""Whether what a cell shows is what it holds: the signer saw the one, the store would keep the other."""

from __future__ import annotations

from decimal import Decimal

from chuyenhoa.intake.values.cell_values import NumberReading, read_number
from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.model.finding_codes import Code


def compare_with_shown(value: CellValue, shown: str, unit: str, decimals: bool) -> NumberReading:
    """Read a cell whose number format does not simply show its value.

        53000 shown as "53" → D130 · 2500 shown as "2500 nghìn" → D130 · 0 shown as "" → D131
        2500 shown as "2500 vụ" where cases are counted → 2500

    Args:
        value: what the cell holds.
        shown: what it shows, as `kit.readers.number_formats` says it.
        unit: the indicator's unit.
        decimals: whether the indicator may have decimals.

    Returns:
        The reading of the value where the text shown means the same, rounded at most; else the problem.
    """
    stored = read_number(value, unit, decimals)
    if stored.problem or stored.value is None:
        return stored
    if not shown:
        return NumberReading(problem=Code.HIDDEN_BY_FORMAT)
    # Read by the rules for typed text: a unit behind a number and a dash mean what they mean there.
    seen = read_number(shown, unit, decimals=True)
    if seen.problem or seen.value is None or not _is_rounded(stored.value, seen.value, shown):
        return NumberReading(problem=Code.SHOWN_OTHERWISE, readings=shown)
    return stored


def _is_rounded(value: Decimal, seen: Decimal, shown: str) -> bool:
    """Whether a number differs from what is shown by less than its last decimal tells."""
    digits = shown.partition(",")[2]
    places = next((i for i, sign in enumerate(digits) if not sign.isdigit()), len(digits))
    return abs(value - seen) <= Decimal(5).scaleb(-places - 1)
