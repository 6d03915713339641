"""Takes tables side by side under one head apart: names never count for figures of another table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from chuyenhoa.intake.tables.table_header import Head


@dataclass(frozen=True)
class Block:
    """The columns of one of several tables side by side; `stop` is behind its last column."""

    start: int
    stop: int
    names: tuple[int, ...]


def side_by_side(head: Head, names: Sequence[int], width: int) -> list[Block]:
    """The blocks of a head in which names stand again after figures.

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
