"""Zip archives: the one bounded reader and the one reproducible writer of the programme.

A zip states its sizes in a directory at its end, and anybody may write any number there. Nothing here unpacks
more of a part than the directory states, and whoever reads an archive checks that against `Limits` first.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# The bit of an entry's flags that says that a password is needed.
ENCRYPTED = 1
# The first moment that a zip can state: entries without a time of their own get it, so that bytes repeat.
EPOCH = (1980, 1, 1, 0, 0, 0)
# Signature, flags, method, length of the name, length of the extra field of an entry's own header.
_LOCAL_HEADER = struct.Struct("<4s2xHH16xHH")
# What `zipfile` raises on a directory that is damaged or made to deceive.
_BROKEN_DIRECTORY = (
    *(zipfile.BadZipFile, struct.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError, IndexError),
)
# Bytes below which a ratio does not matter: a part this small harms nobody, however well it packs.
_SMALL_PART = 1_000_000


class BrokenArchiveError(ValueError):
    """An archive, or a part of one, cannot be unpacked as it states."""


class ArchiveTooLargeError(ValueError):
    """An archive states more than the limits of its reader allow."""


@dataclass(frozen=True)
class Limits:
    """How much of an archive one reader unpacks, by what the directory states.

    The bounds differ because the files do: see the constants of this type beside their readers.
    """

    total_bytes: int
    """Of all parts together, unpacked: beyond it the process would run out of memory."""
    parts: int | None = None
    """Entries; each costs time even when it is empty. None where the sum alone decides."""
    ratio: int | None = None
    """Unpacked to packed size of a part above 1 MB; a bomb packs a thousandfold, our own form elevenfold."""

    def check(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        """Check all entries of an archive.

        Raises:
            ArchiveTooLargeError: in words for a submitter.
        """
        if self.parts is not None and len(entries) > self.parts:
            raise ArchiveTooLargeError(f"{len(entries)} phần, nhiều nhất {self.parts}")
        if sum(entry.file_size for entry in entries) > self.total_bytes:
            raise ArchiveTooLargeError(f"sau khi giải nén lớn hơn {self.total_bytes // 1_000_000} MB")
        for entry in entries:
            if self.is_bomb(entry):
                raise ArchiveTooLargeError(f"phần {entry.filename} nén quá mức")

    def is_bomb(self, entry: zipfile.ZipInfo) -> bool:
        """Whether an entry would grow more on unpacking than honest content does."""
        return self.ratio is not None and entry.file_size > max(_SMALL_PART, self.ratio * entry.compress_size)


@dataclass(frozen=True)
class Archive:
    """A zip archive whose directory was checked; its parts are unpacked one by one, each bounded."""

    content: bytes
    entries: Mapping[str, zipfile.ZipInfo]
    """By the name that the caller gives each: as stated, or normalised so that no two can be confused."""

    def read(self, name: str) -> bytes:
        """Unpack one part; never more than the directory states.

        Raises:
            BrokenArchiveError: size, checksum or header are not what the directory states.
        """
        entry = self.entries[name]
        # One byte more than stated: a part that holds more is then seen to lie, at the cost of one byte.
        data = _inflate(entry, _packed(self.content, entry), entry.file_size + 1)
        if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise BrokenArchiveError(f"phần {name} hỏng")
        return data

    def read_start(self, name: str, size: int) -> bytes:
        """The first bytes of a part that nobody has checked yet, however large it claims to be.

        Raises:
            BrokenArchiveError: the part cannot be unpacked.
        """
        entry = self.entries[name]
        if entry.file_size <= size:
            return self.read(name)
        return _inflate(entry, _packed(self.content, entry), size)[:size]


def list_entries(content: bytes) -> list[zipfile.ZipInfo]:
    """The directory of an archive, folders included; nothing is unpacked.

    Raises:
        BrokenArchiveError: there is none that can be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except _BROKEN_DIRECTORY as error:
        raise BrokenArchiveError("không giải nén được") from error
    # `ZipInfo.is_dir` fails on a name that is empty, which no program writes.
    if not all(entry.filename for entry in entries):
        raise BrokenArchiveError("có phần không có tên")
    return entries


def write_archive(
    parts: Iterable[tuple[str, bytes]],
    *,
    level: int | None = 6,
    moment: tuple[int, int, int, int, int, int] = EPOCH,
    mode: int = 0o600,
    system: int = 3,
) -> bytes:
    """Pack parts in the order given; the same parts are the same bytes, on any machine and day.

    Args:
        parts: names and contents.
        level: how hard to pack, 1 to 9; None stores them as they are.
        moment: the time that every entry states.
        mode: the rights of the unpacked files.
        system: the system that the file claims to be made on: 3 is Unix; 0 (DOS) is what Excel writes.
    """
    method = zipfile.ZIP_STORED if level is None else zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.external_attr, entry.create_system = method, mode << 16, system
            archive.writestr(entry, content, compresslevel=level)
    return buffer.getvalue()


def _packed(content: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """The packed bytes of an entry, where its own header agrees with the directory."""
    head = content[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(head) < _LOCAL_HEADER.size:
        raise BrokenArchiveError("không giải nén được")
    signature, flags, method, name_length, extra_length = _LOCAL_HEADER.unpack(head)
    if signature != b"PK\3\4" or flags & ENCRYPTED or method != entry.compress_type:
        raise BrokenArchiveError("không giải nén được")
    start = entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return memoryview(content)[start : start + entry.compress_size]


def _inflate(entry: zipfile.ZipInfo, packed: memoryview, limit: int) -> bytes:
    """Unpack up to so many bytes.

    Only the two methods that Office files may use: `zipfile` unpacks bzip2 and lzma without a bound.
    """
    if entry.compress_type == zipfile.ZIP_STORED:
        return bytes(packed[:limit])
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenArchiveError("kiểu nén lạ")
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, limit)
    except zlib.error as error:
        raise BrokenArchiveError("không giải nén được") from error
