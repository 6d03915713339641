"""Finds the free tables of a sheet: tables that people made themselves, without the code row of our form.

Each comes with its head, its titles, its columns of names and its rows; `free_rows` and `free_figures` read
what the rows say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from chuyenhoa.intake.header.periods import SIX_MONTHS, SPAN
from chuyenhoa.intake.tables.gazetteer import Gazetteer
from chuyenhoa.intake.tables.header_labels import DISTRICT_HEADS, Meaning
from chuyenhoa.intake.tables.table_header import Head, find_heads
from chuyenhoa.intake.tables.view import View
from chuyenhoa.intake.tables.vocabulary import Vocabulary
from chuyenhoa.intake.values import units
from chuyenhoa.kit.readers.book import Sheet
from chuyenhoa.kit.vietnamese_text.normal_form import is_foot, strip_marks
from chuyenhoa.model.figures import Basis
from chuyenhoa.plan.names import plain_key

TOPIC_WORDS = ("bieu so lieu ve ", "bieu so lieu ", "so lieu ve ", "bieu ", "bang ", "tinh hinh ", "ket qua ")
# "SỐ LIỆU CÙNG KỲ từ 15/4/2020 …" makes the whole table a baseline; "… tăng so với cùng kỳ" must not.
BASELINE_TITLE = re.compile(r"(?:(?:bieu|bang) )*(?:so lieu )?(?:cua )?(?:cung ky|ky goc)\b")
BASIS_OF = {Meaning.CURRENT: Basis.CURRENT, Meaning.BASELINE: Basis.BASELINE}


@dataclass(frozen=True)
class Title:
    """A text over a table; without a cell when it stands outside of the sheet's cells."""

    sheet: str
    cell: str
    text: str
    column: int | None = None
    """The column of an upright sheet in which it stands."""


@dataclass(frozen=True)
class FreeTable:
    """A table found by its labels, turned so that every indicator is a column and every row a place.

    Rows and columns are those of `view`, counted from 0; `view.name` gives the true address of a cell.
    """

    view: View
    head: Head
    end: int
    """The row behind its last one."""
    titles: tuple[Title, ...]
    names: tuple[int, ...]
    """The columns that name localities, the best one first; none when the table names none."""
    first: int = 0
    """The first column that belongs to the table; on its side, lines of titles come before it."""
    stop: int = 0
    """The column behind its last one."""
    districts: tuple[int, ...] = ()
    """The columns that name districts."""

    @property
    def name(self) -> str:
        """The name of its sheet."""
        return self.view.sheet.name

    @cached_property
    def rows(self) -> range:
        """Its rows."""
        return range(self.head.bottom + 1, self.end)

    @property
    def columns(self) -> range:
        """Its columns; another table may stand beside it."""
        return range(self.first, self.stop)

    @cached_property
    def figures(self) -> frozenset[int]:
        """The columns under which figures stand."""
        return frozenset(column.index for column in self.head.columns if column.match.codes)

    @cached_property
    def basis(self) -> Basis | None:
        """The window that titles and the sheet's name give to the whole table; None when they give none."""
        is_baseline = any(BASELINE_TITLE.match(plain_key(title.text)) for title in self.titles)
        return Basis.BASELINE if is_baseline else None

    @cached_property
    def unit(self) -> str:
        """The units that titles and lines around the table state for it, "vụ, 1.000 đồng"; "" for none.

        "Đơn vị tính: 1.000 đồng" stands over the right edge of a table as often as below it.
        """
        below = (self.view.text(row, column) for row in self.rows for column in self.columns)
        stated = [units.find_stated(title.text) for title in self.titles]
        stated += [units.find_labelled(text) for text in below if text]
        # In a head of its own, over no figures: | … | Thiệt hại | Đơn vị tính: 1.000 đồng |
        bare = (column for column in self.head.columns if column.unit and not column.keys)
        stated += [column.unit for column in bare if not self.has_numbers(column.index)]
        return ", ".join(dict.fromkeys(filter(None, stated)))

    def basis_of(self, words: Vocabulary, row: int) -> Basis | None:
        """The window that a row states for itself."""
        for column in self.columns:
            text = "" if column in self.figures else self.view.text(row, column)
            meaning = words.part(text).meaning if text else None
            if meaning in BASIS_OF:
                return BASIS_OF[meaning]
        return None

    def holds_figures(self, row: int) -> bool:
        """Whether a row shows a number under any indicator."""
        return any(
            not self.view.is_blank(row, column) and self.view.holds_number(row, column)
            for column in self.figures
        )

    def label(self, row: int) -> tuple[int, str]:
        """The column and the text by which a row calls itself: a name, or the first words in it."""
        for column in self.names:
            text = self.shown(row, column)
            if text:
                return column, text
        for column in self.columns:
            text = "" if column in self.figures else self.view.text(row, column)
            # "I", "a)" and "2." number the line and are not its name.
            if text and any(sign.isalpha() for sign in text) and len(text) > 2:
                return column, text
        return -1, ""

    def shown(self, row: int, column: int) -> str:
        """What a cell shows, that of the whole area where it is merged."""
        return self.view.label(*self.view.merged.get((row, column), (row, column)))

    def has_numbers(self, column: int) -> bool:
        """Whether a column shows a number in the rows of the table."""
        return any(
            not self.view.is_blank(row, column) and self.view.holds_number(row, column) for row in self.rows
        )


def find_tables(
    sheet: Sheet, words: Vocabulary, gazetteer: Gazetteer, names: Sequence[str]
) -> list[FreeTable]:
    """The tables of one sheet, read in the direction in which more of its labels are found.

    Upright (one row per locality) and on its side (one row per indicator) give the same `FreeTable`:

        TT | Địa bàn  | Xảy ra | Khám phá        Chỉ tiêu | Vĩnh Lạc | Rạch Sỏi
        1  | Vĩnh Lạc | 10     | 8               Xảy ra   | 10       | 5
        2  | Rạch Sỏi | 5      | 4               Khám phá | 8        | 4

    Args:
        sheet: the sheet.
        words: the plan's labels.
        gazetteer: the plan's units.
        names: names of the sheet to look at for the topic, besides the titles.
    """
    found = [_tables_of(View(sheet, is_turned), words, gazetteer, names) for is_turned in (False, True)]
    # On a tie upright: a sheet of one commune with one line explains as much either way.
    upright, turned = found
    return upright if _score(upright) >= _score(turned) else turned


def _score(tables: list[FreeTable]) -> tuple[int, int]:
    """How many different columns were understood, and how many tables name their localities."""
    return sum(_labels(table) for table in tables), sum(bool(table.names) for table in tables)


def _labels(table: FreeTable) -> int:
    """How many columns with figures under them were understood."""
    return sum(1 for column in table.head.slots if table.has_numbers(column.index))


def _tables_of(view: View, words: Vocabulary, gazetteer: Gazetteer, names: Sequence[str]) -> list[FreeTable]:
    # A name ends the head of a table, a signature ("Người lập biểu") too; without this the first row of data
    # under "Vĩnh Lạc | Xảy ra" would count as one more line of headings.
    def is_data(text: str) -> bool:
        is_last = is_foot(text) and not words.is_hit(text)
        return bool(gazetteer.known(text)) or gazetteer.is_district(text) or is_last

    topic = _topic(view, words, names)
    heads = list(find_heads(view, words, is_data, topic))
    tables = []
    for number, head in enumerate(heads):
        start = heads[number - 1].bottom + 1 if number else 0
        end = heads[number + 1].top if number + 1 < len(heads) else len(view.rows)
        first = _first_column(view, words, head) if view.is_turned else 0
        titles = _titles(view, start if not number else _title_start(view, start, head), head, first)
        columns = _name_columns(view, head, (first, end), gazetteer)
        # Two tables beside each other under one head need not list the same places in the same order.
        blocks = side_by_side(head, columns, view.width)
        for block in blocks:
            own = tuple(title for title in titles if is_title_of(title.column, block, blocks))
            tables.append(_table(view, head, (first, end), own, block))
    return tables


def _table(
    view: View, head: Head, reach: tuple[int, int], titles: tuple[Title, ...], block: Block
) -> FreeTable:
    """One table of a head: all of it, or one of several side by side."""
    first, end = reach
    own = head_of(head, block)
    districts = tuple(column.index for column in own.columns if any(k in DISTRICT_HEADS for k in column.keys))
    return FreeTable(view, own, end, titles, block.names, max(first, block.start), block.stop, districts)


def _title_start(view: View, start: int, head: Head) -> int:
    """Where the titles of a table below another one begin: behind the last row with a number."""
    # Totals and signatures of the table above are not titles of the one below.
    rows = range(start, head.top)
    last = [row for row in rows if any(isinstance(value, int | float) for value in view.rows[row])]
    return last[-1] + 1 if last else start


def _first_column(view: View, words: Vocabulary, head: Head) -> int:
    """In a table on its side, the first line of its head: the lines before it are titles."""
    labels = [c.index for c in head.columns if c.match.codes or any(k in words.sections for k in c.keys)]
    first = min(labels, default=0)
    # "STT" and "ĐVT" stand in lines of their own before the labels; a title is one cell in its line.
    while first > 0 and sum(not view.is_blank(row, first - 1) for row in range(len(view.rows))) > 1:
        first -= 1
    return first


def _titles(view: View, start: int, head: Head, first: int) -> tuple[Title, ...]:
    """What stands over a table: its sheet's name, paragraphs over it, rows above it, windows in its head."""
    name = view.sheet.name
    over = [Title(name, "", name), *(Title(name, "", text) for text in view.sheet.above)]
    if view.is_turned:
        # Turned on its side, titles stand in the lines over the first label, whatever their column.
        for column in range(view.width):
            for row in range(len(view.rows)):
                text = view.text(row, column)
                text = text if column < first or _has_window(text) else ""
                over += [Title(name, view.name(row, column), text)] if text else []
        return tuple(over)
    for row in range(start, head.bottom + 1):
        for column in range(view.width):
            text = view.text(row, column)
            # "6 tháng năm 2021" as a heading in the table of a year must reach the check of the period (D73).
            is_title = text and (row < head.top or _has_window(text))
            over += [Title(name, view.name(row, column), text, column)] if is_title else []
    return tuple(over)


def _has_window(text: str) -> bool:
    """Whether a heading may state a window: it is compared with the titles of the same table."""
    plain = strip_marks(text) if any(map(str.isdigit, text)) else ""
    return bool(SPAN.search(plain) or SIX_MONTHS.search(plain))


def _topic(view: View, words: Vocabulary, names: Sequence[str]) -> str:
    """The key of the section that the sheet's name or one of its first lines is about."""
    texts = [view.sheet.name, *view.sheet.above, *names]
    # Twelve rows and ninety signs: the letterhead, titles and dates of an office; longer texts are sentences.
    texts += [
        value for row in view.sheet.rows[:12] for value in row if isinstance(value, str) and len(value) < 90
    ]
    # Where a table names sections itself, a title on one of them ("Biểu TNGT") does not speak for the others.
    if any(words.is_section(text) for row in view.sheet.rows for text in row if isinstance(text, str)):
        texts = [view.sheet.name]
    for text in texts:
        key = plain_key(text)
        for word in ("", *TOPIC_WORDS):
            rest = words.part(key.removeprefix(word)).key
            if (not word or key.startswith(word)) and rest in words.sections:
                return rest
    return ""


def _name_columns(view: View, head: Head, reach: tuple[int, int], gazetteer: Gazetteer) -> tuple[int, ...]:
    """The columns that name localities: those headed so, and those in which units are named."""
    first, end = reach
    figures = {column.index for column in head.columns if column.match.codes}
    # A district may bear the name of one of its communes.
    figures |= {column.index for column in head.columns if any(k in DISTRICT_HEADS for k in column.keys)}
    counted = {}
    for column in range(first, view.width):
        if column not in figures:
            rows = range(head.bottom + 1, end)
            counted[column] = sum(1 for row in rows if gazetteer.known(view.label(row, column)))
    headed = {column.index for column in head.columns if column.is_locality and column.index >= first}
    found = [column for column, count in counted.items() if count or column in headed]
    # The column with most known names first; a second one may contradict it, row by row (D77).
    return tuple(sorted(found, key=lambda column: (-counted[column], column)))


@dataclass(frozen=True)
class Block:
    """The columns of one of several tables side by side under one head; `stop` is behind its last column."""

    start: int
    stop: int
    names: tuple[int, ...]


def side_by_side(head: Head, names: Sequence[int], width: int) -> list[Block]:
    """The blocks of a head in which names stand again after figures.

        STT | Địa bàn  | Xảy ra | Khám phá |  | STT | Địa bàn  | Xảy ra | Khám phá
        1   | Vĩnh Lạc | 10     | 8        |  | 1   | Rạch Sỏi | 6      | 5         → blocks 0–5 and 6–9

    Two blocks need not list the same places in the same order, so each is read by its own names. Where
    figures stand before the first names as well it is not clear which names are theirs: then nothing is taken
    apart, and rows whose names differ are asked about.

    Args:
        head: the head over all of them.
        names: the columns that name localities, the best one first.
        width: how many columns the sheet has.

    Returns:
        A single block with all columns where nothing stands side by side.
    """
    figures = {column.index for column in head.columns if column.parts and column.match.codes}
    groups: list[list[int]] = []
    for column in sorted(names):
        # "Mã" and "Tên" next to each other are one name; figures between two columns of names part tables.
        if groups and not any(groups[-1][-1] < figure < column for figure in figures):
            groups[-1].append(column)
        else:
            groups.append([column])
    starts = [group[0] for group in groups]
    if len(groups) < 2 or not figures or min(figures) < starts[0]:
        return [Block(0, width, tuple(names))]
    stops = [*starts[1:], width]
    starts[0] = 0
    return [
        Block(start, stop, tuple(column for column in names if column in group))
        for start, stop, group in zip(starts, stops, groups, strict=True)
        if any(start <= figure < stop for figure in figures)
    ]


def head_of(head: Head, block: Block) -> Head:
    """The part of a head that stands over a block."""
    return replace(head, columns=tuple(c for c in head.columns if block.start <= c.index < block.stop))


def is_title_of(column: int | None, block: Block, blocks: Collection[Block]) -> bool:
    """Whether a title in a column speaks of a block: one over another block than the first does not."""
    others = [other for other in blocks if other.start and other is not block]
    return column is None or not any(other.start <= column < other.stop for other in others)
