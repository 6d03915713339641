"""Opens a compound file (OLE2), the container of .xls, .doc and of encrypted files, without trusting it."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEADER = struct.Struct("<8s16x6xHH10xIIxxxxIIIII")
"""Signature, sector and mini sector shift, number of sectors of the table, first directory sector, cutoff."""
ENTRY_SIZE = 128
LAST_SECTOR = 0xFFFFFFFA
"""Sector numbers from here on mark ends and free places."""
FAT_IN_HEADER = 109
STREAM, ROOT = 2, 5


class BrokenCompoundError(ValueError):
    """The container does not hold what its tables say."""


@dataclass(frozen=True)
class Compound:
    """The streams of a compound file; a stream is put together when it is asked for."""

    content: bytes
    shift: int
    table: Sequence[int]
    """For each sector the one after it."""
    mini_shift: int
    mini_table: Sequence[int]
    mini: bytes
    cutoff: int
    entries: Mapping[str, tuple[int, int]]
    """First sector and size of each stream by name; of two streams of one name the first counts."""
    names: tuple[str, ...]
    """Names of all streams and storages."""

    def read(self, name: str) -> bytes:
        """The bytes of a stream.

        Raises:
            BrokenCompoundError: there is no such stream, or its chain of sectors is broken.
        """
        if name not in self.entries:
            raise BrokenCompoundError(f"no stream {name}")
        start, size = self.entries[name]
        if size < self.cutoff:
            return _follow(self.mini, 0, self.mini_shift, self.mini_table, start)[:size]
        return _follow(self.content, 1, self.shift, self.table, start)[:size]


def _follow(data: bytes, skip: int, shift: int, table: Sequence[int], start: int) -> bytes:
    """The sectors of a chain, one after another; a chain that comes back to itself is broken."""
    pieces: list[bytes] = []
    sector, size = start, 1 << shift
    while sector < LAST_SECTOR:
        if len(pieces) > len(table) or sector >= len(table):
            raise BrokenCompoundError("a broken chain of sectors")
        place = (sector + skip) << shift
        if place >= len(data):
            raise BrokenCompoundError("a sector beyond the end")
        pieces.append(data[place : place + size])
        sector = table[sector]
    return b"".join(pieces)


def open_compound(content: bytes) -> Compound:
    """Read the tables and the directory.

    Raises:
        BrokenCompoundError: they cannot be read.
    """
    try:
        return _open(content)
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise BrokenCompoundError(f"no compound file: {error}") from error


def _open(content: bytes) -> Compound:
    fields = HEADER.unpack_from(content)
    _, shift, mini_shift, _, directory, cutoff, mini_start, _, more_start = fields[:9]
    if shift not in (9, 12) or mini_shift != 6:
        raise BrokenCompoundError("sector sizes")
    table = _read_table(content, shift, more_start)
    mini_table = _numbers(_follow(content, 1, shift, table, mini_start))
    entries: dict[str, tuple[int, int]] = {}
    names, mini = [], b""
    raw = _follow(content, 1, shift, table, directory)
    for place in range(0, len(raw) - ENTRY_SIZE + 1, ENTRY_SIZE):
        length, kind = struct.unpack_from("<HB", raw, place + 64)
        start, size = struct.unpack_from("<II", raw, place + 116)
        if not kind:
            continue
        name = raw[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        names.append(name)
        if kind == ROOT:
            mini = _follow(content, 1, shift, table, start)
        elif kind == STREAM:
            entries.setdefault(name, (start, size))
    return Compound(content, shift, table, mini_shift, mini_table, mini, cutoff, entries, tuple(names))


def _read_table(content: bytes, shift: int, more: int) -> Sequence[int]:
    """The allocation table; its sectors are named in the header and, for large files, in a chain of more."""
    sectors = list(struct.unpack_from(f"<{FAT_IN_HEADER}I", content, 76))
    size = 1 << shift
    most = len(content) // size + 1
    while more < LAST_SECTOR and len(sectors) <= most:
        numbers = _numbers(content[(more + 1) << shift : (more + 2) << shift])
        if len(numbers) != size // 4:
            raise BrokenCompoundError("a broken table")
        sectors.extend(numbers[:-1])
        more = numbers[-1]
    pieces = [content[(s + 1) << shift : (s + 2) << shift] for s in sectors[:most] if s < LAST_SECTOR]
    return _numbers(b"".join(pieces))


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
