"""The head of a document: Quốc hiệu, Tiêu ngữ, agency, number, date, title, and the drawn rules."""

from __future__ import annotations

import re

from lxml import etree

from chuyenhoa.reporting.layout_model import LayoutProblem, Sheet, Wanted, check_line, is_within
from chuyenhoa.reporting.words import W, paragraph_text

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU_PER_MM = 36000
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_MOTTO_MM_PER_POINT = 60.5 / 14
"""Width of the Tiêu ngữ in bold Times New Roman, measured at 14 points."""
_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_NATION_MM_PER_POINT = 95.7 / 13
_NUMBER = re.compile(r"Số: *(\d{2,})? */[A-ZĐ]+(-[A-ZĐ]+)*")
_DATE = re.compile(r".+, ngày +(\d{2})? *tháng +(0[12]|[3-9]|1[0-2])? *năm +\d{4}")
_TITLES = ("BÁO CÁO", "TỜ TRÌNH", "KẾ HOẠCH", "THÔNG BÁO", "QUYẾT ĐỊNH")
_MISSING = "không có"


def check_head(sheet: Sheet) -> list[LayoutProblem]:
    """Elements 1 to 5 of the annex, in the order of the page."""
    return [
        *_check_nation(sheet),
        *_check_motto(sheet),
        *_check_agency(sheet),
        *_check_number(sheet),
        *_check_date(sheet),
        *_check_title(sheet),
    ]


def _check_nation(sheet: Sheet) -> list[LayoutProblem]:
    paragraph = sheet.find(_NATION)
    if paragraph is None:
        return [LayoutProblem("Quốc hiệu", _MISSING, _NATION)]
    wanted = Wanted(12, 13, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(sheet, paragraph, "Quốc hiệu", wanted)
    look = sheet.effective.field_look(paragraph)
    room = _cell_width(paragraph)
    if look is not None and room and look.size * _NATION_MM_PER_POINT > room:
        found.append(LayoutProblem("Quốc hiệu", f"ô rộng {room:.0f} mm, chữ xuống dòng", "trên một dòng"))
    return found


def _check_motto(sheet: Sheet) -> list[LayoutProblem]:
    paragraph = sheet.find("Độc lập")
    if paragraph is None:
        return [LayoutProblem("Tiêu ngữ", _MISSING, _MOTTO)]
    found = check_line(
        sheet, paragraph, "Tiêu ngữ", Wanted(13, 14, bold=True, italic=False, alignment="center")
    )
    text = paragraph_text(paragraph).strip()
    if text != _MOTTO:
        found.append(LayoutProblem("Tiêu ngữ", text, _MOTTO))
    look = sheet.effective.field_look(paragraph)
    width = look.size * _MOTTO_MM_PER_POINT if look is not None else 0
    return found + _check_rule(paragraph, "kẻ dưới Tiêu ngữ", 0.9 * width, 1.1 * width, "dài bằng dòng chữ")


def _check_agency(sheet: Sheet) -> list[LayoutProblem]:
    """The issuing agency: the last line of the cell to the left of Quốc hiệu."""
    nation = sheet.find(_NATION)
    row = next(nation.iterancestors(f"{W}tr"), None) if nation is not None else None
    cell = row.find(f"{W}tc") if row is not None else None
    lines = [p for p in cell.iter(f"{W}p") if paragraph_text(p).strip()] if cell is not None else []
    if not lines:
        return [LayoutProblem("tên cơ quan ban hành", _MISSING, "ở ô bên trái Quốc hiệu")]
    wanted = Wanted(12, 13, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(sheet, lines[-1], "tên cơ quan ban hành", wanted)
    for line in lines[:-1]:
        found += check_line(sheet, line, "tên cơ quan", Wanted(12, 13, upper=True, alignment="center"))
    return found + _check_rule(lines[-1], "kẻ dưới tên cơ quan", 15, 45, "dài bằng 1/3 đến 1/2 dòng chữ")


def _check_number(sheet: Sheet) -> list[LayoutProblem]:
    paragraph = sheet.find("Số:")
    if paragraph is None:
        return [LayoutProblem("số, ký hiệu", _MISSING, "Số: …/BC-BCĐ")]
    wanted = Wanted(13, 13, bold=False, italic=False, alignment="center")
    found = check_line(sheet, paragraph, "số, ký hiệu", wanted)
    text = paragraph_text(paragraph).strip()
    if not _NUMBER.fullmatch(text):
        found.append(LayoutProblem("số, ký hiệu", text, "Số: 09/BC-BCĐ (số dưới 10 ghi thêm số 0)"))
    return found


def _check_date(sheet: Sheet) -> list[LayoutProblem]:
    number = sheet.find("Số:")
    row = next(number.iterancestors(f"{W}tr"), None) if number is not None else None
    lines = [p for p in row.iter(f"{W}p") if "ngày" in paragraph_text(p)] if row is not None else []
    if not lines:
        return [LayoutProblem("địa danh, ngày tháng", _MISSING, "cùng dòng với số, ký hiệu")]
    wanted = Wanted(13, 14, bold=False, italic=True, alignment="center")
    found = check_line(sheet, lines[0], "địa danh, ngày tháng", wanted)
    text = paragraph_text(lines[0]).strip()
    if not _DATE.fullmatch(text):
        found.append(LayoutProblem("địa danh, ngày tháng", text, "Kiên Giang, ngày 05 tháng 01 năm 2021"))
    return found


def find_title(sheet: Sheet) -> etree._Element | None:
    """The line with the name of the type of document."""
    for paragraph in sheet.paragraphs():
        if paragraph_text(paragraph).strip().upper() in _TITLES:
            return paragraph
    return None


def _check_title(sheet: Sheet) -> list[LayoutProblem]:
    title = find_title(sheet)
    if title is None:
        return [LayoutProblem("tên loại văn bản", _MISSING, " / ".join(_TITLES))]
    wanted = Wanted(13, 14, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(sheet, title, "tên loại văn bản", wanted)
    subject = next((p for p in title.itersiblings(f"{W}p") if paragraph_text(p).strip()), None)
    if subject is None:
        return [*found, LayoutProblem("trích yếu", _MISSING, "dưới tên loại văn bản")]
    found += check_line(
        sheet, subject, "trích yếu", Wanted(13, 14, bold=True, italic=False, alignment="center")
    )
    return found + _check_rule(subject, "kẻ dưới trích yếu", 35, 85, "dài bằng 1/3 đến 1/2 dòng chữ")


def _check_rule(
    paragraph: etree._Element, element: str, low: float, high: float, expected: str
) -> list[LayoutProblem]:
    """A drawn line in a paragraph or in the one after it, of a length in millimetres."""
    following = paragraph.getnext()
    places = [paragraph] + ([following] if following is not None and following.tag == f"{W}p" else [])
    for place in places:
        for extent in place.iter(f"{_WP}extent"):
            width = int(extent.get("cx") or 0) / _EMU_PER_MM
            if int(extent.get("cy") or 0) == 0:
                if is_within(width, low, high):
                    return []
                return [LayoutProblem(element, f"dài {width:.0f} mm", expected)]
    return [LayoutProblem(element, _MISSING, f"nét vẽ liền, {expected}")]


def _cell_width(paragraph: etree._Element) -> float:
    """The width in millimetres of the cell that a paragraph stands in; 0 when it is in none."""
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    node = cell.find(f"{W}tcPr/{W}tcW") if cell is not None else None
    text = "" if node is None or node.get(f"{W}type") != "dxa" else node.get(f"{W}w") or ""
    return int(text) * 25.4 / 1440 if text.isdecimal() else 0.0
