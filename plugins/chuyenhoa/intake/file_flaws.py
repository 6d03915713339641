"""What the readers of files report, as findings: their codes and the words for each kind of file."""

from __future__ import annotations

from collections.abc import Mapping

from chuyenhoa.kit.readers.book import FileFlaw, Kind
from chuyenhoa.model.finding_codes import Code

CODES: Mapping[FileFlaw, Code] = {
    FileFlaw.TOO_LARGE: Code.FILE_TOO_LARGE,
    FileFlaw.BROKEN: Code.DAMAGED_FILE,
    FileFlaw.ENCRYPTED: Code.ENCRYPTED_FILE,
    FileFlaw.UNSAFE: Code.UNSAFE_CONTENT,
    FileFlaw.BEYOND_LIMITS: Code.TABLE_TOO_LARGE,
    FileFlaw.NO_TABLE: Code.TEXT_DOCUMENT_WITHOUT_TABLE,
    FileFlaw.MACROS: Code.HAS_MACROS,
    FileFlaw.LINKS: Code.HAS_EXTERNAL_LINKS,
    FileFlaw.COMMANDS: Code.HAS_DDE,
    FileFlaw.OBJECTS: Code.HAS_PICTURES_OR_OBJECTS,
    FileFlaw.OTHER_FORMAT: Code.MISNAMED_EXCEL_FILE,
}
REFUSALS: Mapping[Kind, Code] = {
    Kind.EMPTY: Code.EMPTY_FILE,
    Kind.BROKEN_ZIP: Code.DAMAGED_FILE,
    Kind.BROKEN_OFFICE: Code.DAMAGED_FILE,
    Kind.SHORTCUT: Code.SHORTCUT_ONLY,
    Kind.ENCRYPTED: Code.ENCRYPTED_FILE,
    Kind.OLD_EXCEL: Code.EXCEL_TOO_OLD,
    Kind.PDF: Code.SCAN_OR_PICTURE,
    Kind.IMAGE: Code.SCAN_OR_PICTURE,
    Kind.DOC: Code.OLD_TEXT_DOCUMENT,
    Kind.RTF: Code.OLD_TEXT_DOCUMENT,
    Kind.ODT: Code.OLD_TEXT_DOCUMENT,
    Kind.WORD_XML: Code.OLD_TEXT_DOCUMENT,
    Kind.RAR: Code.ARCHIVE_NOT_ZIP,
    Kind.SEVEN_ZIP: Code.ARCHIVE_NOT_ZIP,
    Kind.PACKED: Code.ARCHIVE_NOT_ZIP,
    Kind.FLAT_ODS: Code.NOT_A_WORKBOOK,
    Kind.PRESENTATION: Code.NOT_A_WORKBOOK,
    Kind.MAIL: Code.NOT_A_WORKBOOK,
    Kind.WEB_ARCHIVE: Code.NOT_A_WORKBOOK,
    Kind.PROGRAM: Code.NOT_A_WORKBOOK,
    Kind.UNKNOWN: Code.NOT_A_WORKBOOK,
    Kind.ZIP: Code.REFUSED_ARCHIVE,
}
"""The finding on a kind that cannot be read; an archive is unpacked before."""
KIND_NAMES: Mapping[Kind, str] = {
    Kind.BROKEN_ZIP: "không giải nén được",
    Kind.BROKEN_OFFICE: "thiếu phần nội dung chính",
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


def translate(flaw: FileFlaw, words: Mapping[str, object]) -> tuple[Code, Mapping[str, object]]:
    """The code of the finding on a flaw, and the words for its text."""
    kind = words.get("kind")
    if not isinstance(kind, Kind):
        return CODES[flaw], words
    name = KIND_NAMES.get(kind, "")
    if flaw is FileFlaw.UNREADABLE_KIND:
        return REFUSALS[kind], {"kind": name, "detail": name}
    return CODES[flaw], {**words, "kind": name}
