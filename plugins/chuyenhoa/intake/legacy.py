"""Finds text of the old encodings TCVN3 (ABC) and VNI in a file and turns it into Unicode, saying so."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from chuyenhoa.intake.plan_cache import once_a_plan
from chuyenhoa.kit.readers.book import Book, CellValue, Sheet, name_cell
from chuyenhoa.kit.vietnamese_text import legacy
from chuyenhoa.kit.vietnamese_text.normal_form import ZERO_WORDS, clean_text
from chuyenhoa.model import form
from chuyenhoa.model.figures import CellRef, Normalisation
from chuyenhoa.model.personal import find_personal
from chuyenhoa.model.plan import Plan

MIN_OF_A_SHEET = 3
"""Texts of one old encoding, beside none in Unicode, after which doubtful ones are of it as well."""
WHY = "chữ ở bảng mã {encoding}, chuyển sang Unicode"


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
    return frozenset(map(legacy.word_key, vocabulary))


@lru_cache(maxsize=8192)
def _is_unicode(text: str) -> bool:
    """Whether a text has a sign that no old encoding would show."""
    return legacy.UNICODE_ONLY.search(unicodedata.normalize("NFC", text)) is not None


Found = dict[tuple[int, int], legacy.Guess]


def _convert(sheet: Sheet, known: frozenset[str]) -> Found:
    """The cells of a sheet that are to be converted."""
    found: Found = {}
    doubtful: list[tuple[tuple[int, int], str]] = []
    seen = Counter[legacy.Encoding]()
    is_unicode = False
    for row, column, value in sheet.texts:
        # Most texts are plain ASCII, or labels that come again with every file.
        if value.isascii():
            continue
        if _is_unicode(value):
            is_unicode = True
            continue
        text = unicodedata.normalize("NFC", value)
        guess = legacy.guess_text(text, known, sheet.fonts.get((row, column), ""))
        if guess is None:
            doubtful.append(((row, column), text))
        elif guess.text != text:
            found[row, column] = guess
            seen[guess.encoding] += guess.is_certain
    if not is_unicode and len(+seen) == 1 and seen.total() >= MIN_OF_A_SHEET:
        encoding = next(iter(+seen))
        for place, text in doubtful:
            decoded = legacy.DECODERS[encoding](text)
            # A word of the plan as it stands ("Có") is not to be decoded, whatever stands beside it.
            is_known = legacy.word_key(text) in known
            if decoded != text and legacy.is_vietnamese(decoded) and not is_known:
                found[place] = legacy.Guess(encoding, decoded, is_certain=False)
    return found


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
