"""From a dropped file to typed values: inbox, claim, archive, safety gate, ownership gate, reading."""

from __future__ import annotations

from chuyenhoa.model.plan import Plan
from chuyenhoa.model.submissions import Reading


def read_submission(content: bytes, file_name: str, plan: Plan, folder: str | None) -> Reading:
    """Gate and read one file; see `chuyenhoa.intake.reading.read_submission`."""
    # The readers of Excel files are loaded on first use, so that importing this package stays cheap.
    from chuyenhoa.intake import reading

    return reading.read_submission(content, file_name, plan, folder)
