"""The layout of a document held against Decree 30/2020/NĐ-CP, annex I: what is, and what must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.reporting import layout_body, layout_head
from chuyenhoa.reporting.effective import Effective
from chuyenhoa.reporting.layout_model import LayoutProblem, Page, Sheet, is_within
from chuyenhoa.reporting.package import PackageError, read_parts
from chuyenhoa.reporting.words import W, paragraph_text, parse_part

__all__ = ["LayoutProblem", "check_layout"]

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A4 = (11906, 16838)
_TOLERANCE = 60
"""Twips that paper and margins may be off (1 mm), since Word rounds."""


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


def check_layout(document: bytes) -> tuple[LayoutProblem, ...]:
    """Check a .docx against the main lines of Decree 30/2020/NĐ-CP, annex I.

    Effective values are checked, after styles and inheritance; lengths in millimetres and points.

    Returns:
        Problems in the order of the page; () when it passes. A file that cannot be read is one problem.
    """
    try:
        parts = read_parts(document)
        sheet = _open_sheet(parts)
    except (PackageError, etree.XMLSyntaxError) as error:
        return (LayoutProblem("tệp", str(error), "tệp .docx đọc được"),)
    found: list[LayoutProblem] = []
    for number, page in enumerate(sheet.pages, start=1):
        found += _check_paper(number, page.section)
        found += _check_page_number(number, page.section, sheet, parts)
    found += _check_fonts(sheet)
    found += layout_head.check_head(sheet)
    found += layout_body.check_body(sheet)
    found += layout_body.check_signature(sheet)
    found += layout_body.check_annexes(sheet)
    return tuple(found)


def _open_sheet(parts: Mapping[str, bytes]) -> Sheet:
    body = parse_part(parts["word/document.xml"]).find(f"{W}body")
    if body is None:
        raise PackageError("The document has no body.")
    pages: list[Page] = []
    blocks: list[etree._Element] = []
    for block in body:
        if block.tag == f"{W}sectPr":
            pages.append(Page(block, tuple(blocks)))
            break
        blocks.append(block)
        section = block.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            pages.append(Page(section, tuple(blocks)))
            blocks = []
    return Sheet(tuple(pages), Effective(parts))


def _check_paper(number: int, section: etree._Element) -> list[LayoutProblem]:
    found = []
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    sides = sorted(_twips(size, name) for name in ("w", "h"))
    if any(abs(side - wanted) > _TOLERANCE for side, wanted in zip(sides, _A4, strict=True)):
        found.append(
            LayoutProblem(
                f"khổ giấy, phần {number}", f"{_mm(sides[0])} × {_mm(sides[1])}", "A4, 210 × 297 mm"
            )
        )
    for limit in _MARGINS:
        value = _twips(margins, limit.attribute)
        if not is_within(value, limit.low - _TOLERANCE, limit.high + _TOLERANCE):
            found.append(LayoutProblem(f"{limit.name}, phần {number}", _mm(value), limit.text))
    return found


def _twips(node: etree._Element | None, name: str) -> int:
    text = "" if node is None else node.get(f"{W}{name}") or ""
    return int(text) if text.lstrip("-").isdecimal() else 0


def _mm(twips: int) -> str:
    return f"{twips * 25.4 / 1440:.0f} mm"


def _check_page_number(
    number: int, section: etree._Element, sheet: Sheet, parts: Mapping[str, bytes]
) -> list[LayoutProblem]:
    """Centred in the top margin, 13 to 14 points, and none on page 1 (Decree 30, annex I, I.7)."""
    where = f"số trang, phần {number}"
    if section.find(f"{W}titlePg") is None:
        return [LayoutProblem(where, "trang đầu cũng có số trang", "không hiển thị số trang thứ nhất")]
    first = _header_paragraphs("first", number, sheet, parts)
    if any(_is_page_field(paragraph) for paragraph in first):
        return [LayoutProblem(where, "trang đầu cũng có số trang", "không hiển thị số trang thứ nhất")]
    shown = [p for p in _header_paragraphs("default", number, sheet, parts) if _is_page_field(p)]
    if not shown:
        return [LayoutProblem(where, "không có số trang ở lề trên", "số trang canh giữa ở lề trên")]
    found = []
    if sheet.effective.form(shown[0]).alignment != "center":
        found.append(LayoutProblem(where, "không canh giữa", "canh giữa"))
    look = sheet.effective.field_look(shown[0])
    if look is not None and not is_within(look.size, 13, 14):
        found.append(LayoutProblem(where, f"cỡ chữ {look.size:g}", "cỡ chữ 13–14"))
    return found


def _header_paragraphs(
    kind: str, number: int, sheet: Sheet, parts: Mapping[str, bytes]
) -> list[etree._Element]:
    """The paragraphs of a section's header; a section without one takes the one before it."""
    for page in reversed(sheet.pages[:number]):
        for reference in page.section.findall(f"{W}headerReference"):
            if reference.get(f"{W}type") == kind:
                target = _target(reference.get(f"{_R}id") or "", parts)
                return list(parse_part(parts[target]).iter(f"{W}p")) if target in parts else []
    return []


def _target(identifier: str, parts: Mapping[str, bytes]) -> str:
    relations = parse_part(parts.get("word/_rels/document.xml.rels", b"<none/>"))
    for relation in relations:
        if relation.get("Id") == identifier:
            return "word/" + (relation.get("Target") or "").removeprefix("/word/")
    return ""


def _is_page_field(paragraph: etree._Element) -> bool:
    codes = [node.text or "" for node in paragraph.iter(f"{W}instrText")]
    codes += [node.get(f"{W}instr") or "" for node in paragraph.iter(f"{W}fldSimple")]
    return any("PAGE" in code.split() for code in codes)


def _check_fonts(sheet: Sheet) -> list[LayoutProblem]:
    """Times New Roman, black, in every run that prints; one problem a paragraph."""
    found = []
    for paragraph in sheet.paragraphs():
        for look in sheet.effective.looks(paragraph):
            where = f"phông chữ “{paragraph_text(paragraph)[:40]}”"
            if look.font != "Times New Roman":
                found.append(LayoutProblem(where, look.font, "Times New Roman"))
                break
            if look.color not in {"AUTO", "000000"}:
                found.append(LayoutProblem(where, f"màu {look.color}", "màu đen"))
                break
    return found
