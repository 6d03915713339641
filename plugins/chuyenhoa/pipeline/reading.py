"""Reads a file by the plan that it belongs to, and holds its figures against that plan's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chuyenhoa.intake import read_submission
from chuyenhoa.model.submissions import Finding, Reading, Severity
from chuyenhoa.pipeline.workplace import Workplace
from chuyenhoa.validation import ValidationReport, validate

NOT_OF_THIS_PLAN = frozenset({"D12", "D13"})
"""Refusals that another plan may not share: no such period here, or another plan named in the file."""


def read_file(place: Workplace, content: bytes, file_name: str, folder: str | None) -> Reading:
    """Read a file by today's plan, or by another one where the file belongs to that.

    `folder` is the inbox folder in which it lay; None for a file that lies in none.
    """
    first = read_submission(content, file_name, place.plan, folder)
    if not first.refused or not any(finding.rule_id in NOT_OF_THIS_PLAN for finding in first.findings):
        return first
    for plan in reversed(list(place.plans.values())):
        if plan.id != place.plan.id:
            other = read_submission(content, file_name, plan, folder)
            if not any(finding.rule_id in NOT_OF_THIS_PLAN for finding in other.findings):
                return other
    return first


def check_readings(
    place: Workplace, readings: Sequence[Reading]
) -> tuple[list[tuple[Finding, ...]], list[ValidationReport]]:
    """All findings of each reading, in the readings' order, and the validation reports, one a plan.

    All files of a plan go through its rules in one frame. Two readings may have the same sha256, where the
    same bytes came to a wrong folder and to the right one: only the usable one has findings by rules.
    """
    by_rules: dict[str, tuple[Finding, ...]] = {}
    reports = []
    for plan in place.plans.values():
        usable = [r for r in readings if r.plan == plan.id and not r.refused and r.observations]
        if usable:
            report = validate(usable, plan, place.rules_of(plan))
            reports.append(report)
            by_rules |= {r.sha256: report.findings_of(r.sha256) for r in usable}
    found = [(*r.findings, *(() if r.refused else by_rules.get(r.sha256, ()))) for r in readings]
    return [explain_warnings(entry, r) for entry, r in zip(found, readings, strict=True)], reports


def explain_warnings(findings: Sequence[Finding], reading: Reading) -> tuple[Finding, ...]:
    """The findings, each warning with the reason that the file itself gives for it (sheet "Giải trình")."""
    reasons = {(j.rule_id, j.locality): j.reason for j in reading.justifications if j.reason.strip()}

    def explained(finding: Finding) -> Finding:
        if finding.severity is not Severity.WARNING:
            return finding
        reason = reasons.get((finding.rule_id, finding.locality)) or reasons.get((finding.rule_id, ""))
        return replace(finding, explanation=reason or "")

    return tuple(map(explained, findings))
