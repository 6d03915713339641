"""The conditions under which a kind of document is produced, by the names that `documents.yaml` uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chuyenhoa.reporting.snapshot.missing_data import list_debtors

Snapshot = Mapping[str, Any]


def _has_met(snapshot: Snapshot) -> bool:
    return any(entry["verdict"] == "met" for entry in snapshot["localities"])


def _owes_reports(snapshot: Snapshot) -> bool:
    return bool(list_debtors(snapshot))


CONDITIONS: Mapping[str, Callable[[Snapshot], bool]] = {
    "any_met": _has_met,
    "owed_reports": _owes_reports,
}
"""`any_met`: some locality is met. `owed_reports`: some submitter sent nothing, or owes figures."""


def check_condition(name: str) -> str:
    """The name of a condition, which must be a known one; "" stands for always.

    Raises:
        ValueError: there is no such condition.
    """
    if name and name not in CONDITIONS:
        raise ValueError(f"there is no condition {name!r}; there are {', '.join(CONDITIONS)}")
    return name


def holds(name: str, snapshot: Snapshot) -> bool:
    """Whether a document under this condition is produced from a snapshot."""
    return not name or CONDITIONS[name](snapshot)
