"""Shows a value as its number format does, to tell where that differs from what the cell holds.

Whoever signs a table signs what is shown: 53000 in the format `#,##0,` is seen as 53 (docs/decisions/0033).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from chuyenhoa.kit.readers.book import CellValue

CURRENCY = '#,##0 "₫"'
BUILT_IN: Mapping[int, str] = dict.fromkeys((5, 6, 7, 8, 42, 44), CURRENCY)
"""Formats that a file names by their number alone and that show a word: money of the reader's country."""
PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<date>[ymdhsbg]+|AM/PM|A/P)|(?P<other>[%E])|(?P<digit>[0#?])|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
"""The pieces of a section; `_x` leaves a blank as wide as x, `*x` fills the cell with x."""
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)")
COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}
ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
PLAIN_NUMBER = re.compile(r"(\(?)(-?[0-9]+(?:,[0-9]+)?)(\)?)")
# Zero as a dash is how accounting formats show it, and how a table says "none" as well.
DASHES = frozenset({"-", "–", "—"})
WRITTEN_NUMBER = re.compile(r"[-−]?[0-9](?:[0-9.,\s']*[0-9])?")
POWER = re.compile(r"[0-9]E[+-]?[0-9]", re.IGNORECASE)
PROBES = tuple(map(Decimal, ("0", "0.4", "1", "10", "999", "53000", "1234567", "-1", "-53000")))
MAX_CODE = 255
"""Characters that Excel allows a format."""
MAX_DIGITS = 30


@dataclass(frozen=True)
class _Section:
    """One of up to four parts of a format, as pieces in their order: their kind and their text."""

    pieces: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None = None
    is_other: bool = False
    """A date, a percentage, a power of ten or a fraction: other rules judge these, or they only round."""


@lru_cache(maxsize=1024)
def is_plain(code: str) -> bool:
    """Whether a format shows every number as it is, or rounded; a text too."""
    sections = _parse(code)
    # [>=1000]#,##0,"K";0 shows small numbers as they are: no probe could tell.
    if any(section.condition for section in sections):
        return False
    if _text_section(sections) is not None:
        return False
    return all(_find_shown(value, sections) is None for value in PROBES)


def find_shown(value: CellValue, code: str) -> str | None:
    """What a cell shows where that is not simply its value, rounded at most.

        53000, `#,##0,` → "53" · 2500, `0" nghìn"` → "2500 nghìn" · 0, `#,###` → "" · -5, `0;0` → "5"

    Args:
        value: what the cell holds.
        code: its number format as English Excel writes it.

    Returns:
        The text without separators of thousands, with a decimal comma, on one line; None where the cell
        shows its value, a date, a percentage, or nothing that a number format decides.
    """
    if is_plain(code):
        return None
    sections = _parse(code)
    if isinstance(value, str):
        section = _text_section(sections) if value.strip() else None
        return None if section is None else _join(section, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    return _find_shown(number, sections) if number.is_finite() and abs(number) < 10**15 else None


def find_other_text(text: str, value: float) -> str | None:
    """`find_shown` for a cell that is stored with the text that it shows, in whatever country's style (.ods).

    "53.000" or "53,000" of 53000 → None · "53" of 53000 → "53" · "2.500 nghìn" of 2500 → "2500 nghìn"
    """
    shown = " ".join(text.split())
    exact = Decimal(format(value, ".15g"))
    # Without any text nothing tells "hidden by its format" from "written by a program that saves no texts".
    if not shown or not exact.is_finite() or abs(exact) >= 10**15 or (not exact and shown in DASHES):
        return None
    numbers = WRITTEN_NUMBER.findall(shown)
    if not numbers or POWER.search(shown):
        return None if POWER.search(shown) else shown
    for plain in _readings(numbers[0]):
        if agrees(plain, exact) or (exact < 0 and agrees(f"({plain})", exact) and f"({numbers[0]})" in shown):
            rest = shown.replace(numbers[0], "", 1).strip("() ")
            return None if not rest else shown.replace(numbers[0], plain, 1)
    return shown.replace(numbers[0], _likeliest(numbers[0]), 1)


def _likeliest(written: str) -> str:
    """A number that is not the cell's: three digits behind its last separator are thousands."""
    whole, *decimal = _readings(written)
    return decimal[0] if decimal and len(decimal[0].partition(",")[2]) != len("000") else whole


def _readings(written: str) -> list[str]:
    """A written number with all separators taken for those of thousands, and the last for a decimal one."""
    text = re.sub(r"[\s']", "", written).replace("−", "-")
    whole = re.sub("[.,]", "", text)
    head, sign, tail = text.replace(".", ",").rpartition(",")
    return [whole, f"{head.replace(',', '')},{tail}"] if sign else [whole]


def find_all_shown(
    rows: Sequence[Sequence[CellValue]], formats: Mapping[tuple[int, int], str]
) -> dict[tuple[int, int], str]:
    """`find_shown` for those cells of a sheet that have one of such formats."""
    found = {}
    for (row, column), code in formats.items():
        if row < len(rows) and column < len(rows[row]):
            shown = find_shown(rows[row][column], code)
            if shown is not None:
                found[row, column] = shown
    return found


def hide_zeros(
    rows: Sequence[Sequence[CellValue]], shown: Mapping[tuple[int, int], str], *, hidden: bool
) -> Mapping[tuple[int, int], str]:
    """What the cells of a sheet show, where its view may be set to show no zeros: a 0 looks like a blank."""
    if not hidden:
        return shown
    zeros = {
        (row, column): ""
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    }
    # The view wins over formats: `0" vụ"` shows no zero either.
    return {**shown, **zeros}


def agrees(shown: str, value: Decimal) -> bool:
    """Whether a shown text is a number that differs from a value by rounding at most."""
    match = PLAIN_NUMBER.fullmatch(shown)
    if not match or bool(match[1]) != bool(match[3]):
        return False
    number = Decimal(match[2].replace(",", "."))
    number = -number if match[1] else number
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and abs(number - value) <= Decimal(5).scaleb(exponent - 1)


def _find_shown(value: Decimal, sections: tuple[_Section, ...]) -> str | None:
    section, is_negative_shown = _choose(value, sections)
    if section is None or section.is_other:
        return None
    text = _render(abs(value), section)
    if is_negative_shown and any(sign in "123456789" for sign in text):
        text = f"-{text}"
    return None if agrees(text, value) or (value == 0 and text in DASHES) else text


def _choose(value: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section | None, bool]:
    """The section for a value, and whether Excel puts a minus in front by itself."""
    if any(section.condition for section in sections[:2]):
        for section in sections[:3]:
            if section.condition is None or COMPARE[section.condition[0]](value, section.condition[1]):
                return section, value < 0
        return None, False
    if len(sections) == 1:
        return sections[0], value < 0
    # "0;[Red]0" of those who mark a fall by colour alone: a section of its own shows no minus but its own.
    if value < 0:
        return sections[1], False
    return (sections[2], False) if value == 0 and len(sections) > 2 else (sections[0], False)


def _text_section(sections: tuple[_Section, ...]) -> _Section | None:
    """The section for texts, where it shows another text than the cell holds."""
    last = sections[-1]
    has_own = len(sections) == 4 or any(kind == "text" for kind, _ in last.pieces)
    if not has_own or [kind for kind, text in last.pieces if kind == "text" or text.strip()] == ["text"]:
        return None
    return last


def _join(section: _Section, value: str) -> str:
    return " ".join("".join(value if kind == "text" else text for kind, text in section.pieces).split())


@lru_cache(maxsize=1024)
def _parse(code: str) -> tuple[_Section, ...]:
    """The sections of a format; of one that is too long, none: it shows the value."""
    if not code or len(code) > MAX_CODE:
        return (_Section((("general", ""),)),)
    return tuple(map(_parse_section, _split(code)[:4]))


def _split(code: str) -> list[str]:
    """The sections: cut at semicolons that are neither quoted nor escaped."""
    pieces, start = [], 0
    for match in PIECE.finditer(code):
        if match["sign"] == ";":
            pieces.append(code[start : match.start()])
            start = match.end()
    return [*pieces, code[start:]]


def _parse_section(code: str) -> _Section:
    pieces: list[tuple[str, str]] = []
    condition = None
    is_other = False
    for match in PIECE.finditer(code):
        kind, text = match.lastgroup or "", match[0]
        if kind in ("quoted", "escaped", "currency"):
            pieces.append(("literal", match[kind] or ""))
        elif kind == "bracket":
            # "[Red]" and "[DBNum1]" change no figure; "[h]" makes a length of time.
            found = CONDITION.fullmatch(match["bracket"])
            condition = (found[1], Decimal(found[2])) if found else condition
            is_other |= ELAPSED.fullmatch(match["bracket"]) is not None
        elif kind in ("date", "other"):
            is_other = True
        elif kind == "sign" and text in "@,.":
            pieces.append(({"@": "text", ",": "comma", ".": "point"}[text], text))
        elif kind:
            pieces.append(("literal" if kind == "sign" else kind, text))
    is_other |= _is_fraction(pieces)
    return _Section(tuple(pieces), condition, is_other)


def _is_fraction(pieces: list[tuple[str, str]]) -> bool:
    """`# ?/?` shows 5,5 as "5 1/2": the same value."""
    slashes = [place for place, piece in enumerate(pieces) if piece == ("literal", "/")]
    return any(
        any(kind == "digit" for kind, _ in pieces[:place]) and place + 1 < len(pieces) for place in slashes
    )


def _render(value: Decimal, section: _Section) -> str:
    """A number without its sign in one section."""
    if any(kind in ("general", "text") for kind, _ in section.pieces):
        plain = f"{value.normalize():f}".replace(".", ",")
        return "".join(plain if k in ("general", "text") else t for k, t in section.pieces).strip()
    digits = [place for place, (kind, _) in enumerate(section.pieces) if kind == "digit"]
    if not digits:
        return " ".join("".join(text for _, text in section.pieces).split())
    point = next((i for i, (kind, _) in enumerate(section.pieces) if kind == "point"), len(section.pieces))
    before = [place for place in digits if place < point][:MAX_DIGITS]
    behind = [place for place in digits if place > point][:MAX_DIGITS]
    # "#,##0," of a table "nghìn đồng": the cells hold đồng, and the head speaks of thousands.
    scaled = value.scaleb(-3 * _count_scales(section, before, behind))
    rounded = scaled.quantize(Decimal(1).scaleb(-len(behind)), ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    shown = _place_whole(whole, section, before) | _place_fraction(fraction, section, behind)
    if fraction and any(shown.get(place) for place in behind):
        shown[point] = ","
    texts = [
        shown.get(place, "") if kind in ("digit", "comma", "point") else text
        for place, (kind, text) in enumerate(section.pieces)
    ]
    if not before and whole != "0":  # ".00" shows 12,5 all the same
        texts.insert(point, whole)
    return " ".join("".join(texts).split())


def _count_scales(section: _Section, before: list[int], behind: list[int]) -> int:
    """How often a value is divided by a thousand: commas right behind the last digit, of either side."""
    count = 0
    for places in (before, behind):
        place = places[-1] + 1 if places else len(section.pieces)
        while place < len(section.pieces) and section.pieces[place][0] == "comma":
            count, place = count + 1, place + 1
    return count


def _place_whole(whole: str, section: _Section, places: list[int]) -> dict[int, str]:
    """The digits before the point, from the right; what has no place of its own stands at the first."""
    # "#,###" is how many hide their zeros: nothing is shown of a 0 but for the places marked by a 0.
    digits = "" if whole == "0" else whole
    shown = {}
    for place in reversed(places):
        sign = section.pieces[place][1]
        digit = digits[-1:] or ("0" if sign == "0" else "")
        digits = digits[:-1]
        shown[place] = digit
    if places and digits:
        shown[places[0]] = digits + shown[places[0]]
    return shown


def _place_fraction(fraction: str, section: _Section, places: list[int]) -> dict[int, str]:
    shown = dict(zip(places, fraction, strict=False))
    for place in reversed(places):
        if section.pieces[place][1] == "0" or shown[place] != "0":
            break
        shown[place] = ""
    return shown
