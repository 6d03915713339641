"""Recognises numbers that name a person (CCCD, CMND, telephone), so that all stages refuse or mask alike.

Sources: Law on citizen identification 59/2014/QH13 and Circular 59/2021/TT-BCA (twelve digits: province of
birth, century and sex, year of birth, serial number); Decree 05/1999/ND-CP (identity card of nine digits);
Circular 22/2014/TT-BTTTT and the change of prefixes in 2018 (mobile numbers 03, 05, 07, 08, 09).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from chuyenhoa.model.finding_codes import Code

# The findings on personal data in a file.
FINDINGS = frozenset({Code.PERSONAL_DATA_IN_TABLE, Code.PERSONAL_DATA_IN_TEXT, Code.LIST_OF_PERSONS})
# What stands in a text of ours where personal data was.
MASK = "[đã che: có thể là dữ liệu cá nhân]"

SEPARATORS = " .-()\u00a0\u2009\u202f\u2011\u2013\t"
_SEPARATOR = f"[{re.escape(SEPARATORS)}]"
# Digits with at most two separators between any two of them.
_RUN = re.compile(rf"[+(]{{0,2}}\d(?:{_SEPARATOR}{{0,2}}\d){{6,}}")
# Nine digits close together: the quick answer for nearly all texts.
_QUICK = re.compile(r"\d(?:\W{0,2}\d){8}")
_GROUP = re.compile(r"\d+")
# Signs that do not show: digits on both sides of one stand together.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_FIRST_OF_LIST = re.compile(r"(?<!\d)\d{9,13},$")
# A moment as in the name of a scan: 202110120900.
_DATED = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d")
# A word that says what the digits behind it are.
_LABEL = re.compile(
    r"(?:cccd|cmnd|cmt|căn cước|chứng minh|định danh|điện thoại|đthoại|s?đt|s?dt|zalo|tel|mobile|phone)"
    r"[\s:.,số()\-/]*$",
    re.IGNORECASE,
)
# A unit behind digits: then they are a quantity.
_UNIT = re.compile(
    r"\s?(?:đồng(?!\s+chí)|đ\b|vnđ|vnd|usd|triệu|tỷ|tỉ|nghìn|ngàn|kg|gam|g\b|m2|m²|ha\b|lít|%|lượt)",
    re.IGNORECASE,
)

_MOBILE = re.compile(r"0[35789]\d{8}|01[2689]\d{8}")
_FOREIGN = re.compile(r"(?:00)?84(?:[35789]\d{8}|1[2689]\d{8}|2\d{9})")
_LANDLINE = re.compile(r"02\d{9}")
# Province of birth 001 to 096, then century and sex: 0 to 3 for all who were born before 2100.
_CITIZEN = re.compile(r"0\d\d[0-3]\d{8}")
LAST_PROVINCE = 96

# A number cell below it holds too few digits to name anybody; the quick answer for nearly all cells.
SMALLEST_NUMBER = 10**8
SHORT_TEXT = 200
"""Characters up to which a masked text is remembered."""


def find_personal(text: str) -> list[tuple[int, int]]:
    """Where personal numbers stand in a text.

    Args:
        text: any text; letters may be in any form, digits are ASCII or full-width.

    Returns:
        Start and end of every place, from left to right. Sums of money, document numbers (`145/BC-BCĐ`),
        dates and digits inside of words, hashes or decimals are none.
    """
    if _UNSEEN.search(text):
        seen = [place for place, sign in enumerate(text) if not _UNSEEN.match(sign)]
        shown = find_personal("".join(text[place] for place in seen))
        return [(seen[start], seen[end - 1] + 1) for start, end in shown]
    if not _QUICK.search(text):
        return []
    plain = text.translate(_WIDE)
    found: list[tuple[int, int]] = []
    for run in _RUN.finditer(plain):
        found += _search_run(plain, run.start(), run.end())
    return found


_WIDE = {0xFF10 + digit: ord("0") + digit for digit in range(10)} | {0xFF0B: ord("+")}


def mask_personal(text: str) -> str:
    """The text with every personal number replaced by a notice."""
    return _mask_short(text) if len(text) <= SHORT_TEXT else _mask(text)


def _mask(text: str) -> str:
    places = find_personal(text)
    for start, end in reversed(places):
        text = text[:start] + MASK + text[end:]
    return text


_mask_short = lru_cache(maxsize=8192)(_mask)
"""Labels and names come again with every file."""


def is_personal_number(value: float) -> bool:
    """Whether a number cell holds the digits of a personal number, leading zeros lost.

    Round thousands are sums of money typed in đồng, not persons.
    """
    number = abs(value)
    if number < SMALLEST_NUMBER or number >= 10**13 or number != int(number) or int(number) % 1000 == 0:
        return False
    digits = str(int(number))
    if len(digits) in {9, 12}:
        return True
    if len(digits) == 10:
        return digits[0] == "2" or _is_citizen(digits.zfill(12))
    return len(digits) == 11 and (_is_citizen("0" + digits) or bool(_FOREIGN.fullmatch(digits)))


def _search_run(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The personal numbers among the groups of one run of digits and separators."""
    groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, start, end)]
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(groups):
        for last in range(min(len(groups), first + 6), first, -1):
            chosen = groups[first:last]
            is_all = last - first == len(groups)
            if _is_personal_run(text, chosen, is_all) and _stands_alone(text, chosen):
                found.append((_with_sign(text, start, chosen[0][0]), chosen[-1][1]))
                first = last - 1
                break
        first += 1
    return found


def _with_sign(text: str, lowest: int, start: int) -> int:
    """Where the number begins with the bracket or plus in front of it."""
    while start > lowest and text[start - 1] in "+(":
        start -= 1
    return start


def _is_personal_run(text: str, groups: list[tuple[int, int]], is_all: bool) -> bool:
    """Whether the digits of some groups together are a personal number, written as people write one.

    `is_all` says that no other group stands in the same run.
    """
    parts = [text[start:end] for start, end in groups]
    digits = "".join(parts)
    if not 9 <= len(digits) <= 13:
        return False
    labelled = bool(_LABEL.search(text, max(0, groups[0][0] - 30), groups[0][0]))
    if len(parts) == 1:
        return _is_plain(digits, labelled, is_whole=text.strip() == digits)
    if len(parts[0]) == 1 and parts[0] != "0":
        return False
    if _is_phone(digits):
        # Groups of two only where all are: `05 01 2021 12` is a date beside a count, `08 09 10 11 12` a list.
        is_pairs = set(map(len, parts)) == {2} and is_all and max(parts) > "31"
        is_zero_apart = parts[0] == "0" and (labelled or len(parts) == len(("0", "912", "345", "678")))
        return len(parts[0]) > 2 or parts[0] == "84" or is_zero_apart or is_pairs
    if _is_citizen_number(digits) and len(parts[0]) > 2:  # no sum of money begins with 0
        return True
    if set(map(len, parts)) == {3} and len(parts) in {3, 4}:
        dotted = {text[a[1] : b[0]] for a, b in pairwise(groups)} & {".", ","}
        is_sum = bool(dotted) or parts[-1] == "000" or not is_all
        return labelled or (not is_sum and (len(parts) == 3 or _is_citizen(digits)))
    return labelled and len(digits) in {9, 12} and all(len(part) > 1 for part in parts)


def _is_plain(digits: str, labelled: bool, is_whole: bool) -> bool:
    """Whether digits without separators are a personal number.

    Nine or twelve digits are one unless they end like a sum of money.
    """
    if _is_phone(digits):
        return True
    if len(digits) in {9, 12}:
        if not labelled and _DATED.fullmatch(digits):
            return False
        return labelled or digits.startswith("0") or not digits.endswith("000")
    return is_whole and len(digits) == 11 and _is_citizen("0" + digits)


def _is_phone(digits: str) -> bool:
    return any(pattern.fullmatch(digits) for pattern in (_MOBILE, _FOREIGN, _LANDLINE))


def _is_citizen(digits: str) -> bool:
    return bool(_CITIZEN.fullmatch(digits)) and 1 <= int(digits[:3]) <= LAST_PROVINCE


def _is_citizen_number(digits: str) -> bool:
    return len(digits) == 12 and _is_citizen(digits)


def _stands_alone(text: str, groups: list[tuple[int, int]]) -> bool:
    """Whether the digits are no part of a word, a decimal, a document number, and no quantity."""
    start, end = groups[0][0], groups[-1][1]
    before, after = text[:start], text[end:]
    if _LABEL.search(text, max(0, start - 30), start):
        return not after[:1].isalnum()
    digits = "".join(text[first:last] for first, last in groups)
    is_phone = _is_phone(digits)
    is_word = before[-1:].isalnum() or before.endswith("_" if is_phone else ("_", "/"))
    if is_word or (before.endswith(",") and before[-2:-1].isdigit() and not _FIRST_OF_LIST.search(before)):
        return False
    if after[:1].isalnum() or after[:1] == "_":
        return False
    if after[:1] == "/" and (after[1:2].isalpha() or not is_phone):
        return False
    if digits[0] == "0" and (is_phone or _is_citizen_number(digits)):
        return True  # no quantity begins with 0
    return not (after[:1] == "," and after[1:2].isdigit()) and not _UNIT.match(after)
