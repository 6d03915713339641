"""Decides which columns of a free table are read, and reports the others that hold figures, with reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chuyenhoa.intake.header.periods import show_window
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.tables.form_rows import Scope
from chuyenhoa.intake.tables.free_tables import BASIS_OF, FreeTable
from chuyenhoa.intake.tables.header_labels import BRACKETS, Meaning
from chuyenhoa.intake.tables.table_header import BASES, Column
from chuyenhoa.intake.tables.vocabulary import Vocabulary, vocabulary_of
from chuyenhoa.intake.values.units import OWN, StatedUnit
from chuyenhoa.model.figures import Basis
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Indicator
from chuyenhoa.plan.names import plain_key

# "Khám phá/Xảy ra", "TNGT (số vụ-chết-bị thương)": one column, several indicators.
JOINED = re.compile(r"\s*[/;+–-]\s*")
YEAR_ALONE = re.compile(r"(?:so lieu )?(?:nam )?20[0-9]{2}")
SILENT = frozenset({Meaning.COMPARED, Meaning.PERCENT})
"""What is computed from figures needs no finding."""
COLUMN_ALONE = frozenset({Code.AMBIGUOUS_COLUMN, Code.OTHER_UNIT_IN_HEADING, Code.NOT_FINAL_FIGURES})
"""Questions about one column: its figures are not read, those of the others stand (docs/decisions/0022)."""


@dataclass(frozen=True)
class Slot:
    """A column that holds one indicator; `basis` None when its headings state no window."""

    column: int
    indicator: Indicator
    basis: Basis | None
    shown: str
    cell: str
    year: str = ""
    """The heading that states its window by a year alone, as “Năm 2020”."""
    unit: StatedUnit = OWN


def read_columns(scope: Scope, table: FreeTable, rows: Sequence[int]) -> list[Slot]:
    """The columns of a table that are read; every other one with figures gets a finding.

        Xảy ra | Khám phá | Chết | Số cuộc họp | Tỷ lệ khám phá (%)
        read   | read     | D74  | D76         | without a word: checked by `stated_percentages`

    Args:
        scope: takes the findings.
        table: the table.
        rows: its rows of data.
    """
    words = vocabulary_of(scope.plan)
    found: dict[tuple[str, Basis | None], list[Slot]] = {}
    odd = []
    for column in table.head.columns:
        slot = _slot(table, column, words)
        if slot is not None:
            found.setdefault((slot.indicator.code, slot.basis), []).append(slot)
            if column.match.is_loose:
                scope.loose.add(slot.indicator.code)
        elif any(_filled(table, row, column) for row in rows):
            odd.append(column)
    clashes = [column for column in odd if column.match.clash]
    report_clashes(scope, table.name, [_clash(table, column) for column in clashes])
    for column in (column for column in odd if not column.match.clash):
        _report(scope, table, column, words, {code for code, _ in found})
    slots = []
    for group in found.values():
        # Only columns with figures contradict each other.
        filled = [slot for slot in group if any(not table.view.is_blank(row, slot.column) for row in rows)]
        if len(filled) > 1:
            _report_twice(scope, table, filled)
        else:
            slots.append((filled or group)[0])
    return _report_bare_years(scope, table, _without_overlap(scope, table, slots))


def _report_bare_years(scope: Scope, table: FreeTable, slots: list[Slot]) -> list[Slot]:
    """The columns without baselines under a bare year, which may be twelve months beside six or eight.

    Beside a column of the plan's own year it means the same window a year before, and the receipt says so:
    "Năm 2021 | Năm 2020" is D100 and read; "6 tháng năm 2021 | Năm 2020" is D72 and left out.
    """
    period = scope.owner.period
    words = {"expected": show_window(period.baseline)}
    years = {slot.indicator.code for slot in slots if slot.year and slot.basis is Basis.CURRENT}
    kept, reported = [], set()
    for slot in slots:
        if not slot.year or slot.basis is not Basis.BASELINE:
            kept.append(slot)
            continue
        is_paired = slot.indicator.code in years
        code = Code.YEAR_READ_AS_BASELINE if is_paired else Code.WRONG_BASELINE_WINDOW
        if (slot.year, code) not in reported:
            reported.add((slot.year, code))
            scope.findings.add(code, sheet=table.name, cells=(slot.cell,), value=slot.year, **words)
        kept += [slot] if is_paired else []
    return kept


@dataclass(frozen=True)
class Clash:
    """A column whose code is one indicator's and whose label another's."""

    cell: str
    """The cell of its code."""
    code: str
    label: str
    """Its headings as the submitter sees them."""
    named: frozenset[str]
    """The indicators that the label names."""


def _clash(table: FreeTable, column: Column) -> Clash:
    (code,) = column.match.codes
    return Clash(table.view.name(column.row, column.index), code, column.label, column.match.clash)


def report_clashes(scope: Scope, sheet: str, clashes: Sequence[Clash]) -> None:
    """One question about all columns of a table in which code and label contradict each other.

    TTXH_XR under "Khám phá" beside TTXH_KP under "Xảy ra": labels or codes were swapped, and which of them
    only their author knows. Neither column is read; the others stand (docs/decisions/0022).
    """
    if not clashes:
        return
    labels = scope.plan.indicator_by_code
    pairs = [
        f"{entry.cell}: mã {entry.code} ({labels[entry.code].label}), tiêu đề “{entry.label}”"
        for entry in clashes
    ]
    scope.findings.add(
        Code.LABEL_OF_ANOTHER_CODE,
        sheet=sheet,
        cells=tuple(entry.cell for entry in clashes),
        locality=f"{sheet} {clashes[0].cell}",
        indicator=clashes[0].code,
        value=clashes[0].label,
        readings="; ".join(pairs),
    )


def _filled(table: FreeTable, row: int, column: Column) -> bool:
    return not table.view.is_blank(row, column.index) and table.view.holds_number(row, column.index)


def _slot(table: FreeTable, column: Column, words: Vocabulary) -> Slot | None:
    """The column as one that is read; None when it must not be."""
    match, meanings = column.match, column.meanings
    is_plain = len(match.codes) == 1 and match.certain and not match.clash
    if not is_plain or meanings - BASES or len(meanings) > 1:
        return None
    (code,) = match.codes
    indicator = words.plan.indicator_by_code[code]
    stated = words.stated_unit(column.unit, table.unit, indicator)
    if stated is None:
        return None
    basis = next((BASIS_OF[meaning] for meaning in meanings), None)
    cell = table.view.name(column.row, column.index)
    # Under its code a column needs no word on how its heading was read.
    shown = indicator.label if column.codes or column.words else column.shown
    return Slot(column.index, indicator, basis, shown, cell, _year_alone(column), stated)


def _year_alone(column: Column) -> str:
    """The heading over a column that is a year and nothing else; "" where there is none."""
    return next((part.text for part in column.parts if YEAR_ALONE.fullmatch(plain_key(part.text))), "")


def _report(scope: Scope, table: FreeTable, column: Column, words: Vocabulary, read: set[str]) -> None:
    """A column with figures that is not read: known as no figure, cumulative, of two meanings, or unknown."""
    indicators = words.plan.indicator_by_code
    meanings = column.meanings
    codes = column.match.codes or _maybe(column, words)
    # "Tăng, giảm", "Tỷ lệ (%)" and "Ghi chú" lose nothing when they are left out.
    if meanings & SILENT or (column.is_known and not meanings):
        return
    code, expected = Code.NOT_AN_INDICATOR, ""
    # Beside the period's own figure a cumulative one is only more than was asked; alone it is all there is.
    if Meaning.CUMULATIVE in meanings:
        code = Code.NOT_AN_INDICATOR if codes & read else Code.CUMULATIVE_FIGURES
    elif Meaning.NOT_FINAL in meanings:
        code = Code.NOT_FINAL_FIGURES if codes - read else Code.NOT_AN_INDICATOR
    elif Meaning.OTHER_YEAR in meanings:
        code = Code.NOT_AN_INDICATOR if codes & read else Code.WINDOW_NOT_IN_PLAN
        expected = ", ".join(period.label for period in scope.plan.periods if period.is_milestone)
    elif (
        len(codes) == 1
        and column.match.certain
        and words.stated_unit(column.unit, table.unit, indicators[min(codes)]) is None
    ):
        code, expected = Code.OTHER_UNIT_IN_HEADING, indicators[min(codes)].unit
    elif codes and not (codes <= read and _qualified(column, words)):
        titles = {section.code: section.title for section in words.plan.sections}
        shown = [f"“{titles[indicators[c].section]}: {indicators[c].label}”" for c in sorted(codes)]
        code, expected = Code.AMBIGUOUS_COLUMN, ", ".join(shown)
    cell = table.view.name(column.row, column.index)
    scope.findings.add(
        code,
        sheet=table.name,
        cells=(cell,),
        locality=_held(table, cell) if code in COLUMN_ALONE else "",
        value=column.shown or "(không có tiêu đề)",
        expected=expected,
        nature=load_words().nature_of(column.shown),
    )


def _held(table: FreeTable, cell: str) -> str:
    """What a question about one column holds back: no locality, only what would have been read of it."""
    return f"{table.name} {cell}"


def _maybe(column: Column, words: Vocabulary) -> frozenset[str]:
    """Indicators that the lowest headings alone would mean."""
    keys = column.keys
    for start in range(len(keys)):
        codes = words.explain(keys[start:]).codes
        if codes:
            return codes
    return _joined(column, words) or _qualified(column, words)


def _qualified(column: Column, words: Vocabulary) -> frozenset[str]:
    """Indicators that a heading names but for brackets that nobody knows: “Thiệt hại tài sản (USD)”."""
    text = column.parts[-1].text if column.parts else ""
    bare = BRACKETS.sub("", text).strip()
    if bare == text.strip():
        return frozenset()
    return words.explain([*(part.key for part in column.parts[:-1] if part.key), words.part(bare).key]).codes


def _joined(column: Column, words: Vocabulary) -> frozenset[str]:
    """Indicators that one heading joins, as “Khám phá/Xảy ra” or “TNGT (vụ-chết-bị thương)”."""
    text = column.parts[-1].text if column.parts else ""
    brackets = BRACKETS.search(text)
    pieces = JOINED.split(brackets[1] if brackets else text)
    over = [part.key for part in column.parts[:-1] if part.key]
    over += [words.part(text[: brackets.start()]).key] if brackets else []
    found = [words.explain([*over, words.part(piece).key]).codes for piece in pieces]
    meant = [codes for codes in found if codes]
    return frozenset().union(*meant) if len(meant) > 1 else frozenset()


def _report_twice(scope: Scope, table: FreeTable, group: Sequence[Slot]) -> None:
    """Columns that are the same indicator in the same window; none of them is read."""
    label = group[0].indicator.label
    scope.findings.add(
        Code.DUPLICATE_INDICATOR,
        sheet=table.name,
        cells=[slot.cell for slot in group],
        locality=_held(table, group[0].cell),
        indicator=group[0].indicator.code,
        value=label,
    )


def _without_overlap(scope: Scope, table: FreeTable, slots: list[Slot]) -> list[Slot]:
    """Of an indicator with a column for a window and one that names none, the latter is the period's own.

    It is when the other one is the baseline; beside a column of the period itself it could be anything.
    """
    bases: dict[str, dict[Basis | None, Slot]] = {}
    for slot in slots:
        bases.setdefault(slot.indicator.code, {})[slot.basis] = slot
    kept = []
    for group in bases.values():
        if None in group and Basis.CURRENT in group:
            _report_twice(scope, table, list(group.values()))
            continue
        kept += list(group.values())
    return kept
