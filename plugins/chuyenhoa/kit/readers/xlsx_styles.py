"""The cell styles of a workbook that change how a value is read: percentages, American dates, old fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.readers.appearance import PERCENT_FORMATS, QUOTED, is_struck
from chuyenhoa.kit.readers.number_formats import BUILT_IN, is_plain

US_DATE = re.compile(r"(?:\[[^\]]*\])*m{1,2}[-/.]d{1,2}[-/.]y", re.IGNORECASE)
"""A format that shows the month before the day; the built-in format 14 follows the reader's country."""
OLD_FONT = re.compile(r"\.?vn[a-z0-9]|vni", re.IGNORECASE)
"""How the fonts of TCVN3 (`.VnTime`) and VNI (`VNI-Times`) are named."""


@dataclass(frozen=True)
class CellStyles:
    """Numbers of cell styles as cells write them (attribute `s`)."""

    percents: frozenset[str] = frozenset()
    us_dates: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    fonts: Mapping[str, str] = field(default_factory=dict)
    """The name of the font of each style that is set in a font of an old encoding."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """The number format of each style that may show another number than its cell holds, or words."""

    @cached_property
    def flagged(self) -> frozenset[str]:
        """The styles for which a cell must be looked at."""
        return self.percents | self.us_dates | self.struck | frozenset(self.fonts) | frozenset(self.formats)


def read_styles(styles: bytes) -> CellStyles:
    """The styles of a workbook; none when it has no part for them.

    Raises:
        lxml.etree.XMLSyntaxError: the part is no valid XML.
    """
    if not styles:
        return CellStyles()
    tree = parse_xml(styles)
    formats, us_dates = set(map(str, PERCENT_FORMATS)), set()
    telling = {str(number): code for number, code in BUILT_IN.items()}
    for entry in tree.iterfind("{*}numFmts/{*}numFmt"):
        number, code = entry.get("numFmtId", ""), entry.get("formatCode", "")
        telling.pop(number, None)
        if not is_plain(code):
            telling[number] = code
        code = QUOTED.sub("", code)
        if "%" in code:
            formats.add(number)
        elif US_DATE.match(code):
            us_dates.add(number)
    fonts = {
        str(number): name.get("val", "")
        for number, font in enumerate(tree.iterfind("{*}fonts/{*}font"))
        for name in font.iterfind("{*}name")
        if OLD_FONT.match(name.get("val", ""))
    }
    struck = {str(number) for number, font in enumerate(tree.iterfind("{*}fonts/{*}font")) if is_struck(font)}
    cells = [(str(number), entry) for number, entry in enumerate(tree.iterfind("{*}cellXfs/{*}xf"))]
    return CellStyles(
        frozenset(number for number, entry in cells if entry.get("numFmtId", "0") in formats),
        frozenset(number for number, entry in cells if entry.get("numFmtId", "0") in us_dates),
        frozenset(number for number, entry in cells if entry.get("fontId", "0") in struck),
        {number: fonts[font] for number, entry in cells if (font := entry.get("fontId", "0")) in fonts},
        {number: telling[code] for number, entry in cells if (code := entry.get("numFmtId", "0")) in telling},
    )
