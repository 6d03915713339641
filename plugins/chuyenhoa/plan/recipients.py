"""Who gets issued documents by e-mail: `recipients.csv` in a plan's folder, which may be missing."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from chuyenhoa.plan.errors import PlanError, Problem

COLUMNS = ["name", "email", "documents"]


@dataclass(frozen=True)
class Recipient:
    """A named recipient."""

    name: str
    email: str
    documents: frozenset[str]
    """Kinds of documents; all of them when empty."""


def load_recipients(folder: Path) -> tuple[Recipient, ...]:
    """The recipients of a plan, in the order of the file; none without the file.

    Raises:
        PlanError: the file lacks a column, or a line has no name or no address.
    """
    path = folder / "recipients.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != COLUMNS:
            raise PlanError([Problem(path.name, 1, f"the columns must be {', '.join(COLUMNS)}")])
        found = []
        for row in reader:
            name, email = (row["name"] or "").strip(), (row["email"] or "").strip()
            if not name or "@" not in email:
                raise PlanError(
                    [Problem(path.name, reader.line_num, "a name and an e-mail address are needed")]
                )
            kinds = frozenset(part.strip() for part in (row["documents"] or "").split(";") if part.strip())
            found.append(Recipient(name, email, kinds))
    return tuple(found)
