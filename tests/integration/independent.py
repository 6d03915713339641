"""A second calculation, from the dropped workbooks alone: no line of it comes from the pipeline.

It reads the sheets by their code rows with openpyxl and works out the criteria of DESIGN 4 with fractions, so
that a mistake in reading, storing, assessing or rendering shows as a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

MET, NOT_MET, INSUFFICIENT, NOT_APPLICABLE = "met", "not_met", "insufficient", "not_applicable"
GROUPS = ("I", "II", "III", "IV", "V", "VI")
Amounts = Mapping[str, Fraction | None]


@dataclass
class LocalityFigures:
    """What one workbook says of one locality; a blank cell is None."""

    current: dict[str, Fraction | None] = field(default_factory=dict)
    baseline: dict[str, Fraction | None] = field(default_factory=dict)
    declared: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Criterion: the answer as written, and whether number and date of a document stand beside it."""


def read_workbook(path: Path) -> dict[str, LocalityFigures]:
    """Every locality of a filled workbook."""
    book = openpyxl.load_workbook(path, data_only=True)
    found: dict[str, LocalityFigures] = {}
    for row in rows_by_code(book["Số liệu"], "MA_DIA_BAN"):
        found[str(row["MA_DIA_BAN"])] = LocalityFigures(current=_amounts(row))
    for row in rows_by_code(book["Cùng kỳ"], "MA_DIA_BAN"):
        found[str(row["MA_DIA_BAN"])].baseline = _amounts(row)
    for row in rows_by_code(book["Định tính"], "MA_TIEU_CHI"):
        has_document = bool(row.get("SO_VAN_BAN")) and bool(row.get("NGAY_VAN_BAN"))
        answer = str(row.get("KET_QUA") or "")
        found[str(row["MA_DIA_BAN"])].declared[str(row["MA_TIEU_CHI"])] = (answer, has_document)
    return found


def rows_by_code(sheet: Worksheet, code: str) -> list[dict[str, object]]:
    """The rows below the row that holds `code`, each by the codes of that row."""
    header: list[str] | None = None
    rows: list[dict[str, object]] = []
    for values in sheet.iter_rows(values_only=True):
        if header is None:
            texts = ["" if value is None else str(value) for value in values]
            header = texts if code in texts else None
            continue
        row: dict[str, object] = {name: value for name, value in zip(header, values, strict=True) if name}
        if row.get(code) not in (None, ""):
            rows.append(row)
    return rows


def _amounts(row: Mapping[str, object]) -> dict[str, Fraction | None]:
    return {
        name: None if value in (None, "") else Fraction(str(value))
        for name, value in row.items()
        if name not in ("MA_DIA_BAN", "TEN_DIA_BAN", "STT")
    }


def totals(localities: Iterable[LocalityFigures], code: str) -> tuple[Fraction, Fraction]:
    """The sum of an indicator, current and baseline, over the localities that state both."""
    now, then = Fraction(0), Fraction(0)
    for entry in localities:
        current, baseline = entry.current.get(code), entry.baseline.get(code)
        if current is not None and baseline is not None:
            now, then = now + current, then + baseline
    return now, then


def judge(figures: LocalityFigures | None, *, has_guidance: bool) -> dict[str, str]:
    """The verdict on every criterion, on every group and (key "all") on the locality."""
    verdicts = {code: INSUFFICIENT if figures is None else rule(figures) for code, rule in CRITERIA.items()}
    if not has_guidance:
        verdicts["VI.1"] = INSUFFICIENT
    for group in GROUPS:
        verdicts[group] = together([v for code, v in verdicts.items() if code.startswith(f"{group}.")])
    verdicts["all"] = together([verdicts[group] for group in GROUPS])
    return verdicts


def together(verdicts: Iterable[str]) -> str:
    """Not met if one is, else insufficient if one is, else met; those that do not apply are left out."""
    left = [verdict for verdict in verdicts if verdict != NOT_APPLICABLE]
    for worst in (NOT_MET, INSUFFICIENT):
        if worst in left:
            return worst
    return MET if left else NOT_APPLICABLE


Rule = Callable[[LocalityFigures], str]


def _declared(code: str, *, needs_document: bool) -> Rule:
    def rule(figures: LocalityFigures) -> str:
        answer, has_document = figures.declared.get(code, ("", False))
        if answer == "Không áp dụng":
            return NOT_APPLICABLE
        if answer == "Không":
            return NOT_MET
        return MET if answer == "Có" and (has_document or not needs_document) else INSUFFICIENT

    return rule


def _figures(*codes: str, test: Callable[..., bool | None]) -> Rule:
    """A test on current figures, `b.` in front for baseline ones; blank inputs are insufficient."""

    def rule(figures: LocalityFigures) -> str:
        values = [
            figures.baseline.get(code[2:]) if code.startswith("b.") else figures.current.get(code)
            for code in codes
        ]
        if any(value is None for value in values):
            return INSUFFICIENT
        outcome = test(*values)
        return NOT_APPLICABLE if outcome is None else MET if outcome else NOT_MET

    return rule


def _every(*rules: Rule) -> Rule:
    return lambda figures: together(rule(figures) for rule in rules)


def _zero(code: str) -> Rule:
    return _figures(code, test=lambda count: count == 0)


def _no_more(code: str) -> Rule:
    return _figures(code, f"b.{code}", test=lambda now, then: now <= then)


CRITERIA: dict[str, Rule] = {
    "I.1": _declared("I.1", needs_document=True),
    "I.2": _declared("I.2", needs_document=True),
    "II.1": _figures("TTXH_XR", "b.TTXH_XR", test=lambda now, then: now < then if then else now == 0),
    "II.2": _figures(
        "TTXH_KP", "TTXH_XR", test=lambda solved, all_: not all_ or solved / all_ >= Fraction(80, 100)
    ),
    "II.3": _figures(
        "TTXH_RNT_KP",
        "TTXH_DBNT_KP",
        "TTXH_RNT_XR",
        "TTXH_DBNT_XR",
        test=lambda a, b, c, d: not c + d or (a + b) / (c + d) >= Fraction(95, 100),
    ),
    "II.4": _zero("XHD"),
    "II.5": _declared("II.5", needs_document=False),
    "II.6": _figures(
        "TGTB_GQ",
        "TGTB_TON",
        "TGTB_MOI",
        "TGTB_CHUYEN",
        test=lambda done, old, new, away: (
            not old + new - away or done / (old + new - away) >= Fraction(90, 100)
        ),
    ),
    "II.7": _figures("THT_TP", "THT", test=lambda again, all_: not all_ or again / all_ < Fraction(15, 100)),
    "III.1": _figures("NGHIEN_CUOI", "NGHIEN_DAU", test=lambda end, start: end <= start),
    "III.2": _zero("DIEM_MT"),
    "IV.1": _zero("DIEM_NONG"),
    "IV.2": _every(_no_more("TNGT_VU"), _no_more("TNGT_CHET"), _no_more("TNGT_BTH")),
    "IV.3": _zero("CHAY_CHET"),
    "V.1": _every(
        _figures("MH_MOI", "MH_CC", test=lambda new, renewed: new + renewed >= 1),
        _figures("MH_HQ", test=lambda good: good >= 1),
    ),
    "V.2": _figures("HO_TT", "HO_TONG", test=lambda told, all_: told == all_),
    "V.3": _declared("V.3", needs_document=False),
    "VI.1": _figures(
        "KDC_ATANTT", "KDC_TONG", test=lambda safe, all_: safe / all_ >= Fraction(70, 100) if all_ else None
    ),
}
