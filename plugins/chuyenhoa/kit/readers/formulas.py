"""Recomputes the simple formulas of a workbook: `=50+3`, `=D7+D8`, `=SUM(D7:D12)`, `='Sheet 2'!B4*2`.

A file may hold an old result beside a formula, or one that no program ever computed (docs/decisions/0033).
What is not understood here (other functions, names, texts) has no result, and nothing is said of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuyenhoa.kit.readers.book import MAX_COLUMNS, MAX_ROWS, CellValue, Flaw, Mark, Sheet

Spot = tuple[int, int]
Place = tuple[str, int, int]
"""A cell by the name of its sheet in lower case, its row and its column."""
TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?(?:E[+-]?[0-9]+)?|\.[0-9]+)"
    r"|(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^\W\d][\w.]*))!)?"
    r"\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[0-9]{1,7})(?![\w(.])"
    r"|(?P<function>[A-Z]+)\(|(?P<sign>[-+*/()%:;,]))",
    re.IGNORECASE,
)
MAX_LENGTH = 2000
"""Characters of a formula that is looked at."""
MAX_STEPS = 200_000
"""Cells that are looked at for one workbook: `SUM(A1:KN5000)` in every cell must not take minutes."""
MAX_DEPTH = 40
"""How many formulas may rest on each other, brackets included; a ring of them ends here as well."""
ARGUMENT_ENDS = frozenset({",", ";"})


class _UnknownError(ValueError):
    """The formula is not one of those that are recomputed here."""


class _GivenUpError(_UnknownError):
    """It leads too far; all that rests on it is given up as well."""


@dataclass(frozen=True)
class Grid:
    """A sheet as formulas see it: its values with stored results, and its formulas without the `=`."""

    rows: Sequence[Sequence[CellValue]]
    formulas: Mapping[Spot, str] = field(default_factory=dict)


class Recalculation:
    """The formulas of one workbook, computed when they are asked for and each once."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self._grids = {name.casefold(): grid for name, grid in grids.items()}
        self._known: dict[Place, float | None] = {}
        self._under_way: set[Place] = set()
        self._steps = 0

    def result(self, sheet: str, spot: Spot) -> float | None:
        """What a cell's formula gives; None where it is not one of those that are recomputed."""
        place = (sheet.casefold(), *spot)
        try:
            return self._compute(place, self._grids[place[0]].formulas[spot], 0)
        except _GivenUpError:
            return None

    def _compute(self, place: Place, formula: str, depth: int) -> float | None:
        """The result of a formula, from now on known; None where it is not recomputed."""
        if place in self._known:
            return self._known[place]
        if place in self._under_way or depth >= MAX_DEPTH:
            raise _GivenUpError("formulas in a ring, or too many that rest on each other")
        self._under_way.add(place)
        try:
            value = _Parser(self, formula, place[0], depth).parse()
        except _GivenUpError:
            raise
        except (_UnknownError, ZeroDivisionError, OverflowError):
            value = math.nan
        finally:
            self._under_way.discard(place)
        self._known[place] = value if math.isfinite(value) else None
        return self._known[place]

    def values(self, sheet: str, area: tuple[int, int, int, int], depth: int) -> Iterator[CellValue]:
        """The values of an area, formulas recomputed where that is possible; blank cells are left out."""
        top, left, bottom, right = area
        grid = self._grids.get(sheet)
        if grid is None or bottom >= MAX_ROWS or right >= MAX_COLUMNS:
            raise _UnknownError(sheet)
        for row in range(top, min(bottom + 1, len(grid.rows))):
            for column in range(left, min(right + 1, len(grid.rows[row]))):
                self._steps += 1
                if self._steps > MAX_STEPS:
                    raise _GivenUpError("too much to compute")
                value = self._value(grid, (sheet, row, column), depth)
                if value != "":
                    yield value

    def _value(self, grid: Grid, place: Place, depth: int) -> CellValue:
        stored, formula = grid.rows[place[1]][place[2]], grid.formulas.get(place[1:])
        computed = None if formula is None else self._compute(place, formula, depth)
        # What cannot be recomputed counts as it is stored: the formulas that rest on it must still fit it.
        return stored if computed is None else computed


class _Parser:
    """One formula: sums of products of signed numbers, cells, sums over areas and brackets."""

    def __init__(self, book: Recalculation, formula: str, sheet: str, depth: int) -> None:
        if len(formula) > MAX_LENGTH:
            raise _UnknownError(formula[:100])
        self._book, self._sheet, self._depth = book, sheet, depth
        self._tokens = list(_tokens(formula.removeprefix("=")))
        self._next = 0
        self._open = 0

    def parse(self) -> float:
        """The result.

        Raises:
            _UnknownError: it is no such formula.
        """
        value = self._sum()
        if self._next < len(self._tokens):
            raise _UnknownError("something behind the end")
        return value

    def _peek(self) -> str:
        return self._tokens[self._next]["sign"] or "" if self._next < len(self._tokens) else ""

    def _take(self) -> re.Match[str]:
        if self._next >= len(self._tokens):
            raise _UnknownError("nothing where a value should be")
        self._next += 1
        return self._tokens[self._next - 1]

    def _expect(self, sign: str) -> None:
        if self._take()["sign"] != sign:
            raise _UnknownError(f"no {sign}")

    def _sum(self) -> float:
        value = self._product()
        while self._peek() in {"+", "-"}:
            value = value + self._product() if self._take()["sign"] == "+" else value - self._product()
        return value

    def _product(self) -> float:
        value = self._factor()
        while self._peek() in {"*", "/"}:
            value = value * self._factor() if self._take()["sign"] == "*" else value / self._factor()
        return value

    def _factor(self) -> float:
        self._open += 1
        if self._open > MAX_DEPTH:
            raise _UnknownError("too deep")
        token = self._take()
        if token["sign"] in {"+", "-"}:
            value = self._factor() * (-1 if token["sign"] == "-" else 1)
        elif token["sign"] == "(":
            value = self._sum()
            self._expect(")")
        elif token["number"]:
            value = float(token["number"])
        elif token["function"] and token["function"].upper() == "SUM":
            value = self._total()
        elif token["column"]:
            value = self._cell(token)
        else:
            raise _UnknownError(token[0])
        # "=30%*D7": the sign stands behind what it divides.
        while self._peek() == "%":
            self._next += 1
            value /= 100
        self._open -= 1
        return value

    def _cell(self, token: re.Match[str]) -> float:
        row, column = _spot(token)
        if self._peek() == ":":
            raise _UnknownError("an area where one cell should be")
        found = list(self._book.values(self._sheet_of(token), (row, column, row, column), self._depth + 1))
        # A blank cell counts as nothing; a text in a sum is an error of Excel's, or a number in its country.
        return _number(found[0]) if found else 0.0

    def _total(self) -> float:
        total = 0.0
        while True:
            if self._is_area():
                total += self._area()
            else:
                total += self._sum()
            # "SUM(D7:D12;D14)" of LibreOffice, "SUM(D7:D12,D14)" of Excel's files.
            sign = self._take()["sign"]
            if sign == ")":
                return total
            if sign not in ARGUMENT_ENDS:
                raise _UnknownError("no end of an argument")

    def _is_area(self) -> bool:
        """Whether an argument is a cell or an area alone: texts in there count for nothing."""
        if self._next + 1 >= len(self._tokens) or not self._tokens[self._next]["column"]:
            return False
        return self._tokens[self._next + 1]["sign"] in {":", ")", *ARGUMENT_ENDS}

    def _area(self) -> float:
        first = self._take()
        last = first
        if self._peek() == ":":
            self._next += 1
            last = self._take()
            if not last["column"] or last["sheet"] or last["quoted"]:
                raise _UnknownError("no area")
        (top, left), (bottom, right) = _spot(first), _spot(last)
        area = (min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        # As Excel does: "KPS" typed among figures counts for nothing in a sum over them.
        values = self._book.values(self._sheet_of(first), area, self._depth + 1)
        return sum(_number(value) for value in values if not isinstance(value, str | bool))

    def _sheet_of(self, token: re.Match[str]) -> str:
        named = token["quoted"] or token["sheet"] or ""
        return named.replace("''", "'").casefold() or self._sheet


def _tokens(formula: str) -> Iterator[re.Match[str]]:
    place = 0
    text = formula.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise _UnknownError(formula[:100])
        yield match
        place = match.end()


def _spot(token: re.Match[str]) -> Spot:
    column = 0
    for letter in token["column"].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(token["row"]) - 1, column - 1


def _number(value: CellValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnknownError("no number")
    return float(value)


def mark_results(
    sheets: Sequence[Sheet], formulas: Sequence[Mapping[Spot, str]], *, is_uncertain: bool = False
) -> tuple[Sheet, ...]:
    """The sheets of a workbook, with those numbers marked that do not follow from their formulas.

    Args:
        sheets: the sheets with their stored values.
        formulas: of each sheet its formulas, without the `=`; "" for one that is not understood.
        is_uncertain: whether nothing says that the results were computed at all: the workbook is set to be
            calculated by hand, or was written by a program that calculates nothing.
    """
    if not any(formulas):
        return tuple(sheets)
    book = Recalculation(
        {sheet.name: Grid(sheet.rows, found) for sheet, found in zip(sheets, formulas, strict=True)}
    )
    return tuple(
        _mark(book, sheet, found, is_uncertain=is_uncertain) if found else sheet
        for sheet, found in zip(sheets, formulas, strict=True)
    )


def _mark(book: Recalculation, sheet: Sheet, formulas: Mapping[Spot, str], *, is_uncertain: bool) -> Sheet:
    marks = dict(sheet.marks)
    for spot in formulas:
        stored = sheet.value(*spot)
        if spot in marks or isinstance(stored, bool) or not isinstance(stored, int | float):
            continue
        computed = book.result(sheet.name, spot)
        if computed is None and is_uncertain:
            marks[spot] = Mark(Flaw.UNCERTAIN)
        elif computed is not None and differs(stored, computed):
            marks[spot] = Mark(Flaw.RECALCULATED, f"{computed:.15g}".replace(".", ","))
    return replace(sheet, marks=marks)


def differs(stored: float, computed: float) -> bool:
    """Whether two results are more than an error of computing apart."""
    return not math.isclose(stored, computed, rel_tol=1e-9, abs_tol=1e-9)


REFERENCE = re.compile(r"(?<![\w.])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w(.!])", re.IGNORECASE)


def shift_formula(formula: str, rows: int, columns: int) -> str:
    """A formula that is shared by several cells, for one so many rows and columns away from its first."""

    def move(match: re.Match[str]) -> str:
        number = 0
        for letter in match[2].upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        column = number if match[1] else number + columns
        row = int(match[4]) if match[3] else int(match[4]) + rows
        letters = ""
        while column > 0:
            column, rest = divmod(column - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{match[1]}{letters}{match[3]}{row}" if letters and row > 0 else "#REF!"

    # Names of sheets in quotes may look like cells: 'T7'!A1.
    pieces = re.split(r"('(?:[^']|'')*')", formula)
    return "".join(piece if piece[:1] == "'" else REFERENCE.sub(move, piece) for piece in pieces)


# =cmd|'/c calc'!A0 and =DDE("cmd";"/c calc";"x"): data that another program is started to deliver.
DDE = re.compile(r"(?<![\w\"'])[A-Z][\w.]{0,100}\|[^!\n]{1,300}!|\bDDE\s*\(", re.IGNORECASE)
FORMULA_STARTS = ("=", "+", "-", "@")


def calls_program(formula: str) -> bool:
    """Whether a formula asks another program for data (DDE), which may be any command."""
    # The checks of our own form are long; without one of these two signs there is nothing to look for.
    may_call = "|" in formula or "dde" in formula.casefold()
    return may_call and DDE.search(formula) is not None


def holds_command(rows: Sequence[Sequence[CellValue]]) -> bool:
    """Whether a text of a file without formulas (CSV, a page) would be such a formula in a spreadsheet."""
    return any(
        isinstance(value, str) and value.lstrip().startswith(FORMULA_STARTS) and calls_program(value)
        for row in rows
        for value in row
    )


OPEN_REFERENCE = re.compile(
    r"\[(?:\$?(?P<sheet>'(?:[^']|'')*'|[^\W\d]\w*))?\.(?P<first>\$?[A-Z]{1,3}\$?[0-9]{1,7})"
    r"(?::\.(?P<last>\$?[A-Z]{1,3}\$?[0-9]{1,7}))?\]"
)


def translate_open_formula(formula: str) -> str:
    """A formula of OpenDocument as Excel writes it: `of:=SUM([.A1:.B2])` is `SUM(A1:B2)`."""

    def translate(match: re.Match[str]) -> str:
        sheet = f"{match['sheet']}!" if match["sheet"] else ""
        return sheet + match["first"] + (f":{match['last']}" if match["last"] else "")

    return OPEN_REFERENCE.sub(translate, formula.rpartition(":=")[2] if ":=" in formula else formula)
