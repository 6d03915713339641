"""How a paragraph of a .docx really looks: values after styles, inheritance and the document's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.reporting.words import W, paragraph_text, parse_part

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_TWIPS_PER_MM = 1440 / 25.4
_OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True)
class Look:
    """One run as it prints: font, size in points, weight, slant, colour (`auto` is black)."""

    text: str
    font: str
    size: float
    bold: bool
    italic: bool
    color: str


@dataclass(frozen=True)
class Form:
    """A paragraph as it prints: first-line indent in millimetres, spaces in points, line as a multiple.

    `line` is None when it is an exact height in points.
    """

    alignment: str
    first_line: float
    before: float
    after: float
    line: float | None


class Effective:
    """Resolves looks and forms against a document's styles and theme."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        """Read the styles, the defaults and the theme's fonts."""
        empty = f'<w:styles xmlns:w="{W[1:-1]}"/>'.encode()
        root = parse_part(parts.get("word/styles.xml", empty))
        self._styles = {style.get(f"{W}styleId"): style for style in root.findall(f"{W}style")}
        self._default = next(
            (s for s in self._styles.values() if _is_default(s) and s.get(f"{W}type") == "paragraph"), None
        )
        self._run_defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._paragraph_defaults = root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        self._theme = _theme_fonts(parts)

    def looks(self, paragraph: etree._Element) -> list[Look]:
        """The runs of a paragraph that print something."""
        found = []
        for run in paragraph.iter(f"{W}r"):
            text = "".join(node.text or "" for node in run.findall(f"{W}t"))
            if text.strip():
                found.append(self._look(paragraph, run, text))
        return found

    def field_look(self, paragraph: etree._Element) -> Look | None:
        """How the first run of a paragraph would print, whether or not it holds text."""
        run = next(paragraph.iter(f"{W}r"), None)
        return None if run is None else self._look(paragraph, run, paragraph_text(paragraph))

    def form(self, paragraph: etree._Element) -> Form:
        """How a paragraph stands."""
        line = self._paragraph_value(paragraph, "spacing", "line")
        rule = self._paragraph_value(paragraph, "spacing", "lineRule") or "auto"
        return Form(
            alignment=self._paragraph_value(paragraph, "jc", "val") or "left",
            first_line=_number(self._paragraph_value(paragraph, "ind", "firstLine")) / _TWIPS_PER_MM,
            before=_number(self._paragraph_value(paragraph, "spacing", "before")) / 20,
            after=_number(self._paragraph_value(paragraph, "spacing", "after")) / 20,
            line=(_number(line) / 240 if line else 1.0) if rule == "auto" else None,
        )

    def _look(self, paragraph: etree._Element, run: etree._Element, text: str) -> Look:
        return Look(
            text=text,
            font=self._font(paragraph, run),
            size=_number(self._run_value(paragraph, run, "sz", "val") or "20") / 2,
            bold=self._flag(paragraph, run, "b"),
            italic=self._flag(paragraph, run, "i"),
            color=(self._run_value(paragraph, run, "color", "val") or "auto").upper(),
        )

    def _font(self, paragraph: etree._Element, run: etree._Element) -> str:
        """The Latin font; a theme's font counts where it stands beside or above a named one."""
        for properties in self._run_chain(paragraph, run):
            fonts = properties.find(f"{W}rFonts")
            if fonts is None:
                continue
            theme = fonts.get(f"{W}asciiTheme")
            if theme:
                return self._theme.get("major" if theme.startswith("major") else "minor", theme)
            if fonts.get(f"{W}ascii"):
                return str(fonts.get(f"{W}ascii"))
        return "Times New Roman"

    def _flag(self, paragraph: etree._Element, run: etree._Element, name: str) -> bool:
        for properties in self._run_chain(paragraph, run):
            node = properties.find(f"{W}{name}")
            if node is not None:
                return (node.get(f"{W}val") or "1") not in _OFF
        return False

    def _run_value(self, paragraph: etree._Element, run: etree._Element, tag: str, name: str) -> str | None:
        for properties in self._run_chain(paragraph, run):
            node = properties.find(f"{W}{tag}")
            if node is not None and node.get(f"{W}{name}") is not None:
                return node.get(f"{W}{name}")
        return None

    def _paragraph_value(self, paragraph: etree._Element, tag: str, name: str) -> str | None:
        own = paragraph.find(f"{W}pPr")
        chain = [own] if own is not None else []
        chain += [p for s in self._paragraph_styles(paragraph) if (p := s.find(f"{W}pPr")) is not None]
        chain += [self._paragraph_defaults] if self._paragraph_defaults is not None else []
        for properties in chain:
            node = properties.find(f"{W}{tag}")
            if node is not None and node.get(f"{W}{name}") is not None:
                return node.get(f"{W}{name}")
        return None

    def _run_chain(self, paragraph: etree._Element, run: etree._Element) -> Iterator[etree._Element]:
        """Run properties from the nearest to the furthest."""
        own = run.find(f"{W}rPr")
        if own is not None:
            yield own
            named = own.find(f"{W}rStyle")
            if named is not None:
                yield from _run_properties(self._chain(self._styles.get(named.get(f"{W}val"))))
        yield from _run_properties(self._paragraph_styles(paragraph))
        if self._run_defaults is not None:
            yield self._run_defaults

    def _paragraph_styles(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        node = paragraph.find(f"{W}pPr/{W}pStyle")
        named = self._styles.get(node.get(f"{W}val")) if node is not None else None
        return self._chain(named if named is not None else self._default)

    def _chain(self, style: etree._Element | None) -> Iterator[etree._Element]:
        """A style and those it is based on; a circle ends."""
        seen: set[str | None] = set()
        while style is not None and style.get(f"{W}styleId") not in seen:
            seen.add(style.get(f"{W}styleId"))
            yield style
            base = style.find(f"{W}basedOn")
            style = self._styles.get(base.get(f"{W}val")) if base is not None else None


def _run_properties(styles: Iterator[etree._Element]) -> Iterator[etree._Element]:
    for style in styles:
        properties = style.find(f"{W}rPr")
        if properties is not None:
            yield properties


def _is_default(style: etree._Element) -> bool:
    return style.get(f"{W}default") in {"1", "true", "on"}


def _theme_fonts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The theme's Latin fonts by `major` and `minor`."""
    if "word/theme/theme1.xml" not in parts:
        return {}
    root = parse_part(parts["word/theme/theme1.xml"])
    found = {}
    for kind in ("major", "minor"):
        latin = root.find(f".//{_A}{kind}Font/{_A}latin")
        if latin is not None:
            found[kind] = latin.get("typeface") or ""
    return found


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
