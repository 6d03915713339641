"""Elements 1 to 4 of the annex: Quốc hiệu, Tiêu ngữ, agency, number, place and date, with the lines drawn."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from lxml import etree

from chuyenhoa.kit.docx_lint.decree import AGENCIES, DATE, LETTER, MOTTO, NATION, NUMBER, SYMBOL, DocumentType
from chuyenhoa.kit.docx_lint.effective import wrap_widths
from chuyenhoa.kit.docx_lint.model import (
    LayoutProblem,
    Line,
    Row,
    Sheet,
    Wanted,
    check_line,
    is_within,
    opens_with,
)
from chuyenhoa.kit.docx_lint.styles import MC, whole

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_EMU_PER_MM = 36000
_STRAIGHT = frozenset({"line", "straightConnector1"})
# Word's own numbers for a line and for a straight connector.
_CONNECTORS = frozenset({"_x0000_t20", "_x0000_t32"})
# A line drawn by hand is seldom quite level; what rises more is no rule under a text.
_SLOPE_MM = 0.7
_TYPED = re.compile(r"[-_–—=.*]{3,}$")
_UNITS = {"pt": 25.4 / 72, "in": 25.4, "mm": 1.0, "cm": 10.0, "": 25.4 / 72, "px": 25.4 / 96}
_LENGTH = re.compile(r"(-?[\d.]+)(pt|in|mm|cm|px)?$")
# How much shorter or longer than asked a rule may be.
_TOLERANCE = 0.1


@dataclass(frozen=True)
class DrawnRule:
    """A straight line on the page; its length in millimetres."""

    length: float
    is_solid: bool


def drawn_rules(elements: Sequence[etree._Element]) -> Iterator[DrawnRule]:
    """The level lines that hang on some elements, DrawingML or VML."""
    for element in elements:
        for tag in (f"{_WP}anchor", f"{_WP}inline"):
            for drawing in element.iter(tag):
                found = _read_drawing(drawing)
                if found is not None and not _is_fallback(drawing):
                    yield found
        for shape in element.iter(f"{_V}line", f"{_V}shape"):
            if next(shape.iterancestors(f"{MC}AlternateContent"), None) is None:
                yield from _read_vml(shape) if shape.tag == f"{_V}line" else _read_connector(shape)


def check_rule(
    element: str,
    lines: Sequence[Line],
    places: Sequence[etree._Element],
    share: tuple[float, float],
    room: float,
) -> list[LayoutProblem]:
    """A drawn rule under some lines.

    Args:
        element: how messages call it.
        lines: the text above it.
        places: the paragraphs on which it may hang.
        share: the least and the greatest length, as a share of a line of the text.
        room: the width in millimetres in which the text breaks into lines.
    """
    widths = [
        width * line.stretch()
        for line in lines
        for width in wrap_widths(line.text, line.size, room / line.stretch(), bold=line.is_bold)
    ]
    where = lines[-1].place if lines else ""
    expected = "dài bằng dòng chữ" if share[0] == share[1] else "dài bằng 1/3 đến 1/2 dòng chữ"
    rules = list(drawn_rules(places))
    if not rules:
        return [LayoutProblem(element, _instead(lines, places), f"nét vẽ liền, {expected}", where)]
    if not widths:
        return []
    low, high = share[0] * min(widths) * (1 - _TOLERANCE), share[1] * max(widths) * (1 + _TOLERANCE)
    if not any(low <= rule.length <= high for rule in rules):
        text = f"dài {rules[0].length:.0f} mm (chữ dài {max(widths):.0f} mm)"
        return [LayoutProblem(element, text, expected, where)]
    if not any(rule.is_solid for rule in rules):
        return [LayoutProblem(element, "nét đứt", "nét liền", where)]
    return []


def _instead(lines: Sequence[Line], places: Sequence[etree._Element]) -> str:
    """What stands where the rule should be drawn."""
    if any(look.underlined for line in lines for look in line.looks):
        return "gạch chân chữ"
    if any(line.form.has_border for line in lines):
        return "đường viền của đoạn"
    texts = ("".join(map(str, place.itertext())).strip() for place in places)
    return "gõ bằng ký tự" if any(_TYPED.match(text) for text in texts if text) else "không có"


def is_typed_rule(text: str) -> bool:
    """Whether a text is a row of dashes."""
    return _TYPED.match(text) is not None


def _is_fallback(node: etree._Element) -> bool:
    return next(node.iterancestors(f"{MC}Fallback"), None) is not None


def _read_drawing(drawing: etree._Element) -> DrawnRule | None:
    shape = drawing.find(f".//{_A}prstGeom")
    extent = drawing.find(f"{_WP}extent")
    if shape is None or extent is None or shape.get("prst") not in _STRAIGHT:
        return None
    length, height = (whole(extent.get(name)) / _EMU_PER_MM for name in ("cx", "cy"))
    if height > _SLOPE_MM or drawing.find(f".//{_A}ln/{_A}noFill") is not None:
        return None
    dash = drawing.find(f".//{_A}ln/{_A}prstDash")
    return DrawnRule(length, dash is None or dash.get("val") in {"solid", None})


def _read_vml(shape: etree._Element) -> Iterator[DrawnRule]:
    ends = []
    for name in ("from", "to"):
        pieces = (shape.get(name) or "").split(",")
        ends.append([_millimetres(piece) for piece in pieces])
    if all(len(end) == 2 for end in ends) and abs(ends[0][1] - ends[1][1]) <= _SLOPE_MM:
        yield DrawnRule(abs(ends[1][0] - ends[0][0]), _is_solid(shape))


def _read_connector(shape: etree._Element) -> Iterator[DrawnRule]:
    """A straight connector as Word 2007 draws it: its size stands in the style."""
    kind = (shape.get("type") or "").removeprefix("#")
    if shape.get(f"{_O}connectortype") != "straight" and kind not in _CONNECTORS:
        return
    entries = (entry.partition(":") for entry in (shape.get("style") or "").split(";"))
    style = {name.strip(): value for name, _, value in entries}
    if _millimetres(style.get("height", "0")) <= _SLOPE_MM:
        yield DrawnRule(_millimetres(style.get("width", "0")), _is_solid(shape))


def _is_solid(shape: etree._Element) -> bool:
    dash = shape.find(f"{_V}stroke")
    return dash is None or dash.get("dashstyle") in {None, "solid"}


def _millimetres(text: str) -> float:
    found = _LENGTH.match(text.strip())
    return float(found[1]) * _UNITS[found[2] or ""] if found else 0.0


_MISSING = "không có"
_THIRD_TO_HALF = (1 / 3, 1 / 2)
_FULL = (1.0, 1.0)
NUMBERED = ("Số:", "Số :")
# Where the year is left blank (`năm 20…`), 29/02 may be meant.
_LEAP_YEAR = 2020


def find_line(sheet: Sheet, *openings: str) -> Line | None:
    """The first line that opens with a text, whatever its case."""
    return next((line for line in sheet.lines if opens_with(line, openings)), None)


def find_cell(sheet: Sheet, line: Line | None) -> tuple[Row, int] | None:
    """The row of a line, and the index of its cell there; None outside of tables."""
    if line is None or line.row is None:
        return None
    for table in sheet.tables:
        for row in table.rows:
            if row.element is line.row:
                return row, next(i for i, cell in enumerate(row.cells) if cell.element is line.cell)
    return None


def find_nation(sheet: Sheet) -> Line | None:
    """The line of Quốc hiệu."""
    return find_line(sheet, "CỘNG HÒA XÃ HỘI", "CỘNG HOÀ XÃ HỘI")


def check_head(sheet: Sheet, kind: DocumentType | None) -> list[LayoutProblem]:
    """All of the head, in the order of the page; `kind` is None when the type is not known."""
    nation = find_nation(sheet)
    if nation is None:
        return [
            LayoutProblem("Quốc hiệu", _MISSING, NATION),
            *_check_motto(sheet, None),
            *_check_number(sheet, kind),
            *_check_date(sheet),
        ]
    return [
        *_check_nation(sheet, nation),
        *_check_motto(sheet, nation),
        *_check_agency(sheet, nation),
        *_check_number(sheet, kind),
        *_check_date(sheet),
    ]


def _check_nation(sheet: Sheet, line: Line) -> list[LayoutProblem]:
    wanted = Wanted(12, 13, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(line, "Quốc hiệu", wanted)
    if line.text.upper().replace("HOÀ", "HÒA") != NATION:
        text = " / ".join(line.text.split("\n"))
        return [*found, LayoutProblem("Quốc hiệu", text, f"{NATION}, trên một dòng", line.place)]
    where = find_cell(sheet, line)
    if where is None or where[1] == 0:
        found.append(LayoutProblem("Quốc hiệu", "không ở ô bên phải", "ở trên cùng, bên phải", line.place))
    else:
        cell = where[0].cells[where[1]]
        room = cell.width - line.form.left - line.form.right
        if line.width() > room > 0:
            shown = f"ô rộng {room:.0f} mm, chữ dài {line.width():.0f} mm, phải xuống dòng"
            found.append(LayoutProblem("Quốc hiệu", shown, "trên một dòng", line.place))
    return found + _check_single(line, "Quốc hiệu")


def _check_single(line: Line, element: str) -> list[LayoutProblem]:
    if line.form.line is None or is_within(line.form.line, 0.95, 1.05):
        return []
    return [LayoutProblem(element, f"cách dòng {line.form.line:g}", "cách dòng đơn", line.place)]


def _check_motto(sheet: Sheet, nation: Line | None) -> list[LayoutProblem]:
    line = find_line(sheet, "Độc lập")
    if line is None:
        return [LayoutProblem("Tiêu ngữ", _MISSING, MOTTO)]
    wanted = Wanted(13, 14, bold=True, italic=False, upper=False, alignment="center")
    found = check_line(line, "Tiêu ngữ", wanted) + _check_single(line, "Tiêu ngữ")
    if line.text != MOTTO and not line.is_upper:
        found.append(LayoutProblem("Tiêu ngữ", line.text, MOTTO, line.place))
    where = find_cell(sheet, line)
    cell = where[0].cells[where[1]] if where is not None else None
    if nation is not None and nation.cell is not line.cell:
        found.append(LayoutProblem("Tiêu ngữ", "không ở dưới Quốc hiệu", "ở dưới Quốc hiệu", line.place))
    places = [entry.element for entry in cell.lines] if cell is not None else [line.element]
    return found + check_rule(
        "kẻ dưới Tiêu ngữ", [line], places, _FULL, cell.width if cell is not None else 0
    )


def _check_agency(sheet: Sheet, nation: Line) -> list[LayoutProblem]:
    """The agency, and the one above it, in the cell to the left of Quốc hiệu."""
    where = find_cell(sheet, nation)
    cell = where[0].cells[0] if where is not None and where[1] > 0 else None
    above_number = takewhile(lambda line: not opens_with(line, NUMBERED), cell.filled if cell else ())
    lines = [line for line in above_number if not is_typed_rule(line.text)]
    # Element 2 ends at the number: both are in one cell where the head is a table of one row.
    if cell is None or not lines:
        return [LayoutProblem("tên cơ quan ban hành", _MISSING, "ở ô bên trái Quốc hiệu", nation.place)]
    above, own = _split_agency(lines)
    found = []
    for line in above:
        wanted = Wanted(12, 13, bold=False, italic=False, upper=True, alignment="center")
        found += check_line(line, "tên cơ quan chủ quản", wanted)
    for line in own:
        wanted = Wanted(12, 13, bold=True, italic=False, upper=True, alignment="center")
        found += check_line(line, "tên cơ quan ban hành", wanted)
    places = [line.element for line in cell.lines]
    return found + check_rule("kẻ dưới tên cơ quan", own, places, _THIRD_TO_HALF, cell.width)


def _split_agency(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The lines of the agency above, and those of the agency itself.

    The agency itself opens at the last line that opens as the names of agencies do, or else at the first
    bold line; it is the last line when neither is there.
    """
    # ỦY BAN NHÂN DÂN TỈNH KIÊN GIANG          (above, not bold)
    # BAN CHỈ ĐẠO CHUYỂN HÓA ĐỊA BÀN           (itself, bold)
    # The name says more than the weight: a line above that is wrongly bold is a problem, not the agency.
    named = [i for i, line in enumerate(lines) if i and line.text.upper().startswith(AGENCIES)]
    bold = [i for i, line in enumerate(lines) if line.is_bold]
    if len(lines) == 1:
        start = 0
    elif named:
        start = named[-1]
    else:
        start = bold[0] if bold else len(lines) - 1
    return lines[:start], lines[start:]


def _check_number(sheet: Sheet, kind: DocumentType | None) -> list[LayoutProblem]:
    line = find_line(sheet, *NUMBERED)
    symbol = f"{kind.symbol}-BCĐ" if kind is not None and kind.symbol else "BCĐ"
    if line is None:
        return [LayoutProblem("số, ký hiệu", _MISSING, f"Số: …/{symbol}")]
    found = check_line(line, "số, ký hiệu", Wanted(13, 13, bold=False, italic=False, alignment="center"))
    where = find_cell(sheet, line)
    if where is None or where[1] != 0:
        found.append(
            LayoutProblem("số, ký hiệu", "không ở ô bên trái", "dưới tên cơ quan ban hành", line.place)
        )
    expected = _expect_number(line.text, kind)
    if expected:
        found.append(LayoutProblem("số, ký hiệu", line.text, expected, line.place))
    return found


def _expect_number(text: str, kind: DocumentType | None) -> str:
    """What a number and symbol must be; empty when they are."""
    parts = NUMBER.fullmatch(text)
    if parts is None:
        return "Số: 152/BC-BCĐ"
    number, symbol = parts["number"], parts["symbol"]
    # "Số: 09/BC-BCĐ": a zero before one digit, none before more.
    if number is not None and (len(number) < 2 or (number.startswith("0") and len(number) > 2)):
        return "số dưới 10 ghi thêm số 0 ở trước: Số: 09/…"
    if number is not None and parts["gap"]:
        return f"không cách giữa số và dấu gạch chéo: Số: {number}/{symbol}"
    if kind is LETTER and symbol.startswith("CV-"):
        # A công văn (element 3) has no type in its symbol.
        return "công văn không ghi tên loại trong ký hiệu: …/BCĐ-PV01"
    if not SYMBOL.fullmatch(symbol):
        return "ký hiệu in hoa, nối bằng dấu gạch nối, không cách chữ: …/BC-BCĐ"
    if kind is not None and kind.symbol and symbol.partition("-")[0].rpartition("/")[2] != kind.symbol:
        return f"ký hiệu của {kind.title.lower()}: …/{kind.symbol}-…"
    return ""


def _check_date(sheet: Sheet) -> list[LayoutProblem]:
    number = find_line(sheet, *NUMBERED)
    where = find_cell(sheet, number)
    lines = [line for cell in where[0].cells for line in cell.filled if "ngày" in line.text] if where else []
    if not lines or where is None:
        return [LayoutProblem("địa danh, ngày tháng", _MISSING, "cùng dòng với số, ký hiệu, ở ô bên phải")]
    line = lines[0]
    wanted = Wanted(13, 14, bold=False, italic=True, upper=False, alignment="center")
    found = check_line(line, "địa danh, ngày tháng", wanted)
    if line.cell is not where[0].cells[-1].element or len(where[0].cells) < 2:
        found.append(
            LayoutProblem("địa danh, ngày tháng", "không ở ô bên phải", "dưới Quốc hiệu", line.place)
        )
    if not _is_date(line.text):
        must = "Kiên Giang, ngày 05 tháng 01 năm 2021 (ngày dưới 10, tháng 1, 2 ghi thêm số 0)"
        found.append(LayoutProblem("địa danh, ngày tháng", line.text, must, line.place))
    return found


def _is_date(text: str) -> bool:
    parts = DATE.fullmatch(text)
    if parts is None:
        return False
    day, month = parts["day"], parts["month"]
    day_fits = day is None or (len(day) == 2 and 1 <= int(day) <= 31)
    month_fits = month is None or month in {"01", "02", *(str(number) for number in range(3, 13))}
    if day is None or month is None or not (day_fits and month_fits):
        return day_fits and month_fits
    year = int(parts["year"] or _LEAP_YEAR)
    return int(day) <= monthrange(max(year, 1), int(month))[1]
