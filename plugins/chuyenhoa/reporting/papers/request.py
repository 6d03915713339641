"""What is asked of a context: one document, the frozen data, and how it is issued."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chuyenhoa.reporting.papers.letterhead import Issue
from chuyenhoa.reporting.snapshot.frozen import Snapshot
from chuyenhoa.reporting.snapshot.view import SnapshotView


@dataclass(frozen=True)
class Previous:
    """The last issued version of a document, for the list of what changed since."""

    kind: str
    snapshot: Snapshot
    number: str
    date: str
    """ISO date of issue."""
    version: int
    next_version: int
    next_number: str = ""
    """Of the new version; empty while it is a draft."""
    next_date: str = ""


@dataclass(frozen=True)
class Request:
    """One document to be filled: its kind, what it is about, the frozen data, and how it is issued."""

    kind: str
    about: str
    """The locality's or submitter's code; empty for a document of the whole province."""
    view: SnapshotView
    issue: Issue | None
    previous: Previous | None = None


@dataclass(frozen=True)
class Builder:
    """How a context is built, and the contract that says which fields it has."""

    contract: type
    build: Callable[[Request], Mapping[str, Any]]
