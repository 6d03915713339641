"""The words that submitters write, made comparable whatever their Unicode form, case and tone placement."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
END_IN_Y = re.compile("(?:[hklmst]|qu)y")
"""Syllables that are spelt with y or i alike."""
SYLLABLE = re.compile(r"[^\W\d_]+")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
STRUCK = "\u0336"
"""Stands behind a piece of text that is struck through (`readers.appearance`)."""
KEPT = "\n\t"
DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})
"""Control signs, signs that turn the direction of writing, halves of signs, signs that are none."""
SHORT_TEXT = 200
"""Characters up to which a text is remembered; a long one hardly comes twice."""

# Words and signs of the tables of any office, of no form in particular: what is typed for nothing, for "not
# known yet", and what may mean either, so that its author is asked.
ZERO_WORDS = frozenset(
    {"-", "–", "—", "−", "không", "không có", "không phát sinh", "không xảy ra", "kps", "kxr"}
    | {"khong", "khong co", "khong phat sinh", "ko", "ko có"}
)
MISSING_WORDS = frozenset({"…", "...", "..", "chưa có số liệu", "chưa có", "chua co so lieu", "chua co"})
ASKED_WORDS = frozenset(
    {"x", "/", "--", "---", "_", "~", "//", "\\", "?", "v", "✓", "*", "n/a", "na", "nil", "null", "none"}
)
WITHDRAWAL_WORDS = frozenset({"xóa", "xoá", "xoa"})
"""A cell that says nothing else takes back what was accepted of it; its two tone placements are alike."""
TOTAL_WORDS = ("tổng", "cộng", "toàn")
NO_CODE_WORDS = (
    "người lập",
    "nơi nhận",
    "ghi chú",
    "tm.",
    "kt.",
    "thủ trưởng",
    "trưởng ban",
    "ngày",
    "điện thoại",
    "sđt",
    "người liên hệ",
    "email",
)
"""How the lines below a table begin: totals are left out, and so are signatures."""


def is_withdrawal(value: object) -> bool:
    """Whether a cell takes back what was stated before: the word "xóa" alone, in any case."""
    return isinstance(value, str) and clean_text(value).casefold() in WITHDRAWAL_WORDS


def clean_text(value: object) -> str:
    """The text of a cell in composed form, without invisible characters and outer spaces."""
    if not isinstance(value, str):
        return str(value).strip()
    return _clean_short(value) if len(value) <= SHORT_TEXT else _clean(value)


def _clean(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    if not composed.isprintable():
        lines = LINE_END.sub("\n", composed)
        kept = (sign for sign in lines if sign in KEPT or unicodedata.category(sign) not in DROPPED)
        # What was dropped may have kept a letter and its mark apart.
        composed = unicodedata.normalize("NFC", "".join(kept))
    return composed.strip()


_clean_short = lru_cache(maxsize=8192)(_clean)
"""Labels, codes and names come again with every file."""


def clean_line(value: object) -> str:
    """The text of a cell on one line: a line break, a hard blank and several blanks are one blank."""
    # "Xã⏎Bình An" of a narrow column, "Xã  Bình An" of a justified one: both are the name that is seen.
    return " ".join(clean_text(value).split())


def fold(value: object) -> str:
    """A key under which spellings of the same Vietnamese words are equal.

    Composed or not, upper or lower case, `hoà` or `hòa`, `mỹ` or `mĩ`, one space or three, `Ð` or `Đ`.
    """
    return _fold_text(clean_text(value), merge=True)


@lru_cache(maxsize=4096)
def _fold_text(text: str, merge: bool) -> str:
    """The key of a clean text; names of the plan come again with every file."""
    plain = unicodedata.normalize("NFKC", text).replace("Ð", "Đ").casefold().replace("ð", "đ")
    return SYLLABLE.sub(lambda match: _fold_word(match[0], merge), " ".join(plain.split()))


def _fold_word(word: str, merge: bool) -> str:
    """The syllable with its tone marks moved to its end, and `mỹ` written as `mĩ` when asked to."""
    parts = unicodedata.normalize("NFD", word)
    letters = "".join(sign for sign in parts if sign not in TONES)
    # `mỹ` or `mĩ`, `lý` or `lí`: both are right.
    if merge and END_IN_Y.fullmatch(letters):
        letters = letters[:-1] + "i"
    return unicodedata.normalize("NFC", letters) + "".join(sign for sign in parts if sign in TONES)


def strip_marks(value: object) -> str:
    """The folded text in plain letters, as typed without a Vietnamese keyboard."""
    text = clean_text(value)
    return _strip_short(text) if len(text) <= SHORT_TEXT else _strip(text)


def _strip(text: str) -> str:
    parts = unicodedata.normalize("NFD", _fold_text(text, merge=False)).replace("đ", "d")
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).split())


_strip_short = lru_cache(maxsize=8192)(_strip)


def search_key(value: object) -> str:
    """Letters without marks, and digits: what stays of a name however it is remembered and typed."""
    return "".join(sign for sign in strip_marks(value) if sign.isalnum())


def has_marks(value: object) -> bool:
    """Whether a text was typed with any Vietnamese mark: "Số" but not "So lieu trong ky"."""
    return strip_marks(value) != _fold_text(clean_text(value), merge=False)


def read_code(value: object) -> str:
    """A code as the plan writes it: a number without decimals, full-width letters made plain, upper case."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value if isinstance(value, str) else str(value)
    return _read_short_code(text) if len(text) <= SHORT_TEXT else _read_code(text)


def _read_code(text: str) -> str:
    plain = unicodedata.normalize("NFKC", clean_text(text))
    return unicodedata.normalize("NFC", re.sub(r"\s+", "", plain).upper())


_read_short_code = lru_cache(maxsize=8192)(_read_code)


ZERO_KEYS = frozenset(map(fold, ZERO_WORDS))
MISSING_KEYS = frozenset(map(fold, MISSING_WORDS)) | frozenset(MISSING_WORDS)
ASKED_KEYS = frozenset(map(fold, ASKED_WORDS))
_FOOT_KEYS = tuple(fold(word) for word in (*TOTAL_WORDS, *NO_CODE_WORDS))


def is_foot(value: object) -> bool:
    """Whether a text opens a line below the table: a total, a signature, a list of recipients."""
    return fold(value).startswith(_FOOT_KEYS)
