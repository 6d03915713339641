"""What the layout checks share: problems, lines, tables, sections, and the check of one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.docx_lint.effective import Form, Look, text_width
from chuyenhoa.kit.ooxml.wordml import W

SHOWN = 40
# Twips and EMU become millimetres and points: a limit that is met exactly may be off by rounding.
_SLACK = 0.01


@dataclass(frozen=True)
class LayoutProblem:
    """A deviation: the element, what it is, what the decree asks for, and its place."""

    element: str
    found: str
    expected: str
    place: str = ""

    def __str__(self) -> str:
        where = f", {self.place}" if self.place else ""
        return f"{self.element}{where}: {self.found}; yêu cầu: {self.expected}"


@dataclass(frozen=True)
class Line:
    """A paragraph as it prints."""

    element: etree._Element
    text: str
    """Its number, where Word sets one, and its text, without spaces around."""
    label: str
    """The number alone."""
    looks: tuple[Look, ...]
    form: Form
    style: str
    spot: str
    """`đoạn 12`, or `bảng 2, dòng 3`."""
    row: etree._Element | None = None
    cell: etree._Element | None = None

    @property
    def place(self) -> str:
        """The spot and a piece of the text."""
        return f"{self.spot} “{' '.join(self.text.split())[:SHOWN]}”" if self.text else self.spot

    @property
    def size(self) -> float:
        """The size of its largest letters in points."""
        return max((look.size for look in self.looks), default=0.0)

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return bool(self.looks) and all(look.bold for look in self.looks)

    @property
    def is_italic(self) -> bool:
        """Whether all of it is italic."""
        return bool(self.looks) and all(look.italic for look in self.looks)

    @property
    def is_upper(self) -> bool:
        """Whether it holds capitals and nothing but capitals."""
        shown = "".join(look.text for look in self.looks)
        return shown == shown.upper() and shown != shown.lower()

    def width(self) -> float:
        """How wide its text is on one line, in millimetres."""
        return sum(look.width() for look in self.looks)

    def stretch(self) -> float:
        """By how much its letters are drawn wider or closer than usual: 1.0 for most lines."""
        usual = sum(text_width(look.text, look.size, bold=look.bold) for look in self.looks)
        return self.width() / usual if usual and self.width() > 0 else 1.0


@dataclass(frozen=True)
class Cell:
    """A cell with its lines; `width` is the room for text in millimetres, 0 when unknown."""

    element: etree._Element
    lines: tuple[Line, ...]
    width: float

    @property
    def filled(self) -> list[Line]:
        """The lines that print something."""
        return [line for line in self.lines if line.text]


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    element: etree._Element
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table in the text, not in another table."""

    element: etree._Element
    rows: tuple[Row, ...]
    spot: str
    has_borders: bool
    width: float
    """In millimetres; 0 where nothing is said, or where it floats."""
    room: float
    """Millimetres between the margins of its page."""

    @property
    def lines(self) -> Iterator[Line]:
        """All its lines."""
        return (line for row in self.rows for cell in row.cells for line in cell.lines)


@dataclass(frozen=True)
class Section:
    """A section: its properties, and the lines and tables that stand in it."""

    number: int
    properties: etree._Element
    blocks: tuple[Line | Table, ...]

    @property
    def place(self) -> str:
        """`phần 2`."""
        return f"phần {self.number}"

    @property
    def lines(self) -> list[Line]:
        """The lines outside of tables that print something."""
        return [block for block in self.blocks if isinstance(block, Line) and block.text]

    @property
    def tables(self) -> list[Table]:
        """Its tables."""
        return [block for block in self.blocks if isinstance(block, Table)]


@dataclass(frozen=True)
class Sheet:
    """A whole document, opened for checking."""

    sections: tuple[Section, ...]
    headers: tuple[dict[str, tuple[Line, ...]], ...]
    """By section: the lines of its headers by `default`, `first`, `even`; inherited ones included."""
    margins: tuple[Line, ...]
    """Every line of headers, footers, notes and text boxes."""
    footers: tuple[Line, ...]
    """Every line of footers."""
    has_even_pages: bool
    """Whether even pages have headers of their own."""
    has_gutter_on_top: bool
    """Whether room for binding is added at the top and not at the left."""

    @property
    def lines(self) -> Iterator[Line]:
        """Every line of the body in the order of the file, tables included."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Line):
                    yield block
                else:
                    yield from block.lines

    @property
    def tables(self) -> Iterator[Table]:
        """Every table of the body."""
        return (table for section in self.sections for table in section.tables)


@dataclass(frozen=True)
class Wanted:
    """How a line of text has to look; None where the decree leaves it open."""

    low: float
    high: float
    bold: bool | None = None
    italic: bool | None = None
    upper: bool | None = None
    alignment: str | None = None


_ALIGNMENTS = {"center": "canh giữa", "both": "canh đều hai lề", "left": "canh trái", "right": "canh phải"}


def is_within(value: float, low: float, high: float) -> bool:
    """Whether a value lies between two limits, both included, rounding apart."""
    return low - _SLACK <= value <= high + _SLACK


def check_line(line: Line, element: str, wanted: Wanted) -> list[LayoutProblem]:
    """Check a line's runs for size, weight, slant, case and alignment; each kind of fault once."""
    found: dict[str, tuple[str, str]] = {}
    for look in line.looks:
        if not is_within(look.size, wanted.low, wanted.high):
            found.setdefault("size", (f"cỡ chữ {look.size:g}", f"cỡ chữ {_sizes(wanted)}"))
        if wanted.bold is not None and look.bold is not wanted.bold:
            found.setdefault("bold", (_weight(look.bold), _weight(wanted.bold)))
        if wanted.italic is not None and look.italic is not wanted.italic:
            found.setdefault("italic", (_slant(look.italic), _slant(wanted.italic)))
        if wanted.upper and look.text != look.text.upper():
            found.setdefault("upper", ("chữ in thường", "chữ in hoa"))
    if wanted.upper is False and line.is_upper:
        found.setdefault("upper", ("chữ in hoa", "chữ in thường"))
    if line.looks and wanted.alignment is not None and line.form.alignment != wanted.alignment:
        shown = _ALIGNMENTS.get(line.form.alignment, line.form.alignment)
        found["alignment"] = (shown, _ALIGNMENTS[wanted.alignment])
    return [LayoutProblem(element, what, must, line.place) for what, must in found.values()]


def _sizes(wanted: Wanted) -> str:
    return f"{wanted.low:g}–{wanted.high:g}" if wanted.low != wanted.high else f"{wanted.low:g}"


def _weight(bold: bool) -> str:
    return "chữ đậm" if bold else "chữ không đậm"


def _slant(italic: bool) -> str:
    return "chữ nghiêng" if italic else "chữ đứng"


def check_list(element: str, lines: Sequence[Line]) -> list[LayoutProblem]:
    """Lines that open with "- " and end in ";", the last in "."."""
    found = []
    for line in lines:
        end = "." if line is lines[-1] else ";"
        if (
            not line.text.startswith("- ")
            or not line.text.endswith(end)
            or line.text.endswith((";.", ".;", ".."))
        ):
            shown = f"“{line.text[:2]}…{line.text[-2:]}”"
            found.append(LayoutProblem(element, shown, f"mở bằng “- ”, kết thúc “{end}”", line.place))
    return found


def is_page_field(line: Line) -> bool:
    """Whether a line holds the number of its page."""
    codes = [node.text or "" for node in line.element.iter(f"{W}instrText")]
    simple = [node.get(f"{W}instr") or "" for node in line.element.iter(f"{W}fldSimple")]
    return "PAGE" in "".join(codes).split() or any("PAGE" in code.split() for code in simple)


def opens_with(line: Line, texts: Sequence[str]) -> bool:
    """Whether a line opens with one of some texts, whatever its case."""
    return line.text.casefold().startswith(tuple(text.casefold() for text in texts))
