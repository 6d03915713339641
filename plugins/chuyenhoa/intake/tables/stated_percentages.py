"""Checks percentages that a free table states ("Tỷ lệ khám phá") against those of its own figures (W26)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from chuyenhoa.intake.tables.columns import Slot
from chuyenhoa.intake.tables.figures import show_value
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.free_rows import DataRow
from chuyenhoa.intake.tables.free_tables import FreeTable
from chuyenhoa.intake.tables.header_labels import NUMBERING
from chuyenhoa.intake.tables.table_header import Column
from chuyenhoa.intake.tables.vocabulary import Vocabulary
from chuyenhoa.kit.readers.book import Flaw, name_cell
from chuyenhoa.model.criteria import RatioMeasure, Term
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Locality, Plan
from chuyenhoa.plan.names import plain_key

# "Tỷ lệ khám phá (%)", "Tỉ lệ điều tra khám phá", "Phần trăm …"; empty for a bare "Tỷ lệ (%)" or "(%)".
PERCENTAGE_HEADING = re.compile(r"t[iy] le(?: phan tram)?\b ?(?:dieu tra )?(.*)|phan tram (.*)|")
MAX_APART = Decimal("0.1")
"""Points by which a stated percentage may differ from the computed one (domain 2.3)."""
HUNDREDTH = Decimal("0.01")
NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")
ValueOf = Callable[[str], Decimal | None]


@dataclass(frozen=True)
class StatedPercentage:
    """A column of percentages, and what they are percentages of."""

    column: int
    label: str
    measure: RatioMeasure


def find_stated_percentages(table: FreeTable, slots: list[Slot], words: Vocabulary) -> list[StatedPercentage]:
    """The columns that state a percentage which the plan's criteria work out.

    A heading names the numerator ("Tỷ lệ khám phá"), or stands behind its column ("Khám phá", "Tỷ lệ (%)").
    """
    ratios = _ratios(words.plan)
    by_column = {slot.column: slot.indicator.code for slot in slots}
    found = []
    for column in table.head.columns:
        if not column.parts or column.index in by_column:
            continue
        numerator = _percentage_of(column)
        if numerator is None:
            continue
        over = [part.key for part in column.parts[:-1] if part.key]
        codes = (
            words.explain([*over, numerator]).codes if numerator else {by_column.get(column.index - 1, "")}
        )
        known = [code for code in codes if code in ratios]
        if len(known) == 1:
            found.append(StatedPercentage(column.index, column.shown, ratios[known[0]]))
    return found


def _percentage_of(column: Column) -> str | None:
    """What a heading says it is a percentage of, "" when it does not say; None for no percentage."""
    text = NUMBERING.sub("", column.parts[-1].text)
    key = plain_key(text)
    match = PERCENTAGE_HEADING.fullmatch(key)
    if match is None or (not key and "%" not in text):
        return None
    return (match[1] or match[2] or "").removesuffix(" dat").strip()


def _ratios(plan: Plan) -> Mapping[str, RatioMeasure]:
    """The ratios of the plan's criteria by the one indicator over the line."""
    return {
        criterion.measure.numerator[0].indicator: criterion.measure
        for criterion in plan.all_criteria
        if isinstance(criterion.measure, RatioMeasure) and len(criterion.measure.numerator) == 1
    }


def check_stated_percentage(
    scope: Scope,
    table: FreeTable,
    row: DataRow,
    locality: Locality,
    percentage: StatedPercentage,
    value_of: ValueOf,
) -> Normalisation | None:
    """Check one stated percentage against the figures of its row; it is never data.

    Returns:
        What was stated and what was computed, for the receipt; None when either is missing.
    """
    view = table.view
    value, mark = view.value(row.row, percentage.column), view.mark(row.row, percentage.column)
    shown = show_value(value, mark)
    stated = _read(shown)
    exact = _work_out(percentage.measure, value_of)
    if stated is None or exact is None or (mark and mark.flaw is not Flaw.PERCENT):
        return None
    # 0.8 in a cell without the format of a percentage is 80 %; with the format `show_value` made 80 of it.
    if not mark and isinstance(value, float) and 0 < stated <= 1 < exact:
        stated *= 100
    cell = name_cell(*view.turn(row.row, percentage.column))
    rounded = exact.quantize(HUNDREDTH, ROUND_HALF_UP)
    text = f"{rounded}".replace(".", ",") + "%"
    if abs(stated - exact) > MAX_APART:
        scope.findings.add(
            Code.STATED_PERCENTAGE_DIFFERS,
            sheet=table.name,
            cells=(cell,),
            locality=locality.code,
            value=shown,
            name=locality.name,
            label=percentage.label,
            expected=text,
        )
    why = "tỷ lệ được tính lại, không lấy làm số liệu"
    # 66,66 for 66,67: cut off and not rounded. The difference is within what is allowed; the receipt says
    # which.
    if stated != rounded and stated == exact.quantize(HUNDREDTH, ROUND_DOWN):
        why = "tỷ lệ bị cắt bớt, không làm tròn; được tính lại, không lấy làm số liệu"
    return Normalisation(CellRef(table.name, cell), shown, text, why)


def _read(shown: str) -> Decimal | None:
    text = shown.replace("%", "").strip()
    try:
        return Decimal(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def _work_out(measure: RatioMeasure, value_of: ValueOf) -> Decimal | None:
    """The exact percentage; None where a figure is missing or nothing is counted."""
    top, bottom = _sum(measure.numerator, value_of), _sum(measure.denominator, value_of)
    return None if top is None or not bottom else 100 * top / bottom


def _sum(terms: tuple[Term, ...], value_of: ValueOf) -> Decimal | None:
    values = [(term, value_of(term.indicator)) for term in terms]
    total = Decimal(0)
    for term, value in values:
        if value is None:
            return None
        total += -value if term.sign < 0 else value
    return total
