"""One function per task of the pipeline: ids in, ids out, and the same outcome however often it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chuyenhoa.pipeline.approving import FormError, take_forms
    from chuyenhoa.pipeline.asking import ask_office
    from chuyenhoa.pipeline.assessing import assess_milestone, milestones_to_assess
    from chuyenhoa.pipeline.decisions import check_decision, record_decision
    from chuyenhoa.pipeline.drafts import (
        DraftError,
        describe_drafts,
        documents_awaiting,
        drafts_open,
        list_for_office,
        propose_signer,
    )
    from chuyenhoa.pipeline.handover import write_handover
    from chuyenhoa.pipeline.issuing import issue_documents, list_issued, verify_documents
    from chuyenhoa.pipeline.mailing import LetterError, send_letters
    from chuyenhoa.pipeline.opening import open_period, periods_opening
    from chuyenhoa.pipeline.publishing import check_drafts, freeze_snapshot, render_drafts
    from chuyenhoa.pipeline.receiving import (
        IntakeError,
        batch,
        claim_drops,
        process_batch,
        summarise_intake,
    )

_HOME = {
    "approving": ("FormError", "take_forms"),
    "asking": ("ask_office",),
    "assessing": ("assess_milestone", "milestones_to_assess"),
    "decisions": ("check_decision", "record_decision"),
    "drafts": (
        "DraftError",
        "describe_drafts",
        "documents_awaiting",
        "drafts_open",
        "list_for_office",
        "propose_signer",
    ),
    "handover": ("write_handover",),
    "issuing": ("issue_documents", "list_issued", "verify_documents"),
    "mailing": ("LetterError", "send_letters"),
    "opening": ("open_period", "periods_opening"),
    "publishing": ("check_drafts", "freeze_snapshot", "render_drafts"),
    "receiving": ("IntakeError", "batch", "claim_drops", "process_batch", "summarise_intake"),
}

__all__ = [
    "DraftError",
    "FormError",
    "IntakeError",
    "LetterError",
    "ask_office",
    "assess_milestone",
    "batch",
    "check_decision",
    "check_drafts",
    "claim_drops",
    "describe_drafts",
    "documents_awaiting",
    "drafts_open",
    "freeze_snapshot",
    "issue_documents",
    "list_for_office",
    "list_issued",
    "milestones_to_assess",
    "open_period",
    "periods_opening",
    "process_batch",
    "propose_signer",
    "record_decision",
    "render_drafts",
    "send_letters",
    "summarise_intake",
    "take_forms",
    "verify_documents",
    "write_handover",
]


def __getattr__(name: str) -> Any:
    """Load the module of a function on its first use: a task pays only for what it runs."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"chuyenhoa.pipeline.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
