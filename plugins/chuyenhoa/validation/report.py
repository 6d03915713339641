"""What a run of the rules over a batch found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chuyenhoa.model.rules import Rule
from chuyenhoa.model.submissions import Finding


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
    """The outcome for one batch; `findings` is keyed by the sha256 of the file."""

    rules: tuple[Rule, ...]
    rows: int
    """Rows held against the rules: one a file, locality and basis that states at least one figure."""
    files: tuple[CheckedFile, ...]
    counts: tuple[RuleCount, ...]
    findings: Mapping[str, tuple[Finding, ...]]

    def findings_of(self, sha256: str) -> tuple[Finding, ...]:
        """What the rules found in one file, errors first; empty when nothing."""
        return self.findings.get(sha256, ())
