"""What was in force when a file came, what the file changes of it, and what other reports said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.model.figures import Basis, CellRef
from chuyenhoa.model.plan import Period


@dataclass(frozen=True)
class Known:
    """A figure in force, with its cell and the file that states it.

    `number` is the file's place in the order of receipt.
    """

    value: Decimal
    cell_ref: CellRef
    number: int
    file_name: str


@dataclass(frozen=True)
class Accepted:
    """The figures in force of one locality in one period, each from the file that stated it last.

    Blank ones are left out.
    """

    period: Period
    locality: str
    figures: Mapping[tuple[str, Basis], Known]

    @property
    def number(self) -> int:
        """The place of its newest file in the order of receipt."""
        return max((known.number for known in self.figures.values()), default=0)


@dataclass(frozen=True)
class Change:
    """One statement by which a file changed what was in force in its report."""

    locality: str
    """Empty for a text of "Thuyết minh"."""
    subject: str
    """The code of an indicator or of a declared criterion, or of an item of "Thuyết minh"."""
    window: Basis | None
    """None for a declaration or a text."""
    old: str | None
    """As it was in force, an exact number or the answer's words; None where nothing was."""
    new: str | None
    """None for a withdrawal."""
    cell_ref: CellRef
    """Where the new statement stands."""
    old_ref: CellRef | None = None
    old_file: str = ""

    @property
    def is_new(self) -> bool:
        """Whether nothing was in force before: such a statement adds, and changes nothing."""
        return self.old is None


@dataclass(frozen=True)
class Owed:
    """What a report still lacks of one locality: how many figures of each window, and which declarations."""

    locality: str
    figures: int = 0
    baseline: int = 0
    declarations: tuple[str, ...] = ()


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
