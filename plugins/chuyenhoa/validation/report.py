"""What a run of the rules over a batch found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Finding
from chuyenhoa.validation.findings import Cell, Found, run_isolated


@dataclass(frozen=True)
class RuleCount:
    """How one rule fared: rows that had all its inputs, rows that failed it, files that these come from."""

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
    """Rows held against the rules: one a file, locality and basis that states at least one figure."""
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
            if (settled := run_isolated(entries, self.blamed.get(sha256, frozenset())))
        }

    def findings_of(self, sha256: str) -> tuple[Finding, ...]:
        """What the rules found in one file; empty when nothing."""
        return self.findings.get(sha256, ())

    def joined(self, later: ValidationReport) -> ValidationReport:
        """This report with what a later run of the rules on history found in the same rows."""
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
        return replace(self, counts=counts, found=found)
