"""Tells whether letters can be a syllable of Vietnamese, by its closed lists of onsets and rimes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from chuyenhoa.kit.vietnamese_text.normal_form import TONES

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
