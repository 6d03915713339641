"""The old Vietnamese encodings TCVN3 (ABC) and VNI: their letters, and whether a text is in one of them.

TCVN3: TCVN 5712:1993, the small table of the `.Vn…` fonts (74 letters; capitals with a tone are small
letters in a font whose name ends with H). VNI: the table of the `VNI-…` fonts for Windows (134 letters, most
of them a plain letter and a mark behind it).

A text in such an encoding looks like western letters: `Kiªn Giang` (TCVN3), `Kieân Giang` (VNI). Where the
font of a cell does not tell, it is one of them when its words are no Vietnamese syllables as they stand and
are some once decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from chuyenhoa.kit.vietnamese_text.normal_form import TONES, fold

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


ONSETS = ("ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr", *"bcdđghklmnprstvx", "")
"""What a syllable may begin with, longest first."""
_RIMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc
    uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương
    ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
"""
RIMES = frozenset(_RIMES.split())
_AFTER_QU = RIMES - {rime for rime in RIMES if rime[0] in "ouôư"} | {"ôc", "ynh", "yt", "ych", "ya", "yn"}
_AFTER_GI = RIMES | {"", "êng", "êt", "êc", "êm", "ên", "êu", "êp"}
LETTERS = re.compile("[a-eghiklmnopqrstuvxyàáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]+")
"""The small letters of Vietnamese."""
_STOPPED = re.compile(r"(?:ch|[cpt])$")
_SHARP_OR_HEAVY = frozenset("\u0301\u0323")


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether a word can be one Vietnamese syllable, whichever vowel its tone mark stands on.

    Syllables that stop in c, ch, p or t take the sharp or the heavy tone only.
    """
    letters = unicodedata.normalize("NFC", word.lower())
    if not LETTERS.fullmatch(letters):
        return False
    parts = unicodedata.normalize("NFD", letters)
    tones = [sign for sign in parts if sign in TONES]
    plain = unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in TONES))
    return len(tones) < 2 and any(
        plain.startswith(onset) and _fits(onset, plain[len(onset) :], tones) for onset in ONSETS
    )


def _fits(onset: str, rime: str, tones: list[str]) -> bool:
    """Whether onset, rime and tone go together."""
    rimes = {"qu": _AFTER_QU, "gi": _AFTER_GI}.get(onset, RIMES)
    return rime in rimes and (not _STOPPED.search(rime) or bool(_SHARP_OR_HEAVY.intersection(tones)))


class Encoding(StrEnum):
    """An encoding of Vietnamese from before Unicode."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


DECODERS: dict[Encoding, Callable[[str], str]] = {Encoding.TCVN3: decode_tcvn3, Encoding.VNI: decode_vni}
MAX_SHORT_LENGTH = 5
"""Letters of an abbreviation."""
MEASURE = re.compile("µ[a-zA-Z]")
"""Micrometres and their like: the sign is `à` of TCVN3, and `àm` would be a syllable."""

_FONTS = (
    (re.compile(r"^\.vn", re.IGNORECASE), Encoding.TCVN3),
    (re.compile(r"^vni", re.IGNORECASE), Encoding.VNI),
)
_CAPITALS = re.compile(r"^\.vn.*h$", re.IGNORECASE)
"""Fonts that show small letters as capitals, as `.VnTimeH`."""
_OLD_SIGNS = frozenset("".join(TCVN3) + "".join(VNI)) - frozenset(map(chr, range(128)))
_OLD = re.compile(f"[{re.escape(''.join(sorted(_OLD_SIGNS)))}]")
_OLD_WORD = re.compile(f"[A-Za-z{re.escape(''.join(sorted(_OLD_SIGNS)))}]+")
UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
"""Letters of Vietnamese that no old encoding stores: a text that holds one is in Unicode."""
_WORD = re.compile(r"[^\W\d_]+")
_SYMBOL = re.compile(r"[¡-¬®-´¶·¸»¼½¾×÷](?=\w)|(?<=[^\W\d])[¡-¬®-´¶·¸»¼½¾×÷]|[¡-¬®-´¶·¸»¼½¾]{2}")
"""Signs of old encodings that are no letters in Unicode, joined to a letter."""


@dataclass(frozen=True)
class Guess:
    """What a text would be; `is_certain` when it can be nothing else."""

    encoding: Encoding
    text: str
    is_certain: bool


def guess_text(text: str, known: frozenset[str] = frozenset(), font: str = "") -> Guess | None:
    """What the text of one cell is, seen alone.

    Args:
        text: composed text (NFC) with a sign outside of ASCII and without letters of Unicode alone.
        known: folded words of the vocabulary.
        font: name of the cell's font; empty when it is not known or none of an old encoding.

    Returns:
        None when it stays as it is, in doubt or because it is good Unicode.
    """
    stated = next((encoding for pattern, encoding in _FONTS if pattern.match(font)), None)
    if stated is not None:
        decoded = DECODERS[stated](text)
        # A cell of our drop-down holds Unicode whatever its font: "Có" in .VnTime must not become "Cú".
        if word_key(text) in known and word_key(decoded) not in known:
            return None
        decoded = decoded.upper() if _CAPITALS.match(font) and decoded != text else decoded
        is_other = decoded == text or (not is_vietnamese(decoded) and is_vietnamese(text) and len(text) > 1)
        return None if is_other else Guess(stated, decoded, is_certain=True)
    if not _OLD.search(text):
        return None
    decoded_as = {encoding: decode(text) for encoding, decode in DECODERS.items()}
    # The unit `vụ` is `vô` in TCVN3, which is a syllable in Unicode as well: the vocabulary decides
    # (decision 0015).
    if word_key(text) not in known:
        named = [encoding for encoding, decoded in decoded_as.items() if word_key(decoded) in known]
        if len(named) == 1:
            return Guess(named[0], decoded_as[named[0]], is_certain=not is_vietnamese(text))
    if is_vietnamese(text):
        return None
    good = [e for e, decoded in decoded_as.items() if decoded != text and is_vietnamese(decoded)]
    if len(good) == 1 and _proves(text, good[0]):
        return Guess(good[0], decoded_as[good[0]], is_certain=True)
    return None


def word_key(text: str) -> str:
    """The key of a text without digits and signs around its words, as in `02 vụ` and `- Có.`."""
    return fold(text.replace("\u00ad", "")).strip(" 0123456789.,;:-–()/+*")


def is_vietnamese(text: str) -> bool:
    """Whether every word with a letter outside of ASCII is a Vietnamese syllable or an abbreviation."""
    # The soft hyphen is `ư` in TCVN3 (`®èi t\xadîng`, đối tượng) and stands in no text of an office.
    if "\u00ad" in text or _SYMBOL.search(text):
        return False
    return all(word.isascii() or is_syllable(word) or _is_short(word) for word in _WORD.findall(text))


def _is_short(word: str) -> bool:
    """Whether a word is an abbreviation: a few letters without a vowel, as in BCĐ and QĐ."""
    plain = word.upper().replace("Đ", "D")
    return len(word) <= MAX_SHORT_LENGTH and plain.isascii() and not set(plain) & set("AEIOUY")


def _proves(text: str, encoding: Encoding) -> bool:
    """Whether at least one word of letters and old signs is good in that encoding and not in Unicode."""
    for word in _OLD_WORD.findall(text):
        decoded = DECODERS[encoding](word)
        if (
            len(word) > 1
            and not MEASURE.fullmatch(word)
            and decoded != word
            and is_syllable(decoded)
            and not is_vietnamese(word)
        ):
            return True
    return False
