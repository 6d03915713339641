"""Reads a file by the plan that it belongs to, which need not be today's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from chuyenhoa.intake.findings import load_catalogue
from chuyenhoa.intake.header.reading_words import load_words
from chuyenhoa.intake.reading import read_submission
from chuyenhoa.kit.readers import detect
from chuyenhoa.model.finding_codes import Code
from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading

NOT_OF_THIS_PLAN = frozenset({Code.OWNER_UNKNOWN, Code.OTHER_PLAN})
"""Refusals that another plan may not share: no such period here, or another plan named in the file."""
ENCODINGS = ("utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "cp437", "cp1252", "cp1258", "latin_1", "ascii")


def read_by_plans(plans: Sequence[Plan], content: bytes, file_name: str, folder: str | None) -> Reading:
    """Read a file by the first of the plans, or by another one where the file belongs to that.

    Args:
        plans: today's plan first, the others in the order in which they are to be tried.
        content: the bytes of the file.
        file_name: the name to call it by in messages.
        folder: the inbox folder in which it lay; None for a file that lies in none.
    """
    # Bytes of a name that are no UTF-8 come as halves of signs (surrogateescape), which no JSON can carry.
    file_name = file_name.encode("utf-8", "replace").decode()
    kind = detect(content).value
    first = replace(read_submission(content, file_name, plans[0], folder), kind=kind)
    if not first.refused or not any(finding.rule_id in NOT_OF_THIS_PLAN for finding in first.findings):
        return first
    for plan in plans[1:]:
        other = read_submission(content, file_name, plan, folder)
        if not any(finding.rule_id in NOT_OF_THIS_PLAN for finding in other.findings):
            return replace(other, kind=kind)
    return first


def warm_up(plans: Sequence[Plan]) -> None:
    """Load all that reading needs, before a confined process gives up opening files."""
    load_catalogue()
    load_words()
    for name in ENCODINGS:
        import_module(f"encodings.{name}")
    for plan in plans:
        read_submission(b"", "", plan, None)
