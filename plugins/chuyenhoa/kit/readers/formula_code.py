"""Writes out the byte code in which .xls and .xlsb keep formulas, as far as `formulas` computes it.

1E 32 00 1E 03 00 03        → ((50)+(3))          25 06 00 0B 00 03 C0 03 C0 19 10 00 00 → SUM(D7:D12)
4C 00 00 FE C0              → B8 in D8, B9 in D9   (a formula that cells share: two columns to the left)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from chuyenhoa.kit.readers.book import name_cell

BINARY: Mapping[int, str] = {0x03: "+", 0x04: "-", 0x05: "*", 0x06: "/"}
UNARY: Mapping[int, str] = {0x12: "(+{})", 0x13: "(-{})", 0x14: "({}%)", 0x15: "({})"}
INTEGER, NUMBER, ATTRIBUTE, FUNCTION, CELL, AREA = 0x1E, 0x1F, 0x19, 0x22, 0x24, 0x25
NEAR_CELL, NEAR_AREA, SHARED = 0x2C, 0x2D, b"\x01"
"""Cells counted from the one that has the formula, and what stands for a formula that another cell has."""
CLASSED = 0x20
"""From here on a token comes in three classes, 32 apart: as a reference, a value or an array."""
SUM = 4
ATTRIBUTE_SUM, ATTRIBUTE_SPACE, ATTRIBUTE_VOLATILE = 0x10, 0x40, 0x01
MAX_TOKENS = 500
MAX_SHARED = 2_000_000
"""Characters that are written out for cells that share formulas: a small file may have half a million."""
Spot = tuple[int, int]
"""Row and column, counted from 0."""


class _UnknownError(ValueError):
    """A token that is not one of those above: another function, a name, another sheet."""


class SheetFormulas:
    """The formulas of one sheet, in the order of its records."""

    def __init__(self, *, wide: bool) -> None:
        """Begin a sheet of .xlsb (`wide`) or .xls."""
        self._wide = wide
        self._found: dict[Spot, str] = {}
        self._sharing: dict[Spot, Spot] = {}
        self._shared: dict[Spot, bytes] = {}
        self._last: Spot = (0, 0)

    def add(self, spot: Spot, code: bytes, extra: bytes = b"") -> None:
        """Take a cell's formula; `extra` is what stands behind it in .xlsb."""
        self._last, self._found[spot] = spot, ""
        place = code[1:] + extra[:4] if self._wide else code[1:]
        layout = "<II" if self._wide else "<HH"
        if code[:1] != SHARED:
            self._found[spot] = write_formula(code, wide=self._wide)
        elif len(place) == struct.calcsize(layout):
            row, column = struct.unpack(layout, place)
            self._sharing[spot] = (row, column)

    def share(self, code: bytes) -> None:
        """Take the formula that the last cell shares with others: it follows the first of them."""
        self._shared[self._last] = code

    def write(self) -> dict[Spot, str]:
        """All of them as text; "" for one that is not understood."""
        room = MAX_SHARED
        for spot, first in self._sharing.items():
            if first in self._shared and room > 0:
                self._found[spot] = write_formula(self._shared[first], wide=self._wide, at=spot)
                room -= len(self._found[spot])
        return self._found


def write_formula(code: bytes, *, wide: bool, at: Spot | None = None) -> str:
    """The formula as text; "" where it is not one of those that are computed again.

    Args:
        code: the tokens.
        wide: rows have four bytes, as in .xlsb; two as in .xls.
        at: the cell that it is written for, where cells share it.
    """
    try:
        return _Writer(code, wide=wide, at=at).write()
    except (_UnknownError, struct.error, IndexError):
        return ""


class _Writer:
    """A stack machine whose values are texts."""

    def __init__(self, code: bytes, *, wide: bool, at: Spot | None) -> None:
        self._code, self._wide, self._at = code, wide, at
        self._place = 0
        self._stack: list[str] = []

    def write(self) -> str:
        """The whole formula."""
        for _ in range(MAX_TOKENS):
            if self._place >= len(self._code):
                break
            self._token(*self._take("B"))
        if len(self._stack) != 1 or self._place < len(self._code):
            raise _UnknownError("no single result")
        return self._stack[0]

    def _take(self, layout: str) -> tuple[int, ...]:
        found: tuple[int, ...] = struct.unpack_from(f"<{layout}", self._code, self._place)
        self._place += struct.calcsize(f"<{layout}")
        return found

    def _token(self, token: int) -> None:
        # Classes 0x40 and 0x60 are those of 0x20 in another place: 44 and 64 are cells as 24 is.
        token = token if token < CLASSED else (token & 0x1F) | CLASSED
        known: Mapping[int, Callable[[], str]] = {
            INTEGER: lambda: str(self._take("H")[0]),
            NUMBER: lambda: f"({self._take('d')[0]!r})",
            FUNCTION: self._function,
            CELL: self._cell,
            AREA: self._area,
            NEAR_CELL: self._near_cell,
            NEAR_AREA: self._near_area,
        }
        if token in BINARY:
            right, left = self._stack.pop(), self._stack.pop()
            self._stack.append(f"({left}{BINARY[token]}{right})")
        elif token in UNARY:
            self._stack.append(UNARY[token].format(self._stack.pop()))
        elif token == ATTRIBUTE:
            self._attribute()
        elif token in known:
            self._stack.append(known[token]())
        else:
            raise _UnknownError(f"token {token:#x}")

    def _attribute(self) -> None:
        """A remark between tokens; a sum of one argument, which Excel writes so, is one as well."""
        kind, _ = self._take("BH")
        if kind & ATTRIBUTE_SUM:
            self._stack.append(f"SUM({self._stack.pop()})")
        elif kind not in (ATTRIBUTE_SPACE, ATTRIBUTE_VOLATILE):
            raise _UnknownError(f"attribute {kind:#x}")

    def _function(self) -> str:
        count, number = self._take("BH")
        if number != SUM or not 0 < count <= len(self._stack):
            raise _UnknownError(f"function {number}")
        arguments = self._stack[-count:]
        del self._stack[-count:]
        return f"SUM({','.join(arguments)})"

    def _cell(self) -> str:
        row, column = self._take("IH" if self._wide else "HH")
        return name_cell(row, column & 0x3FFF)

    def _area(self) -> str:
        top, bottom, left, right = self._take("IIHH" if self._wide else "HHHH")
        return f"{name_cell(top, left & 0x3FFF)}:{name_cell(bottom, right & 0x3FFF)}"

    def _near_cell(self) -> str:
        row, column = self._take("IH" if self._wide else "HH")
        return self._near(row, column)

    def _near_area(self) -> str:
        top, bottom, left, right = self._take("IIHH" if self._wide else "HHHH")
        return f"{self._near(top, left)}:{self._near(bottom, right)}"

    def _near(self, row: int, column: int) -> str:
        """A cell counted from the one that the formula is for, as far as the two highest bits say so."""
        if self._at is None:
            raise _UnknownError("a shared formula without its cell")
        rows, columns = (1 << 20, 1 << 14) if self._wide else (1 << 16, 1 << 8)
        # Both wrap around: FE in .xls is two columns to the left.
        line = (row + self._at[0]) % rows if column & 0x8000 else row
        place = column & 0x3FFF
        return name_cell(line, (place + self._at[1]) % columns if column & 0x4000 else place)
