"""The look of the blank workbook: one place for fonts, colours and borders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
BORDER = {"border": 1, "border_color": "#808080"}
HEAD = {**FONT, **BORDER, "align": "center", "text_wrap": True}
INPUT = {**FONT, **BORDER, "bg_color": "#FFFBE6", "locked": False}

ERROR_FILL = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
WARNING_FILL = {"bg_color": "#FFD8A8", "font_color": "#7A4100"}

STYLES: Mapping[str, Mapping[str, object]] = {
    "base": FONT,
    "title": {**FONT, "font_size": 13, "bold": True},
    "line": FONT,
    "hint": {**FONT, "italic": True, "font_color": "#7A4100"},
    "section": {**HEAD, "bold": True, "bg_color": "#D9E2F3"},
    "label": {**HEAD, "bold": True, "bg_color": "#EDF1F9", "font_size": 10},
    "minor": {**HEAD, "italic": True, "font_size": 9},
    "code": {**HEAD, "text_wrap": False, "font_size": 8, "font_color": "#606060", "bg_color": "#F2F2F2"},
    "locked": {**FONT, **BORDER, "text_wrap": True, "bg_color": "#F2F2F2", "num_format": "@"},
    "number": {**INPUT, "align": "center"},
    "text": {**INPUT, "text_wrap": True, "num_format": "@"},
    "prose": {**INPUT, "text_wrap": True, "valign": "top", "num_format": "@"},
    "check": {**FONT, **BORDER, "text_wrap": True, "bold": True, "font_color": "#9C0006"},
    "count": {**FONT, **BORDER, "align": "center", "font_color": "#606060"},
    "guide": {**FONT, "font_size": 12, "text_wrap": True, "valign": "top"},
    "cell": {**FONT, **BORDER, "text_wrap": True},
    "error": ERROR_FILL,
    "warning": WARNING_FILL,
}


def add_styles(book: Any) -> dict[str, Any]:
    """Register every style with a workbook; in a fixed order, so that the bytes are the same each time."""
    return {name: book.add_format(dict(style)) for name, style in STYLES.items()}
