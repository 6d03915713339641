"""Files of one submitter and period that came in one pass, or in one .zip: together they are one report.

What they state is joined; where two of them state different values of one figure, neither is believed and
both are asked about (docs/decisions/0035). Real case: a district's police and its health office each send
their own table the same evening, and both hold the column of addicts under management.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chuyenhoa.intake.findings import FindingList, format_cell
from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.submissions import Finding, Reading
from chuyenhoa.pipeline.context import Context
from chuyenhoa.pipeline.receive.changes import format_declaration

NumberedReading = tuple[int, Reading]


@dataclass(frozen=True)
class _Said:
    """One statement of one part, as a text that can be compared and shown."""

    number: int
    reading: Reading
    text: str
    cell_ref: CellRef


Key = tuple[str, str, str]
"""Locality, indicator or criterion, and window; the locality is empty for a text."""


def compare_parts(ctx: Context, parts: Sequence[NumberedReading]) -> Mapping[int, tuple[Finding, ...]]:
    """What the files of one report say against each other, by number; nothing for a single file."""
    if len(parts) < 2:
        return {}
    said: dict[Key, list[_Said]] = {}
    for number, reading in parts:
        for key, entry in _statements(number, reading):
            said.setdefault(key, []).append(entry)
    lists = {number: FindingList(reading.file_name) for number, reading in parts}
    for key, entries in said.items():
        if len({entry.text for entry in entries}) < 2:
            continue
        for entry in entries:
            other = next(o for o in entries if o.text != entry.text)
            _report(ctx, lists[entry.number], key, entry, other)
    return {number: tuple(found.found) for number, found in lists.items()}


def _statements(number: int, reading: Reading) -> Iterator[tuple[Key, _Said]]:
    for seen in reading.observations:
        if seen.is_statement:
            text = "xóa" if seen.value is None else format_number(seen.value)
            yield (
                seen.key,
                _Said(number, reading, text, seen.cell_ref),
            )
    for told in reading.declarations:
        if told.is_statement:
            yield (
                told.key,
                _Said(number, reading, format_declaration(told) or "xóa", told.cell_ref),
            )
    for entry in reading.narratives:
        if entry.text.strip():
            text = " ".join(entry.text.split())
            yield ("", entry.item, ""), _Said(number, reading, text, entry.cell_ref)


def _report(ctx: Context, findings: FindingList, key: Key, entry: _Said, other: _Said) -> None:
    """The finding in the file of `entry`; it names the cell of the other file as well."""
    locality, subject, basis = key
    where, other_where = entry.cell_ref, other.cell_ref
    words = {
        "other": mask_personal(other.reading.file_name),
        "other_where": format_cell(other_where.sheet, other_where.cell),
    }
    if not locality:
        findings.add(
            Code.PART_TEXTS_DIFFER,
            sheet=where.sheet,
            cells=(where.cell,),
            value=entry.text,
            item=subject,
            **words,
        )
        return
    plan = ctx.plan_or_todays(entry.reading.plan)
    known = plan.indicator_by_code.get(subject)
    window = " cùng kỳ" if basis == Basis.BASELINE else ""
    findings.add(
        Code.PARTS_DISAGREE,
        sheet=where.sheet,
        cells=(where.cell,),
        locality=locality,
        indicator=subject if known else "",
        value=entry.text,
        name=plan.locality_by_code[locality].name,
        label=f"“{known.label}”{window}" if known else f"tiêu chí {subject}",
        other_value=other.text,
        **words,
    )
