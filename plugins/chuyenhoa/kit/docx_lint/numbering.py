"""The numbers that Word itself sets before paragraphs ("I.", "1.", "-"), counted in the order of the file."""

from __future__ import annotations

import re

from lxml import etree

from chuyenhoa.kit.docx_lint.reading import whole
from chuyenhoa.kit.docx_lint.styles import Styles
from chuyenhoa.kit.ooxml.wordml import W

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_BULLETS = {"\uf0b7": "•", "\uf02d": "-", "\uf0a7": "▪"}
"""Signs of the Symbol font as they print."""
_MOST = 5000


class Counter:
    """Counts numbered paragraphs, each numbering for itself."""

    def __init__(self, styles: Styles) -> None:
        """Count by a document's styles and numberings."""
        self.styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, paragraph: etree._Element) -> str:
        """What stands before a paragraph; empty for one without a number."""
        asked = None
        for properties in self.styles.paragraph_levels(paragraph):
            asked = self.styles.level_of(properties)
            if asked is not None:
                break
        if asked is None or asked[0] == "0":
            return ""
        identifier, depth = asked[0], whole(asked[1])
        level = self.styles.find_level(identifier, str(depth))
        if level is None:
            return ""
        counts = self._counts.setdefault(identifier, {})
        counts[depth] = counts.get(depth, _start(level) - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        return self._write(level, identifier, counts)

    def _write(self, level: etree._Element, identifier: str, counts: dict[int, int]) -> str:
        pattern = level.find(f"{W}lvlText")
        text = str(pattern.get(f"{W}val") or "") if pattern is not None else ""

        def say(found: re.Match[str]) -> str:
            depth = int(found[1]) - 1
            other = self.styles.find_level(identifier, str(depth))
            if other is None:
                return ""
            return write_number(counts.get(depth, _start(other)), _format(other))

        return re.sub(r"%(\d)", say, "".join(_BULLETS.get(sign, sign) for sign in text)).strip()


def write_number(number: int, kind: str) -> str:
    """A number as Word writes it in one of its formats (`upperRoman`, `lowerLetter`, …)."""
    if kind in ("bullet", "none"):
        return ""
    if kind.endswith("Roman"):
        roman = _roman(number)
        return roman.upper() if kind == "upperRoman" else roman
    if kind.endswith("Letter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    written, rest = "", min(max(number, 0), _MOST)
    for value, sign in _ROMAN:
        written += sign * (rest // value)
        rest %= value
    return written


def _start(level: etree._Element) -> int:
    node = level.find(f"{W}start")
    return whole(node.get(f"{W}val"), 1) if node is not None else 1


def _format(level: etree._Element) -> str:
    node = level.find(f"{W}numFmt")
    return str(node.get(f"{W}val") or "decimal") if node is not None else "decimal"
