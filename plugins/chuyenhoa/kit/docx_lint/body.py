"""Elements 6, 7 and 9b: the running text, who signs at the right, and "Nơi nhận" at the left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chuyenhoa.kit.docx_lint.decree import (
    ARMED,
    ARTICLE,
    AUTHORITY,
    BRACKETS,
    CHAPTER,
    CLAUSE,
    DEGREES,
    PART,
    RANKS,
    ROMAN,
    SECTION,
    TEXT_HIGH,
    TEXT_LOW,
    TWO_LINES,
)
from chuyenhoa.kit.docx_lint.effective import Look
from chuyenhoa.kit.docx_lint.head import find_cell, find_line, find_nation
from chuyenhoa.kit.docx_lint.model import (
    Cell,
    LayoutProblem,
    Line,
    Section,
    Sheet,
    Table,
    Wanted,
    check_line,
    check_list,
    is_within,
)

_TEXT = Wanted(TEXT_LOW, TEXT_HIGH, italic=False, alignment="both")
_PLAIN = Wanted(TEXT_LOW, TEXT_HIGH, bold=False, italic=False, alignment="both")
_HEADING = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=False, alignment="center")
_HEADING_TITLE = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
_CHAPTER = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True)
# Height of a single line of Times New Roman, as a multiple of its size.
_SINGLE_LINE = 1.15
# Millimetres that a paragraph may stand off the margins.
_AT_THE_MARGIN = 1.0
# How a line beside a table or chart opens that belongs to it.
_CAPTIONS = ("bảng", "biểu đồ", "biểu", "hình", "ghi chú", "nguồn", "đơn vị tính", "ký hiệu")


def check_body(lines: Sequence[Line], sections: Sequence[Section]) -> list[LayoutProblem]:
    """Check the running text.

    Args:
        lines: its lines, in their order.
        sections: the sections of these lines, for what is beside a table.
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
    # "Exactly 18 pt" on letters of 14 is 18 / (14 × 1.15) = 1.12 lines.
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
            # Go on from here: one article left out is one problem, not one at each that follows.
            expected = number
        opening = list(_looks_of(line, len(parts[0])))
        if not all(look.bold for look in opening):
            yield LayoutProblem("Điều", "chữ không đậm", "chữ đậm", line.place)
        if any(look.italic for look in opening) and not line.is_italic:
            yield LayoutProblem("Điều", "chữ nghiêng", "chữ đứng", line.place)


def _looks_of(line: Line, length: int) -> Iterator[Look]:
    """The runs of the first so many letters; those of a number that Word sets are not looked at."""
    # Where Word numbers the articles itself, "Điều 1." is the label and not in the runs.
    left = length - (len(line.label) + 1 if line.label else 0)
    for look in line.looks:
        if left <= 0:
            break
        yield look
        left -= len(look.text.lstrip() if look is line.looks[0] else look.text)


# What a copy says in the place of the signature.
_SIGNED = re.compile(r"\(?(đã ký|ký tên|ký, )[^)]*\)?$", re.IGNORECASE)
_FILED = re.compile(r"- Lưu: VT\b")
_CAPACITY = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
_NAME = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, alignment="center")
# Points above a line from which on it is below the signature.
_GAP = 24
_SIGNER = "quyền hạn, chức vụ người ký"


def check_closing(sheet: Sheet) -> list[LayoutProblem]:
    """The recipients and the signature."""
    opening = find_line(sheet, "Nơi nhận")
    if opening is None:
        return [LayoutProblem("Nơi nhận", "không có", "ở bên trái, ngang chức vụ người ký")]
    found = check_line(opening, "Nơi nhận", Wanted(12, 12, bold=True, italic=True, upper=False))
    if opening.text != "Nơi nhận:":
        found.append(LayoutProblem("Nơi nhận", opening.text, "Nơi nhận:", opening.place))
    where = find_cell(sheet, opening)
    if where is None:
        must = "ở ô bên trái, ngang chức vụ người ký"
        return [*found, LayoutProblem("Nơi nhận", "không cùng bảng với chữ ký", must, opening.place)]
    row, index = where
    lines = [line for line in row.cells[index].filled if line is not opening]
    for line in lines:
        found += check_line(line, "Nơi nhận", Wanted(11, 11, bold=False, italic=False))
    found += _check_recipients(opening, lines)
    filled = [cell for cell in row.cells[index + 1 :] if cell.filled]
    right = filled[-1] if filled else None
    return found + _check_signer(sheet, opening, right)


def _check_recipients(opening: Line, lines: Sequence[Line]) -> list[LayoutProblem]:
    if not lines:
        return [LayoutProblem("Nơi nhận", "không có dòng nào", "- …; - Lưu: VT, ….", opening.place)]
    found = check_list("Nơi nhận", lines)
    if not _FILED.match(lines[-1].text):
        found.append(LayoutProblem("Nơi nhận", lines[-1].text, "dòng cuối “- Lưu: VT, ….”", lines[-1].place))
    return found


def _check_signer(sheet: Sheet, opening: Line, cell: Cell | None) -> list[LayoutProblem]:
    if cell is None or len(cell.filled) < 2:
        return [
            LayoutProblem("chữ ký", "không đủ chức vụ và họ tên", "chức vụ, họ tên ở bên phải", opening.place)
        ]
    capacity, below = _split_signature([line for line in cell.lines if not _SIGNED.match(line.text)])
    found: list[LayoutProblem] = []
    for line in capacity:
        found += check_line(line, _SIGNER, _CAPACITY)
    found += _check_capacity(capacity)
    for line in below[:-1]:
        found += check_line(line, "chức vụ khác của người ký", _NAME)
    if not below:
        return [*found, LayoutProblem("họ tên người ký", "không có", "dưới chữ ký", capacity[-1].place)]
    return found + _check_name(sheet, below[-1])


def _split_signature(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines above the place of the signature, and those below it."""
    filled = [line for line in lines if line.text]
    for index, line in enumerate(filled[1:], start=1):
        previous = filled[index - 1]
        # Blank lines, or space above the name: both leave room to sign.
        is_apart = lines.index(line) - lines.index(previous) > 1
        if is_apart or max(line.form.before, previous.form.after) >= _GAP:
            return filled[:index], filled[index:]
    return filled[:-1], filled[-1:]


def _check_capacity(lines: Sequence[Line]) -> list[LayoutProblem]:
    """`KT. TRƯỞNG BAN` over `PHÓ TRƯỞNG BAN`."""
    first = lines[0]
    mark = AUTHORITY.match(first.text.upper())
    opening = re.match(r"(TM|KT|TL|TUQ|Q)\b(?!\. \S)|([KT])/([TML])\b", first.text.upper())
    if opening is not None:
        short = opening[1] or f"{opening[2]}{opening[3]}"
        return [LayoutProblem(_SIGNER, first.text, f"“{short}. …”", first.place)]
    if mark is not None and first.text.upper().startswith(TWO_LINES) and len(lines) < 2:
        must = "dòng dưới là chức vụ của người ký (KT. TRƯỞNG BAN, PHÓ TRƯỞNG BAN)"
        return [LayoutProblem(_SIGNER, first.text, must, first.place)]
    return []


def _check_name(sheet: Sheet, line: Line) -> list[LayoutProblem]:
    found = check_line(line, "họ tên người ký", _NAME)
    if line.is_upper:
        found.append(LayoutProblem("họ tên người ký", "chữ in hoa", "chữ in thường", line.place))
    if DEGREES.match(line.text):
        found.append(
            LayoutProblem("họ tên người ký", line.text, "không ghi học hàm, học vị, danh hiệu", line.place)
        )
    if RANKS.match(line.text) and not _is_armed(sheet):
        must = "chỉ văn bản của lực lượng vũ trang ghi cấp bậc"
        found.append(LayoutProblem("họ tên người ký", line.text, must, line.place))
    return found


def _is_armed(sheet: Sheet) -> bool:
    """Whether the agency at the head is of the armed forces."""
    where = find_cell(sheet, find_nation(sheet))
    lines = where[0].cells[0].filled if where is not None else []
    return any(name in line.text.upper() for line in lines for name in ARMED)
