"""Who gets issued documents by e-mail: `recipients.csv` in a plan's folder, which may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from chuyenhoa.plan.shapes import ADDRESS, Row, Shape
from chuyenhoa.plan.sources import PlanError, Problems, parse, read_csv


@dataclass(frozen=True)
class Recipient:
    """A named recipient."""

    name: str
    email: str
    documents: frozenset[str]
    """Kinds of documents; all of them when empty."""


def _split_kinds(value: object) -> object:
    return [part.strip() for part in str(value).split(";") if part.strip()]


# `recipients.csv`; kinds of documents are separated by semicolons.
RECIPIENT = Shape(
    Recipient,
    Row,
    email=Annotated[str, Field(pattern=f"^{ADDRESS}$")],
    documents=Annotated[frozenset[str], BeforeValidator(_split_kinds)],
)


def load_recipients(folder: Path) -> tuple[Recipient, ...]:
    """The recipients of a plan, in the order of the file; none without the file.

    Raises:
        PlanError: the file lacks a column, or a line has no name or no address; each with its line.
    """
    path = folder / "recipients.csv"
    if not path.exists():
        return ()
    problems = Problems()
    rows = read_csv(path, RECIPIENT.columns, problems)
    found = [entry for at in rows if (entry := parse(at, RECIPIENT.read, "recipient", problems))]
    if problems.found:
        raise PlanError(problems.found)
    return tuple(found)
