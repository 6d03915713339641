"""What the office decides on drafts, and the numbers that issued documents carry."""

from chuyenhoa.release.decision import (
    APPROVE,
    RETURN,
    Decision,
    DecisionError,
    OfficeQuery,
    check_date,
    read_decision,
)
from chuyenhoa.release.register import Entry, check_number, list_entries, write_register

__all__ = [
    "APPROVE",
    "RETURN",
    "Decision",
    "DecisionError",
    "Entry",
    "OfficeQuery",
    "check_date",
    "check_number",
    "list_entries",
    "read_decision",
    "write_register",
]
