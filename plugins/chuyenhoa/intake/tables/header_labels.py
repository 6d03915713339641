"""The words of headings that name no indicator: windows, comparisons, numbering, units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BASELINE = re.compile(r"(?:so lieu )?cung ky(?: nam)?(?: truoc| ngoai)?|ky goc|(?:ky )?nam truoc")
CURRENT = re.compile(
    r"(?:so lieu )?(?:trong )?ky nay|(?:trong )?ky bao cao|nam nay|hien tai|(?:so lieu )?trong ky bao cao"
)
YEAR = re.compile(r"(?:cung ky )?(?:nam )?(20[0-9]{2})")
# "Tăng, giảm", "So với cùng kỳ", "Tỷ lệ khám phá (%)" are computed from figures and never figures.
COMPARED = re.compile(
    r"so sanh.*|tang giam.*|tang|giam|t[iy] le.*|chenh lech.*|so voi .*|.* so voi .*|muc tang.*|phan tram.*"
)
# "Lũy kế" beside "Kỳ này" over two columns of one indicator.
CUMULATIVE = re.compile(r"\b(?:luy ke|cong don|tu dau nam|tu dau ky)\b")
# "Khám phá cùng kỳ", "Kỳ này xảy ra": the window in the words of the label.
BASIS_TAIL = re.compile(
    r"^(?:(?:so lieu )?(cung ky(?: nam)?(?: truoc)?(?: 20[0-9]{2})?|ky nay) )|"
    r"(?: (?:so lieu )?(cung ky(?: nam)?(?: truoc)?(?: 20[0-9]{2})?|ky nay))$"
)
GENERIC = frozenset(
    (
        "trong do",
        "chi tieu",
        "cac chi tieu",
        "noi dung",
        "so lieu",
        "ket qua",
        "thiet hai",
        "hau qua",
        "bao gom",
        "gom",
        "trong ky",
        "den cuoi ky",
        "luy ke den cuoi ky",
        "dau ky",
        "cuoi ky",
        "ket qua thuc hien",
        "cong tac",
        "tinh hinh",
        "chi tieu bao cao",
        "noi dung bao cao",
        "tong so",
    )
)
"""Headings that add nothing to what stands under them."""
KINDS_OF_COUNT = frozenset({"trong ky", "den cuoi ky", "luy ke den cuoi ky", "dau ky", "cuoi ky"})
"""Headings below a label that say when it is counted."""
ABBREVIATIONS = {
    "ttxh": "trat tu xa hoi",
    "tnxh": "te nan xa hoi",
    "tngt": "tai nan giao thong",
    "atgt": "an toan giao thong",
    "ttatgt": "trat tu an toan giao thong",
    "gt": "giao thong",
    "pphs": "pham phap hinh su",
    "antt": "an ninh trat tu",
    "bvantq": "bao ve an ninh to quoc",
    "vphc": "vi pham hanh chinh",
    "xphc": "xu phat hanh chinh",
    "xpvphc": "xu phat vi pham hanh chinh",
    "tgtb": "to giac tin bao",
    "knkt": "kien nghi khoi to",
    "gd": "giao duc",
    "gdbb": "giao duc bat buoc",
    "cnbb": "cai nghien bat buoc",
    "vln": "vat lieu no",
    "ccht": "cong cu ho tro",
    "kdc": "khu dan cu",
    "gq": "giai quyet",
}
"""What the services write short, in plain letters; what could be two things (ĐT, KT) is not among them."""
SECTION_LEADS = (
    "cong tac",
    "tinh hinh",
    "ket qua",
    "linh vuc",
    "so lieu",
    "ve",
    "dau tranh",
    "phong chong",
    "giai quyet",
    "tiep nhan",
    "xu ly",
    "bao dam",
    "toi pham",
    "pham toi",
    "vi pham",
    "va",
)
"""Words in front of a section's name that do not change which section it is."""
VALUE_HEADS = frozenset(
    (
        "so lieu",
        "ket qua",
        "thuc hien",
        "gia tri",
        "so luong",
        "ket qua thuc hien",
        "tong so",
        "so lieu bao cao",
    )
)
LOCALITY_HEADS = frozenset(
    (
        "dia ban",
        "ten dia ban",
        "xa phuong thi tran",
        "xa phuong",
        "phuong xa",
        "don vi",
        "ten don vi",
        "ten xa phuong thi tran",
        "dia phuong",
        "ten xa",
        "ten xa phuong",
        "phuong xa thi tran",
        "xa thi tran",
        "cac xa phuong thi tran",
    )
)
DISTRICT_HEADS = frozenset(
    (
        "huyen",
        "ten huyen",
        "quan huyen",
        "huyen thanh pho",
        "huyen thi xa thanh pho",
        "don vi cap huyen",
        "cap huyen",
        "thanh pho",
    )
)
"""Columns of the district to which a place belongs."""
CHECK_HEADS = frozenset({"kiem tra", "so o con trong"})
"""Columns in which a form checks itself."""
OTHER_HEADS = (
    DISTRICT_HEADS
    | CHECK_HEADS
    | frozenset(
        (
            "stt",
            "tt",
            "so tt",
            "so thu tu",
            "ma",
            "ma dia ban",
            "ma xa",
            "ma don vi",
            "ghi chu",
            "dvt",
            "don vi tinh",
            "loai",
            "loai dia ban",
            "ky",
            "ky so lieu",
            "ma dvhc",
        )
    )
)
"""Columns that hold no figure and need no word."""
# "1. ", "2) ", "II. ", "a) ", "- ": the number of a line before its text; "1.1.1." as well.
NUMBERING = re.compile(r"^\s*(?:(?:[IVXLivx]+|[0-9]+(?:\.[0-9]+)*|[a-zđA-ZĐ])[.)/]\s*|[-+*•–]\s+)+(?=\S)")
BRACKETS = re.compile(r"\(([^()]*)\)\s*$")
# "Khám phá⏎ĐVT: vụ" in one cell: the unit below its label.
UNIT_TAIL = re.compile(r"^(.*\w)\W+(?:ĐVT|đvt|Đơn vị tính|đơn vị tính)\s*:\s*([^()]+?)\)?$")
WINDOW_WORDS = frozenset({"so lieu", "so lieu tinh", "tinh", "tu", "tu ngay", "ky"})


class Meaning(StrEnum):
    """What a heading that names no indicator says about its column."""

    CURRENT = "current"
    BASELINE = "baseline"
    COMPARED = "compared"
    CUMULATIVE = "cumulative"
    OTHER_YEAR = "other_year"
    PERCENT = "percent"
    NOT_FINAL = "not_final"
    """Estimates, plans, averages: “Ước thực hiện”, “Xảy ra (tạm tính)”."""


@dataclass(frozen=True)
class Part:
    """One text of a heading, taken apart."""

    text: str
    key: str
    unit: str = ""
    meaning: Meaning | None = None
    code: str = ""
    """The indicator whose code stands in it, alone or behind the label."""
    is_word: bool = False
    """Its code is also what people write for other indicators (“XPVPHC”), and `key` holds that label."""
