"""Text as it prints: fonts, sizes, indents, spaces and widths, after styles, defaults and theme."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from operator import xor

from lxml import etree

from chuyenhoa.kit.docx_lint.styles import Chains, Styles, own_runs, read_optional, run_text, switch, whole
from chuyenhoa.kit.ooxml.wordml import W

_UNITS = 2048
_MM_PER_POINT = 25.4 / 72
_HORN = "\u031b"
# Advance widths in 1/2048 of the size, read from Liberation Serif 2, as wide as Times New Roman.
_REGULAR = {
    369: "'", 410: "|", 512: " ,.\xa0", 569: "/:;\\ijlt", 614: "²³", 682: "!()-I[]`fr‘’·", 797: "Js",
    819: "°", 836: '"', 909: "?acez“”", 961: "^", 983: "{}", 1024: "#$*0123456789_bdghknopquvxyđ–§",
    1083: "ơ", 1108: "~", 1110: "ư", 1139: "FPS", 1155: "+<=>×", 1251: "ELTZ", 1366: "BCR",
    1479: "ADGHKNOQUVXYwĐƠ", 1589: "Ư", 1593: "&m", 1706: "%", 1821: "M", 1886: "@", 1933: "W", 2048: "—…",
}  # fmt: skip
_BOLD = {
    451: "|", 512: " ,.\xa0", 569: "'/\\il", 614: "²³", 682: "!()-:;[]`fjt‘’", 683: "·", 797: "Is",
    807: "{}", 819: "°", 909: "cerz", 1024: "#$*0123456789?J_agovxy–“”§", 1065: "~", 1134: "ơ", 1137: '"',
    1139: "Sbdhknpquđ", 1167: "+<=>×", 1190: "^", 1229: "ư", 1251: "FP", 1366: "BELTZ", 1479: "ACDNRUVXYwĐ",
    1593: "GHKOQƠ", 1630: "Ư", 1706: "&m", 1905: "@", 1933: "M", 2048: "%W—…",
}  # fmt: skip
_WIDTHS = {
    bold: {letter: width for width, letters in table.items() for letter in letters}
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}
# For a letter that is not in the tables: as wide as B, so that an unknown one is rather too wide.
_USUAL = 1366


def text_width(text: str, size: float, *, bold: bool) -> float:
    """The width of a text on one line in millimetres; `size` in points. A Vietnamese mark adds nothing."""
    widths = _WIDTHS[bold]
    total = sum(widths.get(letter, _USUAL) for letter in _strip_marks(text))
    return total / _UNITS * size * _MM_PER_POINT


def wrap_widths(text: str, size: float, room: float, *, bold: bool) -> list[float]:
    """The widths of the lines that a text takes in a room of so many millimetres."""
    lines: list[str] = []
    for piece in text.split("\n"):
        line = ""
        for word in piece.split():
            longer = f"{line} {word}".strip()
            if line and room > 0 and text_width(longer, size, bold=bold) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return [text_width(line, size, bold=bold) for line in lines if line]


def _strip_marks(text: str) -> list[str]:
    """The letters without tone and vowel marks; the horn stays, since it is a wider letter."""
    signs = [*unicodedata.normalize("NFD", text), ""]
    found: list[str] = []
    for sign, following in pairwise(signs):
        if unicodedata.combining(sign) and sign != _HORN:
            continue
        if sign == _HORN and found:
            found[-1] = unicodedata.normalize("NFC", found[-1] + sign)
        elif sign or following:
            found.append(sign)
    return found


_TWIPS_PER_MM = 1440 / 25.4
_ALIGNMENTS = {"start": "left", "end": "right", "distribute": "both"}
# Twips between tabs where a document says nothing.
_TAB = 720
# Points that Word sets where the space is automatic.
_AUTOMATIC_SPACE = 14.0
# Points of a line in which spaces are counted.
_LINE_POINTS = 12.0
_BLACK_THEME = frozenset({"text1", "dark1"})
# Signs that print in the East Asian font where a run hints so.
_EAST_ASIAN_QUOTES = frozenset("“”‘’…×§°–—·")


@dataclass(frozen=True)
class Look:
    """One run as it prints: fonts, size in points, weight, slant, colour (`auto` is black)."""

    text: str
    fonts: tuple[str, ...]
    """The fonts that its letters print in, each once."""
    size: float
    bold: bool
    italic: bool
    color: str
    underlined: bool
    tracking: float
    """Points added after every letter; negative when they stand closer."""
    scale: float
    """How wide letters are drawn, 1.0 as usual."""

    def width(self) -> float:
        """How wide the text is on one line, in millimetres."""
        usual = text_width(self.text, self.size, bold=self.bold)
        return usual * self.scale + self.tracking * len(self.text) * 25.4 / 72


@dataclass(frozen=True)
class Form:
    """A paragraph as it prints: indents in millimetres, spaces in points.

    `line` is a multiple of a single line, or None when the height is given in points (`line_points`).
    """

    alignment: str
    first_line: float
    left: float
    right: float
    before: float
    after: float
    line: float | None
    line_points: float
    is_at_least: bool
    """Whether lines may be higher than `line_points`."""
    is_contextual: bool
    """No space to a neighbour of the same style."""
    has_border: bool


@dataclass(frozen=True)
class _Shape:
    """What a run's properties make of it, whatever it says; `look` lacks its text and fonts."""

    is_hidden: bool
    is_upper: bool
    is_complex: bool
    is_hinted: bool
    """Whether signs that several scripts share print as East Asian ones."""
    fonts: Mapping[str, str]
    """The font of each kind of letter: `ascii`, `hAnsi`, `eastAsia`, `cs`."""
    look: Look


class Effective:
    """Resolves looks and forms against a document's styles and theme."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        """Read the styles, the defaults and the theme's fonts."""
        self.styles = Styles(parts)
        settings = read_optional(parts, "word/settings.xml", "settings")
        stop = settings.find(f"{W}defaultTabStop")
        self.default_tab = max(whole(stop.get(f"{W}val"), _TAB) if stop is not None else _TAB, 1)
        # A report has 2,300 paragraphs and some 40 ways to write one: most repeat the properties of another.
        self._shapes: dict[tuple[object, ...], _Shape] = {}
        self._forms: dict[tuple[object, ...], Form] = {}

    def looks(self, paragraph: etree._Element) -> tuple[Look, ...]:
        """The runs of a paragraph that print something."""
        return tuple(look for line in self.lines(paragraph) for look in line)

    def lines(self, paragraph: etree._Element) -> list[tuple[Look, ...]]:
        """The runs that print something, by the lines that breaks make of a paragraph."""
        lines: list[list[Look]] = [[]]
        for run in own_runs(paragraph):
            for number, text in enumerate(run_text(run).split("\n")):
                if number:
                    lines.append([])
                look = self._look(paragraph, run, text) if text.strip() else None
                if look is not None:
                    lines[-1].append(look)
        return [tuple(line) for line in lines]

    def field_look(self, paragraph: etree._Element) -> Look | None:
        """How the number of a page field prints that holds no text now; None for a paragraph without runs."""
        run = next(own_runs(paragraph), None)
        return None if run is None else self._look(paragraph, run, "1")

    def _look(self, paragraph: etree._Element, run: etree._Element, text: str) -> Look | None:
        """A run as it prints; None when it is hidden."""
        shape = self._shape(paragraph, run)
        if shape is None:
            return None
        shown = text.upper() if shape.is_upper else text
        return replace(shape.look, text=shown, fonts=_fonts(shape, run, text))

    def _shape(self, paragraph: etree._Element, run: etree._Element) -> _Shape | None:
        """What a run's properties make of it, whatever it says; None when it is hidden."""
        own = b"".join(etree.tostring(entry, with_tail=False) for entry in run.findall(f"{W}rPr"))
        key = (own, *self.styles.context(paragraph))
        if key not in self._shapes:
            self._shapes[key] = self._resolve(self.styles.run_chains(paragraph, run))
        shape = self._shapes[key]
        return None if shape.is_hidden else shape

    def _resolve(self, chains: Chains) -> _Shape:
        is_complex = _is_complex(chains)
        return _Shape(
            is_hidden=_toggle(chains, "vanish"),
            is_upper=_toggle(chains, "caps"),
            is_complex=is_complex,
            is_hinted=_value(chains, "rFonts", "hint") == "eastAsia",
            fonts={kind: self._font(chains, kind) for kind in ("eastAsia", "ascii", "hAnsi", "cs")},
            look=Look(
                text="",
                fonts=(),
                size=whole(_value(chains, "szCs" if is_complex else "sz", "val") or "20") / 2,
                bold=_toggle(chains, "b"),
                italic=_toggle(chains, "i"),
                color=self._color(chains),
                underlined=(_value(chains, "u", "val") or "none") != "none",
                tracking=whole(_value(chains, "spacing", "val")) / 20,
                scale=(whole((_value(chains, "w", "val") or "").removesuffix("%")) or 100) / 100,
            ),
        )

    def _color(self, chains: Chains) -> str:
        for properties in _flat(chains):
            node = properties.find(f"{W}color")
            if node is not None:
                theme = node.get(f"{W}themeColor")
                if theme in _BLACK_THEME and not (node.get(f"{W}themeTint") or node.get(f"{W}themeShade")):
                    return "000000"
                return str(node.get(f"{W}val") or "auto").upper()
        return "AUTO"

    def _font(self, chains: Chains, kind: str) -> str:
        """One font; a theme's font counts where it stands beside a named one."""
        theme_name = "cstheme" if kind == "cs" else f"{kind}Theme"
        for properties in _flat(chains):
            fonts = properties.find(f"{W}rFonts")
            if fonts is None:
                continue
            theme = fonts.get(f"{W}{theme_name}")
            if theme:
                return self.styles.theme_font(theme) or str(fonts.get(f"{W}{kind}") or theme)
            if fonts.get(f"{W}{kind}"):
                return str(fonts.get(f"{W}{kind}"))
        return "Times New Roman"

    def form(self, paragraph: etree._Element) -> Form:
        """The alignment, indents and spaces of a paragraph."""
        own = paragraph.find(f"{W}pPr")
        said = b"" if own is None else etree.tostring(own, with_tail=False)
        key = (said, *self.styles.context(paragraph), _leading_tabs(paragraph))
        if key not in self._forms:
            self._forms[key] = self._form(paragraph)
        return self._forms[key]

    def _form(self, paragraph: etree._Element) -> Form:
        levels = list(self.styles.paragraph_levels(paragraph))
        line = _attribute(levels, "spacing", "line")
        rule = _attribute(levels, "spacing", "lineRule") or "auto"
        jc = _attribute(levels, "jc", "val") or "left"
        border = next((n for level in levels if (n := level.find(f"{W}pBdr")) is not None), None)
        return Form(
            alignment=_ALIGNMENTS.get(jc, jc),
            first_line=self._first_line(paragraph, levels) / _TWIPS_PER_MM,
            left=whole(_either(levels, "ind", "left", "start")) / _TWIPS_PER_MM,
            right=whole(_either(levels, "ind", "right", "end")) / _TWIPS_PER_MM,
            before=_space(levels, "before"),
            after=_space(levels, "after"),
            line=whole(line, 240) / 240 if rule == "auto" else None,
            line_points=whole(line) / 20 if rule != "auto" else 0.0,
            is_at_least=rule == "atLeast",
            is_contextual=next(
                (switch(n) for level in levels if (n := level.find(f"{W}contextualSpacing")) is not None),
                False,
            ),
            has_border=border is not None and border.find(f"{W}bottom") is not None,
        )

    def _first_line(self, paragraph: etree._Element, levels: list[etree._Element]) -> int:
        """Where the first line starts in twips from the left indent; tabs at its head move it on."""
        left = whole(_either(levels, "ind", "left", "start"))
        start = left + _first_line(levels)
        stops = {whole(n.get(f"{W}pos")) for level in levels for n in level.findall(f"{W}tabs/{W}tab")}
        # Many typists indent with a tab instead of a first-line indent; on paper both look the same.
        for _ in range(_leading_tabs(paragraph)):
            following = [stop for stop in stops if stop > start]
            start = min(following) if following else (start // self.default_tab + 1) * self.default_tab
        return start - left


def _fonts(shape: _Shape, run: etree._Element, text: str) -> tuple[str, ...]:
    """The fonts in use: for plain and other letters, for signs with an East Asian hint, symbols."""
    kinds = []
    if shape.is_complex:
        kinds.append("cs")
    else:
        eastern = [sign for sign in text if _is_eastern(sign, hinted=shape.is_hinted)]
        kinds += ["eastAsia"] if eastern else []
        # A font that no letter prints in is no fault: Word and LibreOffice write East Asian and complex
        # defaults (<w:rFonts w:eastAsia="SimSun"/>) into every file.
        kinds += ["ascii"] if any(ord(sign) < 128 for sign in text) or not text else []
        others = [sign for sign in text if ord(sign) >= 128 and sign not in eastern]
        kinds += ["hAnsi"] if others else []
    names = [shape.fonts[kind] for kind in kinds]
    names += [str(node.get(f"{W}font")) for node in run.findall(f"{W}sym") if node.get(f"{W}font")]
    return tuple(dict.fromkeys(names))


def _leading_tabs(paragraph: etree._Element) -> int:
    """How many tabs stand before the first letter."""
    count = 0
    for run in own_runs(paragraph):
        for node in run:
            if node.tag == f"{W}tab":
                count += 1
            elif node.tag == f"{W}t" and (node.text or "").strip():
                return count
    return 0


def _space(levels: list[etree._Element], side: str) -> float:
    """The space before or after a paragraph in points, also where Word sets it itself or in lines."""
    if (_attribute(levels, "spacing", f"{side}Autospacing") or "0") not in {"0", "false", "off"}:
        return _AUTOMATIC_SPACE
    lines = _attribute(levels, "spacing", f"{side}Lines")
    if whole(lines):
        return whole(lines) / 100 * _LINE_POINTS
    return whole(_attribute(levels, "spacing", side)) / 20


def _flat(chains: Chains) -> Iterator[etree._Element]:
    for chain in chains:
        yield from chain


def _value(chains: Chains, tag: str, name: str) -> str | None:
    for properties in _flat(chains):
        node = properties.find(f"{W}{tag}")
        if node is not None and node.get(f"{W}{name}") is not None:
            return str(node.get(f"{W}{name}"))
    return None


def _toggle(chains: Chains, name: str) -> bool:
    """A switch of a run: direct formatting decides; styles of several kinds cancel each other (17.7.3)."""
    direct, *styles, defaults = [
        next((switch(n) for p in chain if (n := p.find(f"{W}{name}")) is not None), None) for chain in chains
    ]
    # Bold in a character style on bold in a paragraph style prints plain, as in Word.
    if direct is not None:
        return direct
    return bool(defaults) or reduce(xor, (bool(value) for value in styles), False)


def _is_complex(chains: Chains) -> bool:
    return _toggle(chains, "cs") or _toggle(chains, "rtl")


def _is_eastern(sign: str, *, hinted: bool) -> bool:
    return (
        0x2E80 <= ord(sign) <= 0x9FFF
        or 0xF900 <= ord(sign) <= 0xFFEF
        or (hinted and sign in _EAST_ASIAN_QUOTES)
    )


def _attribute(levels: list[etree._Element], tag: str, name: str) -> str | None:
    for properties in levels:
        node = properties.find(f"{W}{tag}")
        if node is not None and node.get(f"{W}{name}") is not None:
            return str(node.get(f"{W}{name}"))
    return None


def _either(levels: list[etree._Element], tag: str, *names: str) -> str | None:
    return next((found for name in names if (found := _attribute(levels, tag, name)) is not None), None)


def _first_line(levels: list[etree._Element]) -> int:
    """The first line's indent in twips, negative when it hangs; what is said nearest counts."""
    for properties in levels:
        node = properties.find(f"{W}ind")
        if node is None:
            continue
        if node.get(f"{W}hanging") is not None:
            return -whole(node.get(f"{W}hanging"))
        if node.get(f"{W}firstLine") is not None:
            return whole(node.get(f"{W}firstLine"))
    return 0
