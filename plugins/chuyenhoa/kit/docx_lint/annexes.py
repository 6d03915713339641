"""Annexes with their heads, and tables wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from chuyenhoa.kit.docx_lint.decree import ANNEX, ANNEX_ALONE, LISTING, NOTE, ROMAN
from chuyenhoa.kit.docx_lint.model import (
    LayoutProblem,
    Line,
    Section,
    Sheet,
    Table,
    Wanted,
    check_line,
    opens_with,
)
from chuyenhoa.kit.docx_lint.styles import is_on, write_number

_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
# Millimetres that a table may be wider than the text: the sides of its first and last cells hang out.
_OUTSIDE = 6.0
_HEAD = Wanted(14, 14, bold=True, italic=False, upper=False, alignment="center")
_TITLE = Wanted(13, 14, bold=True, italic=False, upper=True, alignment="center")
_NOTE = Wanted(13, 14, bold=False, italic=True, upper=False, alignment="center")


def is_annex(section: Section) -> bool:
    """Whether a section opens with the head of an annex."""
    first = next(iter(section.lines), None)
    return first is not None and (_opens_annex(first) or _opens_list(section.lines))


def _opens_annex(line: Line) -> bool:
    return ANNEX.match(line.text) is not None


def _opens_list(lines: Sequence[Line]) -> bool:
    """A list that goes with a document: its title, and the note which document that is."""
    return bool(LISTING.match(lines[0].text.upper())) and any(NOTE.match(line.text) for line in lines[1:4])


def check_annexes(sections: Sequence[Section]) -> list[LayoutProblem]:
    """Every section after the signature is an annex with number, title and note."""
    found: list[LayoutProblem] = []
    # A "Danh sách" without "Phụ lục" may go with a document alone; beside annexes it needs a number too.
    numbered = [s for s in sections if s.lines and _opens_annex(s.lines[0])]
    for section in sections:
        if not section.lines or not is_annex(section) or (numbered and section not in numbered):
            if section.blocks:
                found.append(LayoutProblem("phụ lục", "không có đề mục", "Phụ lục I, II, …", section.place))
            continue
        found += _check_head(section)
        found += _check_later_heads(section)
    for index, section in enumerate(numbered, start=1):
        if len(numbered) > 1 or not ANNEX_ALONE.match(section.lines[0].text):
            found += _check_number(section.lines[0], index)
    return found


def _check_number(line: Line, index: int) -> Iterator[LayoutProblem]:
    """Two annexes or more are counted in Roman numbers."""
    parts = ANNEX.match(line.text)
    number = (parts["number"] if parts is not None else None) or ""
    wanted = write_number(index, "upperRoman")
    if number != wanted:
        must = f"Phụ lục {wanted}" + ("" if number and ROMAN.match(number) else " (số La Mã)")
        yield LayoutProblem("phụ lục", line.text, must, line.place)


def _check_head(section: Section) -> list[LayoutProblem]:
    lines = section.lines
    found: list[LayoutProblem] = []
    rest = lines
    if _opens_annex(lines[0]):
        found += check_line(lines[0], "phụ lục", _HEAD)
        rest = lines[1:]
    titles = _find_titles(rest)
    if not titles:
        found.append(
            LayoutProblem("tiêu đề phụ lục", "không có", "chữ in hoa, dưới “Phụ lục …”", lines[0].place)
        )
    for line in titles:
        found += check_line(line, "tiêu đề phụ lục", _TITLE)
    note = rest[len(titles)] if len(rest) > len(titles) else None
    if note is None or not NOTE.match(note.text):
        must = "(Kèm theo Báo cáo số …), dưới tiêu đề phụ lục"
        return [*found, LayoutProblem("dòng kèm theo", "không có", must, lines[0].place)]
    return found + check_line(note, "dòng kèm theo", _NOTE)


def _find_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines between the annex's number and the note in brackets; one where there is no note."""
    for index, line in enumerate(lines[:4]):
        if line.text.startswith("("):
            return list(lines[:index])
    return list(lines[:1])


def _check_later_heads(section: Section) -> Iterator[LayoutProblem]:
    """An annex that does not open a section of its own cannot be numbered on its own."""
    for line in section.lines[1:]:
        if _opens_annex(line) and line.form.alignment == "center":
            yield _unnumbered(line)


def find_trailing_annex(section: Section) -> Section | None:
    """The annex that follows the signature without a section of its own."""
    blocks = list(section.blocks)
    for start, block in enumerate(blocks):
        if isinstance(block, Table) and any(opens_with(line, ("Nơi nhận",)) for line in block.lines):
            rest = [line for line in blocks[start + 1 :] if isinstance(line, Line) and line.text]
            if rest and _opens_annex(rest[0]):
                return replace(section, blocks=tuple(blocks[start + 1 :]))
    return None


def check_trailing_annex(section: Section) -> list[LayoutProblem]:
    """An annex that follows the signature in the same section: its pages cannot be numbered on their own."""
    first = section.lines[0]
    return [*_check_head(section), _unnumbered(first), *_check_later_heads(section)]


def _unnumbered(line: Line) -> LayoutProblem:
    return LayoutProblem("phụ lục", "không đánh số trang riêng", "mỗi phụ lục một phần (section)", line.place)


def check_tables(sheet: Sheet) -> list[LayoutProblem]:
    """Tables with lines repeat their head on every page and keep their rows whole."""
    found: list[LayoutProblem] = []
    for table in sheet.tables:
        if table.has_borders and table.width > table.room + _OUTSIDE:
            heading = next((line for line in table.lines if line.text), None)
            what = f"rộng {table.width:.0f} mm"
            must = f"không quá {table.room:.0f} mm, trong lề"
            found.append(LayoutProblem("bảng", what, must, heading.place if heading else table.spot))
        if table.has_borders and len(table.rows) > 1:
            found += _check_table(table)
    return found


def _check_table(table: Table) -> Iterator[LayoutProblem]:
    heading = " ".join(line.text for cell in table.rows[0].cells for line in cell.filled)
    place = f"{table.spot} “{' '.join(heading.split())[:40]}”"
    rows = [row.element for row in table.rows]
    if _is_head(table) and not is_on(rows[0], "trPr/tblHeader"):
        yield LayoutProblem("bảng", "dòng tiêu đề không lặp lại", "lặp lại ở mỗi trang", place)
    loose = [number for number, row in enumerate(rows, start=1) if not is_on(row, "trPr/cantSplit")]
    if loose:
        yield LayoutProblem("bảng", _say_rows(loose, rows), "dòng không ngắt giữa hai trang", place)


def _is_head(table: Table) -> bool:
    """Whether the first row is one of heads: bold, or with words alone above rows that hold numbers."""
    # A head that its typist forgot to make bold: no numbers in it, and some in every row below.
    first, *rest = [[line for cell in row.cells for line in cell.filled] for row in table.rows]
    if not first or len(table.rows[0].cells) < 2:
        return False
    numbers = [any(_NUMBER.fullmatch(line.text) for line in lines) for lines in (first, *rest)]
    return all(line.is_bold for line in first) or (not numbers[0] and all(numbers[1:]))


def _say_rows(loose: Sequence[int], rows: Sequence[etree._Element]) -> str:
    if len(loose) == len(rows):
        return "các dòng có thể bị ngắt trang"
    shown = ", ".join(str(number) for number in loose[:5]) + (", …" if len(loose) > 5 else "")
    return f"dòng {shown} có thể bị ngắt trang"
