"""What a file's findings mean for it: its status, and the localities whose figures are taken."""

from __future__ import annotations

from collections.abc import Sequence

from chuyenhoa.model.submissions import Finding, Reading, Severity, SubmissionStatus


def judge(reading: Reading, findings: Sequence[Finding]) -> tuple[SubmissionStatus, frozenset[str]]:
    """The status of a file and the localities whose figures are taken.

    An error or an unexplained warning on figures holds back the locality that it touches; one that touches
    the whole file holds back everything. Of a file of words alone, what was read of them is taken.
    """
    holding = [finding for finding in findings if finding.holds]
    touched = {finding.locality for finding in holding}
    taken = frozenset[str]() if "" in touched else frozenset(reading.localities) - touched
    if reading.refused:
        return SubmissionStatus.REFUSED, frozenset()
    has_words = not reading.localities and bool(reading.narratives or reading.justifications)
    if holding and not taken and ("" in touched or not has_words):
        return SubmissionStatus.RETURNED, taken
    if holding:
        return SubmissionStatus.PARTLY_ACCEPTED, taken
    if any(finding.severity is Severity.WARNING for finding in findings):
        return SubmissionStatus.ACCEPTED_WITH_WARNINGS, taken
    return SubmissionStatus.ACCEPTED, taken
