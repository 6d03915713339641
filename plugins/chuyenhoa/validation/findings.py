"""What a run of the rules found: findings with sheet, cells and message, and counts per rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import cast

from chuyenhoa.kit.vietnamese_text.formatting import format_number
from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.history import RowHistory
from chuyenhoa.model.personal import mask_personal
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.rules import HISTORY_PREFIXES, Rule, split_column
from chuyenhoa.model.submissions import SEVERITY_ORDER, Finding, Reading, Severity
from chuyenhoa.plan.rules import (
    CELLWISE,
    PAIRS_CHANGE,
    PAIRS_EQUAL,
    PAIRS_NOT_BELOW,
    PAIRWISE,
    PLACEHOLDER,
    WHOLE,
)

Cell = tuple[str, str]
"""Sheet and address."""


class ValidationFault(RuntimeError):  # noqa: N818  (a fault is ours; an error is a finding's severity)
    """Rules could not run as the suites state them: our fault, and nothing of the batch counts as checked."""


@dataclass(frozen=True)
class Row:
    """The figures of one locality in one window of one file; a blank figure is not in `values`."""

    sha256: str
    locality: str
    basis: Basis
    values: Mapping[str, Decimal] = field(default_factory=dict)
    places: Mapping[str, CellRef] = field(default_factory=dict)
    history: RowHistory = field(default_factory=dict)
    """Where the figures of other reports come from that stand in `values`, by column."""
    window_end: date | None = None
    """The last day of the reporting window, by which dated rules are chosen; None when it is unknown."""


@dataclass(frozen=True)
class Found:
    """A finding with the cells of its own file that it depends on, and its place among the others."""

    finding: Finding
    cells: frozenset[Cell]
    order: tuple[int, int, int]
    """Severity, row within the file, rule."""


def collect_findings(
    rows: Sequence[Row], failed: Mapping[str, Sequence[int]], rules: Sequence[Rule], plan: Plan
) -> dict[str, tuple[Found, ...]]:
    """The findings by the sha256 of their file, follow-ons included."""
    found: dict[str, list[Found]] = {}
    index, seen = [], Counter[str]()
    for row in rows:
        index.append(seen[row.sha256])
        seen[row.sha256] += 1
    for number, rule in enumerate(rules):
        for position in failed[rule.key]:
            row = rows[position]
            for finding, cells in _findings_of_row(rule, row, plan):
                order = (SEVERITY_ORDER[finding.severity], index[position], number)
                found.setdefault(row.sha256, []).append(Found(finding, cells, order))
    return {sha256: tuple(entries) for sha256, entries in found.items()}


def drop_follow_ons(found: Sequence[Found], blamed: frozenset[Cell]) -> tuple[Finding, ...]:
    """The findings of one file: errors first, then in the order of the rows and the rules.

    A warning on a cell that has an error anyway is left out: correcting the cell may settle it. `blamed` are
    the cells in which the reader found an error.
    """
    wrong = blamed.union(*(entry.cells for entry in found if entry.finding.severity is Severity.ERROR))
    kept = [
        entry for entry in found if entry.finding.severity is not Severity.WARNING or not entry.cells & wrong
    ]
    return tuple(entry.finding for entry in sorted(kept, key=lambda entry: entry.order))


def _findings_of_row(rule: Rule, row: Row, plan: Plan) -> Iterator[tuple[Finding, frozenset[Cell]]]:
    """One finding for the row, or one per bad cell or pair where the rule checks each by itself.

    None where all figures are from other files: that was said when those came.
    """
    # A rule on single cells or pairs is one expectation over all columns: GX names the row, not the cell.
    parts: list[tuple[str, ...]] = [rule.columns]
    if rule.kind in PAIRWISE:
        parts = [pair for pair in pairs_of(rule) if _is_bad_pair(rule, row, *pair)]
    elif rule.kind in CELLWISE:
        parts = [(c,) for c in rule.columns if c in row.values and _is_bad(rule, row.values[c])]
    if not parts:
        raise ValidationFault(f"Rule {rule.rule_id} failed for {row.locality}, but no cell of it is wrong.")
    for columns in parts:
        own = _own_cells(row, columns)
        if own:
            yield _finding(rule, row, plan, columns), own


def pairs_of(rule: Rule) -> list[tuple[str, str]]:
    """The pairs that a pairwise rule compares."""
    half = len(rule.columns) // 2
    return list(zip(rule.columns[:half], rule.columns[half:], strict=True))


def _is_bad_pair(rule: Rule, row: Row, first: str, second: str) -> bool:
    """Whether a single pair, both of it filled in, breaks a pairwise rule."""
    if first not in row.values or second not in row.values:
        return False
    one, other = row.values[first], row.values[second]
    if rule.kind == PAIRS_CHANGE:
        return _is_jump(rule, one, other)
    if rule.kind == PAIRS_EQUAL:
        return one != other
    return one < other if rule.kind == PAIRS_NOT_BELOW else one > other


def _is_jump(rule: Rule, now: Decimal, then: Decimal) -> bool:
    """Whether a figure is more than so many times another one, or fell to nothing; small ones never are."""
    factor, floor = cast("int", rule.kwargs["factor"]), cast("int", rule.kwargs["floor"])
    return max(now, then) >= floor and (now > factor * then or (now == 0 and then > 0))


def _is_bad(rule: Rule, value: Decimal) -> bool:
    """Whether a single cell breaks a cellwise rule."""
    return value < 0 or (rule.kind == WHOLE and value % 1 != 0)


def _own_cells(row: Row, columns: Sequence[str]) -> frozenset[Cell]:
    """The cells of the row's own file; a column of its history has the cell of another file."""
    own = [row.places[column] for column in columns if column not in row.history]
    return frozenset((place.sheet, place.cell) for place in own)


def _finding(rule: Rule, row: Row, plan: Plan, columns: Sequence[str]) -> Finding:
    """The finding; only cells of the first cell's sheet are listed, the message names the others."""
    # The first of the file's own: where the other one came before, this is the cell that was filled in now.
    first = next(column for column in columns if column not in row.history)
    code = split_column(first)[1]
    sheet, cell = row.places[first].sheet, row.places[first].cell
    listed = sorted(_own_cells(row, columns), key=lambda place: _position(place, row, columns))
    locality = plan.locality_by_code.get(row.locality)
    words = {
        "chi_tieu": plan.indicator_by_code[code].label,
        "ma_chi_tieu": code,
        "gia_tri": format_number(row.values[first]),
        "o": cell,
    }
    if rule.kind in PAIRWISE:
        other = columns[1] if first == columns[0] else columns[0]
        label = plan.indicator_by_code[split_column(other)[1]].label
        words |= words_of_other(row, other, label)
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.severity,
        message=render_message(rule, row, locality.name if locality else row.locality, words),
        sheet=sheet,
        cells=tuple(address for name, address in listed if name == sheet),
        locality=row.locality,
        indicator=code,
        value=f"{row.values[first].normalize():f}",
    )


def _position(place: Cell, row: Row, columns: Sequence[str]) -> int:
    """The index of the first column of a rule that has a cell."""
    return [(row.places[column].sheet, row.places[column].cell) for column in columns].index(place)


def render_message(rule: Rule, row: Row, locality_name: str, words: Mapping[str, str]) -> str:
    """The message of a rule for one row.

    A placeholder is an indicator code (its number), `cell:<CODE>` (its cell), `arg:<name>` (an argument of
    the expectation), `dia_ban` (the locality, and for the baseline its sheet), `quy_tac` or one of `words`.

    Raises:
        ValidationFault: the template names something that the rule does not have.
    """

    def fill(match: re.Match[str]) -> str:
        word = match.group(1)
        if word in known:
            return known[word]
        if word.startswith("arg:") and word[4:] in rule.kwargs:
            return str(rule.kwargs[word[4:]])
        if word.startswith("cell:") and word[5:] in row.places:
            return _shown_cell(row, word[5:])
        if word in row.values:
            return format_number(row.values[word])
        raise ValidationFault(
            f"Rule {rule.rule_id}: the message names {{{word}}}, which row {row.locality} lacks."
        )

    known = {"dia_ban": _where(row, locality_name), "quy_tac": rule.rule_id, **words}
    return PLACEHOLDER.sub(fill, rule.message)


def _shown_cell(row: Row, column: str) -> str:
    """The address of a cell; of a figure that another file stated, with the name of that file."""
    past, cell = row.history.get(column), row.places[column].cell
    if past is None or split_column(column)[0] in HISTORY_PREFIXES:  # its rule names the file by itself
        return cell
    return f"{cell} (tệp “{mask_personal(past.sources[0].file_name)}”)"


def _where(row: Row, locality_name: str) -> str:
    """The locality; for a baseline row with its sheet: `D7` of "Cùng kỳ" is not `D7` of "Số liệu"."""
    if row.basis is Basis.CURRENT:
        return locality_name
    sheets = {row.places[c].sheet for c in row.values if c not in row.history and row.places[c].sheet}
    return f"{locality_name} (sheet {min(sheets)})" if sheets else f"{locality_name} (số liệu cùng kỳ)"


def words_of_other(row: Row, column: str, label: str) -> Mapping[str, str]:
    """The placeholders of a message for the figure in `column`: of other reports, or of the same file."""
    past = row.history.get(column)
    sources = past.sources if past else ()
    own = [] if past else [f"{row.places[column].sheet}!{row.places[column].cell}"]
    return {
        "chi_tieu_kia": label,
        "gia_tri_kia": format_number(row.values[column]),
        "o_kia": "; ".join(
            dict.fromkeys([*own, *(f"{s.cell_ref.sheet}!{s.cell_ref.cell}" for s in sources)])
        ),
        "tep_kia": ", ".join(
            f"“{name}”" for name in dict.fromkeys(mask_personal(source.file_name) for source in sources)
        ),
        "ky_kia": ", ".join(dict.fromkeys(source.period for source in sources)),
        "cac_ky": "; ".join(f"{source.period}: {format_number(source.value)}" for source in sources),
    }


@dataclass(frozen=True)
class RuleCount:
    """The outcome of one rule: rows with its inputs, rows that failed it, files that these come from."""

    rule: Rule
    rows_checked: int
    rows_failed: int
    files_failed: int


@dataclass(frozen=True)
class CheckedFile:
    """One file of the batch, with the number of its rows that held at least one figure."""

    sha256: str
    file_name: str
    submitter: str
    period: str
    rows: int


@dataclass(frozen=True)
class ValidationReport:
    """The outcome for one batch; `found` and `blamed` are keyed by the sha256 of the file."""

    rules: tuple[Rule, ...]
    rows: int
    """Rows checked: one per file, locality and basis with at least one figure."""
    files: tuple[CheckedFile, ...]
    counts: tuple[RuleCount, ...]
    found: Mapping[str, tuple[Found, ...]]
    blamed: Mapping[str, frozenset[Cell]]
    """The cells in which the reader found an error."""

    @cached_property
    def findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """What the rules found by file: errors first, without warnings on cells that are wrong anyway."""
        return {
            sha256: settled
            for sha256, entries in self.found.items()
            if (settled := drop_follow_ons(entries, self.blamed.get(sha256, frozenset())))
        }

    def findings_of(self, sha256: str) -> tuple[Finding, ...]:
        """What the rules found in one file; empty when nothing."""
        return self.findings.get(sha256, ())

    def joined(self, later: ValidationReport) -> ValidationReport:
        """This report with what a later run found: in the same rows by history rules, or in other files."""
        counts = tuple(
            RuleCount(
                one.rule,
                one.rows_checked + other.rows_checked,
                one.rows_failed + other.rows_failed,
                one.files_failed + other.files_failed,
            )
            for one, other in zip(self.counts, later.counts, strict=True)
        )
        found = {
            sha256: (*self.found.get(sha256, ()), *later.found.get(sha256, ()))
            for sha256 in dict.fromkeys((*self.found, *later.found))
        }
        known = {file.sha256 for file in self.files}
        new = tuple(file for file in later.files if file.sha256 not in known)
        return replace(
            self,
            rows=self.rows + sum(file.rows for file in new),
            files=(*self.files, *new),
            counts=counts,
            found=found,
            blamed={**self.blamed, **later.blamed},
        )

    def corrected(self, later: ValidationReport) -> ValidationReport:
        """This report with the findings of some of its files replaced by those of a later run."""
        renewed = {file.sha256 for file in later.files}
        kept = {sha256: entries for sha256, entries in self.found.items() if sha256 not in renewed}
        return replace(self, found={**kept, **later.found})


def build_report(
    readings: Sequence[Reading],
    rows: Sequence[Row],
    plan: Plan,
    rules: Sequence[Rule],
    failed: Mapping[str, Sequence[int]],
    ran: Set[str],
) -> ValidationReport:
    """The report of a run; `failed`: positions of rows by rule key, `ran`: the keys of the rules that ran."""
    return ValidationReport(
        rules=tuple(rules),
        rows=len(rows),
        files=_checked_files(readings, rows),
        counts=tuple(_count(rule, rows if rule.key in ran else (), failed[rule.key]) for rule in rules),
        found=collect_findings(rows, failed, rules, plan),
        blamed={r.sha256: _blamed_cells(r) for r in readings if not r.refused},
    )


def _blamed_cells(reading: Reading) -> frozenset[Cell]:
    """The cells in which the reader found an error."""
    return frozenset(
        (finding.sheet, cell)
        for finding in reading.findings
        if finding.severity is Severity.ERROR
        for cell in finding.cells
    )


def _checked_files(readings: Sequence[Reading], rows: Sequence[Row]) -> tuple[CheckedFile, ...]:
    """Every file that was not refused, the same bytes once; its name without personal data."""
    per_file = Counter(row.sha256 for row in rows)
    files: dict[str, CheckedFile] = {}
    for reading in readings:
        if not reading.refused:
            entry = CheckedFile(
                reading.sha256,
                mask_personal(reading.file_name),
                reading.submitter,
                reading.period,
                per_file[reading.sha256],
            )
            files.setdefault(reading.sha256, entry)
    return tuple(files.values())


def _count(rule: Rule, rows: Sequence[Row], failed: Sequence[int]) -> RuleCount:
    """How many rows a rule in force had the inputs of, and how many of them failed."""
    # Counted here, because Great Expectations counts rows that it skipped as passed (docs/decisions/0003).
    checked = sum(rule.is_in_force(row.window_end) and _has_inputs(rule, row) for row in rows)
    if len(failed) > checked:
        raise ValidationFault(
            f"Rule {rule.rule_id} failed {len(failed)} rows, but only {checked} had its inputs."
        )
    return RuleCount(rule, checked, len(failed), len({rows[position].sha256 for position in failed}))


def _has_inputs(rule: Rule, row: Row) -> bool:
    """Whether the row has the cells that the rule needs: one of them, a whole pair, or all."""
    if rule.kind in PAIRWISE:
        return any(all(column in row.values for column in pair) for pair in pairs_of(rule))
    enough = any if rule.kind in CELLWISE else all
    return enough(column in row.values for column in rule.columns)
