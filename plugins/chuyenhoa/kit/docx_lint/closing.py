"""Elements 7 and 9b: who signs at the right, "Nơi nhận" at the left, on one level."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chuyenhoa.kit.docx_lint.decree import ARMED, AUTHORITY, DEGREES, RANKS, TEXT_HIGH, TEXT_LOW, TWO_LINES
from chuyenhoa.kit.docx_lint.head import find_cell, find_line, find_nation
from chuyenhoa.kit.docx_lint.model import (
    Cell,
    LayoutProblem,
    Line,
    Sheet,
    Wanted,
    check_line,
    check_list,
)

_SIGNED = re.compile(r"\(?(đã ký|ký tên|ký, )[^)]*\)?$", re.IGNORECASE)
"""What a copy says in the place of the signature."""
_FILED = re.compile(r"- Lưu: VT\b")
_CAPACITY = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
_NAME = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, alignment="center")
_GAP = 24
"""Points above a line from which on it stands below the signature."""
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
