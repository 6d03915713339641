"""A rule on figures as the suites state it, readable without Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chuyenhoa.model.submissions import Severity

BASELINE_PREFIX = "prev__"
"""A column with this prefix holds the baseline figure of the same file beside the current one."""


@dataclass(frozen=True)
class Rule:
    """One expectation of a suite.

    `kind` is the expectation's type in snake case and `kwargs` are its arguments as the suite writes them.
    `columns` are the indicator codes that take part, the one to look at first in front; a code behind
    `prev__` is the baseline figure of that indicator (sheet "Cùng kỳ"). `message` is a template, see
    `chuyenhoa.validation.messages`; `basis` says where the rule comes from.
    """

    rule_id: str
    severity: Severity
    kind: str
    columns: tuple[str, ...]
    kwargs: Mapping[str, object]
    title: str
    message: str
    basis: str
    suite: str = ""

    @property
    def needs_baseline(self) -> bool:
        """Whether the rule holds a figure of the period against its baseline."""
        return any(column.startswith(BASELINE_PREFIX) for column in self.columns)
