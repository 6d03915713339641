"""Element 5 and what stands before the text: title, subject, V/v, who decides, căn cứ, Kính gửi."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from chuyenhoa.kit.docx_lint.decree import (
    ANY_TYPE,
    BASIS,
    BRACKETS,
    DECIDES,
    LETTER,
    PAPERS,
    TEXT_HIGH,
    TEXT_LOW,
    TYPES,
    DocumentType,
)
from chuyenhoa.kit.docx_lint.head import NUMBERED, check_rule, find_cell, find_line, is_typed_rule
from chuyenhoa.kit.docx_lint.model import (
    LayoutProblem,
    Line,
    Section,
    Sheet,
    Table,
    Wanted,
    check_line,
    check_list,
    opens_with,
)

_BOLD_CENTRE = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, alignment="center")
_PLAIN = Wanted(TEXT_LOW, TEXT_HIGH, bold=False, italic=False)
# Points between the number and `V/v …` (element 5b).
_GAP_BEFORE_SUBJECT = 6


@dataclass(frozen=True)
class Front:
    """The elements before the running text, as found; empty where there is none."""

    kind: DocumentType | None
    """None when the type of document is not known."""
    is_paper: bool
    """A paper that goes with a document, as a phiếu."""
    title: Line | None
    subject: tuple[Line, ...]
    about: tuple[Line, ...]
    """The lines of `V/v …` of a công văn."""
    authority: Line | None
    bases: tuple[Line, ...]
    decides: Line | None
    address: tuple[Line, ...]
    """`Kính gửi:` and the lines under it."""
    text: tuple[Line, ...]
    """The running text that follows, up to the signature."""


def read_front(sheet: Sheet, sections: Sequence[Section]) -> Front:
    """Find the elements before the text in the sections of the document itself, annexes apart."""
    lines = _lines_before_signature(sections)
    title = next((line for line in lines if _title_of(line) in TYPES or opens_with(line, PAPERS)), None)
    about = _find_about(sheet)
    address = _find_address(sheet, lines)
    kind = TYPES.get(_title_of(title)) if title is not None else None
    if title is None and (about or address):
        kind = LETTER
    rest = lines[lines.index(title) + 1 :] if title is not None else lines
    subject = _find_subject(rest) if title is not None else ()
    rest = [line for line in rest if line not in subject and line not in address]
    if title is None and address and address[0].row is None:
        rest = [line for line in rest if lines.index(line) > lines.index(address[0])]
    authority = (
        next((line for line in rest[:2] if line.is_upper), None) if kind and kind.has_authority else None
    )
    decides = next((line for line in rest if DECIDES.match(line.text)), None)
    bases = _find_bases(rest, kind, authority, decides)
    known = {id(line) for line in (*bases, authority, decides) if line is not None}
    return Front(
        kind=kind,
        is_paper=title is not None and kind is None,
        title=title,
        subject=subject,
        about=about,
        authority=authority,
        bases=bases,
        decides=decides,
        address=address,
        text=tuple(line for line in rest if id(line) not in known)
        if title is not None or kind is LETTER
        else (),
    )


def _title_of(line: Line) -> str:
    return " ".join(line.text.upper().split())


def _lines_before_signature(sections: Sequence[Section]) -> list[Line]:
    """The lines outside of tables; what stands after the table with "Nơi nhận:" is left out."""
    found: list[Line] = []
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Table):
                if any(opens_with(line, ("Nơi nhận",)) for line in block.lines):
                    return found
            elif block.text:
                found.append(block)
    return found


def _find_about(sheet: Sheet) -> tuple[Line, ...]:
    """The lines of the cell of the number that follow it."""
    number = find_line(sheet, *NUMBERED)
    where = find_cell(sheet, number)
    if where is None or number is None:
        return ()
    lines = where[0].cells[where[1]].filled
    below = lines[lines.index(number) + 1 :]
    if below:
        return tuple(line for line in below if not is_typed_rule(line.text))
    line = find_line(sheet, "V/v")
    return (line,) if line is not None and line.row is not None else ()


def _find_address(sheet: Sheet, lines: Sequence[Line]) -> tuple[Line, ...]:
    opening = find_line(sheet, "Kính gửi")
    if opening is None:
        return ()
    where = find_cell(sheet, opening)
    if where is not None:
        return tuple(line for cell in where[0].cells for line in cell.filled)
    if opening not in lines:
        return ()
    found = [opening]
    for line in lines[lines.index(opening) + 1 :]:
        if not line.text.startswith(("-", "–")):
            break
        found.append(line)
    return tuple(found)


def _find_subject(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The first line under the title, and those that go on with it."""
    found: list[Line] = []
    for line in lines:
        # A subject goes on in lines that are bold and centred; "Kính gửi", a remark in brackets or the
        # capitals of who decides end it.
        goes_on = line.form.alignment == "center" and line.is_bold and not line.is_upper
        opens = line.form.alignment == "center" or line.is_bold
        if BRACKETS.match(line.text) or opens_with(line, ("Kính gửi",)) or not (goes_on if found else opens):
            break
        found.append(line)
    return tuple(found)


def _find_bases(
    lines: Sequence[Line], kind: DocumentType | None, authority: Line | None, decides: Line | None
) -> tuple[Line, ...]:
    if kind is not None and kind.has_authority:
        start = lines.index(authority) + 1 if authority is not None else 0
        end = lines.index(decides) if decides is not None else start
        opened = [line for line in lines[start:] if BASIS.match(line.text)]
        return tuple(lines[start:end]) if decides is not None else tuple(opened)
    # A report may open with one sentence "Căn cứ Kế hoạch số 121, Ban Chỉ đạo báo cáo:", which is text;
    # several lines, a semicolon or italics make it a list of căn cứ.
    found: list[Line] = []
    for line in (line for line in lines if not BRACKETS.match(line.text)):
        if not line.text.startswith("Căn cứ ") or line.text.endswith(":"):
            break
        found.append(line)
    is_list = len(found) > 1 or any(line.text.endswith(";") or line.is_italic for line in found)
    return tuple(found) if is_list else ()


def check_front(sheet: Sheet, front: Front, room: float) -> list[LayoutProblem]:
    """Everything before the running text; `room` is the width between the margins in millimetres."""
    if front.kind is LETTER:
        return [*_check_about(sheet, front), *_check_address(front)]
    if front.title is None:
        return [LayoutProblem("tên loại văn bản", "không có", ANY_TYPE)]
    return [
        *_check_title(sheet, front, room),
        *_check_address(front),
        *_check_authority(front),
        *_check_bases(front),
    ]


def _check_title(sheet: Sheet, front: Front, room: float) -> list[LayoutProblem]:
    if front.title is None:
        return []
    upper = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
    found = check_line(front.title, "tên loại văn bản", upper)
    if front.is_paper:
        return found
    if not front.subject:
        return [*found, LayoutProblem("trích yếu", "không có", "dưới tên loại văn bản", front.title.place)]
    for line in front.subject:
        wanted = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=False, alignment="center")
        found += check_line(line, "trích yếu", wanted)
    places = _places_under(sheet, front.title, front.subject[-1])
    return found + check_rule("kẻ dưới trích yếu", front.subject, places, (1 / 3, 1 / 2), room)


def _places_under(sheet: Sheet, first: Line, last: Line) -> list[etree._Element]:
    """The paragraphs from the title to the one before the text that follows the subject."""
    blocks = [block for section in sheet.sections for block in section.blocks]
    start, end = blocks.index(first), blocks.index(last) + 1
    while end < len(blocks) and isinstance(following := blocks[end], Line):
        if following.text and not is_typed_rule(following.text):
            break
        end += 1
    return [block.element for block in blocks[start:end]]


def _check_about(sheet: Sheet, front: Front) -> list[LayoutProblem]:
    """Element 5b: 12 to 13 points under the number, 6 points apart."""
    if not front.about:
        return [LayoutProblem("trích yếu công văn", "không có", "V/v …, dưới số, ký hiệu")]
    found: list[LayoutProblem] = []
    for line in front.about:
        wanted = Wanted(12, 13, bold=False, italic=False, upper=False, alignment="center")
        found += check_line(line, "trích yếu công văn", wanted)
    first, number = front.about[0], find_line(sheet, *NUMBERED)
    if not first.text.startswith("V/v "):
        found.append(LayoutProblem("trích yếu công văn", first.text, "mở đầu bằng “V/v ”", first.place))
    gap = max(first.form.before, number.form.after if number is not None else 0)
    if gap < _GAP_BEFORE_SUBJECT:
        found.append(
            LayoutProblem("trích yếu công văn", f"cách số, ký hiệu {gap:g} pt", "cách 6 pt", first.place)
        )
    return found


def _check_address(front: Front) -> list[LayoutProblem]:
    """Element 9a: one addressee on the line, several each on a line of its own."""
    if not front.address:
        if front.kind is None or not front.kind.has_address:
            return []
        return [LayoutProblem("Kính gửi", "không có", "Kính gửi: …")]
    found: list[LayoutProblem] = []
    for line in front.address:
        found += check_line(line, "Kính gửi", _PLAIN)
    opening, listed = front.address[0], front.address[1:]
    named = opening.text.partition(":")[2].strip()
    if ":" not in opening.text:
        found.append(LayoutProblem("Kính gửi", opening.text, "Kính gửi: …", opening.place))
    elif ";" in named.rstrip(";") or (named and listed):
        must = "mỗi nơi nhận một dòng, mở bằng “- ”"
        found.append(LayoutProblem("Kính gửi", "nhiều nơi nhận trên một dòng", must, opening.place))
    elif not named and not listed:
        found.append(LayoutProblem("Kính gửi", "không có nơi nhận", "Kính gửi: …", opening.place))
    return found + check_list("Kính gửi", listed)


def _check_authority(front: Front) -> list[LayoutProblem]:
    if front.kind is None or not front.kind.has_authority:
        return []
    title = front.kind.title
    found: list[LayoutProblem] = []
    if front.authority is None:
        found.append(
            LayoutProblem("thẩm quyền ban hành", "không có", "TRƯỞNG BAN CHỈ ĐẠO …, trên các căn cứ")
        )
    else:
        found += check_line(front.authority, "thẩm quyền ban hành", _BOLD_CENTRE)
    if front.decides is None:
        return [*found, LayoutProblem("lệnh ban hành", "không có", f"{title}:, trước Điều 1")]
    wanted = Wanted(TEXT_LOW, TEXT_HIGH, bold=True, italic=False, upper=True, alignment="center")
    if not front.decides.text.endswith(("ĐỊNH:", "NGHỊ:")):
        found.append(LayoutProblem("lệnh ban hành", front.decides.text, f"{title}:", front.decides.place))
    return found + check_line(front.decides, "lệnh ban hành", wanted)


def _check_bases(front: Front) -> list[LayoutProblem]:
    """Italic, each line ending in ";" and the last in "."."""
    found: list[LayoutProblem] = []
    if front.kind is not None and front.kind.has_authority and not front.bases:
        found.append(LayoutProblem("căn cứ", "không có", "Căn cứ …; … ."))
    for line in front.bases:
        found += check_line(line, "căn cứ", Wanted(TEXT_LOW, TEXT_HIGH, bold=False, italic=True))
        end = "." if line is front.bases[-1] else ";"
        if not line.text.endswith(end):
            found.append(
                LayoutProblem("căn cứ", f"kết thúc “{line.text[-1]}”", f"kết thúc “{end}”", line.place)
            )
    return found
