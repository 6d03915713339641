"""The body of a document, its signature, and its annexes."""

from __future__ import annotations

import re

from lxml import etree

from chuyenhoa.reporting.layout_head import find_title
from chuyenhoa.reporting.layout_model import LayoutProblem, Page, Sheet, Wanted, check_line, is_within
from chuyenhoa.reporting.words import W, paragraph_text

_CHAPTER = re.compile(r"[IVX]+\. \S")
_ANNEX = re.compile(r"Phụ lục( [IVXLC]+)?$", re.IGNORECASE)
_SHOWN = 40


def check_body(sheet: Sheet) -> list[LayoutProblem]:
    """Element 6: justified, 13 to 14 points, first line 1 to 1.27 cm, at least 6 points apart."""
    found: list[LayoutProblem] = []
    for paragraph in _body_paragraphs(sheet):
        text = paragraph_text(paragraph).strip()
        where = f"nội dung “{text[:_SHOWN]}”"
        if _CHAPTER.match(text):
            found += check_line(sheet, paragraph, where, Wanted(13, 14, bold=True, italic=False, upper=True))
            continue
        found += check_line(sheet, paragraph, where, Wanted(13, 14, alignment="both"))
        found += _check_form(sheet, paragraph, where)
    return found


def _check_form(sheet: Sheet, paragraph: etree._Element, where: str) -> list[LayoutProblem]:
    form = sheet.effective.form(paragraph)
    found = []
    if not is_within(form.first_line, 9.9, 12.8):
        found.append(LayoutProblem(where, f"lùi dòng đầu {form.first_line:.1f} mm", "lùi dòng đầu 1–1,27 cm"))
    if max(form.before, form.after) < 6:
        found.append(LayoutProblem(where, f"cách đoạn {max(form.before, form.after):g} pt", "tối thiểu 6 pt"))
    if form.line is not None and not is_within(form.line, 1.0, 1.5):
        found.append(LayoutProblem(where, f"cách dòng {form.line:g}", "cách dòng 1,0–1,5"))
    return found


def _body_paragraphs(sheet: Sheet) -> list[etree._Element]:
    """The paragraphs of the first section between the subject and the signature, those in tables left out.

    Centred lines in brackets (a notice under the title) are no running text.
    """
    title = find_title(sheet)
    if title is None or not sheet.pages:
        return []
    blocks = list(sheet.pages[0].blocks)
    opened = blocks.index(title) if title in blocks else -1
    following = [b for b in blocks[opened + 1 :] if b.tag == f"{W}p" and paragraph_text(b).strip()]
    return [p for p in following[1:] if not paragraph_text(p).strip().startswith("(")]


def check_signature(sheet: Sheet) -> list[LayoutProblem]:
    """Elements 7 and 9b: who signs at the right, "Nơi nhận" at the left, on one level."""
    opening = sheet.find("Nơi nhận:")
    if opening is None:
        return [LayoutProblem("Nơi nhận", "không có", "ở bên trái, ngang chức vụ người ký")]
    found = check_line(sheet, opening, "Nơi nhận", Wanted(12, 12, bold=True, italic=True))
    cell = next(opening.iterancestors(f"{W}tc"), None)
    if cell is None:
        return [*found, LayoutProblem("Nơi nhận", "không cùng bảng với chữ ký", "ngang chức vụ người ký")]
    lines = [p for p in cell.iter(f"{W}p") if paragraph_text(p).strip() and p is not opening]
    for line in lines:
        where = f"Nơi nhận “{paragraph_text(line)[:_SHOWN]}”"
        found += check_line(sheet, line, where, Wanted(11, 11, bold=False, italic=False))
    found += _check_recipients([paragraph_text(line).strip() for line in lines])
    return found + _check_signer(sheet, cell)


def _check_recipients(lines: list[str]) -> list[LayoutProblem]:
    if not lines:
        return [LayoutProblem("Nơi nhận", "không có dòng nào", "- …; - Lưu: VT, ….")]
    found = []
    for index, line in enumerate(lines):
        end = "." if index == len(lines) - 1 else ";"
        if not line.startswith("- ") or not line.endswith(end):
            found.append(
                LayoutProblem(f"Nơi nhận “{line[:_SHOWN]}”", line[-10:], f"mở bằng “- ”, kết thúc “{end}”")
            )
    if not lines[-1].startswith("- Lưu:"):
        found.append(LayoutProblem("Nơi nhận", lines[-1], "dòng cuối “- Lưu: VT, ….”"))
    return found


def _check_signer(sheet: Sheet, left: etree._Element) -> list[LayoutProblem]:
    right = next(left.itersiblings(f"{W}tc"), None)
    lines = [p for p in right.iter(f"{W}p") if paragraph_text(p).strip()] if right is not None else []
    if len(lines) < 2:
        return [LayoutProblem("chữ ký", "không đủ chức vụ và họ tên", "chức vụ, họ tên ở bên phải")]
    capacity = Wanted(13, 14, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(sheet, lines[0], "quyền hạn, chức vụ người ký", capacity)
    name = Wanted(13, 14, bold=True, italic=False, alignment="center")
    return found + check_line(sheet, lines[-1], "họ tên người ký", name)


def check_annexes(sheet: Sheet) -> list[LayoutProblem]:
    """Every section after the first is an annex with its head; its tables repeat their first row."""
    found: list[LayoutProblem] = []
    for number, page in enumerate(sheet.pages[1:], start=2):
        found += _check_annex_head(sheet, page, number)
    for page in sheet.pages[1:]:
        for block in page.blocks:
            if block.tag == f"{W}tbl":
                found += _check_table(block)
    return found


def _check_annex_head(sheet: Sheet, page: Page, number: int) -> list[LayoutProblem]:
    lines = [b for b in page.blocks if b.tag == f"{W}p" and paragraph_text(b).strip()]
    if not lines or not _ANNEX.match(paragraph_text(lines[0]).strip()):
        return [LayoutProblem(f"phụ lục, phần {number}", "không có đề mục", "Phụ lục I, II, …")]
    name = paragraph_text(lines[0]).strip()
    found = check_line(sheet, lines[0], name, Wanted(14, 14, bold=True, italic=False, alignment="center"))
    if len(lines) > 1:
        title = Wanted(13, 14, bold=True, italic=False, upper=True, alignment="center")
        found += check_line(sheet, lines[1], f"{name}, tiêu đề", title)
    if len(lines) > 2 and paragraph_text(lines[2]).strip().startswith("(Kèm theo"):
        note = Wanted(13, 14, bold=False, italic=True, alignment="center")
        return found + check_line(sheet, lines[2], f"{name}, dòng kèm theo", note)
    return [*found, LayoutProblem(name, "không có dòng “(Kèm theo …)”", "(Kèm theo Báo cáo số …)")]


def _check_table(table: etree._Element) -> list[LayoutProblem]:
    rows = table.findall(f"{W}tr")
    heading = " ".join(paragraph_text(p) for p in rows[0].iter(f"{W}p"))[:_SHOWN] if rows else ""
    where = f"bảng “{heading}”"
    found = []
    if rows and not _is_on(rows[0], "tblHeader"):
        found.append(LayoutProblem(where, "dòng tiêu đề không lặp lại", "lặp lại ở mỗi trang"))
    loose = sum(not _is_on(row, "cantSplit") for row in rows)
    if loose:
        found.append(
            LayoutProblem(where, f"{loose} dòng có thể bị ngắt trang", "dòng không ngắt giữa hai trang")
        )
    return found


def _is_on(row: etree._Element, name: str) -> bool:
    node = row.find(f"{W}trPr/{W}{name}")
    return node is not None and (node.get(f"{W}val") or "1") not in {"0", "false", "off"}
