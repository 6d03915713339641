"""What a document says of its text: elements seen through, styles, numberings, defaults and theme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from lxml import etree

from chuyenhoa.kit.ooxml.markup import parse_xml
from chuyenhoa.kit.ooxml.wordml import W

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What holds text or blocks without changing how they print.
_THROUGH = frozenset(
    f"{W}{name}"
    for name in (
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "fldSimple",
        "bdo",
        "dir",
    )
)
_SIGNS = {
    f"{W}tab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_OFF = frozenset({"0", "false", "off", "none"})


def children(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of some names (without prefix), those within content controls and insertions included."""
    yield from _children(parent, _tags(names))


@cache
def _tags(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"{W}{name}" for name in names)


def _children(parent: etree._Element, wanted: frozenset[str]) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag in _THROUGH:
            yield from _children(child, wanted)


def own_runs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The runs that a paragraph prints itself; those of text boxes that hang on it are not its own."""
    return children(paragraph, "r")


def run_text(run: etree._Element) -> str:
    """What a run prints; a tab is a space, a break a line end."""
    return "".join((node.text or "") if node.tag == f"{W}t" else _SIGNS.get(node.tag, "") for node in run)


def boxed_paragraphs(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs of text boxes below an element, each once (not their fallback for old programs)."""
    for content in parent.iter(f"{W}txbxContent"):
        if next(content.iterancestors(f"{MC}Fallback"), None) is None:
            yield from children(content, "p")


def is_on(parent: etree._Element | None, path: str) -> bool:
    """Whether a switch such as `trPr/cantSplit` stands below an element and is not switched off."""
    if parent is None:
        return False
    node = parent.find("/".join(f"{W}{step}" for step in path.split("/")))
    return node is not None and switch(node)


def switch(node: etree._Element) -> bool:
    """The value of an on/off element."""
    return (node.get(f"{W}val") or "1") not in _OFF


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of an attribute; `default` when it is none."""
    try:
        return int(float(text)) if text else default
    except (ValueError, OverflowError):
        return default


_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
# Run properties by level: direct, character style, paragraph style, table style, defaults.
Chains = tuple[list[etree._Element], ...]
# A paragraph's style, that of its table, and whether it stands in the table's first row.
Context = tuple[str | None, str | None, bool]


class Styles:
    """What styles say; a circle of styles based on each other ends."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        """Read `styles.xml`, `numbering.xml` and the theme; each may be missing."""
        root = read_optional(parts, "word/styles.xml", "styles")
        self._styles = {style.get(f"{W}styleId"): style for style in root.findall(f"{W}style")}
        self._chains: dict[str | None, list[etree._Element]] = {}
        self._defaults = {
            style.get(f"{W}type"): style for style in self._styles.values() if _is_default(style)
        }
        self._run_defaults = root.findall(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._paragraph_defaults = root.findall(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        self._theme = _theme_fonts(parts)
        # Each paragraph is asked about once a run, and each table once a paragraph: an annex has thousands.
        self._contexts: dict[etree._Element, Context] = {}
        self._tables: dict[etree._Element, tuple[str, etree._Element | None]] = {}
        self.numbering = read_optional(parts, "word/numbering.xml", "numbering")

    def run_chains(self, paragraph: etree._Element, run: etree._Element) -> Chains:
        """The properties that bear on a run, by level."""
        own = run.findall(f"{W}rPr")
        named = own[0].find(f"{W}rStyle") if own else None
        character = self._find(named) if named is not None else None
        return (
            own,
            _pick(self._chain(character), "rPr"),
            _pick(self._paragraph_styles(paragraph), "rPr"),
            self._table_level(paragraph, "rPr"),
            self._run_defaults,
        )

    def context(self, paragraph: etree._Element) -> Context:
        """All that bears on a paragraph and its runs but their own properties."""
        known = self._contexts.get(paragraph)
        if known is None:
            known = self._contexts[paragraph] = self._context(paragraph)
        return known

    def _context(self, paragraph: etree._Element) -> Context:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        named = None if style is None else style.get(f"{W}val")
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is None:
            return named, None, False
        if table not in self._tables:
            self._tables[table] = _table_style(table), _first_row(table)
        style_of_table, first = self._tables[table]
        return (
            named,
            style_of_table,
            first is not None and next(paragraph.iterancestors(f"{W}tr"), None) is first,
        )

    def paragraph_levels(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """The properties that bear on a paragraph, the nearest first."""
        own = paragraph.find(f"{W}pPr")
        if own is not None:
            yield own
            yield from self._numbering_level(own)
        for style in self._paragraph_styles(paragraph):
            for properties in style.findall(f"{W}pPr"):
                yield properties
                yield from self._numbering_level(properties)
        yield from self._table_level(paragraph, "pPr")
        yield from self._paragraph_defaults

    def style_name(self, paragraph: etree._Element) -> str:
        """The id of a paragraph's style; empty for the default."""
        return self.context(paragraph)[0] or ""

    def table_properties(self, table: etree._Element) -> list[etree._Element]:
        """A table's own properties and those of its styles."""
        return table.findall(f"{W}tblPr") + _pick(self._table_styles(table), "tblPr")

    def theme_font(self, name: str) -> str:
        """The font that a theme's name as `minorHAnsi` stands for; empty when the theme does not say."""
        kind = "major" if name.startswith("major") else "minor"
        script = "ea" if name.endswith("EastAsia") else "cs" if name.endswith("Bidi") else "latin"
        return self._theme.get(f"{kind} {script}", "")

    def level_of(self, properties: etree._Element) -> tuple[str, str] | None:
        """The numbering's id and level that paragraph properties ask for; None without one."""
        node = properties.find(f"{W}numPr")
        identifier = node.find(f"{W}numId") if node is not None else None
        if node is None or identifier is None:
            return None
        level = node.find(f"{W}ilvl")
        return str(identifier.get(f"{W}val")), str(level.get(f"{W}val") if level is not None else "0")

    def find_level(self, identifier: str, level: str) -> etree._Element | None:
        """The definition of one level of a numbering."""
        number = next(
            (n for n in self.numbering.findall(f"{W}num") if n.get(f"{W}numId") == identifier), None
        )
        abstract = number.find(f"{W}abstractNumId") if number is not None else None
        if abstract is None:
            return None
        wanted = abstract.get(f"{W}val")
        for entry in self.numbering.findall(f"{W}abstractNum"):
            if entry.get(f"{W}abstractNumId") == wanted:
                return next((n for n in entry.findall(f"{W}lvl") if n.get(f"{W}ilvl") == level), None)
        return None

    def _numbering_level(self, properties: etree._Element) -> Iterator[etree._Element]:
        asked = self.level_of(properties)
        found = self.find_level(*asked) if asked is not None else None
        if found is not None:
            yield from found.findall(f"{W}pPr")

    def _table_level(self, paragraph: etree._Element, name: str) -> list[etree._Element]:
        """What the style of the paragraph's table says, its first row apart."""
        table = next(paragraph.iterancestors(f"{W}tbl"), None)
        if table is None:
            return []
        styles = self._table_styles(table)
        found = []
        if self.context(paragraph)[2]:
            for style in styles:
                for special in style.findall(f"{W}tblStylePr"):
                    if special.get(f"{W}type") == "firstRow":
                        found += special.findall(f"{W}{name}")
        return found + _pick(styles, name)

    def _table_styles(self, table: etree._Element) -> list[etree._Element]:
        named = table.find(f"{W}tblPr/{W}tblStyle")
        style = self._find(named) if named is not None else self._defaults.get("table")
        return self._chain(style)

    def _paragraph_styles(self, paragraph: etree._Element) -> list[etree._Element]:
        node = paragraph.find(f"{W}pPr/{W}pStyle")
        named = self._find(node) if node is not None else None
        return self._chain(named if named is not None else self._defaults.get("paragraph"))

    def _find(self, node: etree._Element) -> etree._Element | None:
        return self._styles.get(node.get(f"{W}val"))

    def _chain(self, style: etree._Element | None) -> list[etree._Element]:
        """A style and those it is based on; found once for each style."""
        if style is None:
            return []
        name = style.get(f"{W}styleId")
        if name not in self._chains:
            self._chains[name] = self._follow(style)
        return self._chains[name]

    def _follow(self, style: etree._Element | None) -> list[etree._Element]:
        found: list[etree._Element] = []
        # A style may be based on itself, over others, in a damaged file.
        while style is not None and style not in found:
            found.append(style)
            base = style.find(f"{W}basedOn")
            style = self._find(base) if base is not None else None
        return found


def read_optional(parts: Mapping[str, bytes], name: str, root: str) -> etree._Element:
    """A part that a document need not have, empty when it has not."""
    empty = f'<w:{root} xmlns:w="{W[1:-1]}"/>'.encode()
    return parse_xml(parts.get(name, empty))


def _pick(styles: Iterable[etree._Element], name: str) -> list[etree._Element]:
    return [properties for style in styles for properties in style.findall(f"{W}{name}")]


def _is_default(style: etree._Element) -> bool:
    return style.get(f"{W}default") in {"1", "true", "on"}


def _table_style(table: etree._Element) -> str:
    """The style that a table names; empty for one that prints by the default style."""
    named = table.find(f"{W}tblPr/{W}tblStyle")
    return "" if named is None else str(named.get(f"{W}val"))


def _first_row(table: etree._Element) -> etree._Element | None:
    """The row that a table's style sets apart as its head; None where the table switches that off."""
    look = table.find(f"{W}tblPr/{W}tblLook")
    if look is not None and look.get(f"{W}firstRow") in {"0", "false"}:
        return None
    return next(children(table, "tr"), None)


def _theme_fonts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The theme's fonts by `major latin`, `minor ea` and so on."""
    name = next(
        (name for name in sorted(parts) if name.startswith("word/theme/") and name.endswith(".xml")), ""
    )
    if not name:
        return {}
    root = parse_xml(parts[name])
    found = {}
    for kind in ("major", "minor"):
        for script in ("latin", "ea", "cs"):
            node = root.find(f".//{_A}{kind}Font/{_A}{script}")
            if node is not None:
                found[f"{kind} {script}"] = node.get("typeface") or ""
    return found


_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
# Signs of the Symbol font as they print.
_BULLETS = {"\uf0b7": "•", "\uf02d": "-", "\uf0a7": "▪"}
# A Roman number is as long as it is large: a numbering that starts at 10^9 would take all memory.
_MAX_ROMAN = 5000


class Counter:
    """Counts numbered paragraphs, each numbering for itself."""

    def __init__(self, styles: Styles) -> None:
        """Count by a document's styles and numberings."""
        self.styles = styles
        self._counts: dict[str, dict[int, int]] = {}
        self._asked: dict[Context, tuple[str, str] | None] = {}

    def label(self, paragraph: etree._Element) -> str:
        """What stands before a paragraph; empty for one without a number."""
        asked = self._ask(paragraph)
        if asked is None or asked[0] == "0":
            return ""
        identifier, depth = asked[0], whole(asked[1])
        level = self.styles.find_level(identifier, str(depth))
        if level is None:
            return ""
        counts = self._counts.setdefault(identifier, {})
        counts[depth] = counts.get(depth, _start(level) - 1) + 1
        # "2." starts "2.1" again.
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        return self._write(level, identifier, counts)

    def _ask(self, paragraph: etree._Element) -> tuple[str, str] | None:
        """The numbering and level of a paragraph: its own, or those that its context gives to all alike."""
        own = paragraph.find(f"{W}pPr")
        asked = None if own is None else self.styles.level_of(own)
        if asked is not None:
            return asked
        context = self.styles.context(paragraph)
        if context not in self._asked:
            levels = map(self.styles.level_of, self.styles.paragraph_levels(paragraph))
            self._asked[context] = next((level for level in levels if level is not None), None)
        return self._asked[context]

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
    written, rest = "", min(max(number, 0), _MAX_ROMAN)
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
