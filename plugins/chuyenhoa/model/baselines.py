"""What a figure is compared with where it is not the same window of the previous year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chuyenhoa.model.calendars import Window, preceding_window, same_window, year_before
from chuyenhoa.model.figures import Basis


class BaselineKind(StrEnum):
    """Where a figure to compare with comes from."""

    PRECEDING = "preceding"
    """The equal window that ends right before this one ("thời gian liền kề")."""
    PREVIOUS_YEAR = "previous_year"
    """The whole year before; a flow is compared with it only over a whole year."""
    AVERAGE = "average"
    """The mean of the same window in each of so many years before."""
    FIXED = "fixed"
    """A figure that the plan states for the locality ("so với trước khi chuyển hóa")."""


@dataclass(frozen=True)
class Baseline:
    """One such comparison; `years` belongs to an average, `name` to a fixed one."""

    kind: BaselineKind
    years: int = 0
    name: str = ""

    @property
    def prefix(self) -> str:
        """How the plan's files and results write it: `preceding`, `average3`, `fixed.khoi_diem`."""
        if self.kind is BaselineKind.AVERAGE:
            return f"{self.kind.value}{self.years}"
        return f"{self.kind.value}.{self.name}" if self.kind is BaselineKind.FIXED else self.kind.value

    def windows(self, window: Window) -> tuple[Window, ...]:
        """The windows whose reports it is made from; none where the plan states the figure."""
        match self.kind:
            case BaselineKind.PRECEDING:
                return (preceding_window(window),)
            case BaselineKind.PREVIOUS_YEAR:
                return (year_before(window),)
            case BaselineKind.AVERAGE:
                return tuple(same_window(window, back) for back in range(1, self.years + 1))
            case _:  # typed: only a fixed one is left
                return ()


# The window in which a figure is counted: the period's, that of the previous year, or another.
Against = Basis | Baseline

# The plan's word for the default, which terms write as `baseline`.
SAME_WINDOW = "same_window"


def prefix_of(against: Against) -> str:
    """How results and the plan's files write a window: `current`, `baseline`, `preceding` and so on."""
    return against.value if isinstance(against, Basis) else against.prefix


def read_against(text: str) -> Against:
    """The window that a plan's word names, as in `same_window`, `baseline`, `preceding`, `average3`.

    Raises:
        ValueError: it is none of them.
    """
    if text in (SAME_WINDOW, Basis.BASELINE.value):
        return Basis.BASELINE
    if text.startswith("fixed."):
        return Baseline(BaselineKind.FIXED, name=text.removeprefix("fixed."))
    if text.startswith("average"):
        return Baseline(BaselineKind.AVERAGE, years=int(text.removeprefix("average")))
    return Baseline(BaselineKind(text))


@dataclass(frozen=True)
class FixedFigure:
    """A figure that the plan states for one locality, to be compared with; `line` is that of its file."""

    name: str
    locality: str
    indicator: str
    value: Decimal
    legal_basis: str
    line: int = 0
