"""What Decree 30/2020/NĐ-CP, annex I, asks for: types of documents, words that tell elements, limits."""

from __future__ import annotations

import re
from dataclasses import dataclass

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
FONT = "Times New Roman"
# Sizes in points of all running text.
TEXT_LOW, TEXT_HIGH = 13, 14


@dataclass(frozen=True)
class DocumentType:
    """A type of document; `title` is its name in capitals, `""` for a công văn, which has none."""

    title: str
    symbol: str
    """The abbreviation that opens its symbol."""
    has_address: bool = False
    """Whether "Kính gửi:" must stand in it."""
    has_authority: bool = False
    """Whether the line of who decides, and the căn cứ, stand between subject and articles."""


TYPES = {
    kind.title: kind
    for kind in (
        DocumentType("BÁO CÁO", "BC"),
        DocumentType("TỜ TRÌNH", "TTr", has_address=True),
        DocumentType("QUYẾT ĐỊNH", "QĐ", has_authority=True),
        DocumentType("NGHỊ QUYẾT", "NQ", has_authority=True),
        DocumentType("KẾ HOẠCH", "KH"),
        DocumentType("THÔNG BÁO", "TB"),
        DocumentType("HƯỚNG DẪN", "HD"),
        DocumentType("CHƯƠNG TRÌNH", "CTr"),
        DocumentType("PHƯƠNG ÁN", "PA"),
        DocumentType("BIÊN BẢN", "BB"),
        DocumentType("CHỈ THỊ", "CT"),
        DocumentType("THÔNG CÁO", "TC"),
        DocumentType("ĐỀ ÁN", "ĐA"),
        DocumentType("DỰ ÁN", "DA"),
        DocumentType("CÔNG ĐIỆN", "CĐ"),
        DocumentType("GIẤY MỜI", "GM"),
        DocumentType("GIẤY GIỚI THIỆU", "GGT"),
        DocumentType("BẢN GHI NHỚ", "BGN"),
        DocumentType("BẢN THỎA THUẬN", "BTT"),
    )
}
ANY_TYPE = "tên loại, chữ in hoa (BÁO CÁO, TỜ TRÌNH, QUYẾT ĐỊNH, …); công văn thì có V/v và Kính gửi"
LETTER = DocumentType("", "", has_address=True)
# Titles of papers that go with a document: page, fonts, tables are checked, and a head if any.
PAPERS = ("PHIẾU", "BẢNG KÊ", "BẢNG TỔNG HỢP", "BIỂU", "DANH SÁCH", "NGUỒN SỐ LIỆU")

# Numbers and days that are not known yet stay blank, or are dots.
NUMBER = re.compile(r"Số: *(?:(?P<number>\d+)|[.…_]+)?(?P<gap> *)/(?P<symbol>.*)")
SYMBOL = re.compile(r"(?:\d{4}/)?(?:TTr|CTr|[A-ZĐ]+)(?:-[A-ZĐ][A-ZĐ0-9]*)*")
DATE = re.compile(
    r".+[^\s,], ngày +(?:(?:(?P<day>\d{1,2})|[.…_]+) +)?tháng +(?:(?:(?P<month>\d{1,2})|[.…_]+) +)?"
    r"năm +(?:(?P<year>\d{4})|20 *[.…_]*)"
)
# The marks before the capacity of a signer.
AUTHORITY = re.compile(r"(TM|KT|TL|TUQ)\. ?\S|Q\. ?\S")
# Marks that name whom one signs for; the signer's own capacity stands on the next line.
TWO_LINES = ("TM.", "KT.", "TL.", "TUQ.")
DEGREES = re.compile(
    r"(GS|PGS|TS|ThS|Th\.S|BS|KS|CN|Giáo sư|Phó Giáo sư|Tiến sĩ|Thạc sĩ|Bác sĩ|Kỹ sư|Cử nhân|"
    r"NGND|NGƯT|NSND|NSƯT|TTND|TTƯT|AHLĐ|Bà)\b[. ]"
)
RANKS = re.compile(r"((Đại|Thượng|Trung|Thiếu) (tướng|tá|úy)|Đại úy)\b")
# Names of agencies whose signers have ranks.
ARMED = ("CÔNG AN", "QUÂN SỰ", "BIÊN PHÒNG", "BỘ CHỈ HUY", "CẢNH SÁT", "QUỐC PHÒNG")
# How the names of agencies with one above them open.
AGENCIES = ("BAN ", "CÔNG AN", "SỞ ", "PHÒNG ", "VĂN PHÒNG", "HỘI ĐỒNG", "CHI CỤC", "TỔ ", "ĐOÀN ")

ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$")
# `I. ĐẶC ĐIỂM, TÌNH HÌNH`: headings of documents laid out by parts.
CHAPTER = re.compile(r"([IVXLC]+)\. *\S")
PART = re.compile(r"(Phần|Chương) ([IVXLC]+|\d+|thứ \S+)$", re.IGNORECASE)
SECTION = re.compile(r"(Mục|Tiểu mục) \d+\b", re.IGNORECASE)
ARTICLE = re.compile(r"(Điều \d+)(\.?)", re.IGNORECASE)
# `1. …`, `1.1. …`, `a) …`.
CLAUSE = re.compile(r"\d+(\.\d+)*[.)] *\S|[a-zđ]\) *\S")
DECIDES = re.compile(r"QUYẾT (ĐỊNH|NGHỊ) ?:?$", re.IGNORECASE)
BASIS = re.compile(r"(Căn cứ|Xét đề nghị|Theo đề nghị|Trên cơ sở|Thực hiện) ")
ANNEX = re.compile(r"(?P<word>PHỤ LỤC|Phụ lục|phụ lục)(?: +(?P<number>\S+))?$", re.IGNORECASE)
# The head of the only annex: it has no number, or the first.
ANNEX_ALONE = re.compile(r"Phụ lục(?: I)?$", re.IGNORECASE)
# How the title of a list opens that goes with a document without being called an annex.
LISTING = re.compile(r"(DANH SÁCH|BIỂU|BẢNG|NGUỒN SỐ LIỆU)\b")
# `(Kèm theo Báo cáo số …)`
NOTE = re.compile(r"\((Ban hành kèm theo|Kèm theo) ", re.IGNORECASE)
# A remark in brackets: no running text.
BRACKETS = re.compile(r"\(.*\)[.;]?$", re.DOTALL)
