"""G1 to G4 of the annex: paper, margins, fonts, letters, and page numbers; and the lines at the foot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.docx_lint.decree import FONT
from chuyenhoa.kit.docx_lint.model import (
    LayoutProblem,
    Line,
    Section,
    Sheet,
    is_page_field,
    is_within,
)
from chuyenhoa.kit.docx_lint.styles import is_on, whole
from chuyenhoa.kit.ooxml.wordml import W

_A4 = (11906, 16838)
# What may not stand beside the number of a page.
_BESIDE = re.compile(r"[^\W\d_]|/")
# Twips that paper and margins may be off (1 mm), since Word rounds.
_TOLERANCE = 60


@dataclass(frozen=True)
class _Limit:
    name: str
    attribute: str
    low: int
    high: int
    text: str


_MARGINS = (
    _Limit("lề trên", "top", 1134, 1417, "20–25 mm"),
    _Limit("lề dưới", "bottom", 1134, 1417, "20–25 mm"),
    _Limit("lề trái", "left", 1701, 1984, "30–35 mm"),
    _Limit("lề phải", "right", 850, 1134, "15–20 mm"),
)


def check_paper(section: Section, *, has_gutter_on_top: bool) -> list[LayoutProblem]:
    """A4 with the margins of the decree, room for binding included; upright, or on its side for tables."""
    found = []
    size, margins = (section.properties.find(f"{W}{name}") for name in ("pgSz", "pgMar"))
    sides = sorted(_twips(size, name) for name in ("w", "h"))
    if any(abs(side - wanted) > _TOLERANCE for side, wanted in zip(sides, _A4, strict=True)):
        shown = f"{_mm(sides[0])} × {_mm(sides[1])}"
        found.append(LayoutProblem("khổ giấy", shown, "A4, 210 × 297 mm", section.place))
    # Room for binding (w:gutter) adds to one margin: 20 mm and a gutter of 10 mm are 30 mm of paper.
    bound = "top" if has_gutter_on_top else "right" if is_on(section.properties, "rtlGutter") else "left"
    for limit in _MARGINS:
        gutter = _twips(margins, "gutter") if limit.attribute == bound else 0
        value = abs(_twips(margins, limit.attribute)) + gutter
        if not is_within(value, limit.low - _TOLERANCE, limit.high + _TOLERANCE):
            found.append(LayoutProblem(limit.name, _mm(value), limit.text, section.place))
    return found


def check_direction(section: Section) -> list[LayoutProblem]:
    """The text of a document is on upright paper; only annexes and tables may be landscape."""
    size = section.properties.find(f"{W}pgSz")
    if _twips(size, "w") <= _twips(size, "h"):
        return []
    return [
        LayoutProblem(
            "khổ giấy", "trang nằm ngang", "trang đứng; chỉ phụ lục, bảng được nằm ngang", section.place
        )
    ]


def _twips(node: etree._Element | None, name: str) -> int:
    return 0 if node is None else whole(node.get(f"{W}{name}"))


def _mm(twips: int) -> str:
    return f"{twips * 25.4 / 1440:.0f} mm"


def check_page_number(sheet: Sheet, section: Section, *, is_new: bool) -> list[LayoutProblem]:
    """Arabic from 1, centred in the top margin, 13 to 14 points, none on the first page.

    Args:
        sheet: the document.
        section: one of its sections.
        is_new: whether pages are counted from 1 again here: at the document's head, and at each annex.
    """
    found = list(_check_counting(section, is_new=is_new))
    headers = sheet.headers[section.number - 1]
    first = headers.get("first", ())
    if is_new and (not is_on(section.properties, "titlePg") or any(is_page_field(line) for line in first)):
        found.append(
            _number_problem(section, "trang đầu cũng có số trang", "không hiển thị số trang thứ nhất")
        )
    if not is_new and _hides_first(section) and not any(is_page_field(line) for line in first):
        found.append(_number_problem(section, "trang đầu của phần không có số trang", "đánh số liên tục"))
    kinds = ("default", "even") if sheet.has_even_pages else ("default",)
    for kind in kinds:
        shown = [line for line in headers.get(kind, ()) if is_page_field(line)]
        if not shown:
            is_below = any(is_page_field(line) for line in sheet.footers)
            what = "số trang ở lề dưới" if is_below else "không có số trang ở lề trên"
            found.append(_number_problem(section, what, "số trang canh giữa ở lề trên"))
            break
        found += _check_look(section, shown[0])
    return found


def _hides_first(section: Section) -> bool:
    """Whether a section opens a page whose header is another one."""
    kind = section.properties.find(f"{W}type")
    is_apart = kind is None or kind.get(f"{W}val") != "continuous"
    return is_apart and is_on(section.properties, "titlePg")


def _number_problem(section: Section, found: str, expected: str) -> LayoutProblem:
    return LayoutProblem("số trang", found, expected, section.place)


def _check_counting(section: Section, *, is_new: bool) -> Iterator[LayoutProblem]:
    node = section.properties.find(f"{W}pgNumType")
    kind = node.get(f"{W}fmt") if node is not None else None
    start = node.get(f"{W}start") if node is not None else None
    if kind not in {None, "decimal"}:
        yield _number_problem(section, "không phải chữ số Ả Rập", "chữ số Ả Rập: 1, 2, 3")
    if is_new and start is None and section.number > 1:
        yield _number_problem(section, "nối tiếp phần trước", "đánh số riêng, bắt đầu từ 1")
    if not is_new and start is not None:
        yield _number_problem(section, f"đánh số lại từ {start} giữa văn bản", "đánh số liên tục")
    if is_new and start not in {None, "1"}:
        yield _number_problem(section, f"bắt đầu từ {start}", "bắt đầu từ 1")


def _check_look(section: Section, line: Line) -> Iterator[LayoutProblem]:
    if line.form.alignment != "center" and not _is_framed_in_the_middle(line):
        yield _number_problem(section, "không canh giữa", "canh giữa")
    if _BESIDE.search(line.text):
        yield _number_problem(section, f"“{line.text}”", "chỉ có chữ số: 1, 2, 3")
    sizes = {look.size for look in line.looks if any(letter.isdigit() for letter in look.text)}
    for size in sorted(sizes):
        if not is_within(size, 13, 14):
            yield _number_problem(section, f"cỡ chữ {size:g}", "cỡ chữ 13–14")
    if any(look.italic for look in line.looks):
        yield _number_problem(section, "chữ nghiêng", "chữ đứng")
    if any(look.bold for look in line.looks):
        yield _number_problem(section, "chữ đậm", "chữ đứng, không đậm")


def _is_framed_in_the_middle(line: Line) -> bool:
    """As the page numbers of older editions of Word stand: in a frame of their own."""
    frame = line.element.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}xAlign") == "center"


def check_letters(sheet: Sheet) -> Iterator[LayoutProblem]:
    """Times New Roman, black, Unicode composed (TCVN 6909:2001), in every line that prints."""
    for line in (*sheet.lines, *sheet.margins):
        fonts = [name for look in line.looks for name in look.fonts if name != FONT]
        if fonts:
            yield LayoutProblem("phông chữ", fonts[0], FONT, line.place)
        colors = [look.color for look in line.looks if look.color not in {"AUTO", "000000"}]
        if colors:
            yield LayoutProblem("màu chữ", f"màu {colors[0]}", "màu đen", line.place)
        if not unicodedata.is_normalized("NFC", line.text):
            yield LayoutProblem("bảng mã", "Unicode tổ hợp", "Unicode dựng sẵn (TCVN 6909:2001)", line.place)


def check_foot(sheet: Sheet) -> Iterator[LayoutProblem]:
    """Element 13: the agency's address at the foot, 11 to 12 points, upright."""
    for line in sheet.footers:
        if not line.text or is_page_field(line):
            continue
        for size in sorted({look.size for look in line.looks}):
            if not is_within(size, 11, 12):
                yield LayoutProblem("địa chỉ ở chân trang", f"cỡ chữ {size:g}", "cỡ chữ 11–12", line.place)
        if line.is_italic:
            yield LayoutProblem("địa chỉ ở chân trang", "chữ nghiêng", "chữ đứng", line.place)
