"""What a submitter gets back: the receipt for every file, and the workbook with its cells marked."""

from __future__ import annotations

from chuyenhoa.feedback.grouping import part_follow_ons
from chuyenhoa.feedback.marked import MarkError, mark_workbook
from chuyenhoa.feedback.receipt import (
    MarkedAs,
    list_changes,
    marked_name,
    receipt_name,
    render_letter,
    render_receipt,
)

__all__ = [
    "MarkError",
    "MarkedAs",
    "list_changes",
    "mark_workbook",
    "marked_name",
    "part_follow_ons",
    "receipt_name",
    "render_letter",
    "render_receipt",
]
