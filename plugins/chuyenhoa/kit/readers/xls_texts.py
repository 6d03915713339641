"""The texts of an .xls workbook whose pieces are raised or struck; calamine joins them without a word."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chuyenhoa.kit.readers.runs import show_run

WIDE, EXTENDED, RICH = 0x01, 0x04, 0x08
"""Flags of a text: two bytes a letter, phonetic data behind it, runs of fonts behind it."""
STRUCK = 0x08
SHIFTS = {1: "super", 2: "sub"}


@dataclass(frozen=True)
class Face:
    """How a font shows its letters."""

    shift: str = ""
    struck: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it shows them as any other."""
        return not self.shift and not self.struck


def read_face(font: bytes) -> Face:
    """How the font of a FONT record shows its letters."""
    flags, shift = struct.unpack_from("<H", font, 2)[0], struct.unpack_from("<H", font, 8)[0]
    return Face(SHIFTS.get(shift, ""), bool(flags & STRUCK))


def shown_texts(records: Sequence[bytes], faces: Sequence[Face]) -> Mapping[int, str]:
    """Of the shared texts those with raised or struck pieces, by their number, as they are seen.

    Args:
        records: the SST record and those that continue it.
        faces: the workbook's fonts by number.
    """
    if not records or all(face.is_plain for face in faces):
        return {}
    reader = _Reader(records)
    found: dict[int, str] = {}
    try:
        count = struct.unpack("<4xI", reader.take(8))[0]
        for number in range(count):
            text, runs = reader.text()
            shown = _show(text, runs, faces)
            if shown != text:
                found[number] = shown
    except (struct.error, IndexError):
        # What calamine reads of a broken table it reads without this.
        return found
    return found


def _show(text: str, runs: Sequence[tuple[int, int]], faces: Sequence[Face]) -> str:
    """A text with its raised and struck pieces made visible; before the first run stands the cell's font."""
    ends = [start for start, _ in runs[1:]] + [len(text)]
    pieces = [text[: runs[0][0]]] if runs else [text]
    for (start, font), end in zip(runs, ends, strict=True) if runs else ():
        face = faces[font] if font < len(faces) else Face()
        pieces.append(show_run(text[start:end], face.shift, struck=face.struck))
    return "".join(pieces)


class _Reader:
    """Reads on from one record into the next."""

    def __init__(self, records: Sequence[bytes]) -> None:
        self._records, self._record, self._place = records, 0, 0

    def take(self, count: int) -> bytes:
        """The next bytes, wherever a record ends."""
        pieces = []
        while count:
            here = self._records[self._record][self._place : self._place + count]
            pieces.append(here)
            self._place += len(here)
            count -= len(here)
            if count:
                self._record, self._place = self._record + 1, 0
        return b"".join(pieces)

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """The next text, and where its runs begin with the numbers of their fonts."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & RICH else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & EXTENDED else 0
        text = self._letters(length, flags & WIDE)
        found = [struct.unpack("<HH", self.take(4)) for _ in range(runs)]
        self.take(more)
        return text, [(start, font) for start, font in found]

    def _letters(self, count: int, wide: int) -> str:
        """Letters; where they go on in the next record, a flag in front says how wide they are there."""
        pieces = []
        while count:
            size = 2 if wide else 1
            left = (len(self._records[self._record]) - self._place) // size
            if left == 0:
                self._record, self._place = self._record + 1, 1
                wide = self._records[self._record][0] & WIDE
                continue
            raw = self.take(min(left, count) * size)
            pieces.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            count -= len(raw) // size
        return "".join(pieces)
