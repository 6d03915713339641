"""Element 6: the running text, with its parts, chapters, articles and clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from chuyenhoa.kit.docx_lint.decree import (
    ARTICLE,
    BRACKETS,
    CHAPTER,
    CLAUSE,
    PART,
    ROMAN,
    SECTION,
    TEXT_HIGH,
    TEXT_LOW,
)
from chuyenhoa.kit.docx_lint.effective import Look
from chuyenhoa.kit.docx_lint.model import (
    LayoutProblem,
    Line,
    Section,
    Table,
    Wanted,
    check_line,
    is_within,
)

_TEXT = Wanted(TEXT_LOW, TEXT_HIGH, italic=False, alignment="both")
_PLAIN = Wanted(TEXT_LOW, TEXT_HIGH, bold=False, italic=False, alignment="both")
_HEADING = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=False, alignment="center")
_HEADING_TITLE = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
_CHAPTER = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True)
_SINGLE_LINE = 1.15
"""Height of a single line of Times New Roman, as a multiple of its size."""
_AT_THE_MARGIN = 1.0
"""Millimetres that a paragraph may stand off the margins."""
_CAPTIONS = ("bảng", "biểu đồ", "biểu", "hình", "ghi chú", "nguồn", "đơn vị tính", "ký hiệu")
"""How a line beside a table or chart opens that belongs to it."""


def check_body(lines: Sequence[Line], sections: Sequence[Section]) -> list[LayoutProblem]:
    """Check the running text.

    Args:
        lines: its lines, in their order.
        sections: the sections that they stand in, for what stands beside a table.
    """
    found: list[LayoutProblem] = []
    beside = _beside_tables(sections)
    previous: Line | None = None
    for line in lines:
        opens_title = previous is not None and (PART.match(previous.text) or SECTION.match(previous.text))
        if BRACKETS.match(line.text) or (id(line) in beside and line.text.casefold().startswith(_CAPTIONS)):
            found += check_line(line, "nội dung", Wanted(10, TEXT_HIGH))
        elif PART.match(line.text) or SECTION.match(line.text):
            found += _check_part(line)
        elif opens_title and line.form.alignment == "center":
            found += check_line(line, "tiêu đề phần, chương", _HEADING_TITLE)
        elif CHAPTER.match(line.text):
            found += check_line(line, "đề mục", _CHAPTER)
        else:
            found += _check_text(line)
            found += _check_form(line)
        previous = line
    return [*found, *_check_articles(lines)]


def _beside_tables(sections: Sequence[Section]) -> set[int]:
    """The lines next to tables, and next to lines that print nothing (a chart hangs on such a one)."""
    found = set()
    for section in sections:
        blocks = section.blocks
        for before, after in pairwise(blocks):
            if isinstance(after, Table) or not after.text:
                found.add(id(before))
            if isinstance(before, Table) or not before.text:
                found.add(id(after))
    return found


def _check_part(line: Line) -> Iterator[LayoutProblem]:
    yield from check_line(line, "phần, chương, mục", _HEADING)
    parts = PART.match(line.text)
    if parts is not None and not ROMAN.match(parts[2]):
        yield LayoutProblem("phần, chương, mục", line.text, "số La Mã: Chương I, Chương II", line.place)


def _check_text(line: Line) -> list[LayoutProblem]:
    # A few words may stand out in a sentence; as a whole it is upright and not bold.
    mixed = Wanted(TEXT_LOW, TEXT_HIGH, alignment="both")
    if ARTICLE.match(line.text) or CLAUSE.match(line.text):
        name = "Điều" if ARTICLE.match(line.text) else "khoản, điểm"
        return check_line(line, name, _TEXT if line.is_italic else mixed)
    return check_line(line, "nội dung", _PLAIN if line.is_bold or line.is_italic else mixed)


def _check_form(line: Line) -> Iterator[LayoutProblem]:
    form = line.form
    if not is_within(form.first_line, 9.9, 12.8):
        shown = f"lùi dòng đầu {form.first_line:.1f} mm"
        yield LayoutProblem("nội dung", shown, "lùi dòng đầu 1–1,27 cm", line.place)
    gap = 0.0 if form.is_contextual else max(form.before, form.after)
    if gap < 6:
        yield LayoutProblem("nội dung", f"cách đoạn {gap:g} pt", "tối thiểu 6 pt", line.place)
    if abs(form.left) > _AT_THE_MARGIN or abs(form.right) > _AT_THE_MARGIN:
        shown = f"cả đoạn lùi vào {form.left:.0f} mm ở bên trái, {form.right:.0f} mm ở bên phải"
        yield LayoutProblem("nội dung", shown, "dàn đều cả hai lề", line.place)
    height = form.line if form.line is not None else form.line_points / (line.size * _SINGLE_LINE or 1)
    height = max(height, 1.0) if form.is_at_least else height
    if not is_within(height, 0.98, 1.5 if form.line is not None else 1.55):
        yield LayoutProblem("nội dung", f"cách dòng {height:.3g}", "cách dòng 1,0–1,5", line.place)


def _check_articles(lines: Sequence[Line]) -> Iterator[LayoutProblem]:
    """`Điều 1.` bold, with a stop, counted one by one."""
    expected = 0
    for line in lines:
        parts = ARTICLE.match(line.text)
        if parts is None or not line.text.startswith(("Điều", "điều", "ĐIỀU")):
            continue
        number = int(parts[1].split()[1])
        expected += 1
        if not parts[1].startswith("Điều") or parts[2] != ".":
            yield LayoutProblem(
                "Điều", f"“{line.text[: len(parts[0]) + 1]}”", f"“{parts[1].capitalize()}.”", line.place
            )
        if number != expected:
            yield LayoutProblem("Điều", f"Điều {number}", f"Điều {expected}", line.place)
            expected = number
        opening = list(_looks_of(line, len(parts[0])))
        if not all(look.bold for look in opening):
            yield LayoutProblem("Điều", "chữ không đậm", "chữ đậm", line.place)
        if any(look.italic for look in opening) and not line.is_italic:
            yield LayoutProblem("Điều", "chữ nghiêng", "chữ đứng", line.place)


def _looks_of(line: Line, length: int) -> Iterator[Look]:
    """The runs of the first so many letters; those of a number that Word sets are not looked at."""
    left = length - (len(line.label) + 1 if line.label else 0)
    for look in line.looks:
        if left <= 0:
            break
        yield look
        left -= len(look.text.lstrip() if look is line.looks[0] else look.text)
