"""What the layout checks share: problems, pages, and the checks on one line of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.reporting.effective import Effective
from chuyenhoa.reporting.words import W, paragraph_text


@dataclass(frozen=True)
class LayoutProblem:
    """A deviation: the element, what it is, and what the decree asks for."""

    element: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.element}: {self.found}; yêu cầu: {self.expected}"


@dataclass(frozen=True)
class Page:
    """A section with the paragraphs and tables that stand in it."""

    section: etree._Element
    blocks: tuple[etree._Element, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole document, opened for checking."""

    pages: tuple[Page, ...]
    effective: Effective

    def paragraphs(self) -> Iterator[etree._Element]:
        """Every paragraph of the body, tables included, in the order of the page."""
        for page in self.pages:
            for block in page.blocks:
                yield from block.iter(f"{W}p")

    def find(self, text: str) -> etree._Element | None:
        """The first paragraph that opens with a text, whatever its case."""
        wanted = text.casefold()
        found = (p for p in self.paragraphs() if paragraph_text(p).strip().casefold().startswith(wanted))
        return next(found, None)


@dataclass(frozen=True)
class Wanted:
    """How a line of text has to look; None where the decree leaves it open."""

    low: float
    high: float
    bold: bool | None = None
    italic: bool | None = None
    upper: bool = False
    alignment: str | None = None


def is_within(value: float, low: float, high: float) -> bool:
    """Whether a value lies between two limits, both included."""
    return low <= value <= high


def check_line(sheet: Sheet, paragraph: etree._Element, element: str, wanted: Wanted) -> list[LayoutProblem]:
    """Hold a paragraph's runs against size, weight, slant, case and alignment; each fault once."""
    found: dict[str, LayoutProblem] = {}
    for look in sheet.effective.looks(paragraph):
        if not is_within(look.size, wanted.low, wanted.high):
            sizes = f"{wanted.low:g}–{wanted.high:g}" if wanted.low != wanted.high else f"{wanted.low:g}"
            found["size"] = LayoutProblem(element, f"cỡ chữ {look.size:g}", f"cỡ chữ {sizes}")
        if wanted.bold is not None and look.bold is not wanted.bold:
            found["bold"] = LayoutProblem(element, _weight(look.bold), _weight(wanted.bold))
        if wanted.italic is not None and look.italic is not wanted.italic:
            found["italic"] = LayoutProblem(element, _slant(look.italic), _slant(wanted.italic))
        if wanted.upper and look.text != look.text.upper():
            found["upper"] = LayoutProblem(element, "chữ in thường", "chữ in hoa")
    alignment = sheet.effective.form(paragraph).alignment
    if wanted.alignment is not None and alignment != wanted.alignment:
        names = {"center": "canh giữa", "both": "canh đều hai lề", "left": "canh trái", "right": "canh phải"}
        shown = names.get(alignment, alignment)
        found["alignment"] = LayoutProblem(element, shown, names[wanted.alignment])
    return list(found.values())


def _weight(bold: bool) -> str:
    return "chữ đậm" if bold else "chữ không đậm"


def _slant(italic: bool) -> str:
    return "chữ nghiêng" if italic else "chữ đứng"
