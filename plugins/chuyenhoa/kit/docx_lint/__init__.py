"""Checks the layout of a document against Decree 30/2020/NĐ-CP, annex I: what is, and what must be."""

from __future__ import annotations

from lxml import etree

from chuyenhoa.kit.docx_lint.annexes import (
    check_annexes,
    check_tables,
    check_trailing_annex,
    find_trailing_annex,
    is_annex,
)
from chuyenhoa.kit.docx_lint.body import check_body, check_closing
from chuyenhoa.kit.docx_lint.front import check_front, read_front
from chuyenhoa.kit.docx_lint.head import check_head, find_nation
from chuyenhoa.kit.docx_lint.model import LayoutProblem, Sheet, opens_with
from chuyenhoa.kit.docx_lint.opening import open_sheet, page_room
from chuyenhoa.kit.docx_lint.paper import (
    check_direction,
    check_foot,
    check_letters,
    check_page_number,
    check_paper,
)
from chuyenhoa.kit.ooxml.docx_package import PackageError, read_parts

__all__ = ["LayoutProblem", "check_layout"]

# The greatest width of a line on upright paper with the margins of the decree, in millimetres.
_UPRIGHT_ROOM = 165.0


def check_layout(document: bytes) -> tuple[LayoutProblem, ...]:
    """Check a .docx against Decree 30/2020/NĐ-CP, annex I.

    What prints counts: effective values after styles, tables' styles, defaults and the theme; content
    controls, links and insertions are seen through, deletions are not there. Any .docx may be given.

    Returns:
        Problems in the order of the page; () when it passes. A file that cannot be read is one problem.
    """
    try:
        sheet = open_sheet(read_parts(document))
    except (PackageError, etree.XMLSyntaxError) as error:
        return (LayoutProblem("tệp", str(error), "tệp .docx đọc được"),)
    own = _count_own(sheet)
    document_sections, annexes = sheet.sections[:own], sheet.sections[own:]
    front = read_front(sheet, document_sections)
    found = [
        problem
        for section in sheet.sections
        for problem in check_paper(section, has_gutter_on_top=sheet.has_gutter_on_top)
    ]
    # A table of results may lie on a page of its own; the first page, and text alone, may not.
    for section in document_sections:
        if not front.is_paper and (section.number == 1 or not section.tables):
            found += check_direction(section)
    found += _check_page_numbers(sheet, own)
    found += check_letters(sheet)
    found += check_foot(sheet)
    if not front.is_paper or find_nation(sheet) is not None:
        found += check_head(sheet, front.kind)
    found += check_front(sheet, front, min(page_room(document_sections[0]), _UPRIGHT_ROOM))
    if not front.is_paper:
        found += check_body(front.text, document_sections)
        found += check_closing(sheet)
    # Careless hands write the annex behind the signature without a section: its head is checked all the same.
    trailing = find_trailing_annex(document_sections[-1])
    found += check_trailing_annex(trailing) if trailing is not None else []
    found += check_annexes(annexes)
    found += check_tables(sheet)
    return tuple(found)


def _count_own(sheet: Sheet) -> int:
    """How many sections are the document itself: up to the signature, or to the first annex without one."""
    # "Nơi nhận" is in every document and nothing but annexes follows it; a paper without a signature (phiếu,
    # danh sách) ends where an annex opens.
    for section in sheet.sections:
        if any(opens_with(line, ("Nơi nhận",)) for table in section.tables for line in table.lines):
            return section.number
    for section in sheet.sections[1:]:
        if is_annex(section):
            return section.number - 1
    return len(sheet.sections)


def _check_page_numbers(sheet: Sheet, own: int) -> list[LayoutProblem]:
    """Pages are counted from 1 again at the document's head and at each annex."""
    found: list[LayoutProblem] = []
    for section in sheet.sections:
        if section.blocks:
            is_new = section.number == 1 or section.number > own
            found += check_page_number(sheet, section, is_new=is_new)
    return found
