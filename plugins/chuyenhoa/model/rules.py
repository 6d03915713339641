"""A rule on figures as the suites state it, readable without Great Expectations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chuyenhoa.model.submissions import Severity

# A column with this prefix holds the baseline figure of the same file beside the current one.
BASELINE_PREFIX = "prev__"

# Columns with these hold figures of other reports that were in force when the file came.
#
# `before`: the report whose window ends the day before this one begins. `inside`: the longest shorter
# window with the same start. `around`: the shortest longer window that holds this one. `parts`: the sum of
# accepted windows inside this one that leave a gap; `tiled`: of those that cover it exactly. `end`: another
# window with the same last day. `year`: for a baseline row, the report on that very window, sent a year
# earlier.
HISTORY_PREFIXES = ("before__", "inside__", "around__", "parts__", "tiled__", "end__", "year__")


def split_column(column: str) -> tuple[str, str]:
    """A column's prefix (empty for the row's own figure) and its indicator code."""
    for prefix in (BASELINE_PREFIX, *HISTORY_PREFIXES):
        if column.startswith(prefix):
            return prefix, column.removeprefix(prefix)
    return "", column


@dataclass(frozen=True)
class Rule:
    """One expectation of a suite.

    `kind` is the expectation's type in snake case and `kwargs` are its arguments as the suite writes them.
    `columns` are the indicator codes that take part, the one to look at first in front; a code behind
    `prev__` is the baseline figure of that indicator (sheet "Cùng kỳ"). `message` is a template, see
    `chuyenhoa.validation.findings`; `basis` says where the rule comes from.
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
    valid_from: date | None = None
    valid_to: date | None = None
    """The first and last day on which a window may end to be checked by this rule; None leaves it open."""

    @property
    def key(self) -> str:
        """What distinguishes the rule from its own earlier and later wordings, which share its id."""
        return self.rule_id if self.valid_from is None else f"{self.rule_id}@{self.valid_from}"

    @property
    def needs_baseline(self) -> bool:
        """Whether the rule compares a figure of the period with its baseline."""
        return any(column.startswith(BASELINE_PREFIX) for column in self.columns)

    @property
    def needs_history(self) -> bool:
        """Whether the rule compares a figure with another report."""
        return any(split_column(column)[0] in HISTORY_PREFIXES for column in self.columns)

    def is_in_force(self, day: date | None) -> bool:
        """Whether a window that ends on `day` is checked by it; without a day only an undated rule is."""
        if day is None:
            return self.valid_from is None and self.valid_to is None
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)


def rules_in_force(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """The rules by which a window that ends on `day` is checked."""
    return tuple(rule for rule in rules if rule.is_in_force(day))
