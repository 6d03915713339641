"""The findings that a submitter is shown, in the order in which an officer works.

The whole file comes first, then one locality after the other, with like cells joined; findings that only
follow from a faulty cell are left out, and personal data is masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chuyenhoa.feedback.labels import ADVICE_START, CHECK_REMEDY, ERROR_REMEDY, REASON_REMEDY, WINDOWS
from chuyenhoa.kit.ooxml.xlsx_cells import CellAddress, parse_address
from chuyenhoa.model import form, personal
from chuyenhoa.model.submissions import SEVERITY_ORDER, Finding, Severity

_EMAIL = re.compile(r"(?<![^\s<>])[^\s@<>]{1,80}@[^\s@<>]{1,80}\.[A-Za-z]{2,}")
# Not behind the short forms of place names: "TP. Rạch Giá, P. An Hòa: sai số. Sửa lại." has two sentences.
_SENTENCE_END = re.compile(r"(?<!\bTP)(?<!\bTX)(?<!\bTT)(?<!\bP)(?<!\bX)(?<!\bH)[.!?]\s+|\n+")
# What a rule on other reports says behind the value that it repeats:
#   "… (ô D7) ghi 3, nhỏ hơn số 5 của báo cáo tháng 5 đã nhận (ô D7, tệp a.xlsx), …": "nhỏ hơn … nhận"
_BEHIND_VALUE = re.compile(r"\bghi (?:“[^”]*”|-?[\d.,]*\d), (.+?)(?: \((?=[^)]*\bô )|$)")
# Sorts findings without a cell, or with one that cannot be read, behind all cells of their sheet.
_LAST = CellAddress(2_000_000, 0)
_SHEETS = {name: number for number, name in enumerate(form.HEAD_ROWS)}
_Spot = tuple[str, str]
# What the codes of the gates and the reader begin with; all others are rules on figures.
_READER = "D"


@dataclass(frozen=True)
class Item:
    """A cell of a group: its address, what is asked there (an indicator's label) and what stands in it.

    `note` is what is wrong with just this value, where the group as a whole does not say it.
    """

    cell: str
    label: str = ""
    value: str = ""
    note: str = ""


@dataclass(frozen=True)
class FindingGroup:
    """Findings that say the same about one locality, with all their cells."""

    severity: Severity
    rule_id: str
    locality: str
    """Name of the locality; empty for the whole file."""
    locality_code: str
    sheet: str
    window: str
    """Which figures they are about: of the period, or of the window compared with; empty when of neither."""
    problem: str
    remedy: str
    items: tuple[Item, ...]
    needs_reason: bool
    justification: str
    """The submitter's reason for a warning, personal data masked; empty when none was given."""


@dataclass(frozen=True)
class Labels:
    """What ids mean in words: localities in the plan's order, indicators, and short titles of rules."""

    localities: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """Findings that are not shown, because fixing their root may well end them, and the roots' cells."""

    findings: tuple[Finding, ...] = ()
    cells: tuple[str, ...] = ()


def mask_personal(text: str) -> str:
    """`text` with every telephone, CCCD, CMND number and e-mail address replaced by a notice.

    The reader masks such cells before anything else sees them; this is the second lock on the same door,
    since a file name or a message could still carry it.
    """
    return _EMAIL.sub(personal.MASK, personal.mask_personal(text))


def places_of(finding: Finding) -> Iterator[tuple[str, str]]:
    """Sheet and address text of every cell of a finding; a cell that names no sheet is on the finding's."""
    for cell in finding.cells:
        sheet, bang, address = cell.rpartition("!")
        yield (sheet.strip("'").replace("''", "'"), address) if bang else (finding.sheet, cell)


def is_explained(finding: Finding) -> bool:
    """Whether the submitter has given a reason for a warning; an error is to be fixed whatever is said."""
    return bool(_reason_for(finding))


def split_message(finding: Finding) -> tuple[str, str]:
    """What is wrong, and what to do.

    A message is parted where its first sentence of advice begins; where none is known as such, before its
    last sentence, since messages end with what to do. A single sentence gets the advice that holds for its
    severity; a note asks for nothing.
    """
    message = mask_personal(finding.message.strip())
    ends = [end.end() for end in _SENTENCE_END.finditer(message)]
    advice = [end for end in ends if ADVICE_START.match(message, end)]
    if not advice and finding.severity is not Severity.NOTE:
        advice = ends[-1:]
    if advice:
        return message[: advice[0]].rstrip(), message[advice[0] :].strip()
    if finding.severity is Severity.NOTE:
        return message, ""
    if finding.severity is Severity.WARNING:
        remedy = REASON_REMEDY if finding.needs_reason else CHECK_REMEDY
        return message, remedy.format(rule_id=finding.rule_id)
    return message, ERROR_REMEDY


def drop_name(problem: str, name: str) -> str:
    """`problem` without the locality's name (and window) in front, for a table with columns for these."""
    # "Phường An Hòa (sheet Cùng kỳ): sai." and "Phường An Hòa, Số vụ: sai." lose the name.
    # "Phường An Hòa Đông: sai." and "Phường An Hòa (30766) sai." keep it: no new clause follows.
    found = (
        re.match(rf"{re.escape(name)}(?: \((?:sheet [^()]+|số liệu cùng kỳ)\))?[:,] ", problem)
        if name
        else None
    )
    rest = problem[found.end() :] if found else problem
    return rest[:1].upper() + rest[1:]


def name_locality(finding: Finding, names: Mapping[str, str]) -> str:
    """The locality's name; "" for the whole file, and where a cell stands in for an unknown locality."""
    return "" if is_stand_in(finding) else names.get(finding.locality, finding.locality)


def is_stand_in(finding: Finding) -> bool:
    """Whether a finding names its cell where a locality would stand: it holds back none."""
    return finding.locality == f"{finding.sheet} {finding.cell}"


_SheetOrder = tuple[int, list[tuple[int, str]]]


def _sheet_order(name: str) -> _SheetOrder:
    """Where a sheet stands among others: "Số liệu" before "Cùng kỳ", "Biểu 2" before "Biểu 10"."""
    # Hand-made sheets of the window compared with come behind the others as well ("Biểu 1 cùng kỳ").
    baseline = _SHEETS[form.BASELINE_SHEET]
    rank = _SHEETS.get(name, baseline if form.BASELINE_SHEET.casefold() in name.casefold() else -1)
    pieces = re.findall(r"\d+|\D+", name)
    return rank, [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def order_findings(findings: Iterable[Finding], locality_names: Mapping[str, str]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; in each whole file, localities in the plan's order, sheet, cell, rule.

    Sheets of the form come in its own order: figures of the period before those compared with, reasons last.
    """
    position = {code: number for number, code in enumerate(locality_names)}

    def key(finding: Finding) -> tuple[int, int, _SheetOrder, CellAddress, str, str, str]:
        # A question on a column names its cell in place of a locality: it is about the whole file.
        is_whole = not finding.locality or is_stand_in(finding)
        place = -1 if is_whole else position.get(finding.locality, len(position))
        cell = parse_address(finding.cell) or _LAST
        where = (place, _sheet_order(finding.sheet), cell, finding.locality)
        return (SEVERITY_ORDER[finding.severity], *where, finding.rule_id, finding.message)

    return tuple(sorted(findings, key=key))


def group_findings(findings: Iterable[Finding], labels: Labels) -> tuple[FindingGroup, ...]:
    """Findings in working order, those that say the same of one locality and sheet made one.

    The same mistake in several cells is one group under the title of its rule, each cell with its indicator
    and what stands there. Warnings to which different reasons were given stay apart, so that each reason
    stands at its cells.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in order_findings(findings, labels.localities):
        has_one_cell = len(finding.cells) == 1 and finding.rule_id in labels.titles
        same = split_message(finding)[1] if has_one_cell else finding.message
        where = (finding.rule_id, finding.locality, finding.sheet)
        key = (finding.severity, *where, has_one_cell, same, _reason_for(finding))
        groups.setdefault(key, []).append(finding)
    return tuple(_as_group(members, labels) for members in groups.values())


def _as_group(members: Sequence[Finding], labels: Labels) -> FindingGroup:
    first = members[0]
    problem, remedy = split_message(first)
    are_several = len({member.message for member in members}) > 1
    if are_several:
        problem = f"{labels.titles[first.rule_id]}."
    problem = drop_name(problem, labels.localities.get(first.locality, ""))
    return FindingGroup(
        severity=first.severity,
        rule_id=first.rule_id,
        locality=name_locality(first, labels.localities),
        locality_code=first.locality if first.locality in labels.localities else "",
        sheet=first.sheet,
        window=WINDOWS.get(first.sheet, ""),
        problem=problem,
        remedy=remedy,
        items=_items_of(members, labels, with_notes=are_several),
        needs_reason=first.needs_reason,
        justification=mask_personal(_reason_for(first)),
    )


def _items_of(members: Sequence[Finding], labels: Labels, *, with_notes: bool) -> tuple[Item, ...]:
    """Every cell once; only the first cell of a finding is that of its indicator and value."""
    items: dict[str, Item] = {}
    for member in members:
        for number, (sheet, address) in enumerate(places_of(member)):
            cell = address if sheet == member.sheet else f"{sheet}!{address}"
            label = labels.indicators.get(member.indicator, "")
            note = _note_of(member) if with_notes else ""
            item = Item(cell, label, mask_personal(member.value), note) if number == 0 else Item(cell)
            if not items.get(cell, Item(cell)).value:
                items[cell] = item
    return tuple(items.values())


def _note_of(finding: Finding) -> str:
    """What a message says behind the value that it repeats, as in "nhỏ hơn số 3 của báo cáo tháng 5"."""
    found = _BEHIND_VALUE.search(split_message(finding)[0])
    return found[1].rstrip(" .;,") if found else ""


def _reason_for(finding: Finding) -> str:
    return finding.justification.strip() if finding.severity is Severity.WARNING else ""


def part_follow_ons(
    findings: Sequence[Finding], cellwise: Container[str]
) -> tuple[tuple[Finding, ...], LeftOut]:
    """Part findings into those to act on and those that follow from them.

    A cell is a root when an error says that the cell by itself is wrong: its text cannot be read, or a rule
    on single cells refuses it (negative, zero households). What rules say of such a cell beside others (a
    sum, a jump) is a follow-on: the next version is checked again. Rules that compare sound cells with each
    other are all shown, since any cell of them may be the one to fix.

    Args:
        findings: all findings of a file; their order is kept.
        cellwise: ids of the rules that check a cell by itself.
    """
    # Reader first, then rules, each in the order given: a cell that cannot be read has no value, so what a
    # rule says of it is the follow-on, never the cause. Of two rules on one cell the first is the root:
    #   D7 "12a"  D33 Không phải là số   <- root, shown
    #   D7        E01 Số âm              <- left out, because of D7
    roots: dict[_Spot, tuple[int, str]] = {}
    for position, finding in sorted(enumerate(findings), key=lambda entry: not _is_read(entry[1])):
        if _is_root(finding, cellwise):
            for spot, shown in _spots(finding):
                roots.setdefault(spot, (position, shown))
    kept, left = [], []
    causes: dict[str, None] = {}
    for position, finding in enumerate(findings):
        found = [roots[spot] for spot, _ in _spots(finding) if spot in roots]
        if _is_read(finding) or not found or any(root == position for root, _ in found):
            kept.append(finding)
        else:
            left.append(finding)
            causes.update({shown: None for _, shown in found})
    return tuple(kept), LeftOut(tuple(left), tuple(causes))


def _is_read(finding: Finding) -> bool:
    return finding.rule_id.startswith(_READER)


def _is_root(finding: Finding, cellwise: Container[str]) -> bool:
    return finding.severity is Severity.ERROR and (_is_read(finding) or finding.rule_id in cellwise)


def _spots(finding: Finding) -> Iterable[tuple[_Spot, str]]:
    """Every cell of a finding: what it is compared by, and as it is shown."""
    for sheet, address in places_of(finding):
        key = (unicodedata.normalize("NFC", sheet).strip().casefold(), address.replace("$", "").upper())
        yield key, f"{sheet}!{address}" if sheet else address
