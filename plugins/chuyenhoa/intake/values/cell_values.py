"""Turns what a cell of figures holds into an exact number, or says why it is none (docs/decisions/0015).

A text with one meaning is read; with two it is asked, and the finding names both (`describe_ambiguity`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from chuyenhoa.intake.values import units
from chuyenhoa.kit.readers.book import CellValue
from chuyenhoa.kit.vietnamese_text import normal_form
from chuyenhoa.kit.vietnamese_text.numerals import read_numeral
from chuyenhoa.model.finding_codes import Code

MAX_ABSOLUTE = Decimal(10) ** 12
"""Above it no count and no sum of money is possible; below it Excel's numbers are exact."""

DIGITS = re.compile(r"[0-9]+")
CANONICAL = re.compile(r"0|[1-9][0-9]*")
# "1.234", "1,234,567", "1 234": groups of three, all parted by one sign. "1.23.456" is none of them.
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
# "1.234,5" and "1,234.567": the last sign is another one than those before it, so it is the decimal one.
MIXED = re.compile(r"[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*([.,])[0-9]+")
# "1000.000": one thousand, or a million whose first point was forgotten (D90)?
FORGOTTEN = re.compile(r"[1-9][0-9]{3,}[.,]000")
"""A separator of thousands was left out in front, or three decimals say nothing."""
FRACTION = re.compile(r"[0-9]+[.,][0-9]+")
NUMBER = re.compile(r"[0-9][0-9., ]*")
# "−5" comes with U+2212 and "–5" with U+2013 as well as with a hyphen.
NEGATIVE = re.compile(r"[-−–] ?[0-9][0-9., ]*")
# "02 vụ", "12 trđ"; "12 vụ/15 đt" has digits behind its unit and is no such text.
WITH_UNIT = re.compile(r"([0-9][0-9., ]*?) ?([^0-9., ][^0-9]*)")
# "12 (mười hai)", "02 vụ (hai vụ)": a figure of a report is often repeated in words.
WITH_WORDS = re.compile(r"([0-9][0-9., ]*?) ?([^0-9., ()][^0-9()]*)?\(([^()0-9]+)\)")
# "…", "....", "… …" stand on forms where nothing was filled in: blank, and not zero.
ONLY_DOTS = re.compile(r"[.…\s]*…[.…\s]*|\.{2,}")
# "#DIV/0!" of Excel, "Err:502" of LibreOffice.
EXCEL_ERROR = re.compile(r"#(?:[A-Z]{2,}[A-Z/0-9]*[!?]?|N/A)|Err:[0-9]{3}", re.IGNORECASE)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Digits, letters and signs that are as wide as a Chinese one."""


@dataclass(frozen=True)
class NumberReading:
    """A number as read; `problem` is a finding code, and then there is no value.

    `why` says why it was read otherwise than typed, and is empty when it was not; `readings` says how a text
    that is asked about could be meant.
    """

    value: Decimal | None = None
    problem: str = ""
    why: str = ""
    readings: str = ""


def read_number(value: CellValue, unit: str, decimals: bool) -> NumberReading:
    """Read the cell of an indicator.

        "1.234" → 1234 · "02 vụ" → 2 · "không" → 0 · "…" → missing · "597/726" → asked (D90) · "12%" → D36

    Args:
        value: what the cell holds; "" is blank.
        unit: the indicator's unit; behind a number it may be typed ("02 vụ").
        decimals: whether the indicator is money and may have decimals.

    Returns:
        The exact value, None for missing, or a problem. A negative number in a number cell is returned as it
        is: validating it is the rules' part.
    """
    # True is an int in Python and would be read as 1.
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _read_typed(value, decimals)
    if isinstance(value, str):
        return _read_typed_text(value, unit, decimals) if value else NumberReading()
    if isinstance(value, date | datetime | time | timedelta):
        return NumberReading(problem=Code.DATE_FOR_NUMBER)
    return NumberReading(problem=Code.BOOLEAN_FOR_NUMBER)


def read_in_unit(value: CellValue, unit: str, decimals: bool, stated: units.StatedUnit) -> NumberReading:
    """Read the cell of a column that is counted in another scale than its indicator, exactly.

        30500 under "Đơn vị tính: 1.000 đồng", unit "triệu đồng" → 30.5

    Args:
        value: what the cell holds.
        unit: the indicator's unit.
        decimals: whether the indicator is money and may have decimals.
        stated: the unit of the column, as its heading or a title states it.
    """
    if stated is units.OWN or stated.ratio == 1:
        return read_number(value, unit, decimals)
    reading = read_number(value, stated.text, decimals=True)
    if reading.value is None:
        return reading
    # Both scales are powers of ten: moving the point is exact, and no division ever is rounded.
    exact = reading.value.scaleb(stated.ratio.adjusted())
    if exact == exact.to_integral_value():
        exact = Decimal(int(exact))
    elif not decimals:
        return NumberReading(problem=Code.NOT_A_WHOLE_NUMBER)
    else:
        exact = exact.normalize()
    why = f"đổi từ {stated.text} sang {unit}"
    return NumberReading(exact, why=f"{reading.why}; {why}" if reading.why else why)


def _read_typed_text(value: str, unit: str, decimals: bool) -> NumberReading:
    """A text cell; signs that nobody sees beside a number are reported like any other that was left out."""
    text = normal_form.clean_text(value)
    reading = _read_text(text, unit, decimals)
    if reading.value is not None and not reading.why and text != value.strip(" \t\r\n"):
        return replace(reading, why="ký tự thừa không nhìn thấy trong ô số")
    return reading


def _read_typed(value: float, decimals: bool) -> NumberReading:
    """A number cell, read with the 15 digits that Excel shows: 11.999999999999998 is a sum that makes 12."""
    if not math.isfinite(value):
        return NumberReading(problem=Code.NOT_A_NUMBER)
    if isinstance(value, int) or value.is_integer():
        return _read_whole(int(value))
    exact = Decimal(format(value, ".15g"))
    # A cell that holds the number 1.234 where counts are asked may be "1.234" typed in Vietnamese style
    # where the point is a decimal one. 12.5 is no such case: simply no whole number (D34).
    if not decimals and abs(exact) < 1000 and exact.as_tuple().exponent == -len("234"):
        shown = f"{exact:f}"
        return NumberReading(
            problem=Code.AMBIGUOUS_NUMBER, readings=f"{shown.replace('.', '')} hoặc {shown.replace('.', ',')}"
        )
    why = "" if exact == Decimal(repr(value)) else "sai số tính toán của bảng tính, đọc như Excel hiển thị"
    return _bound(exact, decimals, why)


@lru_cache(maxsize=8192)
def _read_whole(number: int) -> NumberReading:
    """Nearly every cell is a small whole number, and the same ones come again."""
    return _bound(Decimal(number), decimals=False)


def _bound(exact: Decimal, decimals: bool, why: str = "") -> NumberReading:
    if abs(exact) > MAX_ABSOLUTE:
        return NumberReading(problem=Code.NUMBER_TOO_LARGE)
    if exact == exact.to_integral_value():
        return NumberReading(Decimal(int(exact)), why=why)
    if not decimals:
        return NumberReading(problem=Code.NOT_A_WHOLE_NUMBER)
    return NumberReading(exact, why=why)


def _read_text(text: str, unit: str, decimals: bool) -> NumberReading:
    """A text cell: a word for nothing, for missing, or digits in one of the ways people type them."""
    # Before anything else: "12" struck and "5" beside it would be read as 125.
    if normal_form.STRUCK in text:
        return NumberReading(problem=Code.STRUCK_OUT_NUMBER)
    key = normal_form.fold(text)
    if not key:
        return NumberReading()
    if key in normal_form.ZERO_KEYS or key.rstrip(" .;!") in normal_form.ZERO_KEYS:
        return NumberReading(Decimal(0), why="không phát sinh, ghi là 0")
    if key in normal_form.MISSING_KEYS or ONLY_DOTS.fullmatch(text):
        return NumberReading(why="chưa có số liệu, để trống")
    # "x", "/", "?", "✓": some write them for none, some for not yet counted.
    if key in normal_form.ASKED_KEYS:
        return NumberReading(problem=Code.UNCLEAR_SIGN)
    if EXCEL_ERROR.fullmatch(text):
        return NumberReading(problem=Code.FORMULA_ERROR)
    plain = " ".join(text.translate(FULL_WIDTH).split())
    if any(unicodedata.digit(sign, None) is not None and not sign.isascii() for sign in plain):
        # A raised ¹ is a footnote, ② a list: neither is a digit of the number beside it.
        return NumberReading(problem=Code.NOT_A_NUMBER)
    if "%" in plain and NUMBER.fullmatch(plain.replace("%", "").strip()):
        return NumberReading(problem=Code.PERCENTAGE_FOR_COUNT)
    if NEGATIVE.fullmatch(plain):
        return NumberReading(problem=Code.NEGATIVE_NUMBER)
    return _read_plain(plain, unit, decimals, "" if plain == text else "chữ số, dấu cách viết kiểu khác")


def _read_plain(plain: str, unit: str, decimals: bool, why: str) -> NumberReading:
    """Digits, with what people write around them: a sign, a full stop, the unit, the number in words."""
    # "+3", "'08" (the sign by which Excel keeps a text) and "12." are the number alone.
    bare = re.sub(r"^(?:\+ ?|')(?=[0-9])", "", plain)
    bare = re.sub(r"(?<=[0-9])\.$", "", bare)
    why = why if bare == plain else "dấu thừa cạnh số"
    in_words = WITH_WORDS.fullmatch(bare)
    if in_words and units.is_same(in_words[2] or unit, unit):
        return _compare(in_words[1], in_words[3], unit, decimals)
    with_unit = WITH_UNIT.fullmatch(bare)
    if with_unit and units.is_same(with_unit[2], unit):
        bare, why = with_unit[1], why or "số kèm đơn vị tính"
    reading = _read_digits(bare, decimals, why)
    if reading.problem != Code.NOT_A_NUMBER:
        return reading
    ambiguity = describe_ambiguity(plain, unit)
    return NumberReading(problem=ambiguity.code, readings=ambiguity.readings)


def _compare(digits: str, words: str, unit: str, decimals: bool) -> NumberReading:
    """A number with the same number in words behind it; two different ones are asked."""
    reading = _read_digits(digits, decimals, "số kèm số viết bằng chữ")
    written = re.sub(rf" {re.escape(normal_form.fold(unit))}$", "", normal_form.fold(words))
    spelled = read_numeral(written)
    if reading.problem or spelled == reading.value:
        return reading
    if spelled is None and units.is_same(words, unit):
        return reading
    other = f"{spelled}" if spelled is not None else f"một cách khác, vì còn chữ “{words.strip()}”"
    return NumberReading(problem=Code.AMBIGUOUS_NUMBER, readings=f"{reading.value} hoặc {other}")


def _read_digits(plain: str, decimals: bool, why: str = "") -> NumberReading:
    """Digits with or without separators; Vietnamese style groups with a point and has a decimal comma."""
    if CANONICAL.fullmatch(plain) and not why:
        return _bound(Decimal(plain), decimals)
    if DIGITS.fullmatch(plain):
        return _bound(Decimal(plain), decimals, why or "số ghi dạng chữ")
    if THOUSANDS.fullmatch(plain):
        whole = Decimal(re.sub(r"[., ]", "", plain))
        # Money in millions may be 1.234 (a thousand and more) or 1,234 (one and a bit): asked. Counts cannot.
        if decimals and len(re.findall(r"[.,]", plain)) == 1:
            fraction = Decimal(plain.replace(",", "."))
            shown = f"{whole} hoặc {str(fraction).replace('.', ',')}"
            return NumberReading(problem=Code.AMBIGUOUS_SEPARATOR, readings=shown)
        return _bound(whole, decimals, "dấu phân cách hàng nghìn")
    if FORGOTTEN.fullmatch(plain):
        head = plain[: -len(".000")]
        return NumberReading(problem=Code.AMBIGUOUS_NUMBER, readings=f"{head} hoặc {head}000")
    mixed = MIXED.fullmatch(plain)
    if mixed and mixed[1] != mixed[2]:
        head, _, tail = plain.rpartition(mixed[2])
        return _bound(Decimal(re.sub(r"[., ]", "", head) + "." + tail), decimals, "dấu phân cách trong số")
    if FRACTION.fullmatch(plain):
        return _bound(Decimal(plain.replace(",", ".")), decimals, "dấu thập phân trong số ghi dạng chữ")
    return NumberReading(problem=Code.NOT_A_NUMBER)


_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
# "597/726" was typed for "cleared up of all", and for "this year and the year before".
RATIO = re.compile(rf"({_NUMBER}) ?/ ?({_NUMBER})")
# "3-1-2" under a heading "TNGT (số vụ-chết-bị thương)".
TRIPLE = re.compile(r"([0-9]+) ?[-–/;] ?([0-9]+) ?[-–/;] ?([0-9]+)")
DATE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}")
# "1 2": a space by mistake, or two figures; "1 234" was read before as thousands.
SPACED = re.compile(r"[0-9]+(?: [0-9]+)+")
RANGE = re.compile(rf"(?:từ )?({_NUMBER}) ?(?:[-–]|đến|tới) ?({_NUMBER})", re.IGNORECASE)
IN_BRACKETS = re.compile(rf"\( ?({_NUMBER}) ?\)")
# "1e3" as text is no figure that anybody counted so; as a number cell it is 1000 and taken.
EXPONENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)[eE]\+?([0-9]{1,2})")
LIKE_DIGITS = str.maketrans("OoQlIi|", "0001111")
"""Letters that are typed, or read by a scanner, in place of digits."""
MIXED_UP = re.compile(r"[0-9OoQlIi|]*[0-9][0-9OoQlIi|]*")
ABOUT = re.compile(
    r"(?:[~≈><≥≤±]|(?:khoảng|gần|hơn|trên|dưới|ít nhất|tối thiểu|tối đa|chừng|độ|xấp xỉ|không quá|ước)\b)",
    re.IGNORECASE,
)
WITH_WORD = re.compile(rf"({_NUMBER}) ?([^\W\d_].*)")


MAX_LENGTH = 100
"""Characters of what a message says on how a text could be meant."""


@dataclass(frozen=True)
class AmbiguousNumber:
    """Why a text is asked about: a finding code, and how the text could be meant."""

    code: Code
    readings: str = ""


def describe_ambiguity(plain: str, unit: str) -> AmbiguousNumber:
    """How a text that could not be read as a number could be meant.

        "12-15" → D90 "từ 12 đến 15, hoặc hai số 12 và 15" · "1O" → D90 · "khoảng 12" → D91 · "12 người" → D92

    Args:
        plain: the text on one line, with plain digits and single spaces.
        unit: the indicator's unit.
    """
    if DATE.fullmatch(plain):
        return AmbiguousNumber(Code.DATE_FOR_NUMBER)
    for pattern, ask in _SHAPES:
        match = pattern.fullmatch(plain)
        if match:
            return AmbiguousNumber(Code.AMBIGUOUS_NUMBER, ask(match)[:MAX_LENGTH])
    digits = plain.translate(LIKE_DIGITS)
    if MIXED_UP.fullmatch(plain) and digits != plain:
        return AmbiguousNumber(
            Code.AMBIGUOUS_NUMBER, f"{digits[:MAX_LENGTH]}, nếu chữ cái lẫn trong số là chữ số"
        )
    spelled = read_numeral(re.sub(rf" {re.escape(normal_form.fold(unit))}$", "", normal_form.fold(plain)))
    if spelled is not None:
        return AmbiguousNumber(Code.AMBIGUOUS_NUMBER, f"{spelled}, ghi bằng chữ")
    # "trên" without a figure is a word ("trên địa bàn"), and no estimate.
    has_digit = any(sign.isdigit() for sign in plain)
    if has_digit and ABOUT.match(plain):
        return AmbiguousNumber(Code.APPROXIMATE_NUMBER)
    numbers = re.findall(_NUMBER, plain)
    if len(numbers) > 1:
        return AmbiguousNumber(
            Code.AMBIGUOUS_NUMBER,
            "một trong các số " + "; ".join(list(dict.fromkeys(numbers))[:4])[:MAX_LENGTH],
        )
    return (
        AmbiguousNumber(Code.OTHER_UNIT_IN_CELL)
        if WITH_WORD.fullmatch(plain)
        else AmbiguousNumber(Code.NOT_A_NUMBER)
    )


def _ask_ratio(match: re.Match[str]) -> str:
    return f"{match[1]} trong tổng số {match[2]}, hoặc kỳ này {match[1]} và kỳ trước {match[2]}"


def _ask_triple(match: re.Match[str]) -> str:
    return f"{match[1]} vụ, {match[2]} người chết, {match[3]} người bị thương, hoặc một ngày tháng"


def _ask_exponent(match: re.Match[str]) -> str:
    return f"{Decimal(match[1].replace(',', '.')).scaleb(int(match[2])):f}"


# In this order: "3-1-2" would also match a range with something behind it, "1 2" a number with a word.
_SHAPES = (
    (TRIPLE, _ask_triple),
    (RATIO, _ask_ratio),
    (SPACED, lambda match: f"{match[0].replace(' ', '')} nếu bỏ dấu cách, hoặc nhiều số"),
    (RANGE, lambda match: f"từ {match[1]} đến {match[2]}, hoặc hai số {match[1]} và {match[2]}"),
    (IN_BRACKETS, lambda match: f"{match[1]} hoặc -{match[1]}"),
    (EXPONENT, _ask_exponent),
)
