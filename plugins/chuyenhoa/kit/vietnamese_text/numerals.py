"""Reads numbers written in Vietnamese words, as in `mười hai` and `một trăm linh năm`."""

from __future__ import annotations

from chuyenhoa.kit.vietnamese_text.normal_form import fold

_DIGITS = (
    ("không",),
    ("một", "mốt"),
    ("hai",),
    ("ba",),
    ("bốn", "tư"),
    ("năm", "lăm", "nhăm"),
    ("sáu",),
    ("bảy", "bẩy"),
    ("tám",),
    ("chín",),
)
DIGIT_WORDS = {fold(word): digit for digit, words in enumerate(_DIGITS) for word in words}
SCALE_WORDS = {fold(word): 10**zeros for word, zeros in (("nghìn", 3), ("ngàn", 3), ("triệu", 6), ("tỷ", 9))}
TEN, TENS, HUNDRED = fold("mười"), fold("mươi"), fold("trăm")
FILLERS = frozenset(map(fold, ("linh", "lẻ", "lẽ")))
MAX_LENGTH = 24
"""Words of the longest numeral below a trillion."""


def read_numeral(text: str) -> int | None:
    """The number that the words say; None when they are no numeral from the first word to the last."""
    words = [word for word in fold(text).replace("-", " ").split() if word not in FILLERS]
    if not words or len(words) > MAX_LENGTH:
        return None
    total, largest = 0, 10**12
    group: list[str] = []
    for word in words:
        scale = SCALE_WORDS.get(word)
        if scale is None:
            group.append(word)
            continue
        value = _read_group(group)
        # Scales fall: "hai nghìn ba triệu" is no number.
        if not value or scale >= largest:
            return None
        total, largest, group = total + value * scale, scale, []
    rest = _read_group(group) if group else 0
    return None if rest is None else total + rest


def _read_group(words: list[str]) -> int | None:
    """Hundreds, tens and ones, each at most once and in this order."""
    value = 0
    if HUNDRED in words[1:2]:
        hundreds = DIGIT_WORDS.get(words[0])
        if hundreds is None:
            return None
        value, words = hundreds * 100, words[2:]
    if words[:1] == [TEN]:
        value, words = value + 10, words[1:]
    elif TENS in words[1:2]:
        tens = DIGIT_WORDS.get(words[0])
        if tens is None:
            return None
        value, words = value + tens * 10, words[2:]
    if len(words) > 1 or (words and words[0] not in DIGIT_WORDS):
        return None
    return value + DIGIT_WORDS[words[0]] if words else value
