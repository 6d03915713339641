"""Hostile, broken and unreadable files: each is told what to send instead, and none ends the reader."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable

import pytest

from chuyenhoa.intake.findings import FindingList, load_catalogue
from chuyenhoa.kit.readers import Kind, detect, open_book
from chuyenhoa.kit.readers.book import Flaw
from chuyenhoa.kit.readers.ole import BrokenCompoundError, open_compound
from chuyenhoa.model.plan import Plan
from tests.integration.intake.test_formats_marks import make_ods
from tests.unit.intake.drafts import Draft, change_parts, read_part
from tests.unit.intake.formats_made import (
    XML_HEAD,
    cell_record,
    make_csv,
    make_docx,
    make_html,
    make_xlsb,
    make_zip,
    record,
)

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE


WORD = make_docx([([], [["1", "2"]])])
RELATIONS = (
    b'<Relationships><Relationship Id="a" Type="http://schemas.openxmlformats.org/%s" '
    b'Target="http://example.test/" TargetMode="External"/></Relationships>'
)


def make_compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE2) with large streams, each in sectors of its own."""
    sectors: list[bytes] = [b"", b""]  # allocation table, directory
    table, entries = [0xFFFFFFFD, END], [_entry("Root Entry", 5, END, 0, FREE)]
    for number, (name, data) in enumerate(streams.items(), start=1):
        data = data.ljust(4096, b"\0")
        pieces = [data[place : place + 512].ljust(512, b"\0") for place in range(0, len(data), 512)]
        # The entries of a storage are a tree; here each has the next one on its right.
        following = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, 2, len(sectors), len(data), following))
        table += [len(sectors) + index + 1 for index in range(len(pieces) - 1)] + [END]
        sectors += pieces
    assert len(entries) <= 4
    sectors[1] = b"".join(entries).ljust(512, b"\0")
    sectors[0] = struct.pack("<128I", *table, *[FREE] * (128 - len(table)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H6x", 62, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0, 0)
    return head[:76] + struct.pack("<109I", 0, *[FREE] * 108) + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, right: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBB3I", len(raw), kind, 1, FREE, right, 1)
    return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)


def biff(*records: tuple[int, bytes]) -> bytes:
    """Records of .xls."""
    return b"".join(struct.pack("<HH", number, len(data)) + data for number, data in records)


BOF = (0x809, struct.pack("<HH", 0x0600, 5) + b"\0" * 12)
SHEET_BOF = (0x809, struct.pack("<HH", 0x0600, 0x10) + b"\0" * 12)
EOF = (0x0A, b"")


def make_xls(*sheet: tuple[int, bytes], extra: tuple[tuple[int, bytes], ...] = (), **streams: bytes) -> bytes:
    """A workbook of one sheet."""
    name = struct.pack("<BB", 1, 0) + b"S"
    front = len(biff(BOF, *extra, (0x85, b"\0" * 6 + name), EOF))
    globals_ = biff(BOF, *extra, (0x85, struct.pack("<IBB", front, 0, 0) + name), EOF)
    return make_compound({"Workbook": globals_ + biff(SHEET_BOF, *sheet, EOF), **streams})


def number_cell(row: int, column: int) -> tuple[int, bytes]:
    return 0x203, struct.pack("<3Hd", row, column, 0, 7.0)


def far_xlsb() -> bytes:
    rows = record(0, struct.pack("<IIH", 1048575, 0, 300) + b"\0" * 7)
    part = b"".join(
        (
            *(record(129), record(148, struct.pack("<4I", 0, 1048575, 0, 16383)), record(145), rows),
            *(cell_record(16383, 1), record(146), record(130)),
        )
    )
    return make_xlsb([("S", [])], extra={"xl/worksheets/sheet1.bin": part})


def corner(draft: Draft) -> bytes:
    """12 KB that take the memory of a machine: one cell in the last corner."""
    draft.sheet("Số liệu").cell(1048576, 16384).value = 1
    return draft.save()


def bomb(draft: Draft) -> bytes:
    """Texts of 600 MB, packed into a few hundred KB."""
    buffer = io.BytesIO(draft.save())
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/big.xml", "w") as part,
    ):
        for _ in range(600):
            part.write(b"<si><t>" + b"a" * 1_000_000 + b"</t></si>")
    return buffer.getvalue()


def locked_page() -> bytes:
    return make_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"\x01\x02",
            "META-INF/manifest.xml": b"<m><encryption-data/></m>",
        }
    )


WIDE_ROW = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell {}/></table:table-row>'
FULL = 'office:value-type="float" office:value="1" table:number-columns-repeated="16384"'
FLAT = (
    b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body/></office:document>'
)
HOSTILE: dict[str, tuple[Callable[[Draft], bytes], str]] = {
    "the last corner of .xlsx": (corner, "D08"),
    "the last corner of .xlsb": (lambda _: far_xlsb(), "D08"),
    "the last corner of .xls": (lambda _: make_xls(number_cell(65535, 255)), "D08"),
    "a sheet of repeated cells in .ods": (
        lambda _: make_ods(f"<table:table>{WIDE_ROW.format(FULL)}</table:table>"),
        "D08",
    ),
    "a far cell of a page": (lambda _: b"<html><table><tr>" + b"<td>" * 400 + b"1</table>", "D08"),
    "a wide text file": (lambda _: b"1;" * 400 + b"1\n2;3", "D08"),
    "a long text file": (lambda _: b"a,b\n" * 6000, "D08"),
    "a far cell of 2003": (
        lambda _: (
            XML_HEAD
            + '<Worksheet ss:Name="S"><Table><Row ss:Index="9999"><Cell><Data ss:Type="Number">1</Data>'
            "</Cell></Row></Table></Worksheet></Workbook>"
        ).encode(),
        "D08",
    ),
    "a bomb of texts": (bomb, "D06"),
    "a file of 25 MB": (lambda _: b"PK\x03\x04" + b"\0" * 25_000_000, "D06"),
    "a billion laughs in .xlsx": (
        lambda draft: change_parts(draft.save(), {"xl/workbook.xml": f"{BILLION}<a>&a9;</a>".encode()}),
        "D07",
    ),
    "a billion laughs in .ods": (
        lambda _: make_zip(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": f"{BILLION}<a>&a9;</a>".encode(),
            }
        ),
        "D07",
    ),
    "a billion laughs in Word": (
        lambda _: change_parts(
            make_docx([([], [["1", "2"]])]), {"word/document.xml": f"{BILLION}<a>&a9;</a>".encode()}
        ),
        "D07",
    ),
    "a billion laughs of 2003": (
        lambda _: f'{BILLION}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&a9;'.encode(),
        "D07",
    ),
    "a foreign file as an entity": (
        lambda _: make_zip(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            }
        ),
        "D07",
    ),
    "a password to open .xlsx": (
        lambda _: make_compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}),
        "D04",
    ),
    "a password to open .xls": (lambda _: make_xls(extra=((0x2F, b"\0" * 6),)), "D04"),
    "a password to open .ods": (lambda _: locked_page(), "D04"),
    "a cut .xlsx": (lambda draft: draft.save()[:5000], "D05"),
    "a cut .xls": (lambda _: make_xls(number_cell(0, 0))[:1700], "D05"),
    "a .xls whose record is cut": (
        lambda _: make_compound({"Workbook": biff(BOF) + b"\x85\0\xff\xff"}),
        "D05",
    ),
    "a .xls without an end": (lambda _: make_compound({"Workbook": biff(BOF)}), "D05"),
    "a .xlsb whose record is cut": (
        lambda _: make_xlsb([("S", [])], extra={"xl/worksheets/sheet1.bin": record(5, b"\0" * 16)[:9]}),
        "D05",
    ),
    "a .xlsb without its sheets": (
        lambda _: make_xlsb([("S", [])], extra={"xl/workbook.bin": b"\x9c\x01\x7f"}),
        "D05",
    ),
    "a broken .ods": (lambda _: make_ods("<table:table>"), "D05"),
    "a broken Word document": (
        lambda _: change_parts(make_docx([([], [["1", "2"]])]), {"word/document.xml": b"<w:document>"}),
        "D05",
    ),
    "a broken spreadsheet of 2003": (lambda _: XML_HEAD.encode(), "D05"),
    "a PDF": (lambda _: b"%PDF-1.7\n", "D61"),
    "a photograph": (lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF\0", "D61"),
    "a photograph of a telephone": (lambda _: b"\0\0\0\x18ftypheic" + b"\0" * 40, "D61"),
    "a scan": (lambda _: b"II*\0\x08\0\0\0", "D61"),
    "a .doc": (lambda _: make_compound({"WordDocument": b"x"}), "D62"),
    "an RTF": (lambda _: b"{\\rtf1 a}", "D62"),
    "an .odt": (
        lambda _: make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
        "D62",
    ),
    "a spreadsheet of OpenDocument in one XML file": (lambda _: FLAT, "D02"),
    "a RAR": (lambda _: b"Rar!\x1a\x07\0", "D63"),
    "a 7z": (lambda _: b"7z\xbc\xaf\x27\x1c\0", "D63"),
    "a .gz": (lambda _: b"\x1f\x8b\x08\0", "D63"),
    "an archive inside an archive that nobody unpacked": (lambda _: make_zip({"a.csv": b"a,b"}), "D65"),
    "a .ppt": (lambda _: make_compound({"PowerPoint Document": b"x"}), "D02"),
    "a mail": (lambda _: make_compound({"__properties_version1.0": b"x"}), "D02"),
    "a compound file of nothing": (lambda _: make_compound({"abc": b"x"}), "D02"),
    "a program": (lambda _: b"\x7fELF\x02\x01", "D02"),
    "noise": (lambda _: bytes(range(256)) * 4, "D02"),
    "a letter": (lambda _: "Kính gửi: Văn phòng Ban Chỉ đạo\nXin chào".encode(), "D69"),
    "a Word document without a table": (lambda _: make_docx([]), "D69"),
    "a page without a table": (lambda _: b"<html><body>Xin ch\xc3\xa0o</body></html>", "D69"),
    "spaces": (lambda _: b"\xef\xbb\xbf \r\n\0\0", "D01"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_what_to_do(name: str, plan: Plan) -> None:
    build, code = HOSTILE[name]
    findings = FindingList("Báo cáo.xls")
    assert open_book(build(Draft(plan)), findings) is None
    assert [finding.rule_id for finding in findings.found] == [code]
    assert "{" not in findings.found[0].message
    assert not re.search("[A-Za-z]{5,} [a-z]{3,} [a-z]", findings.found[0].message), "a library's English"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (make_xls(number_cell(0, 0), extra=((0xD3, b""),)), ["D09"]),
        (make_xls(number_cell(0, 0), extra=((0x1AE, struct.pack("<HH", 1, 9) + b"\0http"),)), ["D10"]),
        (make_xls(number_cell(0, 0), extra=((0x1AE, struct.pack("<HH", 1, 0x0401)),)), []),
        (make_xls(number_cell(0, 0), MBD0001=b"x"), ["D11"]),
        (
            make_xlsb([("S", [[1, 2]])], extra={"xl/vbaProject.bin": b"x", "xl/media/a.png": b"x"}),
            ["D09", "D11"],
        ),
        (make_xlsb([("S", [[1]])], extra={"xl/externalLinks/externalLink1.bin": b"x"}), ["D10"]),
        (make_ods("<table:table table:name='S'/>", Basic__a=b"x", Pictures__a=b"x"), ["D09", "D11"]),
        (make_ods("<table:table table:name='S'><table:table-source/></table:table>"), ["D10"]),
        (change_parts(WORD, {"word/embeddings/a.bin": b"x"}), ["D11"]),
        (change_parts(WORD, {"word/_rels/settings.xml.rels": RELATIONS % b"attachedTemplate"}), ["D10"]),
        (change_parts(WORD, {"word/_rels/settings.xml.rels": RELATIONS % b"hyperlink"}), []),
        (
            change_parts(
                WORD,
                {
                    "word/document.xml": read_part(WORD, "word/document.xml").replace(
                        b"<w:r><w:t>1</w:t>", b"<w:r><w:instrText> DDEAUTO c:\\a </w:instrText><w:t>1</w:t>"
                    )
                },
            ),
            ["D10", "D136"],
        ),
        (
            make_xls(number_cell(0, 0), extra=((0x1AE, struct.pack("<HH", 1, 9) + b"\0cmd\x03/c a"),)),
            ["D10", "D136"],
        ),
        (
            make_xls(number_cell(0, 0), extra=((0x1AE, struct.pack("<HH", 1, 9) + b"\0\x01a\x03b.xls"),)),
            ["D10"],
        ),
        (make_ods("<table:table table:name='S'><table:dde-link/></table:table>"), ["D10", "D136"]),
    ],
)
def test_macros_links_and_objects_are_told_of_and_left_alone(content: bytes, codes: list[str]) -> None:
    findings = FindingList("a")
    assert open_book(content, findings) is not None
    assert [finding.rule_id for finding in findings.found] == codes


def test_a_chain_of_sectors_that_bites_its_tail_is_broken() -> None:
    content = bytearray(make_compound({"Workbook": b"x" * 5000}))
    content[512 + 2 * 4 : 512 + 3 * 4] = struct.pack("<I", 2)
    with pytest.raises(BrokenCompoundError, match="chain"):
        open_compound(bytes(content)).read("Workbook")
    content[48:52] = struct.pack("<I", 77)
    with pytest.raises(BrokenCompoundError):
        open_compound(bytes(content))
    assert detect(bytes(content)) is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("shown", "is_percent"),
    [
        ('0" %đạt"', False),
        ("0\\%", False),
        ("0.0%", True),
        ("[Red]0%;[Blue]-0%", True),
        ('0"%', True),
        ("%" * 255, True),
        ("", False),
        ('"', False),
        ("[", False),
        ("\\", False),
        ("#,##0đ", False),
    ],
)
def test_any_format_of_an_old_workbook_is_answered(shown: str, is_percent: bool) -> None:
    name = struct.pack("<HHB", 164, len(shown), 1) + shown.encode("utf-16-le")
    style = struct.pack("<HH16x", 0, 164)
    book = open_book(make_xls(number_cell(0, 0), extra=((0x41E, name), (0xE0, style))), FindingList("a.xls"))
    assert book is not None
    (sheet,) = book.sheets
    assert sheet.rows == [[7]]
    assert {mark.flaw for mark in sheet.marks.values()} == ({Flaw.PERCENT} if is_percent else set())


def test_every_kind_of_file_has_a_reader_or_a_refusal() -> None:
    from chuyenhoa.intake.file_flaws import CODES, KIND_NAMES, REFUSALS
    from chuyenhoa.kit.readers import PACKAGE_READERS, READERS
    from chuyenhoa.kit.readers.book import FileFlaw

    handled = {*READERS, *PACKAGE_READERS, *REFUSALS, Kind.XLSX, Kind.BROKEN_ZIP}
    assert handled == set(Kind)
    assert {*REFUSALS.values(), *CODES.values()} <= set(load_catalogue())
    assert set(CODES) == set(FileFlaw) - {FileFlaw.UNREADABLE_KIND}
    assert set(REFUSALS) - set(KIND_NAMES) == {*(Kind.EMPTY, Kind.ENCRYPTED, Kind.OLD_EXCEL, Kind.SHORTCUT)}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"BMI,a\n1,2\n", Kind.CSV),
        (b"MZ;b\n1;2\n", Kind.CSV),
        ("Đơn vị,<html>\n1,2".encode(), Kind.CSV),
        (make_csv([["Kiªn Giang", 1]], ";", "cp1252"), Kind.CSV),
        (make_html([("S", [["1"]])]).replace(b"<html>", b"<!DOCTYPE html>\n<HTML>"), Kind.HTML),
        ("<html><table><tr><td>1".encode("utf-16"), Kind.HTML),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, kind: Kind) -> None:
    assert detect(content) is kind


def test_texts_of_old_fonts_come_back_as_their_fonts_show_them_and_semicolons_keep_decimal_commas() -> None:
    book = open_book(make_csv([["Kiªn Lý", "®èi t\xadîng", 1.5]] * 3, ";", "cp1252"), FindingList("a"))
    assert book is not None
    assert book.sheets[0].rows == [["Kiªn Lý", "®èi t\xadîng", "1,5"]] * 3
    book = open_book(b'sep=,\na,b\n1,"2,5"\n', FindingList("a"))
    assert book is not None
    assert book.sheets[0].rows == [[], ["a", "b"], ["1", "2,5"]]
