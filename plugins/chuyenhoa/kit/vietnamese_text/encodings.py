"""The letters of the old Vietnamese encodings TCVN3 (ABC) and VNI, and what they are in Unicode.

TCVN3: TCVN 5712:1993, the small table of the `.Vn…` fonts (74 letters; capitals with a tone are small
letters in a font whose name ends with H). VNI: the table of the `VNI-…` fonts for Windows (134 letters, most
of them a plain letter and a mark behind it).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđ"
    "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
)  # fmt: skip
_TCVN3_SIGNS = (
    "¡¢£¤¥¦§¨©ª«¬\u00ad®"
    "µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
)  # fmt: skip
TCVN3: Mapping[str, str] = dict(zip(_TCVN3_SIGNS, _TCVN3_LETTERS, strict=True))
"""A sign of a `.Vn…` font to its letter."""

_VNI_GROUPS = (
    ("áàảãạâấầẩẫậăắằẳẵặ", "a", "ùøûõïâáàåãäêéèúüë"),
    ("éèẻẽẹêếềểễệ", "e", "ùøûõïâáàåãä"),
    ("óòỏõọôốồổỗộ", "o", "ùøûõïâáàåãä"),
    ("úùủũụ", "u", "ùøûõï"),
    ("ýỳỷỹ", "y", "ùøûõ"),
    ("ớờởỡợ", "ô", "ùøûõï"),
    ("ứừửữự", "ö", "ùøûõï"),
)
_VNI_SINGLE = {"ơ": "ô", "ư": "ö", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}


def _list_vni() -> dict[str, str]:
    """Every spelling of a VNI letter to the letter; the mark of a capital may itself be small."""
    found = {sign: letter for letter, sign in _VNI_SINGLE.items()}
    found |= {sign.upper(): letter.upper() for letter, sign in _VNI_SINGLE.items()}
    for letters, base, marks in _VNI_GROUPS:
        for letter, mark in zip(letters, marks, strict=True):
            found[base + mark] = letter
            found[base.upper() + mark.upper()] = found[base.upper() + mark] = letter.upper()
    return found


VNI: Mapping[str, str] = _list_vni()
"""A letter of a `VNI-…` font, one or two signs long, to its letter in Unicode."""
VNI_SIGN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def decode_tcvn3(text: str) -> str:
    """The text of cells in a `.Vn…` font, in Unicode; signs that are no letter of the table stay."""
    return text.translate(_TCVN3_TABLE)


_TCVN3_TABLE = str.maketrans(dict(TCVN3))


def decode_vni(text: str) -> str:
    """The text of cells in a `VNI-…` font, in Unicode; signs that are no letter of the table stay."""
    return VNI_SIGN.sub(lambda match: VNI[match[0]], text)
