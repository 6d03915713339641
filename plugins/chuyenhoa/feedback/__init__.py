"""What a submitter gets back: the receipt for every file, and the workbook with its cells marked."""

from __future__ import annotations

from chuyenhoa.feedback.marked import mark_workbook
from chuyenhoa.feedback.package import MarkError
from chuyenhoa.feedback.receipt import ReceiptError, marked_name, receipt_name, render_receipt

__all__ = ["MarkError", "ReceiptError", "mark_workbook", "marked_name", "receipt_name", "render_receipt"]
