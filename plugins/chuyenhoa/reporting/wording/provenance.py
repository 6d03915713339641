"""Figures that know what they were computed from, on their way from the snapshot into sentences and cells.

A `Figure` is a number with an expression; sums, differences and shares of figures carry theirs along.
Printing one (see `numbers`) leaves signs around its text, which stay with it through every sentence pattern,
and become a content control when the document is written. The expressions are read again by `figures`:

    TTXH_XR-TTXH_LRC:C:30745,30748    indicators added (or taken away), current or baseline window, localities
    SUB(a;b)  ADD(a;b)  NEG(a)  ABS(a)  SHARE(a;b)    of other expressions
    COUNT(VERDICT;met;II.2;*)    localities among those named that carry a verdict; GROUP, LOCALITIES likewise
    COUNT(SUBMITTERS;late)  COUNT(FILES)  COUNT(GROUPS;met;30745)  TARGET(code;reached)    `submission_counts`
    RESULT(30745;II.2)    the figure of a criterion's result, or with the form `F` its formula
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

OPEN, MIDDLE, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
"""Signs that no text holds: Unicode keeps them for a program's own use."""
MARK = re.compile(f"{OPEN}([^{OPEN}{MIDDLE}{CLOSE}]*){MIDDLE}([^{OPEN}{MIDDLE}{CLOSE}]*){CLOSE}")
_LEAF = re.compile(r"([^:();]+:[CB]):([^:();]*)")


class Figure(Decimal):
    """A number with the expression that it is the value of."""

    expression: str

    def __new__(cls, value: Decimal | int | str, expression: str) -> Figure:
        """Keep a number with its expression."""
        figure = super().__new__(cls, value)
        figure.expression = expression
        return figure

    def __add__(self, other: Decimal | int) -> Decimal:
        """A sum; figures of the same indicators and window become one over all their localities."""
        if not isinstance(other, Figure):
            # sum() starts with 0, which must not cost the first figure its trace
            return self if other == 0 else Decimal(self) + other
        # A:C:1 + A:C:2 = A:C:1,2 keeps a sum over 300 localities one line; of "*" nobody knows what it holds.
        mine, theirs = _LEAF.fullmatch(self.expression), _LEAF.fullmatch(other.expression)
        if mine and theirs and mine[1] == theirs[1] and "*" not in mine[2] + theirs[2]:
            return Figure(Decimal(self) + Decimal(other), f"{mine[1]}:{mine[2]},{theirs[2]}")
        return Figure(Decimal(self) + Decimal(other), f"ADD({self.expression};{other.expression})")

    __radd__ = __add__

    def __sub__(self, other: Decimal | int) -> Decimal:
        """A difference."""
        if not isinstance(other, Figure):
            return self if other == 0 else Decimal(self) - other
        return Figure(Decimal(self) - Decimal(other), f"SUB({self.expression};{other.expression})")

    def __neg__(self) -> Figure:
        """The figure with the other sign."""
        return Figure(-Decimal(self), f"NEG({self.expression})")

    def __abs__(self) -> Figure:
        """The figure without its sign."""
        return Figure(abs(Decimal(self)), f"ABS({self.expression})")


class Marked(str):
    """A text with figures in it: reads and compares like the plain text, prints with the marks."""

    __slots__ = ("marked",)
    marked: str

    def __new__(cls, marked: str) -> Marked:
        """Keep a text that holds marks."""
        # Its value is the plain text: conditions and joins of a template must not see the marks.
        text = super().__new__(cls, MARK.sub(r"\2", marked))
        text.marked = marked
        return text

    def __html__(self) -> str:
        """What Jinja prints: the text with its marks, escaped as Jinja escapes any text."""
        # As markupsafe writes it, so that a figure next to a quoted word gives the same bytes as plain text.
        text = self.marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return text.replace("'", "&#39;").replace('"', "&#34;")


def mark(form: str, value: object, text: str) -> str:
    """The text of a figure with its expression around it; of any other number just the text.

    Args:
        form: how the text writes the value: `N` plainly, `C` as a count in prose, `S` with its sign, `P` as a
            share in percent, `Q` and `F` as the assessment said it.
        value: the figure.
        text: as it prints.
    """
    return f"{OPEN}{form}={value.expression}{MIDDLE}{text}{CLOSE}" if isinstance(value, Figure) else text


def quote_result(locality: str, criterion: str, text: str, form: str = "Q") -> str:
    """The figure of a criterion's result as the assessment wrote it, or with the form `F` its formula."""
    return f"{OPEN}{form}=RESULT({locality};{criterion}){MIDDLE}{text}{CLOSE}" if text else ""


def unseal(text: str) -> str:
    """A text with its marks in it, to go into a longer one that is sealed as a whole."""
    return text.marked if isinstance(text, Marked) else text


def add_sign(sign: str, text: str) -> str:
    """Put a sign before a printed figure so that it becomes part of it; its form says so."""
    # ⟦P=SHARE(…)|13,42%⟧ → ⟦-P=SHARE(…)|-13,42%⟧: outside the mark the sign would stand beside the control.
    found = MARK.fullmatch(text)
    if found is None:
        return f"{sign}{text}"
    return f"{OPEN}{sign}{found[1]}{MIDDLE}{sign}{found[2]}{CLOSE}"


def count(rule: str, number: int, *arguments: str) -> Figure:
    """A number of localities, submitters, files or groups, by a rule that `figures` knows."""
    return Figure(number, f"COUNT({';'.join((rule, *arguments))})")


def seal(value: Any) -> Any:
    """A context whose marked texts are `Marked`."""
    if isinstance(value, str):
        return Marked(value) if OPEN in value else value
    if isinstance(value, Mapping):
        return {key: seal(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [seal(entry) for entry in value]
    return value


def seal_lines(lines: Iterable[str]) -> list[str]:
    """Finished lines, read as plain texts from here on."""
    return [Marked(line) if OPEN in line else line for line in lines]


def list_marks(value: object) -> Sequence[tuple[str, str]]:
    """Every figure of a sealed context: its expression with the form before it, and its text."""
    if isinstance(value, Marked):
        return MARK.findall(value.marked)
    if isinstance(value, Mapping):
        return [found for entry in value.values() for found in list_marks(entry)]
    if isinstance(value, list):
        return [found for entry in value for found in list_marks(entry)]
    return []
