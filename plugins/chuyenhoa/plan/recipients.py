"""Who gets issued documents by e-mail: `recipients.csv` in a plan's folder, which may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from chuyenhoa.plan.errors import PlanError
from chuyenhoa.plan.shapes import ADDRESS, Row, Text
from chuyenhoa.plan.sources import Problems, parse, read_csv

COLUMNS = ["name", "email", "documents"]


class RecipientRow(Row):
    """`recipients.csv`; kinds of documents are separated by semicolons."""

    name: Text
    email: Annotated[str, Field(pattern=f"^{ADDRESS}$")]
    documents: tuple[str, ...]

    @field_validator("documents", mode="before")
    @classmethod
    def split_kinds(cls, value: object) -> object:
        """`a;b` becomes a list; a blank is none."""
        return [part.strip() for part in str(value).split(";") if part.strip()]


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
        PlanError: the file lacks a column, or a line has no name or no address; each with its line.
    """
    path = folder / "recipients.csv"
    if not path.exists():
        return ()
    problems = Problems()
    found = []
    for at in read_csv(path, COLUMNS, problems):
        row = parse(at, RecipientRow, "recipient", problems)
        if row is not None:
            found.append(Recipient(row.name, row.email, frozenset(row.documents)))
    if problems.found:
        raise PlanError(problems.found)
    return tuple(found)
