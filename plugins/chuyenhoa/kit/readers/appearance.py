"""What the look of a cell or text says beside its value: raised and struck digits, old fonts, percentages."""

from __future__ import annotations

import re

from lxml import etree

from chuyenhoa.kit.readers.markup import local_name, parse_markup
from chuyenhoa.kit.vietnamese_text.normal_form import STRUCK

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SHIFTS = {"superscript": RAISED, "super": RAISED, "subscript": LOWERED, "sub": LOWERED}
STRIKES = frozenset({"strike", "dstrike"})
OFF = frozenset({"0", "false", "off", "none"})
TELLING = (b"vertAlign", b"strike")
"""What a part of a workbook must hold for its texts to be looked at."""


LEGACY_FONTS = (".vn", "vni")
"""How the names of the fonts of TCVN3 and VNI begin, in lower case: `.VnTime`, `VNI-Times`."""
PERCENT_FORMATS = frozenset({9, 10})
"""Excel's built-in formats `0%` and `0.00%`, which a file names by their number alone."""
QUOTED = re.compile(r'"[^"]*"|\\.')
"""Pieces of a number format that are shown as they stand: 3 as `0" %đạt"` is "3 %đạt", and not 300 %."""


def is_legacy_font(name: str) -> bool:
    """Whether text in this font is in an encoding from before Unicode."""
    return name.casefold().startswith(LEGACY_FONTS)


def shows_percent(number: int, code: str) -> bool:
    """Whether a number format, built in or written out, shows a value multiplied by 100."""
    return number in PERCENT_FORMATS or "%" in QUOTED.sub("", code)


def show_run(text: str, shift: str = "", *, struck: bool = False) -> str:
    """A piece of a text as it is seen: raised digits as such, struck ones with a mark behind them.

    A footnote behind a figure would otherwise become its last digit, and a figure that was struck out the
    first ones of its successor.
    """
    shown = text.translate(SHIFTS[shift]) if shift in SHIFTS else text
    return shown + STRUCK if struck and any(sign.isalnum() for sign in text) else shown


def show_runs(markup: bytes) -> bytes:
    """The texts of a part with raised and struck pieces made visible; the same bytes without any."""
    if not any(word in markup for word in TELLING):
        return markup
    root = parse_markup(markup, "XML")
    for run in root.iter("{*}r"):
        properties, text = run.find("{*}rPr"), run.find("{*}t")
        if properties is not None and text is not None and text.text:
            text.text = show_run(text.text, shift_of(properties), struck=is_struck(properties))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def shift_of(properties: etree._Element | None) -> str:
    """Whether a run is raised or lowered, as Word and Excel call it."""
    found = [] if properties is None else [entry for entry in properties if local_name(entry) == "vertAlign"]
    return next((_value(entry) for entry in found), "")


def is_struck(properties: etree._Element | None) -> bool:
    """Whether a run of Word or Excel is struck through."""
    return has_flag(properties, STRIKES)


def has_flag(properties: etree._Element | None, names: frozenset[str]) -> bool:
    """Whether one of some properties without a value is set."""
    found = [] if properties is None else [entry for entry in properties if local_name(entry) in names]
    return any(_value(entry).lower() not in OFF for entry in found)


def _value(entry: etree._Element) -> str:
    return next((str(v) for key, v in entry.attrib.items() if str(key).rpartition("}")[2] == "val"), "")
