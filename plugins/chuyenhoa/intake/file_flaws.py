"""What the readers of files report, as findings: their codes and the words for each kind of file."""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.kit.readers.book import FileFlaw, Kind

CODES: Mapping[FileFlaw, str] = {
    FileFlaw.TOO_LARGE: "D06",
    FileFlaw.BROKEN: "D05",
    FileFlaw.ENCRYPTED: "D04",
    FileFlaw.UNSAFE: "D07",
    FileFlaw.BEYOND_LIMITS: "D08",
    FileFlaw.NO_TABLE: "D69",
    FileFlaw.MACROS: "D09",
    FileFlaw.LINKS: "D10",
    FileFlaw.OBJECTS: "D11",
    FileFlaw.OTHER_FORMAT: "D68",
}
REFUSALS: Mapping[Kind, str] = {
    Kind.EMPTY: "D01",
    Kind.BROKEN_ZIP: "D05",
    Kind.ENCRYPTED: "D04",
    Kind.OLD_EXCEL: "D03",
    Kind.PDF: "D61",
    Kind.IMAGE: "D61",
    Kind.DOC: "D62",
    Kind.RTF: "D62",
    Kind.ODT: "D62",
    Kind.WORD_XML: "D62",
    Kind.RAR: "D63",
    Kind.SEVEN_ZIP: "D63",
    Kind.PACKED: "D63",
    Kind.FLAT_ODS: "D02",
    Kind.PRESENTATION: "D02",
    Kind.MAIL: "D02",
    Kind.WEB_ARCHIVE: "D02",
    Kind.PROGRAM: "D02",
    Kind.UNKNOWN: "D02",
    Kind.ZIP: "D65",
}
"""The finding on a kind that cannot be read; an archive is unpacked before."""
KIND_NAMES: Mapping[Kind, str] = {
    Kind.BROKEN_ZIP: "không giải nén được",
    Kind.PDF: "tệp PDF",
    Kind.IMAGE: "tệp hình ảnh",
    Kind.DOC: "văn bản Word kiểu cũ (.doc)",
    Kind.RTF: "tệp văn bản RTF",
    Kind.ODT: "văn bản OpenDocument (.odt)",
    Kind.FLAT_ODS: "bảng tính OpenDocument dạng XML (.fods)",
    Kind.WORD_XML: "văn bản Word dạng XML 2003",
    Kind.RAR: "tệp nén RAR",
    Kind.SEVEN_ZIP: "tệp nén 7z",
    Kind.PACKED: "tệp nén GZ, BZ2 hoặc XZ",
    Kind.PRESENTATION: "tệp trình chiếu",
    Kind.MAIL: "thư điện tử",
    Kind.WEB_ARCHIVE: "trang web lưu trữ (MHT)",
    Kind.PROGRAM: "chương trình",
    Kind.UNKNOWN: "tệp không rõ loại",
    Kind.ZIP: "là tệp nén",
    Kind.HTML: "trang web HTML",
    Kind.XML: "bảng tính XML 2003",
    Kind.DOCX: "văn bản Word",
    Kind.CSV: "văn bản thuần",
}
"""What a kind is called in a message."""


def translate(flaw: FileFlaw, words: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """The code of the finding on a flaw, and the words for its text."""
    kind = words.get("kind")
    if not isinstance(kind, Kind):
        return CODES[flaw], words
    name = KIND_NAMES.get(kind, "")
    if flaw is FileFlaw.UNREADABLE_KIND:
        return REFUSALS[kind], {"kind": name, "detail": name}
    return CODES[flaw], {**words, "kind": name}
