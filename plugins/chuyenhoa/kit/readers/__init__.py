"""Opens a file of any format that can be read, after making sure that it is harmless."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from chuyenhoa.kit.ooxml.archive import Archive
from chuyenhoa.kit.readers.book import Book, FileFlaw, FlawReporter, Kind
from chuyenhoa.kit.readers.docx import open_document
from chuyenhoa.kit.readers.html import open_page
from chuyenhoa.kit.readers.kinds import detect
from chuyenhoa.kit.readers.markup import pass_on_memory
from chuyenhoa.kit.readers.ods import open_ods
from chuyenhoa.kit.readers.package import MAX_FILE_BYTES, open_archive, open_package
from chuyenhoa.kit.readers.spreadsheet_xml import open_spreadsheet_xml
from chuyenhoa.kit.readers.texts import open_text
from chuyenhoa.kit.readers.xls import open_xls
from chuyenhoa.kit.readers.xlsb import open_xlsb
from chuyenhoa.kit.readers.xlsx import open_workbook

__all__ = ["Kind", "decode_book", "detect", "open_book"]

NOT_DECODED = "không đọc được nội dung"

READERS: Mapping[Kind, Callable[[bytes, FlawReporter], Book | None]] = {
    Kind.XLS: open_xls,
    Kind.CSV: open_text,
    Kind.HTML: open_page,
    Kind.XML: open_spreadsheet_xml,
}
PACKAGE_READERS: Mapping[Kind, Callable[[Archive, FlawReporter], Book | None]] = {
    Kind.XLSB: open_xlsb,
    Kind.ODS: open_ods,
    Kind.DOCX: open_document,
}


def open_book(
    content: bytes, flaws: FlawReporter, *, form: Collection[str] = (), extras: Collection[str] = ()
) -> Book | None:
    """The sheets of a file.

    Args:
        content: the bytes of the file; the name that it carries is not trusted.
        flaws: takes what was found on the way.
        form: names of the sheets that make a workbook (.xlsx) a known form.
        extras: names of sheets that are not read in such a workbook, since nothing is filled in there.

    Returns:
        None when the file must not or cannot be opened; `flaws` then has the reason. Whatever the bytes are,
        nothing is raised but for a lack of memory: that the reader could not go on is a flaw of the file.
    """
    try:
        return decode_book(content, flaws, form, extras)
    except Exception as error:
        pass_on_memory(error)
        flaws.report(FileFlaw.BROKEN, detail=NOT_DECODED)
        return None


def decode_book(
    content: bytes, flaws: FlawReporter, form: Collection[str] = (), extras: Collection[str] = ()
) -> Book | None:
    """`open_book` as its readers are, which should not raise either: so that a fuzzer sees where one does."""
    if len(content) > MAX_FILE_BYTES:
        flaws.report(FileFlaw.TOO_LARGE, detail=f"tệp lớn hơn {MAX_FILE_BYTES // 1_000_000} MB")
        return None
    kind = detect(content)
    if kind in READERS:
        return READERS[kind](content, flaws)
    if kind in PACKAGE_READERS:
        archive = open_archive(content, flaws)
        return PACKAGE_READERS[kind](archive, flaws) if archive else None
    if kind is not Kind.XLSX:
        flaws.report(FileFlaw.UNREADABLE_KIND, kind=kind)
        return None
    package = open_package(content, flaws)
    return open_workbook(package, flaws, form, extras) if package else None
