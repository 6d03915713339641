"""Checks the figures of a batch of files by the rules and says what is wrong, where, and how to correct it.

Importing this package is cheap; Great Expectations (several seconds) is imported when rules are run.
"""

from __future__ import annotations

from chuyenhoa.validation.findings import CheckedFile, RuleCount, ValidationReport
from chuyenhoa.validation.frame import ValidationFault
from chuyenhoa.validation.history import build_history, find_repeated, is_related
from chuyenhoa.validation.pages import publish
from chuyenhoa.validation.run import validate

__all__ = [
    "CheckedFile",
    "RuleCount",
    "ValidationFault",
    "ValidationReport",
    "build_history",
    "find_repeated",
    "is_related",
    "publish",
    "validate",
]
