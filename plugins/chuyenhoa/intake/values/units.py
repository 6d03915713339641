"""Units and scales as people write them: a number, words of scale, and what is counted, in any spelling.

"1.000 đồng", "nghìn đ", "Tr.đ", "VNĐ", "trăm triệu đồng", "vụ", "đ/t": one grammar, wherever a unit stands (a
title, a heading, the form's row of units, a cell). What it does not understand is None, and is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from chuyenhoa.kit.vietnamese_text.normal_form import clean_text
from chuyenhoa.plan.names import plain_key

MONEY = "dong"
SCALES = {
    **dict.fromkeys(("chuc", "muoi"), 1),
    "tram": 2,
    **dict.fromkeys(("nghin", "ngan", "ngh", "k"), 3),
    "van": 4,
    **dict.fromkeys(("trieu", "tr"), 6),
    "ty": 9,
    "ti": 9,
}
"""Powers of ten by the plain letters of their words."""
GLUED_SCALES = SCALES | {"n": 3, "ng": 3, "t": 9}
"""Also those that are short only in front of a currency: "nđ", "ngđ"; alone "ng" is a person."""
CURRENCIES = frozenset(
    {"dong", "d", "vnd", "dong viet nam", "viet nam dong", "dong vn", "vn dong", "dong vnd"}
)
SPELLINGS = {
    "vu": ("vu viec", "vu an", "viec", "v"),
    "doi tuong": ("dt", "d t", "dtg"),
    "nguoi": ("ng",),
    "phan tram": ("%", "phan tram %"),
    "kdc": ("khu dan cu", "khu"),
    "luot": ("luot nguoi",),
    "bang nhom": ("bang", "nhom"),
    "ho so": ("hs",),
    "ho": ("ho dan", "ho gia dinh"),
}
"""How people spell what the plan counts, in plain letters."""
BASES = {
    **dict.fromkeys(CURRENCIES, MONEY),
    **{word: base for base, words in SPELLINGS.items() for word in (base, *words)},
}
# The plan counts "đối tượng" where a table says "người"; đồng and triệu đồng are never alike.
ALIKE = (frozenset({"nguoi", "doi tuong", "ho so"}), frozenset({"vu", "tin", "diem"}))
"""What people use for one another."""

FOREIGN = frozenset(
    {
        "usd",
        "do la",
        "do la my",
        "dola",
        "dollar",
        "eur",
        "euro",
        "dong euro",
        "yen",
        "dong yen",
        "yen nhat",
        "jpy",
    }
    | {"nhan dan te", "ndt", "cny", "bang anh", "gbp", "kip", "riel", "bat", "thb", "vang", "cay vang"}
)
"""Money that no table of the programme is counted in."""
NO_UNITS = frozenset({"le", "suat", "trong", "tap", "hoi", "phu"})
"""What makes another word of a scale: tỷ lệ, tỷ suất, tỷ trọng, triệu tập, triệu hồi, triệu phú."""
SCALE_WORDS = frozenset({"tram", "nghin", "ngan", "trieu", "ty"})
MAX_WORDS = 3
# "Đơn vị tính: 1.000 đồng", "(ĐVT : vụ)", "DVT - trđ": what stands behind is a unit or is asked.
# "Đơn vị: Công an thành phố Rạch Giá" names an office, and counts only where a unit follows.
LABEL = re.compile(
    r"(?:\b[đd]\.?\s?v\.?\s?t\b\.?|\b(?:đơn|don|đ)\s*(?:vị|vi|/v|v)\s+(?:tính|tinh)\b"
    r")\s*[:：=–-]?\s*(?:là\s+)?(?=\S)([^)\n]+)",
    re.IGNORECASE,
)
LOOSE_LABEL = re.compile(
    r"(?:^\W*(?:đơn|don)\s+(?:vị|vi)\s*[:：=]|\b(?:tính|tinh)\s+(?:bằng|bang|theo)\b)\s*([^)\n]+)",
    re.IGNORECASE,
)
RAISED = str.maketrans({"³": "^3", "⁶": "^6", "⁹": "^9", "₫": "đ"})
NUMBER = re.compile(r"\s*[x×*]?\s*(?:10\s*\^\s*([369])|(10*(?:[., ]0{3})*)(?![0-9]))\s*", re.IGNORECASE)
"""A power of ten; “500 đồng” is no unit that anybody counts in, and is asked."""
APART = re.compile(r"\s*(?:[,;/+&–]| - |\bvà\b)\s*", re.IGNORECASE)
BRACKETS = re.compile(r"\(([^()]*)\)")
MAX_LENGTH = 80
"""Characters above which a text is a sentence and no unit."""


@dataclass(frozen=True)
class Unit:
    """What is counted, and by how many at a time: "1.000 đồng" is `Unit("dong", Decimal(1000))`.

    `base` is "" for a scale alone ("nghìn"), which speaks of money.
    """

    base: str
    factor: Decimal = Decimal(1)

    def ratio(self, own: Unit) -> Decimal | None:
        """What a figure in this unit is multiplied by to be one in `own`; None where they count other things.

        "1.000 đồng" to "triệu đồng" is 0.001, exactly: both factors are powers of ten.
        """
        base = self.base or MONEY
        if base != own.base and not any({base, own.base} <= alike for alike in ALIKE):
            return None
        return self.factor / own.factor


@lru_cache(maxsize=4096)
def read_unit(text: str, known: frozenset[str] = frozenset()) -> Unit | None:
    """One unit, None for anything else.

    Args:
        text: the unit as written, with or without brackets around it.
        known: plain keys of what else is counted, as the plan's "băng, nhóm" and "mô hình".
    """
    plain = clean_text(text).translate(RAISED).strip(" ().:;[]“”\"'")
    if not plain or len(plain) > MAX_LENGTH:
        return None
    power = 0
    number = NUMBER.match(plain)
    if number:
        power = int(number[1]) if number[1] else number[2].count("0")
        plain = plain[number.end() :]
    # "%" is a sign that a key of letters would lose.
    words = (["%"] if plain.strip() == "%" else plain_key(plain).split()) if plain.strip() else []
    base, more = _read_words(words, known)
    if base is None or (not base and not more):
        return None
    return Unit(base, Decimal(10) ** (power + more))


def _read_words(words: list[str], known: frozenset[str]) -> tuple[str | None, int]:
    """What some words count and the power of ten in front of it; None for words that are no unit."""
    whole = " ".join(words).removeprefix("so ")
    if not whole or whole in BASES:
        return BASES.get(whole, ""), 0
    first, rest = words[0], words[1:]
    # Before the plan's own: of "triệu đồng" the first word is a scale in the plan too.
    if first in SCALES:
        base, power = _read_words(rest, known)
        return base, power + SCALES[first]
    # "trđ" is one word, "n.đ" short for a thousand: both only in front of a currency.
    for scale, power in GLUED_SCALES.items():
        glued = [first.removeprefix(scale), *rest] if first != scale else rest
        if first.startswith(scale) and " ".join(glued) in CURRENCIES:
            return MONEY, power
    return (whole, 0) if whole in known else (None, 0)


def read_units(text: str, known: frozenset[str] = frozenset()) -> tuple[Unit, ...]:
    """All units that a statement lists, "vụ, người, triệu đồng"; none when any of them is not understood."""
    whole = read_unit(text, known)
    if whole is not None:
        return (whole,)
    # "vụ; riêng thiệt hại tài sản: triệu đồng": what stands in front of a colon says of what the unit is.
    pieces = [piece.rpartition(":")[2] for piece in APART.split(clean_text(text)) if piece.strip(" .")]
    found = [read_unit(piece, known) for piece in pieces]
    return () if None in found else tuple(dict.fromkeys(unit for unit in found if unit is not None))


@lru_cache(maxsize=4096)
def find_labelled(text: str) -> str:
    """What a text states behind "Đơn vị tính", understood or not; "" where it has no such words."""
    clean = clean_text(text)
    match = LABEL.search(clean)
    if match:
        return match[1].strip(" .")
    loose = LOOSE_LABEL.search(clean)
    is_unit = loose is not None and (bool(read_units(loose[1])) or is_other_scale(loose[1], bracketed=False))
    return loose[1].strip(" .") if loose and is_unit else ""


def is_statement(text: str) -> bool:
    """Whether a text states a unit and nothing else, as “ĐVT: vụ” in the form's row of units."""
    clean = clean_text(text).lstrip(" (")
    return bool(LABEL.match(clean) or LOOSE_LABEL.match(clean)) and bool(find_labelled(text))


@lru_cache(maxsize=4096)
def find_stated(text: str) -> str:
    """What a title states as its unit, understood or not; "" where it states none.

    "(1.000 đồng)" and "Triệu đồng" stand without a label over the right edge of a table and in sheets' names,
    and so do "(nghìn vụ)" and "(nghìn USD)".
    """
    labelled = find_labelled(text)
    if labelled:
        return labelled
    clean = clean_text(text)
    bare = [(clean, clean.startswith("(")), *((each, True) for each in BRACKETS.findall(clean))]
    return next(
        (
            each.strip(" ()")
            for each, inside in bare
            if is_scaled_money(each) or is_other_scale(each, bracketed=inside)
        ),
        "",
    )


def is_other_scale(text: str, *, bracketed: bool) -> bool:
    """Whether a text is a scale of something else than money of ours, and nothing else: "(nghìn vụ)", "USD".

    In brackets whatever stands behind the scale is a unit: "(triệu kíp)". Elsewhere it must be known as one,
    for a title may begin with "Triệu tập".
    """
    plain = clean_text(text).strip(" ().:;")
    number = NUMBER.match(plain)
    zeros = number[2].count("0") if number and number[2] else 0
    words = plain_key(plain[number.end() :] if number and zeros else plain).split()
    is_word = bool(words) and not zeros and words[0] in SCALE_WORDS
    is_scaled = is_word or zeros >= SCALES["nghin"]
    what = words[1:] if is_word else words
    if " ".join(what) in FOREIGN:
        return True
    is_short = is_scaled and 0 < len(what) <= MAX_WORDS
    return is_short and (" ".join(what) in BASES or (bracketed and what[0] not in NO_UNITS))


def is_scaled_money(text: str) -> bool:
    """Whether a text is an amount of money to count in and nothing else, as “(nghìn đồng)”."""
    unit = read_unit(text)
    return unit is not None and unit.base == MONEY and (unit.factor > 1 or plain_key(text) in {"dong", "vnd"})


@dataclass(frozen=True)
class StatedUnit:
    """The unit in which a column is counted: as it is stated, and what makes its figures the indicator's."""

    text: str = ""
    ratio: Decimal = Decimal(1)


OWN = StatedUnit()
"""The indicator's own unit."""


@lru_cache(maxsize=4096)
def stated_for(own: str, column: str, table: str, known: frozenset[str]) -> StatedUnit | None:
    """The unit of a column's figures.

        own "triệu đồng", heading "(1.000 đồng)"                 → ratio 0.001
        own "vụ", title "Đơn vị tính: đồng"                      → its own: the title speaks of money
        own "vụ", heading "(người)"; two scales of money stated  → None

    Args:
        own: the indicator's unit.
        column: the unit that the column's headings state; "" when they state none.
        table: the units that titles and lines around the table state.
        known: plain keys of the plan's units.

    Returns:
        None when a unit is stated that is not the indicator's: it is asked.
    """
    unit = read_unit(own, known)
    for text in filter(None, (column, table)):
        ratios = {stated.ratio(unit) for stated in read_units(text, known)} - {None} if unit else set()
        if len(ratios) == 1:
            (ratio,) = ratios
            return StatedUnit(text, ratio) if ratio is not None and ratio != 1 else OWN
        if text is column or ratios:
            return None
    return OWN


def is_same(text: str, own: str) -> bool:
    """Whether a unit beside a number is the one it is counted in, written out or short: "trđ", "vụ án"."""
    stated, unit = (read_unit(each, frozenset({plain_key(own)})) for each in (text, own))
    if stated is None or unit is None:
        return False
    return (stated.base or MONEY, stated.factor) == (unit.base, unit.factor)
