"""Opens an Excel 97-2003 workbook (.xls): calamine reads the values, a scan of the records what it loses."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.readers.binary_scan import BrokenRecordsError, Scan, Styles, read_values
from chuyenhoa.kit.readers.book import Book, Flaw, Mark
from chuyenhoa.kit.readers.grids import is_legacy_font
from chuyenhoa.kit.readers.markup import report_flaw
from chuyenhoa.kit.readers.ole import BrokenCompoundError, open_compound
from chuyenhoa.kit.readers.xls_texts import Face, read_face, shown_texts

BOF, EOF, FILE_PASS, SHEET = 0x809, 0x0A, 0x2F, 0x85
FONT, FORMAT, XF = 0x31, 0x41E, 0xE0
SUPBOOK, VBA = 0x1AE, 0xD3
ROW, MERGES = 0x208, 0xE5
NUMBER, RK, MULRK, FORMULA, BOOL_ERR = 0x203, 0x27E, 0xBD, 0x06, 0x205
TEXTS = frozenset({0xFD, 0x204, 0xD6})
SST, CONTINUE, LABEL_SST = 0xFC, 0x3C, 0xFD
BIFF8 = 0x0600
OWN_BOOK = (0x0401, 0x3A01)
"""What stands for a link to the workbook itself, and to an add-in; all else leads outside."""
HIDDEN_ROW = 0x20
ERROR_RESULT = 2

Record = tuple[int, int, bytes]
"""Number, place and content of a record."""


def open_xls(content: bytes, findings: FindingList) -> Book | None:
    """The sheets of the workbook.

    Returns:
        None when it is broken, encrypted or reaches beyond the limits; `findings` says which.
    """
    try:
        compound = open_compound(content)
        stream = compound.read("Workbook" if "Workbook" in compound.entries else "Book")
        globals_ = _Globals(stream)
        if globals_.is_encrypted:
            findings.add("D04")
            return None
        scans = [_scan(stream, place, scan, globals_) for place, scan in globals_.sheets]
    except (BrokenCompoundError, BrokenRecordsError, struct.error, IndexError) as error:
        report_flaw(error, findings)
        return None
    if globals_.has_macros or "_VBA_PROJECT_CUR" in compound.names:
        findings.add("D09")
    if globals_.has_links:
        findings.add("D10")
    if any(name.startswith("MBD") or name == "Ctls" for name in compound.names):
        findings.add("D11")
    return read_values("xls", content, scans, findings)


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """The records from a place on, to the end of the substream that begins there."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, place)
        data = stream[place + 4 : place + 4 + length]
        if len(data) < length:
            raise BrokenRecordsError("dữ liệu bị cắt ngang")
        depth += (number == BOF) - (number == EOF)
        if depth <= 0:
            return
        if depth == 1:  # a chart inside a sheet is a substream of its own
            yield number, place, data
        place += 4 + length
    raise BrokenRecordsError("dữ liệu bị cắt ngang")


class _Globals:
    """The first substream: sheets, styles, and what else is to be told of."""

    def __init__(self, stream: bytes) -> None:
        self.styles = Styles()
        self.sheets: list[tuple[int, Scan]] = []
        self.is_encrypted = self.has_macros = self.has_links = False
        self._is_biff8 = True
        self._faces: list[Face] = []
        texts: list[bytes] = []
        before = 0
        for number, _, data in _records(stream, 0):
            self._take(number, data)
            before = SST if number == CONTINUE and before == SST else number
            texts += [data] if before == SST else []
        self.texts = shown_texts(texts, self._faces)
        self.styles.struck = frozenset(place for place, face in enumerate(self._faces) if face.struck)
        if not self.sheets and not self.is_encrypted:
            raise BrokenRecordsError("không có sheet nào")

    def _take(self, number: int, data: bytes) -> None:
        if number == BOF:
            self._is_biff8 = struct.unpack_from("<H", data)[0] == BIFF8
        elif number == FILE_PASS:
            self.is_encrypted = True
        elif number == VBA:
            self.has_macros = True
        elif number == SUPBOOK and len(data) >= 4:
            self.has_links |= struct.unpack_from("<H", data, 2)[0] not in OWN_BOOK
        elif number == SHEET and not self.is_encrypted:
            place, state, kind = struct.unpack_from("<IBB", data)
            if kind == 0:
                self.sheets.append((place, Scan(self._text(data, 6), hidden=bool(state & 3))))
        elif number in (FONT, FORMAT, XF):
            self._take_style(number, data)

    def _take_style(self, number: int, data: bytes) -> None:
        if number == FONT:
            self.styles.fonts.append(self._text(data, 14))
            self._faces.append(read_face(data))
            if len(self.styles.fonts) == 4:
                self.styles.fonts.append("")  # Excel leaves number 4 out
                self._faces.append(Face())
        elif number == XF:
            font, code = struct.unpack_from("<HH", data)
            self.styles.cells.append((code, font))
        elif self._is_biff8 and len(data) > 5:
            count, wide = struct.unpack_from("<HB", data, 2)
            code = data[5 : 5 + count * (2 if wide & 1 else 1)].decode("utf-16-le" if wide & 1 else "latin-1")
            self.styles.formats[struct.unpack_from("<H", data)[0]] = code

    def _text(self, data: bytes, place: int) -> str:
        """A text with its length in one byte; Excel 5 and 95 have no flag for wide letters."""
        count = data[place]
        if not self._is_biff8:
            return data[place + 1 : place + 1 + count].decode("cp1252", "replace")
        wide = data[place + 1] & 1
        raw = data[place + 2 : place + 2 + count * (2 if wide else 1)]
        return raw.decode("utf-16-le" if wide else "latin-1", "replace")


def _scan(stream: bytes, start: int, scan: Scan, globals_: _Globals) -> Scan:
    """Walk over the records of one sheet."""
    styles = globals_.styles
    for number, _, data in _records(stream, start):
        if number == ROW:
            if struct.unpack_from("<H", data, 12)[0] & HIDDEN_ROW:
                scan.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif number == MERGES:
            for place in range(2, len(data) - 7, 8):
                first, last, left, right = struct.unpack_from("<4H", data, place)
                scan.merges.append((first, left, last, right))
        elif number == MULRK:
            row, column = struct.unpack_from("<HH", data)
            for index, place in enumerate(range(4, len(data) - 7, 6)):
                _see_number(scan, styles, row, column + index, struct.unpack_from("<H", data, place)[0])
        elif number in TEXTS or number in (NUMBER, RK, FORMULA, BOOL_ERR):
            _see_cell(scan, styles, number, data)
        if number == LABEL_SST:
            _see_text(scan, globals_.texts, data)
    return scan


def _see_text(scan: Scan, texts: Mapping[int, str], data: bytes) -> None:
    """A cell of a shared text, where that text has raised or struck pieces."""
    row, column, _, number = struct.unpack_from("<3HI", data)
    if number in texts:
        scan.texts[row, column] = texts[number]


def _see_cell(scan: Scan, styles: Styles, number: int, data: bytes) -> None:
    row, column, style = struct.unpack_from("<3H", data)
    error = None
    if number == BOOL_ERR and data[7]:
        error = data[6]
    elif number == FORMULA and data[12:14] == b"\xff\xff" and data[6] == ERROR_RESULT:
        error = data[8]
    if error is None and (number in (NUMBER, RK) or (number == FORMULA and data[12:14] != b"\xff\xff")):
        _see_number(scan, styles, row, column, style)
    else:
        scan.see(row, column, error)
        font = styles.font(style)
        if is_legacy_font(font):
            scan.fonts[row, column] = font


def _see_number(scan: Scan, styles: Styles, row: int, column: int, style: int) -> None:
    scan.see(row, column)
    if styles.is_struck(style):
        scan.marks[row, column] = Mark(Flaw.STRUCK)
    elif styles.shows_percent(style):
        scan.marks[row, column] = Mark(Flaw.PERCENT)
