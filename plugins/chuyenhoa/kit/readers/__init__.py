"""Opens a file of any format that can be read, after making sure that it is harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chuyenhoa.intake.findings import FindingList
from chuyenhoa.kit.ooxml.archive import Archive
from chuyenhoa.kit.readers.book import Book
from chuyenhoa.kit.readers.docx import open_document
from chuyenhoa.kit.readers.html import open_page
from chuyenhoa.kit.readers.kinds import Kind, detect
from chuyenhoa.kit.readers.ods import open_flat_ods, open_ods
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES, open_archive, open_package
from chuyenhoa.kit.readers.spreadsheet_xml import open_spreadsheet_xml
from chuyenhoa.kit.readers.texts import open_text
from chuyenhoa.kit.readers.xls import open_xls
from chuyenhoa.kit.readers.xlsb import open_xlsb
from chuyenhoa.kit.readers.xlsx import open_workbook

__all__ = ["Kind", "detect", "open_book"]

READERS: Mapping[Kind, Callable[[bytes, FindingList], Book | None]] = {
    Kind.XLS: open_xls,
    Kind.FLAT_ODS: open_flat_ods,
    Kind.CSV: open_text,
    Kind.HTML: open_page,
    Kind.XML: open_spreadsheet_xml,
}
PACKAGE_READERS: Mapping[Kind, Callable[[Archive, FindingList], Book | None]] = {
    Kind.XLSB: open_xlsb,
    Kind.ODS: open_ods,
    Kind.DOCX: open_document,
}
REFUSALS: Mapping[Kind, tuple[str, str]] = {
    Kind.EMPTY: ("D01", ""),
    Kind.BROKEN_ZIP: ("D05", "không giải nén được"),
    Kind.ENCRYPTED: ("D04", ""),
    Kind.OLD_EXCEL: ("D03", ""),
    Kind.PDF: ("D61", "tệp PDF"),
    Kind.IMAGE: ("D61", "tệp hình ảnh"),
    Kind.DOC: ("D62", "văn bản Word kiểu cũ (.doc)"),
    Kind.RTF: ("D62", "tệp văn bản RTF"),
    Kind.ODT: ("D62", "văn bản OpenDocument (.odt)"),
    Kind.WORD_XML: ("D62", "văn bản Word dạng XML 2003"),
    Kind.RAR: ("D63", "tệp nén RAR"),
    Kind.SEVEN_ZIP: ("D63", "tệp nén 7z"),
    Kind.PACKED: ("D63", "tệp nén GZ, BZ2 hoặc XZ"),
    Kind.PRESENTATION: ("D02", "tệp trình chiếu"),
    Kind.MAIL: ("D02", "thư điện tử"),
    Kind.WEB_ARCHIVE: ("D02", "trang web lưu trữ (MHT)"),
    Kind.PROGRAM: ("D02", "chương trình"),
    Kind.UNKNOWN: ("D02", "tệp không rõ loại"),
    Kind.ZIP: ("D65", "là tệp nén"),
}
"""The finding on a kind that cannot be read, and what to call it; an archive is unpacked before."""


def open_book(content: bytes, findings: FindingList) -> Book | None:
    """The sheets of a file.

    Args:
        content: the bytes of the file; the name that it carries is not trusted.
        findings: takes what was found on the way.

    Returns:
        None when the file must not or cannot be opened; `findings` then says why and what to send instead.
    """
    if len(content) > MAX_FILE_BYTES:
        findings.add("D06", detail=f"tệp lớn hơn {MAX_FILE_BYTES // 1_000_000} MB")
        return None
    kind = detect(content)
    if kind in REFUSALS:
        code, called = REFUSALS[kind]
        findings.add(code, kind=called, detail=called)
        return None
    if kind in READERS:
        return READERS[kind](content, findings)
    if kind in PACKAGE_READERS:
        archive = open_archive(content, findings)
        return PACKAGE_READERS[kind](archive, findings) if archive else None
    package = open_package(content, findings)
    return open_workbook(package, findings) if package else None
