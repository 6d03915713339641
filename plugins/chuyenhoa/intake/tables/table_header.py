"""Finds the head of a free table by its labels: its rows, and which indicator each column holds, if any.

    TT | Địa bàn | Phạm pháp hình sự |          | Tai nạn giao thông | …    ← section
       |         | Xảy ra            | Khám phá | Số vụ              | …    ← label, in one row or in several

A column counts as an indicator only when *all* headings over it are explained (docs/decisions/0020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from chuyenhoa.intake.tables import header_labels
from chuyenhoa.intake.tables.view import View
from chuyenhoa.intake.tables.vocabulary import Match, Vocabulary, name_key
from chuyenhoa.plan.names import label_key

MAX_HEAD_ROWS = 7
"""Rows of a head on either side of its first row of labels: sections, windows, units, numbers of columns."""
DASH = re.compile(r"\s*[-+–]")
SUB_LINES = header_labels.Part("", "")
"""Stands before a heading that heads nothing but the lines with a dash below it."""
ORDINAL = re.compile(r"(?:[IVXLivx]+|[A-Za-z]|[0-9]+(?:\.[0-9]+)*)[.)]?")
"""The number of a line, which is no heading."""
NOTHING = Match()
BASES = frozenset({header_labels.Meaning.CURRENT, header_labels.Meaning.BASELINE})


@dataclass(frozen=True)
class Column:
    """One column of a table with the headings over it."""

    index: int
    row: int
    """The row of its lowest heading."""
    parts: tuple[header_labels.Part, ...] = ()
    match: Match = NOTHING

    @property
    def keys(self) -> list[str]:
        """The keys of the headings that name something."""
        return [part.key for part in self.parts if part.key]

    @property
    def codes(self) -> frozenset[str]:
        """The indicators whose codes stand in the head; what a code says goes before all labels."""
        return frozenset(part.code for part in self.parts if part.code and not part.is_word)

    @property
    def words(self) -> frozenset[str]:
        """The indicators whose codes stand in the head as a word that other indicators have too."""
        return frozenset(part.code for part in self.parts if part.is_word)

    @property
    def shown(self) -> str:
        """The headings as the submitter sees them."""
        return " – ".join(dict.fromkeys(" ".join(part.text.split()) for part in self.parts))

    @property
    def label(self) -> str:
        """The lowest heading that names something: no code, no unit, not when it is counted."""
        named = [
            " ".join(part.text.split())
            for part in self.parts
            if part.meaning or (part.key and part.key not in header_labels.KINDS_OF_COUNT)
        ]
        return named[-1] if named else ""

    @property
    def meanings(self) -> frozenset[header_labels.Meaning]:
        """What the headings say about the window."""
        return frozenset(part.meaning for part in self.parts if part.meaning)

    @property
    def unit(self) -> str:
        """The unit that the headings state; "" when they state none."""
        return next((part.unit for part in reversed(self.parts) if part.unit), "")

    @property
    def is_locality(self) -> bool:
        """Whether it is headed as the column of names."""
        return any(key in header_labels.LOCALITY_HEADS for key in self.keys)

    @property
    def is_known(self) -> bool:
        """Whether it is headed as a column without figures, or as nothing."""
        known = (
            header_labels.LOCALITY_HEADS
            | header_labels.OTHER_HEADS
            | header_labels.GENERIC
            | header_labels.VALUE_HEADS
        )
        # The form's own column of checks explains itself below its heading: "Mã lỗi (E), mã cảnh báo (W) …".
        return all(key in known for key in self.keys) or self.keys[0] in header_labels.CHECK_HEADS


@dataclass(frozen=True)
class Head:
    """The head of a table: its first and last row and its columns."""

    top: int
    bottom: int
    columns: tuple[Column, ...]

    @property
    def slots(self) -> tuple[Column, ...]:
        """The columns that name an indicator."""
        return tuple(column for column in self.columns if column.match.codes)


def find_heads(
    view: View, words: Vocabulary, is_data: Callable[[str], bool], topic: str = ""
) -> Iterator[Head]:
    """Every head of a sheet from the top; below each stands a table.

        row 7  TT | Địa bàn     | Phạm pháp hình sự |          ← top: says something, though it has no label
        row 8     |             | Xảy ra            | Khám phá ← bottom: two labels
        row 9  1  | P. Vĩnh Lạc | 10                | 8          its name and numbers end the head

    Args:
        view: the sheet, as it stands or turned on its side.
        words: the plan's labels.
        is_data: whether a text opens a row of data, as the name of a locality does.
        topic: the key of the section that the sheet is about; "" when it is about none.
    """
    row = last = 0
    while row < len(view.rows):
        if _is_label_row(view, words, row):
            top, bottom = _extent(view, words, (last, row), is_data)
            yield Head(top, bottom, explain_head(view, words, top, bottom, topic))
            row = last = bottom
            last += 1
        row += 1


def explain_head(view: View, words: Vocabulary, top: int, bottom: int, topic: str = "") -> tuple[Column, ...]:
    """The columns under a head whose rows are known, each with what its headings mean."""
    return _resolve_sections(_columns(view, words, top, bottom), words, topic)


def _is_label_row(view: View, words: Vocabulary, row: int) -> bool:
    """Whether a row is part of a head: two labels, or one beside the heading of the names.

    One label alone is also a word in a sentence or a line of a table on its side.
    """
    texts = [view.text(row, column) for column in range(view.width)]
    hits = sum(1 for text in texts if text and words.is_hit(text))
    if hits >= 2:
        return True
    # "Địa bàn" may stand a row higher or lower than the labels where the cells over it are merged.
    beside = [other for other in (row - 1, row + 1) if other >= 0]
    near = texts + [view.text(other, column) for other in beside for column in range(min(view.width, 4))]
    heads = header_labels.LOCALITY_HEADS | {"stt", "tt", "ma dia ban"}
    named = any(words.part(text).key in heads for text in near if text)
    headed = sum(1 for text in texts if text and words.is_section(text))
    return bool(hits) and (named or headed > 0 or view.is_turned)


def _belongs_to_head(view: View, words: Vocabulary, row: int) -> bool:
    """Whether a row above the labels belongs to the head: sections, windows, the heading of the names."""
    filled = [column for column in range(view.width) if not view.is_blank(row, column)]
    for column in filled:
        text = view.text(row, column)
        part = words.part(text) if text else None
        if part and part.meaning and len(filled) == 1:
            # A line of one text is a title: its window is that of the whole table.
            return False
        if part and (
            part.key in words.sections
            or part.meaning
            or part.key in header_labels.LOCALITY_HEADS | header_labels.OTHER_HEADS
            or words.is_hit(text)
            or (len(filled) > 1 and name_key(part.key) in words.leads)
        ):
            return True
    return False


def _extent(
    view: View, words: Vocabulary, rows: tuple[int, int], is_data: Callable[[str], bool]
) -> tuple[int, int]:
    """The first and the last row of the head around a row of labels, behind the table before it."""
    first, row = rows
    # Upwards over sections and windows: "Kỳ này | | Cùng kỳ năm trước |" over "Xảy ra | Khám phá | Xảy ra |
    # …".
    top = row
    while top > first and row - top < MAX_HEAD_ROWS and _belongs_to_head(view, words, top - 1):
        top -= 1
    # Downwards over windows, units and "(1) (2) (3)" to the first name or number: years over columns are
    # numbers too, "2021 | 2020", and belong to the head because they mean a window.
    bottom = row
    while bottom + 1 < len(view.rows) and bottom - row < MAX_HEAD_ROWS:
        below = bottom + 1
        filled = [column for column in range(view.width) if not view.is_blank(below, column)]
        texts = [view.text(below, column) for column in filled]
        numbers = [column for column in filled if view.holds_number(below, column)]
        is_numbering = view.is_numbering(below) and _has_figures_below(view, below)
        if not is_numbering and (
            not filled
            or any(map(is_data, filter(None, texts)))
            or any(not words.part(view.text(below, column)).meaning for column in numbers)
        ):
            break
        bottom = below
    return top, bottom


def _has_figures_below(view: View, row: int) -> bool:
    """Whether anything like a figure stands below a row: the last row of a table numbers no columns.

    A sheet of one ward with the single line "1 | 2" under "Xảy ra | Khám phá" holds figures there.
    """
    return any(
        not view.is_blank(below, column) and view.holds_number(below, column)
        for below in range(row + 1, len(view.rows))
        for column in range(view.width)
    )


def _columns(view: View, words: Vocabulary, top: int, bottom: int) -> list[Column]:
    """Every column with its headings from the top, merged and running ones included.

    In the sample of `find_heads` the last column has the headings "Phạm pháp hình sự" (which runs on from its
    left) and "Khám phá".
    """
    rows = [row for row in range(top, bottom + 1) if not view.is_numbering(row)]
    # A merged heading covers its columns for certain. Where the merges of a row were lost (saved as .csv,
    # pasted), a heading runs on to the right until the next one: `_carried`. Both kinds do not mix in one
    # row.
    merged_rows = {place[0] for place, origin in view.merged.items() if place[1] != origin[1]}
    columns = []
    running: dict[int, tuple[int, str]] = {}
    over: list[header_labels.Part] | None = None
    for index in range(view.width):
        parts: list[header_labels.Part] = []
        seen: set[tuple[int, int]] = set()
        lowest = top
        for row in rows:
            origin = view.merged.get((row, index), (row, index))
            text = view.text(*origin) if origin[0] >= top else ""
            if text:
                running[row] = (index, text)
            elif row in running and row not in merged_rows and not view.is_turned:
                text = _carried(view, words, running[row], (row, bottom), index)
            if text and not ORDINAL.fullmatch(text) and (origin not in seen or origin == (row, index)):
                lowest = row
                parts.append(words.part(text))
            seen.add(origin)
        column = Column(index, lowest, _with_units(parts, words))
        if view.is_turned:
            over, column = _join_headings(view, words, column, over, bottom)
        columns.append(column)
    return columns


def _with_units(parts: list[header_labels.Part], words: Vocabulary) -> tuple[header_labels.Part, ...]:
    """The headings with a unit among them read as a unit, where they mean an indicator only so.

    "(vụ)" in a row below "Khám phá" is the unit; "Số vụ" below "Đánh bạc" is the label itself.
    """
    keys = [part.key for part in parts if part.key]
    if len(keys) < 2 or words.explain(keys).codes:
        return tuple(parts)
    apart = [replace(p, key="", unit=p.text) if words.is_unit(p.text) else p for p in parts]
    # "Số vụ" as the lowest line says "(vụ)" too, under a label that is complete without it.
    last = next(place for place in reversed(range(len(parts))) if parts[place].key)
    if apart == parts and label_key(parts[last].key) in words.units:
        apart[last] = replace(parts[last], key="", unit=label_key(parts[last].key))
    return tuple(apart if any(part.key for part in apart) else parts)


def _carried(view: View, words: Vocabulary, left: tuple[int, str], rows: tuple[int, int], index: int) -> str:
    """A heading to the left that reaches over a column without being merged.

    It must head its own column, and nothing that needs a heading may stand bare before it: then it was
    typed over the middle of its columns, and where these end is not known:

        |       | Tai nạn giao thông |           |       | Cháy, nổ |
        | Số vụ | Chết               | Bị thương | Số vụ | Chết     | Bị thương    → "Số vụ" is asked (D74)
    """
    start, text = left
    row, bottom = rows
    part = words.part(text)
    is_code = bool(part.code) and not part.is_word
    if is_code or part.key in header_labels.LOCALITY_HEADS | header_labels.OTHER_HEADS:
        # A code and "TEN_DIA_BAN" name their own column: the next one has none, and goes by its label.
        # "XPVPHC" is a code and what people call the fines: over "Kỳ này | Cùng kỳ" it heads both.
        return ""
    own = any(view.text(below, start) for below in range(row + 1, bottom + 1))
    here = any(view.text(below, index) for below in range(row + 1, bottom + 1))
    return text if own and here and not _is_bare(view, words, start - 1, row, bottom) else ""


def _is_bare(view: View, words: Vocabulary, column: int, row: int, bottom: int) -> bool:
    """Whether a label stands under nothing that it needs: no heading over it or further left."""
    labels = [view.text(below, column) for below in range(row + 1, bottom + 1)] if column >= 0 else []
    labels = [text for text in labels if text and not ORDINAL.fullmatch(text) and words.part(text).key]
    heads = [words.part(view.text(row, place)).key for place in range(column + 1) if view.text(row, place)]
    if not labels or any(
        key not in header_labels.LOCALITY_HEADS | header_labels.OTHER_HEADS for key in heads
    ):
        return False
    match = words.explain([words.part(labels[-1]).key])
    return bool(match.codes) and not match.certain


def _join_headings(
    view: View, words: Vocabulary, column: Column, over: list[header_labels.Part] | None, bottom: int
) -> tuple[list[header_labels.Part] | None, Column]:
    """In a table on its side: the headings that a line stands under, and the line with them.

    A line that names a section heads the lines below it; where it holds a figure of its own, it heads those
    that begin with a dash. A line without a figure that names nothing heads the lines that it explains.

        I | Phạm pháp hình sự  |   |         heads the lines below
        1 | Xảy ra             | 10 | 5
        2 | Tai nạn giao thông | 3 | 1       a figure of its own: heads "- Chết" and "- Bị thương" alone
          | - Chết             | 0 | 1
    """
    keys = column.keys
    if not keys:
        return over, column
    is_bare = all(view.is_blank(row, column.index) for row in range(bottom + 1, len(view.rows)))
    if any(key in words.sections for key in keys):
        head = [part for part in column.parts if part.key in words.sections]
        has_figures = not is_bare and bool(words.explain(keys).codes)
        return ([SUB_LINES, *head] if has_figures else head), column
    if over is None:
        # Titles above the first label head nothing.
        return ([] if words.explain(keys).codes else None), column
    if over[:1] == [SUB_LINES]:
        if any(DASH.match(part.text) for part in column.parts):
            return over, replace(column, parts=(*over[1:], *column.parts))
        over = []
    if is_bare and not words.explain(keys).codes:
        sections = [part for part in over if part.key in words.sections]
        return [
            *sections,
            *(part for part in column.parts if part.key and part.key not in header_labels.GENERIC),
        ], column
    full = replace(column, parts=(*over, *column.parts))
    if words.explain(full.keys).codes:
        return over, full
    sections = [part for part in over if part.key in words.sections]
    if len(sections) < len(over) and words.explain(keys).certain:
        return sections, replace(column, parts=(*sections, *column.parts))
    return over, full


def _resolve_sections(columns: list[Column], words: Vocabulary, topic: str) -> tuple[Column, ...]:
    """The columns with the indicators that their headings mean.

    A label that needs its section is read without it only beside another column of that section, or under a
    title that names the section: "Khám phá" beside "Số vụ phạm pháp hình sự xảy ra" is crime
    cleared up, beside "Số vụ tai nạn giao thông" it is asked (D74).
    """
    # A row that ends columns in plain codes is the code row: there "XPVPHC" is a code as well.
    code_rows = {column.row for column in columns if column.parts and column.parts[-1].code in column.codes}
    matched = [replace(column, match=_explain(column, words, topic, code_rows)) for column in columns]
    indicators = words.plan.indicator_by_code
    sections = {
        indicators[code].section
        for column in matched
        if column.match.certain and len(column.match.codes) == 1
        for code in column.match.codes
    }
    settled = []
    for column in matched:
        match = column.match
        if len(match.codes) == 1 and not match.certain:
            (code,) = match.codes
            match = replace(match, certain=indicators[code].section in sections)
        settled.append(replace(column, match=match))
    return tuple(settled)


def _explain(column: Column, words: Vocabulary, topic: str, code_rows: Collection[int]) -> Match:
    """What the headings mean, under the title's section where they name none themselves."""
    if column.codes:
        return words.decide(column.codes, column.keys)
    if column.words and (column.row in code_rows or not words.explain(column.keys).codes):
        return words.decide(column.words, column.keys)
    match = words.explain(column.keys)
    if topic and column.keys and not match.certain:
        return words.explain([topic, *column.keys])
    return match
