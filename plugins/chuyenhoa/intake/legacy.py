"""Finds text of the old encodings TCVN3 (ABC) and VNI in a file and turns it into Unicode, saying so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.kit.readers.book import Book, CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text.encodings import TCVN3, VNI, decode_tcvn3, decode_vni
from chuyenhoa.kit.vietnamese_text.normal_form import ZERO_WORDS, clean_text, fold
from chuyenhoa.kit.vietnamese_text.syllables import is_syllable
from chuyenhoa.model import form
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.personal import find_personal
from chuyenhoa.model.plan import Plan


class Encoding(StrEnum):
    """An encoding of Vietnamese from before Unicode."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


DECODERS: dict[Encoding, Callable[[str], str]] = {Encoding.TCVN3: decode_tcvn3, Encoding.VNI: decode_vni}
MIN_OF_A_SHEET = 3
"""Texts of one old encoding, beside none in Unicode, after which doubtful ones are of it as well."""
MAX_SHORT_LENGTH = 5
"""Letters of an abbreviation."""
MEASURE = re.compile("µ[a-zA-Z]")
"""Micrometres and their like: the sign is `à` of TCVN3."""
WHY = "chữ ở bảng mã {encoding}, chuyển sang Unicode"

_FONTS = (
    (re.compile(r"^\.vn", re.IGNORECASE), Encoding.TCVN3),
    (re.compile(r"^vni", re.IGNORECASE), Encoding.VNI),
)
_CAPITALS = re.compile(r"^\.vn.*h$", re.IGNORECASE)
"""Fonts that show small letters as capitals, as `.VnTimeH`."""
_OLD_SIGNS = frozenset("".join(TCVN3) + "".join(VNI)) - frozenset(map(chr, range(128)))
_OLD = re.compile(f"[{re.escape(''.join(sorted(_OLD_SIGNS)))}]")
_OLD_WORD = re.compile(f"[A-Za-z{re.escape(''.join(sorted(_OLD_SIGNS)))}]+")
_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
"""Letters of Vietnamese that no old encoding stores: a text that holds one is in Unicode."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Guess:
    """What a text would be; `is_certain` when it can be nothing else."""

    encoding: Encoding
    text: str
    is_certain: bool


def convert_book(book: Book, vocabulary: Collection[str]) -> tuple[Book, tuple[Normalisation, ...]]:
    """Turn text of old encodings into Unicode.

    A cell is converted when its font is one of an old encoding; when it is no Vietnamese in Unicode but is
    in an old one; when it is a word of the vocabulary in an old one alone; or when it could be either and its
    sheet holds texts of one old encoding only.

    Args:
        book: the file as it was opened; signs that look invisible (U+00AD) must still be there.
        vocabulary: names and labels of the plan, in Unicode.

    Returns:
        The book itself when nothing was converted; and for every text converted its first cell, as typed
        and as read.
    """
    known = _fold_all(tuple(vocabulary))
    sheets, notes = [], []
    for sheet in book.sheets:
        found = _convert(sheet, known)
        sheets.append(_replace_cells(sheet, found))
        notes += list(_describe(sheet, found))
    return (replace(book, sheets=tuple(sheets)), tuple(notes)) if notes else (book, ())


@once_a_plan
def plan_words(plan: Plan) -> tuple[str, ...]:
    """The closed vocabulary of a plan's files: names, labels, units, titles and the words of answers."""
    labels = [text for entry in plan.indicators for text in (entry.label, entry.unit, *entry.aliases)]
    return (
        *(entry.name for entry in plan.units),
        *(entry.name for entry in plan.localities),
        *(entry.name for entry in plan.submitters),
        *(entry.name.removeprefix(entry.kind.capitalize()).strip() for entry in plan.units),
        *(alias for entry in plan.localities for alias in entry.aliases),
        *labels,
        *(entry.title for entry in plan.sections),
        *(entry.title for entry in plan.narrative_items),
        *(entry.title for entry in plan.declared_criteria),
        *(entry.label for entry in plan.periods),
        *form.HEAD_ROWS,
        *form.ANSWER_WORDS.values(),
        *ZERO_WORDS,
    )


@lru_cache(maxsize=8)
def _fold_all(vocabulary: tuple[str, ...]) -> frozenset[str]:
    """The vocabulary's keys; a plan's words come again with every file."""
    return frozenset(map(_strip, vocabulary))


Found = dict[tuple[int, int], Guess]


def _convert(sheet: Sheet, known: frozenset[str]) -> Found:
    """The cells of a sheet that are to be converted."""
    found: Found = {}
    doubtful: list[tuple[tuple[int, int], str]] = []
    seen = Counter[Encoding]()
    is_unicode = False
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values):
            # Nearly all cells are numbers or plain ASCII.
            if not isinstance(value, str) or value.isascii():
                continue
            text = unicodedata.normalize("NFC", value)
            if _UNICODE_ONLY.search(text):
                is_unicode = True
                continue
            guess = guess_text(text, known, sheet.fonts.get((row, column), ""))
            if guess is None:
                doubtful.append(((row, column), text))
            elif guess.text != text:
                found[row, column] = guess
                seen[guess.encoding] += guess.is_certain
    if not is_unicode and len(+seen) == 1 and seen.total() >= MIN_OF_A_SHEET:
        encoding = next(iter(+seen))
        for place, text in doubtful:
            decoded = DECODERS[encoding](text)
            if decoded != text and _reads(decoded):
                found[place] = Guess(encoding, decoded, is_certain=False)
    return found


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
        decoded = decoded.upper() if _CAPITALS.match(font) and decoded != text else decoded
        is_other = decoded == text or (not _reads(decoded) and _reads(text) and len(text) > 1)
        return None if is_other else Guess(stated, decoded, is_certain=True)
    if not _OLD.search(text):
        return None
    decoded_as = {encoding: decode(text) for encoding, decode in DECODERS.items()}
    if _strip(text) not in known:
        named = [encoding for encoding, decoded in decoded_as.items() if _strip(decoded) in known]
        if len(named) == 1:
            return Guess(named[0], decoded_as[named[0]], is_certain=not _reads(text))
    if _reads(text):
        return None
    good = [e for e, decoded in decoded_as.items() if decoded != text and _reads(decoded)]
    if len(good) == 1 and _proves(text, good[0]):
        return Guess(good[0], decoded_as[good[0]], is_certain=True)
    return None


def _strip(text: str) -> str:
    """The key of a text without digits and signs around its words, as in `02 vụ` and `- Có.`."""
    return fold(text.replace("\u00ad", "")).strip(" 0123456789.,;:-–()/+*")


def _reads(text: str) -> bool:
    """Whether every word with a letter outside of ASCII is a Vietnamese syllable or an abbreviation."""
    if "\u00ad" in text or _SYMBOL.search(text):
        return False
    return all(word.isascii() or is_syllable(word) or _is_short(word) for word in _WORD.findall(text))


_SYMBOL = re.compile(r"[¡-¬®-´¶·¸»¼½¾×÷](?=\w)|(?<=[^\W\d])[¡-¬®-´¶·¸»¼½¾×÷]|[¡-¬®-´¶·¸»¼½¾]{2}")
"""Signs of old encodings that are no letters in Unicode, joined to a letter."""


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
            and not _reads(word)
        ):
            return True
    return False


def _replace_cells(sheet: Sheet, found: Found) -> Sheet:
    """The sheet with the converted texts; untouched rows are shared."""
    if not found:
        return sheet
    rows: list[list[CellValue]] = list(sheet.rows)
    for row in {row for row, _ in found}:
        rows[row] = [
            found[row, column].text if (row, column) in found else value
            for column, value in enumerate(rows[row])
        ]
    return replace(sheet, rows=rows)


def _describe(sheet: Sheet, found: Found) -> Iterator[Normalisation]:
    """Every converted text once, at its first cell; none that holds personal data."""
    seen = set()
    for (row, column), guess in sorted(found.items()):
        before = clean_text(str(sheet.rows[row][column]).replace("\u00ad", "-"))
        if before not in seen and not find_personal(guess.text):
            seen.add(before)
            why = WHY.format(encoding=guess.encoding.value)
            yield Normalisation(
                CellRef(sheet.name, name_cell(row, column)), before, clean_text(guess.text), why
            )
