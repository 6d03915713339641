"""From a dropped file to typed values with their cells, and findings on what could not be read.

inbox         what lies there and is complete; archived, entered in the ledger, removed; archives unpacked
reading       one file through the gates: safe? ours? readable? (`read_submission`)
header        what a file says of itself: plan, period, submitter
tables        figures · text_sheets: words · values: what one cell means
legacy        texts in old encodings · plan_choice: which plan a file belongs to
"""

from __future__ import annotations

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading


def read_submission(content: bytes, file_name: str, plan: Plan, folder: str | None) -> Reading:
    """Gate and read one file; see `chuyenhoa.intake.reading.read_submission`."""
    # The readers of Excel files are loaded on first use, so that importing this package stays cheap.
    from chuyenhoa.intake import reading

    return reading.read_submission(content, file_name, plan, folder)
