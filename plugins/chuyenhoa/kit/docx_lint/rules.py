"""The rules of the head: drawn lines, measured against the text that stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.docx_lint.metrics import wrap_widths
from chuyenhoa.kit.docx_lint.model import LayoutProblem, Line
from chuyenhoa.kit.docx_lint.reading import MC, whole

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_EMU_PER_MM = 36000
_STRAIGHT = frozenset({"line", "straightConnector1"})
_CONNECTORS = frozenset({"_x0000_t20", "_x0000_t32"})
"""Word's own numbers for a line and for a straight connector."""
_SLOPE_MM = 0.7
_TYPED = re.compile(r"[-_–—=.*]{3,}$")
_UNITS = {"pt": 25.4 / 72, "in": 25.4, "mm": 1.0, "cm": 10.0, "": 25.4 / 72, "px": 25.4 / 96}
_LENGTH = re.compile(r"(-?[\d.]+)(pt|in|mm|cm|px)?$")
_TOLERANCE = 0.1
"""How much shorter or longer than asked a rule may be."""


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
