"""Says how a text that is no plain number could be meant, so that the submitter is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chuyenhoa.kit.vietnamese_text.normal_form import fold
from chuyenhoa.kit.vietnamese_text.numerals import read_numeral
from chuyenhoa.model.finding_codes import Code

_NUMBER = r"[0-9]+(?:[.,][0-9]+)*"
RATIO = re.compile(rf"({_NUMBER}) ?/ ?({_NUMBER})")
TRIPLE = re.compile(r"([0-9]+) ?[-–/;] ?([0-9]+) ?[-–/;] ?([0-9]+)")
DATE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}")
SPACED = re.compile(r"[0-9]+(?: [0-9]+)+")
RANGE = re.compile(rf"(?:từ )?({_NUMBER}) ?(?:[-–]|đến|tới) ?({_NUMBER})", re.IGNORECASE)
IN_BRACKETS = re.compile(rf"\( ?({_NUMBER}) ?\)")
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
class Doubt:
    """Why a text is asked about: a D-code, and how the text could be meant."""

    code: str
    readings: str = ""


def name_doubt(plain: str, unit: str) -> Doubt:
    """The doubt about a text that could not be read as a number.

    Args:
        plain: the text on one line, with plain digits and single spaces.
        unit: the indicator's unit.
    """
    if DATE.fullmatch(plain):
        return Doubt(Code.DATE_FOR_NUMBER)
    for pattern, ask in _SHAPES:
        match = pattern.fullmatch(plain)
        if match:
            return Doubt(Code.AMBIGUOUS_NUMBER, ask(match)[:MAX_LENGTH])
    digits = plain.translate(LIKE_DIGITS)
    if MIXED_UP.fullmatch(plain) and digits != plain:
        return Doubt(Code.AMBIGUOUS_NUMBER, f"{digits[:MAX_LENGTH]}, nếu chữ cái lẫn trong số là chữ số")
    said = read_numeral(re.sub(rf" {re.escape(fold(unit))}$", "", fold(plain)))
    if said is not None:
        return Doubt(Code.AMBIGUOUS_NUMBER, f"{said}, ghi bằng chữ")
    has_digit = any(sign.isdigit() for sign in plain)
    if has_digit and ABOUT.match(plain):
        return Doubt(Code.APPROXIMATE_NUMBER)
    numbers = re.findall(_NUMBER, plain)
    if len(numbers) > 1:
        return Doubt(
            Code.AMBIGUOUS_NUMBER,
            "một trong các số " + "; ".join(list(dict.fromkeys(numbers))[:4])[:MAX_LENGTH],
        )
    return Doubt(Code.OTHER_UNIT_IN_CELL) if WITH_WORD.fullmatch(plain) else Doubt(Code.NOT_A_NUMBER)


def _ask_ratio(match: re.Match[str]) -> str:
    return f"{match[1]} trong tổng số {match[2]}, hoặc kỳ này {match[1]} và kỳ trước {match[2]}"


def _ask_triple(match: re.Match[str]) -> str:
    return f"{match[1]} vụ, {match[2]} người chết, {match[3]} người bị thương, hoặc một ngày tháng"


def _ask_exponent(match: re.Match[str]) -> str:
    return f"{Decimal(match[1].replace(',', '.')).scaleb(int(match[2])):f}"


_SHAPES = (
    (TRIPLE, _ask_triple),
    (RATIO, _ask_ratio),
    (SPACED, lambda match: f"{match[0].replace(' ', '')} nếu bỏ dấu cách, hoặc nhiều số"),
    (RANGE, lambda match: f"từ {match[1]} đến {match[2]}, hoặc hai số {match[1]} và {match[2]}"),
    (IN_BRACKETS, lambda match: f"{match[1]} hoặc -{match[1]}"),
    (EXPONENT, _ask_exponent),
)
