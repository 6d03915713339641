"""Text files: which encoding, which separator, and the table in them."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections import Counter

from chuyenhoa.kit.readers.book import (
    MAX_COLUMNS,
    MAX_ROWS,
    Book,
    CellValue,
    FileFlaw,
    FlawReporter,
    Kind,
    Sheet,
    name_cell,
    report_beyond,
)
from chuyenhoa.kit.readers.formulas import holds_command

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = (";", "\t", ",")
SHEET = "CSV"
LETTERS = frozenset("ăâđêôơưăáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")
"""All Vietnamese letters outside of ASCII."""
SIGNS = frozenset("\xa0‘’“”–—…•·«»°±×÷§©®₫²³½¼€")
"""What else stands in an office's text."""
SAMPLE = 20_000


def decode_text(content: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16 (both with or without a byte order mark), windows-1258 or -1252.

    Bytes that are none of the others come back as windows-1252: so texts of TCVN3 and VNI look when they are
    not set in their fonts, and the reader of words converts them.

    Returns:
        None when it is no text.
    """
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "") or _guess_utf16(content)
    if encoding:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            return None
    if _is_binary(content):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # windows-1258 writes a tone as a sign of its own behind the letter: `a` and U+0301 for `á`.
        text = unicodedata.normalize("NFC", content.decode("cp1258", "replace"))
        return text if _is_vietnamese(text) else content.decode("cp1252", "replace")


def _guess_utf16(content: bytes) -> str:
    """UTF-16 without a mark: every second byte of separators and digits is zero."""
    sample = content[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(content) % 2 == 0 and max(even, odd) * 4 > len(sample):
        return "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""
    return ""


def _is_binary(content: bytes) -> bool:
    """Whether there are bytes that no text has."""
    return bool(set(content[:SAMPLE]) & (set(range(32)) - {9, 10, 11, 12, 13, 26, 27}))


def _is_vietnamese(text: str) -> bool:
    """Whether nothing but ASCII, Vietnamese letters and usual signs is in it: a tone never stands alone."""
    return {sign.lower() for sign in set(text) if ord(sign) > 127} <= LETTERS | SIGNS


def find_separator(text: str) -> str:
    """The separator that splits most lines into the same number of fields, more than one.

    A comma beside semicolons is a decimal comma: of equally good ones the semicolon wins, then the tab.
    """
    named = text[:6].lower()
    if named.startswith("sep=") and len(text) > 4:
        return text[4]
    # Most lines first, then most fields:  "A;1,5;2"  → two semicolons, and the comma is one of decimals.
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        rows = [len(row) for row in _split(text[:SAMPLE], separator) if any(row)]
        wide = Counter(width for width in rows if width > 1)
        if wide:
            width, lines = wide.most_common(1)[0]
            if (lines, width) > most:
                best, most = separator, (lines, width)
    return best


def _split(text: str, separator: str) -> list[list[str]]:
    """The rows of a text; quotes that are never closed are taken as they stand."""
    plain = [line.split(separator) for line in text.splitlines()]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        return plain
    # A quote that is never closed takes all that follows into one field.
    last = rows[-1][-1] if rows and rows[-1] else ""
    return plain if separator in last and "\n" in last.strip() else rows


def open_text(content: bytes, flaws: FlawReporter) -> Book | None:
    """The one table of a text file; every value is a text, as it was typed.

    Returns:
        None when it reaches beyond the limits or is no table; `flaws` says which.
    """
    text = (decode_text(content) or "").removeprefix("\ufeff")
    separator = find_separator(text)
    if text.lower().startswith("sep="):
        # The line `sep=;` is for Excel; a blank one in its place keeps the addresses of the rows.
        text = "\n" + text.partition("\n")[2]
    rows: list[list[CellValue]] = []
    for index, row in enumerate(_split(text, separator)):
        width = max((place + 1 for place, value in enumerate(row) if value.strip()), default=0)
        if width and (index >= MAX_ROWS or width > MAX_COLUMNS):
            cell = name_cell(index, width - 1)
            report_beyond(flaws, SHEET, cell)
            return None
        if index < MAX_ROWS:
            rows.append(list(row[:width]))
    if holds_command(rows):
        flaws.report(FileFlaw.COMMANDS)
    if not any(len(row) > 1 for row in rows):
        flaws.report(FileFlaw.NO_TABLE, kind=Kind.CSV)
        return None
    return Book("csv", (Sheet(SHEET, hidden=False, rows=rows),))
