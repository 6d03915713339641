"""Checks the figures of a batch of files by the rules and says what is wrong, where, and how to correct it.

Importing this package is cheap; Great Expectations (several seconds) is imported when rules are run.
"""

from __future__ import annotations

from chuyenhoa.validation.findings import CheckedFile, RuleCount, ValidationFault, ValidationReport
from chuyenhoa.validation.history import (
    build_history,
    carry_over,
    find_repeated,
    is_related,
    join_histories,
)
from chuyenhoa.validation.pages import publish
from chuyenhoa.validation.run import validate

__all__ = [
    "CheckedFile",
    "RuleCount",
    "ValidationFault",
    "ValidationReport",
    "build_history",
    "carry_over",
    "find_repeated",
    "is_related",
    "join_histories",
    "publish",
    "validate",
]
