"""One function per task of the pipeline: ids in, ids out, and the same outcome however often it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chuyenhoa.pipeline.assessing import assess_milestone, milestones_to_assess
    from chuyenhoa.pipeline.decisions import check_decision, record_decision
    from chuyenhoa.pipeline.mailing import LetterError, send_letters
    from chuyenhoa.pipeline.opening import open_period, periods_opening
    from chuyenhoa.pipeline.publishing import (
        DraftError,
        check_drafts,
        describe_drafts,
        documents_awaiting,
        freeze_snapshot,
        issue_documents,
        render_drafts,
    )
    from chuyenhoa.pipeline.receiving import (
        IntakeError,
        batch,
        claim_drops,
        process_batch,
        summarise_intake,
    )

_HOME = {
    "assessing": ("assess_milestone", "milestones_to_assess"),
    "decisions": ("check_decision", "record_decision"),
    "mailing": ("LetterError", "send_letters"),
    "opening": ("open_period", "periods_opening"),
    "publishing": (
        "DraftError",
        "check_drafts",
        "describe_drafts",
        "documents_awaiting",
        "freeze_snapshot",
        "issue_documents",
        "render_drafts",
    ),
    "receiving": ("IntakeError", "batch", "claim_drops", "process_batch", "summarise_intake"),
}

__all__ = [
    "DraftError",
    "IntakeError",
    "LetterError",
    "assess_milestone",
    "batch",
    "check_decision",
    "check_drafts",
    "claim_drops",
    "describe_drafts",
    "documents_awaiting",
    "freeze_snapshot",
    "issue_documents",
    "milestones_to_assess",
    "open_period",
    "periods_opening",
    "process_batch",
    "record_decision",
    "render_drafts",
    "send_letters",
    "summarise_intake",
]


def __getattr__(name: str) -> Any:
    """Load the module of a function on its first use: a task pays only for what it runs."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"chuyenhoa.pipeline.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
