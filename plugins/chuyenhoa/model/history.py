"""What other reports said when a file came: the figures in force of one locality in one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.plan import Period


@dataclass(frozen=True)
class Known:
    """A figure of an accepted report, with its cell."""

    value: Decimal
    cell_ref: CellRef


@dataclass(frozen=True)
class Accepted:
    """The figures in force of one locality in one period, all from one file; blank ones are left out.

    `number` is the file's place in the order of receipt.
    """

    number: int
    file_name: str
    period: Period
    locality: str
    figures: Mapping[tuple[str, Basis], Known]


@dataclass(frozen=True)
class PastSource:
    """Where a figure of another report stands."""

    period: str
    """The period's label, as in "06 tháng năm 2021"."""
    file_name: str
    cell_ref: CellRef
    value: Decimal


@dataclass(frozen=True)
class PastFigure:
    """A figure to compare a row with: one of another report, or the sum of several."""

    value: Decimal
    sources: tuple[PastSource, ...]


# By column, as in `before__NGHIEN_CUOI`.
RowHistory = Mapping[str, PastFigure]
# By locality and basis.
FileHistory = Mapping[tuple[str, Basis], RowHistory]
