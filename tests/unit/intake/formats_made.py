"""The same filled form in every format: by LibreOffice where it can write one, by hand where it cannot."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import docx
import openpyxl

from tests import office

Rows = list[tuple[str, list[list[object]]]]
"""Sheets by name with their cells."""


def convert(content: bytes, folder: Path, target: str, source: str = "xlsx") -> bytes:
    """A workbook as LibreOffice saves it in another format."""
    place = folder / f"to-{target}"
    place.mkdir(parents=True)
    (place / f"bao-cao.{source}").write_bytes(content)
    (made,) = office.convert([place / f"bao-cao.{source}"], target, folder / f"as-{target}")
    return made.read_bytes()


def rows_of(xlsx: bytes) -> Rows:
    """Every sheet with its values; a blank cell is None."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx), data_only=True)
    return [(name, [list(row) for row in book[name].iter_rows(values_only=True)]) for name in book.sheetnames]


def make_csv(rows: Sequence[Sequence[object]], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """One table as text; a number with decimals has a decimal comma."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    for row in rows:
        writer.writerow([_typed(value) for value in row])
    return buffer.getvalue().encode(encoding)


def _typed(value: object) -> str:
    if value is None:
        return ""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def make_docx(tables: Sequence[tuple[Sequence[str], Sequence[Sequence[object]]]]) -> bytes:
    """Tables with the paragraphs above each."""
    document = docx.Document()
    for above, rows in tables:
        for text in above:
            document.add_paragraph(text)
        table = document.add_table(len(rows), max(map(len, rows)))
        for line, row in zip(table.rows, rows, strict=True):
            for cell, value in zip(line.cells, row, strict=False):
                cell.text = _typed(value)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def make_html(rows: Rows, encoding: str = "utf-8") -> bytes:
    """A page of tables as programs save it under the name .xls."""
    pieces = [f'<html><head><meta charset="{encoding}"><title>x</title></head><body>']
    for name, table in rows:
        pieces.append(f"<h1>{escape(name)}</h1><table>")
        for row in table:
            cells = "".join(f"<td>{escape(_typed(v)).replace(chr(10), '<br>')}</td>" for v in row)
            pieces.append(f"<tr>{cells}</tr>")
        pieces.append("</table>")
    return "".join([*pieces, "</body></html>"]).encode(encoding)


XML_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
)


def make_spreadsheet_xml(rows: Rows, styles: str = "") -> bytes:
    """XML Spreadsheet 2003; blank rows and cells are left out and counted by an index."""
    pieces = [XML_HEAD, styles]
    for name, table in rows:
        pieces.append(f'<Worksheet ss:Name="{escape(name)}"><Table>')
        for index, row in enumerate(table, start=1):
            cells = "".join(_xml_cell(place, value) for place, value in enumerate(row, start=1))
            if cells:
                pieces.append(f'<Row ss:Index="{index}">{cells}</Row>')
        pieces.append("</Table></Worksheet>")
    return "".join([*pieces, "</Workbook>"]).encode()


def _xml_cell(place: int, value: object) -> str:
    if value is None:
        return ""
    kind = "Number" if isinstance(value, int | float) else "String"
    return f'<Cell ss:Index="{place}"><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'


def record(number: int, data: bytes = b"") -> bytes:
    """A record of .xlsb."""
    head = b""
    for value, most in ((number, 2), (len(data), 4)):
        for index in range(most):
            value, rest = value >> 7, value & 0x7F
            head += bytes([rest | (0x80 if value and index < most - 1 else 0)])
            if not value:
                break
    return head + data


def wide(text: str) -> bytes:
    """A text with its length in front, as .xlsb has it."""
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def cell_record(column: int, value: object, style: int = 0) -> bytes:
    """One cell; bytes are an error's code, a tuple is a formula with its result, a date is its number."""
    head = struct.pack("<II", column, style)
    if isinstance(value, bytes):
        return record(3, head + value)
    if isinstance(value, tuple):
        return record(9, head + struct.pack("<d", value[0]) + b"\0\0" + struct.pack("<II", 0, 0))
    if isinstance(value, datetime):
        value = (value - datetime(1899, 12, 30)).days  # noqa: DTZ001
    if isinstance(value, int | float):
        return record(5, head + struct.pack("<d", value))
    return record(6, head + wide(str(value)))


def _sheet_records(rows: Sequence[Sequence[object]], styles: dict[tuple[int, int], int]) -> Iterator[bytes]:
    yield record(129)
    yield record(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, 200))
    yield record(145)
    for row, cells in enumerate(rows):
        yield record(0, struct.pack("<IIH", row, 0, 300) + b"\0\0\0" + struct.pack("<I", 0))
        for column, value in enumerate(cells):
            if value is not None:
                yield cell_record(column, value, styles.get((row, column), 0))
    yield record(146)
    yield record(130)


CODES = {200: '0.0"% đạt"', 201: "#,##0,", 202: '0" nghìn"', 203: ";;;"}
"""Number formats of `make_xlsb`."""


def make_xlsb(
    rows: Rows, styles: dict[tuple[int, int], int] | None = None, extra: dict[str, bytes] | None = None
) -> bytes:
    """A binary workbook.

    Style 1 is a percentage, 2 the font .VnTime, 3 a date, 4 a word with a % sign, 5 thousands, 6 a word, 7 a
    format that hides the value.
    """
    relations, bundle, parts = "", b"", {}
    for number, (name, table) in enumerate(rows, start=1):
        state = 1 if name == "_meta" else 0
        bundle += record(156, struct.pack("<II", state, number) + wide(f"rId{number}") + wide(name))
        relations += (
            f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'relationships/worksheet" Target="worksheets/sheet{number}.bin"/>'
        )
        parts[f"xl/worksheets/sheet{number}.bin"] = b"".join(_sheet_records(table, styles or {}))
    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 0, 0) + b"\0" * 8 + b"\0"
    xfs = [(0, 0), (10, 0), (0, 1), (14, 0), *((number, 0) for number in CODES)]
    parts |= {
        "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": (
            '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships">{relations}</Relationships>'
        ).encode(),
        "xl/styles.bin": b"".join(
            [
                record(278),
                record(615, struct.pack("<I", 1)),
                *(record(44, struct.pack("<H", number) + wide(code)) for number, code in CODES.items()),
                record(616),
                record(611, struct.pack("<I", 2)),
                record(43, font + wide("Calibri")),
                record(43, font + wide(".VnTime")),
                record(612),
                record(617, struct.pack("<I", len(xfs))),
                *(record(47, struct.pack("<3H", 0, code, which) + b"\0" * 10) for code, which in xfs),
                record(618),
                record(279),
            ]
        ),
        "[Content_Types].xml": b'<?xml version="1.0"?><Types/>',
        **(extra or {}),
    }
    return make_zip(parts)


def make_zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
