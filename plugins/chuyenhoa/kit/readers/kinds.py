"""Tells what a file is by its content alone: the name that it carries may say anything."""

from __future__ import annotations

import re

from chuyenhoa.kit.ooxml.archive import Archive, BrokenArchiveError, list_entries
from chuyenhoa.kit.readers.book import Kind
from chuyenhoa.kit.readers.letters import looks_like_letter
from chuyenhoa.kit.readers.markup import pass_on_memory
from chuyenhoa.kit.readers.ole import BrokenCompoundError, open_compound
from chuyenhoa.kit.readers.texts import decode_text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
BLANK = b"\0\r\n\t \xef\xbb\xbf\xff\xfe"
BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", Kind.PDF),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"II*\0", Kind.IMAGE),
    (b"MM\0*", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"{\\rtf", Kind.RTF),
    (b"Rar!", Kind.RAR),
    (b"L\0\0\0\x01\x14\x02\0", Kind.SHORTCUT),
    (b"book\0\0\0\0mark", Kind.SHORTCUT),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.PACKED),
    (b"BZh", Kind.PACKED),
    (b"\xfd7zXZ", Kind.PACKED),
    (b"MZ", Kind.PROGRAM),
    (b"\x7fELF", Kind.PROGRAM),
    (b"\x09\x00\x04\x00", Kind.OLD_EXCEL),
    (b"\x09\x02\x06\x00", Kind.OLD_EXCEL),
    (b"\x09\x04\x06\x00", Kind.OLD_EXCEL),
)
"""How files of a kind begin; an Excel file from before 1993 is a bare stream of records."""
PACKAGES: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.xml", Kind.XLSX),
    ("xl/workbook.bin", Kind.XLSB),
    ("word/document.xml", Kind.DOCX),
    ("ppt/presentation.xml", Kind.PRESENTATION),
)
"""The part that makes a zip archive an Office file."""
OFFICE_FOLDERS = ("xl/", "word/", "ppt/", "docProps/")
STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("WordDocument", Kind.DOC),
    ("PowerPoint Document", Kind.PRESENTATION),
    ("__properties_version1.0", Kind.MAIL),
)
"""The stream at the top that makes a compound file one of these; a .doc with a sheet inside has a Workbook
as well, further down."""
SHORTCUTS = re.compile(
    rb"\[InternetShortcut\]|\[\{000214A0|\[Desktop Entry\]|\{\s*\"url\"\s*:|\{[^{}]{0,300}\"doc_id\"\s*:"
    rb"|<\?xml[^>]*>\s*<!DOCTYPE plist[^>]*>\s*<plist[^>]*>\s*<dict>\s*<key>URL</key>",
    re.IGNORECASE,
)
"""How links to a file elsewhere begin: .url and .website of Windows, .desktop of Linux, .webloc of macOS,
and the .gsheet that Google Drive puts into a folder in place of a table."""
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)


def detect(content: bytes) -> Kind:
    """The kind of a file; it never raises but for a lack of memory."""
    try:
        return _detect(content)
    except Exception as error:  # foreign bytes: what a library makes of them is no fault of ours
        pass_on_memory(error)
        return Kind.UNKNOWN


def _detect(content: bytes) -> Kind:
    # A byte order mark, spaces and zero bytes are no content: such a file is called empty, not unknown.
    if not content.strip(BLANK):
        return Kind.EMPTY
    if content.startswith(ZIP):
        return _detect_zip(content)
    if content.startswith(OLE):
        return _detect_compound(content)
    for start, kind in BEGINNINGS:
        # "BM" and "MZ" may also begin a line of text.
        if content.startswith(start) and (len(start) > 2 or b"\0" in content[:1000]):
            return kind
    # What telephones make: pictures (HEIC, WEBP) and films.
    if content[4:8] == b"ftyp" or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return Kind.IMAGE
    return _detect_text(content)


def _detect_zip(content: bytes) -> Kind:
    try:
        entries = list_entries(content)
        named = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in entries}
        return _kind_of_package(Archive(content, named))
    except BrokenArchiveError:
        return Kind.BROKEN_ZIP


def _kind_of_package(archive: Archive) -> Kind:
    for part, kind in PACKAGES:
        if part in archive.entries:
            return kind
    # Cut and mended, or written by half: its parts are there, and the one that names them is not.
    if "[Content_Types].xml" in archive.entries or any(n.startswith(OFFICE_FOLDERS) for n in archive.entries):
        return Kind.BROKEN_OFFICE
    # .ods and .odt differ in this part alone; every other archive is one of reports.
    if "mimetype" in archive.entries and "content.xml" in archive.entries:
        return Kind.ODS if b"spreadsheet" in archive.read_start("mimetype", 100) else Kind.ODT
    return Kind.ZIP


def _detect_compound(content: bytes) -> Kind:
    try:
        names = open_compound(content).top
    except BrokenCompoundError:
        names = frozenset()
    return next((kind for name, kind in STREAMS if name in names), Kind.UNKNOWN)


def _detect_text(content: bytes) -> Kind:
    """What a file without a signature is; pages and XML may stand in any encoding."""
    # Web systems export pages and XML Spreadsheet 2003 under the name .xls; neither has a signature, and both
    # may stand in UTF-16.
    text = decode_text(content)
    if text is None:
        return Kind.UNKNOWN
    head = text[:10_000].lstrip("\ufeff \r\n\t").encode("utf-8", "replace")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and head.startswith(b"<"):
        return Kind.XML
    if b"application/vnd.oasis.opendocument." in head and head.startswith(b"<?xml"):
        return Kind.FLAT_ODS if b"opendocument.spreadsheet" in head else Kind.ODT
    if b"schemas.microsoft.com/office/word/2003/wordml" in head:
        return Kind.WORD_XML
    if looks_like_letter(text[:10_000]):
        return Kind.MAIL
    if head.startswith((b"MIME-Version:", b"From: <Saved by ")):
        return Kind.WEB_ARCHIVE
    if SHORTCUTS.match(head):
        return Kind.SHORTCUT
    return Kind.HTML if head.startswith(b"<") and MARKUP.search(head) else Kind.CSV
