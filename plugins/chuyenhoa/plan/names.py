"""Keys under which the labels and names of a plan are compared with what people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# “Số vụ” and “vụ” are one label: what is counted distinguishes, not that it is counted.
COUNT_WORDS = re.compile(r"\bso (?=(?:vu|nguoi|doi tuong|ho|cuoc|luot|diem|tin|mo hinh|khu|bang|ho so)\b)")


@lru_cache(maxsize=8192)
def plain_key(text: str) -> str:
    """The words of a text in plain letters: no marks, case, signs or repeated blanks."""
    # "ộ" is one sign or three: NFD takes every mark off as a sign of its own, and "đ" has none to take off.
    # "ð" comes of Ð (U+00D0), which some files have for Đ (U+0110).
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(sign for sign in parts if not unicodedata.combining(sign)).replace("đ", "d")
    return " ".join(re.sub(r"[\W_]+", " ", letters.replace("ð", "d")).split())


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """The key of an indicator's label or alias."""
    return COUNT_WORDS.sub("", plain_key(text))


def repeated(keys: Iterable[str]) -> list[str]:
    """The keys that stand more than once, each as often as it is repeated."""
    seen: set[str] = set()
    again = []
    for key in keys:
        if key in seen:
            again.append(key)
        seen.add(key)
    return again
